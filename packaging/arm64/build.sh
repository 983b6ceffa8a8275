#!/bin/bash
# Compiles the plugin and the tool for arm64 on another machine, into .build-arm64/; portable.sh
# links them: build.sh [--libraries]. It uses the Swift SDK that SWIFT_SDK names, or one made of Debian's Swift
# (sdk.sh). With --libraries it only prints the folder of the SDK's static libraries.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
triple=aarch64-unknown-linux-gnu
sysroot=$("$root/packaging/sysroot.sh" arm64)
bundles=()
[ -n "${SWIFT_SDK:-}" ] || bundles=(--swift-sdks-path "$("$root/packaging/arm64/sdk.sh")")
sdk=${SWIFT_SDK:-timepiece-arm64}
if [ "${1:-}" = --libraries ]; then
  "${SWIFT:-swift}" sdk configure "${bundles[@]}" "$sdk" $triple --show-configuration |
    sed -n 's/^swiftStaticResourcesPath: //p'
  exit
fi
# SwiftPM reads GStreamer's flags by itself, from the first folder that has them.
export PKG_CONFIG_PATH=$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:$sysroot/usr/share/pkgconfig
export PKG_CONFIG_SYSROOT_DIR=$sysroot
# libcurl's headers are the same for all architectures, and Debian 11's lack declarations of newer versions that are
# used if the library has them.
headers=$root/.build-arm64/include
mkdir -p "$headers"
curl=$(echo "#include <curl/curl.h>" | cc -E - | sed -n "s/^# 1 \"\(.*\)\/curl.h\".*/\1/p" | head -1)
ln -sfn "$curl" "$headers/curl"
# build ARGUMENT...
build() {
  "${SWIFT:-swift}" build "${bundles[@]}" --swift-sdk "$sdk" -c release -Xswiftc -static-stdlib \
    -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=bcopts -Xcc -fPIC -Xcc -fstack-protector-strong \
    -Xcc -isystem -Xcc "$headers" --scratch-path "$root/.build-arm64" "$@" \
    2>&1 | "$root/Tests/runner/progress.sh"
}
build --package-path "$root" --product gsttimepiece
build --package-path "$root/Tool" --product timepiece
