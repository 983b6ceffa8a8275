#!/usr/bin/env python3
"""Times what the ancestor of the library does in Python beside the library's own call.

The arithmetic is that of backpack's timepiece, written anew from its documentation: the last ten intervals in a
deque, and the shortest, longest and mean over them when asked; a child watch is a ticker with a name.
"""

import collections
import statistics
import subprocess
import sys
import time

ROUNDS = 9
CALLS = 200_000


class Ticker:
    def __init__(self, max_intervals=10):
        self.intervals = collections.deque(maxlen=max_intervals)
        self.last = None

    def tick(self):
        now = time.perf_counter()
        if self.last is not None:
            self.intervals.append(now - self.last)
        self.last = now

    @property
    def figures(self):
        return min(self.intervals), max(self.intervals), sum(self.intervals) / len(self.intervals)


class StopWatch:
    def __init__(self, max_intervals=10):
        self.intervals = collections.deque(maxlen=max_intervals)

    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.intervals.append(time.perf_counter() - self.start)


def tick(count):
    ticker = Ticker()
    for _ in range(count):
        ticker.tick()


def measure(count):
    watch = StopWatch()
    for _ in range(count):
        with watch:
            pass


def nanoseconds(work):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        work(CALLS)
        times.append((time.perf_counter_ns() - start) / CALLS)
    return statistics.median(times)


def ours(program, name):
    times = [
        float(subprocess.run([program, name, str(CALLS)], capture_output=True, text=True, check=True).stdout)
        for _ in range(ROUNDS)]
    return statistics.median(times)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: ancestor.py LibraryBenchmark")
    print("| nanoseconds a call | Timepiece | the ancestor's arithmetic in Python |")
    print("| --- | ---: | ---: |")
    for call, work, name in (
            ("tick", tick, "Ticker.tick, clock read"), ("measure", measure, "StopWatch.measure")):
        print(f"| {call} | {ours(sys.argv[1], name):.0f} | {nanoseconds(work):.0f} |")


if __name__ == "__main__":
    main()
