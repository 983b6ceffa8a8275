#!/usr/bin/env python3
"""Asks the original, `backpack.timepiece` of PyPI's panorama-backpack 0.3.2, what it makes of made-up ticks.

Prints the lines of facts.tsv: kind, what was given, what came out, between tabs; times in nanoseconds. Run it
with python-dateutil installed and the path of the file as its argument; the lines are committed, so tests need neither.
"""

import datetime
import importlib.util
import random
import sys

SPEC = importlib.util.spec_from_file_location("timepiece", sys.argv[1])
timepiece = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(timepiece)
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


class Clock:
    """The present in nanoseconds, for both clocks of the module."""
    now = 0


timepiece.time.perf_counter = lambda: Clock.now / 1e9
timepiece.local_now = lambda: EPOCH + datetime.timedelta(microseconds=Clock.now / 1e3)


def numbers(values):
    return ",".join(str(value) for value in values)


def say(kind, given, found):
    print(kind, given, found, sep="\t")


def figures(timer):
    values = (timer.min(), timer.max(), timer.mean(), timer.sum())
    return " ".join([str(timer.len())] + [f"{value:.6f}" for value in values] + [f"{timer.freq():.4f}"])


def rising(count, largest):
    now, result = 0, []
    for _ in range(count):
        now += random.randrange(largest)
        result.append(now)
    return result


def ticker(most, ticks):
    it = timepiece.Ticker(max_intervals=most)
    for Clock.now in ticks:
        it.tick()
    say("ticker", f"{most} {numbers(ticks)}", repr(it) + " " + figures(it))


def stopwatch(steps):
    """Steps: `name>length` goes down and measures, `<` goes up."""
    root = timepiece.StopWatch("root", max_intervals=4)
    current = root
    Clock.now = 0
    root.__enter__()
    for step in steps:
        if step == "<":
            current.__exit__()
            current = current.parent
        else:
            current = current.child(step.split(">")[0])
            current.__enter__()
            Clock.now += int(step.split(">")[1])
    root.__exit__()
    text = repr(root)
    # The original begins each child on a line of its own, after a comma and a space.
    say("stopwatch", " ".join(steps), "\\n".join(line.rstrip() for line in text.split("\n")))


def fired(schedule, ticks):
    result = []
    for index, Clock.now in enumerate(ticks):
        if schedule.tick()[0]:
            result.append(index)
    return numbers(result)


def callback():
    return timepiece.Callback(cb=lambda: None)


def tachometer(kind, length, ticks):
    reports = []
    it = kind(
        stats_callback=lambda _, timer: reports.append(figures(timer)),
        stats_interval=datetime.timedelta(microseconds=length / 1e3))
    for Clock.now in ticks:
        it.tick()
    return ";".join(reports)


def main():
    random.seed(16)
    for most in (1, 2, 5, 10):
        for count in (0, 1, 2, 3, 6, 7, 12):
            ticker(most, rising(count, random.choice((1_000_003, 90_000_017, 3_000_000_019))))
    for _ in range(18):
        steps, depth = [], 0
        for _ in range(random.randrange(1, 14)):
            if depth and random.random() < 0.45:
                steps.append("<")
                depth -= 1
            else:
                steps.append(f"{random.choice('abc')}>{random.randrange(1, 300_000_007)}")
                depth += 1
        stopwatch(steps + ["<"] * depth)
    for _ in range(20):
        # The original's wall clock has microseconds.
        length = random.randrange(1, 3_000_000) * 1_000
        ticks = [1_000 * tick for tick in rising(25, random.choice((300_000, 2_000_000, 9_000_000)))]
        schedule = timepiece.IntervalSchedule(datetime.timedelta(microseconds=length / 1e3), callback())
        say("interval", f"{length} {numbers(ticks)}", fired(schedule, ticks))
    for each in (0, 1, 2, 3, 4, 5, 7, 10, 13, 17, 25, 26):
        say("ordinal", f"{each} 25", fired(timepiece.OrdinalSchedule(each, callback()), range(25)))
    for _ in range(10):
        ticks = [1_000 * tick for tick in rising(12, 500_000)]
        at = random.randrange(0, 4_000_000) * 1_000 + 500
        schedule = timepiece.AtSchedule(EPOCH + datetime.timedelta(microseconds=at // 1_000), callback())
        say("at", f"{at} {numbers(ticks)}", fired(schedule, ticks))
    for _ in range(12):
        clock = timepiece.AlarmClock([
            timepiece.AtSchedule(EPOCH + datetime.timedelta(microseconds=at), callback())
            for at in (100, 2_000, 30_000)] + [timepiece.OrdinalSchedule(3, callback())])
        ticks = [1_000 * tick + 500 for tick in rising(6, 15_000)]
        left = []
        for Clock.now in ticks:
            clock.tick()
            left.append(len(clock.schedules))
        say("alarmclock", numbers(ticks), numbers(left))
    for _ in range(14):
        length = random.randrange(200_000, 2_000_000) * 1_000
        ticks = [1_000 * tick for tick in rising(40, random.choice((100_000, 400_000)))]
        say("tachometer", f"{length} {numbers(ticks)}", tachometer(timepiece.TickerTachometer, length, ticks))


main()
