#!/bin/bash
# Compares what two settings of an encoder cost for a frame, on the pictures that matter: the presets' names do not say.
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
