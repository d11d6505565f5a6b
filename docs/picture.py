#!/usr/bin/env python3
"""Makes the README's pictures: walks a real `pllab start` in tmux to the acceptance and draws the screen as SVG.

    docs/picture.py PROGRAM        writes docs/step-ja.svg and docs/step-en.svg
"""

import html
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

COLUMNS, ROWS = 80, 90
CELL, LINE, SIZE, MARGIN = 8.6, 19, 14, 16
BACK, INK = "#14191f", "#d5dbe1"
COLOURS = ["#5c6773", "#f07178", "#8fc76d", "#e6b450", "#59a8e8", "#c792ea", "#5ccfcf", "#d5dbe1"]
FONTS = "'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,'Noto Sans Mono CJK JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',monospace"
# Box drawing is drawn, not written: fonts leave gaps between lines. (up, down, left, right), 0 none, 1 thin, 2 thick.
BOXES = {
    "─": (0, 0, 1, 1), "│": (1, 1, 0, 0), "┌": (0, 1, 0, 1), "┐": (0, 1, 1, 0), "└": (1, 0, 0, 1), "┘": (1, 0, 1, 0),
    "├": (1, 1, 0, 1), "┤": (1, 1, 1, 0), "┬": (0, 1, 1, 1), "┴": (1, 0, 1, 1), "┼": (1, 1, 1, 1), "━": (0, 0, 2, 2),
    "┃": (2, 2, 0, 0), "┿": (1, 1, 2, 2), "╋": (2, 2, 2, 2), "┝": (1, 1, 0, 2), "┥": (1, 1, 2, 0),
}


def tmux(*args):
    """tmux with a server of its own."""
    return subprocess.run(
        ["tmux", "-L", "pllab-picture", "-f", "/dev/null", "-u", *args],
        capture_output=True, text=True, check=False,
    ).stdout


def walk(program, lang):
    """The screen, with its colours, when the question of the acceptance is open."""
    state = tempfile.mkdtemp(prefix="pllab-picture-")
    command = f"TERM=xterm-256color {program} start --lang {lang} --pace quick --state-dir {state}; sleep 60"
    tmux("new-session", "-d", "-s", "picture", "-x", str(COLUMNS), "-y", str(ROWS), command)
    mark = {"ja": "ステップ 8/9", "en": "Step 8/9"}[lang]
    before = None
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        time.sleep(1)
        text = tmux("capture-pane", "-p", "-t", "picture")
        if mark in text and text.rstrip().splitlines()[-1].lstrip().startswith(("2", "3", "4")) or (
            mark in text and text == before
        ):
            return tmux("capture-pane", "-e", "-p", "-t", "picture")
        if text == before:
            tmux("send-keys", "-t", "picture", "Enter")
            before = None
        else:
            before = text
    raise TimeoutError(f"the acceptance did not come:\n{text}")


def cells(line):
    """The characters of a captured line with their column, width, colour and weight."""
    colour, bold, dim, column = INK, False, False, 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            codes = [int(code or 0) for code in part[2:-1].split(";")]
            while codes:
                code = codes.pop(0)
                if code == 0:
                    colour, bold, dim = INK, False, False
                elif code == 1:
                    bold = True
                elif code == 2:
                    dim = True
                elif code == 22:
                    bold = dim = False
                elif 30 <= code <= 37:
                    colour = COLOURS[code - 30]
                elif 90 <= code <= 97:
                    colour = COLOURS[code - 90]
                elif code == 39:
                    colour = INK
                elif code == 38 and codes[:1] == [5]:
                    colour = COLOURS[codes[1] % 8]
                    codes = codes[2:]
            continue
        for character in part:
            wide = unicodedata.east_asian_width(character) in "WF"
            yield character, column, colour, bold, dim
            column += 2 if wide else 1


def box(character, x, y, colour):
    """A box-drawing character as strokes from the middle of its cell."""
    middle, centre, strokes = x + CELL / 2, y + LINE / 2, ""
    ends = [(middle, y), (middle, y + LINE), (x, centre), (x + CELL, centre)]
    for weight, (to_x, to_y) in zip(BOXES[character], ends):
        if weight:
            strokes += (
                f'<path d="M{middle:.1f} {centre:.1f}L{to_x:.1f} {to_y:.1f}" stroke="{colour}"'
                f' stroke-width="{1.2 * weight ** 1.3:.1f}" stroke-linecap="square"/>'
            )
    return strokes


def draw(lines, title):
    """The lines as SVG: every character at its own place, so that fonts cannot shift the grid."""
    width, height = COLUMNS * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>',
        f'<g font-family="{FONTS}" font-size="{SIZE}" xml:space="preserve">',
    ]
    for row, line in enumerate(lines):
        y = MARGIN + row * LINE
        runs = []
        for character, column, colour, bold, dim in cells(line):
            x = MARGIN + column * CELL
            if character in BOXES:
                out.append(box(character, x, y, colour))
            elif character != " ":
                if not runs or runs[-1][0] != (colour, bold, dim):
                    runs.append(((colour, bold, dim), [], []))
                runs[-1][1].append(f"{x:.1f}".removesuffix(".0"))
                runs[-1][2].append(character)
        for (colour, bold, dim), places, characters in runs:
            weight = ' font-weight="bold"' if bold else ""
            faint = ' opacity=".65"' if dim else ""
            out.append(
                f'<text y="{y + LINE * 0.74:.1f}" x="{" ".join(places)}" fill="{colour}"{weight}{faint}>'
                f"{html.escape(''.join(characters))}</text>"
            )
    return "\n".join([*out, "</g>", "</svg>", ""])


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    for lang, title in [("ja", "ステップ 8/9 の画面"), ("en", "The screen of step 8 of 9")]:
        try:
            screen = walk(program, lang).rstrip("\n").split("\n")
        finally:
            tmux("kill-session", "-t", "picture")
            time.sleep(1)
        bare = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in screen]
        mark = {"ja": "ステップ 8/9", "en": "Step 8/9"}[lang]
        first = next(index for index, line in enumerate(bare) if mark in line) - 1
        last = max(index for index, line in enumerate(bare) if line.strip()) + 1
        pathlib.Path(__file__).with_name(f"step-{lang}.svg").write_text(draw(screen[first:last], title), encoding="utf-8")


main()
