#!/usr/bin/python3
"""Writes a symbol graph of the examples in Snippets/, which articles show by name: snippets.py FOLDER

The first comment of a file is its description, the rest its code; the same as swift-docc-plugin's snippet-extract.
"""
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "Snippets"


def symbol(path):
    lines = path.read_text().rstrip("\n").splitlines()
    comments = 0
    while lines[comments].startswith("//"):
        comments += 1
    code = lines[comments:]
    while not code[0]:
        del code[0]
    return {
        "identifier": {"precise": f"$snippet__timepiece.Snippets.{path.stem}", "interfaceLanguage": "swift"},
        "kind": {"identifier": "swift.snippet", "displayName": "Snippet"},
        "names": {"title": path.stem},
        "pathComponents": ["Snippets", path.stem],
        "accessLevel": "public",
        "docComment": {"lines": [{"text": line.removeprefix("//").strip()} for line in lines[:comments]]},
        "snippet": {"language": "swift", "lines": code, "slices": {}},
    }


def main():
    graph = {
        "metadata": {"formatVersion": {"major": 0, "minor": 1, "patch": 0}, "generator": "Timepiece"},
        "module": {"name": "timepiece", "isVirtual": True,
                   "platform": {"architecture": "x86_64", "operatingSystem": {"name": "linux"}}},
        "symbols": [symbol(path) for path in sorted(FOLDER.glob("*.swift"))],
        "relationships": [],
    }
    pathlib.Path(sys.argv[1], "timepiece-snippets.symbols.json").write_text(json.dumps(graph, indent=1))


if __name__ == "__main__":
    main()
