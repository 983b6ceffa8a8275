#!/usr/bin/env python3
"""Runs the soak against a CloudWatch that accepts, throttles, disconnects and does not respond, in turn.

    run.py SOAK MINUTES [SEED]
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Servers"))
from cloudwatch_server import ACCEPTED, CloudWatchServer


def treatment(number):
    """The n-th request gets the n-th response."""
    turn = number % 8
    if turn == 3:
        return None
    if turn == 5:
        time.sleep(2)
    return (400, b'{"__type":"ThrottlingException"}') if turn == 1 else ACCEPTED


def main():
    server = CloudWatchServer(answer=treatment)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, XDG_STATE_HOME=folder, AWS_EC2_METADATA_DISABLED="true")
        done = subprocess.run(
            [sys.argv[1], sys.argv[2], server.address, *sys.argv[3:]], env=environment, check=False,
            timeout=float(sys.argv[2]) * 60 + 120)
    print(f"soak: {server.requests} requests to CloudWatch")
    return done.returncode if server.requests else 1


if __name__ == "__main__":
    sys.exit(main())
