#ifndef GST_TIMEPIECE_STALL_H
#define GST_TIMEPIECE_STALL_H

#include "gsttimepieceelement.h"

G_BEGIN_DECLS

/* What both elements tell of a stall, or of its end. Returns: (transfer full) */
G_GNUC_INTERNAL GstStructure *gst_timepiece_stall_structure (GstTimepieceElement
    * self, const TimepieceStall * stall);

/* Returns: (nullable) (transfer full): what is wrong with a stall-timeout */
G_GNUC_INTERNAL gchar *gst_timepiece_stall_problem (guint64 timeout);

/* Sets a stall-timeout under OBJECT_LOCK, or warns and leaves the former one if
 * the element runs and the timeout makes no sense. */
G_GNUC_INTERNAL void gst_timepiece_stall_set_timeout (GstTimepieceElement *
    self, guint64 * timeout, guint64 value);

G_END_DECLS

#endif
