#ifndef GST_TIMEPIECE_INTERVALS_H
#define GST_TIMEPIECE_INTERVALS_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

/* Appends the fields from num-intervals to p99-interval. */
G_GNUC_INTERNAL void gst_timepiece_intervals_set (GstStructure * structure,
    const TimepieceStatistics * intervals);

G_END_DECLS

#endif
