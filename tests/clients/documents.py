"""Reports and handouts in a real browser: on the screen and on A4 paper, in both languages."""

import pathlib
import re
import subprocess
import tempfile

import browser
from harness import folder, pllab

A4 = (595, 842)


def chromium(*args):
    """Runs the browser without a window, to its end."""
    with tempfile.TemporaryDirectory(prefix="pllab-chromium-") as profile:
        subprocess.run(
            [
                browser.program(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                "--disable-background-networking", f"--user-data-dir={profile}", *args,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=True,
        )


def widths(path):
    """How wide the document is and how wide its window, as the browser lays it out at 800 pixels."""
    probe = path.with_suffix(".probe.html")
    script = "<script>document.title=document.documentElement.scrollWidth+' '+innerWidth</script></body>"
    probe.write_text(path.read_text().replace("</body>", script))
    title = re.search(r"<title>(\d+) (\d+)</title>", browser.page(probe.as_uri()))
    return tuple(map(int, title.groups())) if title else None


def pages(pdf):
    """The sizes of a PDF's pages, in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def ink(png):
    """How large a screenshot is: one that is blank compresses to nearly nothing."""
    return png.stat().st_size


def story(tally):
    """A finished run is reported and its lab handed out."""
    state = folder()
    out = pathlib.Path(folder())
    pllab("start", "--yes", "--pace", "instant", state=state)
    for lang in ("ja", "en"):
        pllab("report", "--lang", lang, "--out", str(out / f"report.{lang}.html"), state=state)
        pllab("handout", "--lang", lang, "--out", str(out / f"handout.{lang}.html"), state=state)
    pllab("handout", "--both", "--out", str(out / "handout.both.html"), state=state)
    documents = sorted(out.glob("*.html"))
    tally.equal("five documents", len(documents), 5)
    for document in documents:
        name = document.stem
        size = widths(document)
        tally.check(f"{name}: nothing is wider than the window", size and size[0] <= size[1], size)
        shot = out / f"{name}.png"
        chromium("--window-size=1000,1600", f"--screenshot={shot}", document.as_uri())
        tally.check(f"{name}: the screenshot shows something", ink(shot) > 40_000, ink(shot))
        pdf = out / f"{name}.pdf"
        chromium("--no-pdf-header-footer", f"--print-to-pdf={pdf}", document.as_uri())
        sizes = pages(pdf.read_bytes())
        tally.check(f"{name}: prints on A4", sizes and all(
            abs(width - A4[0]) <= 1 and abs(height - A4[1]) <= 1 for width, height in sizes), sizes[:3])
        least = 9 if name.startswith("handout") else 3
        tally.check(f"{name}: {least} pages or more", len(sizes) >= least, len(sizes))
