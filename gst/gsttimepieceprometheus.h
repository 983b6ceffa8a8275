#ifndef GST_TIMEPIECE_PROMETHEUS_H
#define GST_TIMEPIECE_PROMETHEUS_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

/* The properties that say where Prometheus finds the metrics. The owner protects
 * them with its OBJECT_LOCK. */
typedef struct
{
  guint port;
  gchar *address;
  gchar *file;
} GstTimepiecePrometheus;

/* How many properties there are: the ids from the first on. */
#define GST_TIMEPIECE_PROMETHEUS_NUM_PROPERTIES 3

void gst_timepiece_prometheus_init (GstTimepiecePrometheus * self);
void gst_timepiece_prometheus_clear (GstTimepiecePrometheus * self);
/* Makes a copy, to be cleared, that other threads cannot change. */
void gst_timepiece_prometheus_copy (GstTimepiecePrometheus * self,
    const GstTimepiecePrometheus * other);

void gst_timepiece_prometheus_install (GObjectClass * klass, guint first);
void gst_timepiece_prometheus_set (GstTimepiecePrometheus * self, guint index,
    const GValue * value);
void gst_timepiece_prometheus_get (const GstTimepiecePrometheus * self,
    guint index, GValue * value);

/* Opens the page and the file; NULL without a problem if none is configured. */
TimepiecePrometheus *gst_timepiece_prometheus_open (const GstTimepiecePrometheus
    * self, guint64 interval, gchar ** problem);

G_END_DECLS

#endif
