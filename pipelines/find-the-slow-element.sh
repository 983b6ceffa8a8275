#!/bin/bash
# Names the element that makes a pipeline slow: the tracer measures each, and says in a sentence which one it is.
#
#   find-the-slow-element.sh [PROGRAM [ARGUMENT...]]
#
# With a program, in any language, or a script: `timepiece run` shows it live. Without: a pipeline of its own, whose
# messages say the same. Nothing is inserted, and nothing in a program is changed.
# Needs GST_PLUGIN_PATH to name the folder of libgsttimepiece.so, unless that is installed.
set -euo pipefail
if [ $# -gt 0 ]; then
  exec timepiece run -- "$@"
fi
GST_TRACERS=timepiece gst-launch-1.0 -m videotestsrc num-buffers=300 \
  ! video/x-raw,width=320,height=180 ! queue max-size-buffers=10 ! videoconvert \
  ! identity name=sleepy sleep-time=8000 ! queue ! vp8enc deadline=1 cpu-used=8 ! fakesink \
  | grep timepiece-pipeline | tr -d '\\"' | grep -o ' reason=(string).*'
