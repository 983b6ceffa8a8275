#!/usr/bin/env python3
"""Measures the resident memory of an element in a live stream, with reports, and fails above the limit."""

import subprocess
import sys

LIMIT_KB = 32
FEW, MANY = 50, 250
SECONDS = 4
KINDS = {
    "timepiecetick": ("timepiecetick", 1),
    "timepiecetick stall-timeout=1h, 10 alarms": (
        'timepiecetick stall-timeout=3600000000000 alarms="' + "; ".join(
            f"ordinal,name=a{number},each=1000000" for number in range(10)) + '"', 1),
    "timepiecewatch around": ("timepiecewatch watch=w{number}", 1),
    "timepiecewatch start ! stop, each": (
        "timepiecewatch watch=w{number} edge=start ! timepiecewatch watch=w{number} edge=stop", 2),
    "timepiecewatch start ! stop by time, each": (
        "timepiecewatch watch=w{number} edge=start ! timepiecewatch watch=w{number} edge=stop correlation=pts", 2),
}
# In a separate process, so that nothing is left from the previous one. Memory is read while all are playing. The messages
# of watches in a row are not posted: each contains those of all watches inside, which are memory of the bus.
PROGRAM = """
import sys
import time
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
pipeline = Gst.parse_launch(sys.stdin.read())
pipeline.set_state(Gst.State.PLAYING)
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    message = pipeline.get_bus().timed_pop(Gst.SECOND // 50)
    assert message is None or message.type != Gst.MessageType.ERROR, message.parse_error()
with open("/proc/self/smaps_rollup", encoding="ascii") as rollup:
    print(next(line.split()[1] for line in rollup if line.startswith("Rss:")))
pipeline.set_state(Gst.State.NULL)
"""


def resident(kind, count):
    chain = "".join(f" ! {kind.format(number=number)}" for number in range(count))
    chain = chain.replace("timepiecewatch watch", "timepiecewatch post-messages=false watch")
    description = f"videotestsrc is-live=true ! video/x-raw,width=16,height=16,framerate=30/1{chain} ! fakesink"
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(SECONDS)], input=description, capture_output=True, text=True, check=True)
    return int(result.stdout)


# The first process may write the registry.
resident("identity silent=true", 1)
failed = False
print("| | kB | limit |\n| --- | ---: | ---: |")
for name, (kind, elements) in KINDS.items():
    taken = (resident(kind, MANY) - resident(kind, FEW)) / ((MANY - FEW) * elements)
    failed = failed or taken > LIMIT_KB
    print(f"| {name} | {taken:.1f} | {LIMIT_KB} |", flush=True)
if failed:
    sys.exit(f"an element takes more than {LIMIT_KB} kB")
