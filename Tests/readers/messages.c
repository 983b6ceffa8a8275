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
#define ALARM "timepiece-alarm, label=(string)cam, alarm=(string)beat, kind=(string)interval, count=(guint64)2, " \
    "due=(guint64)10, fired=(guint64)11, running-time=(guint64)9"
#define STALL "timepiece-stall, label=(string)cam, since-last-buffer=(guint64)5, last-running-time=(guint64)4, reason=(string)trickle"
#define RESUME "timepiece-resume, label=(string)cam, stalled-for=(guint64)6, reason=(string)trickle"
#define CLOUDWATCH "timepiece-cloudwatch, label=(string)cam, sent=(guint64)1, retried=(guint64)2, " \
    "dropped=(guint64)3, spooled=(guint64)4, last-error=(string)NULL, throttled=(guint64)1, uncertain=(guint64)0, " \
    "requests=(guint64)9, oldest=(gint64)0, last-success=(gint64)1700000000000000000, skew=(gint64)-5"

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

/* Each parser behind one signature. */
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
/* *INDENT-ON* */

static void
check_each_field (Parse parse, const GstStructure * whole)
{
  const gchar *missing = "?";
  gint i, n = gst_structure_n_fields (whole);

  check (parse (whole, &missing) && missing == NULL,
      gst_structure_get_name (whole));
  check (parse (whole, NULL), "nobody asks what is missing");
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

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *text;
    Parse parse;
  } flat[] = {
    {TICK, parse_tick}, {ALARM, parse_alarm}, {STALL, parse_stall},
    {RESUME, parse_resume}, {CLOUDWATCH, parse_cloudwatch}
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
