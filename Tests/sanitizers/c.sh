#!/bin/bash
# Builds the plugin with its C under UBSan, which ends what is undefined, and mistreats it: c.sh SEQUENCES [SEED].
# The Swift objects are those of make build.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/.build/ubsan
mkdir -p "$folder"
# shellcheck source=Tests/sanitizers/toolchain.sh
. Tests/sanitizers/toolchain.sh
for file in gst/*.c; do
  # shellcheck disable=SC2046
  "$clang" -O1 -g -fPIC -Wall -Wextra -Werror -fsanitize=undefined -fsanitize-trap=undefined -Igst/include \
    -ISources/CTimepiece/include -DPACKAGE='"timepiece"' -DTIMEPIECE_VERSION='"ubsan"' -DTIMEPIECE_GSTREAMER_MINOR=18 \
    $(pkg-config --cflags gstreamer-video-1.0) -c "$file" -o "$folder/$(basename "$file").o"
done
# shellcheck disable=SC2046
swiftc -emit-library -static-stdlib -o "$folder/libgsttimepiece.so" "$folder"/*.o \
  $(grep -v '/GstTimepiece.build/' .build/release/gsttimepiece.product/Objects.LinkFileList) \
  -Xlinker --version-script=gst/libgsttimepiece.map \
  $(pkg-config --libs gstreamer-video-1.0 libcurl libcrypto sqlite3 | sed 's/-pthread//g')
export GST_PLUGIN_PATH=$folder GST_REGISTRY=$folder/registry.bin
.build/tests/abuse --sequences="$1" ${2:+"--seed=$2"} >"$folder/abuse.log" 2>&1 || { tail -n 100 "$folder/abuse.log" >&2; exit 1; }
echo "sanitize-c: $1 sequences with the C under UBSan, 0 failed"
