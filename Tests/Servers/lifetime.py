"""What all servers of the tests share: free ports, a bounded life, and words over pipes."""

import json
import os
import sys
import threading


def end_with_parent(seconds=600):
    """Ends this process when whoever started it closes our standard input, or after so many seconds."""
    timer = threading.Timer(seconds, os._exit, args=(3,))
    timer.daemon = True
    timer.start()

    def watch():
        while sys.stdin.buffer.read(1):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def say(value):
    """Prints a value as one line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
