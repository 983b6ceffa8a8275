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


def exit_codes(text):
    """The discussion's "Exit codes: 0 all went well; 1 the pipeline failed." as a list."""
    for entry in text.split("Exit codes: ")[1].rstrip(".").split("; "):
        code, meaning = entry.split(" ", 1)
        yield from (".TP", f"\\fB{code}\\fR", escape(meaning[0].upper() + meaning[1:] + "."))


ENVIRONMENT = {
    "GST_PLUGIN_PATH": "Where GStreamer looks for plugins beside its own folder.",
    "NO_COLOR": "If it is set, top and compare use no color.",
    "TERM": "If it is \"dumb\" or not set, top writes lines instead of a screen.",
    "LC_ALL, LC_CTYPE, LANG": "Where the characters are not UTF-8, all that is shown is ASCII.",
}


def main():
    root = json.load(sys.stdin)["command"]
    out = [
        ".\\\" Made from the tool's own help.",
        f".TH TIMEPIECE 1 \"\" \"timepiece {sys.argv[1] if len(sys.argv) > 1 else ''}\" \"User Commands\"",
        ".SH NAME", f"timepiece \\- {escape(root['abstract'][0].lower() + root['abstract'][1:].rstrip('.'))}",
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
    out += [".SH EXIT STATUS", *exit_codes(" ".join(root["discussion"].split())), ".SH ENVIRONMENT"]
    for name, meaning in ENVIRONMENT.items():
        out += [".TP", f"\\fB{escape(name)}\\fR", escape(meaning)]
    out += [".SH EXAMPLES", ".EX",
            escape("timepiece top -- videotestsrc is-live=true ! timepiecetick ! fakesink"),
            escape("timepiece record -o run.jsonl -- videotestsrc ! x264enc ! fakesink"),
            "timepiece report run.jsonl", ".EE", ".SH SEE ALSO", ".BR gst\\-launch\\-1.0 (1),", ".BR gst\\-inspect\\-1.0 (1)"]
    print("\n".join(out))


if __name__ == "__main__":
    main()
