/* Tracers are unstable API until GStreamer 1.30; the parts used here have not
 * changed since 1.18. */
#define GST_USE_UNSTABLE_API
#include "gsttimepiecetrace.h"

#include <gst/gsttracer.h>
#include <string.h>

#include "gsttimepiecenewer.h"

/* GStreamer 1.30's, as older headers lack them. */
typedef struct _Format Format;

typedef union
{
  guint64 number;
  const gchar *text;
  gpointer reserved[4];
} Value;

enum
{
  TYPE_NUMBER = 4,
  TYPE_TEXT = 6
};

#if GST_CHECK_VERSION (1, 30, 0)
G_STATIC_ASSERT (sizeof (Value) == sizeof (GstTraceValue));
G_STATIC_ASSERT (TYPE_NUMBER == GST_TRACER_FIELD_TYPE_UINT64);
G_STATIC_ASSERT (TYPE_TEXT == GST_TRACER_FIELD_TYPE_STRING);
#endif

/* The fields of a message that an event has, in addition to its label. */
static const struct
{
  const gchar *message;
  const gchar *text;
  const gchar *number;
} events[] = {
  {"timepiece-stall", "reason", "since-last-buffer"},
  {"timepiece-resume", "reason", "stalled-for"},
  {"timepiece-alarm", "alarm", "count"}
};

typedef struct
{
  Format *(*define) (const gchar * name, ...);
    guint64 (*begin) (Format * format, const Value * values);
  void (*end) (guint64 span);
  void (*event) (Format * format, const Value * values);
  Format *lap;
  Format *events[G_N_ELEMENTS (events)];
} Trace;

static gboolean
find_functions (Trace * trace)
{
  trace->define = (Format * (*)(const gchar *, ...))
      gst_timepiece_newer_function ("gst_trace_format_register");
  trace->begin = (guint64 (*)(Format *, const Value *))
      gst_timepiece_newer_function ("gst_trace_span_begin");
  trace->end = (void (*)(guint64))
      gst_timepiece_newer_function ("gst_trace_span_end");
  trace->event = (void (*)(Format *, const Value *))
      gst_timepiece_newer_function ("gst_trace_event");
  return trace->define && trace->begin && trace->end && trace->event;
}

/* Returns: (nullable): GStreamer's functions for it; NULL before 1.30 */
static const Trace *
get_trace (void)
{
  static Trace trace;
  static gboolean found = FALSE;
  static gsize made = 0;
  gsize i;

  if (g_once_init_enter (&made)) {
    found = find_functions (&trace);
    if (found)
      trace.lap = trace.define ("timepiece-lap", "watch", TYPE_TEXT, NULL);
    for (i = 0; found && i < G_N_ELEMENTS (events); i++)
      trace.events[i] = trace.define (events[i].message, "label", TYPE_TEXT,
          events[i].text, TYPE_TEXT, events[i].number, TYPE_NUMBER, NULL);
    g_once_init_leave (&made, 1);
  }
  return found ? &trace : NULL;
}

gboolean
gst_timepiece_trace_is_drawn (void)
{
  GList *tracers, *each;
  gboolean drawn = FALSE;

  if (!get_trace ())
    return FALSE;
  tracers = gst_tracing_get_active_tracers ();
  for (each = tracers; each; each = each->next)
    drawn = drawn || strcmp (G_OBJECT_TYPE_NAME (each->data),
        "GstTimepieceTracer") != 0;
  g_list_free_full (tracers, gst_object_unref);
  return drawn;
}

guint64
gst_timepiece_trace_begin_lap (const gchar * watch)
{
  const Trace *trace = get_trace ();
  const Value values[] = { {.text = watch} };

  return trace->begin (trace->lap, values);
}

void
gst_timepiece_trace_end_lap (guint64 lap)
{
  get_trace ()->end (lap);
}

void
gst_timepiece_trace_message (const GstStructure * message)
{
  const Trace *trace = get_trace ();
  Value values[3] = { {0}, {0}, {0} };
  gsize i;

  for (i = 0; trace && i < G_N_ELEMENTS (events); i++)
    if (gst_structure_has_name (message, events[i].message)) {
      values[0].text = gst_structure_get_string (message, "label");
      values[1].text = gst_structure_get_string (message, events[i].text);
      gst_structure_get_uint64 (message, events[i].number, &values[2].number);
      trace->event (trace->events[i], values);
    }
}
