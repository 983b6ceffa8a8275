#!/usr/bin/python3
"""Writes the manual page of timepiece out of what the tool says of itself.

    timepiece --experimental-dump-help | manual.py >timepiece.1
"""
import json
import sys


def escape(text):
    """The text as roff takes it; a dot or quote at the start of a line would be a command."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.splitlines())


def names(argument):
    if argument["kind"] == "positional":
        word = f"<{argument['valueName']}>" + (" ..." if argument["isRepeating"] else "")
        return f"[{word}]" if argument["isOptional"] else word
    spelled = sorted((("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]), key=len)
    value = f" <{argument['valueName']}>" if argument["kind"] == "option" else ""
    return ", ".join(spelled) + value


def arguments(command):
    own = [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)
           and names(argument) not in ("--version", "-h, --help")]
    for argument in own:
        yield ".TP"
        yield f"\\fB{escape(names(argument))}\\fR"
        yield escape(argument.get("abstract", ""))


def main():
    root = json.load(sys.stdin)["command"]
    out = [
        ".\\\" Made from the tool's own help.",
        f".TH TIMEPIECE 1 \"\" \"timepiece {sys.argv[1] if len(sys.argv) > 1 else ''}\" \"User Commands\"",
        ".SH NAME", f"timepiece \\- {escape(root['abstract'].rstrip('.').lower())}",
        ".SH SYNOPSIS", ".B timepiece", "\\fIcommand\\fR [\\fIoptions\\fR]", ".SH COMMANDS",
    ]
    for command in root["subcommands"]:
        if command["commandName"] == "help":
            continue
        words = " ".join(names(argument) for argument in command["arguments"] if argument["kind"] == "positional")
        dashes = "-- " if command["commandName"] in ("top", "record") else ""
        out += [f".SS timepiece {command['commandName']} [options] {dashes}{escape(words)}", escape(command["abstract"])]
        if command.get("discussion"):
            out += [".PP", escape(command["discussion"])]
        out += arguments(command)
    out += [".SH EXIT STATUS", escape(root.get("discussion", "")), ".SH EXAMPLE", ".EX",
            escape("timepiece top -- videotestsrc is-live=true ! timepiecetick ! fakesink"),
            escape("timepiece record -o run.jsonl --watch-every-element -- videotestsrc ! x264enc ! fakesink"),
            "timepiece report run.jsonl", ".EE", ".SH SEE ALSO", ".BR gst\\-launch\\-1.0 (1),", ".BR gst\\-inspect\\-1.0 (1)"]
    print("\n".join(out))


if __name__ == "__main__":
    main()
