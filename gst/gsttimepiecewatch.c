/**
 * SECTION:element-timepiecewatch
 * @title: timepiecewatch
 * @short_description: measures how long a part of the pipeline takes
 *
 * Passes every buffer, list, event and query through and measures laps. The
 * statistics of each window of #GstTimepieceElement:interval are posted as an
 * element message, on the clock; at EOS the last, partial window is posted
 * first.
 *
 * With `edge=around` a lap is the time that one buffer or list spends in the
 * push downstream, up to the next thread boundary (a queue, a sink that waits).
 * Watches nest: a watch that is entered during the push of another on the same
 * thread is its child, and its laps are reported with the parent's. Every
 * message has the watch with all watches below it, and adds up exactly:
 * `self-time` and the sums of the children are the parent's sum. The laps of a
 * push, and of the pushes inside it, count when the outermost of them ends. A
 * dotted #GstTimepieceWatch:watch such as `total.encode` names the parent: if
 * that is on the same thread further out, the watches in between do not include
 * the time of this one; if it is on another thread, the two run in parallel,
 * sums need not add up, and `self-time` is not less than 0. In pull mode a lap
 * is the pull upstream. A push that fails, or that was in progress when the
 * pipeline was paused, set to playing or flushed, is not a lap.
 *
 * With `edge=start` and `edge=stop` on two elements with the same
 * #GstTimepieceWatch:watch a lap is the time from the start to the stop, across
 * queues, tees, and codecs with look-ahead. The start puts a stamp, a #GstMeta,
 * on each buffer; a buffer with other references is copied for that without its
 * memory. Of several stamps of one start on a buffer the oldest counts; a stamp
 * counts once, when it first arrives. Where the stamps of a start do not get
 * through, buffers are recognized by the same running time or PTS, to a tick of
 * a muxer's clock (1 ms), among the last 1,024 that passed the start, and only
 * as long as nearly all are found, so that an accidental match of shifted time
 * stamps does not make a lap. A demuxer may shift the times: behind one, the
 * first buffer that arrives is the first that passed, and the others are
 * recognized by their distance to it. Behind a mixer of video or of sound a
 * buffer is recognized as the one whose time, until that of the next, contains
 * the PTS of the mixer's buffer; buffers that contain none are unmatched. Only
 * starts count from which a path of pads leads to the stop, or whose stamps
 * arrive. Buffers that are not recognized are counted, never guessed. Several
 * starts are measured separately, each as a child of the message; several stops
 * are measured separately.
 *
 * Each buffer that passed a start becomes a lap, is unmatched, is merged or is
 * in flight at the stop, except for those that a flush discarded and those that
 * waited through a pause, which are none of these: `num-intervals`,
 * `num-unmatched` and `num-merged` of all messages and `in-flight` of the last
 * add up. A buffer that later ones have overtaken is unmatched when it is four
 * times as old as the longest lap so far (10 ms at least), when 256 later ones
 * have arrived, or at EOS; until then it is in flight, like all buffers while
 * none arrives. With #GstTimepieceWatch:stall-timeout a stop posts
 * `timepiece-stall`, as timepiecetick does, with the reason `in-flight` while
 * the oldest in flight that no later one has overtaken is older than that, with
 * its age as `since-last-buffer`, and `timepiece-resume` when it is over. A
 * buffer that later ones have overtaken is not a stall, since these show that
 * the path is open. Pauses do not count in an age.
 *
 * A start reserves 29 KB, and a stop 98 KB for each start that it knows,
 * whatever happens between them; only the used pages take memory. A stop does
 * not recognize duplicates that are more than 256 stamps apart.
 *
 * Watches are matched within one top-level pipeline only, in any order of
 * creation, and while the pipeline runs; a stop whose start is in another
 * pipeline posts a warning.
 *
 * From GStreamer 1.24 on the stamps also go to other processes of the machine,
 * over unixfdsink and unixfdsrc: a stop there measures from the starts of the
 * same name. It assumes that the start has issued only what arrives and what is
 * missing in between, which is unmatched, and it does not know of other buffers
 * in flight. A stamp of another machine, or of a container with a clock of its
 * own, does not make a lap.
 *
 * From GStreamer 1.30 on, where a tracer is active that draws spans, each lap
 * of an `edge=around` is one, `timepiece-lap`, with the name of the watch: the
 * whole push or pull, as it happens. Stalls are events, `timepiece-stall` and
 * `timepiece-resume`. A lap from a start to a stop is not a span: a buffer that
 * would begin one may never arrive, and a span has to end.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecewatch watch=root ! videoconvert ! video/x-raw,format=I420 ! timepiecewatch watch=encode ! vp8enc ! fakesink
 * ]|
 * shows what videoconvert (the self-time of `root`) and vp8enc take.
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecewatch watch=delay edge=start ! vp8enc lag-in-frames=10 ! queue ! vp8dec ! timepiecewatch watch=delay edge=stop ! fakesink
 * ]|
 * shows how long a frame takes from start to stop.
 *
 * ## Messages
 * The structure `timepiece-watch` has these fields, durations in nanoseconds:
 *
 * * #gchararray `label`: the property #GstTimepieceElement:label
 * * #gchararray `watch`: the full name, with the names of the watches above; the
 *   watch's own if it is entered from several
 * * #guint64 `timestamp`: the time stamp (PTS, or DTS if there is none) of the
 *   last buffer, #GST_CLOCK_TIME_NONE if unknown
 * * #guint64 `stream-time`: the same in stream time
 * * #guint64 `running-time`: the same in running time
 * * #guint64 `duration`: how long the window was open, pauses not counted
 * * #guint64 `num-intervals`: the laps that ended in the window
 * * #guint64 `min-interval`: the shortest
 * * #guint64 `max-interval`: the longest
 * * #guint64 `avg-interval`: the arithmetic mean
 * * #guint64 `sum-interval`: the sum
 * * #guint64 `stddev-interval`: the standard deviation
 * * #guint64 `p50-interval`: the median, exact for up to 1,000 laps, above at most
 *   0.55 % off
 * * #guint64 `p90-interval`: 90 % of the laps are not longer
 * * #guint64 `p99-interval`: 99 % of the laps are not longer
 * * #guint64 `self-time`: the sum less the sums of the children
 * * #gdouble `share`: the fraction of the parent's sum, 1 without a parent
 * * #guint64 `num-unmatched`: at a stop, buffers that passed a start and did
 *   not arrive, or were not recognized; if no start is upstream, the buffers
 *   that passed the stop
 * * #guint64 `num-merged`: buffers that arrived only as a part of a buffer for
 *   which another part made the lap, such as joined frames
 * * #guint64 `in-flight`: buffers that passed a start and have not arrived yet
 * * #guint64 `oldest-in-flight`: how long ago the oldest of them passed the
 *   start, or the pipeline started to play if that was later, 0 if none is in
 *   flight
 * * #GST_TYPE_ARRAY of #GstStructure `children`: the watches below, or the
 *   starts of a stop if there are several, with the same fields
 *
 * The property #GstTimepieceElement:stats has the same fields under the name
 * `application/x-timepiece-watch-stats`. A start reports nothing.
 *
 * Since: 0.1
 */
#include "gsttimepiecename.h"
#include "gsttimepiecestall.h"
#include "gsttimepiecestamp.h"
#include "gsttimepiecetrace.h"
#include "gsttimepiecewatchprivate.h"

GST_DEBUG_CATEGORY (gst_timepiece_watch_debug);

#define DEFAULT_EDGE GST_TIMEPIECE_WATCH_EDGE_AROUND
#define DEFAULT_CORRELATION GST_TIMEPIECE_WATCH_CORRELATION_AUTO
/* A sentence that contains the user's own names. */
#define LONGEST_PROBLEM 1024

enum
{
  PROP_0,
  PROP_WATCH,
  PROP_EDGE,
  PROP_CORRELATION,
  PROP_STALL_TIMEOUT
};

GType
gst_timepiece_watch_edge_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_TIMEPIECE_WATCH_EDGE_AROUND, "A lap is the push downstream",
        "around"},
    {GST_TIMEPIECE_WATCH_EDGE_START, "Laps of the watch start here", "start"},
    {GST_TIMEPIECE_WATCH_EDGE_STOP, "Laps of the watch stop here", "stop"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstTimepieceWatchEdge", values));
  return type;
}

GType
gst_timepiece_watch_correlation_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_TIMEPIECE_WATCH_CORRELATION_AUTO,
        "By stamps, by time where they do not arrive", "auto"},
    {GST_TIMEPIECE_WATCH_CORRELATION_META, "By stamps only", "meta"},
    {GST_TIMEPIECE_WATCH_CORRELATION_PTS, "By running time or PTS only",
        "pts"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstTimepieceWatchCorrelation", values));
  return type;
}

G_DEFINE_TYPE_WITH_CODE (GstTimepieceWatch, gst_timepiece_watch,
    GST_TYPE_TIMEPIECE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (gst_timepiece_watch_debug, "timepiecewatch", 0,
        "measures how long a part of the pipeline takes"));

static gchar *
complaint_text (const TimepieceWatchWindow * window)
{
  switch (window->complaint) {
    case TIMEPIECE_COMPLAINT_NEVER_MATCHED:
      return g_strdup_printf ("None of the first %" G_GUINT64_FORMAT
          " buffers that passed this stop came from a start of the same "
          "watch, although buffers pass one; a stop has to be downstream of "
          "its start, with nothing between that drops both metas and time "
          "stamps.", window->complaint_number);
    case TIMEPIECE_COMPLAINT_NOTHING_ARRIVED:
      return g_strdup_printf ("%" G_GUINT64_FORMAT " buffers passed a start of "
          "this watch, and none came to this stop until its stream ended.",
          window->complaint_number);
    case TIMEPIECE_COMPLAINT_START_ELSEWHERE:
      return g_strdup ("The start of this watch is in another pipeline than "
          "this stop; watches meet in one top-level pipeline only.");
    case TIMEPIECE_COMPLAINT_NONE:
      break;
  }
  return NULL;
}

static void
warn_complaint (GstTimepieceWatch * self, const TimepieceWatchWindow * window)
{
  gboolean warned;
  gchar *text;

  GST_OBJECT_LOCK (self);
  warned = self->warned_stop;
  self->warned_stop = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (warned)
    return;
  text = complaint_text (window);
  GST_ELEMENT_WARNING (self, STREAM, FAILED, ("%s", text), (NULL));
  g_free (text);
}

static void
tell_window (GstTimepieceElement * element, gconstpointer what)
{
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (element);
  const TimepieceWatchWindow *window = what;

  if (window->complaint != TIMEPIECE_COMPLAINT_NONE)
    warn_complaint (self, window);
  if (gst_timepiece_element_posts (element))
    gst_timepiece_element_post_report (element,
        gst_timepiece_watch_structure (self, "timepiece-watch", window));
  gst_timepiece_element_tell_problem (element);
}

/* On the reports' thread, or at a change of the stream. */
static void
report (const TimepieceWatchWindow * window, void *handle)
{
  gst_timepiece_element_call (handle, tell_window, window);
}

/* On the reports' thread. */
static void
find_paths (void *handle)
{
  GstTimepieceWatch *self = g_weak_ref_get (handle);

  if (!self)
    return;
  gst_timepiece_watch_find_paths (self);
  gst_object_unref (self);
}

/* Returns: the name of the watch. With OBJECT_LOCK held. */
static gchar *
dup_name (GstTimepieceWatch * self)
{
  return self->name ? g_strdup (self->name) :
      gst_timepiece_name_readable (GST_OBJECT_NAME (self));
}

static TimepieceMeter *
gst_timepiece_watch_start (GstTimepieceElement * element, gchar ** problem)
{
  static const TimepieceWatchEvents events = {
    .ready = gst_timepiece_element_is_ready,
    .window = report,
    .stall = gst_timepiece_stall_report,
    .find_paths = find_paths,
    .destroy = gst_timepiece_element_free_handle
  };
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (element);
  gchar *label = gst_timepiece_element_dup_label (element);
  GstObject *top = gst_timepiece_element_get_top_level (element);
  gchar sentence[LONGEST_PROBLEM];
  TimepieceWatch *watch;
  GstTimepieceWatchEdge edge;
  gboolean stamps;
  gchar *path;
  TimepieceWatchSettings settings = {
    .scope = top,
    .label = label,
    .interval = gst_timepiece_element_get_interval (element)
  };

  GST_OBJECT_LOCK (self);
  path = dup_name (self);
  edge = self->edge;
  stamps = self->correlation != GST_TIMEPIECE_WATCH_CORRELATION_PTS;
  settings.path = path;
  settings.edge = (TimepieceEdge) edge;
  settings.correlation = (TimepieceCorrelation) self->correlation;
  settings.stall_timeout = self->stall_timeout;
  self->warned_start = self->warned_stop = self->warned_memory = FALSE;
  *problem = g_strdup (self->name_problem);
  GST_OBJECT_UNLOCK (self);
  if (!*problem)
    *problem = gst_timepiece_stall_problem (settings.stall_timeout);
  watch = *problem ? NULL : timepiece_watch_new (&settings, &events,
      gst_timepiece_element_make_handle (element), sentence, sizeof (sentence));
  if (watch) {
    GST_DEBUG_OBJECT (self, "watch %s in %" GST_PTR_FORMAT, path, top);
    /* Stops that look for their starts read these. */
    GST_OBJECT_LOCK (self);
    self->group = timepiece_watch_group (watch);
    self->start = timepiece_watch_start (watch);
    GST_OBJECT_UNLOCK (self);
    self->path = gst_timepiece_stamp_path (path);
    self->stamps = stamps;
    self->drawn =
        gst_timepiece_trace_is_drawn ()? g_intern_string (path) : NULL;
    self->linear = FALSE;
    gst_timepiece_watch_set_flow (self, edge);
    g_atomic_pointer_set (&self->watch, watch);
  } else if (!*problem) {
    *problem = g_strdup (sentence);
  }
  gst_object_unref (top);
  g_free (path);
  g_free (label);
  return TIMEPIECE_METER (watch);
}

static void
gst_timepiece_watch_stop (GstTimepieceElement * element)
{
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (element);

  gst_timepiece_watch_hold_frames (self);
  g_atomic_pointer_set (&self->watch, NULL);
}

static void
gst_timepiece_watch_set_segment (GstTimepieceElement * element,
    const GstSegment * segment)
{
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (element);

  self->linear = FALSE;
  if (segment && segment->format == GST_FORMAT_TIME && segment->rate == 1.0) {
    /* Times outside the segment, and around zero, are used, too: they only have
     * to be the same at both points. */
    self->linear = TRUE;
    self->offset = segment->base - segment->start - segment->offset;
  }
}

static gboolean
gst_timepiece_watch_apply (GstTimepieceElement * element,
    TimepieceMeter * meter)
{
  guint64 stall_timeout;

  GST_OBJECT_LOCK (element);
  stall_timeout = GST_TIMEPIECE_WATCH (element)->stall_timeout;
  GST_OBJECT_UNLOCK (element);
  return timepiece_watch_set ((TimepieceWatch *) meter,
      gst_timepiece_element_get_interval (element), stall_timeout,
      gst_timepiece_now ());
}

typedef struct
{
  GstTimepieceWatch *self;
  GstStructure *structure;
} Stats;

static void
show (const TimepieceWatchWindow * window, void *user_data)
{
  Stats *stats = user_data;

  stats->structure = gst_timepiece_watch_structure (stats->self,
      "application/x-timepiece-watch-stats", window);
}

static GstStructure *
gst_timepiece_watch_stats (GstTimepieceElement * element,
    TimepieceMeter * meter)
{
  Stats stats = { GST_TIMEPIECE_WATCH (element), NULL };

  if (meter)
    timepiece_watch_read ((TimepieceWatch *) meter, gst_timepiece_now (), show,
        &stats);
  if (!stats.structure) {
    TimepieceWatchNode node = {.label = "",.share = 1.0 };
    TimepieceWatchWindow nothing = {.last_position = TIMEPIECE_NONE,
      .nodes = &node,.num_nodes = 1
    };
    gchar *path;

    GST_OBJECT_LOCK (element);
    path = dup_name (stats.self);
    GST_OBJECT_UNLOCK (element);
    node.path = path;
    show (&nothing, &stats);
    g_free (path);
  }
  return stats.structure;
}

static void
gst_timepiece_watch_set_property (GObject * object, guint prop_id,
    const GValue * value, GParamSpec * pspec)
{
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (object);

  if (prop_id == PROP_STALL_TIMEOUT) {
    gst_timepiece_stall_set_timeout (&self->parent, &self->stall_timeout,
        g_value_get_uint64 (value));
    gst_timepiece_element_apply (&self->parent);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (prop_id) {
    case PROP_WATCH:
      g_free (self->name);
      g_free (self->name_problem);
      self->name_problem = gst_timepiece_element_name_problem ("watch",
          g_value_get_string (value));
      self->name = self->name_problem ? NULL : g_value_dup_string (value);
      break;
    case PROP_EDGE:
      self->edge = g_value_get_enum (value);
      break;
    case PROP_CORRELATION:
      self->correlation = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_timepiece_watch_get_property (GObject * object, guint prop_id,
    GValue * value, GParamSpec * pspec)
{
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (object);

  GST_OBJECT_LOCK (self);
  switch (prop_id) {
    case PROP_WATCH:
      g_value_take_string (value, dup_name (self));
      break;
    case PROP_EDGE:
      g_value_set_enum (value, self->edge);
      break;
    case PROP_CORRELATION:
      g_value_set_enum (value, self->correlation);
      break;
    case PROP_STALL_TIMEOUT:
      g_value_set_uint64 (value, self->stall_timeout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_timepiece_watch_finalize (GObject * object)
{
  g_free (GST_TIMEPIECE_WATCH (object)->name);
  g_free (GST_TIMEPIECE_WATCH (object)->name_problem);
  G_OBJECT_CLASS (gst_timepiece_watch_parent_class)->finalize (object);
}

static void
gst_timepiece_watch_class_init (GstTimepieceWatchClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstTimepieceElementClass *timepiece_class =
      GST_TIMEPIECE_ELEMENT_CLASS (klass);

  object_class->set_property = gst_timepiece_watch_set_property;
  object_class->get_property = gst_timepiece_watch_get_property;
  object_class->finalize = gst_timepiece_watch_finalize;
  timepiece_class->start = gst_timepiece_watch_start;
  timepiece_class->stop = gst_timepiece_watch_stop;
  timepiece_class->apply = gst_timepiece_watch_apply;
  timepiece_class->metric_name = "elapsed_time";
  timepiece_class->set_segment = gst_timepiece_watch_set_segment;
  timepiece_class->stats = gst_timepiece_watch_stats;

  /**
   * GstTimepieceWatch:watch:
   * Name of the watch, the same for a start and its stops; with dots, the names
   * of the watches above it come first. Without one it is the element's name.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_WATCH,
      g_param_spec_string ("watch", "Watch",
          "Name of the watch, as total.encode to be a child of total "
          "(none = the element's name)", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  /**
   * GstTimepieceWatch:edge:
   *
   * Whether a lap is the push downstream, or starts or stops here.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_EDGE,
      g_param_spec_enum ("edge", "Edge",
          "What the watch does at this point",
          GST_TYPE_TIMEPIECE_WATCH_EDGE, DEFAULT_EDGE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  /**
   * GstTimepieceWatch:correlation:
   *
   * How a stop recognizes the buffers that passed a start. A start with `pts`
   * puts no stamps on them.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_CORRELATION,
      g_param_spec_enum ("correlation", "Correlation",
          "How a stop recognizes the buffers that passed a start",
          GST_TYPE_TIMEPIECE_WATCH_CORRELATION, DEFAULT_CORRELATION,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  /**
   * GstTimepieceWatch:stall-timeout:
   *
   * At a stop, the greatest age of the oldest buffer that passed a start and
   * has not arrived, nor any later one; beyond it, `timepiece-stall` is posted
   * with the reason `in-flight`.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STALL_TIMEOUT,
      g_param_spec_uint64 ("stall-timeout", "Stall timeout",
          "At a stop, report a stall when a buffer is in flight for this many "
          "nanoseconds, at least 1 ms (0 = off)", 0, G_MAXUINT64, 0,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Timepiece watch", "Filter/Analyzer/Debug",
      "Measures how long a part of the pipeline takes, across threads, as a "
      "tree", "The Timepiece authors");
  gst_type_mark_as_plugin_api (GST_TYPE_TIMEPIECE_WATCH_EDGE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_TIMEPIECE_WATCH_CORRELATION, 0);
}

static void
gst_timepiece_watch_init (GstTimepieceWatch * self)
{
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);

  self->sinkpad = gst_timepiece_element_get_sink_pad (element);
  self->srcpad = gst_timepiece_element_get_src_pad (element);
  self->stamp_type = gst_timepiece_stamp_api_get_type ();
  self->stamp_info = gst_timepiece_stamp_get_info ();
  self->edge = DEFAULT_EDGE;
  self->correlation = DEFAULT_CORRELATION;
  gst_timepiece_watch_set_flow (self, DEFAULT_EDGE);
}
