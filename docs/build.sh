#!/bin/bash
# Builds the documentation of the Swift libraries out of their modules in .build/release, warnings as errors, into
# .build/docs/. Calls the tools of the toolchain by themselves: a SwiftPM plugin would be a dependency of everyone who builds the
# elements. `make docs` builds the modules first.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/.build/docs
tools=$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")
for tool in docc swift-symbolgraph-extract; do
  [ -x "$tools/$tool" ] || { echo "docs: the Swift toolchain in $tools has no $tool" >&2; exit 1; }
done
rm -rf "$out"
triple=$("$tools/swift" -print-target-info | sed -n 's/^ *"unversionedTriple": "\(.*\)",$/\1/p')
includes=(-I "$root/.build/release/Modules")
includes+=(-Xcc "-I$root/Sources/CLazyLibrary/include")
for module in "$root"/Sources/C*/{,include/}module.modulemap; do
  [ ! -e "$module" ] || includes+=(-Xcc "-fmodule-map-file=$module")
done
for flag in $(pkg-config --cflags-only-I gstreamer-video-1.0 libcurl libcrypto sqlite3); do includes+=(-Xcc "$flag"); done

for module in Timepiece TimepieceCloudWatch TimepieceTelemetry TimepieceOpenTelemetry TimepieceMessages; do
  symbols=$out/symbols/$module
  mkdir -p "$symbols"
  "$tools/swift-symbolgraph-extract" -module-name "$module" -target "$triple" "${includes[@]}" \
    -minimum-access-level public -skip-synthesized-members -output-dir "$symbols"
  [ "$module" != Timepiece ] || "${PYTHON:-/usr/bin/python3}" "$root/docs/snippets.py" "$symbols"
  # Pages of one library may link to those of Timepiece, which come first.
  dependency=()
  [ "$module" = Timepiece ] || dependency=(--dependency "$out/Timepiece.doccarchive")
  "$tools/docc" convert "$root/Sources/$module/$module.docc" --warnings-as-errors \
    --additional-symbol-graph-dir "$symbols" --enable-experimental-external-link-support \
    --fallback-display-name "$module" --fallback-bundle-identifier "timepiece.$module" "${dependency[@]}" \
    --output-path "$out/$module.doccarchive" | sed '/^$/d'
done
pages=$(find "$out" -path "*/data/documentation/*.json" | wc -l)
echo "docs: $pages pages in .build/docs, 0 warnings"
