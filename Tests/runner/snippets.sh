#!/bin/bash
# Runs each example of Snippets/ from the folder of a build: snippets.sh .build-check/debug
set -euo pipefail
cd "$(dirname "$0")/../.."
count=0
for source in Snippets/*.swift; do
  name=$(basename "$source" .swift)
  if ! timeout 60 "$1/$name" >".build/$name.txt" 2>&1; then
    cat ".build/$name.txt"
    echo "snippets: $name failed; to run it alone: $1/$name" >&2
    exit 1
  fi
  count=$((count + 1))
done
echo "snippets: $count passed, 0 failed"
