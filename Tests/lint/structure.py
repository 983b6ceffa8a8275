#!/usr/bin/python3
"""Checks what no compiler does: which module may import which, no circle among files of gst/, a doc block per property.

The arrows of the modules: gst → CTimepiece ← TimepieceBridge → {TimepieceMeters, TimepieceCloudWatch,
TimepieceTelemetry} → Timepiece. A circle is one of includes, or of calls between C files.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM = {"Glibc", "Synchronization", "SwiftOverlayShims"}
# The modules that each module may import in addition to SYSTEM; all others are forbidden.
IMPORTS = {
    "Timepiece": {"CLinux"},
    "TimepieceMeters": {"Timepiece"},
    "TimepieceLines": {"Timepiece", "CUserSocket"},
    "TimepieceCloudWatch": {"Timepiece", "TimepieceTelemetry", "CCurl", "COpenSSL", "CSQLite", "CZlib"},
    "TimepieceTelemetry": {"Timepiece", "CMicroHTTPD"},
    "TimepieceOpenTelemetry": {"Timepiece", "TimepieceTelemetry", "TimepieceCloudWatch"},
    "TimepieceBridge": {"CTimepiece", "Timepiece", "TimepieceMeters", "TimepieceLines", "TimepieceCloudWatch",
                        "TimepieceTelemetry", "TimepieceOpenTelemetry"},
    "TimepieceMessages": {"CGStreamer"},
}
# The headers that the C code may include: GStreamer, the contract, libc and its own.
INCLUDES = re.compile(r"<(gst|glib|gio)[/.]|<[a-z_]+\.h>|<sys/[a-z]+\.h>|\"(gsttimepiece[a-z]*|timepiece)\.h\"")
IMPORT = re.compile(r"^(?:@\w+ )?(?:(?:public|package|internal|private|fileprivate) )?import (?:\w+ )?(\w+)", re.MULTILINE)
DEFINED = re.compile(r"^(?:gst_|_gst_)\w+(?= \()", re.MULTILINE)
PROPERTY = re.compile(r'g_param_spec_\w+ \(\s*"([a-z0-9-]+)"|^  \{"([a-z0-9-]+)", "[A-Z]', re.MULTILINE)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)


def imports(problems):
    for folder in sorted((ROOT / "Sources").glob("Timepiece*")):
        allowed = IMPORTS.get(folder.name)
        if allowed is None:
            problems.append(f"Sources/{folder.name}: say in Tests/lint/structure.py what this module may import")
            continue
        for path in sorted(folder.rglob("*.swift")):
            text = path.read_text()
            for match in IMPORT.finditer(text):
                if match[1] not in allowed | SYSTEM:
                    problems.append(
                        f"{path.relative_to(ROOT)}:{line_of(text, match.start())}: {folder.name} imports {match[1]};"
                        f" allowed are {', '.join(sorted(allowed | SYSTEM))}")


def includes(problems):
    for path in sorted((ROOT / "gst").rglob("*.[ch]")):
        text = path.read_text()
        for match in re.finditer(r"^#\s*include\s+(.*)$", text, re.MULTILINE):
            if not INCLUDES.match(match[1]):
                problems.append(f"{path.relative_to(ROOT)}:{line_of(text, match.start())}: gst/ includes {match[1]};"
                                " allowed are GStreamer, libc, timepiece.h and its own headers")
    if (swift := re.search(r"\bgst_\w+ \(|<gst/", "".join(
            path.read_text() for path in (ROOT / "Sources/CTimepiece").rglob("*.h")))):
        problems.append(f"Sources/CTimepiece: the contract mentions GStreamer: {swift[0]}")


def circle(edges):
    """A circle in a graph as the list of its nodes, or nothing."""
    state, path = {}, []

    def visit(node):
        state[node] = "open"
        path.append(node)
        for other in sorted(edges.get(node, ())):
            if state.get(other) == "open":
                return [*path[path.index(other):], other]
            if other not in state and (found := visit(other)):
                return found
        state[node] = "done"
        path.pop()
        return None

    for node in sorted(edges):
        if node not in state and (found := visit(node)):
            return found
    return None


def circles(problems):
    texts = {path.name: without_comments(path.read_text()) for path in sorted((ROOT / "gst").rglob("*.[ch]"))}
    included = {name: set(re.findall(r'#include "([^"]+)"', text)) & set(texts) for name, text in texts.items()}
    home = {function: name for name, text in texts.items() if name.endswith(".c") for function in DEFINED.findall(text)}
    called = {name: {home[word] for word in re.findall(r"\b_?gst_timepiece_\w+", text) if word in home} - {name}
              for name, text in texts.items() if name.endswith(".c")}
    for kind, edges in (("include", included), ("call", called)):
        if found := circle(edges):
            problems.append(f"gst/: files {kind} one another in a circle: {' → '.join(found)}")


def properties(problems):
    texts = {path: path.read_text() for path in sorted((ROOT / "gst").glob("*.c"))}
    everything = "".join(texts.values())
    count = 0
    for path, text in texts.items():
        for match in PROPERTY.finditer(text):
            name = match[1] or match[2]
            count += 1
            block = re.search(rf"/\*\*\n \s*\* \w+:{name}:.*?\n \s*\* Since: ", everything, re.DOTALL)
            if not block or "*/" in block[0]:
                problems.append(f"{path.relative_to(ROOT)}:{line_of(text, match.start())}: the property '{name}' has no"
                                f" doc block: /** * GstTimepiece…:{name}: … Since: … */")
    return count


def versions(problems):
    found = {path: re.search(pattern, (ROOT / path).read_text())[1] for path, pattern in (
        ("Package.swift", r'let version = "(.*?)"'),
        ("Sources/TimepieceTelemetry/Model/TimepieceVersion.swift", r'current = "(.*?)"'),
        ("Tool/Sources/TimepieceTool/Commands/TimepieceCommand.swift", r'version: "(.*?)"'))}
    if len(set(found.values())) > 1:
        problems.append(f"the versions differ: {', '.join(f'{path} {version}' for path, version in found.items())}")


def threats(problems):
    """Each promise of THREATS.md names what shows it, and that is there."""
    tests = {path.stem for folder in ("Tests", "Tool/Tests") for path in (ROOT / folder).rglob("*Tests.swift")}
    targets = set(re.findall(r"^([a-z-]+)(?: [a-z -]+)?:", "\n".join(
        path.read_text() for path in [ROOT / "Makefile", *ROOT.glob("*/*.mk")]), re.MULTILINE))
    count = 0
    for number, line in enumerate((ROOT / "THREATS.md").read_text().splitlines(), 1):
        cells = line.strip("|").split("|")
        if not line.startswith("| ") or len(cells) != 3 or cells[0].strip() == "What may be hostile":
            continue
        shown = re.findall(r"`([^`]+)`", cells[2])
        count += 1
        if not shown:
            problems.append(f"THREATS.md:{number}: nothing shows this")
        for name in shown:
            word = name.split()[0]
            if not (word in tests or "/" in word and (ROOT / word).exists() or "=" in word
                    or word == "make" and set(name.split()[1:]) <= targets):
                problems.append(f"THREATS.md:{number}: {name} is not there")
    return count


def main():
    problems = []
    versions(problems)
    imports(problems)
    includes(problems)
    circles(problems)
    count = properties(problems)
    promises = threats(problems)
    for problem in problems:
        print(f"lint: {problem}")
    if not problems:
        print(f"lint: structure: {len(IMPORTS)} modules, {len(list((ROOT / 'gst').glob('*.c')))} C files,"
              f" {count} properties, {promises} promises, 0 problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
