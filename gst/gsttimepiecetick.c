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
 * Since: 0.1
 */
#include "gsttimepiecetick.h"

GST_DEBUG_CATEGORY_STATIC (gst_timepiece_tick_debug);
#define GST_CAT_DEFAULT gst_timepiece_tick_debug

#define DEFAULT_MAX_INTERVALS 10
#define LARGEST_MAX_INTERVALS 65536

enum
{
  PROP_0,
  PROP_MAX_INTERVALS
};

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

static inline void
count_buffer (GstTimepieceTick * self, GstBuffer * buffer)
{
  if (G_LIKELY (self->tick))
    timepiece_tick_buffers (self->tick, gst_timepiece_now (), 1,
        gst_buffer_get_size (buffer), GST_BUFFER_IS_DISCONT (buffer),
        position_of (buffer));
}

static GstFlowReturn
gst_timepiece_tick_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;

  (void) pad;
  count_buffer (self, buffer);
  return gst_pad_push (self->srcpad, buffer);
}

static GstFlowReturn
gst_timepiece_tick_chain_list (GstPad * pad, GstObject * parent,
    GstBufferList * list)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;
  guint length = gst_buffer_list_length (list);

  (void) pad;
  if (G_LIKELY (self->tick && length > 0)) {
    GstBuffer *first = gst_buffer_list_get (list, 0);
    GstBuffer *last = gst_buffer_list_get (list, length - 1);

    timepiece_tick_buffers (self->tick, gst_timepiece_now (), length,
        gst_buffer_list_calculate_size (list), GST_BUFFER_IS_DISCONT (first),
        position_of (last));
  }
  return gst_pad_push_list (self->srcpad, list);
}

static GstFlowReturn
gst_timepiece_tick_get_range (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;
  GstFlowReturn ret;

  (void) pad;
  ret = gst_pad_pull_range (gst_timepiece_element_get_sink_pad
      (&self->parent), offset, length, buffer);
  if (G_LIKELY (ret == GST_FLOW_OK))
    count_buffer (self, *buffer);
  return ret;
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

static gboolean
gst_timepiece_tick_start (GstTimepieceElement * element, gchar ** problem)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  guint64 interval = gst_timepiece_element_get_interval (element);
  TimepieceTick *tick;
  guint max_intervals;

  GST_OBJECT_LOCK (self);
  max_intervals = self->max_intervals;
  GST_OBJECT_UNLOCK (self);
  tick = timepiece_tick_new (interval, max_intervals, report, self);
  if (!tick) {
    *problem = g_strdup_printf ("The property max-intervals is %u; allowed are "
        "1 to %u.", max_intervals, LARGEST_MAX_INTERVALS);
    return FALSE;
  }
  GST_DEBUG_OBJECT (self, "interval %" GST_TIME_FORMAT ", max-intervals %u",
      GST_TIME_ARGS (interval), max_intervals);
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
gst_timepiece_tick_set_interval (GstTimepieceElement * element,
    guint64 interval)
{
  TimepieceTick *tick = ref_tick (GST_TIMEPIECE_TICK (element));

  if (!tick)
    return;
  if (!timepiece_tick_set_interval (tick, interval, gst_timepiece_now ()))
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

  switch (prop_id) {
    case PROP_MAX_INTERVALS:
      GST_OBJECT_LOCK (self);
      g_value_set_uint (value, self->max_intervals);
      GST_OBJECT_UNLOCK (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_timepiece_tick_class_init (GstTimepieceTickClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstTimepieceElementClass *timepiece_class =
      GST_TIMEPIECE_ELEMENT_CLASS (klass);

  object_class->set_property = gst_timepiece_tick_set_property;
  object_class->get_property = gst_timepiece_tick_get_property;
  timepiece_class->start = gst_timepiece_tick_start;
  timepiece_class->stop = gst_timepiece_tick_stop;
  timepiece_class->play = gst_timepiece_tick_play;
  timepiece_class->pause = gst_timepiece_tick_pause;
  timepiece_class->set_interval = gst_timepiece_tick_set_interval;
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
  gst_pad_set_chain_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_chain));
  gst_pad_set_chain_list_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_chain_list));
  gst_pad_set_getrange_function (self->srcpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_get_range));
}
