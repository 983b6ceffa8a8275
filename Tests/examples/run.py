#!/usr/bin/python3
"""Runs every example of pipelines/ and every launch line in the documentation of the elements, and reads what it prints.

A pipe into grep ends well whatever is in it, so each example says here what has to come out. Outputs lie in
.build/examples/. Needs GST_PLUGIN_PATH set to the plugin's folder.

    run.py [NAME...]    all, or those whose names contain one of these
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUTS = ROOT / ".build/examples"

# Patterns that have to be found, each; how fast this machine is must not matter.
EXPECTED = {
    "camera.sh": [r"p99-interval=\(guint64\)\d+ average-rate=\(double\)\d+\.\d+ nominal-rate=\(double\)30"],
    "file.sh": [r"average-rate=\(double\)\d+\.\d+ nominal-rate=\(double\)30"],
    "find-the-slow-element.sh": [r"reason=\(string\)sleepy is the bottleneck: "],
    "inference-delay.sh": ["label=.string.camera", r"timepiece-watch, label", "label=.string.results"],
    "keyframes-every-two-seconds.sh": [rf"key frame at 0:00:0{second}\." for second in (0, 2, 4, 6, 8)],
    "offline-device.sh": [r"timepiece-cloudwatch,.*spooled=\(guint64\)[1-9]", r"spool\.db"],
    "record-a-minute.sh": ["recording 60 s of media"],
    "rtsp.sh": [r"label=\(string\)received .*average-rate", r"label=\(string\)decoded .*average-rate"],
    "stall-watch.sh": [r"timepiece-stall,.*reason=\(string\)standstill",
                       r"timepiece-resume,.*stalled-for=\(guint64\)[12]\d{9}"],
    "transcode.sh": [r"num-intervals=\(guint64\)60 .*num-unmatched=\(guint64\)0"],
    "watch-an-encoder.sh": [r"ultrafast: .*p50-interval", r"medium: .*p50-interval"],
    "demo.py": [r"decoded +\d+ buffers .* of 30\.00"],
    "apps/run.sh": [r"apps: [1-9]\d* passed, 0 failed"],
    "cloudwatch/check.py": ["make the same three alarms"],
    "prometheus/demo.py": [r"front-door +\d+\.\d +\d+\.\d ms", "TimepieceStalled fired for the garage, and ended"],
    "cloudwatch/demo.py": [r"p99 +\d+\.\d+ +\d+\.\d+ ms", "video-stopped rang, and ended"],
}

# Arguments with which the pipeline of a script fails, and so has the script.
BROKEN = {
    "camera.sh": ["nosuchsource"], "file.sh": ["/nonexistent.mp4"], "inference-delay.sh": ["nosuchelement"],
    "stall-watch.sh": ["nosuchsource"], "transcode.sh": ["/nonexistent.mp4", "/dev/null"],
    "rtsp.sh": ["rtsp://127.0.0.1:9/none"], "record-a-minute.sh": ["1", "/nonexistent/minute.mp4"],
    "keyframes-every-two-seconds.sh": ["nonsense"],
}


def examples():
    """The scripts of the cookbook, each with the command that runs it and what it has to print."""
    folder = ROOT / "pipelines"
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name == "cloudwatch/check.py":
            # It talks to an emulator, which lies with the tests' packages.
            yield name, [str(ROOT / ".build/venv/bin/python"), str(path)], EXPECTED[name]
        elif path.is_file() and os.access(path, os.X_OK) and path.suffix in (".sh", ".py") and (
                path.parent in (folder, folder / "cloudwatch") or name in EXPECTED):
            if name not in EXPECTED and path.parent == folder:
                sys.exit(f"examples: nothing is expected of pipelines/{name}; say in {__file__} what it prints")
            yield name, [str(path)], EXPECTED.get(name, [])


def launch_lines():
    """The launch lines between |[ and ]| in the comments of the elements; what -m tells is a message of theirs."""
    for path in sorted((ROOT / "gst").glob("*.c")):
        for number, block in enumerate(re.findall(r"^ \* \|\[\n(.*?)^ \* \]\|", path.read_text(), re.MULTILINE | re.DOTALL)):
            command = re.sub(r"^ \* ?", "", block, flags=re.MULTILINE)
            expected = [r"timepiece-(tick|watch|alarm|pipeline), (label|pipeline)="] if " -m " in command else []
            yield f"{path.name} {number + 1}", ["bash", "-euo", "pipefail", "-c", command], expected


def attempt(name, command, expected):
    """Runs one example; returns its name, how long it took, and what was wrong, if anything was."""
    start = time.monotonic()
    # Somewhere else than here, so that what an example writes is not left behind.
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = subprocess.run(command, cwd=folder, timeout=180, stdin=subprocess.DEVNULL, text=True,
                                    errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            output, status = result.stdout, f"ends with {result.returncode}" if result.returncode else ""
        except subprocess.TimeoutExpired as expired:
            output, status = (expired.stdout or b"").decode(errors="replace"), "does not end in 180 s"
    (OUTPUTS / (name.replace("/", "-").replace(" ", "-") + ".txt")).write_text(output)
    lost = [pattern for pattern in expected if not re.search(pattern, output)]
    problem = status or (lost and f"does not print {lost[0]!r}")
    return name, time.monotonic() - start, problem and f"{problem}:\n{output[-3000:]}"


def main():
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    found = list(examples()) + list(launch_lines())
    missing = set(EXPECTED) - {name for name, _, _ in found}
    if missing:
        sys.exit(f"examples: these are expected and not there, or cannot be executed: {', '.join(sorted(missing))}")
    index = (ROOT / "pipelines/README.md").read_text()
    unlisted = [name for name, _, _ in examples() if f"`{name}`" not in index and not name.endswith(("run.sh", "check.py"))]
    if unlisted:
        sys.exit(f"examples: pipelines/README.md does not tell of {', '.join(unlisted)}")
    if wanted := sys.argv[1:]:
        found = [example for example in found if any(part in example[0] for part in wanted)]
        if not found:
            sys.exit(f"examples: none is called {', '.join(wanted)}")
    problems = []
    # Most of them wait for real time.
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for finished in concurrent.futures.as_completed([pool.submit(attempt, *example) for example in found]):
            name, seconds, problem = finished.result()
            print(f"FAILED: {name}" if problem else f"example: {name}, {seconds:.1f} s", flush=True)
            if problem:
                problems.append((name, problem))
    for name, arguments in [] if sys.argv[1:] else BROKEN.items():
        result = subprocess.run([str(ROOT / "pipelines" / name), *arguments], timeout=60, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        found.append((name,))
        if result.returncode == 0:
            problems.append((name, f"{' '.join(arguments)} ends with 0, though its pipeline fails:\n{result.stdout[-2000:]}"))
    for name, problem in problems:
        print(f"examples: FAILED: {name} {problem}\nexamples: to run it alone: make examples ONLY='{name}'")
    print(f"examples: {len(found) - len(problems)} passed, {len(problems)} failed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
