#!/bin/sh
# Feeds the readers of texts that come from outside with texts that libFuzzer makes up.
#
#   fuzz.sh [SECONDS]
#
# New finds go to .build/fuzz; a text that breaks something is left there as crash-*. The committed corpus is where
# it begins, and stays as it is.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
# The one of the Swift toolchain has libFuzzer.
clang=${CLANG:-$(dirname "$(readlink -f "$(command -v swiftc)")")/clang}
folder=.build/fuzz
mkdir -p "$folder/corpus"
# shellcheck disable=SC2046
"$clang" -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Wall -Wextra -Werror \
  -Igst -ISources/CTimepiece/include $(pkg-config --cflags gstreamer-1.0) \
  Tests/Fuzz/alarms.c gst/gsttimepiecealarm.c -o "$folder/alarms" $(pkg-config --libs gstreamer-1.0)
# GLib keeps quarks and types for life, and GStreamer its registry.
ASAN_OPTIONS=detect_leaks=0 "$folder/alarms" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
  -max_len=512 -dict=Tests/Fuzz/alarms.dict -artifact_prefix="$folder/" -print_final_stats=1 \
  "$folder/corpus" Tests/Fuzz/corpus
