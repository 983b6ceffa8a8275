#!/bin/bash
# Builds the packages twice, from clean copies of the commit in two folders, and fails if they differ in a byte.
# It makes two complete builds, which share the roots.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ROOTS=${ROOTS:-$root/.build/roots}
folders=("$work/one" "$work/of another length")
# Both first: they must be of the same commit.
for folder in "${folders[@]}"; do git clone -q "$root" "$folder"; done
for folder in "${folders[@]}"; do
  make -C "$folder" deb tarball >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; echo "reproducible: the build failed" >&2; exit 1; }
done
# unpack FILE FOLDER
unpack() {
  mkdir "$2"
  case $1 in
    *.deb) dpkg-deb -R "$1" "$2" ;;
    *) tar -xf "$1" -C "$2" ;;
  esac
}

compared=0
for file in "$work"/one/.build/*.deb "$work"/one/.build/*.tar.gz; do
  other="$work/of another length/.build/$(basename "$file")"
  if ! cmp -s "$file" "$other"; then
    unpack "$file" "$work/a"
    unpack "$other" "$work/b"
    echo "reproducible: $(basename "$file") differs in:" $(cd "$work" && diff -rq a b | sed -n 's/^Files a\/\(.*\) and b.*/\1/p; s/^Only in/only in/p') >&2
    exit 1
  fi
  compared=$((compared + 1))
done
[ $compared -ge 3 ]
echo "reproducible: $compared files are the same from two folders"
