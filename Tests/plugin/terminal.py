"""Metrics on a terminal begin on a new line, even where gst-launch-1.0 has written its position; in a pipe the output
consists only of their lines."""
import json
import os
import pty
import subprocess
import sys

COMMAND = [
    "gst-launch-1.0", "videotestsrc", "is-live=true", "num-buffers=90", "!", "video/x-raw,width=16,height=16",
    "!", "timepiecetick", "label=camera", "cloudwatch-namespace=Test", "region=eu-central-1", "cloudwatch-emf=stdout",
    "cloudwatch-interval=1000000000", "cloudwatch-spool=none", "!", "fakesink"]


def on_a_terminal():
    """The output of a program to a terminal, until it ends."""
    master, slave = pty.openpty()
    with subprocess.Popen(COMMAND, stdout=slave, stderr=subprocess.DEVNULL, stdin=slave) as program:
        os.close(slave)
        written = b""
        try:
            while part := os.read(master, 4096):
                written += part
        except OSError:
            # The last writer has closed the terminal.
            pass
        os.close(master)
        return written.decode(), program.wait()


def documents(text, before):
    """The metrics in a text; each must follow the given text, and end its line."""
    found = []
    place = 0
    while (place := text.find('{"_aws"', place)) >= 0:
        if place > 0 and not text[:place].endswith(before):
            sys.exit(f"not behind a new line: {text[max(0, place - 40):place + 20]!r}")
        line = text[place:].splitlines()[0]
        found.append(json.loads(line))
        place += len(line)
    return found


written, status = on_a_terminal()
# The terminal converts each line feed to a carriage return and a line feed, and there is one before each document.
shown = documents(written, "\n")
if status != 0 or len(shown) < 2:
    sys.exit(f"exit status {status}, {len(shown)} documents on the terminal: {written!r}")
piped = subprocess.run(
    [COMMAND[0], "-q", *COMMAND[1:]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
lines = piped.splitlines()
if len(lines) < 2 or any("_aws" not in json.loads(line) for line in lines):
    sys.exit(f"not only lines of metrics in a pipe: {piped!r}")
for document in shown + [json.loads(line) for line in lines]:
    if document["Label"] != "camera":
        sys.exit(f"not the camera's: {document}")
