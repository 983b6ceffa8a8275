#ifndef TIMEPIECE_CGSTREAMER_SHIM_H
#define TIMEPIECE_CGSTREAMER_SHIM_H

#include <gst/gst.h>
/* Signals in a GMainLoop, for programs. */
#include <glib-unix.h>

#endif
