"""Lets a CloudWatch on loopback refuse a datum permanently, and checks that message and stats report the number of such
data and the reason."""

import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Servers"))
from cloudwatch_server import CloudWatchServer  # noqa: E402

Gst.init(None)
# CloudWatch's response to an invalid value.
REFUSAL = (400, b'{"__type":"com.amazonaws.cloudwatch#InvalidParameterValue","message":"No."}')


def check(told):
    """The expected fields of a message, or of stats."""
    assert told["dropped"] >= 1 and told["dropped-refused"] == told["dropped"], told.to_string()
    assert told["sent"] == 0 and told["spooled"] == 0 and told["requests"] >= 1, told.to_string()
    assert "InvalidParameterValue" in told["last-error"] and "set aside" in told["last-error"], told.to_string()


def main():
    server = CloudWatchServer(answer=lambda number: REFUSAL)
    pipeline = Gst.parse_launch(
        "fakesrc datarate=100000 sizetype=fixed sizemax=1000 ! timepiecetick name=tick cloudwatch-namespace=Test"
        " region=us-east-1 access-key=AKIAEXAMPLE secret-access-key=secret cloudwatch-interval=1000000000"
        f" cloudwatch-spool=none endpoint-uri={server.address} ! fakesink")
    pipeline.set_state(Gst.State.PLAYING)
    while True:
        message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
        assert message is not None and message.type != Gst.MessageType.ERROR
        structure = message.get_structure()
        if structure.get_name() == "timepiece-cloudwatch" and structure["dropped"]:
            break
    check(structure)
    stats = pipeline.get_by_name("tick").get_property("stats")
    check(stats["cloudwatch"])
    pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    sys.exit(main())
