/* Runs fifty elements in mixed pipelines for a time, with alarms, CloudWatch,
 * seeks and stalls at random, and two hundred watches on an unread bus:
 *
 *   soak MINUTES ENDPOINT [SEED]
 *
 * After a fifth of the time, memory, threads and descriptors must not grow any
 * more, and at the end the counters must add up. Two further pipelines run
 * undisturbed, one with five elements and one without any: a push must take
 * about as long in both. */
#include <dirent.h>
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../abuse/dice.h"
#include "../abuse/mailbox.h"
#include "pushes.h"

#define PIPELINES 10
#define POINTS 5
/* The most that the allocator may keep in addition, in KiB. */
#define MAX_GROWTH 4096
#define STEP (20 * GST_MSECOND)
/* Behind a tee, each with four watches. */
#define BRANCHES 50
/* How often the statistics are printed in between. */
#define FIGURES 10

typedef struct
{
  GstElement *pipeline;
  GstElement *points[POINTS];
  gboolean is_seekable;
  gint seen[POINTS];            /* buffers, by the soak's own probe */
  guint64 told[POINTS];         /* buffers, by the messages */
} Line;

typedef struct
{
  long memory;                  /* KiB */
  guint threads;
  guint descriptors;
} Usage;

static const gchar *const sources[] = {
  "videotestsrc is-live=true ! video/x-raw,width=32,height=32,framerate=50/1",
  "audiotestsrc is-live=true samplesperbuffer=160 ! audio/x-raw,rate=8000",
  "videotestsrc ! video/x-raw,width=16,height=16 ! identity sleep-time=5000",
  "fakesrc sizetype=2 sizemax=64 format=time ! identity sleep-time=3000",
  "audiotestsrc samplesperbuffer=400 ! audio/x-raw,rate=8000 ! identity "
      "sleep-time=4000",
};

static Dice dice;

/* A pipeline with these elements between source and sink, or with none. */
static GstElement *
build_undisturbed (PushesKind kind, const gchar * endpoint)
{
  GString *text = g_string_new ("fakesrc sizetype=2 sizemax=64 format=time "
      "! identity name=source sleep-time=1000");
  GstElement *pipeline, *source;
  GstPad *pad;

  for (guint i = 0; kind == PUSHES_MEASURED && i < POINTS; i++)
    g_string_append_printf (text, " ! timepiecetick interval=%u000000 "
        "stall-timeout=200000000 cloudwatch-namespace=Soak "
        "cloudwatch-interval=1000000000 region=eu-west-1 access-key=AKIDEXAMPLE "
        "secret-access-key=secret endpoint-uri=%s alarms=\"interval,name=beat,"
        "every=100ms; ordinal,name=thousandth,each=1000\"", 50 + 10 * i,
        endpoint);
  g_string_append (text, " ! fakesink");
  pipeline = gst_parse_launch (text->str, NULL);
  if (!pipeline)
    g_error ("this cannot be built: %s", text->str);
  g_string_free (text, TRUE);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  pad = gst_element_get_static_pad (source, "src");
  pushes_follow (kind, pad);
  gst_object_unref (pad);
  gst_object_unref (source);
  mailbox_add (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

/* Two hundred watches, nested and across threads, on an unread bus: within two
 * seconds the limit of messages is reached, and the windows of all watches stay
 * open and fill before memory is compared. */
static GstElement *
build_unread (void)
{
  GString *text = g_string_new ("fakesrc sizetype=2 sizemax=64 format=time "
      "! identity sleep-time=5000 ! timepiecetick interval=100000000 "
      "max-unread-messages=20 alarms=\"interval,name=beat,every=100ms\" "
      "! tee name=t");
  GstElement *pipeline;

  for (guint i = 0; i < BRANCHES; i++) {
    const gchar *settings = i % 2 == 0 ?
        "max-unread-messages=20 interval=100000000" :
        "max-unread-messages=20 interval=70000000";

    if (i % 5 == 0)
      g_string_append_printf (text, " t. ! timepiecewatch watch=w%u edge=start "
          "! timepiecewatch %s ! queue ! timepiecewatch %s ! timepiecewatch "
          "watch=w%u edge=stop stall-timeout=200000000 %s ! fakesink "
          "async=false", i, settings, settings, i, settings);
    else
      g_string_append_printf (text, " t. ! timepiecewatch %s ! timepiecewatch "
          "%s ! timepiecewatch %s ! timepiecewatch %s ! fakesink async=false",
          settings, settings, settings, settings);
  }
  pipeline = gst_parse_launch (text->str, NULL);
  if (!pipeline)
    g_error ("this cannot be built: %s", text->str);
  g_string_free (text, TRUE);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

static guint
entries (const gchar * path)
{
  DIR *directory = opendir (path);
  guint count = 0;

  while (directory && readdir (directory))
    count++;
  if (directory)
    closedir (directory);
  return count;
}

static Usage
usage (void)
{
  FILE *statm = fopen ("/proc/self/statm", "r");
  Usage usage = { 0 };

  if (statm && fscanf (statm, "%*s %ld", &usage.memory) != 1)
    usage.memory = 0;
  if (statm)
    fclose (statm);
  usage.memory *= sysconf (_SC_PAGESIZE) / 1024;
  usage.threads = entries ("/proc/self/task");
  usage.descriptors = entries ("/proc/self/fd");
  return usage;
}

static GstPadProbeReturn
count (GstPad * pad, GstPadProbeInfo * info, gpointer seen)
{
  (void) pad;
  g_atomic_int_add ((gint *) seen, GST_PAD_PROBE_INFO_TYPE (info) &
      GST_PAD_PROBE_TYPE_BUFFER ? 1 :
      (gint) gst_buffer_list_length (GST_PAD_PROBE_INFO_BUFFER_LIST (info)));
  return GST_PAD_PROBE_OK;
}

static void
build (Line * line, guint number, const gchar * endpoint)
{
  GString *text = g_string_new (sources[number % G_N_ELEMENTS (sources)]);

  for (guint i = 0; i < POINTS; i++) {
    g_string_append_printf (text, " ! timepiecetick name=p%u label=line%u-%u "
        "interval=%u000000 stall-timeout=200000000 "
        "alarms=\"interval,name=beat,every=100ms; ordinal,name=tenth,each=10\"",
        i, number, i, 50 + 10 * i);
    if (i == 0)
      g_string_append_printf (text, " cloudwatch-namespace=Soak "
          "cloudwatch-interval=1000000000 region=eu-west-1 "
          "access-key=AKIDEXAMPLE secret-access-key=secret endpoint-uri=%s",
          endpoint);
    if (i == 2)
      g_string_append (text, " ! queue");
  }
  g_string_append (text, " ! fakesink");
  line->pipeline = gst_parse_launch (text->str, NULL);
  if (!line->pipeline)
    g_error ("this cannot be built: %s", text->str);
  g_string_free (text, TRUE);
  line->is_seekable = number % G_N_ELEMENTS (sources) != 3;
  for (guint i = 0; i < POINTS; i++) {
    gchar *name = g_strdup_printf ("p%u", i);
    GstPad *pad;

    line->points[i] = gst_bin_get_by_name (GST_BIN (line->pipeline), name);
    pad = gst_element_get_static_pad (line->points[i], "sink");
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
        GST_PAD_PROBE_TYPE_BUFFER_LIST, count, &line->seen[i], NULL);
    gst_object_unref (pad);
    g_free (name);
  }
  mailbox_add (line->pipeline);
  gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
}

/* Whether a warning is expected with a CloudWatch that misbehaves. */
static gboolean
is_expected (GstMessage * message)
{
  GError *error;
  gboolean expected;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_WARNING)
    return FALSE;
  gst_message_parse_warning (message, &error, NULL);
  expected = g_str_has_prefix (error->message,
      "Metrics cannot be sent to CloudWatch.");
  g_error_free (error);
  return expected;
}

/* Adds up the fields of the messages; an error or another warning ends the
 * run. */
static void
listen (Line * line)
{
  GstMessage *message;

  while ((message = mailbox_pop (line->pipeline, 0))) {
    if (GST_MESSAGE_TYPE (message) & (GST_MESSAGE_ERROR | GST_MESSAGE_WARNING)
        && !is_expected (message))
      g_error ("%s said %" G_GUINT64_FORMAT, GST_MESSAGE_SRC_NAME (message),
          (guint64) GST_MESSAGE_TYPE (message));
    if (gst_message_has_name (message, "timepiece-tick"))
      for (guint i = 0; i < POINTS; i++)
        if (GST_MESSAGE_SRC (message) == GST_OBJECT (line->points[i])) {
          guint64 buffers = 0;

          gst_structure_get_uint64 (gst_message_get_structure (message),
              "num-buffers", &buffers);
          line->told[i] += buffers;
        }
    gst_message_unref (message);
  }
}

/* Causes a stall, a seek, or nothing. */
static void
disturb (Line * line)
{
  switch (dice_roll (&dice, 12)) {
    case 0:
      gst_element_set_state (line->pipeline, GST_STATE_PAUSED);
      gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
      break;
    case 1:
      if (line->is_seekable)
        gst_element_seek_simple (line->pipeline, GST_FORMAT_TIME,
            GST_SEEK_FLAG_FLUSH, GST_MSECOND * dice_roll (&dice, 1000));
      break;
    case 2:
      g_object_set (line->points[dice_roll (&dice, POINTS)], "interval",
          (guint64) (20 + dice_roll (&dice, 100)) * GST_MSECOND, NULL);
      break;
    default:
      break;
  }
}

static void
add_up (Line * lines)
{
  guint64 seen = 0;

  for (guint i = 0; i < PIPELINES; i++) {
    gst_element_set_state (lines[i].pipeline, GST_STATE_NULL);
    listen (&lines[i]);
    for (guint j = 0; j < POINTS; j++) {
      if (lines[i].told[j] != (guint64) lines[i].seen[j])
        g_error ("line%u-%u saw %d buffers and reported %" G_GUINT64_FORMAT, i,
            j, lines[i].seen[j], lines[i].told[j]);
      seen += lines[i].told[j];
      gst_object_unref (lines[i].points[j]);
    }
    gst_object_unref (lines[i].pipeline);
  }
  printf ("soak: %" G_GUINT64_FORMAT
      " buffers seen and reported by %d elements\n", seen, PIPELINES * POINTS);
}

int
main (int argc, char **argv)
{
  static Line lines[PIPELINES];
  GstElement *undisturbed[PUSHES_NUM], *unread;
  gint64 begin, now, span;
  /* Threads and connections that a restart doubles for a moment end; what leaks
   * stays, so the least of the first and of the last fifth are compared. */
  Usage before = { 0, G_MAXUINT, G_MAXUINT }, after = before;
  guint told = 0;

  gst_init (&argc, &argv);
  if (argc < 3) {
    fprintf (stderr, "soak MINUTES ENDPOINT [SEED]\n");
    return 2;
  }
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  span = (gint64) (g_ascii_strtod (argv[1], NULL) * 60 * G_USEC_PER_SEC);
  dice.state = argc > 3 ? g_ascii_strtoull (argv[3], NULL, 10) :
      (guint64) g_get_real_time ();
  printf ("soak: %s minutes, seed %" G_GUINT64_FORMAT "\n", argv[1],
      dice.state);
  fflush (stdout);
  for (guint i = 0; i < PIPELINES; i++)
    build (&lines[i], i, argv[2]);
  for (guint i = 0; i < PUSHES_NUM; i++)
    undisturbed[i] = build_undisturbed (i, argv[2]);
  unread = build_unread ();
  begin = g_get_monotonic_time ();
  do {
    Usage current;

    g_usleep (STEP / 1000);
    for (guint i = 0; i < PIPELINES; i++)
      listen (&lines[i]);
    for (guint i = 0; i < PUSHES_NUM; i++)
      mailbox_empty (undisturbed[i]);
    disturb (&lines[dice_roll (&dice, PIPELINES)]);
    now = g_get_monotonic_time () - begin;
    current = usage ();
    if (now >= span / FIGURES * (told + 1)) {
      told++;
      printf ("soak: after %.1f minutes %ld KiB, %u threads, %u descriptors\n",
          (gdouble) now / 60 / G_USEC_PER_SEC, current.memory, current.threads,
          current.descriptors);
      fflush (stdout);
    }
    if (now < span / 5) {
      before.memory = MAX (before.memory, current.memory);
      before.threads = MIN (before.threads, current.threads);
      before.descriptors = MIN (before.descriptors, current.descriptors);
    } else {
      after.memory = MAX (after.memory, current.memory);
    }
    if (now >= span / 5 * 4) {
      after.threads = MIN (after.threads, current.threads);
      after.descriptors = MIN (after.descriptors, current.descriptors);
    }
  } while (now < span);
  printf ("soak: memory at most %ld KiB, then %ld; threads at least %u, then "
      "%u; descriptors %u, then %u\n", before.memory, after.memory,
      before.threads, after.threads, before.descriptors, after.descriptors);
  add_up (lines);
  gst_element_set_state (unread, GST_STATE_NULL);
  gst_object_unref (unread);
  for (guint i = 0; i < PUSHES_NUM; i++) {
    gst_element_set_state (undisturbed[i], GST_STATE_NULL);
    mailbox_empty (undisturbed[i]);
    gst_object_unref (undisturbed[i]);
  }
  if (!pushes_compare (POINTS)) {
    fprintf (stderr, "soak: the pushes are slower than they may be\n");
    return 1;
  }
  /* A thread of a pool, and a new connection, may be added. */
  if (after.memory > before.memory + MAX_GROWTH
      || after.threads > before.threads + 3
      || after.descriptors > before.descriptors + 4) {
    fprintf (stderr, "soak: something grows\n");
    return 1;
  }
  printf ("soak: %s minutes, nothing grows, 0 failed\n", argv[1]);
  return 0;
}
