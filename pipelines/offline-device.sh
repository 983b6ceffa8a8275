#!/bin/bash
# Publishes to CloudWatch from a device whose network comes and goes: data that cannot be sent wait in a file, also
# across a restart, and are sent later with their original time.
#
#   offline-device.sh [NAMESPACE]
#
# Without a namespace nothing is sent to AWS: an address without a listener stands in for the lost network.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
if [ $# -gt 0 ]; then
  exec gst-launch-1.0 -m videotestsrc is-live=true ! timepiecetick cloudwatch-namespace="$1" \
    cloudwatch-spool="${SPOOL:-$HOME/.cache/timepiece-spool.db}" ! fakesink
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
AWS_ACCESS_KEY_ID=example AWS_SECRET_ACCESS_KEY=example gst-launch-1.0 -m videotestsrc is-live=true num-buffers=90 \
  ! timepiecetick cloudwatch-namespace=Example cloudwatch-interval=1000000000 region=us-east-1 \
  endpoint-uri=http://127.0.0.1:9 cloudwatch-spool="$folder/spool.db" ! fakesink \
  | grep -oE 'timepiece-cloudwatch,.*spooled=\(guint64\)[0-9]+' | tail -1
ls -l "$folder/spool.db"
