/* The stamp of a start on a buffer for the stops: a meta without tags, so that
 * elements which do not know it copy it along with the content. From GStreamer
 * 1.24 on it is also passed to other processes with the buffer. */
#ifndef GST_TIMEPIECE_STAMP_H
#define GST_TIMEPIECE_STAMP_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

typedef struct
{
  GstMeta meta;

  TimepieceStamp stamp;
  guint64 path;                 /* gst_timepiece_stamp_path () of the watch */
  guint64 elsewhere;            /* TIMEPIECE_ELSEWHERE and the start, for
                                 * stops that are not of its scope; 0 if the
                                 * buffer has been nowhere else */
} GstTimepieceStamp;

GType gst_timepiece_stamp_api_get_type (void);
const GstMetaInfo *gst_timepiece_stamp_get_info (void);

/* The hash that identifies the name of a watch where its group is not known. */
G_GNUC_INTERNAL guint64 gst_timepiece_stamp_path (const gchar * path);

G_END_DECLS

#endif
