#!/usr/bin/python3
"""Builds the tests and runs those that match a name; fails if none matches, and repeats failures at the end.

    suite.py [NAME]             uses the debug build
    suite.py --list [NAME]      prints the matching tests, and builds nothing
    suite.py --build            builds the tests of the package, and runs none

NAME is a target (`TimepieceTests`), a suite by its type or its title (`StampSurvivalTests`, `The stamp`), a test by its
whole name or a part of it, or a regular expression over `Target.Suite/test`; the first of these that matches is used.
Without a name all tests of the package run. Tests of the tool and of Metrics run only by name. CHECK_FLAGS in the
environment are further arguments of `swift build`.
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
PACKAGES = {"Tests": ROOT, "Tool/Tests": ROOT / "Tool", "Metrics/Tests": ROOT / "Metrics"}
# One folder for all, so that common code is compiled once; not .build, where the tests would wait for other builds.
SCRATCH = ROOT / ".build-check"
TYPE = re.compile(
    r"""(?:@Suite(?:\(\s*(?:"(?P<title>(?:[^"\\]|\\.)*)")?[^\n]*?\))?\s+)?(?:final\s+|extension\s+)?"""
    r"""(?:struct|class|actor|enum|extension)\s+(?:`(?P<quoted>[^`]+)`|(?P<name>\w+))""")
FUNCTION = re.compile(r"func\s+`(?P<name>[^`]+)`")


class Names:
    """The targets, suites and tests in the sources of one package's tests."""

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
                type_name = f"`{escape(match['quoted'])}`" if match["quoted"] else match["name"]
                for name in filter(None, (match["quoted"] or match["name"], match["title"])):
                    self.suites.setdefault(name, set()).add(f"^{target}\\.(.*/)?{type_name}/")

    def find(self, text):
        """The patterns for `swift test --filter` that match the text, and the kind of the match; only the best kind."""
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
    """Escapes the special characters of Swift's regular expressions."""
    return re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", text)


def build(swift, package):
    """Builds; with SwiftPM's output on a terminal, elsewhere with a line every ten seconds. Returns the exit status."""
    command = [swift, "build", "--build-tests", "--package-path", str(package), "--scratch-path", str(SCRATCH),
               *shlex.split(os.environ.get("CHECK_FLAGS", ""))]
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
    """Builds and runs; prints the whole output, and failures once more at the end. Returns the exit status."""
    if status := build(os.environ.get("SWIFT", "swift"), package):
        return status
    # Not by `swift test`, which locks this folder against other builds until the tests have run.
    name = re.search(r'name: "([^"]+)"', (package / "Package.swift").read_text())[1]
    command = [str(SCRATCH / f"debug/{name}PackageTests.xctest"), "--testing-library", "swift-testing"]
    if patterns:
        command += ["--filter", "|".join(sorted(patterns))]
    environment = os.environ if sys.stdout.isatty() else {**os.environ, "NO_COLOR": "1"}
    process = subprocess.Popen(command, cwd=package, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="replace")
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
    # 69: swift-testing's own status where no test ran.
    if status in (0, 69) and not count:
        print("check: no test ran", file=sys.stderr)
        status = 1
    return status


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="print what the name means, and build nothing")
    parser.add_argument("--build", action="store_true", help="build only")
    parser.add_argument("name", nargs="?", default="", help="of a target, a suite or a test")
    options = parser.parse_args()
    name = options.name.strip().strip("`")
    if options.build:
        return build(os.environ.get("SWIFT", "swift"), ROOT)
    if not name:
        return run(ROOT, set())
    status, found, known = 0, False, []
    order = ["target", "suite", "test", "part of a name", "regular expression"]
    answers = []
    for folder, package in PACKAGES.items():
        names = Names(folder)
        known += [*names.targets, *names.suites, *names.tests]
        kind, patterns = names.find(name)
        # An expression that matches no test of the tool would fail as a filter without a match.
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
