#ifndef GST_TIMEPIECE_STALL_H
#define GST_TIMEPIECE_STALL_H

#include "gsttimepieceelement.h"

G_BEGIN_DECLS

/* Posts a stall of the element of a handle, or its end; on the reports' thread,
 * or at a change of the stream. A #TimepieceStallFunc. */
G_GNUC_INTERNAL void gst_timepiece_stall_report (const TimepieceStall * stall,
    void *handle);

/* Returns: (nullable) (transfer full): what is wrong with a stall-timeout */
G_GNUC_INTERNAL gchar *gst_timepiece_stall_problem (guint64 timeout);

/* Sets a stall-timeout under OBJECT_LOCK, or warns and keeps the previous one
 * if the element runs and the timeout is invalid. */
G_GNUC_INTERNAL void gst_timepiece_stall_set_timeout (GstTimepieceElement *
    self, guint64 * timeout, guint64 value);

G_END_DECLS

#endif
