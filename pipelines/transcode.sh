#!/bin/bash
# Shows, while a file is transcoded, how long a frame takes from decoder to encoder, look-ahead included: the delay that
# a live stream would have through the same elements.
#
#   transcode.sh [FROM [TO]]
#
# Without files two seconds are made first.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
from=${1:-$folder/from.mp4}
if [ $# -eq 0 ]; then
  gst-launch-1.0 -q videotestsrc num-buffers=60 ! x264enc ! h264parse ! mp4mux ! filesink location="$from"
fi
gst-launch-1.0 -m filesrc location="$from" ! decodebin ! videoconvert ! timepiecewatch watch=transcode edge=start \
  ! queue ! vp8enc lag-in-frames=10 deadline=1 ! timepiecewatch watch=transcode edge=stop interval=0 ! webmmux \
  ! filesink location="${2:-$folder/to.webm}" \
  | grep -oE '(num-intervals|p50-interval|p99-interval|num-unmatched)=\(guint64\)[0-9]+' | paste -d ' ' - - - -
