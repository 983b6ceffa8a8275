#ifndef GST_TIMEPIECE_TRACER_H
#define GST_TIMEPIECE_TRACER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Registers the tracer `timepiece`. */
gboolean gst_timepiece_tracer_register (GstPlugin * plugin);

G_END_DECLS

#endif
