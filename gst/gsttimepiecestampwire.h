/* A stamp as bytes, on the way to another process of the same machine. */
#ifndef GST_TIMEPIECE_STAMP_WIRE_H
#define GST_TIMEPIECE_STAMP_WIRE_H

#include "gsttimepiecestamp.h"

G_BEGIN_DECLS

#define GST_TIMEPIECE_STAMP_VERSION 1
#define GST_TIMEPIECE_STAMP_SIZE 88

G_GNUC_INTERNAL void gst_timepiece_stamp_write (const GstTimepieceStamp *
    stamp, guint8 * bytes);

/* Returns: FALSE if the bytes are not a stamp of this version, or a stamp of
 * another machine or of a container with a clock of its own, whose instant has
 * no meaning here. */
G_GNUC_INTERNAL gboolean gst_timepiece_stamp_read (GstTimepieceStamp * stamp,
    const guint8 * bytes, gsize size, guint8 version);

G_END_DECLS

#endif
