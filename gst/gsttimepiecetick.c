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
 * pause, a flush (as of a seek) and a stream after EOS begin a new row, and make
 * no interval; a new segment or stream without them makes none, and the time
 * until it comes is an interval. What passes before the pipeline is about to play
 * is counted, and makes no interval. Headers (#GST_BUFFER_FLAG_HEADER, and without
 * a time, or no key frame, or in the caps' `streamheader`) are counted, and make no interval.
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
 *   buffer is a field (`interlace-mode=alternate`), 0 if unknown
 * * #gdouble `bitrate`: bits per second, of the buffers and the time that
 *   `average-rate` is made of; 0 where that is under 1 ms
 * * #guint64 `since-last-buffer`: how long ago the last buffer came, or since
 *   the element plays if none came yet; pauses not counted
 * * #guint64 `num-disconts`: buffers flagged #GST_BUFFER_FLAG_DISCONT, of a
 *   list the first, but not the first of a row
 * * #guint64 `total-buffers`: the buffers since the element was started
 * * #guint64 `total-bytes`: their bytes
 * * #guint64 `num-gaps`: GAP events, which say that nothing is to come for a while
 * * #guint64 `num-headers`: of the buffers those that are headers
 * * #guint64 `num-freezes`: intervals that a viewer sees as a freeze, as WebRTC's
 *   statistics define it: from the fifth on, at least three times the mean of the
 *   last 30, and that mean and 150 ms
 * * #guint64 `freeze-duration`: those intervals together
 * * #guint64 `num-jumps`: jumps of the time stamps, which are looked for while an
 *   alarm goes by running time
 * * #GST_TYPE_ARRAY of #guint64 `intervals`: the last
 *   #GstTimepieceTick:max-intervals intervals of the window, oldest first
 *
 * The property #GstTimepieceElement:stats has the same fields under the name
 * `application/x-timepiece-tick-stats`.
 *
 * The structure `timepiece-stall` is posted when no buffer came for
 * #GstTimepieceTick:stall-timeout, or the `average-rate` of a window was below
 * #GstTimepieceTick:min-rate (or no interval ended in it, and the last buffer is
 * longer ago than that allows), and again at each report while
 * that lasts; `timepiece-resume` when it is over. A GAP event is a sign of life as
 * a buffer is. The window in which a standstill ended is not judged by its rate.
 * With #GstTimepieceTick:stall-on-start a pipeline that is to play and does not get
 * beyond PAUSED for so long is a stall, too; otherwise nothing is a stall before the
 * first buffer, in PAUSED, in a
 * flush and after EOS: these also end a stall, and the wait restarts after
 * them. A window that holds a flush is not judged by its rate. If the setting
 * goes while a stall lasts, it is not reported any more, but its end is:
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
 * frame, or `eos`, which ends the stream before that buffer). An entry that has
 * no name is called after its kind and its place: `interval1`.
 *
 * A change of the property arms only what it changes: an interval that stays
 * keeps its grid, and what has fired for the last time does not fire again. All
 * of the property is armed again when the element starts. What the signal
 * #GstTimepieceTick::add-alarm added is forgotten when it has fired for the last
 * time, and its name is free.
 *
 * `clock=running-time` goes by the running time of the buffers, so that the same
 * media fire the same, at any speed: live, or transcoded as fast as it goes.
 * Running time goes on from one segment to the next, and with it the alarms. A
 * flushing seek sets it back to 0: from there an interval goes on with its grid,
 * its count as well; an `after` that waits still waits for the running time that
 * it waited for; what has fired for the last time does not fire again. Of
 * frames out of order (as encoders with B-frames make them) the latest time so
 * far counts. A time stamp that is a second or more off and that the next buffer
 * does not follow is a jump, and so is a step back by as much that it does follow:
 * neither moves these alarms. A step ahead that it follows does, one buffer late.
 * Buffers without a time stamp, or outside of their segment, and
 * streams that are not in time, leave these alarms alone. GAP events drive them as
 * buffers do.
 *
 * An `at` follows the clock on the wall: if that is set, it fires at its new time,
 * within a second. Nothing else is touched by that.
 *
 * `force-key-unit` asks nothing at the first buffer of the stream, and after a
 * flush, where an encoder begins with a key frame anyway. An encoder downstream
 * makes that very buffer a key frame, one upstream the next. Up to GStreamer 1.22
 * an encoder that moves its time stamps (x264enc) hears but one request until its
 * first frame comes out, which at the default look-ahead is some 50 frames
 * later. In a muxer `eos` ends the one stream only.
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
 * ## CloudWatch
 * With #GstTimepieceElement:cloudwatch-namespace set, timepiecetick and
 * timepiecewatch publish their statistics to AWS CloudWatch. Nothing of the
 * network reaches the streaming thread; what cannot be sent waits in the file
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
 * when it works again. `timepiece doctor` looks at everything that is needed.
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
 * * #guint64 `dropped-REASON`: those of them that were `refused`, `too-old`,
 *   `spool-full`, `spool-lost`, `memory-full`, `undatable` or `stopped`; only
 *   where there are any
 * * #guint64 `spooled`: data that wait
 * * #gchararray `last-error`: the last failure as a sentence; NULL if none
 * * #guint64 `throttled`: of the retried, those that the service found too many
 * * #guint64 `uncertain`: of the sent, those that were sent again because no
 *   answer said whether they had been taken
 * * #guint64 `requests`: requests that were made
 * * #gint64 `oldest`: when the oldest datum that waits was gathered, in
 *   nanoseconds since 1970; 0 if none waits
 * * #gint64 `last-success`: when the service last took something, likewise
 * * #gint64 `skew`: how far the service's time is ahead of the machine's
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

/* On the reports' thread, or in end () and stop () below. */
static void
report (const TimepieceTickWindow * window, void *user_data)
{
  /* A message may carry away the last reference but this one. */
  GstTimepieceTick *self = gst_object_ref (user_data);
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);

  if (window->num_backwards > 0)
    GST_WARNING_OBJECT (self, "the clock ran backwards %" G_GUINT64_FORMAT
        " times", window->num_backwards);
  if (gst_timepiece_element_posts (element))
    gst_timepiece_element_post_report (element,
        gst_timepiece_tick_window_structure (self, "timepiece-tick", window));
  gst_object_unref (self);
}

/* On the reports' thread. */
static void
report_stall (const TimepieceStall * stall, void *user_data)
{
  gst_timepiece_element_post (GST_TIMEPIECE_ELEMENT (user_data),
      gst_timepiece_stall_structure (GST_TIMEPIECE_ELEMENT (user_data), stall));
}

/* On the reports' thread. */
static bool
is_to_play (void *user_data)
{
  GstObject *top =
      gst_timepiece_element_get_top_level (GST_TIMEPIECE_ELEMENT (user_data));
  gboolean waits = FALSE;

  GST_OBJECT_LOCK (top);
  if (GST_IS_ELEMENT (top))
    waits = GST_STATE_TARGET (top) == GST_STATE_PLAYING
        && GST_STATE (top) != GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK (top);
  gst_object_unref (top);
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
    .stall = report_stall,
    .is_to_play = is_to_play
  };
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (element);
  TimepieceTickSettings settings = get_settings (self);
  TimepieceTick *tick;
  guint max_intervals;

  if ((*problem = gst_timepiece_stall_problem (settings.stall_timeout)))
    return NULL;
  GST_OBJECT_LOCK (self);
  max_intervals = self->max_intervals;
  GST_OBJECT_UNLOCK (self);
  tick = timepiece_tick_new (&settings, max_intervals, &events, self);
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
  /* Without a thread there is nothing that could tell. */
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
  GST_WARNING_OBJECT (self, "%s The former alarms hold.", problem);
  gst_timepiece_element_warn_settings (&self->parent, problem,
      "The former alarms hold.");
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
  gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_SIGNAL_ALARM] =
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
   * Returns: FALSE if there is none of this name
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
  self->max_intervals = DEFAULT_MAX_INTERVALS;
  gst_timepiece_alarm_list_init (&self->alarms);
  gst_timepiece_tick_init_flow (self);
}
