/* Counts the laps that a tracer sees as spans, of GStreamer 1.30 and later:
 *
 *   spans WATCH DESCRIPTION...
 *
 * plays a pipeline and prints how many spans of a watch began, and ended on the
 * same thread in last-in, first-out order. Earlier versions do not know the
 * names of the hooks, and would register the functions for every hook. */
#define GST_USE_UNSTABLE_API
#include <gst/gst.h>
#include <gst/gsttracer.h>

#define DEEPEST 16

typedef struct
{
  GstTracer parent;
} Counter;

typedef struct
{
  GstTracerClass parent_class;
} CounterClass;

GType counter_get_type (void);
G_DEFINE_TYPE (Counter, counter, GST_TYPE_TRACER);

static const gchar *watch;
static gint begun, ended;

/* The open spans of this thread. */
static __thread guint64 open[DEEPEST];
static __thread guint depth;

/* The first of the values is the name of the watch. */
static void
span_begin (GObject * tracer, GstClockTime ts, guint64 span, gpointer format,
    const gchar * const *values)
{
  (void) tracer;
  (void) ts;
  (void) format;
  if (g_strcmp0 (values[0], watch) != 0 || depth == DEEPEST)
    return;
  open[depth++] = span;
  g_atomic_int_inc (&begun);
}

static void
span_end (GObject * tracer, GstClockTime ts, guint64 span)
{
  (void) tracer;
  (void) ts;
  if (depth == 0 || open[depth - 1] != span)
    return;
  depth--;
  g_atomic_int_inc (&ended);
}

static void
counter_class_init (CounterClass * klass)
{
  (void) klass;
}

static void
counter_init (Counter * self)
{
  gst_tracing_register_hook (GST_TRACER (self), "span-begin",
      G_CALLBACK (span_begin));
  gst_tracing_register_hook (GST_TRACER (self), "span-end",
      G_CALLBACK (span_end));
}

int
main (int argc, char **argv)
{
  GstElement *pipeline;
  GstMessage *message;
  GstBus *bus;
  gboolean played;

  gst_init (&argc, &argv);
  if (argc < 3)
    return 64;
  watch = argv[1];
  gst_object_ref_sink (g_object_new (counter_get_type (), NULL));
  pipeline = gst_parse_launchv ((const gchar **) argv + 2, NULL);
  if (!pipeline)
    return 65;
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  played = message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_print ("%d spans of %s began, %d ended\n", begun, watch, ended);
  gst_clear_message (&message);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  return !played;
}
