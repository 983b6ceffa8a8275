/* Laps, stalls and alarms in GStreamer's own tracing, which has spans and events
 * from 1.30 on: a tracer that draws them shows ours among the rest. */
#ifndef GST_TIMEPIECE_TRACE_H
#define GST_TIMEPIECE_TRACE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether a tracer that may draw them is active; our own does not. Any thread. */
G_GNUC_INTERNAL gboolean gst_timepiece_trace_is_drawn (void);

/* Begins the span of a lap, and returns the handle to end it with. Only where
 * gst_timepiece_trace_is_drawn () was TRUE; the cost is the tracer's. */
G_GNUC_INTERNAL guint64 gst_timepiece_trace_begin_lap (const gchar * watch);
G_GNUC_INTERNAL void gst_timepiece_trace_end_lap (guint64 lap);

/* The event of a message that is about to be posted: timepiece-stall,
 * timepiece-resume or timepiece-alarm. No lock may be held. Any thread. */
G_GNUC_INTERNAL void gst_timepiece_trace_message (const GstStructure *
    message);

G_END_DECLS

#endif
