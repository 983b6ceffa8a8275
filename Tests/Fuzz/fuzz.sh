#!/bin/bash
# Feeds the readers of texts, files, replies and messages from outside with bytes that libFuzzer makes up.
#
#   fuzz.sh [--seed=S] [--runs=N | --seconds=T] [READER...]
#
# --runs: the number of inputs to each reader, the same ones for the same seed; --seconds: a search of that length for
# each, which continues from the findings of earlier searches in .build/fuzz. Without a seed one is drawn. Two readers
# run at a time. An input that breaks a reader is left in .build/fuzz as READER-crash-*. The committed corpora are the
# starting point, and are not changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
seed=$(((RANDOM << 15) + RANDOM + 1)) runs=20000 seconds=
while [[ ${1-} == --* ]]; do
  case $1 in
    --seed=*) seed=${1#*=} ;;
    --runs=*) runs=${1#*=} seconds= ;;
    --seconds=*) seconds=${1#*=} ;;
    *) echo "fuzz.sh: unknown option '$1'; allowed are --seed, --runs and --seconds" >&2; exit 2 ;;
  esac
  shift
done
# A number of inputs takes less time with readers that are compiled quickly, a search with readers that run quickly.
bound=--runs=$runs optimization=-Onone
[ -z "$seconds" ] || bound=--seconds=$seconds optimization=-O
export seed runs seconds bound
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(alarms messages profile keys reply spool histogram dates bus accept python)
export folder=$PWD/.build/fuzz
export swift_readers=$folder/readers$optimization
modules=$folder/modules$optimization
mkdir -p "$modules"
# Its clang has libFuzzer.
# shellcheck source=Tests/sanitizers/toolchain.sh
. Tests/sanitizers/toolchain.sh
gstreamer=$(pkg-config --cflags gstreamer-video-1.0)

# The sanitizers' own symbols are not to be exported.
quietly() { "$@" 2>&1 | { grep -v "Cannot export local symbol" || true; }; }

# in_c READER [FILE...]: the readers in C, also with UBSan.
in_c() {
  local reader=$1
  shift
  # shellcheck disable=SC2086,SC2046
  quietly "$clang" -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Wall -Wextra -Werror \
    -Igst -Iapps/include -ISources/CTimepiece/include $gstreamer Tests/Fuzz/initialize.c "Tests/Fuzz/$reader.c" "$@" -o "$folder/$reader" \
    $(pkg-config --libs gstreamer-1.0)
}

in_swift() {
  # shellcheck disable=SC2054
  local flags=("$optimization" -g -parse-as-library -wmo -swift-version 6 -package-name timepiece -strict-memory-safety
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature MemberImportVisibility -sanitize=fuzzer,address
    -I "$modules")
  local library word newest libraries=()
  for library in CLinux CGStreamer {CCurl,COpenSSL,CSQLite,CZlib,CMicroHTTPD}/include; do
    flags+=(-Xcc "-fmodule-map-file=Sources/$library/module.modulemap")
  done
  flags+=(-Xcc -ISources/CLazyLibrary/include)
  for word in $gstreamer; do flags+=(-Xcc "$word"); done
  newest=$(find Sources/Timepiece Sources/TimepieceCloudWatch Sources/TimepieceMessages \
    Sources/TimepieceTelemetry Tests/Fuzz -name '*.swift' \
    -newer "$swift_readers" 2>/dev/null | head -n 1 || true)
  [ -x "$swift_readers" ] && [ -z "$newest" ] && return
  # shellcheck disable=SC2046
  for module in Timepiece TimepieceTelemetry TimepieceMessages; do
    swiftc "${flags[@]}" -module-name $module -emit-module -emit-module-path "$modules/$module.swiftmodule" \
      -c -o "$folder/$module.o" $(find Sources/$module -name '*.swift')
  done
  for library in Sources/{CLazyLibrary,CCurl,COpenSSL,CSQLite,CZlib,CMicroHTTPD}/*.c; do
    libraries+=("$folder/$(basename "$library" .c).o")
    "$clang" -O -g -fsanitize=address -ISources/CLazyLibrary/include -I"$(dirname "$library")/include" -c \
      -o "${libraries[-1]}" "$library"
  done
  # shellcheck disable=SC2046
  quietly swiftc "${flags[@]}" -module-name TimepieceCloudWatch -emit-executable -o "$swift_readers" \
    -emit-module -emit-module-path "$modules/TimepieceCloudWatch.swiftmodule" \
    $(find Sources/TimepieceCloudWatch Tests/Fuzz -name '*.swift') \
    "$folder/Timepiece.o" "$folder/TimepieceTelemetry.o" "$folder/TimepieceMessages.o" \
    "${libraries[@]}" $(pkg-config --libs gstreamer-1.0 | sed 's/-pthread//')
}

# Asks PID to end, as libFuzzer does on this signal, once it holds 768 MB, well below libFuzzer's limit of two gigabytes:
# GStreamer's own reader of structures leaks what it refuses, up to hundreds of megabytes a second.
relieve() {
  local pid=$1 pages
  while read -r _ pages _ <"/proc/$pid/statm" && [ "$pages" -gt 0 ]; do
    [ "$pages" -lt 196608 ] || kill -USR1 "$pid"
    sleep 0.1
  done 2>/dev/null
}

# turn SEED BOUND: one process of libFuzzer, which adds to inputs how many it made up.
turn() {
  local seed=$1 bound=$2 again=-$2
  TIMEPIECE_FUZZ=$reader ASAN_OPTIONS=detect_leaks=0 "$program" -seed="$seed" "$bound" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$folder/$reader-" -print_final_stats=1 -verbosity=0 "${options[@]}" "$found" \
    "Tests/Fuzz/corpus-$corpus" >"$log" 2>&1 &
  [ -z "$seconds" ] || [ "$corpus" != messages ] || relieve $!
  if ! wait $!; then
    tail -n 60 "$log" >&2
    echo "fuzz: $reader broke; the input is in .build/fuzz/$reader-*; again: Tests/Fuzz/fuzz.sh --seed=$seed" \
      "${again/max_total_time/seconds} $reader" >&2
    return 1
  fi
  inputs=$((inputs + $(sed -n 's/^stat::number_of_executed_units: *//p' "$log")))
}

# The corpus of messages is read in C, in Swift and in Python.
feed() {
  local reader=$1 program=$swift_readers corpus=$1 options=(-max_len=2048) inputs=0 next=$seed
  local log=$folder/$reader.log found=$folder/found-$reader
  # GStreamer leaks, and GLib keeps quarks and types for life, so leaks are not looked for, and no process lives long.
  local share=5000 left
  case $reader in
    alarms) program=$folder/alarms options=(-max_len=512 -dict=Tests/Fuzz/alarms.dict) ;;
    messages) program=$folder/messages ;;
    bus) corpus=messages ;;
    python)
      "${PYTHON:-/usr/bin/python3}" Tests/readers/fuzz_messages.py "$bound" "--seed=$seed" || return 255
      return
      ;;
  esac
  case $corpus in
    alarms) share=2000 ;;
    messages) share=2000 options=(-max_len=4096 -dict=Tests/Fuzz/messages.dict) ;;
  esac
  if [ -n "$seconds" ]; then
    # Many beginnings find more in a minute than one does.
    local end=$((SECONDS + seconds))
    mkdir -p "$found"
    while left=$((end - SECONDS)) && [ "$left" -gt 0 ]; do
      turn "$next" "-max_total_time=$((left < 5 ? left : 5))" || return 255
      next=$((next + 1))
    done
  else
    # Each begins with the committed corpus alone, so that its inputs depend on its seed and its number only.
    found=$folder/new-$reader
    for ((left = runs; left > 0; left -= share)); do
      rm -rf "$found"
      mkdir "$found"
      turn "$next" "-runs=$((left < share ? left : share))" || return 255
      next=$((next + 1))
    done
  fi
  echo "fuzz: $reader: $inputs inputs, 0 failed"
}
export -f feed turn relieve

case " ${readers[*]} " in *" alarms "*) in_c alarms gst/gsttimepiecealarm.c ;; esac
case " ${readers[*]} " in *" messages "*) in_c messages ;; esac
in_swift
# A crash is to end the run, not to wait in the backtracer.
export SWIFT_BACKTRACE=enable=no
echo "fuzz: --seed=$seed $bound"
printf '%s\n' "${readers[@]}" | xargs -P 2 -I{} bash -c 'feed {}' | tee "$folder/figures"
awk '{ sum += $3; n++ } END { print "fuzz: " sum " inputs to " n " readers, 0 failed" }' "$folder/figures"
