#ifndef GST_TIMEPIECE_OTLP_H
#define GST_TIMEPIECE_OTLP_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

/* The properties that say where statistics are sent in OpenTelemetry's
 * protocol. The owner protects them with its OBJECT_LOCK. */
typedef struct
{
  gchar *endpoint;
  gchar *spool;
} GstTimepieceOtlp;

/* How many properties there are: the ids from the first on. */
#define GST_TIMEPIECE_OTLP_NUM_PROPERTIES 2

void gst_timepiece_otlp_clear (GstTimepieceOtlp * self);
/* Makes a copy, to be cleared, that other threads cannot change. */
void gst_timepiece_otlp_copy (GstTimepieceOtlp * self,
    const GstTimepieceOtlp * other);

void gst_timepiece_otlp_install (GObjectClass * klass, guint first);
void gst_timepiece_otlp_set (GstTimepieceOtlp * self, guint index,
    const GValue * value);
void gst_timepiece_otlp_get (const GstTimepieceOtlp * self, guint index,
    GValue * value);

/* Opens the connection to the receiver; NULL without a problem if none is
 * configured.
 * @destroy is called in any case. */
TimepieceOtlp *gst_timepiece_otlp_open (const GstTimepieceOtlp * self,
    TimepiecePublisherFunc changed, gpointer user_data,
    TimepieceDestroyFunc destroy, gchar ** problem);

/* Marks the pipelines that were warned that nothing can be sent. */
GQuark gst_timepiece_otlp_quark (void);

G_END_DECLS

#endif
