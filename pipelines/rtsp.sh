#!/bin/sh
# Separates the network from the decoder: one tick where packets have become frames, one where frames are pictures, so
# that a bad rate shows where it begins.
#
#   rtsp.sh [URL]                          such as: rtsp.sh rtsp://192.168.1.20/stream1
#
# Without a URL a stream goes over the loopback for three seconds.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -eu
show() {
  grep --line-buffered -oE 'label=\(string\)[a-z]+|average-rate=\(double\)[0-9.]+|p99-interval=\(guint64\)[0-9]+' \
    | paste -d ' ' - - -
}
measure='rtph264depay ! h264parse ! timepiecetick label=received ! avdec_h264 ! timepiecetick label=decoded'
if [ $# -gt 0 ]; then
  # shellcheck disable=SC2086
  gst-launch-1.0 -m rtspsrc location="$1" ! $measure ! fakesink | show
else
  port=$((20000 + $$ % 20000))
  gst-launch-1.0 -q videotestsrc is-live=true num-buffers=120 ! x264enc tune=zerolatency key-int-max=15 \
    ! rtph264pay config-interval=-1 ! udpsink host=127.0.0.1 port=$port &
  trap 'kill $! 2>/dev/null || true' EXIT
  # shellcheck disable=SC2086
  timeout -s INT 3 gst-launch-1.0 -e -m udpsrc address=127.0.0.1 port=$port \
    caps="application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96" ! rtpjitterbuffer \
    ! $measure ! fakesink | show
fi
