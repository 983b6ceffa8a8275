/* The properties of both elements for receivers of OpenTelemetry's protocol. */
#include "gsttimepieceotlp.h"

#include <stdlib.h>

enum
{
  ENDPOINT,
  SPOOL
};

void
gst_timepiece_otlp_clear (GstTimepieceOtlp * self)
{
  g_clear_pointer (&self->endpoint, g_free);
  g_clear_pointer (&self->spool, g_free);
}

void
gst_timepiece_otlp_copy (GstTimepieceOtlp * self,
    const GstTimepieceOtlp * other)
{
  self->endpoint = g_strdup (other->endpoint);
  self->spool = g_strdup (other->spool);
}

static gchar **
place (GstTimepieceOtlp * self, guint index)
{
  return index == ENDPOINT ? &self->endpoint : &self->spool;
}

void
gst_timepiece_otlp_set (GstTimepieceOtlp * self, guint index,
    const GValue * value)
{
  g_free (*place (self, index));
  *place (self, index) = g_value_dup_string (value);
}

void
gst_timepiece_otlp_get (const GstTimepieceOtlp * self, guint index,
    GValue * value)
{
  g_value_set_string (value, index == ENDPOINT ? self->endpoint : self->spool);
}

void
gst_timepiece_otlp_install (GObjectClass * klass, guint first)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  /**
   * GstTimepieceElement:otlp-endpoint:
   *
   * Address of a receiver of OpenTelemetry's protocol over HTTP, such as
   * `http://127.0.0.1:4318`; `/v1/metrics` is added to it. With `env` the
   * address is that of OTEL_EXPORTER_OTLP_METRICS_ENDPOINT or
   * OTEL_EXPORTER_OTLP_ENDPOINT, or `http://localhost:4318`. Without the
   * property nothing is sent, regardless of the variables; with it they set
   * everything else: headers, interval, temporality, certificates, the name of
   * the service and its attributes.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + ENDPOINT,
      g_param_spec_string ("otlp-endpoint", "OTLP endpoint",
          "Receiver of OpenTelemetry's protocol, such as "
          "http://127.0.0.1:4318, or env for that of the variables OTEL_… "
          "(none = do not send)", NULL, flags));
  /**
   * GstTimepieceElement:otlp-spool:
   *
   * File that keeps what cannot be sent to #GstTimepieceElement:otlp-endpoint
   * now: a path, or `none`. When not set it is in the user's state directory.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + SPOOL,
      g_param_spec_string ("otlp-spool", "OTLP spool",
          "File for what cannot be sent to otlp-endpoint: a path, or none "
          "(not set = one of the user's own)", NULL, flags));
}

TimepieceOtlp *
gst_timepiece_otlp_open (const GstTimepieceOtlp * self,
    TimepiecePublisherFunc changed, gpointer user_data,
    TimepieceDestroyFunc destroy, gchar ** problem)
{
  TimepieceOtlp *otlp;
  char *what = NULL;

  if (!self->endpoint || !*self->endpoint) {
    destroy (user_data);
    return NULL;
  }
  otlp = timepiece_otlp_open (self->endpoint, self->spool, changed, user_data,
      destroy, &what);
  if (!otlp)
    *problem =
        g_strconcat ("otlp-endpoint: ",
        what ? what : "Sending by OTLP is not possible.", NULL);
  free (what);
  return otlp;
}

GQuark
gst_timepiece_otlp_quark (void)
{
  return g_quark_from_static_string ("timepiece-otlp-failing");
}
