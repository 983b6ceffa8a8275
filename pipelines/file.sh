#!/bin/bash
# Plays a file as fast as it decodes, which shows how many streams like it this machine can decode at the same time: the
# average rate over the nominal one.
#
#   file.sh [FILE]
#
# Without a file two seconds are encoded first.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
file=${1:-}
if [ -z "$file" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  file=$folder/sample.mp4
  gst-launch-1.0 -q videotestsrc num-buffers=60 ! x264enc ! h264parse ! mp4mux ! filesink location="$file"
fi
gst-launch-1.0 -m filesrc location="$file" ! decodebin ! timepiecetick label=decoded interval=0 ! fakesink \
  | grep -oE '(average|nominal)-rate=\(double\)[0-9.]+' | paste -d ' ' - -
