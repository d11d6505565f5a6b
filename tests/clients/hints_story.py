"""Every lab by hand, with nothing but the commands of pllab's hints, pasted into a shell as they stand."""

import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import threading
import time

from harness import PLLAB, folder, until

BIN = pathlib.Path(sys.executable).parent
# The other two need no other kind of command; a unit test holds the hints of all labs against their calls.
LABS = ["privatelink", "private-dns"]
PROMPT = re.compile(r"Type a number \[\d+\]: $")
# The rungs of a hint; the last one has the commands.
RUNGS = 3
# What is made otherwise at first, by the lab's name: what to replace in the commands of the hint.
SPOILT = {
    "provider-subnet": (r"10\.0\.1\.0/24", "10.0.9.0/24"),
    "web-sg": (r"Port=80\b", "Port=8080"),
    "web-targets": (r"(--targets Id=[\w-]+)", r"\1,Port=8080"),
    "nlb-80": (r"--port 80\b", "--port 8080"),
    "service": (r"--acceptance-required", "--no-acceptance-required"),
}
# A lab has fewer questions and things than that.
TURNS = 400


class Screen:
    """pllab in the plain form on a terminal, where Enter opens the menu while it watches."""

    def __init__(self, lab, state):
        self.state, self.out, self.read = state, "", 0
        words = [PLLAB, "start", lab, "--hands-on", "--plain", "--lang", "en", "--pace", "instant", "--state-dir", state]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(PLLAB, words, dict(os.environ, TERM="xterm"))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        """Collects what is printed."""
        while True:
            try:
                some = os.read(self.fd, 65536)
            except OSError:
                return
            if not some:
                return
            self.out += some.decode("utf8", "replace").replace("\r", "")

    def type(self, words):
        """Types a line."""
        os.write(self.fd, (words + "\n").encode())

    def menu(self):
        """The choices of the question that is open and not answered yet; none if there is none."""
        unread = self.out[self.read:]
        if not PROMPT.search(unread):
            return None
        self.read = len(self.out)
        last = unread[unread.rindex("\n  1. "):]
        return re.findall(r"^ +\d+\. (.*)$", last, re.M)

    def journal(self):
        """What is on record until now."""
        texts = [path.read_text() for path in pathlib.Path(self.state).glob("runs/*/journal.jsonl")]
        whole = "".join(texts).rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def exports(self):
        """The newest settings for a second terminal."""
        _, last = self.out.rsplit("For a second terminal", 1)
        return "\n".join(re.findall(r"^(?:export|unset) AWS_.*$", last, re.M))

    def end(self):
        """Ends it, if it has not ended."""
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        os.waitpid(self.pid, 0)


def paste(exports, commands):
    """Runs the commands in a new shell, as if they were pasted; what it complains about."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    clean |= {
        "AWS_PAGER": "", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    # A variable that no command has set is an error.
    script = "\n".join([exports, "set -eu", *commands])
    done = subprocess.run(
        ["bash", "-c", script], env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )
    return done.stderr.strip() if done.returncode else ""


def answer(menu):
    """The usual answer to a question, by its choices; none while pllab watches."""
    labels = " ".join(menu)
    for words, name in [
        ("I'll do it myself", "hands_on"), ("Skip this question", "skip"), ("Next step", "go"), ("Check it", "go"),
        ("Keep it", "keep"),
    ]:
        if words in labels:
            return name
    return None


def story(t):
    """the labs by hand, with the commands of hints"""
    for lab in LABS:
        screen = Screen(lab, folder())
        try:
            followed(t, lab, screen)
        finally:
            screen.end()
    screen = Screen(LABS[0], folder())
    try:
        followed(t, LABS[0], screen, SPOILT)
    finally:
        screen.end()


def followed(t, lab, screen, spoilt=None):
    """One lab: a hint for whatever is missing, until everything is met. What is in `spoilt` is made otherwise first."""
    refused, pasted, spoilt = [], 0, dict(spoilt or {})
    for _ in range(TURNS):
        journal = screen.journal()
        if journal and journal[-1]["event"] == "run_finished":
            break
        menu = screen.menu()
        if menu is None:
            steps = [it["event"] for it in journal if it["event"] in ("step_started", "step_finished")]
            if steps[-1:] == ["step_started"]:
                screen.type("")
            time.sleep(0.3)
        elif answer(menu):
            screen.type(answer(menu))
        else:
            hint = newest_hint(screen)
            before = len(screen.journal())
            commands, wanted = hint["commands"], seen
            if hint["resource"] in spoilt:
                pattern, instead = spoilt.pop(hint["resource"])
                commands, wanted = [re.sub(pattern, instead, one) for one in commands], sighted
            complaint = paste(screen.exports(), commands)
            pasted += len(hint["commands"])
            if complaint:
                refused.append((hint["resource"], commands, complaint))
                break
            screen.type("again")
            until("it is seen", lambda: any(wanted(it, hint["resource"]) for it in screen.journal()[before:]))
    t.equal(f"hints of {lab}: the commands run as pasted", refused, [])
    t.equal(f"hints of {lab}: everything that was to be made otherwise was", spoilt, {})
    met = [it for it in screen.journal() if it["event"] == "run_finished"]
    t.equal(f"hints of {lab}: they lead to the end", [it["verdict"] for it in met], ["met"])
    t.check(f"hints of {lab}: nothing else was used", pasted > 20, pasted)


def seen(line, resource):
    """Whether pllab has recognised the resource, or its step is done."""
    return line["event"] == "recognised" and line["resource"] == resource


def sighted(line, resource):
    """Whether pllab has told what differs in the resource."""
    return line["event"] == "sighted" and line["resource"] == resource and line["id"]


def newest_hint(screen):
    """Asks for hints at the open menu until one has commands."""
    for _ in range(RUNGS):
        given = sum(it["event"] == "hint" for it in screen.journal())
        screen.type("hint")
        until("a hint", lambda given=given: sum(it["event"] == "hint" for it in screen.journal()) > given)
        until("the menu again", lambda: screen.menu() is not None, pause=0.05)
    return [it for it in screen.journal() if it["event"] == "hint"][-1]
