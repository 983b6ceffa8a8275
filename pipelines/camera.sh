#!/bin/bash
# Shows what a camera really delivers: cheap ones promise 30 frames a second and give 15 in the dark.
#
#   camera.sh [SOURCE [SECONDS]]          such as: camera.sh "v4l2src device=/dev/video0" 60
#
# Without a source a test picture stands in for the camera.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
# shellcheck disable=SC2086
gst-launch-1.0 -m ${1:-videotestsrc is-live=true} \
  ! timepiecetick label=camera alarms="after,after=${2:-3}s,action=eos" ! fakesink \
  | grep --line-buffered -oE '(average|nominal)-rate=\(double\)[0-9.]+|p99-interval=\(guint64\)[0-9]+' \
  | paste -d ' ' - - -
