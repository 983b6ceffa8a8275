/* Times one configuration: perbuffer [-t ROWS] BUFFERS, and X on the standard
 * input, for `fakesrc ! X ! fakesink`, that many rows of it at the same time; X
 * may be empty. Prints the nanoseconds per buffer, of the streaming thread's
 * processor time and by the clock. Exits with 3 if X cannot be created here.
 *
 * The measurement starts when the pipeline is prerolled: caps are negotiated
 * and the first buffer waits in the sink. */
#include <gst/gst.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#define MAX_ROWS 16
#define CANNOT_MAKE 3

typedef struct
{
  GMutex lock;
  guint rows;
  clockid_t clocks[MAX_ROWS];   /* of the streaming threads */
  guint64 processor;            /* nanoseconds of all rows, up to their ends */
  guint64 started[MAX_ROWS];
} Threads;

static guint64
read_clock (clockid_t clock)
{
  struct timespec ts;

  if (clock_gettime (clock, &ts) != 0)
    return 0;
  return (guint64) ts.tv_sec * GST_SECOND + (guint64) ts.tv_nsec;
}

/* In the streaming thread that posts the message. */
static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Threads *threads = user_data;
  GstStreamStatusType type;
  clockid_t clock;
  guint i;

  (void) bus;
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STREAM_STATUS)
    return GST_BUS_PASS;
  gst_message_parse_stream_status (message, &type, NULL);
  pthread_getcpuclockid (pthread_self (), &clock);
  g_mutex_lock (&threads->lock);
  if (type == GST_STREAM_STATUS_TYPE_ENTER && threads->rows < MAX_ROWS) {
    threads->clocks[threads->rows++] = clock;
  } else if (type == GST_STREAM_STATUS_TYPE_LEAVE) {
    for (i = 0; i < threads->rows; i++)
      if (threads->clocks[i] == clock)
        threads->processor += read_clock (clock) - threads->started[i];
  }
  g_mutex_unlock (&threads->lock);
  return GST_BUS_PASS;
}

static gchar *
read_all (FILE * file)
{
  GString *text = g_string_new (NULL);
  gchar chunk[4096];
  gsize length;

  while ((length = fread (chunk, 1, sizeof chunk, file)) > 0)
    g_string_append_len (text, chunk, (gssize) length);
  return g_strstrip (g_string_free (text, FALSE));
}

static GstElement *
make_pipeline (const gchar * middle, guint64 buffers, guint rows)
{
  GString *description = g_string_new (NULL);
  GError *error = NULL;
  GstElement *pipeline;
  guint i;

  for (i = 0; i < rows; i++)
    g_string_append_printf (description, "fakesrc num-buffers=%"
        G_GUINT64_FORMAT " sizetype=fixed sizemax=64 ! %s%s fakesink ",
        buffers, middle, *middle ? " !" : "");
  pipeline = gst_parse_launch_full (description->str, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_string_free (description, TRUE);
  if (error) {
    fprintf (stderr, "%s\n", error->message);
    exit (CANNOT_MAKE);
  }
  return pipeline;
}

static void
wait_for (GstElement * pipeline, GstMessageType type)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      type | GST_MESSAGE_ERROR);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error;

    gst_message_parse_error (message, &error, NULL);
    fprintf (stderr, "%s\n", error->message);
    exit (1);
  }
  gst_message_unref (message);
  gst_object_unref (bus);
}

int
main (int argc, char **argv)
{
  Threads threads = { 0 };
  GstElement *pipeline;
  GstBus *bus;
  guint64 buffers, start, end;
  gchar *middle;
  guint rows = 1, i;
  int option;

  while ((option = getopt (argc, argv, "t:")) == 't')
    rows = (guint) g_ascii_strtoull (optarg, NULL, 10);
  if (option != -1 || optind + 1 != argc || rows < 1 || rows > MAX_ROWS) {
    fprintf (stderr, "usage: perbuffer [-t ROWS] BUFFERS < X\n");
    return 2;
  }
  buffers = g_ascii_strtoull (argv[optind], NULL, 10);
  gst_init (NULL, NULL);
  middle = read_all (stdin);
  pipeline = make_pipeline (middle, buffers, rows);
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, on_message, &threads, NULL);

  /* The loading of GStreamer is not counted, which halves the time. */
  CALLGRIND_START_INSTRUMENTATION;
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  wait_for (pipeline, GST_MESSAGE_ASYNC_DONE);
  for (i = 0; i < threads.rows; i++)
    threads.started[i] = read_clock (threads.clocks[i]);
  start = read_clock (CLOCK_MONOTONIC);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for (pipeline, GST_MESSAGE_EOS);
  end = read_clock (CLOCK_MONOTONIC);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  printf ("%.3f %.3f\n", (double) threads.processor / (double) (buffers * rows),
      (double) (end - start) / (double) buffers);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_free (middle);
  return 0;
}
