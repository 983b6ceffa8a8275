#!/bin/bash
# Runs all tests under ThreadSanitizer and under AddressSanitizer, both at once, as each keeps one processor busy.
# What they say goes to .build/sanitize-thread.log and .build/sanitize-address.log, and here if they find something.
set -u
cd "$(dirname "$0")/../.." || exit 1
mkdir -p .build

sanitizers=(thread address)
runs=()
for sanitizer in "${sanitizers[@]}"; do
  Tests/sanitizers/run.sh "$sanitizer" >".build/sanitize-$sanitizer.log" 2>&1 &
  runs+=($!)
done
failed=0
for index in 0 1; do
  sanitizer=${sanitizers[index]}
  log=.build/sanitize-$sanitizer.log
  if wait "${runs[index]}"; then
    echo "sanitize: $sanitizer: $(tail -n 1 "$log" | sed 's/^[^T]*//')"
  else
    failed=1
    grep -A 40 -E 'WARNING: ThreadSanitizer|ERROR: |error:|✘' "$log" | head -n 300 >&2
    echo "sanitize: $sanitizer failed; all it said is in $log" >&2
  fi
done
exit $failed
