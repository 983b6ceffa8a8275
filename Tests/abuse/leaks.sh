#!/bin/bash
# Runs a part of the abuse under GStreamer's leaks tracer and those of GST_TRACERS: no object of GStreamer may be left.
set -euo pipefail
cd "$(dirname "$0")/../.."
log=.build/tests/leaks.log
GST_TRACERS="leaks${GST_TRACERS:+;$GST_TRACERS}" GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 \
  .build/tests/abuse --sequences="${1:-300}" --jobs=1 --push --seed="${2:-1}" >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
if grep -E 'TRACE .*object-alive, ' "$log"; then
  echo "abuse: the objects above were never freed" >&2
  exit 1
fi
echo "abuse: ${1:-300} sequences under the leaks tracer, 0 leaked"
