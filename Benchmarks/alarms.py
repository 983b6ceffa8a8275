#!/usr/bin/python3
"""Counts the instructions per buffer in timepiecetick with 1, 1,000 and 100,000 alarms.

callgrind counts the instructions of the element from receiving a buffer to pushing it, for a number of buffers and for
twice as many; the difference is the cost of a buffer when nothing fires. Then it measures, without callgrind, how long
it takes to arm 100,000 alarms. Exits with 1 if the cost of a buffer depends on the number of alarms, or if arming takes
a second.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

PLUGIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".build", "release", "libgsttimepiece.so")
BUFFERS = 10_000
NUMBERS = (1, 1000, 100_000)
LIMIT = 1.0
# None fires at the first buffer: that would be counted, and is not part of the cost of waiting.
KINDS = {
    "monotonic": lambda i: (f"after,name=a{i},after={1_000_000 + i}s", f"ordinal,name=a{i},each={1_000_000 + i}")[i % 2],
    "running-time": lambda i: f"after,name=a{i},after={1_000_000 + i}s,clock=running-time",
}


def alarms(kind, number):
    return ";".join(KINDS[kind](i) for i in range(number))


def play(kind, number, buffers):
    """Runs in a separate process."""
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
    Gst.init(None)
    pipeline = Gst.parse_launch(
        f"fakesrc num-buffers={buffers} format=time datarate=1000000 sizetype=fixed sizemax=1000"
        " ! timepiecetick name=tick interval=0 ! fakesink sync=false")
    start = time.monotonic()
    if number:
        pipeline.get_by_name("tick").set_property("alarms", alarms(kind, number))
    taken = time.monotonic() - start
    # The change from READY to PAUSED arms them.
    start = time.monotonic()
    pipeline.set_state(Gst.State.PLAYING)
    taken += time.monotonic() - start
    pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS)
    pipeline.set_state(Gst.State.NULL)
    print(taken)


def run(*words, under=(), environment=None):
    command = [*under, sys.executable, __file__, *map(str, words)]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env={**os.environ, **(environment or {})})
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: {result.stderr[-2000:]}")
    return result


def count(kind, number, buffers):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind")
        # Valgrind cannot read debug information that is newer than itself; the symbols are enough.
        subprocess.run(["objcopy", "--strip-debug", PLUGIN, os.path.join(folder, os.path.basename(PLUGIN))], check=True)
        run(kind, number, buffers, under=(
            "valgrind", "-q", "--tool=callgrind", "--toggle-collect=gst_timepiece_tick_chain",
            f"--callgrind-out-file={out}"), environment={
                "GST_PLUGIN_PATH": folder, "GST_REGISTRY": os.path.join(folder, "registry")})
        with open(out, encoding="utf-8") as file:
            return int(re.search(r"^(?:totals|summary): (\d+)", file.read(), re.MULTILINE).group(1))


def main():
    failed = False
    for kind in KINDS:
        per_buffer = {}
        for number in NUMBERS:
            per_buffer[number] = (count(kind, number, 2 * BUFFERS) - count(kind, number, BUFFERS)) / BUFFERS
            print(f"{kind:<13} {number:>7} alarms: {per_buffer[number]:8.2f} instructions a buffer", flush=True)
        failed |= abs(per_buffer[NUMBERS[-1]] - per_buffer[1]) > 0.02 * per_buffer[1]
    taken = min(float(run("monotonic", NUMBERS[-1], 1).stdout) for _ in range(3))
    print(f"100000 alarms are set and armed in {taken:.2f} s")
    sys.exit(failed or taken > LIMIT)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        play(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
