/**
 * SECTION:element-timepiecetick
 * @title: timepiecetick
 * @short_description: measures the buffers that pass a point of the pipeline
 *
 * Passes every buffer, list, event and query through untouched and measures
 * when buffers arrive: rate, shortest, longest and mean interval, percentiles,
 * bitrate. The statistics of each window of #GstTimepieceElement:interval are
 * posted as an element message, on the clock, so that a stalled stream is
 * reported, too. At EOS the last, partial window is posted first, unless
 * nothing passed in it because the next buffer was not due yet. The property
 * #GstTimepieceElement:stats shows the open window at any time.
 *
 * A buffer list counts as one tick, and each of its buffers is counted. A
 * pause, a flush (such as that of a seek) and a stream after EOS begin a new
 * row of intervals, so the time across them is not an interval; a new segment
 * or stream without them does not begin a row, and the time until it arrives is
 * an interval. Buffers that pass before the pipeline is about to play, and
 * headers (#GST_BUFFER_FLAG_HEADER, and without a time, or not a key frame, or
 * in the caps' `streamheader`), are counted, and do not make an interval.
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
 * * #guint64 `p50-interval`: the median: by the nearest rank, exactly for up to
 *   1,000 intervals, above at most 0.55 % off
 * * #guint64 `p90-interval`: 90 % of the intervals are not longer
 * * #guint64 `p99-interval`: 99 % of the intervals are not longer
 * * #gdouble `average-rate`: ticks per second, num-intervals / sum-interval
 * * #gdouble `nominal-rate`: the framerate of the caps, twice that where each
 *   buffer is a field (`interlace-mode=alternate`), 0 if unknown, as where a
 *   buffer is a part of a frame (`alignment=nal`)
 * * #gdouble `bitrate`: bits per second, of the same buffers and time as
 *   `average-rate`, and of the headers between those buffers; 0 if that time is
 *   under 1 ms
 * * #guint64 `since-last-buffer`: how long ago the last buffer arrived, or
 *   since the element started to play if none arrived yet; pauses not counted
 * * #guint64 `num-disconts`: buffers flagged #GST_BUFFER_FLAG_DISCONT, of a
 *   list the first, but not the first of a row
 * * #guint64 `total-buffers`: the buffers since the element was started
 * * #guint64 `total-bytes`: their bytes
 * * #guint64 `num-gaps`: GAP events, which announce that no data follow for a
 *   while
 * * #guint64 `num-headers`: the buffers that are headers
 * * #guint64 `num-freezes`: intervals that a viewer sees as a freeze, as WebRTC's
 *   statistics define it: from the fifth on, at least three times the mean of the
 *   last 30, and that mean and 150 ms
 * * #guint64 `freeze-duration`: those intervals together
 * * #guint64 `num-jumps`: jumps of the time stamps: steps back by a second or
 *   more, and steps ahead that the next buffer does not follow
 * * #GST_TYPE_ARRAY of #guint64 `intervals`: the last
 *   #GstTimepieceTick:max-intervals intervals of the window, oldest first
 *
 * The property #GstTimepieceElement:stats has the same fields under the name
 * `application/x-timepiece-tick-stats`.
 *
 * The structure `timepiece-stall` is posted when no buffer arrived for
 * #GstTimepieceTick:stall-timeout, or the `average-rate` of a window was below
 * #GstTimepieceTick:min-rate (or no interval ended in it, and the last buffer
 * is longer ago than that allows), and again at each report while that lasts;
 * `timepiece-resume` when it is over. A GAP event is a sign of life, like a
 * buffer. The window in which a standstill ended is not judged by its rate.
 * With #GstTimepieceTick:stall-on-start a pipeline that does not complete its
 * change to PAUSED or PLAYING within the timeout is a stall, too; otherwise
 * there is no stall before the first buffer, in PAUSED, in a flush and after
 * EOS: these also end a stall, and the wait restarts after them. A window that
 * contains a flush is not judged by its rate. If the setting is removed while a
 * stall lasts, the stall is no longer reported, but its end is:
 *
 * * #gchararray `label`
 * * #guint64 `since-last-buffer` (stall): how long it has lasted
 * * #guint64 `last-running-time` (stall): the running time of the last buffer
 * * #guint64 `stalled-for` (resume): how long it lasted
 * * #gchararray `reason`: `standstill` or `trickle`
 *
 * From GStreamer 1.30 on each of the two, and each alarm, is also an event of
 * GStreamer's own tracing, with the name of the message.
 *
 * ## Alarms
 * The property #GstTimepieceTick:alarms is a list of structures that the
 * buffers drive: the first buffer at or after the due time fires an alarm.
 *
 * * `interval,every=5s`: at the first buffer and then on its grid; slots that no
 *   buffer met are not made up
 * * `ordinal,each=10`: at each 10th buffer or list
 * * `at,time=2026-11-22T12:00:00Z`: once, at a time of day; local without zone
 * * `after,after=1m30s`: once, this long after the first buffer
 *
 * More fields: `name` (unique), `clock` (`monotonic`, or `running-time` of the
 * media; interval and after only), `count` (ends a repeating one), `action`
 * (`message`, `force-key-unit`, which asks the encoders on both sides for a key
 * frame, or `eos`, which ends the stream before that buffer). An entry without
 * a name is named after its kind and its place: `interval1`.
 *
 * A change of the property arms only what it changes: an interval that stays
 * keeps its grid, and what has fired for the last time does not fire again. All
 * alarms of the property are armed again when the element starts. An alarm that
 * the signal #GstTimepieceTick::add-alarm added is removed when it has fired
 * for the last time, and its name is free.
 *
 * `clock=running-time` uses the running time of the buffers, so that the same
 * media fire the same alarms at any speed: live, or transcoded as fast as
 * possible. Running time continues from one segment to the next, and with it
 * the alarms. A flushing seek sets it back to 0: from there an interval
 * continues with its grid and its count; an `after` that waits still waits for
 * the same running time; an alarm that has fired for the last time does not
 * fire again. For frames out of order (as encoders with B-frames output them)
 * the latest time so far counts. A time stamp that is a second or more off and
 * that the next buffer does not follow is a jump, and so is a step back by as
 * much that the next buffer does follow: neither moves these alarms. A step
 * ahead that it follows moves them, one buffer late. Buffers without a time
 * stamp, or outside of their segment, and streams that are not in time format
 * do not affect these alarms. GAP events drive them like buffers.
 *
 * An `at` follows the wall clock: if that is set, it fires at its new time,
 * within a second. No other alarm is affected.
 *
 * `force-key-unit` sends no request at the first buffer of the stream, and
 * after a flush, where an encoder begins with a key frame anyway. An encoder
 * downstream makes that very buffer a key frame, an encoder upstream the next.
 * Up to GStreamer 1.22 an encoder that moves its time stamps (x264enc) accepts
 * only one request until it outputs its first frame, which at the default
 * look-ahead is some 50 frames later. At a muxer `eos` ends only this stream.
 *
 * Every firing is posted as `timepiece-alarm`:
 *
 * * #gchararray `label`
 * * #gchararray `alarm`: its name
 * * #gchararray `kind`
 * * #guint64 `count`: the number of this firing, from 1
 * * #guint64 `due`: when it was due, on its clock
 * * #guint64 `fired`: when it fired, on the same clock
 * * #guint64 `running-time`: of the buffer that fired it
 *
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=90 ! timepiecetick alarms="interval,name=second,every=1s,clock=running-time; ordinal,each=25" ! fakesink
 * ]|
 * prints a `timepiece-alarm` at 0, 1 and 2 seconds, and at three buffers.
 * |[
 * gst-launch-1.0 videotestsrc ! timepiecetick alarms="after,after=3s,clock=running-time,action=eos" ! x264enc ! mp4mux ! filesink location=three-seconds.mp4
 * ]|
 * writes a file of three seconds.
 *
 * ## Prometheus
 * With #GstTimepieceElement:prometheus-port set, timepiecetick and timepiecewatch
 * are shown at `http://127.0.0.1:PORT/metrics`, and with
 * #GstTimepieceElement:prometheus-file in a file: counters that no window resets,
 * and the whole distribution of the intervals, as native and classic
 * histograms. There is no work between two scrapes.
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true num-buffers=60 ! timepiecetick label=camera prometheus-port=9180 ! fakesink
 * ]|
 *
 * ## CloudWatch
 * With #GstTimepieceElement:cloudwatch-namespace set, timepiecetick and
 * timepiecewatch publish their statistics to AWS CloudWatch. The network never
 * affects the streaming thread; data that cannot be sent wait in the file
 * #GstTimepieceElement:cloudwatch-spool. Keys and region are found as AWS's own
 * tools find them.
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true num-buffers=60 ! timepiecetick label=camera cloudwatch-namespace=GStreamer/Video region=eu-central-1 cloudwatch-dry-run=true cloudwatch-spool=none ! fakesink
 * ]|
 * prints what would be sent.
 *
 * When nothing can be sent, a warning is posted once for all elements of a
 * pipeline that send to the same place, with AWS's own sentence, and an info
 * message when sending works again. `timepiece doctor` checks everything that
 * is needed.
 *
 * `timepiece-cloudwatch` is posted when a failure was counted; the same fields
 * are in the structure `cloudwatch` of #GstTimepieceElement:stats. A datum is
 * the statistics of one #GstTimepieceElement:cloudwatch-interval; elements that
 * publish to the same destination are counted together:
 *
 * * #gchararray `label`
 * * #guint64 `sent`: data that the service confirmed
 * * #guint64 `retried`: requests that failed and whose data were kept
 * * #guint64 `dropped`: data that will never be sent
 * * #guint64 `dropped-REASON`: those that were `refused`, `too-old`,
 *   `spool-full`, `spool-lost`, `memory-full`, `undatable` or `stopped`; only
 *   if there are any
 * * #guint64 `spooled`: data that wait
 * * #gchararray `last-error`: the last failure as a sentence; NULL if none
 * * #guint64 `throttled`: of the retried, those that the service throttled
 * * #guint64 `uncertain`: of the sent, those that were sent again because no
 *   response confirmed that they had been accepted
 * * #guint64 `requests`: requests that were made
 * * #gint64 `oldest`: when the oldest datum that waits was gathered, in
 *   nanoseconds since 1970; 0 if none waits
 * * #gint64 `last-success`: when the service last took something, likewise
 * * #gint64 `skew`: how far the service's time is ahead of the machine's
 *
 * ## OpenTelemetry
 * With #GstTimepieceElement:otlp-endpoint set, timepiecetick and timepiecewatch
 * send all measurements to a receiver of OpenTelemetry's protocol over
 * HTTP: distributions as exponential histograms, counters from the start of the
 * process, whether the stream is stalled, and how old the last buffer is.
 * Headers, interval, temporality, certificates and the name of the service are
 * those of the variables `OTEL_…`. Data that cannot be sent wait in the file
 * #GstTimepieceElement:otlp-spool.
 *
 * `timepiece-otlp` is posted when a failure was counted, with the fields of
 * `timepiece-cloudwatch`; a datum is a data point. The same fields are in the
 * structure `otlp` of #GstTimepieceElement:stats.
 *
 * Since: 0.1
 */
#include "gsttimepiecestall.h"
#include "gsttimepiecetickprivate.h"

GST_DEBUG_CATEGORY (gst_timepiece_tick_debug);

#define DEFAULT_MAX_INTERVALS 10
#define LARGEST_MAX_INTERVALS 65536

enum
{
  PROP_0,
  PROP_MAX_INTERVALS,
  PROP_STALL_TIMEOUT,
  PROP_STALL_ON_START,
  PROP_MIN_RATE,
  PROP_ALARMS
};

guint gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_NUM_SIGNALS];

G_DEFINE_TYPE_WITH_CODE (GstTimepieceTick, gst_timepiece_tick,
    GST_TYPE_TIMEPIECE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (gst_timepiece_tick_debug, "timepiecetick", 0,
        "measures the buffers that pass"));

static void
tell_window (GstTimepieceElement * element, gconstpointer what)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  const TimepieceTickWindow *window = what;

  if (window->num_backwards > 0)
    GST_WARNING_OBJECT (self, "the clock ran backwards %" G_GUINT64_FORMAT
        " times", window->num_backwards);
  if (gst_timepiece_element_posts (element))
    gst_timepiece_element_post_report (element,
        gst_timepiece_tick_window_structure (self, "timepiece-tick", window));
  gst_timepiece_element_tell_problem (element);
}

/* On the reports' thread, or at a change of the stream. */
static void
report (const TimepieceTickWindow * window, void *handle)
{
  gst_timepiece_element_call (handle, tell_window, window);
}

/* On the reports' thread. */
static bool
is_on_its_way (void *handle)
{
  GstTimepieceElement *self = g_weak_ref_get (handle);
  GstObject *top;
  gboolean waits = FALSE;

  if (!self)
    return false;
  top = gst_timepiece_element_get_top_level (self);
  GST_OBJECT_LOCK (top);
  if (GST_IS_ELEMENT (top))
    /* An application, as gst-launch-1.0, may wait for PAUSED first. */
    waits = GST_STATE_TARGET (top) >= GST_STATE_PAUSED
        && GST_STATE (top) < GST_STATE_TARGET (top);
  GST_OBJECT_UNLOCK (top);
  gst_object_unref (top);
  gst_object_unref (self);
  return waits;
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

static TimepieceMeter *
gst_timepiece_tick_start (GstTimepieceElement * element, gchar ** problem)
{
  static const TimepieceTickEvents events = {
    .ready = gst_timepiece_element_is_ready,
    .window = report,
    .stall = gst_timepiece_stall_report,
    .is_on_its_way = is_on_its_way,
    .destroy = gst_timepiece_element_free_handle
  };
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  TimepieceTickSettings settings = get_settings (self);
  GstObject *top;
  TimepieceTick *tick;
  guint max_intervals;

  if ((*problem = gst_timepiece_stall_problem (settings.stall_timeout)))
    return NULL;
  GST_OBJECT_LOCK (self);
  max_intervals = self->max_intervals;
  GST_OBJECT_UNLOCK (self);
  top = gst_timepiece_element_get_top_level (element);
  tick = timepiece_tick_new (top, &settings, max_intervals, &events,
      gst_timepiece_element_make_handle (element));
  gst_object_unref (top);
  if (!tick) {
    *problem = g_strdup_printf ("The property max-intervals is %u; allowed are "
        "1 to %u.", max_intervals, LARGEST_MAX_INTERVALS);
    return NULL;
  }
  if (!gst_timepiece_alarm_list_arm (&self->alarms, tick, problem)) {
    timepiece_meter_unref (TIMEPIECE_METER (tick));
    return NULL;
  }
  GST_DEBUG_OBJECT (self, "interval %" GST_TIME_FORMAT ", max-intervals %u",
      GST_TIME_ARGS (settings.interval), max_intervals);
  self->phase = GST_TIMEPIECE_TICK_BEGINS;
  self->tick = tick;
  /* Without a thread it cannot be reported. */
  timepiece_tick_prepare (tick, gst_timepiece_now ());
  return TIMEPIECE_METER (tick);
}

static void
gst_timepiece_tick_stop (GstTimepieceElement * element)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);

  gst_timepiece_alarm_list_disarm (&self->alarms);
  self->tick = NULL;
  self->phase = GST_TIMEPIECE_TICK_BEGINS;
}

static gboolean
gst_timepiece_tick_apply (GstTimepieceElement * element, TimepieceMeter * meter)
{
  TimepieceTickSettings settings = get_settings (GST_TIMEPIECE_TICK (element));

  return timepiece_tick_set ((TimepieceTick *) meter, &settings,
      gst_timepiece_now ());
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

  stats->structure = gst_timepiece_tick_window_structure (stats->self,
      "application/x-timepiece-tick-stats", window);
}

static GstStructure *
gst_timepiece_tick_stats (GstTimepieceElement * element, TimepieceMeter * meter)
{
  Stats stats = { GST_TIMEPIECE_TICK (element), NULL };

  if (meter) {
    timepiece_tick_read ((TimepieceTick *) meter, gst_timepiece_now (), show,
        &stats);
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
  GST_WARNING_OBJECT (self, "%s The previous alarms are kept.", problem);
  gst_timepiece_element_warn_settings (&self->parent, problem,
      "The previous alarms are kept.");
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
      gst_timepiece_stall_set_timeout (&self->parent, &self->stall_timeout,
          g_value_get_uint64 (value));
      gst_timepiece_element_apply (&self->parent);
      break;
    case PROP_STALL_ON_START:
      GST_OBJECT_LOCK (self);
      self->stall_on_start = g_value_get_boolean (value);
      GST_OBJECT_UNLOCK (self);
      gst_timepiece_element_apply (&self->parent);
      break;
    case PROP_MIN_RATE:
      GST_OBJECT_LOCK (self);
      self->min_rate = g_value_get_double (value);
      GST_OBJECT_UNLOCK (self);
      gst_timepiece_element_apply (&self->parent);
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
   * The alarms that buffers fire; see the description of the element. A change
   * while playing re-arms only what changed. An invalid list causes a warning,
   * and the previous alarms stay in effect.
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
   * An alarm fired. Emitted on the streaming thread, before the buffer is
   * pushed.
   *
   * Since: 0.1
   */
  gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_SIGNAL_ALARM] =
      g_signal_new ("alarm", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1,
      GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * GstTimepieceTick::add-alarm:
   * @self: the element
   * @alarm: one entry, or several, as in the property alarms
   *
   * Adds alarms to the existing ones.
   *
   * Returns: FALSE if an entry is invalid or its name is in use
   *
   * Since: 0.1
   */
  gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_SIGNAL_ADD_ALARM] =
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
   * Returns: FALSE if there is no alarm of this name
   *
   * Since: 0.1
   */
  gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_SIGNAL_REMOVE_ALARM] =
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
  timepiece_class->metric_name = "frame_processing_time";
  timepiece_class->start = gst_timepiece_tick_start;
  timepiece_class->stop = gst_timepiece_tick_stop;
  timepiece_class->apply = gst_timepiece_tick_apply;
  timepiece_class->stats = gst_timepiece_tick_stats;

  /**
   * GstTimepieceTick:max-intervals:
   *
   * How many of the last intervals a report lists. A change takes effect at the
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
  self->max_intervals = DEFAULT_MAX_INTERVALS;
  gst_timepiece_alarm_list_init (&self->alarms);
  gst_timepiece_tick_init_flow (self);
}
