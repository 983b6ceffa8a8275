/* What libFuzzer calls with texts: the readers of messages in
 * timepiece-messages.h. A structure of any fields and types is read whole, or
 * refused with the name of the field. */
#include <timepiece-messages.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

/* Deeper than any pipeline, and shallower than the stack. */
#define MAX_DEPTH 64

/* Read or refused, and never both. */
static void
check (const GstStructure * structure, gboolean taken, const gchar * missing)
{
  g_assert_true (taken == (missing == NULL));
  /* what is refused lacks the field, or has it in another type, or empty */
  g_assert_true (taken || *missing != '\0');
  if (taken)
    g_assert_true (gst_structure_has_field_typed (structure, "label",
            G_TYPE_STRING));
}

static void
read_tick (const GstStructure * structure)
{
  TimepieceTickMessage tick;
  const gchar *missing;
  gboolean taken = timepiece_tick_message_parse (structure, &tick, &missing);

  check (structure, taken, missing);
  if (!taken)
    return;
  g_assert_nonnull (tick.label);
  for (guint i = 0; i < tick.num_recent; i++)
    timepiece_tick_message_recent (&tick, i);
  g_assert_true (timepiece_tick_message_recent (&tick, tick.num_recent) ==
      GST_CLOCK_TIME_NONE);
}

static void
read_watch (const GstStructure * structure, guint depth)
{
  TimepieceWatchMessage watch;
  const gchar *missing;
  gboolean taken = timepiece_watch_message_parse (structure, &watch, &missing);

  check (structure, taken, missing);
  if (!taken || depth == MAX_DEPTH)
    return;
  g_assert_true (watch.label && watch.watch);
  for (guint i = 0; i < watch.num_children; i++) {
    const GstStructure *child = timepiece_watch_message_child (&watch, i);

    if (child)
      read_watch (child, depth + 1);
  }
  g_assert_null (timepiece_watch_message_child (&watch, watch.num_children));
}

static void
read_others (const GstStructure * structure)
{
  TimepieceAlarmMessage alarm;
  TimepieceStallMessage stall;
  TimepieceResumeMessage resume;
  TimepieceCloudWatchMessage status;
  const gchar *missing;

  check (structure, timepiece_alarm_message_parse (structure, &alarm,
          &missing), missing);
  g_assert_true (missing || (alarm.label && alarm.alarm && alarm.kind));
  check (structure, timepiece_stall_message_parse (structure, &stall,
          &missing), missing);
  check (structure, timepiece_resume_message_parse (structure, &resume,
          &missing), missing);
  check (structure, timepiece_cloudwatch_message_parse (structure, &status,
          &missing), missing);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  gchar *text = g_strndup ((const gchar *) data, size);
  GstStructure *structure;
  GstMessage *message;

  /* GStreamer finds fault with itself over some texts; what the readers call
   * has to be beyond that. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  structure = gst_structure_from_string (text, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_free (text);
  if (!structure)
    return 0;
  read_tick (structure);
  read_watch (structure, 0);
  read_others (structure);
  message = gst_message_new_element (NULL, structure);
  timepiece_message_is (message, TIMEPIECE_TICK);
  gst_message_unref (message);
  return 0;
}
