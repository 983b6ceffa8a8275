/* The fields that the messages of both elements have in common. */
#include "gsttimepieceintervals.h"

void
gst_timepiece_intervals_set (GstStructure * structure,
    const TimepieceStatistics * intervals)
{
  gst_structure_set (structure,
      "num-intervals", G_TYPE_UINT64, intervals->count,
      "min-interval", G_TYPE_UINT64, intervals->min,
      "max-interval", G_TYPE_UINT64, intervals->max,
      "avg-interval", G_TYPE_UINT64, intervals->mean,
      "sum-interval", G_TYPE_UINT64, intervals->sum,
      "stddev-interval", G_TYPE_UINT64, intervals->stddev,
      "p50-interval", G_TYPE_UINT64, intervals->p50,
      "p90-interval", G_TYPE_UINT64, intervals->p90,
      "p99-interval", G_TYPE_UINT64, intervals->p99, NULL);
}
