#!/bin/bash
# Passes on the output of a build, without SwiftPM's note on GLib's pkg-config file, which is cosmetic; after each 15 s
# without a line it prints how long the build has run: COMMAND 2>&1 | progress.sh
SECONDS=0
ended=
while [ -z "$ended" ]; do
  IFS= read -r -t 15 line
  case $? in
    0) ;;
    1) ended=yes; [ -n "$line" ] || break ;;
    *) echo "... $SECONDS s"; continue ;;
  esac
  [[ $line == *"prohibited flag"* ]] || printf '%s\n' "$line"
done
