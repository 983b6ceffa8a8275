#!/bin/bash
# Reports when a stream stalls and when it resumes; a pipeline without it reports nothing and just waits.
#
#   stall-watch.sh [SOURCE]
#
# SOURCE is a source as gst-launch takes it. Without one the stream comes from a pipe that delivers nothing for two
# seconds.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
watch() {
  # shellcheck disable=SC2086
  gst-launch-1.0 -m $1 ! timepiecetick label=watched stall-timeout=500000000 interval=500000000 ! fakesink \
    | { grep --line-buffered -oE 'timepiece-(stall|resume).*' || [ $? = 1 ]; } # 1: there was no stall
}
if [ $# -gt 0 ]; then
  watch "$1"
else
  { head -c 409600 /dev/zero; sleep 2; head -c 40960 /dev/zero; } | watch "fdsrc blocksize=4096"
fi
