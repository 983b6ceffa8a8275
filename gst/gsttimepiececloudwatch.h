#ifndef GST_TIMEPIECE_CLOUDWATCH_H
#define GST_TIMEPIECE_CLOUDWATCH_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

/* The properties that select what is sent to CloudWatch, and where. The owner
 * protects them with its OBJECT_LOCK. */
typedef struct
{
  gchar *namespace;
  gchar *metric_name;
  GstStructure *dimensions;
  guint64 interval;
  gchar *region;
  gchar *access_key;
  gchar *secret_access_key;
  gchar *session_token;
  gchar *profile;
  gchar *endpoint_uri;
  GstStructure *iot_certificate;
  gchar *spool;
  gchar *emf;
  gchar *protocol;
  gboolean dry_run;
  gboolean allow_http;
} GstTimepieceCloudWatch;

/* How many properties there are: the ids from the first on. */
#define GST_TIMEPIECE_CLOUDWATCH_NUM_PROPERTIES 16

void gst_timepiece_cloudwatch_init (GstTimepieceCloudWatch * self);
void gst_timepiece_cloudwatch_clear (GstTimepieceCloudWatch * self);
/* Makes a copy, to be cleared, that other threads cannot change. */
void gst_timepiece_cloudwatch_copy (GstTimepieceCloudWatch * self,
    const GstTimepieceCloudWatch * other);

void gst_timepiece_cloudwatch_install (GObjectClass * klass, guint first);
void gst_timepiece_cloudwatch_set (GstTimepieceCloudWatch * self, guint index,
    const GValue * value);
void gst_timepiece_cloudwatch_get (GstTimepieceCloudWatch * self, guint index,
    GValue * value);

/* Makes a publisher; NULL without a problem if none is configured. @metric_name
 * is used if the property is not set. @destroy is called in any case. */
TimepiecePublisher *gst_timepiece_cloudwatch_open (GstTimepieceCloudWatch *
    self, const gchar * metric_name, const gchar * label,
    TimepiecePublisherFunc changed, gpointer user_data,
    TimepieceDestroyFunc destroy, gchar ** problem);

/* Names the destination of the metrics, the same for all elements that send
 * there. */
GQuark gst_timepiece_cloudwatch_destination (const GstTimepieceCloudWatch *
    self);

/* Returns: (transfer full): the outcome for the metrics. */
GstStructure *gst_timepiece_cloudwatch_structure (const gchar * name,
    const gchar * label, const TimepiecePublisherStatus * status);

G_END_DECLS

#endif
