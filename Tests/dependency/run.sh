#!/bin/bash
# Depends on this package as others do: by URL, from a fresh package, without the strictness of the Makefile, with both of
# SwiftPM's build systems; then runs the ancestor's five programs. A machine without GStreamer and zlib is played by an
# empty search path of pkg-config: a user of the timing library does not have to install either.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/.build/dependency
swift=${SWIFT:-swift}
unset TIMEPIECE_STRICT
rm -rf "$work"
mkdir -p "$work/nothing"
git clone -q "file://$root" "$work/timepiece"
# With uncommitted changes, except new files.
git -C "$root" diff HEAD --binary | git -C "$work/timepiece" apply --allow-empty --index
git -C "$work/timepiece" -c user.name=test -c user.email=test@localhost commit -q --allow-empty -m "What is tested"
revision=$(git -C "$work/timepiece" rev-parse HEAD)
cp -r "$root/Tests/dependency/app" "$work/app"
sed -i "s|TIMEPIECE_URL|file://$work/timepiece|; s|TIMEPIECE_REVISION|$revision|" "$work/app/Package.swift"

fail() {
  echo "dependency: $*" >&2
  exit 1
}

# Runs a program and looks for a line in what it prints.
check() {
  "$bin/$1" >"$work/$1.txt" 2>&1 || fail "$1 ends with $?: $(tail -3 "$work/$1.txt")"
  grep -qE "$2" "$work/$1.txt" || fail "$1 prints nothing like $2: $(tail -3 "$work/$1.txt")"
}

# CHECK_FLAGS, if set, are further arguments of the native build system.
read -ra flags <<<"${CHECK_FLAGS:-}"
export PKG_CONFIG_LIBDIR=$work/nothing
for system in native swiftbuild; do
  build=("$swift" build --package-path "$work/app" --scratch-path "$work/$system" --build-system "$system")
  # The other build system refuses them.
  [ "$system" = swiftbuild ] || build+=("${flags[@]}")
  "${build[@]}" >"$work/$system.log" 2>&1 || { tail -20 "$work/$system.log" >&2; fail "does not build with $system"; }
  if grep -E "you may be able to install|couldn't find pc file|warning: .*(gstreamer|zlib)" "$work/$system.log"; then
    fail "a user of the timing library is asked for libraries that it does not use ($system)"
  fi
  if grep "no 'async' operations" "$work/$system.log"; then
    fail "a program that awaits the end of something waits for it with its thread ($system)"
  fi
  bin=$("${build[@]}" --show-bin-path)
  number='[0-9]\.[0-9]{4}'
  check Ticker "^<Ticker intervals=\[($number, ){4}$number\] min=$number mean=$number max=$number>$"
  check StopWatch "^    <StopWatch name=task2 intervals=\[($number, ){4}$number\] min=$number mean=$number max=$number>$"
  check Schedules "^AtSchedule was called at 20[0-9-]+ "
  check Schedules "^IntervalSchedule was called at 20[0-9-]+ "
  [ "$(grep -c "^OrdinalSchedule" "$work/Schedules.txt")" = 7 ] || fail "Schedules: not 7 of 125 for every 17th"
  check Tachometer "^min: .* num: [0-9]+$"
  check CWTachometer '"MetricName":"frame_processing_time"'
  check CWTachometer '"SampleCount":99,'
  echo "dependency: five programs of the ancestor built by URL with $system and run"
done
