#ifndef TIMEPIECE_CGSTREAMER_SHIM_H
#define TIMEPIECE_CGSTREAMER_SHIM_H

#include <gst/gst.h>

#endif
