#!/bin/bash
# Records a minute and stops: the alarm ends the stream, so that the file is complete, and of exactly that length; a
# timeout around gst-launch would truncate it.
#
#   record-a-minute.sh [SECONDS [FILE]]
#
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
file=${2:-${TMPDIR:-/tmp}/minute.mp4}
echo "recording ${1:-60} s of media to $file"
exec gst-launch-1.0 -q videotestsrc ! video/x-raw,framerate=30/1 \
  ! timepiecetick alarms="after,after=${1:-60}s,clock=running-time,action=eos" \
  ! x264enc ! h264parse ! mp4mux ! filesink location="$file"
