#!/bin/bash
# Swift, C, Python, shell and the structure: run.sh check reports what is wrong, run.sh write corrects what the tools
# can.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
action=${1-check}
python=.build/venv/bin
# The files that are committed, or about to be.
listed() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -e "$file" ] || echo "$file"; done; }
mapfile -t swift < <(listed '*.swift')
mapfile -t scripts < <(listed '*.sh' .ci/run)
mapfile -t modules < <(listed '*.py')
failed=()

part() {
  local name=$1
  shift
  "$@" || failed+=("$name")
}

case $action in
  write)
    "${SWIFT:-swift}" format format --in-place --parallel "${swift[@]}"
    Tests/lint/c-style.sh write
    "$python/ruff" check --quiet --fix "${modules[@]}"
    exit
    ;;
  check) ;;
  *)
    echo "lint: the action is '$action'; allowed are check and write" >&2
    exit 2
    ;;
esac
part Swift "${SWIFT:-swift}" format lint --strict --parallel "${swift[@]}"
part C Tests/lint/c-style.sh check
part Python "$python/ruff" check --quiet --output-format concise "${modules[@]}"
part shell shellcheck -x "${scripts[@]}"
part structure Tests/lint/structure.py
if [ ${#failed[@]} -gt 0 ]; then
  echo "lint: failed: ${failed[*]}; make format mends the style of Swift and C" >&2
  exit 1
fi
echo "lint: ${#swift[@]} Swift, ${#scripts[@]} shell and ${#modules[@]} Python files, 0 problems"
