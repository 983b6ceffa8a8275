#!/usr/bin/env python3
"""Times the operations of the library's ancestor in Python in comparison with the library's own calls.

The arithmetic is that of backpack's timepiece, written again from its documentation: the last ten intervals in a
deque, and the shortest, longest and mean over them on request; a child watch is a ticker with a name; an alarm clock
checks each of its schedules in turn.
"""

import argparse
import collections
import json
import statistics
import subprocess
import time

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
    def statistics(self):
        return min(self.intervals), max(self.intervals), sum(self.intervals) / len(self.intervals)


class StopWatch:
    def __init__(self, max_intervals=10):
        self.intervals = collections.deque(maxlen=max_intervals)

    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.intervals.append(time.perf_counter() - self.start)

    @property
    def statistics(self):
        return min(self.intervals), max(self.intervals), sum(self.intervals) / len(self.intervals)


class OrdinalSchedule:
    def __init__(self, each):
        self.each = each
        self.count = 0

    def tick(self):
        self.count += 1
        return self.count % self.each == 0


class AlarmClock:
    def __init__(self, schedules):
        self.schedules = schedules

    def tick(self):
        for schedule in self.schedules:
            schedule.tick()


def tick(count):
    ticker = Ticker()
    for _ in range(count):
        ticker.tick()


def measure(count):
    watch = StopWatch()
    for _ in range(count):
        with watch:
            pass


def alarms(schedules):
    def work(count):
        clock = AlarmClock([OrdinalSchedule(10**9) for _ in range(schedules)])
        for _ in range(count):
            clock.tick()

    return work


def snapshot(count):
    watches = [StopWatch() for _ in range(3)]
    for watch in watches:
        watch.intervals.extend([0.033] * 10)
    for _ in range(count):
        [watch.statistics for watch in watches]


# The call, the same in Python, the name of ours, and the number of calls in a round.
ROWS = (
    ("Ticker.tick", tick, "Ticker.tick, clock read", CALLS),
    ("StopWatch.measure", measure, "StopWatch.measure", CALLS),
    ("AlarmClock.tick, 1 schedule", alarms(1), "AlarmClock.tick, 1 schedule", CALLS),
    ("AlarmClock.tick, 100,000 schedules", alarms(100_000), "AlarmClock.tick, 100,000 schedules", 10),
    ("snapshot of three stopwatches", snapshot, "StopWatch.snapshot, 3 levels", CALLS // 10),
)


def nanoseconds(work, calls, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work(calls)
        times.append((time.perf_counter_ns() - start) / calls)
    return statistics.median(times)


def ours(program, name, rounds):
    times = [
        float(subprocess.run([program, name, str(CALLS)], capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)]
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built LibraryBenchmark")
    parser.add_argument("--rounds", type=int, default=9, help="(default %(default)s)")
    parser.add_argument("--json", help="where to write the results")
    arguments = parser.parse_args()
    results = {}
    print("| nanoseconds a call | Timepiece | the ancestor's arithmetic in Python |")
    print("| --- | ---: | ---: |")
    for call, work, name, calls in ROWS:
        results[call] = (
            ours(arguments.program, name, arguments.rounds), nanoseconds(work, calls, arguments.rounds))
        print(f"| {call} | {results[call][0]:,.0f} | {results[call][1]:,.0f} |")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({call: {"timepiece": own, "ancestor": other} for call, (own, other) in results.items()}, file, indent=1)


if __name__ == "__main__":
    main()
