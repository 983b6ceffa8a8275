#ifndef TIMEPIECE_CGSTREAMER_SHIM_H
#define TIMEPIECE_CGSTREAMER_SHIM_H

#if !__has_include (<gst/gst.h>)
#error "GStreamer's development files are missing: apt-get install libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev; then swift package purge-cache, if SwiftPM looked for them before."
#endif

#include <gst/gst.h>
/* Signals in a GMainLoop, for programs. */
#include <glib-unix.h>

#endif
