#!/bin/bash
# Separates the network from the decoder: one tick where packets have become frames, one where frames are pictures, so
# that a bad rate shows where it begins.
#
#   rtsp.sh [URL]                          such as: rtsp.sh rtsp://192.168.1.20/stream1
#
# Without a URL a server on this machine stands in for the camera, for three seconds.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
server='' url=${1:-} limit=''
if [ -z "$url" ]; then
  /usr/bin/python3 - >"$folder/port" <<'END' &
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch("videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=15 ! rtph264pay name=pay0 pt=96")
server = GstRtspServer.RTSPServer(address="127.0.0.1", service="0")
server.get_mount_points().add_factory("/camera", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
END
  server=$!
  until [ -s "$folder/port" ]; do
    kill -0 "$server" || exit 1
    sleep 0.1
  done
  url=rtsp://127.0.0.1:$(cat "$folder/port")/camera
  # The stream has no end of its own.
  limit='alarms=after,after=3s,action=eos'
fi
# shellcheck disable=SC2086
gst-launch-1.0 -m rtspsrc location="$url" latency=200 ! rtph264depay ! h264parse ! timepiecetick label=received $limit \
  ! avdec_h264 ! timepiecetick label=decoded ! fakesink | grep --line-buffered timepiece-tick, \
  | grep --line-buffered -oE 'label=\(string\)[a-z]+|average-rate=\(double\)[0-9.]+|p99-interval=\(guint64\)[0-9]+' \
  | paste -d ' ' - - -
