"""What the plugin adds to the start of a program: time, resident memory, and bytes on the disk."""

import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time

LIMITS = {"size": 12.0, "time": 8.0, "memory": 8.0}
ELEMENTS = ("identity", "timepiecetick")


def launch(element):
    """Returns milliseconds and MB of one `gst-launch-1.0` from start to end."""
    start = time.monotonic_ns()
    process = subprocess.Popen(
        ["gst-launch-1.0", "-q", "fakesrc", "num-buffers=1", "!", element, "!", "fakesink"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    end = time.monotonic_ns()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"gst-launch-1.0 with {element} ended with {process.returncode}")
    return (end - start) / 1e6, usage.ru_maxrss * 1024 / 1e6


def stripped_size(plugin):
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(plugin, folder)
        subprocess.run(["strip", copy], check=True)
        return os.path.getsize(copy) / 1e6


def measure(plugin, rounds):
    launches = {element: [] for element in ELEMENTS}
    for element in ELEMENTS:
        launch(element)
    for _ in range(rounds):
        for element in random.sample(ELEMENTS, len(ELEMENTS)):
            launches[element].append(launch(element))
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
