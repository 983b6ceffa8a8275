#!/bin/bash
# Feeds the readers of files and replies with bytes that libFuzzer makes up.
#
#   readers.sh [SECONDS for each] [READER...]
#
# New finds go to .build/fuzz; what breaks something is left there as crash-*. The committed corpora are where it
# begins, and stay as they are.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(profile keys reply spool histogram dates)
folder=$PWD/.build/fuzz
mkdir -p "$folder/modules"

flags=(-O -g -parse-as-library -wmo -swift-version 6 -package-name timepiece -strict-memory-safety
  -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature ExistentialAny -sanitize=fuzzer,address
  -Xcc -fmodule-map-file=Sources/CCurl/include/module.modulemap
  -Xcc -fmodule-map-file=Sources/COpenSSL/include/module.modulemap
  -Xcc -fmodule-map-file=Sources/CSQLite/include/module.modulemap
  -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap -Xcc -ISources/CLateLibrary/include
  -I "$folder/modules")
newest=$(find Sources/Timepiece Sources/TimepieceCloudWatch Tests/Fuzz -name '*.swift' -newer "$folder/readers" 2>/dev/null | head -n 1 || true)
if [ ! -x "$folder/readers" ] || [ -n "$newest" ]; then
  mapfile -t timing < <(find Sources/Timepiece -name '*.swift')
  mapfile -t sending < <(find Sources/TimepieceCloudWatch Tests/Fuzz -name '*.swift')
  swiftc "${flags[@]}" -module-name Timepiece -emit-module -emit-module-path "$folder/modules/Timepiece.swiftmodule" \
    -c -o "$folder/Timepiece.o" "${timing[@]}"
  doors=()
  for source in Sources/{CLateLibrary,CCurl,COpenSSL,CSQLite}/*.c; do
    doors+=("$folder/$(basename "$source" .c).o")
    clang -O -g -fsanitize=address -ISources/CLateLibrary/include -I"$(dirname "$source")/include" \
      -c -o "${doors[-1]}" "$source"
  done
  swiftc "${flags[@]}" -module-name TimepieceCloudWatch -o "$folder/readers" "${sending[@]}" "$folder/Timepiece.o" \
    "${doors[@]}" -lz 2>&1 | { grep -v "Cannot export local symbol" || true; }
fi

# A crash is to end the run, not to wait in the backtracer.
export SWIFT_BACKTRACE=enable=no
total=0
for reader in "${readers[@]}"; do
  mkdir -p "$folder/$reader"
  log=$folder/$reader.log
  if ! TIMEPIECE_FUZZ=$reader ASAN_OPTIONS=detect_leaks=0 "$folder/readers" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -max_len=2048 -artifact_prefix="$folder/$reader-" -print_final_stats=1 -verbosity=0 \
    "$folder/$reader" "Tests/Fuzz/corpus-$reader" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "fuzz: $reader broke; the input is in .build/fuzz/$reader-*" >&2
    exit 1
  fi
  tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "fuzz: $reader: ${tried:-0} inputs, 0 failed"
  total=$((total + ${tried:-0}))
done
echo "fuzz: $total inputs to ${#readers[@]} readers, 0 failed"
