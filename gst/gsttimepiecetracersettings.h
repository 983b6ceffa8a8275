#ifndef GST_TIMEPIECE_TRACER_SETTINGS_H
#define GST_TIMEPIECE_TRACER_SETTINGS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The parameters in the parentheses of GST_TRACERS="timepiece(...)". */
typedef struct
{
  guint64 interval;             /* ns, 0: only the last report */
  gchar *elements;              /* a glob */
  guint max_unread;             /* 0: no limit */
  gchar *record;                /* a file, or NULL */
  gchar *socket;                /* "auto", a path, or NULL */
  gchar *connect;               /* the socket of a program, or NULL */
  guint prometheus_port;        /* 0: no page */
  gchar *prometheus_address;    /* NULL: 127.0.0.1 */
  gchar *otlp;                  /* an address, "env", or NULL */
} GstTimepieceTracerSettings;

/* @params: (nullable): such as interval=1s,elements=*
 * Returns: (transfer full) (nullable): the sentence that says what is wrong */
gchar *gst_timepiece_tracer_settings_parse (GstTimepieceTracerSettings * self,
    const gchar * params);
void gst_timepiece_tracer_settings_clear (GstTimepieceTracerSettings * self);

G_END_DECLS

#endif
