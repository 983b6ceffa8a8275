/* Reads the messages of timepiecetick, timepiecewatch and the tracer in C.
 *
 * Header only: include it and link GStreamer. One structure and one function
 * per message:
 *
 *   TimepieceTickMessage tick;
 *   const gchar *missing;
 *
 *   if (timepiece_message_is (message, TIMEPIECE_TICK)) {
 *     if (timepiece_tick_message_parse (gst_message_get_structure (message),
 *             &tick, &missing))
 *       g_print ("%s: %.2f /s\n", tick.label, tick.average_rate);
 *     else
 *       g_printerr ("no field %s\n", missing);
 *   }
 *
 * Fields that this header does not know are ignored. A field that is missing,
 * or of another type, makes the function return FALSE and set missing, unless
 * that is NULL, to its name. Strings belong to the structure and exist as long
 * as it does. There is nothing to be freed. Durations and times are in
 * nanoseconds; a time is GST_CLOCK_TIME_NONE if it is unknown. The functions
 * may be called on any thread. They also read the structures of the elements'
 * stats. */
#ifndef TIMEPIECE_MESSAGES_H
#define TIMEPIECE_MESSAGES_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define TIMEPIECE_TICK "timepiece-tick"
#define TIMEPIECE_WATCH "timepiece-watch"
#define TIMEPIECE_ALARM "timepiece-alarm"
#define TIMEPIECE_STALL "timepiece-stall"
#define TIMEPIECE_RESUME "timepiece-resume"
#define TIMEPIECE_CLOUDWATCH "timepiece-cloudwatch"
/* Read by timepiece_cloudwatch_message_parse (), too. */
#define TIMEPIECE_OTLP "timepiece-otlp"
#define TIMEPIECE_PIPELINE "timepiece-pipeline"

/* The intervals between buffers, or the laps of a watch; all 0 if none. */
typedef struct {
  guint64 count;
  guint64 min;
  guint64 max;
  guint64 avg;
  guint64 sum;
  guint64 stddev;
  guint64 p50;
  guint64 p90;
  guint64 p99;
} TimepieceIntervals;

typedef struct {
  const gchar *label;
  GstClockTime timestamp;       /* of the last buffer */
  GstClockTime stream_time;
  GstClockTime running_time;
  guint64 duration;             /* of the window, pauses not counted */
  guint64 num_buffers;
  guint64 num_bytes;
  TimepieceIntervals intervals;
  gdouble average_rate;         /* per second */
  gdouble nominal_rate;         /* of the caps, 0 if unknown */
  gdouble bitrate;              /* bits per second */
  guint64 since_last_buffer;
  guint64 num_disconts;
  guint64 total_buffers;
  guint64 total_bytes;
  guint64 num_gaps;             /* these five are 0 where a message of an */
  guint64 num_headers;          /* older version does not have them */
  guint64 num_freezes;
  guint64 freeze_duration;
  guint64 num_jumps;
  const GValue *recent;         /* see timepiece_tick_message_recent () */
  guint num_recent;
} TimepieceTickMessage;

typedef struct {
  const gchar *label;
  const gchar *watch;           /* the full name */
  GstClockTime timestamp;
  GstClockTime stream_time;
  GstClockTime running_time;
  guint64 duration;
  TimepieceIntervals laps;
  guint64 self_time;
  gdouble share;                /* of the parent's sum */
  guint64 num_unmatched;
  guint64 num_merged;           /* 0 where the message does not have it */
  guint64 in_flight;            /* likewise */
  guint64 oldest_in_flight;     /* its age, likewise */
  const GValue *children;       /* see timepiece_watch_message_child () */
  guint num_children;
} TimepieceWatchMessage;

typedef struct {
  const gchar *label;
  const gchar *alarm;
  const gchar *kind;
  guint64 count;
  GstClockTime due;
  GstClockTime fired;
  GstClockTime running_time;
} TimepieceAlarmMessage;

typedef struct {
  const gchar *label;
  guint64 since_last_buffer;
  GstClockTime last_running_time;
  const gchar *reason;          /* "standstill", "trickle", "in-flight" */
} TimepieceStallMessage;

typedef struct {
  const gchar *label;
  guint64 stalled_for;
  const gchar *reason;          /* of the stall */
} TimepieceResumeMessage;

typedef struct {
  const gchar *label;
  guint64 sent;
  guint64 retried;
  guint64 dropped;
  guint64 spooled;
  guint64 throttled;            /* part of retried */
  guint64 uncertain;            /* part of sent: perhaps accepted twice */
  guint64 requests;
  gint64 oldest;                /* in the spool, since 1970; 0 if none */
  gint64 last_success;          /* since 1970; 0 if none */
  gint64 skew;                  /* of the service's time from ours */
  const gchar *last_error;      /* NULL if there was none */
} TimepieceCloudWatchMessage;

/* The tracer's report of a pipeline; see timepiece_pipeline_message_element ()
 * and the functions after it. */
typedef struct {
  const gchar *pipeline;
  GstClockTime timestamp;       /* of the pipeline's clock */
  GstClockTime running_time;
  guint64 duration;
  const GValue *elements;
  guint num_elements;
  const GValue *queues;
  guint num_queues;
  const GValue *threads;
  guint num_threads;
  const gchar *bottleneck;      /* the path; NULL: nothing is slow, or known */
  const gchar *reason;          /* a sentence */
  gdouble headroom;             /* times; 0 if unknown */
} TimepiecePipelineMessage;

typedef struct {
  const gchar *element;         /* the path */
  const gchar *factory;
  guint64 num_buffers;
  guint64 num_bytes;
  gdouble average_rate;
  guint64 work_time;            /* own, without waiting */
  guint64 p50_work;             /* for a buffer, as those that follow */
  guint64 p90_work;
  guint64 p99_work;
  guint64 max_work;
  gdouble load;                 /* working time per second */
  guint64 wait_time;
  const gchar *wait_reason;
  guint64 start_time;           /* GST_CLOCK_TIME_NONE but in the first */
} TimepiecePipelineElement;

typedef struct {
  const gchar *element;         /* the path */
  const gchar *pad;
  guint64 num_buffers;
  guint64 level_buffers;
  guint64 max_level_buffers;
  guint64 p50_dwell;
  guint64 p99_dwell;
  guint64 max_dwell;
  guint64 full_time;
  guint64 empty_time;
  guint64 num_dropped;
} TimepiecePipelineQueue;

typedef struct {
  const gchar *thread;
  guint64 cpu_time;
  guint64 run_queue_time;
  const GValue *elements;       /* an array of strings, the paths */
  guint num_elements;
} TimepiecePipelineThread;

/* Whether a message of the bus has that name. */
static inline gboolean
timepiece_message_is (GstMessage * message, const gchar * name)
{
  return GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && gst_message_has_name (message, name);
}

/* The readers of one field; each does nothing once a field was missing. */
static inline const GValue *
timepiece_field_ (const GstStructure * structure, const gchar * field,
    GType type, const gchar ** missing)
{
  const GValue *value;

  if (*missing)
    return NULL;
  value = gst_structure_get_value (structure, field);
  if (value && G_VALUE_HOLDS (value, type))
    return value;
  *missing = field;
  return NULL;
}

static inline guint64
timepiece_uint64_ (const GstStructure * structure, const gchar * field,
    const gchar ** missing)
{
  const GValue *value =
      timepiece_field_ (structure, field, G_TYPE_UINT64, missing);

  return value ? g_value_get_uint64 (value) : 0;
}

/* Of a field that messages of older versions do not have: 0 then. */
static inline guint64
timepiece_later_uint64_ (const GstStructure * structure, const gchar * field,
    const gchar ** missing)
{
  return gst_structure_has_field (structure, field) ?
      timepiece_uint64_ (structure, field, missing) : 0;
}

static inline gint64
timepiece_int64_ (const GstStructure * structure, const gchar * field,
    const gchar ** missing)
{
  const GValue *value =
      timepiece_field_ (structure, field, G_TYPE_INT64, missing);

  return value ? g_value_get_int64 (value) : 0;
}

static inline gdouble
timepiece_double_ (const GstStructure * structure, const gchar * field,
    const gchar ** missing)
{
  const GValue *value =
      timepiece_field_ (structure, field, G_TYPE_DOUBLE, missing);

  return value ? g_value_get_double (value) : 0;
}

static inline const gchar *
timepiece_optional_string_ (const GstStructure * structure,
    const gchar * field, const gchar ** missing)
{
  const GValue *value =
      timepiece_field_ (structure, field, G_TYPE_STRING, missing);

  return value ? g_value_get_string (value) : NULL;
}

static inline const gchar *
timepiece_string_ (const GstStructure * structure, const gchar * field,
    const gchar ** missing)
{
  const gchar *string = timepiece_optional_string_ (structure, field, missing);

  if (!string && !*missing)
    *missing = field;
  return string;
}

static inline const GValue *
timepiece_array_ (const GstStructure * structure, const gchar * field,
    guint * size, const gchar ** missing)
{
  const GValue *value =
      timepiece_field_ (structure, field, GST_TYPE_ARRAY, missing);

  *size = value ? gst_value_array_get_size (value) : 0;
  return value;
}

/* The structure of that index in one of the arrays of a message; NULL beyond
 * its end. */
static inline const GstStructure *
timepiece_row_ (const GValue * array, guint index)
{
  const GValue *value;

  if (!array || index >= gst_value_array_get_size (array))
    return NULL;
  value = gst_value_array_get_value (array, index);
  return value && GST_VALUE_HOLDS_STRUCTURE (value)
      ? gst_value_get_structure (value) : NULL;
}

static inline TimepieceIntervals
timepiece_intervals_ (const GstStructure * structure, const gchar ** missing)
{
  TimepieceIntervals intervals;

  intervals.count = timepiece_uint64_ (structure, "num-intervals", missing);
  intervals.min = timepiece_uint64_ (structure, "min-interval", missing);
  intervals.max = timepiece_uint64_ (structure, "max-interval", missing);
  intervals.avg = timepiece_uint64_ (structure, "avg-interval", missing);
  intervals.sum = timepiece_uint64_ (structure, "sum-interval", missing);
  intervals.stddev = timepiece_uint64_ (structure, "stddev-interval", missing);
  intervals.p50 = timepiece_uint64_ (structure, "p50-interval", missing);
  intervals.p90 = timepiece_uint64_ (structure, "p90-interval", missing);
  intervals.p99 = timepiece_uint64_ (structure, "p99-interval", missing);
  return intervals;
}

static inline gboolean
timepiece_done_ (const gchar * found, const gchar ** missing)
{
  if (missing)
    *missing = found;
  return found == NULL;
}

static inline gboolean
timepiece_tick_message_parse (const GstStructure * structure,
    TimepieceTickMessage * tick, const gchar ** missing)
{
  const gchar *lost = NULL;

  tick->label = timepiece_string_ (structure, "label", &lost);
  tick->timestamp = timepiece_uint64_ (structure, "timestamp", &lost);
  tick->stream_time = timepiece_uint64_ (structure, "stream-time", &lost);
  tick->running_time = timepiece_uint64_ (structure, "running-time", &lost);
  tick->duration = timepiece_uint64_ (structure, "duration", &lost);
  tick->num_buffers = timepiece_uint64_ (structure, "num-buffers", &lost);
  tick->num_bytes = timepiece_uint64_ (structure, "num-bytes", &lost);
  tick->intervals = timepiece_intervals_ (structure, &lost);
  tick->average_rate = timepiece_double_ (structure, "average-rate", &lost);
  tick->nominal_rate = timepiece_double_ (structure, "nominal-rate", &lost);
  tick->bitrate = timepiece_double_ (structure, "bitrate", &lost);
  tick->since_last_buffer =
      timepiece_uint64_ (structure, "since-last-buffer", &lost);
  tick->num_disconts = timepiece_uint64_ (structure, "num-disconts", &lost);
  tick->total_buffers = timepiece_uint64_ (structure, "total-buffers", &lost);
  tick->total_bytes = timepiece_uint64_ (structure, "total-bytes", &lost);
  tick->num_gaps = timepiece_later_uint64_ (structure, "num-gaps", &lost);
  tick->num_headers =
      timepiece_later_uint64_ (structure, "num-headers", &lost);
  tick->num_freezes =
      timepiece_later_uint64_ (structure, "num-freezes", &lost);
  tick->freeze_duration =
      timepiece_later_uint64_ (structure, "freeze-duration", &lost);
  tick->num_jumps = timepiece_later_uint64_ (structure, "num-jumps", &lost);
  tick->recent =
      timepiece_array_ (structure, "intervals", &tick->num_recent, &lost);
  return timepiece_done_ (lost, missing);
}

/* The recent interval of that index, from the oldest, 0, up to num_recent;
 * GST_CLOCK_TIME_NONE beyond. */
static inline guint64
timepiece_tick_message_recent (const TimepieceTickMessage * tick, guint index)
{
  const GValue *value;

  if (!tick->recent || index >= tick->num_recent)
    return GST_CLOCK_TIME_NONE;
  value = gst_value_array_get_value (tick->recent, index);
  return value && G_VALUE_HOLDS_UINT64 (value)
      ? g_value_get_uint64 (value) : GST_CLOCK_TIME_NONE;
}

static inline gboolean
timepiece_watch_message_parse (const GstStructure * structure,
    TimepieceWatchMessage * watch, const gchar ** missing)
{
  const gchar *lost = NULL;

  watch->label = timepiece_string_ (structure, "label", &lost);
  watch->watch = timepiece_string_ (structure, "watch", &lost);
  watch->timestamp = timepiece_uint64_ (structure, "timestamp", &lost);
  watch->stream_time = timepiece_uint64_ (structure, "stream-time", &lost);
  watch->running_time = timepiece_uint64_ (structure, "running-time", &lost);
  watch->duration = timepiece_uint64_ (structure, "duration", &lost);
  watch->laps = timepiece_intervals_ (structure, &lost);
  watch->self_time = timepiece_uint64_ (structure, "self-time", &lost);
  watch->share = timepiece_double_ (structure, "share", &lost);
  watch->num_unmatched = timepiece_uint64_ (structure, "num-unmatched", &lost);
  watch->num_merged =
      timepiece_later_uint64_ (structure, "num-merged", &lost);
  watch->in_flight = timepiece_later_uint64_ (structure, "in-flight", &lost);
  watch->oldest_in_flight =
      timepiece_later_uint64_ (structure, "oldest-in-flight", &lost);
  watch->children =
      timepiece_array_ (structure, "children", &watch->num_children, &lost);
  return timepiece_done_ (lost, missing);
}

/* The structure of the child of that index, to be parsed in its turn; NULL
 * beyond num_children. */
static inline const GstStructure *
timepiece_watch_message_child (const TimepieceWatchMessage * watch,
    guint index)
{
  return timepiece_row_ (watch->children, index);
}

static inline gboolean
timepiece_alarm_message_parse (const GstStructure * structure,
    TimepieceAlarmMessage * alarm, const gchar ** missing)
{
  const gchar *lost = NULL;

  alarm->label = timepiece_string_ (structure, "label", &lost);
  alarm->alarm = timepiece_string_ (structure, "alarm", &lost);
  alarm->kind = timepiece_string_ (structure, "kind", &lost);
  alarm->count = timepiece_uint64_ (structure, "count", &lost);
  alarm->due = timepiece_uint64_ (structure, "due", &lost);
  alarm->fired = timepiece_uint64_ (structure, "fired", &lost);
  alarm->running_time = timepiece_uint64_ (structure, "running-time", &lost);
  return timepiece_done_ (lost, missing);
}

static inline gboolean
timepiece_stall_message_parse (const GstStructure * structure,
    TimepieceStallMessage * stall, const gchar ** missing)
{
  const gchar *lost = NULL;

  stall->label = timepiece_string_ (structure, "label", &lost);
  stall->since_last_buffer =
      timepiece_uint64_ (structure, "since-last-buffer", &lost);
  stall->last_running_time =
      timepiece_uint64_ (structure, "last-running-time", &lost);
  stall->reason = timepiece_string_ (structure, "reason", &lost);
  return timepiece_done_ (lost, missing);
}

static inline gboolean
timepiece_resume_message_parse (const GstStructure * structure,
    TimepieceResumeMessage * resume, const gchar ** missing)
{
  const gchar *lost = NULL;

  resume->label = timepiece_string_ (structure, "label", &lost);
  resume->stalled_for = timepiece_uint64_ (structure, "stalled-for", &lost);
  resume->reason = timepiece_string_ (structure, "reason", &lost);
  return timepiece_done_ (lost, missing);
}

static inline gboolean
timepiece_cloudwatch_message_parse (const GstStructure * structure,
    TimepieceCloudWatchMessage * status, const gchar ** missing)
{
  const gchar *lost = NULL;

  status->label = timepiece_string_ (structure, "label", &lost);
  status->sent = timepiece_uint64_ (structure, "sent", &lost);
  status->retried = timepiece_uint64_ (structure, "retried", &lost);
  status->dropped = timepiece_uint64_ (structure, "dropped", &lost);
  status->spooled = timepiece_uint64_ (structure, "spooled", &lost);
  status->throttled = timepiece_uint64_ (structure, "throttled", &lost);
  status->uncertain = timepiece_uint64_ (structure, "uncertain", &lost);
  status->requests = timepiece_uint64_ (structure, "requests", &lost);
  status->oldest = timepiece_int64_ (structure, "oldest", &lost);
  status->last_success = timepiece_int64_ (structure, "last-success", &lost);
  status->skew = timepiece_int64_ (structure, "skew", &lost);
  status->last_error =
      timepiece_optional_string_ (structure, "last-error", &lost);
  return timepiece_done_ (lost, missing);
}

static inline gboolean
timepiece_pipeline_message_parse (const GstStructure * structure,
    TimepiecePipelineMessage * pipeline, const gchar ** missing)
{
  const gchar *lost = NULL;
  const GValue *value;

  pipeline->pipeline = timepiece_string_ (structure, "pipeline", &lost);
  pipeline->timestamp = timepiece_uint64_ (structure, "timestamp", &lost);
  pipeline->running_time = timepiece_uint64_ (structure, "running-time", &lost);
  pipeline->duration = timepiece_uint64_ (structure, "duration", &lost);
  pipeline->elements = timepiece_array_ (structure, "elements",
      &pipeline->num_elements, &lost);
  pipeline->queues = timepiece_array_ (structure, "queues",
      &pipeline->num_queues, &lost);
  pipeline->threads = timepiece_array_ (structure, "threads",
      &pipeline->num_threads, &lost);
  pipeline->bottleneck = NULL;
  pipeline->reason = NULL;
  pipeline->headroom = 0;
  value = timepiece_field_ (structure, "bottleneck", GST_TYPE_STRUCTURE, &lost);
  if (value && gst_value_get_structure (value)) {
    const GstStructure *verdict = gst_value_get_structure (value);

    pipeline->bottleneck = gst_structure_get_string (verdict, "element");
    pipeline->reason = timepiece_string_ (verdict, "reason", &lost);
    gst_structure_get_double (verdict, "headroom", &pipeline->headroom);
  }
  return timepiece_done_ (lost, missing);
}

/* Reads the element of that index, up to num_elements. */
static inline gboolean
timepiece_pipeline_message_element (const TimepiecePipelineMessage * pipeline,
    guint index, TimepiecePipelineElement * element, const gchar ** missing)
{
  const GstStructure *row = timepiece_row_ (pipeline->elements, index);
  const gchar *lost = row ? NULL : "elements";

  if (!row)
    return timepiece_done_ (lost, missing);
  element->element = timepiece_string_ (row, "element", &lost);
  element->factory = timepiece_string_ (row, "factory", &lost);
  element->num_buffers = timepiece_uint64_ (row, "num-buffers", &lost);
  element->num_bytes = timepiece_uint64_ (row, "num-bytes", &lost);
  element->average_rate = timepiece_double_ (row, "average-rate", &lost);
  element->work_time = timepiece_uint64_ (row, "work-time", &lost);
  element->p50_work = timepiece_uint64_ (row, "p50-work", &lost);
  element->p90_work = timepiece_uint64_ (row, "p90-work", &lost);
  element->p99_work = timepiece_uint64_ (row, "p99-work", &lost);
  element->max_work = timepiece_uint64_ (row, "max-work", &lost);
  element->load = timepiece_double_ (row, "load", &lost);
  element->wait_time = timepiece_uint64_ (row, "wait-time", &lost);
  element->wait_reason = timepiece_string_ (row, "wait-reason", &lost);
  element->start_time = GST_CLOCK_TIME_NONE;
  gst_structure_get_uint64 (row, "start-time", &element->start_time);
  return timepiece_done_ (lost, missing);
}

/* Reads the queue of that index, up to num_queues. */
static inline gboolean
timepiece_pipeline_message_queue (const TimepiecePipelineMessage * pipeline,
    guint index, TimepiecePipelineQueue * queue, const gchar ** missing)
{
  const GstStructure *row = timepiece_row_ (pipeline->queues, index);
  const gchar *lost = row ? NULL : "queues";

  if (!row)
    return timepiece_done_ (lost, missing);
  queue->element = timepiece_string_ (row, "element", &lost);
  queue->pad = timepiece_string_ (row, "pad", &lost);
  queue->num_buffers = timepiece_uint64_ (row, "num-buffers", &lost);
  queue->level_buffers = timepiece_uint64_ (row, "level-buffers", &lost);
  queue->max_level_buffers =
      timepiece_uint64_ (row, "max-level-buffers", &lost);
  queue->p50_dwell = timepiece_uint64_ (row, "p50-dwell", &lost);
  queue->p99_dwell = timepiece_uint64_ (row, "p99-dwell", &lost);
  queue->max_dwell = timepiece_uint64_ (row, "max-dwell", &lost);
  queue->full_time = timepiece_uint64_ (row, "full-time", &lost);
  queue->empty_time = timepiece_uint64_ (row, "empty-time", &lost);
  queue->num_dropped = timepiece_uint64_ (row, "num-dropped", &lost);
  return timepiece_done_ (lost, missing);
}

/* Reads the thread of that index, up to num_threads. */
static inline gboolean
timepiece_pipeline_message_thread (const TimepiecePipelineMessage * pipeline,
    guint index, TimepiecePipelineThread * thread, const gchar ** missing)
{
  const GstStructure *row = timepiece_row_ (pipeline->threads, index);
  const gchar *lost = row ? NULL : "threads";

  if (!row)
    return timepiece_done_ (lost, missing);
  thread->thread = timepiece_string_ (row, "thread", &lost);
  thread->cpu_time = timepiece_uint64_ (row, "cpu-time", &lost);
  thread->run_queue_time = timepiece_uint64_ (row, "run-queue-time", &lost);
  thread->elements =
      timepiece_array_ (row, "elements", &thread->num_elements, &lost);
  return timepiece_done_ (lost, missing);
}

/* How many data were dropped for that reason, such as "too-old". */
static inline guint64
timepiece_cloudwatch_message_dropped (const GstStructure * structure,
    const gchar * reason)
{
  gchar *field = g_strconcat ("dropped-", reason, NULL);
  guint64 count = 0;

  gst_structure_get_uint64 (structure, field, &count);
  g_free (field);
  return count;
}

G_END_DECLS

#endif
