#!/bin/bash
# Shows whether a model keeps up with the camera: its time for a frame beside the time between frames. Behind a leaky
# queue, as here, a model that is too slow causes lost frames instead of a delay, and the second rate shows how many are
# left.
#
#   inference-delay.sh [ELEMENTS]          such as: inference-delay.sh "nvinfer config-file-path=model.txt"
#
# Without elements a sleep of 60 ms stands in for the model.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
# shellcheck disable=SC2086
gst-launch-1.0 -m videotestsrc is-live=true num-buffers=90 ! video/x-raw,framerate=30/1 \
  ! timepiecetick label=camera interval=0 ! queue leaky=downstream max-size-buffers=1 \
  ! timepiecewatch watch=model interval=0 ! ${1:-identity sleep-time=60000} \
  ! timepiecetick label=results interval=0 ! fakesink sync=false \
  | grep -oE 'timepiece-(tick|watch), label=\(string\)[a-z0-9]+|average-rate=\(double\)[0-9.]+|p50-interval=\(guint64\)[0-9]+'
