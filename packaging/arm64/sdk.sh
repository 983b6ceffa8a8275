#!/bin/bash
# Makes a Swift SDK to compile for arm64 on another machine, and prints the folder of its bundle; its name is
# timepiece-arm64: sdk.sh. It is made once and kept in ROOTS, by default .build/roots.
#
# Its libraries are those of Debian's Swift for arm64, its headers Debian 11's, and the compiler is the installed one.
# Debian's Swift has another version (6.2), and Swift does not guarantee that the libraries of one version work with the
# compiler of another: `make arm64` tests the result. Another Swift SDK is preferable if you have one: SWIFT_SDK=NAME.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
roots=${ROOTS:-$root/.build/roots}
swift=$(dirname "$(dirname "$(readlink -f "$(command -v "${SWIFTC:-swiftc}")")")")
bundles=$roots/swift-sdks
sdk=$bundles/timepiece-arm64.artifactbundle
made_of="$swift $("$swift/bin/swiftc" --version 2>/dev/null | head -1)"
sysroot=$("$root/packaging/sysroot.sh" arm64)
if [ "$(cat "$sdk/.complete" 2>/dev/null)" != "$made_of" ]; then
  for tool in apt-get dpkg-deb; do
    command -v $tool >/dev/null || { echo "sdk: $tool is missing; on other systems say SWIFT_SDK=" >&2; exit 1; }
  done
  echo "sdk: fetching Debian's Swift for arm64, 500 MB, once" >&2
  work=$roots/swift-arm64-packages
  rm -rf "$sdk"
  mkdir -p "$sdk/timepiece-arm64" "$work"/{lists/partial,cache/archives/partial,empty}
  # A separate configuration of apt, so that this machine's is not modified; signatures are checked.
  echo "deb [arch=arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${MIRROR:-http://deb.debian.org/debian}" \
    "${SWIFT_RELEASE:-sid} main" >"$work/sources.list"
  touch "$work/status"
  apt=(apt-get -q -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
    -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/empty" -o APT::Architecture=arm64
    -o APT::Architectures::=arm64 -o 'Acquire::Check-Valid-Until=false' -o APT::Sandbox::User=root)
  if ! "${apt[@]}" update >"$work/log" 2>&1 || ! (cd "$work" && "${apt[@]}" download swiftlang:arm64 >>"$work/log" 2>&1); then
    tail -5 "$work/log" >&2
    echo "sdk: Debian's Swift cannot be fetched" >&2
    exit 1
  fi
  dpkg-deb --fsys-tarfile "$work"/swiftlang_*_arm64.deb |
    tar -x -C "$sdk/timepiece-arm64" --strip-components=5 --exclude='*_foundation_unicode*' ./usr/libexec/swift/lib/swift_static
  rm -rf "$work"
  library=$sdk/timepiece-arm64/swift_static
  # These can be read only by the compiler that wrote them. Ours builds its own from the interfaces beside them.
  rm -rf "$library"/linux/*.swiftmodule/*.swiftmodule "$library"/linux/Foundation*.swiftmodule \
    "$library"/linux/_FoundationCollections.swiftmodule "$library"/linux/lib*Foundation*.a "$library/clang"
  ln -s "$swift/lib/swift/clang" "$library/clang"
  # The folder in which the driver looks for libraries.
  ln -sfnr "$library" "$sysroot/usr/lib/swift_static"
  cat >"$sdk/info.json" <<END
{"schemaVersion": "1.0", "artifacts": {"timepiece-arm64": {"type": "swiftSDK", "version": "1",
 "variants": [{"path": "timepiece-arm64"}]}}}
END
  # portable.sh links, with the functions that these libraries need beyond Debian 11's; SwiftPM's own link is not used.
  cat >"$sdk/timepiece-arm64/toolset.json" <<END
{"schemaVersion": "1.0", "linker": {"extraCLIOptions": ["--unresolved-symbols=ignore-all"]},
 "swiftCompiler": {"extraCLIOptions": ["-use-ld=lld"]}}
END
  cat >"$sdk/timepiece-arm64/swift-sdk.json" <<END
{"schemaVersion": "4.0", "targetTriples": {"aarch64-unknown-linux-gnu": {"sdkRootPath": "$sysroot",
 "swiftResourcesPath": "swift_static", "swiftStaticResourcesPath": "swift_static", "toolsetPaths": ["toolset.json"]}}}
END
  "$swift/bin/swiftc" -O -wmo -parse-as-library -target aarch64-unknown-linux-gnu -sdk "$sysroot" -resource-dir "$library" \
    -module-cache-path "$sdk/cache" -module-name FoundationEssentials -module-link-name FoundationEssentials -static \
    -emit-module -emit-module-path "$library/linux/FoundationEssentials.swiftmodule" -c -o "$sdk/FoundationEssentials.o" \
    "$root/packaging/arm64/FoundationEssentials.swift"
  "$swift/bin/llvm-ar" rcs "$library/linux/libFoundationEssentials.a" "$sdk/FoundationEssentials.o"
  rm -rf "$sdk/cache" "$sdk/FoundationEssentials.o"
  echo "$made_of" >"$sdk/.complete"
fi
echo "$bundles"
