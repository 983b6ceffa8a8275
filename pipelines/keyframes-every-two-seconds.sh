#!/bin/bash
# Puts a key frame at every second second of the media, with any encoder and frame rate: segments of a stream
# can then be cut at the same times in each of its qualities. Prints the times of the key frames.
#
#   keyframes-every-two-seconds.sh [SECONDS]
#
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
gst-launch-1.0 -v videotestsrc num-buffers=$((30 * ${1:-9})) ! video/x-raw,framerate=30/1 \
  ! timepiecetick alarms="interval,every=2s,clock=running-time,action=force-key-unit" \
  ! vp8enc deadline=1 keyframe-max-dist=100000 ! identity silent=false ! fakesink \
  | awk '/last-message = chain/ && !/delta-unit/ { sub (/.*pts: /, ""); sub (/,.*/, ""); print "key frame at " $0 }'
