"""A terminal for tests: input, screen contents, and whether it is restored."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time


class Terminal:
    """A program on a terminal of a given size, which is its own."""

    def __init__(self, tool, *words, columns=100, rows=24, stdin=None, **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        variables = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        variables |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | environment

        def own():
            os.setsid()
            fcntl.ioctl(1, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen([tool, *words], stdin=stdin or slave, stdout=slave, stderr=slave, env=variables,
                                        preexec_fn=own)
        self.text = ""

    def read_until(self, pattern, seconds=20):
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern!r} does not come; there is {self.text[-500:]!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 65536).decode(errors="replace")

    def press(self, keys):
        os.write(self.master, keys)

    def finish(self):
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 65536).decode(errors="replace")
        while select.select([self.master], [], [], 0.1)[0]:
            self.text += os.read(self.master, 65536).decode(errors="replace")
        return self.process.returncode

    def is_as_before(self):
        return termios.tcgetattr(self.slave) == self.before
