/* The properties of both elements for Prometheus. */
#include "gsttimepieceprometheus.h"

#include <stdlib.h>

#define DEFAULT_ADDRESS "127.0.0.1"

enum
{
  PORT,
  ADDRESS,
  FILE_NAME
};

void
gst_timepiece_prometheus_init (GstTimepiecePrometheus * self)
{
  self->port = 0;
  self->address = g_strdup (DEFAULT_ADDRESS);
  self->file = NULL;
}

void
gst_timepiece_prometheus_clear (GstTimepiecePrometheus * self)
{
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->file, g_free);
}

void
gst_timepiece_prometheus_copy (GstTimepiecePrometheus * self,
    const GstTimepiecePrometheus * other)
{
  self->port = other->port;
  self->address = g_strdup (other->address);
  self->file = g_strdup (other->file);
}

void
gst_timepiece_prometheus_set (GstTimepiecePrometheus * self, guint index,
    const GValue * value)
{
  switch (index) {
    case PORT:
      self->port = g_value_get_uint (value);
      break;
    case ADDRESS:
      g_free (self->address);
      self->address = g_value_dup_string (value);
      if (!self->address)
        self->address = g_strdup (DEFAULT_ADDRESS);
      break;
    case FILE_NAME:
      g_free (self->file);
      self->file = g_value_dup_string (value);
      break;
  }
}

void
gst_timepiece_prometheus_get (const GstTimepiecePrometheus * self, guint index,
    GValue * value)
{
  switch (index) {
    case PORT:
      g_value_set_uint (value, self->port);
      break;
    case ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case FILE_NAME:
      g_value_set_string (value, self->file);
      break;
  }
}

void
gst_timepiece_prometheus_install (GObjectClass * klass, guint first)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  /**
   * GstTimepieceElement:prometheus-port:
   *
   * Port of a page with this element's metrics for Prometheus, at `/metrics`; 0
   * for none. All elements of a process with the same port and
   * #GstTimepieceElement:prometheus-address are on one page, which stays until
   * the process ends. Counts add up from the start of the process, through
   * every stop of the element.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + PORT,
      g_param_spec_uint ("prometheus-port", "Prometheus port",
          "Port of the page for Prometheus, http://127.0.0.1:PORT/metrics, "
          "which elements of a process can share (0 = none)", 0, 65535, 0,
          flags));
  /**
   * GstTimepieceElement:prometheus-address:
   *
   * Address of this machine at which the page is served: the default for
   * programs on this machine, 0.0.0.0 or :: for all machines that can reach it.
   * The page has no encryption and no password.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + ADDRESS,
      g_param_spec_string ("prometheus-address", "Prometheus address",
          "IP address of this machine at which the page for Prometheus is "
          "given (0.0.0.0 = all)", DEFAULT_ADDRESS, flags));
  /**
   * GstTimepieceElement:prometheus-file:
   *
   * File for the textfile collector of Prometheus' node_exporter: a path that
   * ends with `.prom`. It is written under a temporary name and renamed once in
   * #GstTimepieceElement:interval, not more often than once a second, and when
   * the element stops. Elements of a process can share one; two processes would
   * replace each other's file.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, first + FILE_NAME,
      g_param_spec_string ("prometheus-file", "Prometheus file",
          "File for the textfile collector of Prometheus' node_exporter: a "
          "path that ends with .prom (none = do not write)", NULL, flags));
}

TimepiecePrometheus *
gst_timepiece_prometheus_open (const GstTimepiecePrometheus * self,
    guint64 interval, gchar ** problem)
{
  TimepiecePrometheusSettings settings = {.port = self->port,
    .address = self->address,.file = self->file,.interval = interval
  };
  TimepiecePrometheus *prometheus;
  char *what = NULL;

  if (self->port == 0 && !self->file)
    return NULL;
  prometheus = timepiece_prometheus_open (&settings, &what);
  if (!prometheus)
    *problem = g_strdup (what ? what : "Prometheus cannot be served.");
  free (what);
  return prometheus;
}
