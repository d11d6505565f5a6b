#!/usr/bin/env python3
"""The kept copy of what the RustSec advisory database says about the packages of our lock file.

check    judges the copy (its age, and that it covers every locked package), then lets cargo-deny match the kept
         advisories against the lock. Anything that keeps it from knowing is a failure.
refresh  writes the copy anew from a clone of the real database.

README.md beside this file says when each is used.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
DATABASE = "https://github.com/rustsec/advisory-db"
# A name that no resolver knows: if the redirection failed, so would the check.
STAND_IN = "https://kept-copy.invalid/advisory-db"
LONGEST = 120  # days
PLACEHOLDER = "RUSTSEC-0000-0000"


class Unknown(Exception):
    """Why nothing can be said about the advisories."""


def locked(lock):
    """The names of the locked packages that come from elsewhere."""
    packages = tomllib.loads(lock.read_text())["package"]
    return sorted({package["name"] for package in packages if "source" in package})


def looked_up(copy):
    try:
        return tomllib.loads((copy / "looked-up.toml").read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Unknown(f"the kept copy cannot be read: {error}") from error


def judge(copy, lock, today):
    """Fails when the copy is too old or does not cover the lock; returns what the copy says of itself."""
    said = looked_up(copy)
    age = (today - said["looked-up"]).days
    missing = sorted(set(locked(lock)) - set(said["names"]))
    faults = []
    if age < 0:
        faults.append(f"it says that it was looked up {-age} days from now")
    if age > LONGEST:
        faults.append(f"it was looked up {age} days ago; {LONGEST} is the limit")
    if missing:
        faults.append(f"{len(missing)} locked packages were never looked up: {', '.join(missing)}")
    # A name without its files would be a package that is silently taken for clean.
    kept = {path.stem for path in copy.glob("crates/*/RUSTSEC-*.md")}
    lost = sorted(set(said["advisories"]) ^ kept)
    if lost:
        faults.append(f"its list and its files differ: {', '.join(lost)}")
    if faults:
        raise Unknown(
            "the kept copy of the advisories cannot be relied on: "
            + "; ".join(faults)
            + ". What to do: .ci/advisories/README.md"
        )
    return said, age


def git(*args, cwd):
    identity = ["-c", "user.name=ci", "-c", "user.email=ci@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *args], cwd=cwd, check=True, capture_output=True)


def deny(program, copy, lock, work):
    """Gives the copy to cargo-deny as a database of its own, so that cargo-deny's matching is the one that counts."""
    shutil.rmtree(work, ignore_errors=True)
    repository = work / "advisory-db"
    shutil.copytree(copy / "crates", repository / "crates")
    git("init", "--quiet", "--initial-branch=main", cwd=repository)
    git("add", "--all", cwd=repository)
    git("commit", "--quiet", "--message", "The kept copy", cwd=repository)
    rules = (lock.parent / "deny.toml").read_text()
    place = f"[advisories]\ndb-path = {json.dumps(str(work / 'fetched'))}\ndb-urls = [{json.dumps(STAND_IN)}]\n"
    if rules.count("[advisories]\n") != 1:
        raise Unknown("deny.toml has no section [advisories], or several")
    config = work / "deny.toml"
    config.write_text(rules.replace("[advisories]\n", place))
    manifest = lock.parent / "Cargo.toml"
    command = [program, "--locked", "--manifest-path", manifest, "--config", config, "check", "advisories"]
    # cargo-deny takes no address without a host: git is told what the stand-in stands for.
    redirect = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": STAND_IN,
    }
    try:
        return subprocess.run(command, env=os.environ | redirect, check=False).returncode == 0
    except OSError as error:
        raise Unknown(f"cargo-deny cannot be started: {error}") from error


def check(arguments):
    said, age = judge(arguments.copy, arguments.lock, arguments.today)
    print(
        f"advisories: the KEPT COPY is used, not the database itself. Looked up {age} days ago ({said['looked-up']}); "
        f"its newest advisory is of {said['newest-advisory']}, so later ones may be unknown to it. "
        f"{len(said['names'])} names, {len(said['advisories'])} advisories.",
        flush=True,
    )
    if arguments.only_judge:
        return True
    return deny(arguments.cargo_deny, arguments.copy, arguments.lock, arguments.work)


def front_matter(path):
    text = path.read_text()
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    title = re.search(r"^# (.+)$", text[block.end() :], re.MULTILINE) if block else None
    if not block or not title:
        raise Unknown(f"{path} is no advisory")
    return tomllib.loads(block.group(1)), title.group(1).strip()


def facts(matter, title):
    """The facts of an advisory, without its prose: what matching needs, and where to read on."""
    advisory, versions = matter["advisory"], matter.get("versions", {})
    lines = ["```toml", "[advisory]"]
    for key in ("id", "package", "date", "url", "informational", "withdrawn", "aliases", "license"):
        if advisory.get(key):
            value = advisory[key]
            lines.append(f"{key} = {json.dumps(value if isinstance(value, list) else str(value), ensure_ascii=False)}")
    lines += ["", "[versions]"]
    for key in ("patched", "unaffected"):
        if key in versions:
            lines.append(f"{key} = {json.dumps(versions[key])}")
    return "\n".join([*lines, "```", "", f"# {title}", ""])


def listing(today, newest, names, advisories):
    def column(values):
        return "".join(f"  {json.dumps(value)},\n" for value in sorted(values))

    return (
        "# Which packages of Cargo.lock were looked up in the RustSec advisory database, and what was found.\n"
        f"looked-up = {today}\n"
        "# The newest advisory that was seen in the database: how far the answer reaches for certain.\n"
        f"newest-advisory = {newest}\n"
        f"advisories = [\n{column(advisories)}]\n"
        f"names = [\n{column(names)}]\n"
    )


def refresh(arguments):
    names = locked(arguments.lock)
    with tempfile.TemporaryDirectory() as scratch:
        database = arguments.database
        if database is None:
            database = pathlib.Path(scratch) / "advisory-db"
            subprocess.run(["git", "clone", "--quiet", "--depth=1", DATABASE, database], check=True)
        everything = [path for path in database.glob("crates/*/RUSTSEC-*.md") if path.stem != PLACEHOLDER]
        if not everything:
            raise Unknown(f"{database} holds no advisories")
        read = {path: front_matter(path) for path in everything}
        newest = max(str(matter["advisory"]["date"]) for matter, _ in read.values())
        ours = {path: both for path, both in read.items() if path.parent.name in set(names)}
        shutil.rmtree(arguments.copy / "crates", ignore_errors=True)
        for path, (matter, title) in ours.items():
            kept = arguments.copy / "crates" / path.parent.name / path.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(facts(matter, title))
        (arguments.copy / "looked-up.toml").write_text(
            listing(arguments.today, newest, names, {path.stem for path in ours})
        )
    print(f"{len(names)} names, {len(ours)} advisories, the newest of the database of {newest}")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["check", "refresh"])
    parser.add_argument("--lock", type=pathlib.Path, default=PROJECT / "Cargo.lock")
    parser.add_argument("--copy", type=pathlib.Path, default=HERE)
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=datetime.date.today())
    parser.add_argument("--cargo-deny", default="cargo-deny")
    parser.add_argument("--work", type=pathlib.Path, default=PROJECT / "target" / "advisories")
    parser.add_argument("--only-judge", action="store_true", help="age and coverage only, without cargo-deny")
    parser.add_argument("--database", type=pathlib.Path, help="refresh from this clone instead of a new one")
    arguments = parser.parse_args()
    try:
        good = {"check": check, "refresh": refresh}[arguments.verb](arguments)
    except (Unknown, OSError, subprocess.CalledProcessError, KeyError, tomllib.TOMLDecodeError) as error:
        print(f"advisories: NOT CHECKED: {error}", file=sys.stderr)
        good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
