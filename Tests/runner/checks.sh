# shellcheck shell=bash
# The runner of Tests/plugin, Tests/isolation and Tests/readers; sourced by their run.sh. Each passed check is one line;
# failures are shown once more at the end, with the command that runs them alone. Arguments of run.sh are parts of the
# names of checks: only matching checks run, and it is an error if none matches.
#
#   checks_begin AREA [NAME...]     makes $work and a separate registry, and reads the arguments
#   check NAME COMMAND...           a check passes if its command does; status 77 means that it cannot run here
#   checks_end                      prints the sums; its status is that of the run
#
# $plugin is the tested plugin, found in GST_PLUGIN_PATH. A command may be a function.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=${PYTHON:-/usr/bin/python3}
checks_passed=0 checks_impossible=0
checks_failed=() checks_wanted=()

checks_begin() {
  checks_area=$1
  checks_wanted=("${@:2}")
  work=$(mktemp -d)
  chmod 755 "$work"
  trap 'rm -rf "$work"' EXIT
  local paths=${GST_PLUGIN_PATH:=$root/.build/release} folder
  plugin=
  for folder in ${paths//:/ }; do
    [ -n "$plugin" ] || [ ! -f "$folder/libgsttimepiece.so" ] || plugin=$folder/libgsttimepiece.so
  done
  [ -n "$plugin" ] || { echo "$checks_area: there is no libgsttimepiece.so in GST_PLUGIN_PATH='$paths'; make build" >&2; exit 1; }
  # A separate registry, and only the debug output that a check requests.
  export GST_PLUGIN_PATH GST_REGISTRY=$work/registry.bin GST_DEBUG_NO_COLOR=1 G_DEBUG=fatal-criticals
  export root python work plugin
  unset GST_DEBUG GST_TRACERS GST_DEBUG_FILE
}

check() {
  local name=$1 status=0 start=$SECONDS told=$SECONDS wanted=no part
  shift
  for part in "${checks_wanted[@]}"; do [[ $name != *"$part"* ]] || wanted=yes; done
  [ $wanted = yes ] || [ ${#checks_wanted[@]} = 0 ] || return 0
  # Each check runs in its own shell.
  # shellcheck disable=SC2046
  export -f $(compgen -A function)
  timeout "${CHECK_SECONDS:-240}" bash -c 'exec 2>&1; "$@"' -- "$@" >"$work/output" &
  local process=$!
  while kill -0 $process 2>/dev/null; do
    sleep 0.1
    [ $((SECONDS - told)) -lt 15 ] || { told=$SECONDS; echo "... $name: $((SECONDS - start)) s"; }
  done
  wait $process || status=$?
  case $status in
    0)
      checks_passed=$((checks_passed + 1))
      echo "ok: $name, $((SECONDS - start)) s"
      ;;
    77)
      checks_impossible=$((checks_impossible + 1))
      echo "not possible here: $name"
      ;;
    *)
      checks_failed+=("$name")
      cp "$work/output" "$work/failed-${#checks_failed[@]}"
      [ $status != 124 ] || echo "It did not end within ${CHECK_SECONDS:-240} s." >>"$work/failed-${#checks_failed[@]}"
      echo "FAILED: $name"
      ;;
  esac
}

checks_end() {
  local index name
  for index in "${!checks_failed[@]}"; do
    name=${checks_failed[index]}
    echo "$checks_area: FAILED: $name"
    tail -n 40 "$work/failed-$((index + 1))" | sed 's/^/    /'
    echo "$checks_area: to run it alone: Tests/$checks_area/run.sh '$name'"
  done
  local impossible=
  [ "$checks_impossible" = 0 ] || impossible=", $checks_impossible not possible here"
  echo "$checks_area: $checks_passed passed, ${#checks_failed[@]} failed$impossible"
  if [ $((checks_passed + checks_impossible + ${#checks_failed[@]})) = 0 ]; then
    echo "$checks_area: no check is called '${checks_wanted[*]}'" >&2
    return 1
  fi
  [ ${#checks_failed[@]} = 0 ]
}

# contains FILE PATTERN...: the file must contain all patterns; prints those that are missing.
contains() {
  local file=$1 pattern
  shift
  for pattern in "$@"; do
    grep -qE -- "$pattern" "$file" || { cat "$file"; echo "missing: $pattern"; return 1; }
  done
}

# in_order FILE PATTERN...: the same, and the patterns must be in this order.
in_order() {
  local file=$1 line=1 found pattern
  shift
  for pattern in "$@"; do
    found=$(tail -n "+$line" "$file" | grep -nE -m1 -- "$pattern" | cut -d: -f1)
    [ -n "$found" ] || { cat "$file"; echo "missing after line $line: $pattern"; return 1; }
    line=$((line + found))
  done
}
