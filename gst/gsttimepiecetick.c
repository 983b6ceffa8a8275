/**
 * SECTION:element-timepiecetick
 * @title: timepiecetick
 * @short_description: measures the buffers that pass a point of the pipeline
 *
 * Passes every buffer, list, event and query through untouched and measures
 * when buffers come: rate, shortest, longest and mean interval, percentiles,
 * bitrate. The statistics of each window of #GstTimepieceElement:interval are
 * posted as an element message, by the clock, so that a stream that stands
 * still is reported too. At EOS the last, partial window is posted first. The
 * property #GstTimepieceElement:stats shows the open window at any time.
 *
 * A buffer list counts as one tick, and each of its buffers is counted. A
 * pause, a flush, a seek, a new segment or a new stream does not make an
 * interval.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -m videotestsrc is-live=true num-buffers=90 ! timepiecetick ! fakesink
 * ]|
 * prints a `timepiece-tick` message each second.
 *
 * ## Messages
 * The structure `timepiece-tick` has these fields, durations in nanoseconds:
 *
 * * #gchararray `label`: the property #GstTimepieceElement:label
 * * #guint64 `timestamp`: the time stamp (PTS, or DTS if there is none) of the
 *   last buffer, #GST_CLOCK_TIME_NONE if unknown
 * * #guint64 `stream-time`: the same in stream time
 * * #guint64 `running-time`: the same in running time
 * * #guint64 `duration`: how long the window was open, pauses not counted
 * * #guint64 `num-buffers`: the buffers that passed in the window
 * * #guint64 `num-bytes`: their bytes
 * * #guint64 `num-intervals`: the intervals that ended in the window
 * * #guint64 `min-interval`: the shortest
 * * #guint64 `max-interval`: the longest
 * * #guint64 `avg-interval`: the arithmetic mean
 * * #guint64 `sum-interval`: all together
 * * #guint64 `stddev-interval`: the standard deviation
 * * #guint64 `p50-interval`: the median, at most 0.55 % off
 * * #guint64 `p90-interval`: 90 % of the intervals are not longer
 * * #guint64 `p99-interval`: 99 % of the intervals are not longer
 * * #gdouble `average-rate`: ticks per second, num-intervals / sum-interval
 * * #gdouble `nominal-rate`: the framerate of the caps, 0 if unknown
 * * #gdouble `bitrate`: bits per second over the window's duration
 * * #guint64 `since-last-buffer`: how long ago the last buffer came, or since
 *   the element plays if none came yet; pauses not counted
 * * #guint64 `num-disconts`: buffers flagged #GST_BUFFER_FLAG_DISCONT
 * * #guint64 `total-buffers`: the buffers since the element was started
 * * #guint64 `total-bytes`: their bytes
 * * #GST_TYPE_ARRAY of #guint64 `intervals`: the last
 *   #GstTimepieceTick:max-intervals intervals of the window, oldest first
 *
 * The property #GstTimepieceElement:stats has the same fields under the name
 * `application/x-timepiece-tick-stats`.
 *
 * The structure `timepiece-stall` is posted when no buffer came for
 * #GstTimepieceTick:stall-timeout, or a window had fewer than
 * #GstTimepieceTick:min-rate buffers a second, and again at each report while
 * that lasts; `timepiece-resume` when it is over:
 *
 * * #gchararray `label`
 * * #guint64 `since-last-buffer` (stall): how long it has lasted
 * * #guint64 `last-running-time` (stall): the running time of the last buffer
 * * #guint64 `stalled-for` (resume): how long it lasted
 * * #gchararray `reason`: `standstill` or `trickle`
 *
 * ## Alarms
 * The property #GstTimepieceTick:alarms is a list of structures that the
 * buffers drive: the first buffer at or after the due time fires an alarm.
 *
 * * `interval,every=5s`: at the first buffer and then on its grid; slots that no
 *   buffer met are not made up
 * * `ordinal,each=10`: at each 10th buffer or list
 * * `at,time=2026-11-22T12:00:00Z`: once, at a time of day; local without zone
 * * `after,after=1m30s`: once, so long after the first buffer
 *
 * More fields: `name` (unique), `clock` (`monotonic`, or `running-time` of the
 * media; interval and after only), `count` (ends a repeating one), `action`
 * (`message`, `force-key-unit`, which asks the encoders on both sides for a key
 * frame, or `eos`, which ends the stream before that buffer).
 *
 * Every firing is posted as `timepiece-alarm`:
 *
 * * #gchararray `label`
 * * #gchararray `alarm`: its name
 * * #gchararray `kind`
 * * #guint64 `count`: the how manyeth firing
 * * #guint64 `due`: when it was due, on its clock
 * * #guint64 `fired`: when it fired, on the same clock
 * * #guint64 `running-time`: of the buffer that fired it
 *
 * |[
 * gst-launch-1.0 videotestsrc ! timepiecetick alarms="after,after=3s,clock=running-time,action=eos" ! x264enc ! mp4mux ! filesink location=three-seconds.mp4
 * ]|
 * writes a file of three seconds.
 *
 * Since: 0.1
 */
#include "gsttimepiecetick.h"

#include <gst/video/video.h>

#include "gsttimepiecealarmlist.h"

GST_DEBUG_CATEGORY_STATIC (gst_timepiece_tick_debug);
#define GST_CAT_DEFAULT gst_timepiece_tick_debug

#define DEFAULT_MAX_INTERVALS 10
#define LARGEST_MAX_INTERVALS 65536

/* Below this, looking for stalls would be the load. */
#define MIN_STALL_TIMEOUT GST_MSECOND

enum
{
  PROP_0,
  PROP_MAX_INTERVALS,
  PROP_STALL_TIMEOUT,
  PROP_STALL_ON_START,
  PROP_MIN_RATE,
  PROP_ALARMS
};

enum
{
  SIGNAL_ALARM,
  SIGNAL_ADD_ALARM,
  SIGNAL_REMOVE_ALARM,
  NUM_SIGNALS
};

static guint signals[NUM_SIGNALS];

struct _GstTimepieceTick
{
  GstTimepieceElement parent;

  /* constant from init to finalize */
  GstPad *srcpad;

  /* Set before the pads are active and cleared after, so that the streaming
   * thread reads it without a lock. Others take a reference under
   * OBJECT_LOCK. */
  TimepieceTick *tick;

  /* properties, protected by OBJECT_LOCK */
  guint max_intervals;
  guint64 stall_timeout;
  gboolean stall_on_start;
  gdouble min_rate;

  /* has a lock of its own */
  GstTimepieceAlarmList alarms;

  /* the stream was ended by an alarm; written by the streaming thread and
   * while no buffer flows, read by the streaming thread */
  gboolean ended;
};

G_DEFINE_TYPE_WITH_CODE (GstTimepieceTick, gst_timepiece_tick,
    GST_TYPE_TIMEPIECE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (gst_timepiece_tick_debug, "timepiecetick", 0,
        "measures the buffers that pass"));
GST_ELEMENT_REGISTER_DEFINE (timepiecetick, "timepiecetick", GST_RANK_NONE,
    GST_TYPE_TIMEPIECE_TICK);

static inline GstClockTime
position_of (GstBuffer * buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) :
      GST_BUFFER_DTS (buffer);
}

typedef struct
{
  GstTimepieceTick *self;
  GstTimepieceTimes times;
  gboolean eos;
} Fire;

static void
force_key_unit (GstTimepieceTick * self, const GstTimepieceTimes * times,
    guint count)
{
  GstPad *sinkpad = gst_timepiece_element_get_sink_pad (&self->parent);

  gst_pad_push_event (self->srcpad,
      gst_video_event_new_downstream_force_key_unit (times->timestamp,
          times->stream_time, times->running_time, TRUE, count));
  /* What is upstream has encoded this buffer already: the next frame then. */
  gst_pad_push_event (sinkpad,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE,
          count));
}

/* On the streaming thread. */
static void
fired (const TimepieceFiring * firing, void *user_data)
{
  Fire *fire = user_data;
  GstTimepieceElement *element = &fire->self->parent;
  gchar *label = gst_timepiece_element_dup_label (element);
  GstStructure *structure = gst_structure_new ("timepiece-alarm",
      "label", G_TYPE_STRING, label,
      "alarm", G_TYPE_STRING, firing->name,
      "kind", G_TYPE_STRING, firing->kind,
      "count", G_TYPE_UINT64, firing->count,
      "due", G_TYPE_UINT64, firing->due,
      "fired", G_TYPE_UINT64, firing->fired,
      "running-time", G_TYPE_UINT64, fire->times.running_time, NULL);

  g_free (label);
  if (g_signal_has_handler_pending (element, signals[SIGNAL_ALARM], 0, FALSE))
    g_signal_emit (element, signals[SIGNAL_ALARM], 0, structure);
  gst_timepiece_element_post (element, structure);
  if (firing->action == GST_TIMEPIECE_ACTION_FORCE_KEY_UNIT)
    force_key_unit (fire->self, &fire->times, (guint) firing->count);
  else if (firing->action == GST_TIMEPIECE_ACTION_EOS)
    fire->eos = TRUE;
}

/* Returns FALSE if the stream ends here. */
static gboolean
fire_alarms (GstTimepieceTick * self, guint64 now, GstClockTime position)
{
  Fire fire = {.self = self };

  gst_timepiece_element_get_times (&self->parent, position, &fire.times);
  timepiece_tick_fire (self->tick, now, fire.times.running_time, fired, &fire);
  if (!fire.eos)
    return TRUE;
  GST_INFO_OBJECT (self, "an alarm ends the stream");
  self->ended = TRUE;
  timepiece_tick_end (self->tick, gst_timepiece_now ());
  gst_pad_push_event (self->srcpad, gst_event_new_eos ());
  return FALSE;
}

/* Returns FALSE if the stream ends here. */
static inline gboolean
count (GstTimepieceTick * self, guint64 num_buffers, guint64 num_bytes,
    gboolean discont, GstClockTime position)
{
  guint64 now = gst_timepiece_now ();
  gboolean due = timepiece_tick_buffers (self->tick, now, num_buffers,
      num_bytes, discont, position);

  if (G_UNLIKELY (g_atomic_int_get (&self->alarms.by_running_time))) {
    GstClockTime running_time =
        gst_timepiece_element_running_time (&self->parent, position);

    if (GST_CLOCK_TIME_IS_VALID (running_time))
      due |= timepiece_tick_media (self->tick, running_time);
  }
  return G_LIKELY (!due) || fire_alarms (self, now, position);
}

static inline gboolean
count_buffer (GstTimepieceTick * self, GstBuffer * buffer)
{
  if (G_UNLIKELY (!self->tick))
    return TRUE;
  if (G_UNLIKELY (self->ended))
    return FALSE;
  return count (self, 1, gst_buffer_get_size (buffer),
      GST_BUFFER_IS_DISCONT (buffer), position_of (buffer));
}

static GstFlowReturn
gst_timepiece_tick_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;

  (void) pad;
  if (G_UNLIKELY (!count_buffer (self, buffer))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_EOS;
  }
  return gst_pad_push (self->srcpad, buffer);
}

static gboolean
count_list (GstTimepieceTick * self, GstBufferList * list)
{
  guint length = gst_buffer_list_length (list);
  GstBuffer *first, *last;

  if (G_UNLIKELY (!self->tick || length == 0))
    return TRUE;
  if (G_UNLIKELY (self->ended))
    return FALSE;
  first = gst_buffer_list_get (list, 0);
  last = gst_buffer_list_get (list, length - 1);
  return count (self, length, gst_buffer_list_calculate_size (list),
      GST_BUFFER_IS_DISCONT (first), position_of (last));
}

static GstFlowReturn
gst_timepiece_tick_chain_list (GstPad * pad, GstObject * parent,
    GstBufferList * list)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;

  (void) pad;
  if (G_UNLIKELY (!count_list (self, list))) {
    gst_buffer_list_unref (list);
    return GST_FLOW_EOS;
  }
  return gst_pad_push_list (self->srcpad, list);
}

static GstFlowReturn
gst_timepiece_tick_get_range (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;
  GstBuffer *given = *buffer;
  GstFlowReturn ret;

  (void) pad;
  ret = gst_pad_pull_range (gst_timepiece_element_get_sink_pad
      (&self->parent), offset, length, buffer);
  if (G_UNLIKELY (ret != GST_FLOW_OK) || G_LIKELY (count_buffer (self,
              *buffer)))
    return ret;
  /* A buffer that the caller gave to be filled stays the caller's. */
  if (!given) {
    gst_buffer_unref (*buffer);
    *buffer = NULL;
  }
  return GST_FLOW_EOS;
}

static gboolean
gst_timepiece_tick_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_STREAM_START:
      self->ended = FALSE;
      break;
    case GST_EVENT_EOS:
      /* An alarm's went before it. */
      if (self->ended) {
        gst_event_unref (event);
        return TRUE;
      }
      break;
    default:
      break;
  }
  return gst_timepiece_element_sink_event (pad, parent, event);
}

static void
set_array (GstStructure * structure, const gchar * field,
    const guint64 * values, gsize length)
{
  GValue array = G_VALUE_INIT, item = G_VALUE_INIT;
  gsize i;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&item, G_TYPE_UINT64);
  for (i = 0; i < length; i++) {
    g_value_set_uint64 (&item, values[i]);
    gst_value_array_append_value (&array, &item);
  }
  g_value_unset (&item);
  gst_structure_take_value (structure, field, &array);
}

static GstStructure *
structure_from_window (GstTimepieceTick * self, const gchar * name,
    const TimepieceTickWindow * window)
{
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);
  const TimepieceStatistics *intervals = &window->intervals;
  GstTimepieceTimes times;
  GstStructure *structure;
  gchar *label = gst_timepiece_element_dup_label (element);

  gst_timepiece_element_get_times (element, window->last_position, &times);
  structure = gst_structure_new (name,
      "label", G_TYPE_STRING, label,
      "timestamp", G_TYPE_UINT64, times.timestamp,
      "stream-time", G_TYPE_UINT64, times.stream_time,
      "running-time", G_TYPE_UINT64, times.running_time,
      "duration", G_TYPE_UINT64, window->duration,
      "num-buffers", G_TYPE_UINT64, window->num_buffers,
      "num-bytes", G_TYPE_UINT64, window->num_bytes,
      "num-intervals", G_TYPE_UINT64, intervals->count,
      "min-interval", G_TYPE_UINT64, intervals->min,
      "max-interval", G_TYPE_UINT64, intervals->max,
      "avg-interval", G_TYPE_UINT64, intervals->mean,
      "sum-interval", G_TYPE_UINT64, intervals->sum,
      "stddev-interval", G_TYPE_UINT64, intervals->stddev,
      "p50-interval", G_TYPE_UINT64, intervals->p50,
      "p90-interval", G_TYPE_UINT64, intervals->p90,
      "p99-interval", G_TYPE_UINT64, intervals->p99,
      "average-rate", G_TYPE_DOUBLE, intervals->rate,
      "nominal-rate", G_TYPE_DOUBLE,
      gst_timepiece_element_get_nominal_rate (element),
      "bitrate", G_TYPE_DOUBLE, window->bitrate,
      "since-last-buffer", G_TYPE_UINT64, window->since_last_buffer,
      "num-disconts", G_TYPE_UINT64, window->num_disconts,
      "total-buffers", G_TYPE_UINT64, window->total_buffers,
      "total-bytes", G_TYPE_UINT64, window->total_bytes, NULL);
  set_array (structure, "intervals", window->recent, window->num_recent);
  g_free (label);
  return structure;
}

/* On the reports' thread, or in end () and stop () below. */
static void
report (const TimepieceTickWindow * window, void *user_data)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (user_data);
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);

  if (window->num_backwards > 0)
    GST_WARNING_OBJECT (self, "the clock ran backwards %" G_GUINT64_FORMAT
        " times", window->num_backwards);
  if (gst_timepiece_element_posts (element))
    gst_timepiece_element_post (element,
        structure_from_window (self, "timepiece-tick", window));
}

/* On the reports' thread. */
static void
report_stall (const TimepieceStall * stall, void *user_data)
{
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (user_data);
  gchar *label = gst_timepiece_element_dup_label (element);
  GstTimepieceTimes times;
  GstStructure *structure;

  gst_timepiece_element_get_times (element, stall->last_position, &times);
  if (stall->resumed)
    structure = gst_structure_new ("timepiece-resume",
        "label", G_TYPE_STRING, label,
        "stalled-for", G_TYPE_UINT64, stall->duration,
        "reason", G_TYPE_STRING, stall->reason, NULL);
  else
    structure = gst_structure_new ("timepiece-stall",
        "label", G_TYPE_STRING, label,
        "since-last-buffer", G_TYPE_UINT64, stall->duration,
        "last-running-time", G_TYPE_UINT64, times.running_time,
        "reason", G_TYPE_STRING, stall->reason, NULL);
  g_free (label);
  gst_timepiece_element_post (element, structure);
}

static TimepieceTickSettings
get_settings (GstTimepieceTick * self)
{
  TimepieceTickSettings settings;

  settings.interval = gst_timepiece_element_get_interval (&self->parent);
  GST_OBJECT_LOCK (self);
  settings.stall_timeout = self->stall_timeout;
  settings.stall_on_start = self->stall_on_start;
  settings.min_rate = self->min_rate;
  GST_OBJECT_UNLOCK (self);
  return settings;
}

static gchar *
stall_problem (guint64 timeout)
{
  if (timeout == 0 || timeout >= MIN_STALL_TIMEOUT)
    return NULL;
  return g_strdup_printf ("The property stall-timeout is %" G_GUINT64_FORMAT
      " ns; allowed are 0, for off, and 1000000 (1 ms) or more.", timeout);
}

static gboolean
gst_timepiece_tick_start (GstTimepieceElement * element, gchar ** problem)
{
  static const TimepieceTickEvents events = {
    .window = report,
    .stall = report_stall
  };
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  TimepieceTickSettings settings = get_settings (self);
  TimepieceTick *tick;
  guint max_intervals;

  if ((*problem = stall_problem (settings.stall_timeout)))
    return FALSE;
  GST_OBJECT_LOCK (self);
  max_intervals = self->max_intervals;
  GST_OBJECT_UNLOCK (self);
  tick = timepiece_tick_new (&settings, max_intervals, &events, self);
  if (!tick) {
    *problem = g_strdup_printf ("The property max-intervals is %u; allowed are "
        "1 to %u.", max_intervals, LARGEST_MAX_INTERVALS);
    return FALSE;
  }
  if (!gst_timepiece_alarm_list_arm (&self->alarms, tick, problem)) {
    timepiece_tick_unref (tick);
    return FALSE;
  }
  GST_DEBUG_OBJECT (self, "interval %" GST_TIME_FORMAT ", max-intervals %u",
      GST_TIME_ARGS (settings.interval), max_intervals);
  self->ended = FALSE;
  GST_OBJECT_LOCK (self);
  self->tick = tick;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
gst_timepiece_tick_stop (GstTimepieceElement * element)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  TimepieceTick *tick = self->tick;

  gst_timepiece_alarm_list_disarm (&self->alarms);
  timepiece_tick_stop (tick, gst_timepiece_now ());
  GST_OBJECT_LOCK (self);
  self->tick = NULL;
  GST_OBJECT_UNLOCK (self);
  timepiece_tick_unref (tick);
}

static void
gst_timepiece_tick_play (GstTimepieceElement * element)
{
  if (!timepiece_tick_play (GST_TIMEPIECE_TICK (element)->tick,
          gst_timepiece_now ()))
    gst_timepiece_element_warn_no_thread (element);
}

static void
gst_timepiece_tick_pause (GstTimepieceElement * element)
{
  timepiece_tick_pause (GST_TIMEPIECE_TICK (element)->tick,
      gst_timepiece_now ());
}

static void
gst_timepiece_tick_end (GstTimepieceElement * element)
{
  timepiece_tick_end (GST_TIMEPIECE_TICK (element)->tick,
      gst_timepiece_now ());
}

static void
gst_timepiece_tick_begin (GstTimepieceElement * element)
{
  if (!timepiece_tick_begin (GST_TIMEPIECE_TICK (element)->tick,
          gst_timepiece_now ()))
    gst_timepiece_element_warn_no_thread (element);
}

static void
gst_timepiece_tick_interrupt (GstTimepieceElement * element)
{
  timepiece_tick_interrupt (GST_TIMEPIECE_TICK (element)->tick);
}

static void
gst_timepiece_tick_forget_position (GstTimepieceElement * element)
{
  timepiece_tick_forget_position (GST_TIMEPIECE_TICK (element)->tick);
}

static GstClockTime
gst_timepiece_tick_last_position (GstTimepieceElement * element)
{
  return timepiece_tick_last_position (GST_TIMEPIECE_TICK (element)->tick);
}

/* Returns: (nullable) (transfer full): for threads that may race with stop. */
static TimepieceTick *
ref_tick (GstTimepieceTick * self)
{
  TimepieceTick *tick;

  GST_OBJECT_LOCK (self);
  tick = self->tick ? timepiece_tick_ref (self->tick) : NULL;
  GST_OBJECT_UNLOCK (self);
  return tick;
}

static void
gst_timepiece_tick_apply (GstTimepieceElement * element)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  TimepieceTickSettings settings = get_settings (self);
  TimepieceTick *tick = ref_tick (self);

  if (!tick)
    return;
  if (!timepiece_tick_set (tick, &settings, gst_timepiece_now ()))
    gst_timepiece_element_warn_no_thread (element);
  timepiece_tick_unref (tick);
}

typedef struct
{
  GstTimepieceTick *self;
  GstStructure *structure;
} Stats;

static void
show (const TimepieceTickWindow * window, void *user_data)
{
  Stats *stats = user_data;

  stats->structure = structure_from_window (stats->self,
      "application/x-timepiece-tick-stats", window);
}

static GstStructure *
gst_timepiece_tick_stats (GstTimepieceElement * element)
{
  Stats stats = { GST_TIMEPIECE_TICK (element), NULL };
  TimepieceTick *tick = ref_tick (stats.self);

  if (tick) {
    timepiece_tick_read (tick, gst_timepiece_now (), show, &stats);
    timepiece_tick_unref (tick);
  } else {
    TimepieceTickWindow nothing = {.last_position = TIMEPIECE_NONE };

    show (&nothing, &stats);
  }
  return stats.structure;
}

static void
set_alarms (GstTimepieceTick * self, const gchar * text)
{
  gchar *problem = NULL;

  if (gst_timepiece_alarm_list_set (&self->alarms, text, &problem))
    return;
  GST_WARNING_OBJECT (self, "%s The former alarms hold.", problem);
  g_free (problem);
}

static gboolean
gst_timepiece_tick_add_alarm (GstTimepieceTick * self, const gchar * text)
{
  gchar *problem = NULL;

  if (gst_timepiece_alarm_list_add (&self->alarms, text, &problem))
    return TRUE;
  GST_WARNING_OBJECT (self, "%s", problem);
  g_free (problem);
  return FALSE;
}

static gboolean
gst_timepiece_tick_remove_alarm (GstTimepieceTick * self, const gchar * name)
{
  return gst_timepiece_alarm_list_remove (&self->alarms, name);
}

static void
set_stall_timeout (GstTimepieceTick * self, guint64 timeout)
{
  TimepieceTick *tick = ref_tick (self);
  gchar *problem = tick ? stall_problem (timeout) : NULL;

  if (tick)
    timepiece_tick_unref (tick);
  if (problem) {
    gst_timepiece_element_warn_settings (&self->parent, problem,
        "The former stall-timeout holds.");
    g_free (problem);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->stall_timeout = timeout;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_timepiece_tick_set_property (GObject * object, guint prop_id,
    const GValue * value, GParamSpec * pspec)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (object);

  switch (prop_id) {
    case PROP_MAX_INTERVALS:
      GST_OBJECT_LOCK (self);
      self->max_intervals = g_value_get_uint (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_STALL_TIMEOUT:
      set_stall_timeout (self, g_value_get_uint64 (value));
      gst_timepiece_tick_apply (&self->parent);
      break;
    case PROP_STALL_ON_START:
      GST_OBJECT_LOCK (self);
      self->stall_on_start = g_value_get_boolean (value);
      GST_OBJECT_UNLOCK (self);
      gst_timepiece_tick_apply (&self->parent);
      break;
    case PROP_MIN_RATE:
      GST_OBJECT_LOCK (self);
      self->min_rate = g_value_get_double (value);
      GST_OBJECT_UNLOCK (self);
      gst_timepiece_tick_apply (&self->parent);
      break;
    case PROP_ALARMS:
      set_alarms (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_timepiece_tick_get_property (GObject * object, guint prop_id,
    GValue * value, GParamSpec * pspec)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (object);
  TimepieceTickSettings settings = get_settings (self);

  switch (prop_id) {
    case PROP_MAX_INTERVALS:
      GST_OBJECT_LOCK (self);
      g_value_set_uint (value, self->max_intervals);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_STALL_TIMEOUT:
      g_value_set_uint64 (value, settings.stall_timeout);
      break;
    case PROP_STALL_ON_START:
      g_value_set_boolean (value, settings.stall_on_start);
      break;
    case PROP_MIN_RATE:
      g_value_set_double (value, settings.min_rate);
      break;
    case PROP_ALARMS:
      g_value_take_string (value,
          gst_timepiece_alarm_list_to_string (&self->alarms));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_timepiece_tick_finalize (GObject * object)
{
  gst_timepiece_alarm_list_clear (&GST_TIMEPIECE_TICK (object)->alarms);
  G_OBJECT_CLASS (gst_timepiece_tick_parent_class)->finalize (object);
}

static void
install_alarms (GstTimepieceTickClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  /**
   * GstTimepieceTick:alarms:
   *
   * What buffers are to fire; see the description of the element. A change
   * while playing re-arms only what changed. A list that makes no sense is
   * warned about, and the former alarms hold.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_ALARMS,
      g_param_spec_string ("alarms", "Alarms",
          "Schedules that buffers drive, such as \"interval,name=beat,every=5s; "
          "ordinal,each=10; after,after=1m,action=eos\"", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstTimepieceTick::alarm:
   * @self: the element
   * @alarm: the structure of the message `timepiece-alarm`
   *
   * An alarm fired. Emitted on the streaming thread, before the buffer goes on.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ALARM] =
      g_signal_new ("alarm", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1,
      GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * GstTimepieceTick::add-alarm:
   * @self: the element
   * @alarm: one entry, or several, as in the property alarms
   *
   * Adds alarms to those there are.
   *
   * Returns: FALSE if an entry makes no sense or its name is taken
   *
   * Since: 0.1
   */
  signals[SIGNAL_ADD_ALARM] =
      g_signal_new_class_handler ("add-alarm", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_timepiece_tick_add_alarm), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
  /**
   * GstTimepieceTick::remove-alarm:
   * @self: the element
   * @name: the name of an alarm
   *
   * Removes an alarm.
   *
   * Returns: FALSE if there is none of this name
   *
   * Since: 0.1
   */
  signals[SIGNAL_REMOVE_ALARM] =
      g_signal_new_class_handler ("remove-alarm", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_timepiece_tick_remove_alarm), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
}

static void
install_stalls (GstTimepieceTickClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  /**
   * GstTimepieceTick:stall-timeout:
   *
   * How long no buffer may come before `timepiece-stall` is posted. The time
   * paused, after EOS or across a flush does not count.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STALL_TIMEOUT,
      g_param_spec_uint64 ("stall-timeout", "Stall timeout",
          "Time without a buffer that is a stall, in nanoseconds, at least "
          "1 ms (0 = off)", 0, G_MAXUINT64, 0,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstTimepieceTick:stall-on-start:
   *
   * Whether the wait for the first buffer can be a stall.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STALL_ON_START,
      g_param_spec_boolean ("stall-on-start", "Stall on start",
          "Count the time before the first buffer, too", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstTimepieceTick:min-rate:
   *
   * The least buffers a second in a window; fewer are a trickle and reported
   * as a stall.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MIN_RATE,
      g_param_spec_double ("min-rate", "Minimum rate",
          "Buffers per second below which a window is a trickle (0 = off)",
          0.0, G_MAXDOUBLE, 0.0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));
}

static void
gst_timepiece_tick_class_init (GstTimepieceTickClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstTimepieceElementClass *timepiece_class =
      GST_TIMEPIECE_ELEMENT_CLASS (klass);

  object_class->set_property = gst_timepiece_tick_set_property;
  object_class->get_property = gst_timepiece_tick_get_property;
  object_class->finalize = gst_timepiece_tick_finalize;
  timepiece_class->start = gst_timepiece_tick_start;
  timepiece_class->stop = gst_timepiece_tick_stop;
  timepiece_class->play = gst_timepiece_tick_play;
  timepiece_class->pause = gst_timepiece_tick_pause;
  timepiece_class->apply = gst_timepiece_tick_apply;
  timepiece_class->interrupt = gst_timepiece_tick_interrupt;
  timepiece_class->forget_position = gst_timepiece_tick_forget_position;
  timepiece_class->last_position = gst_timepiece_tick_last_position;
  timepiece_class->end = gst_timepiece_tick_end;
  timepiece_class->begin = gst_timepiece_tick_begin;
  timepiece_class->stats = gst_timepiece_tick_stats;

  /**
   * GstTimepieceTick:max-intervals:
   *
   * How many of the last intervals a report lists. A change holds from the
   * next start.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MAX_INTERVALS,
      g_param_spec_uint ("max-intervals", "Max intervals",
          "How many of the last intervals a report lists", 1,
          LARGEST_MAX_INTERVALS, DEFAULT_MAX_INTERVALS,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  install_stalls (klass);
  install_alarms (klass);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Timepiece tick", "Filter/Analyzer/Debug",
      "Measures the buffers that pass: rate, intervals, percentiles, bitrate",
      "The Timepiece authors");
}

static void
gst_timepiece_tick_init (GstTimepieceTick * self)
{
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);
  GstPad *sinkpad = gst_timepiece_element_get_sink_pad (element);

  self->srcpad = gst_timepiece_element_get_src_pad (element);
  self->max_intervals = DEFAULT_MAX_INTERVALS;
  gst_timepiece_alarm_list_init (&self->alarms);
  gst_pad_set_event_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_sink_event));
  gst_pad_set_chain_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_chain));
  gst_pad_set_chain_list_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_chain_list));
  gst_pad_set_getrange_function (self->srcpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_get_range));
}
