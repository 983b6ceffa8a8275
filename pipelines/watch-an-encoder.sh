#!/bin/bash
# Compares the cost of two encoder settings for a frame, on your own pictures: the names of the presets do not show it.
#
#   watch-an-encoder.sh
#
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
for preset in ultrafast medium; do
  printf '%s: ' "$preset"
  gst-launch-1.0 -m videotestsrc num-buffers=60 pattern=ball ! video/x-raw,width=640,height=360 \
    ! timepiecewatch watch=encode interval=0 ! x264enc speed-preset=$preset tune=zerolatency ! fakesink \
    | grep -oE '(p50|p99)-interval=\(guint64\)[0-9]+' | paste -d ' ' - -
done
