#!/usr/bin/env python3
"""Reads randomly changed messages with the Python module: it returns a message, or an error that names the field.

    fuzz_messages.py [--seed=S] [--runs=N] [--seconds=T]

The given number of messages, or as many as possible in the given time.
"""

import argparse
import pathlib
import random
import sys
import time

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2] / "apps" / "python"))
import timepiece_messages  # noqa: E402
from gi.repository import GLib, GObject, Gst  # noqa: E402

CORPUS = HERE.parents[1] / "Fuzz" / "corpus-messages"


def typed(kind, value):
    made = GObject.Value()
    made.init(kind)
    made.set_value(value)
    return made


def some_value(dice, others):
    """A value that a reader may refuse."""
    return dice.choice([
        lambda: typed(GObject.TYPE_UINT64, dice.choice([0, 1, 2**63, 2**64 - 1])),
        lambda: typed(GObject.TYPE_INT64, dice.choice([-2**63, -1, 0])),
        lambda: typed(GObject.TYPE_INT, -1),
        lambda: typed(GObject.TYPE_UINT, 2**32 - 1),
        lambda: typed(GObject.TYPE_DOUBLE, dice.choice([float("nan"), float("inf"), -0.0, 1e308])),
        lambda: typed(GObject.TYPE_BOOLEAN, True),
        lambda: typed(GObject.TYPE_STRING, dice.choice(["", "Prüfstand", "a" * 5000])),
        lambda: typed(GObject.TYPE_STRING, None),
        lambda: Gst.ValueArray([]),
        lambda: Gst.ValueArray([dice.choice(others).copy() for _ in range(dice.randrange(3))]),
        lambda: Gst.ValueArray([typed(GObject.TYPE_UINT64, 1), typed(GObject.TYPE_STRING, "x")]),
        lambda: Gst.ValueList([typed(GObject.TYPE_INT, 1)]),
        lambda: dice.choice(others).copy(),
    ])()


def changed(dice, whole, others):
    made = whole.copy()
    for _ in range(dice.randrange(4)):
        names = [made.nth_field_name(index) for index in range(made.n_fields())]
        name = dice.choice(names or ["label"])
        if dice.randrange(3) == 0:
            made.remove_field(name)
        else:
            made.set_value(name, some_value(dice, others))
    if dice.randrange(20) == 0:
        made.set_name(dice.choice(others).get_name())
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=20000)
    parser.add_argument("--seconds", type=float, help="instead of a number of runs")
    options = parser.parse_args()
    Gst.init(None)
    # No call of the readers may cause a warning of GLib.
    GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_CRITICAL | GLib.LogLevelFlags.LEVEL_ERROR)
    dice = random.Random(options.seed)
    whole = [Gst.Structure.from_string(file.read_text())[0] for file in sorted(CORPUS.iterdir())]
    whole = [structure for structure in whole if structure is not None]
    tried = taken = 0
    until = time.monotonic() + (options.seconds or 0)
    while time.monotonic() < until or tried < (1000 if options.seconds else options.runs):
        structure = changed(dice, dice.choice(whole), whole)
        tried += 1
        try:
            message = timepiece_messages.parse_structure(structure)
        except timepiece_messages.MessageError as error:
            assert error.field and str(error), structure.to_string()
        else:
            taken += message is not None
            assert message is None or message.label is not None, structure.to_string()
    assert taken and taken < tried
    print(f"fuzz: python: {tried} inputs, {taken} of them taken, 0 failed")


if __name__ == "__main__":
    main()
