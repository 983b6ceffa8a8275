#ifndef GST_TIMEPIECE_TICK_H
#define GST_TIMEPIECE_TICK_H

#include "gsttimepieceelement.h"

G_BEGIN_DECLS

#define GST_TYPE_TIMEPIECE_TICK (gst_timepiece_tick_get_type ())
G_DECLARE_FINAL_TYPE (GstTimepieceTick, gst_timepiece_tick, GST,
    TIMEPIECE_TICK, GstTimepieceElement)

G_END_DECLS

#endif
