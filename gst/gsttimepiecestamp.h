/* What a start leaves on a buffer for the stops: a meta without tags, so that
 * elements which know nothing of it carry it along with the content. */
#ifndef GST_TIMEPIECE_STAMP_H
#define GST_TIMEPIECE_STAMP_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

typedef struct
{
  GstMeta meta;

  TimepieceStamp stamp;
} GstTimepieceStamp;

GType gst_timepiece_stamp_api_get_type (void);
const GstMetaInfo *gst_timepiece_stamp_get_info (void);

G_END_DECLS

#endif
