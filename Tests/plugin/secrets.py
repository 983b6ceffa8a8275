"""Sets secrets of an element and searches for them in its output: logs of all levels, messages, dot files, spool."""

import os
import pathlib
import subprocess
import sys
import tempfile

SECRETS = {"access-key": "AKIAOFTHESECRETTEST0", "secret-access-key": "hidden/secret+of=the/test",
           "session-token": "hidden-token-of-the-test"}


def child():
    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import Gst

    Gst.init(None)
    # Two and a half seconds: there are data every half second, so an interval of a second with data ends within 1.6 s.
    pipeline = Gst.parse_launch(
        "fakesrc num-buffers=2000 ! identity sleep-time=1250 ! timepiecetick name=tick cloudwatch-namespace=Test"
        " cloudwatch-interval=1000000000 region=us-east-1 endpoint-uri=http://127.0.0.1:1 ! fakesink")
    tick = pipeline.get_by_name("tick")
    for name, value in SECRETS.items():
        tick.set_property(name, value)
    tick.set_property("cloudwatch-spool", os.environ["SPOOL"])
    for name in SECRETS:
        try:
            print(name, tick.get_property(name))
        except TypeError as error:
            print(error)
    pipeline.set_state(Gst.State.PLAYING)
    bus, told = pipeline.get_bus(), 0
    while True:
        message = bus.timed_pop(30 * Gst.SECOND)
        assert message is not None
        if message.get_structure():
            print(message.get_structure().to_string())
        told += message.type == Gst.MessageType.ELEMENT and message.has_name("timepiece-cloudwatch")
        if message.type in (Gst.MessageType.EOS, Gst.MessageType.ERROR):
            break
    print(tick.get_property("stats").to_string())
    Gst.debug_bin_to_dot_file(pipeline, Gst.DebugGraphDetails.VERBOSE, "secrets")
    pipeline.set_state(Gst.State.NULL)
    assert told, "no failure was told, so nothing was shown"


def main():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GST_DEBUG": "*:9", "GST_DEBUG_FILE": f"{folder}/log", "SPOOL": f"{folder}/spool",
                       "GST_DEBUG_DUMP_DOT_DIR": folder}
        with open(f"{folder}/output", "wb") as output:
            subprocess.run([sys.executable, __file__, "child"], env=environment, check=True, stdout=output,
                           stderr=subprocess.STDOUT, timeout=120)
        files = [path for path in pathlib.Path(folder).iterdir() if path.is_file()]
        assert any(path.suffix == ".dot" for path in files) and len(files) >= 4, files
        for path in files:
            content = path.read_bytes()
            for name, secret in SECRETS.items():
                assert secret.encode() not in content, f"{name} stands in {path.name}"
        print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes, no secret")


child() if sys.argv[1:] == ["child"] else main()
