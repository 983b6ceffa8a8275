/**
 * SECTION:tracer-timepiece
 * @title: timepiece
 * @short_description: measures every element of every pipeline of a process
 *
 * Set the environment variable `GST_TRACERS=timepiece` for a program that was not
 * edited, and each of its pipelines posts, once an interval, an element message
 * that says what each element, each queue and each thread did, and which
 * element makes the pipeline slow.
 *
 * Time is counted where it is spent: an element's work is without that of the
 * elements downstream and without waiting, be it for room in a queue, for the
 * clock, for a device or for inputs. The buffers, events, their order and the
 * exit code of the program are the same as without the tracer. Without the
 * variable it costs nothing.
 *
 * ## Parameters
 * `GST_TRACERS="timepiece(interval=500ms,elements=*enc*)"`:
 *
 * * `interval`: the time between reports, 1 s unless said otherwise; 0 for one at
 *   the end only
 * * `elements`: a pattern of the paths or factories of the elements to report,
 *   `*` for all
 * * `max-unread-messages`: more unread messages than these are not made, and
 *   their window stays open; 100 unless said otherwise, 0 for no limit
 * * `record`: a file to write the messages to, as `timepiece record` does
 * * `socket`: where `timepiece attach` reads them: `auto` for
 *   `$XDG_RUNTIME_DIR/timepiece/PID.sock`, or a path; only the same user may
 * * `connect`: the socket of a program that reads them, as `timepiece run` does
 *
 * The file and the sockets get the messages of timepiecetick and timepiecewatch,
 * errors and warnings, too. They are written by a thread of their own; a reader
 * that does not keep up gets fewer lines, and holds up nothing.
 *
 * A mistake is one line on standard error and in the debug log, and the process
 * runs on untraced.
 *
 * ## Example launch lines
 * |[
 * GST_TRACERS=timepiece gst-launch-1.0 -m videotestsrc num-buffers=60 ! identity sleep-time=10000 ! fakesink
 * ]|
 * names identity0 as the bottleneck.
 *
 * ## Messages
 * The structure `timepiece-pipeline` comes from the top-level pipeline; times in
 * nanoseconds:
 *
 * * #gchararray `pipeline`: the name of the pipeline
 * * #guint64 `timestamp`: the time of the pipeline's clock,
 *   #GST_CLOCK_TIME_NONE without one
 * * #guint64 `running-time`: the running time of the pipeline
 * * #guint64 `duration`: how long the window was open, pauses not counted
 * * #GST_TYPE_ARRAY of #GstStructure `elements`:
 *   * #gchararray `element`: the path within the pipeline, such as
 *     `decodebin0/avdec_h264-0`
 *   * #gchararray `factory`: what it was made by
 *   * #guint64 `num-buffers`: the buffers that came in; of a source, a demuxer
 *     that pulls and an aggregator, those that went out
 *   * #guint64 `num-bytes`: their bytes
 *   * #gdouble `average-rate`: buffers per second
 *   * #guint64 `work-time`: own time, without waiting, in all
 *   * #guint64 `p50-work`, `p90-work`, `p99-work`, `max-work`: for a buffer
 *   * #gdouble `load`: working time per second
 *   * #guint64 `wait-time`: what it waited, for the reason that follows
 *   * #gchararray `wait-reason`: `none`, `queue-full`, `clock`, `source` or
 *     `inputs`
 *   * #guint64 `start-time`: in the first message only, the time of its state
 *     changes and from its first buffer to its first output
 * * #GST_TYPE_ARRAY of #GstStructure `queues`, one for each pad by which buffers
 *   go into a `queue`, `queue2`, `multiqueue`, `rtpjitterbuffer` or aggregator:
 *   * #gchararray `element`, `pad`: where
 *   * #guint64 `num-buffers`: the buffers that went in
 *   * #guint64 `level-buffers`, `max-level-buffers`: how many are inside at the
 *     end, and were at most
 *   * #guint64 `p50-dwell`, `p99-dwell`, `max-dwell`: how long they stayed
 *   * #guint64 `full-time`: how long those who bring buffers waited for room
 *   * #guint64 `empty-time`: how long its own thread waited for buffers
 *   * #guint64 `num-dropped`: buffers that went in and never came out
 * * #GST_TYPE_ARRAY of #GstStructure `threads`:
 *   * #gchararray `thread`: its name
 *   * #guint64 `cpu-time`: how long it ran
 *   * #guint64 `run-queue-time`: how long it was ready to run and no processor
 *     was free
 *   * #GST_TYPE_ARRAY of #gchararray `elements`: what runs on it
 * * #GstStructure `bottleneck`:
 *   * #gchararray `element`: its path; absent where nothing is slow, or nothing
 *     can be said
 *   * #gchararray `reason`: a sentence
 *   * #gdouble `headroom`: how many times faster the pipeline could run; absent
 *     where it is not known
 *
 * Since: 0.1
 */
/* Tracers are unstable API until GStreamer 1.30; what is used here has been the
 * same since 1.18. */
#define GST_USE_UNSTABLE_API
#include "gsttimepiecetracer.h"

#include <gst/gsttracer.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gsttimepiecetraced.h"

GST_DEBUG_CATEGORY_STATIC (gst_timepiece_tracer_debug);
#define GST_CAT_DEFAULT gst_timepiece_tracer_debug

typedef struct
{
  GstTracer parent;
} GstTimepieceTracer;

typedef struct
{
  GstTracerClass parent_class;
} GstTimepieceTracerClass;

GType gst_timepiece_tracer_get_type (void);
G_DEFINE_TYPE (GstTimepieceTracer, gst_timepiece_tracer, GST_TYPE_TRACER);

#define CACHE_SIZE 64

/* Of a thread: its trace, and the pads that it saw last. */
typedef struct
{
  TimepieceThreadTrace *trace;
  struct
  {
    GstPad *pad;
    GstTimepieceTracedPad *traced;
  } cache[CACHE_SIZE];
} Thread;

static void free_thread (gpointer data);

static GPrivate thread_key = G_PRIVATE_INIT (free_thread);
static __thread Thread *current_thread;

/* What a hook's time is short of CLOCK_MONOTONIC: the start of the process. */
static gint64 time_offset = G_MAXINT64;

static void
free_thread (gpointer data)
{
  Thread *thread = data;

  current_thread = NULL;
  timepiece_thread_free (thread->trace);
  g_free (thread);
}

static G_GNUC_NO_INLINE Thread *
make_thread (void)
{
  Thread *thread = g_new0 (Thread, 1);

  thread->trace = timepiece_thread_new ((int32_t) syscall (SYS_gettid));
  current_thread = thread;
  g_private_set (&thread_key, thread);
  return thread;
}

static inline Thread *
this_thread (void)
{
  return G_LIKELY (current_thread) ? current_thread : make_thread ();
}

/* The instant of a hook. Its own reading of the clock is used, which was paid
 * for already; what it is short of is known from a second one, at first. */
static inline guint64
instant (GstClockTime ts)
{
  return ts + (guint64) __atomic_load_n (&time_offset, __ATOMIC_RELAXED);
}

/* Any delay between the two readings makes it too large. */
static void
learn_offset (GstClockTime ts)
{
  gint64 offset = (gint64) (gst_util_get_timestamp () - ts);

  if (offset < __atomic_load_n (&time_offset, __ATOMIC_RELAXED))
    __atomic_store_n (&time_offset, offset, __ATOMIC_RELAXED);
}

static inline guint
slot_of (GstPad * pad)
{
  return (guint) ((guintptr) pad >> 4 ^ (guintptr) pad >> 10) % CACHE_SIZE;
}

static G_GNUC_NO_INLINE GstTimepieceTracedPad *
look_up (Thread * thread, GstPad * pad, GstClockTime ts)
{
  guint slot = slot_of (pad);

  learn_offset (ts);
  thread->cache[slot].pad = pad;
  thread->cache[slot].traced =
      gst_timepiece_traced_pad (pad, FALSE, instant (ts));
  return thread->cache[slot].traced;
}

/* NULL: the buffers of the pad are not measured. */
static inline GstTimepieceTracedPad *
find (Thread * thread, GstPad * pad, GstClockTime ts)
{
  guint slot = slot_of (pad);
  GstTimepieceTracedPad *traced = thread->cache[slot].traced;

  if (G_UNLIKELY (thread->cache[slot].pad != pad
          || g_atomic_pointer_get (&traced->pad) != pad
          || g_atomic_int_get (&traced->generation) !=
          gst_timepiece_traced_generation ()))
    traced = look_up (thread, pad, ts);
  return traced->trace ? traced : NULL;
}

static inline guintptr
memory_of (GstBuffer * buffer)
{
  /* A leaky queue behind a tee makes a new buffer of the same memory. */
  return gst_buffer_n_memory (buffer) > 0 ?
      (guintptr) gst_buffer_peek_memory (buffer, 0) : (guintptr) buffer;
}

static inline GstClockTime
time_of (GstBuffer * buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) :
      GST_BUFFER_DTS (buffer);
}

/* A chain function is entered. @key: what its end is recognized by */
static void
enter (GstClockTime ts, GstPad * pad, gpointer key, GstBuffer * buffer)
{
  Thread *thread = this_thread ();
  GstTimepieceTracedPad *traced = find (thread, pad, ts);
  guintptr memory = 0;
  GstClockTime time;
  guint64 now, deadline = 0;
  gboolean is_new;

  if (!traced)
    return;
  now = instant (ts);
  time = time_of (buffer);
  if (traced->stores || traced->fed_by_store)
    memory = memory_of (buffer);
  if (traced->clocked)
    deadline = gst_timepiece_traced_deadline (traced, time, now);
  is_new = timepiece_thread_enter (thread->trace, traced->trace,
      (guintptr) key, now, 1, gst_buffer_get_size (buffer), deadline, memory,
      time, FALSE);
  if (traced->stores && is_new)
    timepiece_pad_store (traced->trace, memory, time, now);
}

static void
enter_list (GstClockTime ts, GstPad * pad, gpointer key, GstBufferList * list)
{
  Thread *thread = this_thread ();
  GstTimepieceTracedPad *traced = find (thread, pad, ts);
  guint i, n = gst_buffer_list_length (list);
  guint64 now, num_bytes = 0, deadline = 0;
  guintptr memory = 0;
  GstClockTime time = GST_CLOCK_TIME_NONE;

  if (!traced)
    return;
  now = instant (ts);
  for (i = 0; i < n; i++)
    num_bytes += gst_buffer_get_size (gst_buffer_list_get (list, i));
  if (n > 0) {
    memory = memory_of (gst_buffer_list_get (list, 0));
    time = time_of (gst_buffer_list_get (list, 0));
    if (traced->clocked)
      deadline = gst_timepiece_traced_deadline (traced,
          time_of (gst_buffer_list_get (list, n - 1)), now);
  }
  timepiece_thread_enter (thread->trace, traced->trace, (guintptr) key, now, n,
      num_bytes, deadline, memory, time, TRUE);
  for (i = 0; i < n && (traced->stores || traced->fed_by_store); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    if (traced->fed_by_store && i > 0)
      timepiece_thread_take (thread->trace, traced->trace, memory_of (buffer),
          time_of (buffer), now);
    if (traced->stores)
      timepiece_pad_store (traced->trace, memory_of (buffer), time_of (buffer),
          now);
  }
}

static void
chain_pre (GObject * tracer, GstClockTime ts, GstPad * pad, GstBuffer * buffer)
{
  (void) tracer;
  enter (ts, pad, pad, buffer);
}

static void
chain_list_pre (GObject * tracer, GstClockTime ts, GstPad * pad,
    GstBufferList * list)
{
  (void) tracer;
  enter_list (ts, pad, pad, list);
}

static void
chain_post (GObject * tracer, GstClockTime ts, GstPad * pad, GstFlowReturn ret)
{
  Thread *thread = this_thread ();

  (void) tracer;
  (void) ret;
  timepiece_thread_leave (thread->trace, (guintptr) pad, instant (ts), 0, 0);
}

/* Without hooks around chain functions, up to 1.20, those around pushes serve:
 * a push that leads to an element is in its chain function. */
static void
push_pre (GObject * tracer, GstClockTime ts, GstPad * pad, GstBuffer * buffer)
{
  GstPad *peer = gst_pad_get_peer (pad);

  (void) tracer;
  if (!peer)
    return;
  enter (ts, peer, pad, buffer);
  gst_object_unref (peer);
}

static void
push_list_pre (GObject * tracer, GstClockTime ts, GstPad * pad,
    GstBufferList * list)
{
  GstPad *peer = gst_pad_get_peer (pad);

  (void) tracer;
  if (!peer)
    return;
  enter_list (ts, peer, pad, list);
  gst_object_unref (peer);
}

static void
pull_pre (GObject * tracer, GstClockTime ts, GstPad * pad, guint64 offset,
    guint size)
{
  Thread *thread = this_thread ();
  GstTimepieceTracedPad *traced;

  (void) tracer;
  (void) offset;
  (void) size;
  traced = gst_timepiece_traced_pad (pad, TRUE, instant (ts));
  if (traced->trace)
    timepiece_thread_enter (thread->trace, traced->trace,
        ~(guintptr) pad, instant (ts), 0, 0, 0, 0, GST_CLOCK_TIME_NONE, FALSE);
}

static void
pull_post (GObject * tracer, GstClockTime ts, GstPad * pad, GstBuffer * buffer,
    GstFlowReturn ret)
{
  Thread *thread = this_thread ();
  gboolean has_buffer = ret == GST_FLOW_OK && buffer;

  (void) tracer;
  timepiece_thread_leave (thread->trace, ~(guintptr) pad, instant (ts),
      has_buffer ? 1 : 0, has_buffer ? gst_buffer_get_size (buffer) : 0);
}

static void
push_event_pre (GObject * tracer, GstClockTime ts, GstPad * pad,
    GstEvent * event)
{
  GstTimepieceTracedPad *traced;
  GstPad *peer;

  (void) tracer;
  (void) ts;
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
    case GST_EVENT_LATENCY:
      gst_timepiece_traced_changed ();
      return;
    case GST_EVENT_EOS:
    case GST_EVENT_FLUSH_STOP:
      break;
    default:
      return;
  }
  if (!GST_PAD_IS_SRC (pad) || !(peer = gst_timepiece_traced_peer (pad)))
    return;
  traced = gst_timepiece_traced_pad_known (peer);
  if (traced && traced->trace) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
      timepiece_thread_end (this_thread ()->trace, traced->trace);
    else
      timepiece_pad_flush (traced->trace);
  }
  gst_object_unref (peer);
}

static void
linked (GObject * tracer, GstClockTime ts, GstPad * src, GstPad * sink,
    gint result)
{
  (void) tracer;
  (void) ts;
  (void) src;
  (void) sink;
  (void) result;
  gst_timepiece_traced_changed ();
}

static void
added (GObject * tracer, GstClockTime ts, GstBin * bin, GstElement * element,
    gboolean result)
{
  (void) tracer;
  (void) ts;
  (void) bin;
  (void) element;
  (void) result;
  gst_timepiece_traced_changed ();
}

static void
remove_pre (GObject * tracer, GstClockTime ts, GstBin * bin,
    GstElement * element)
{
  (void) tracer;
  (void) ts;
  (void) bin;
  gst_timepiece_traced_remove (element);
}

static void
change_state_pre (GObject * tracer, GstClockTime ts, GstElement * element,
    GstStateChange transition)
{
  (void) tracer;
  learn_offset (ts);
  gst_timepiece_traced_changes (element, transition, instant (ts));
}

static void
change_state_post (GObject * tracer, GstClockTime ts, GstElement * element,
    GstStateChange transition, GstStateChangeReturn result)
{
  (void) tracer;
  (void) result;
  gst_timepiece_traced_changed_state (element, transition, instant (ts));
}

static void
post_message_pre (GObject * tracer, GstClockTime ts, GstElement * element,
    GstMessage * message)
{
  (void) tracer;
  /* Each bin above posts it again. */
  if (GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (element))
    gst_timepiece_traced_posts (message, instant (ts));
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS
      && GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (element)
      && GST_IS_PIPELINE (element))
    gst_timepiece_traced_end (element, instant (ts));
}

/* A name that a version does not know would register the function for every
 * hook there is. */
static const struct
{
  guint since, until;           /* minor versions */
  const gchar *name;
  GCallback func;
} hooks[] = {
  /* *INDENT-OFF* */
  {18, 22, "pad-push-pre", G_CALLBACK (push_pre)},
  {18, 22, "pad-push-post", G_CALLBACK (chain_post)},
  {18, 22, "pad-push-list-pre", G_CALLBACK (push_list_pre)},
  {18, 22, "pad-push-list-post", G_CALLBACK (chain_post)},
  {22, G_MAXUINT, "pad-chain-pre", G_CALLBACK (chain_pre)},
  {22, G_MAXUINT, "pad-chain-post", G_CALLBACK (chain_post)},
  {22, G_MAXUINT, "pad-chain-list-pre", G_CALLBACK (chain_list_pre)},
  {22, G_MAXUINT, "pad-chain-list-post", G_CALLBACK (chain_post)},
  {18, G_MAXUINT, "pad-pull-range-pre", G_CALLBACK (pull_pre)},
  {18, G_MAXUINT, "pad-pull-range-post", G_CALLBACK (pull_post)},
  {18, G_MAXUINT, "pad-push-event-pre", G_CALLBACK (push_event_pre)},
  {18, G_MAXUINT, "pad-link-post", G_CALLBACK (linked)},
  {18, G_MAXUINT, "pad-unlink-post", G_CALLBACK (linked)},
  {18, G_MAXUINT, "bin-add-post", G_CALLBACK (added)},
  {18, G_MAXUINT, "bin-remove-pre", G_CALLBACK (remove_pre)},
  {18, G_MAXUINT, "element-change-state-pre", G_CALLBACK (change_state_pre)},
  {18, G_MAXUINT, "element-change-state-post", G_CALLBACK (change_state_post)},
  {18, G_MAXUINT, "element-post-message-pre", G_CALLBACK (post_message_pre)},
  /* *INDENT-ON* */
};

static void
complain (GstTimepieceTracer * self, const gchar * problem)
{
  GST_ERROR_OBJECT (self, "%s; nothing is traced", problem);
  g_printerr ("GST_TRACERS=timepiece: %s. The process runs on untraced.\n",
      problem);
}

static void
gst_timepiece_tracer_constructed (GObject * object)
{
  GstTimepieceTracer *self = (GstTimepieceTracer *) object;
  static gint is_taken = 0;
  GstTimepieceTracerSettings settings = { 0 };
  guint major, minor, micro, nano, i;
  gchar *params, *problem;

  G_OBJECT_CLASS (gst_timepiece_tracer_parent_class)->constructed (object);
  g_object_get (self, "params", &params, NULL);
  problem = gst_timepiece_tracer_settings_parse (&settings, params);
  gst_version (&major, &minor, &micro, &nano);
  if (!problem && (major != 1 || minor < 18))
    problem = g_strdup_printf ("GStreamer %u.%u is older than 1.18", major,
        minor);
  /* Functions cannot be unregistered, and would be called twice. */
  if (!problem && !g_atomic_int_compare_and_exchange (&is_taken, 0, 1))
    problem = g_strdup ("the tracer is there already");
  if (problem) {
    complain (self, problem);
  } else {
    gst_timepiece_traced_init (&settings);
    for (i = 0; i < G_N_ELEMENTS (hooks); i++)
      if (minor >= hooks[i].since && minor < hooks[i].until)
        gst_tracing_register_hook (GST_TRACER (self), hooks[i].name,
            hooks[i].func);
  }
  gst_timepiece_tracer_settings_clear (&settings);
  g_free (problem);
  g_free (params);
}

static void
gst_timepiece_tracer_class_init (GstTimepieceTracerClass * klass)
{
  G_OBJECT_CLASS (klass)->constructed = gst_timepiece_tracer_constructed;
}

static void
gst_timepiece_tracer_init (GstTimepieceTracer * self)
{
  (void) self;
}

gboolean
gst_timepiece_tracer_register (GstPlugin * plugin)
{
  GST_DEBUG_CATEGORY_INIT (gst_timepiece_tracer_debug, "timepiecetracer", 0,
      "measures every element of a process");
  return gst_tracer_register (plugin, "timepiece",
      gst_timepiece_tracer_get_type ());
}
