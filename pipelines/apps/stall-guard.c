/* Runs a pipeline and exits with status 3 when its stream stalls.
 *
 * Why: a supervisor (systemd, Docker) restarts what ends, and a camera that
 * hangs makes no error.
 *
 *   cc stall-guard.c $(pkg-config --cflags --libs gstreamer-1.0) -o stall-guard
 *   ./stall-guard "v4l2src ! timepiecetick stall-timeout=2000000000 ! fakesink"
 */
#include <timepiece-messages.h>

typedef struct
{
  GMainLoop *loop;
  gint status;
} Guard;

static void
end (Guard * guard, gint status)
{
  guard->status = status;
  g_main_loop_quit (guard->loop);
}

static void
on_element_message (Guard * guard, GstMessage * message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  const gchar *missing = NULL;
  TimepieceTickMessage tick;
  TimepieceStallMessage stall;

  if (timepiece_message_is (message, TIMEPIECE_TICK)) {
    if (timepiece_tick_message_parse (structure, &tick, &missing))
      g_print ("%s: %" G_GUINT64_FORMAT " buffers, %.2f /s, p99 %.2f ms\n",
          tick.label, tick.num_buffers, tick.average_rate,
          tick.intervals.p99 / 1e6);
  } else if (timepiece_message_is (message, TIMEPIECE_STALL)) {
    if (timepiece_stall_message_parse (structure, &stall, &missing)) {
      g_printerr ("%s: no buffer for %.2f s\n", stall.label,
          stall.since_last_buffer / 1e9);
      end (guard, 3);
    }
  }
  if (missing)
    g_printerr ("a message without the field %s\n", missing);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Guard *guard = user_data;
  GError *error;

  (void) bus;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      on_element_message (guard, message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
      g_error_free (error);
      end (guard, 1);
      break;
    case GST_MESSAGE_EOS:
      end (guard, 0);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Guard guard = { NULL, 0 };
  GError *error = NULL;
  GstElement *pipeline;
  GstBus *bus;

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: %s \"<gst-launch description>\"\n", argv[0]);
    return 64;
  }
  pipeline = gst_parse_launch_full (argv[1], NULL,
      GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_PLACE_IN_BIN, &error);
  if (!pipeline) {
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    return 64;
  }
  if (!GST_IS_PIPELINE (pipeline)) {
    GstElement *whole = gst_pipeline_new (NULL);

    gst_bin_add (GST_BIN (whole), pipeline);
    pipeline = whole;
  }
  guard.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_message, &guard);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (guard.loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_main_loop_unref (guard.loop);
  return guard.status;
}
