#!/usr/bin/env python3
"""Measures the resident memory of an element that has run for a while, and fails above the limit."""

import subprocess
import sys

LIMIT_KB = 32
FEW, MANY = 50, 250
BUFFERS = 5000
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
# In a separate process, so that nothing is left from the previous one. Memory is read while all are playing.
PROGRAM = """
import sys
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
pipeline = Gst.parse_launch(sys.stdin.read())
pipeline.set_state(Gst.State.PLAYING)
message = pipeline.get_bus().timed_pop_filtered(300 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
assert message is not None and message.type == Gst.MessageType.EOS, message and message.parse_error()
with open("/proc/self/statm", encoding="ascii") as statm:
    print(int(statm.read().split()[1]) * 4)
pipeline.set_state(Gst.State.NULL)
"""


def resident(kind, count):
    chain = "".join(f" ! {kind.format(number=number)}" for number in range(count))
    # Simultaneous reports of a whole pipeline would be measured, too, as messages that are queued on the bus.
    chain = chain.replace("timepiecetick", "timepiecetick interval=0 post-messages=false").replace(
        "timepiecewatch watch", "timepiecewatch interval=0 post-messages=false watch")
    description = f"fakesrc num-buffers={BUFFERS} format=time datarate=100000 sizetype=fixed sizemax=1000{chain} ! fakesink"
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=description, capture_output=True, text=True, check=True)
    return int(result.stdout)


failed = False
print("| | kB | limit |\n| --- | ---: | ---: |")
for name, (kind, elements) in KINDS.items():
    taken = (resident(kind, MANY) - resident(kind, FEW)) / ((MANY - FEW) * elements)
    failed = failed or taken > LIMIT_KB
    print(f"| {name} | {taken:.1f} | {LIMIT_KB} |", flush=True)
if failed:
    sys.exit(f"an element takes more than {LIMIT_KB} kB")
