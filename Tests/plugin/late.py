"""Plays a pipeline that measures, one that publishes and one with a page, and checks the loaded libraries and the
threads of the process after each.
"""

import pathlib
import socket

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
PUBLISHING = {"libcurl.so.4", "libcrypto.so.3", "libsqlite3.so.0"}
SHOWING = {"libmicrohttpd.so"}
LATE = PUBLISHING | SHOWING  # less those that are loaded before


def loaded():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        files = {line.split("/")[-1].strip() for line in maps if "/" in line}
    return {name for name in LATE if any(file.startswith(name) for file in files)}


def threads():
    names = [path.read_text().strip() for path in pathlib.Path("/proc/self/task").glob("*/comm")]
    return {name for name in names if name.startswith("timepiece-")}


def play(middle):
    pipeline = Gst.parse_launch(f"fakesrc num-buffers=300 ! {middle} ! fakesink")
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    assert message is not None and message.type == Gst.MessageType.EOS, message and message.parse_error()
    pipeline.set_state(Gst.State.NULL)


# Some versions of Python load OpenSSL themselves; that shows nothing of it.
LATE -= loaded()
assert LATE >= {"libcurl.so.4"} | SHOWING, f"{loaded()} came with Python or GStreamer, so that nothing is shown"
play("timepiecetick interval=1000000 alarms=ordinal,each=10 ! timepiecewatch interval=1000000")
assert not loaded(), f"measuring alone loaded {loaded()}"
assert not threads(), f"measuring alone started {threads()}"
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
play(f"timepiecetick prometheus-port={port}")
assert loaded() == SHOWING, f"showing loaded {loaded()}"
assert threads() == {"timepiece-page"}, f"showing started {threads()}"
play("timepiecetick cloudwatch-namespace=Late cloudwatch-emf=file:/dev/null cloudwatch-spool=none")
assert loaded() == SHOWING, f"writing to a file loaded {loaded()}"
play(
    "timepiecetick cloudwatch-namespace=Late region=eu-west-1 access-key=AKIDEXAMPLE secret-access-key=secret"
    " endpoint-uri=http://127.0.0.1:9 cloudwatch-spool=none")
assert loaded() == LATE, f"publishing loaded only {loaded()}"
