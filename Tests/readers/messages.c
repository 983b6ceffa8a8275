/* Reads each message with the C header, with all its fields and without each. */
#include <timepiece-messages.h>

#define TIMES "timestamp=(guint64)5, stream-time=(guint64)4, running-time=(guint64)3, duration=(guint64)1000"
#define INTERVALS "num-intervals=(guint64)29, min-interval=(guint64)1, max-interval=(guint64)9, " \
    "avg-interval=(guint64)5, sum-interval=(guint64)145, stddev-interval=(guint64)2, " \
    "p50-interval=(guint64)5, p90-interval=(guint64)8, p99-interval=(guint64)9"
#define TICK "timepiece-tick, label=(string)cam, " TIMES ", num-buffers=(guint64)30, num-bytes=(guint64)300, " INTERVALS \
    ", average-rate=(double)29.5, nominal-rate=(double)30, bitrate=(double)2400, since-last-buffer=(guint64)7, " \
    "num-disconts=(guint64)1, total-buffers=(guint64)90, total-bytes=(guint64)900, intervals=(guint64)<4,6>"
#define WATCH "timepiece-watch, label=(string)w, watch=(string)root, " TIMES ", " INTERVALS \
    ", self-time=(guint64)12, share=(double)0.5, num-unmatched=(guint64)2"
/* Additional fields of messages of this version. */
#define LATER_TICK TICK ", num-gaps=(guint64)11, num-headers=(guint64)12, num-freezes=(guint64)13, " \
    "freeze-duration=(guint64)14, num-jumps=(guint64)15"
#define LATER_WATCH WATCH ", num-merged=(guint64)16, in-flight=(guint64)17, oldest-in-flight=(guint64)18"
#define ALARM "timepiece-alarm, label=(string)cam, alarm=(string)beat, kind=(string)interval, count=(guint64)2, " \
    "due=(guint64)10, fired=(guint64)11, running-time=(guint64)9"
#define STALL "timepiece-stall, label=(string)cam, since-last-buffer=(guint64)5, last-running-time=(guint64)4, reason=(string)trickle"
#define RESUME "timepiece-resume, label=(string)cam, stalled-for=(guint64)6, reason=(string)trickle"
#define CLOUDWATCH TIMEPIECE_CLOUDWATCH PUBLISHING
#define OTLP TIMEPIECE_OTLP PUBLISHING
#define PUBLISHING ", label=(string)cam, sent=(guint64)1, retried=(guint64)2, " \
    "dropped=(guint64)3, spooled=(guint64)4, last-error=(string)NULL, throttled=(guint64)1, uncertain=(guint64)0, " \
    "requests=(guint64)9, oldest=(gint64)0, last-success=(gint64)1700000000000000000, skew=(gint64)-5"

#define ELEMENT "element, element=(string)dec/enc, factory=(string)x264enc, num-buffers=(guint64)30, " \
    "num-bytes=(guint64)300, average-rate=(double)30, work-time=(guint64)900, p50-work=(guint64)29, " \
    "p90-work=(guint64)30, p99-work=(guint64)31, max-work=(guint64)32, load=(double)0.9, wait-time=(guint64)7, " \
    "wait-reason=(string)clock"
#define QUEUE "queue, element=(string)queue0, pad=(string)sink, num-buffers=(guint64)30, level-buffers=(guint64)2, " \
    "max-level-buffers=(guint64)3, p50-dwell=(guint64)1, p99-dwell=(guint64)2, max-dwell=(guint64)3, " \
    "full-time=(guint64)800, empty-time=(guint64)0, num-dropped=(guint64)4"
#define THREAD "thread, thread=(string)queue0:src, cpu-time=(guint64)11, run-queue-time=(guint64)12, " \
    "elements=(string)<dec/enc>"
#define PIPELINE "timepiece-pipeline, pipeline=(string)pipeline0, timestamp=(guint64)5, running-time=(guint64)4, " \
    "duration=(guint64)1000"

static gint passed, failed;

static void
check (gboolean right, const gchar * what)
{
  if (right) {
    passed++;
  } else {
    failed++;
    g_printerr ("readers: not so: %s\n", what);
  }
}

static GstStructure *
structure_of (const gchar * text)
{
  GstStructure *structure = gst_structure_from_string (text, NULL);

  if (!structure)
    g_error ("no structure: %s", text);
  return structure;
}

/* All parsers with one signature. */
typedef gboolean (*Parse) (const GstStructure *, const gchar **);

#define PARSER(name, Type) \
static gboolean \
parse_##name (const GstStructure * structure, const gchar ** missing) \
{ \
  Type parsed; \
  return timepiece_##name##_message_parse (structure, &parsed, missing); \
}

/* *INDENT-OFF* */
PARSER (tick, TimepieceTickMessage)
PARSER (watch, TimepieceWatchMessage)
PARSER (alarm, TimepieceAlarmMessage)
PARSER (stall, TimepieceStallMessage)
PARSER (resume, TimepieceResumeMessage)
PARSER (cloudwatch, TimepieceCloudWatchMessage)
PARSER (pipeline, TimepiecePipelineMessage)
/* *INDENT-ON* */

static void
check_each_field (Parse parse, const GstStructure * whole)
{
  const gchar *missing = "?";
  gint i, n = gst_structure_n_fields (whole);

  check (parse (whole, &missing) && missing == NULL,
      gst_structure_get_name (whole));
  check (parse (whole, NULL), "without a place for the missing field");
  for (i = 0; i < n; i++) {
    const gchar *field = gst_structure_nth_field_name (whole, i);
    GstStructure *less = gst_structure_copy (whole);

    gst_structure_remove_field (less, field);
    check (!parse (less, &missing) && g_strcmp0 (missing, field) == 0, field);
    gst_structure_set (less, field, G_TYPE_BOOLEAN, TRUE, NULL);
    check (!parse (less, &missing) && g_strcmp0 (missing, field) == 0, field);
    gst_structure_free (less);
  }
}

/* A watch with that many levels below it. */
static GstStructure *
watch_tree (gint levels)
{
  GstStructure *watch = structure_of (WATCH);
  GValue children = G_VALUE_INIT, child = G_VALUE_INIT;

  g_value_init (&children, GST_TYPE_ARRAY);
  if (levels) {
    g_value_init (&child, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&child, watch_tree (levels - 1));
    gst_value_array_append_and_take_value (&children, &child);
  }
  gst_structure_take_value (watch, "children", &children);
  return watch;
}

/* Appends a field that is an array of one structure. */
static void
set_row (GstStructure * structure, const gchar * field, const gchar * text)
{
  GValue rows = G_VALUE_INIT, row = G_VALUE_INIT;

  g_value_init (&rows, GST_TYPE_ARRAY);
  g_value_init (&row, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&row, structure_of (text));
  gst_value_array_append_and_take_value (&rows, &row);
  gst_structure_take_value (structure, field, &rows);
}

static void
check_pipeline (void)
{
  GstStructure *structure = structure_of (PIPELINE);
  GstStructure *verdict = structure_of ("bottleneck, reason=(string)calm");
  TimepiecePipelineMessage pipeline;
  TimepiecePipelineElement element;
  TimepiecePipelineQueue queue;
  TimepiecePipelineThread thread;
  const gchar *missing;

  set_row (structure, "elements", ELEMENT);
  set_row (structure, "queues", QUEUE);
  set_row (structure, "threads", THREAD);
  gst_structure_set (structure, "bottleneck", GST_TYPE_STRUCTURE, verdict,
      NULL);
  check_each_field (parse_pipeline, structure);
  check (timepiece_pipeline_message_parse (structure, &pipeline, NULL)
      && !pipeline.bottleneck && pipeline.headroom == 0
      && g_str_equal (pipeline.reason, "calm"), "nothing is slow");
  check (timepiece_pipeline_message_element (&pipeline, 0, &element, NULL)
      && g_str_equal (element.element, "dec/enc") && element.load == 0.9
      && element.start_time == GST_CLOCK_TIME_NONE, "an element");
  check (timepiece_pipeline_message_queue (&pipeline, 0, &queue, NULL)
      && queue.num_dropped == 4 && queue.full_time == 800, "a queue");
  check (timepiece_pipeline_message_thread (&pipeline, 0, &thread, NULL)
      && thread.cpu_time == 11 && thread.num_elements == 1, "a thread");
  check (!timepiece_pipeline_message_element (&pipeline, 1, &element,
          &missing) && g_str_equal (missing, "elements"), "beyond them");
  gst_structure_set (verdict, "element", G_TYPE_STRING, "dec/enc",
      "headroom", G_TYPE_DOUBLE, 1.5, NULL);
  gst_structure_set (structure, "bottleneck", GST_TYPE_STRUCTURE, verdict,
      NULL);
  check (timepiece_pipeline_message_parse (structure, &pipeline, NULL)
      && g_str_equal (pipeline.bottleneck, "dec/enc")
      && pipeline.headroom == 1.5, "a bottleneck");
  gst_structure_free (verdict);
  gst_structure_free (structure);
}

/* The fields are read, are 0 where they are missing, and are refused with
 * another type. */
static void
check_later_fields (void)
{
  GstStructure *structure = structure_of (TICK);
  TimepieceTickMessage tick;
  TimepieceWatchMessage watch;
  const gchar *missing;

  check (timepiece_tick_message_parse (structure, &tick, NULL)
      && tick.num_gaps == 0 && tick.num_headers == 0 && tick.num_freezes == 0
      && tick.freeze_duration == 0 && tick.num_jumps == 0, "an earlier tick");
  gst_structure_free (structure);
  structure = structure_of (LATER_TICK);
  check (timepiece_tick_message_parse (structure, &tick, NULL)
      && tick.num_gaps == 11 && tick.num_headers == 12
      && tick.num_freezes == 13 && tick.freeze_duration == 14
      && tick.num_jumps == 15, "a tick of now");
  gst_structure_set (structure, "num-jumps", G_TYPE_STRING, "many", NULL);
  check (!timepiece_tick_message_parse (structure, &tick, &missing)
      && g_strcmp0 (missing, "num-jumps") == 0, "jumps of another type");
  gst_structure_free (structure);

  structure = watch_tree (0);
  check (timepiece_watch_message_parse (structure, &watch, NULL)
      && watch.num_merged == 0 && watch.in_flight == 0
      && watch.oldest_in_flight == 0, "an earlier watch");
  gst_structure_free (structure);
  structure = structure_of (LATER_WATCH);
  set_row (structure, "children", WATCH);
  check (timepiece_watch_message_parse (structure, &watch, NULL)
      && watch.num_merged == 16 && watch.in_flight == 17
      && watch.oldest_in_flight == 18, "a watch of now");
  gst_structure_set (structure, "in-flight", G_TYPE_STRING, "many", NULL);
  check (!timepiece_watch_message_parse (structure, &watch, &missing)
      && g_strcmp0 (missing, "in-flight") == 0, "in flight of another type");
  gst_structure_free (structure);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *text;
    Parse parse;
  } flat[] = {
    {TICK, parse_tick}, {ALARM, parse_alarm}, {STALL, parse_stall},
    {RESUME, parse_resume}, {CLOUDWATCH, parse_cloudwatch},
    {OTLP, parse_cloudwatch}
  };
  GstStructure *structure;
  TimepieceTickMessage tick;
  TimepieceWatchMessage watch, below;
  TimepieceCloudWatchMessage status;
  GstMessage *message;
  gsize i;

  gst_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (flat); i++) {
    structure = structure_of (flat[i].text);
    check_each_field (flat[i].parse, structure);
    gst_structure_free (structure);
  }

  structure = structure_of (TICK);
  gst_structure_set (structure, "from-the-future", G_TYPE_INT, 1, NULL);
  check (timepiece_tick_message_parse (structure, &tick, NULL),
      "a field from the future is ignored");
  check (g_str_equal (tick.label, "cam") && tick.intervals.p99 == 9
      && tick.average_rate == 29.5 && tick.num_recent == 2, "values of a tick");
  check (timepiece_tick_message_recent (&tick, 1) == 6, "recent intervals");
  check (timepiece_tick_message_recent (&tick, 2) == GST_CLOCK_TIME_NONE,
      "beyond the recent intervals");
  message = gst_message_new_element (NULL, structure);
  check (timepiece_message_is (message, TIMEPIECE_TICK)
      && !timepiece_message_is (message, TIMEPIECE_STALL), "message is");
  gst_message_unref (message);

  structure = watch_tree (2);
  check_each_field (parse_watch, structure);
  check (timepiece_watch_message_parse (structure, &watch, NULL)
      && watch.num_children == 1, "a watch with a child");
  check (timepiece_watch_message_parse (timepiece_watch_message_child (&watch,
              0), &below, NULL) && below.share == 0.5, "a child");
  check (timepiece_watch_message_child (&watch, 1) == NULL, "beyond them");
  gst_structure_free (structure);

  check_pipeline ();
  check_later_fields ();

  structure = structure_of (CLOUDWATCH);
  check (timepiece_cloudwatch_message_parse (structure, &status, NULL)
      && status.last_error == NULL && status.spooled == 4
      && status.skew == -5, "no error");
  gst_structure_set (structure, "dropped-too-old", G_TYPE_UINT64,
      G_GUINT64_CONSTANT (3), NULL);
  check (timepiece_cloudwatch_message_dropped (structure, "too-old") == 3
      && timepiece_cloudwatch_message_dropped (structure, "refused") == 0,
      "the reasons");
  gst_structure_free (structure);
  g_print ("readers in C: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
