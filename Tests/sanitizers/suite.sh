#!/bin/bash
# Runs all tests under ThreadSanitizer and under AddressSanitizer, both at the same time, because each keeps one
# processor busy at most, and the examples of Snippets/ under the first of them. SANITIZERS names one of them, `thread`
# or `address`, alone.
#
#   suite.sh build | run
#
# What they print goes to .build/sanitize-thread.log and .build/sanitize-address.log, and here if they find something.
set -u
cd "$(dirname "$0")/../.." || exit 1
mkdir -p .build

read -ra sanitizers <<<"${SANITIZERS:-thread address}"
failed=0
if [ "${1-run}" = build ]; then
  # One after the other: the compiler itself uses all processors.
  for sanitizer in "${sanitizers[@]}"; do
    Tests/sanitizers/run.sh "$sanitizer" build 2>&1 | Tests/runner/progress.sh
    [ "${PIPESTATUS[0]}" = 0 ] || exit 1
  done
  exit 0
fi

runs=()
for sanitizer in "${sanitizers[@]}"; do
  Tests/sanitizers/run.sh "$sanitizer" >".build/sanitize-$sanitizer.log" 2>&1 &
  runs+=($!)
done
while [ -n "$(jobs -rp)" ]; do
  for _ in {1..150}; do
    [ -n "$(jobs -rp)" ] || break
    sleep 0.1
  done
  [ -z "$(jobs -rp)" ] ||
    echo "... $SECONDS s; passed so far: $(for s in "${sanitizers[@]}"; do echo "$s $(grep -c '✔ Test "' ".build/sanitize-$s.log")"; done | xargs)"
done
for index in "${!sanitizers[@]}"; do
  sanitizer=${sanitizers[index]}
  log=.build/sanitize-$sanitizer.log
  if ! wait "${runs[index]}"; then
    failed=1
    grep -A 40 -E 'WARNING: ThreadSanitizer|ERROR: |error:|✘|^leaks: ' "$log" | head -n 300 >&2
    name=$(sed -nE 's/.*✘ Test "?([^"]+)"? recorded an issue.*/\1/p' "$log" | head -n 1 | sed "s/'/./g")
    echo "sanitize: $sanitizer failed; all it printed is in $log; to run it alone:" \
      "Tests/sanitizers/run.sh $sanitizer${name:+ --filter '$name'}" >&2
  fi
done
[ $failed = 0 ] || exit 1
case ${sanitizers[0]} in
  thread) Tests/runner/snippets.sh .build-tsan/debug || exit 1 ;;
  *) Tests/runner/snippets.sh .build-asan/release || exit 1 ;;
esac
# The runner's own closing lines.
for sanitizer in "${sanitizers[@]}"; do
  echo "sanitize: $sanitizer:"
  grep 'Test run with' ".build/sanitize-$sanitizer.log"
done
