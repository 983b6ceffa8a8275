#!/usr/bin/env python3
"""A handler of one traced pipeline's message does not return: another pipeline is reported nevertheless, and ends."""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
DESCRIPTION = "fakesrc is-live=true do-timestamp=true datarate=100000 sizetype=fixed sizemax=1000 ! fakesink"


def is_report(message):
    structure = message.get_structure()
    return structure is not None and structure.get_name() == "timepiece-pipeline"


def main():
    held, released = threading.Event(), threading.Event()

    def hold(_bus, message):
        if is_report(message):
            held.set()
            assert released.wait(30)
        return Gst.BusSyncReply.DROP

    slow, other = Gst.parse_launch(DESCRIPTION), Gst.parse_launch(DESCRIPTION)
    slow.get_bus().set_sync_handler(hold)
    slow.set_state(Gst.State.PLAYING)
    assert held.wait(30), "no report came"
    other.set_state(Gst.State.PLAYING)
    reports = 0
    while reports < 5:
        message = other.get_bus().timed_pop_filtered(20 * Gst.SECOND, Gst.MessageType.ELEMENT)
        assert message is not None, f"{reports} reports came beside a handler that does not return"
        reports += is_report(message)
    other.set_state(Gst.State.NULL)
    assert not released.is_set()
    released.set()
    slow.set_state(Gst.State.NULL)


if __name__ == "__main__":
    sys.exit(main())
