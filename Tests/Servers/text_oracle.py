"""Botocore and Python as oracles of how texts are read: files with sections, and lines split into words.

Prints lines of JSON for random texts, the same ones each time: the text, and what was read, or nothing if it was
refused.
"""

import os
import random
import shlex
import tempfile

from botocore.configloader import raw_config_parse
from botocore.exceptions import ConfigParseError
from lifetime import run, say

FILE_PARTS = [
    "[", "]", "[default]", "[profile a]", "[DEFAULT]", "a", "b", "Key", "key", "=", ":", " = ", " ", "  ", "\t", "\n",
    "\n", "\n", "\r\n", "\r", "#", ";", "x = 1", "y=2", "\n  ", "\n\n", "\"", "%", "\u00e4"]
LINE_PARTS = ["a", "b", " ", "  ", "\t", "'", "\"", "\\", "#", "$x", ";", "=", "\u00e4", "\n"]


def sections(path, text):
    """The flat result of botocore: section, option and value, one after the other; None if it refuses the text."""
    with open(path, "wb") as file:
        file.write(text.encode())
    try:
        raw_config_parse(path)
        read = raw_config_parse(path, parse_subsections=False)
    except ConfigParseError:
        return None
    return "\x1f".join(sorted(
        ["\x1e".join([name, option, value]) for name, options in read.items() for option, value in options.items()]
        + [name for name in read]))


def words(line):
    try:
        return "\x1f".join([""] + shlex.split(line))
    except ValueError:
        return None


def main():
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        for _ in range(3000):
            text = "".join(chance.choices(FILE_PARTS, k=chance.randint(1, 25)))
            if chance.random() < 0.7:
                text = "[first]\n" + text
            say({"text": text, "read": sections(path, text)})
    say({"next": 1})
    for _ in range(3000):
        line = "".join(chance.choices(LINE_PARTS, k=chance.randint(0, 15)))
        say({"text": line, "read": words(line)})
    say({"next": 1})


run(main)
