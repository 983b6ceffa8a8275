#!/bin/bash
# Finds the element that takes the time: a watch in front of each, and the tree says what each takes by itself.
#
#   find-the-slow-element.sh [DESCRIPTION]
#
# The tool `timepiece top --watch-every-element -- DESCRIPTION` puts the watches in by itself; without it this script
# shows the same with the elements alone, on a pipeline of its own.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
if [ $# -gt 0 ]; then
  exec timepiece top --watch-every-element -- "$1"
fi
gst-launch-1.0 -m videotestsrc num-buffers=60 \
  ! timepiecewatch watch=all interval=0 ! videoconvert ! video/x-raw,format=I420 \
  ! timepiecewatch watch=scale interval=0 ! videoscale ! video/x-raw,width=320,height=180 \
  ! timepiecewatch watch=sleepy interval=0 ! identity sleep-time=5000 \
  ! timepiecewatch watch=encode interval=0 ! vp8enc deadline=1 ! fakesink \
  | grep 'from element "timepiecewatch0"' | tr -d '\\"' \
  | grep -oE ' watch=\(string\)[a-z.]+|self-time=\(guint64\)[0-9]+' | paste -d ' ' - -
