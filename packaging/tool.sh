#!/bin/bash
# Builds the tool with Swift's runtime inside, its manual page and its completions, into .build/tool/. RELEASE_FLAGS are
# those of the plugin, so that what both contain is compiled once.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/.build/tool
mkdir -p "$out"
# shellcheck disable=SC2086
{ ${SWIFT:-swift} build ${RELEASE_FLAGS:?make tool sets them} --product timepiece --package-path "$root/Tool" \
  --scratch-path "$root/.build" 2>&1 || touch "$out/failed"; } | { "$root/Tests/runner/progress.sh" | { grep --line-buffered -v "the use of .mktemp" || true; }; }
[ ! -e "$out/failed" ] || { rm "$out/failed"; exit 1; }
install -m 755 "$root/.build/release/timepiece" "$out/timepiece"
strip --strip-unneeded "$out/timepiece"
version=$("$out/timepiece" --version)
"$out/timepiece" --experimental-dump-help | ${PYTHON:-/usr/bin/python3} "$root/packaging/manual.py" "$version" >"$out/timepiece.1"
"$out/timepiece" --generate-completion-script bash | sed '1{/^#!/d}' >"$out/timepiece.bash"
"$out/timepiece" --generate-completion-script zsh >"$out/_timepiece"
"$out/timepiece" --generate-completion-script fish >"$out/timepiece.fish"
