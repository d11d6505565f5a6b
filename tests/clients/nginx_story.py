"""A real nginx on the lab's web server: it serves the page, knows who asks, and ends with the sandbox, even a killed one."""

import json
import os
import pathlib
import shutil
import signal
import subprocess

from harness import PLLAB, folder, until


def story(tally):
    """The lab with the nginx that is installed here."""
    nginx = os.environ.get("PLLAB_REAL_NGINX") or shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    state = folder()
    environment = os.environ | {"PLLAB_NGINX": nginx}
    start = [PLLAB, "start", "--yes", "--keep", "--output", "json", "--state-dir", state, "--pace"]
    done = subprocess.run(
        [*start, "instant"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False,
    )
    tally.equal("real nginx: the lab ends met", done.returncode, 0)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    proof = next((event for event in events if event["event"] == "proof"), {})
    tally.equal("real nginx: the page carries the run's token", proof.get("token_ok"), True)
    source = proof.get("seen_source") or ""
    tally.check("real nginx: it sees the NLB's private address", source.startswith("10.0.1."), source)
    logs = [path.read_text(errors="replace") for path in paths(state, "console")]
    lines = [line for log in logs for line in log.splitlines() if '"GET / HTTP/1.1" 200' in line]
    tally.check("real nginx: its access log does too", any(line.startswith(source + " ") for line in lines), lines[-3:])
    tally.check("real nginx: it was the one that ran", bool(list(paths(state, "nginx"))), state)
    tally.equal("real nginx: it ends with the sandbox", running(state), [])

    state = folder()
    start[start.index("--state-dir") + 1] = state
    lab = subprocess.Popen(
        [*start, "quick"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    until("real nginx: it runs while the lab does", lambda: running(state))
    lab.send_signal(signal.SIGKILL)
    lab.wait()
    ended = until("real nginx: it ends when the sandbox is killed", lambda: not running(state), seconds=10)
    tally.check("real nginx: it ends when the sandbox is killed", ended)


def paths(state, part):
    """The files of a run's data plane."""
    return (path for path in pathlib.Path(state).glob(f"runs/*/sandbox/plane/{part}/**/*") if path.is_file())


def running(state):
    """The processes that serve pages out of this state folder: each nginx works in its instance's folder, as its keeper does."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            works_here = process.joinpath("cwd").readlink().is_relative_to(pathlib.Path(state).resolve())
            if works_here and "nginx" in process.joinpath("cmdline").read_text():
                found.append(process.name)
        except OSError:
            # It has ended meanwhile.
            continue
    return found
