#!/bin/bash
# GStreamer's style for C: GNU indent with the options of GStreamer's gst-indent, on sources, not on headers, as there.
#
#   c-style.sh check|write [FILE.c...]
#
# Without files: all C sources. Macros that indent does not understand stand between INDENT-OFF and INDENT-ON.
set -euo pipefail
cd "$(dirname "$0")/../.."
action=${1-}
case $action in
  check | write) shift ;;
  *)
    echo "c-style.sh: the action is '$action'; allowed are check and write" >&2
    exit 2
    ;;
esac
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.c')
options=(--braces-on-if-line --case-brace-indentation0 --case-indentation2 --braces-after-struct-decl-line --line-length80
  --no-tabs --cuddle-else --dont-line-up-parentheses --continuation-indentation4 --honour-newlines --tab-size8
  --indent-level2 --leave-preprocessor-space)
once=$(mktemp)
twice=$(mktemp)
trap 'rm -f "$once" "$twice"' EXIT
failed=0
for file in "${files[@]}"; do
  [ -e "$file" ] || continue
  # Twice, as gst-indent's own commit hook does: some lines settle only then.
  indent "${options[@]}" "$file" -o "$once"
  indent "${options[@]}" "$once" -o "$twice"
  if [ "$action" = write ]; then
    cmp -s "$file" "$twice" || cat "$twice" >"$file"
  elif ! diff -u --label "$file" --label "$file in GStreamer's style" "$file" "$twice"; then
    failed=1
  fi
done
[ $failed = 0 ] || { echo "lint: C: run 'make format'" >&2; exit 1; }
