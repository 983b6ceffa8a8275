#!/usr/bin/python3
"""Builds the tests and runs those that a name means; fails if it means none, and repeats failures at the end.

    suite.py [NAME]             the debug build
    suite.py --list [NAME]      prints what the name means, and builds nothing

NAME is a target (`TimepieceTests`), a suite by its type or its title (`StampSurvivalTests`, `The stamp`), a test by its
whole name or a part of it, or a regular expression over `Target.Suite/test`; the first of these that fits is taken.
Without a name all tests of the package run. Tests of the tool are meant by their names only.
"""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = {"Tests": ROOT, "Tool/Tests": ROOT / "Tool"}
TYPE = re.compile(
    r"""(?:@Suite(?:\(\s*(?:"(?P<title>(?:[^"\\]|\\.)*)")?[^\n]*?\))?\s+)?(?:final\s+|extension\s+)?"""
    r"""(?:struct|class|actor|enum|extension)\s+(?P<name>\w+)""")
FUNCTION = re.compile(r"func `(?P<name>[^`]+)`")


class Names:
    """What the sources of one package's tests call targets, suites and tests."""

    def __init__(self, folder):
        self.targets, self.tests, self.suites = {}, {}, {}
        for path in sorted((ROOT / folder).glob("*Tests/**/*.swift")):
            target = path.relative_to(ROOT / folder).parts[0]
            self.targets.setdefault(target, f"^{target}\\.")
            text = path.read_text()
            tests = FUNCTION.findall(text)
            for name in tests:
                self.tests.setdefault(name, set()).add(f"^{target}\\.(.*/)?`{escape(name)}`\\(")
            if not tests:
                continue
            for match in TYPE.finditer(text):
                for name in filter(None, (match["name"], match["title"])):
                    self.suites.setdefault(name, set()).add(f"^{target}\\.(.*/)?{match['name']}/")

    def find(self, text):
        """The patterns for `swift test --filter` that the text means, and what it was taken for; the best kind only."""
        low = text.casefold()
        if text in self.targets:
            return "target", {self.targets[text]}
        for kind, names in (("suite", self.suites), ("test", self.tests)):
            if same := [patterns for name, patterns in names.items() if name.casefold() == low]:
                return kind, set.union(*same)
        if parts := [patterns for name, patterns in self.tests.items() if low in name.casefold()]:
            return "part of a name", set.union(*parts)
        if "/" in text or "." in text or "|" in text:
            return "regular expression", {text}
        return "", set()


def escape(text):
    """Escapes what Swift's regular expressions would read as more than itself."""
    return re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", text)


def build(swift, place):
    """Builds; on a terminal as SwiftPM shows it, elsewhere with a line each ten seconds. Returns the exit status."""
    command = [swift, "build", "--build-tests", *place]
    if sys.stdout.isatty():
        return subprocess.run(command, check=False).returncode
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines, shown = [], time.monotonic()
    for line in process.stdout:
        lines.append(line)
        if line.startswith("[") and time.monotonic() - shown > 10:
            shown = time.monotonic()
            print(line, end="", flush=True)
    if process.wait():
        errors = [line for line in lines if "error:" in line] or lines[-20:]
        print("".join(dict.fromkeys(errors)), end="")
        print("check: the build failed")
    return process.returncode


def run(package, patterns):
    """Builds and runs; prints all, and failures once more at the end. Returns the exit status."""
    swift = os.environ.get("SWIFT", "swift")
    place = ["--package-path", str(package)]
    if status := build(swift, place):
        return status
    command = [swift, "test", "--skip-build", "--disable-xctest", *place]
    if patterns:
        command += ["--filter", "|".join(sorted(patterns))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    failures, names, count, follows = [], {}, 0, False
    for line in process.stdout:
        if "prohibited flag" in line:
            continue
        print(line, end="", flush=True)
        issue = re.search(r'Test "?(.+?)"?(?:\(.*\))? recorded an issue', line)
        follows = bool(issue) or "Fatal error" in line or (follows and line.lstrip()[:1] == "↳")
        if issue:
            names[issue[1]] = True
        if follows:
            failures.append(line)
        if found := re.search(r"Test run with (\d+) tests?", line):
            count = int(found[1])
    status = process.wait()
    if failures:
        print("\ncheck: these failed:\n" + "".join(failures), end="")
        for name in list(names)[:5]:
            print(f"check: to run it alone: make check ONLY={shlex.quote(name)}")
    if not status and not count:
        print("check: no test ran", file=sys.stderr)
        status = 1
    return status


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print what the name means, and build nothing")
    parser.add_argument("name", nargs="?", default="", help="of a target, a suite or a test")
    options = parser.parse_args()
    name = options.name.strip().strip("`")
    if not name:
        return run(ROOT, set())
    status, found, known = 0, False, []
    order = ["target", "suite", "test", "part of a name", "regular expression"]
    answers = []
    for folder, package in PACKAGES.items():
        names = Names(folder)
        known += [*names.targets, *names.suites, *names.tests]
        kind, patterns = names.find(name)
        # An expression that fits nothing of the tool would fail as a filter that matches none.
        if kind and not (kind == "regular expression" and package != ROOT):
            answers.append((order.index(kind), kind, package, patterns))
    for rank, kind, package, patterns in answers:
        if rank != min(answer[0] for answer in answers):
            continue
        found = True
        if options.list:
            print(f"{package}: {kind}: {'|'.join(sorted(patterns))}")
        else:
            status = run(package, patterns) or status
    if not found:
        near = difflib.get_close_matches(name, known, 3, 0.4)
        print(f"check: no target, suite or test is called '{name}'"
              + (f"; close: {', '.join(repr(text) for text in near)}" if near else ""), file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
