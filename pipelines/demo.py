#!/usr/bin/python3
"""Plays a video through timepiecetick and shows its statistics live.

Why: to see in a minute what the element reports, on your own video.
"""
import argparse
import os
import signal
import sys
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

SECOND = Gst.SECOND


def source_of(text):
    """The gst-launch source for what the user gave: a file, a URI or a description."""
    if os.path.isfile(text):
        path = os.path.abspath(text).replace("\\", "\\\\").replace('"', '\\"')
        return f'filesrc location="{path}" ! decodebin'
    if "://" in text and "!" not in text:
        return f'uridecodebin uri="{text}"'
    return text


def encode_sample(path, seconds):
    """Makes an H.264 file to decode, for a demo that needs nothing."""
    pipeline = Gst.parse_launch(
        f"videotestsrc num-buffers={30 * seconds} pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1"
        f" ! x264enc speed-preset=ultrafast tune=zerolatency ! h264parse ! mp4mux ! filesink location={path}")
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        60 * SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if message is None or message.type != Gst.MessageType.EOS:
        sys.exit("demo: the sample video could not be encoded"
                 + (f": {message.parse_error().gerror.message}" if message else " in a minute"))


def show(structure):
    """One line a window: what a program would read from the message."""
    def field(name):
        return structure.get_value(name)

    milliseconds = 1e6
    # At most 80 columns, so that a line of a terminal holds it.
    print(f"{field('label')[:9]:<9} {field('num-buffers'):4} buffers"
          f" {field('average-rate'):7.2f} of {field('nominal-rate'):5.2f} /s"
          f" {field('bitrate') / 1e6:7.1f} Mbit/s"
          f" p50 {field('p50-interval') / milliseconds:5.1f} p99 {field('p99-interval') / milliseconds:5.1f} ms", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", help="a file, a URI, or a gst-launch source (default: a test video of 8 s)")
    arguments = parser.parse_args()
    Gst.init(None)
    if Gst.ElementFactory.find("timepiecetick") is None:
        sys.exit("demo: GStreamer does not find timepiecetick; run 'make demo', which sets GST_PLUGIN_PATH")

    with tempfile.TemporaryDirectory() as folder:
        source = arguments.source
        if source is None:
            source = os.path.join(folder, "sample.mp4")
            encode_sample(source, 8)
        try:
            pipeline = Gst.parse_launch(
                source_of(source) + " ! queue ! timepiecetick label=decoded ! fakesink sync=true")
        except GLib.Error as error:
            sys.exit(f"demo: the source {source!r} makes no pipeline: {error.message}")
        sys.exit(run(pipeline))


def run(pipeline):
    loop = GLib.MainLoop()
    status = 0

    def on_message(bus, message):
        nonlocal status
        if message.type == Gst.MessageType.ELEMENT and message.has_name("timepiece-tick"):
            show(message.get_structure())
        elif message.type == Gst.MessageType.ERROR:
            error, detail = message.parse_error()
            print(f"demo: {message.src.get_name()}: {error.message}\n{detail or ''}", file=sys.stderr)
            status = 1
            loop.quit()
        elif message.type == Gst.MessageType.EOS:
            loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, lambda: pipeline.send_event(Gst.Event.new_eos()))
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    pipeline.set_state(Gst.State.NULL)
    return status


if __name__ == "__main__":
    main()
