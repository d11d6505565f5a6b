"""A real browser without a window."""

import os
import shutil
import subprocess
import tempfile

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def program():
    """The browser of this machine."""
    found = os.environ.get("PLLAB_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise RuntimeError("no Chromium found; install it, or name it with PLLAB_CHROMIUM")
    return found


def page(url, seconds=40):
    """What the browser has made of a page after a while: its document, or its error page."""
    with tempfile.TemporaryDirectory(prefix="pllab-chromium-") as profile:
        done = subprocess.run(
            [
                program(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={profile}", "--timeout=8000", "--dump-dom", url,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, timeout=seconds, check=False,
        )
    return done.stdout
