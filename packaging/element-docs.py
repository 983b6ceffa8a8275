#!/usr/bin/python3
"""Writes the SECTION comment of an element's C source as a page of Markdown: element-docs.py SOURCE FOLDER"""
import pathlib
import re
import sys

source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
comment = re.search(r"/\*\*\n \* SECTION:element-(\w+)\n(.*?)\n \*/", source.read_text(), re.DOTALL)
if not comment:
    sys.exit(f"element-docs: {source} has no SECTION comment of an element")
name, lines = comment[1], [line[3:] for line in comment[2].split("\n")]
summary = next((line.split(": ", 1)[1] for line in lines if line.startswith("@short_description: ")), "")
text = "\n".join(line for line in lines if not line.startswith("@"))
# gtk-doc's marks: code blocks, and the signs before the names of types, constants, properties.
text = text.replace("|[\n", "```\n").replace("\n]|", "\n```")
text = re.sub(r"#(\w[\w:-]*)", r"`\1`", text)
text = re.sub(r"%([A-Z_0-9]+)", r"`\1`", text)
(folder / f"{name}.md").write_text(f"# {name}\n\n{name} {summary}.\n{text}\n")
