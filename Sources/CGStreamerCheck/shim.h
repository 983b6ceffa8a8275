/* The headers of GStreamer that the tests need; separate so that the plugin
 * does not depend on the check library. */
#ifndef TIMEPIECE_CGSTREAMERCHECK_SHIM_H
#define TIMEPIECE_CGSTREAMERCHECK_SHIM_H

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/gst.h>

#endif
