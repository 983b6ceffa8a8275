"""Measures what the plugin adds to the start of a program: time, resident memory, and bytes on the disk."""

import os
import random
import shutil
import statistics
import subprocess
import tempfile

LIMITS = {"size": 12.0, "time": 8.0, "memory": 8.0}
ELEMENTS = ("identity", "timepiecetick")


def launch(program, element):
    """Returns milliseconds and MB of one `gst-launch-1.0` from start to end."""
    result = subprocess.run(
        [program, "gst-launch-1.0", "-q", "fakesrc", "num-buffers=1", "!", element, "!", "fakesink"],
        capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"gst-launch-1.0 with {element}: {result.stderr.strip()}")
    milliseconds, megabytes = result.stdout.split()
    return float(milliseconds), float(megabytes)


def stripped_size(plugin):
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(plugin, folder)
        subprocess.run(["strip", copy], check=True)
        return os.path.getsize(copy) / 1e6


def measure(program, plugin, rounds):
    launches = {element: [] for element in ELEMENTS}
    for element in ELEMENTS:
        launch(program, element)
    for _ in range(rounds):
        for element in random.sample(ELEMENTS, len(ELEMENTS)):
            launches[element].append(launch(program, element))
    added = [
        [own - base for own, base in zip(ours, theirs, strict=True)]
        for ours, theirs in zip(launches["timepiecetick"], launches["identity"], strict=True)]
    return {
        "size": stripped_size(plugin),
        "time": statistics.median(pair[0] for pair in added),
        "memory": statistics.median(pair[1] for pair in added),
    }


def table(start):
    return "\n".join([
        "| the plugin | | limit |",
        "| --- | ---: | ---: |",
        f"| stripped | {start['size']:.1f} MB | {LIMITS['size']:.0f} MB |",
        f"| adds to the start of gst-launch-1.0 | {start['time']:.1f} ms | {LIMITS['time']:.0f} ms |",
        f"| adds to its memory | {start['memory']:.1f} MB | {LIMITS['memory']:.0f} MB |",
    ])
