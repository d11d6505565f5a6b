"""What the stories share: the program under test, a sandbox to talk to, and the counting of what held."""

import concurrent.futures
import contextlib
import importlib
import io
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLLAB = os.environ["PLLAB"]
# The built-in page server, so that the other stories are the same everywhere. nginx_story.py is about the real one.
os.environ.setdefault("PLLAB_NGINX", "builtin")


class Tally:
    """Counts what held and what did not; nothing stops at the first failure."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what, held, seen=""):
        """One statement about the program, true or false."""
        if held:
            self.passed += 1
            print(f"ok      {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {what}\n        seen: {seen}", flush=True)

    def equal(self, what, seen, expected):
        """One value that is known beforehand."""
        self.check(what, seen == expected, f"{seen!r}, expected {expected!r}")

    def crashed(self, story, error):
        """A story that could not be told to its end."""
        self.check(f"{story}: goes to its end", False, f"{type(error).__name__}: {error}")


def folder():
    """A new empty folder that goes with the process."""
    return tempfile.mkdtemp(prefix="pllab-clients-")


def pllab(*args, state, timeout=120, check=True):
    """Runs the program to its end, and gives its standard output."""
    done = subprocess.run(
        [PLLAB, *args, "--state-dir", state],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=timeout,
        check=False,
    )
    if check and done.returncode != 0:
        raise RuntimeError(f"pllab {' '.join(args)} ended with {done.returncode}: {done.stderr or done.stdout[-800:]}")
    return done


class Sandbox:
    """`pllab sandbox` as a process: its address, its keys."""

    def __init__(self, state, *args):
        self.state = state
        self.process = subprocess.Popen(
            [PLLAB, "sandbox", "--output", "json", "--state-dir", state, *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"pllab sandbox ended with {self.process.wait()} before it was ready")
        self.ready = json.loads(line)
        self.url = self.ready["endpoint_url"]
        self.region = self.ready["region"]
        self.accounts = {account["name"]: account for account in self.ready["accounts"]}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)

    def client(self, service, account="provider"):
        """A boto3 client that speaks to it with the keys of an account."""
        import boto3

        keys = self.accounts[account]
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=keys["access_key_id"],
            aws_secret_access_key=keys["secret_access_key"],
        )

    def environment(self, account="provider"):
        """What a shell needs for the aws CLI; nothing of the caller's own AWS settings is left in it."""
        keys = self.accounts[account]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return clean | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": keys["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_access_key"],
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }


def until(what, look, seconds=60, pause=0.3):
    """Asks until the answer is true, and gives it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)


def told(story):
    """One story, in a process of its own: what it printed, and how many of its statements held and did not."""
    module, name = story
    began = time.monotonic()
    tally = Tally()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            function = getattr(importlib.import_module(module), name)
            print(f"\n== {module}: {function.__doc__.splitlines()[0]}")
            function(tally)
        except Exception as error:  # Whatever goes wrong in one story, the others are told.
            tally.crashed(module, error)
        print(f"   {time.monotonic() - began:.1f} s")
    return printed.getvalue(), tally.passed, tally.failed


def tell(stories):
    """Tells the stories, as many at a time as there are cores; the last line says how it went."""
    passed = failed = 0
    # Begun anew, not forked: a story's process takes over nothing of another's.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), context) as pool:
        for story in concurrent.futures.as_completed([pool.submit(told, story) for story in stories]):
            printed, held, broken = story.result()
            print(printed, end="", flush=True)
            passed += held
            failed += broken
    print(f"\n{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)
