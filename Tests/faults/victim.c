/* The pipelines that the failures are injected into:
 *
 *   victim ENDPOINT
 *   victim stamps
 *
 * The first measures, fires alarms, waits for stalls and publishes to the
 * endpoint. The second puts stamps on buffers, each of which has another
 * reference. Prints 'buffers=N warnings=N errors=N told=N' and returns 0 if
 * every buffer passed. */
#include <gst/gst.h>
#include <stdio.h>

#include "../abuse/mailbox.h"

#define BUFFERS 60
/* Each buffer is copied for its stamp, which is a failure point each time. */
#define STAMPED 20

static gint passed;
static GstBuffer *held[STAMPED];
static guint num_held;

static GstPadProbeReturn
count (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  (void) pad, (void) info, (void) data;
  g_atomic_int_inc (&passed);
  return GST_PAD_PROBE_OK;
}

static GstElement *
build (const gchar * endpoint)
{
  gchar *text = g_strdup_printf ("audiotestsrc is-live=true num-buffers=%d "
      "samplesperbuffer=80 ! audio/x-raw,rate=8000 ! timepiecetick name=tick "
      "interval=20000000 stall-timeout=5000000000 "
      "alarms=\"interval,name=beat,every=50ms\" cloudwatch-namespace=Faults "
      "cloudwatch-interval=1000000000 region=eu-west-1 access-key=AKIDEXAMPLE "
      "secret-access-key=secret endpoint-uri=%s "
      "! fakesink name=sink", BUFFERS, endpoint);
  GstElement *pipeline = gst_parse_launch (text, NULL);

  g_free (text);
  return pipeline;
}

static GstPadProbeReturn
hold (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  (void) pad, (void) data;
  if (num_held < STAMPED)
    held[num_held++] = gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

static GstElement *
build_stamps (void)
{
  gchar *text = g_strdup_printf ("fakesrc num-buffers=%d sizetype=2 "
      "format=time ! timepiecewatch name=start watch=w edge=start ! queue "
      "! timepiecewatch watch=w edge=stop ! fakesink name=sink", STAMPED);
  GstElement *pipeline = gst_parse_launch (text, NULL), *start;
  GstPad *pad;

  g_free (text);
  if (!pipeline)
    return NULL;
  start = gst_bin_get_by_name (GST_BIN (pipeline), "start");
  pad = gst_element_get_static_pad (start, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, hold, NULL, NULL);
  gst_object_unref (pad);
  gst_object_unref (start);
  return pipeline;
}

int
main (int argc, char **argv)
{
  GstElement *pipeline, *sink;
  GstPad *pad;
  gint warnings = 0, errors = 0, told = 0, expected = BUFFERS;
  gboolean ended = FALSE;

  gst_init (&argc, &argv);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  if (argc == 2 && g_str_equal (argv[1], "stamps")) {
    pipeline = build_stamps ();
    expected = STAMPED;
  } else {
    pipeline = argc == 2 ? build (argv[1]) : NULL;
  }
  if (!pipeline)
    return 2;
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count, NULL, NULL);
  gst_object_unref (pad);
  gst_object_unref (sink);
  mailbox_add (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!ended) {
    GstMessage *message = mailbox_pop (pipeline, 30 * G_TIME_SPAN_SECOND);

    if (!message) {
      fprintf (stderr, "victim: nothing comes any more\n");
      return 3;
    }
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      GError *error;

      gst_message_parse_error (message, &error, NULL);
      fprintf (stderr, "victim: %s\n", error->message);
      g_error_free (error);
      errors++;
    }
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
      warnings++;
    if (gst_message_has_name (message, "timepiece-cloudwatch"))
      told++;
    ended = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS || errors > 0;
    gst_message_unref (message);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  mailbox_empty (pipeline);
  gst_object_unref (pipeline);
  while (num_held > 0)
    gst_buffer_unref (held[--num_held]);
  printf ("buffers=%d warnings=%d errors=%d told=%d\n", passed, warnings,
      errors, told);
  return passed == expected && errors == 0 && warnings <= 2 ? 0 : 1;
}
