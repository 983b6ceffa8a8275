#!/usr/bin/python3
"""Plays pipelines with the tracer and without: buffers, events, messages and exit codes must be the same.

    same.py                 all pipelines
    same.py --play TEXT     one pipeline, whose log is printed as JSON; the exit code is 1 after an error

It compares what every source pad pushed, in order (buffers: times, size, flags and contents; events: their type, caps
and segments), and what every object posted on the bus, in order.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

SMALL = "video/x-raw,width=64,height=48,framerate=25/1"
CLIP = ("videotestsrc num-buffers=50 ! video/x-raw,width=320,height=240,framerate=25/1 ! x264enc key-int-max=10 ! "
        "mp4mux ! filesink location=%s")
# Messages that the pipeline does not cause, or whose time depends on the machine.
SILENT = {Gst.MessageType.QOS, Gst.MessageType.STREAM_STATUS, Gst.MessageType.LATENCY, Gst.MessageType.TAG,
          Gst.MessageType.BUFFERING, Gst.MessageType.NEW_CLOCK, Gst.MessageType.DURATION_CHANGED}


def pipelines(folder):
    """Returns descriptions, each with its expected exit code."""
    clip = f"{folder}/clip.mp4"
    return [
        (CLIP % clip, 0),
        (f"videotestsrc num-buffers=50 ! {SMALL} ! identity ! identity ! fakesink", 0),
        (f"videotestsrc num-buffers=50 ! {SMALL} ! queue ! queue2 ! multiqueue ! fakesink sync=true", 0),
        (f"videotestsrc num-buffers=50 ! {SMALL} ! tee name=t t. ! queue ! fakesink t. ! queue ! fakesink", 0),
        ("videotestsrc num-buffers=10 ! video/x-raw,format=RGB,width=160,height=120 ! rtpvrawpay seqnum-offset=1 "
         "timestamp-offset=1 ssrc=1 ! identity ! queue ! fakesink", 0),
        (f"filesrc location={clip} ! qtdemux ! h264parse ! avdec_h264 max-threads=1 ! fakesink", 0),
        (f"filesrc location={clip} ! decodebin ! videoconvert ! videoscale ! {SMALL} ! fakesink", 0),
        (f"uridecodebin uri=file://{clip} ! fakesink", 0),
        (f"compositor name=c ! {SMALL} ! fakesink videotestsrc num-buffers=25 ! {SMALL} ! c. "
         f"videotestsrc num-buffers=25 pattern=snow ! {SMALL} ! c.", 0),
        (f"videotestsrc num-buffers=25 ! {SMALL} ! videorate ! video/x-raw,framerate=10/1 ! fakesink", 0),
        ("audiotestsrc num-buffers=50 ! audioconvert ! audioresample ! audio/x-raw,rate=8000 ! alawenc ! fakesink", 0),
        ("matroskamux name=m ! fakesink audiotestsrc num-buffers=20 ! alawenc ! m.", 0),
        ("concat name=c ! fakesink audiotestsrc num-buffers=5 ! c. audiotestsrc num-buffers=5 freq=880 ! c.", 0),
        ("fakesrc num-buffers=20 sizetype=2 filltype=3 ! identity error-after=7 ! fakesink", 1),
        ("filesrc location=/nonexistent ! fakesink", 1),
        (f"filesrc location={folder}/clip.mp4 ! wavparse ! fakesink", 1),
        ("audiotestsrc num-buffers=20 ! timepiecetick interval=0 ! timepiecewatch interval=0 ! fakesink", 0),
    ]


class Log:
    """A log of the buffers and events that the pads pushed, and of the messages that the objects posted."""

    def __init__(self):
        self.pads = {}
        self.messages = {}

    def watch(self, element):
        if isinstance(element, Gst.Bin):
            return
        element.connect("pad-added", lambda _, pad: self.watch_pad(pad))
        for pad in element.pads:
            self.watch_pad(pad)

    def watch_pad(self, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        rows = self.pads.setdefault(pad.get_path_string(), [])
        mask = Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST | Gst.PadProbeType.EVENT_DOWNSTREAM
        pad.add_probe(mask, lambda _, info: rows.extend(self.describe(info)) or Gst.PadProbeReturn.OK)

    def describe(self, info):
        if info.type & Gst.PadProbeType.BUFFER:
            return [self.buffer(info.get_buffer())]
        if info.type & Gst.PadProbeType.BUFFER_LIST:
            buffers = info.get_buffer_list()
            return ["list", *(self.buffer(buffers.get(index)) for index in range(buffers.length()))]
        event = info.get_event()
        row = [event.type.value_nick]
        if event.type == Gst.EventType.CAPS:
            # Their fields have no order.
            row.append(", ".join(sorted(event.parse_caps().to_string().split(", "))))
        elif event.type == Gst.EventType.SEGMENT:
            segment = event.parse_segment()
            row += [segment.start, segment.stop, segment.time, segment.base, segment.rate]
        return [row]

    @staticmethod
    def buffer(buffer):
        contents = buffer.extract_dup(0, buffer.get_size())
        return [buffer.pts, buffer.dts, buffer.duration, buffer.offset, int(buffer.get_flags()), len(contents),
                zlib.crc32(contents)]

    def take(self, message):
        if message.type in SILENT or message.src is None:
            return
        structure = message.get_structure()
        name = structure.get_name() if structure else ""
        if name.startswith("timepiece-"):
            return
        if message.type == Gst.MessageType.STATE_CHANGED:
            name = [state.value_nick for state in message.parse_state_changed()]
        elif message.type == Gst.MessageType.ERROR:
            name = message.parse_error()[0].message
        self.messages.setdefault(message.src.get_path_string(), []).append([Gst.MessageType.get_name(message.type), name])


def play(text):
    Gst.init(None)
    pipeline = Gst.parse_launch(text)
    log = Log()
    pipeline.connect("deep-element-added", lambda _, __, element: log.watch(element))
    for element in pipeline.iterate_recurse():
        log.watch(element)
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    status = 0
    while True:
        message = bus.timed_pop(60 * Gst.SECOND)
        if message is None:
            return 3
        log.take(message)
        if message.type == Gst.MessageType.EOS:
            break
        if message.type == Gst.MessageType.ERROR:
            status = 1
            break
    pipeline.set_state(Gst.State.NULL)
    if status == 1:
        # How far each thread gets after an error is a race.
        log.pads = {}
    json.dump({"pads": log.pads, "messages": log.messages}, sys.stdout, sort_keys=True)
    return status


def run(text, tracer):
    environment = {name: value for name, value in os.environ.items() if name != "GST_TRACERS"}
    if tracer:
        environment["GST_TRACERS"] = tracer
    done = subprocess.run(
        [sys.executable, __file__, "--play", text], env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def without_contents(log):
    """The log without the contents of buffers: muxers write the time and random numbers."""
    log = json.loads(log)
    for rows in log["pads"].values():
        for place, row in enumerate(rows):
            if row[0] == "caps":
                rows[place] = [row[0], re.sub(r"streamheader=\(buffer\)<[^>]*>", "", row[1])]
            elif isinstance(row[0], int):
                rows[place] = row[:-1]
    return json.dumps(log, sort_keys=True)


def difference(before, after):
    """Describes the first difference of two logs."""
    before, after = json.loads(before), json.loads(after)
    for kind in ("pads", "messages"):
        for name in sorted({*before[kind], *after[kind]}):
            left, right = before[kind].get(name), after[kind].get(name)
            if left != right:
                for one, other in zip(left or [], right or []):
                    if one != other:
                        return f"{name}: {one} without, {other} with"
                return f"{name}: {len(left or [])} entries without, {len(right or [])} with"
    return "they differ"


def main():
    tracer = os.environ.get("GST_TRACERS", "timepiece(interval=10ms)")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        every = pipelines(folder)
        for text, expected in every:
            status, without, _ = run(text, None)
            traced, told, complaints = run(text, tracer)
            # Threads may run in another order, and muxers write the time in seconds: one of several runs must be the
            # same.
            seen = [without]
            for _ in range(4):
                if told in seen:
                    break
                seen.append(run(text, None)[1])
                traced, told, complaints = run(text, tracer)
            if told not in seen:
                told, seen = without_contents(told), [without_contents(log) for log in seen]
            if status != expected or traced != expected:
                print(f"same: NOT SO: {text}: exit code {status} without, {traced} with; {complaints}", file=sys.stderr)
                failed += 1
            elif told not in seen:
                print(f"same: NOT SO: {text}: {difference(seen[0], told)}", file=sys.stderr)
                failed += 1
    print(f"same: {len(every)} pipelines, {failed} differ with the tracer")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--play"]:
        sys.exit(play(sys.argv[2]))
    sys.exit(main())
