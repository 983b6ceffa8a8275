"""The common parts of the tests' servers: a bounded lifetime, and commands over pipes."""

import json
import os
import sys
import threading
import traceback

_ended = threading.Event()


def run(main, seconds=3600):
    """Runs a server and ends the process when the server is done, or in any case after the given number of seconds."""
    timer = threading.Timer(seconds, os._exit, args=(3,))
    timer.daemon = True
    timer.start()

    def watch():
        while sys.stdin.buffer.read(1):
            pass
        _ended.set()

    threading.Thread(target=watch, daemon=True).start()
    try:
        main()
        status = 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stderr.flush()
    os._exit(status)  # the threads of servers are not waited for


def wait_for_end():
    """Waits until the parent of this process closes our standard input."""
    _ended.wait()


def say(value):
    """Prints a value as one line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
