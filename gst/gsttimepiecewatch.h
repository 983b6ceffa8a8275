#ifndef GST_TIMEPIECE_WATCH_H
#define GST_TIMEPIECE_WATCH_H

#include "gsttimepieceelement.h"

G_BEGIN_DECLS

/**
 * GstTimepieceWatchEdge:
 * @GST_TIMEPIECE_WATCH_EDGE_AROUND: a lap is the push downstream
 * @GST_TIMEPIECE_WATCH_EDGE_START: laps of the watch start here
 * @GST_TIMEPIECE_WATCH_EDGE_STOP: laps of the watch stop here
 *
 * What a watch does at its point of the pipeline.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_TIMEPIECE_WATCH_EDGE_AROUND,
  GST_TIMEPIECE_WATCH_EDGE_START,
  GST_TIMEPIECE_WATCH_EDGE_STOP
} GstTimepieceWatchEdge;

/**
 * GstTimepieceWatchCorrelation:
 * @GST_TIMEPIECE_WATCH_CORRELATION_AUTO: by the stamp, or by time if the
 *   stamps of a start do not arrive
 * @GST_TIMEPIECE_WATCH_CORRELATION_META: by the stamp only
 * @GST_TIMEPIECE_WATCH_CORRELATION_PTS: by time only
 *
 * How a stop recognizes the buffers that passed a start.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_TIMEPIECE_WATCH_CORRELATION_AUTO,
  GST_TIMEPIECE_WATCH_CORRELATION_META,
  GST_TIMEPIECE_WATCH_CORRELATION_PTS
} GstTimepieceWatchCorrelation;

#define GST_TYPE_TIMEPIECE_WATCH_EDGE (gst_timepiece_watch_edge_get_type ())
#define GST_TYPE_TIMEPIECE_WATCH_CORRELATION \
    (gst_timepiece_watch_correlation_get_type ())
GType gst_timepiece_watch_edge_get_type (void);
GType gst_timepiece_watch_correlation_get_type (void);

#define GST_TYPE_TIMEPIECE_WATCH (gst_timepiece_watch_get_type ())
G_DECLARE_FINAL_TYPE (GstTimepieceWatch, gst_timepiece_watch, GST,
    TIMEPIECE_WATCH, GstTimepieceElement)

G_END_DECLS

#endif
