/**
 * SECTION:tracer-timepiece
 * @title: timepiece
 * @short_description: measures every element of every pipeline of a process
 *
 * Set the environment variable `GST_TRACERS=timepiece` for an unmodified
 * program, and each of its pipelines posts, once an interval, an element
 * message with the statistics of each element, each queue and each thread, and
 * with the element that makes the pipeline slow.
 *
 * Time is counted where it is spent: an element's work excludes that of the
 * elements downstream and any waiting, whether for room in a queue, for the
 * clock, for a device or for inputs. The buffers, events, their order and the
 * exit code of the program are the same as without the tracer. Without the
 * variable it costs nothing.
 *
 * ## Parameters
 * `GST_TRACERS="timepiece(interval=500ms,elements=*enc*)"`:
 *
 * * `interval`: the time between reports, 1 s by default; 0 for one at the end
 *   only
 * * `elements`: a pattern of the paths or factories of the elements to report,
 *   `*` for all
 * * `max-unread-messages`: the most unread messages of a pipeline; beyond them
 *   none is made, and the window stays open; 100 by default, 0 for no limit
 * * `record`: a file to write the messages to, as `timepiece record` does
 * * `socket`: where `timepiece attach` reads them: `auto` for
 *   `$XDG_RUNTIME_DIR/timepiece/PID.sock`, or a path; only the same user is
 *   allowed to
 * * `otlp`: a receiver of OpenTelemetry's protocol over HTTP, such as
 *   `http://127.0.0.1:4318`, or `env` for that of the variables `OTEL_…`
 * * `connect`: the socket of a program that reads them, as `timepiece run` does
 * * `prometheus`: the port, or the address and port, of a page for Prometheus, such
 *   as `9180` or `0.0.0.0:9180`; elements with the same port are on the same
 *   page. It is as of the last report. See #GstTimepieceElement:prometheus-port
 *
 * The file and the sockets also get the messages of timepiecetick and
 * timepiecewatch, errors and warnings. They are written by a separate thread; a
 * reader that does not keep up gets fewer lines, and delays nothing.
 *
 * An invalid parameter is one line on standard error and in the debug log, and
 * the process continues untraced.
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
 *   * #gchararray `factory`: the name of its factory
 *   * #guint64 `num-buffers`: the buffers that came in; of a source, a demuxer
 *     that pulls and an aggregator, those that went out
 *   * #guint64 `num-bytes`: their bytes
 *   * #gdouble `average-rate`: buffers per second
 *   * #guint64 `work-time`: own time, without waiting, in total
 *   * #guint64 `p50-work`, `p90-work`, `p99-work`, `max-work`: for a buffer
 *   * #gdouble `load`: working time per second
 *   * #guint64 `wait-time`: how long it waited, for the reason that follows
 *   * #gchararray `wait-reason`: `none`, `queue-full` (there was no room in it,
 *     or behind it, or another thread was inside), `clock`, `source` or `inputs`
 *   * #guint64 `start-time`: in the first message only, the time of its state
 *     changes and from its first buffer to its first output
 * * #GST_TYPE_ARRAY of #GstStructure `queues`, one for each pad by which buffers
 *   go into a `queue`, `queue2`, `multiqueue`, `rtpjitterbuffer` or aggregator:
 *   * #gchararray `element`, `pad`: where
 *   * #guint64 `num-buffers`: the buffers that went in
 *   * #guint64 `level-buffers`, `max-level-buffers`: how many are inside at the
 *     end, and were at most
 *   * #guint64 `p50-dwell`, `p99-dwell`, `max-dwell`: how long they stayed
 *   * #guint64 `full-time`: how long the upstream thread waited for room
 *   * #guint64 `empty-time`: how long its own thread waited for buffers
 *   * #guint64 `num-dropped`: buffers that entered and never left
 * * #GST_TYPE_ARRAY of #GstStructure `threads`:
 *   * #gchararray `thread`: its name
 *   * #guint64 `cpu-time`: how long it ran
 *   * #guint64 `run-queue-time`: how long it was ready to run and no processor
 *     was free
 *   * #GST_TYPE_ARRAY of #gchararray `elements`: the elements that run on it
 * * #GstStructure `bottleneck`:
 *   * #gchararray `element`: its path; absent where nothing is slow, or where
 *     the bottleneck is unknown
 *   * #gchararray `reason`: a sentence
 *   * #gdouble `headroom`: how many times faster the pipeline could run; absent
 *     where it is unknown
 *
 * Since: 0.1
 */
/* Tracers are unstable API until GStreamer 1.30; the parts used here have not
 * changed since 1.18. */
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

#define CACHE_BITS 7
#define CACHE_SIZE (2 << CACHE_BITS)
#define MOST_ENDS 32

typedef struct
{
  GstPad *pad;
  GstTimepieceTracedPad *traced;
} CachedPad;

/* The state of a thread: its trace, the pads by which it is pushing the end of
 * a stream, nested, and the pads that it saw last, two for each hash value, the
 * newer one first. */
typedef struct
{
  TimepieceThreadTrace *trace;
  GstPad *ends[MOST_ENDS];
  guint num_ends;
  CachedPad cache[CACHE_SIZE];
} Thread;

static void free_thread (gpointer data);

static GPrivate thread_key = G_PRIVATE_INIT (free_thread);
static __thread Thread *current_thread;

/* The difference of CLOCK_MONOTONIC and a hook's time: the start of the
 * process. */
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

/* The instant of a hook. It uses the hook's own reading of the clock, which has
 * already been made; the first call makes a second one to find the offset. */
static inline guint64
instant (GstClockTime ts)
{
  return ts + (guint64) __atomic_load_n (&time_offset, __ATOMIC_RELAXED);
}

/* Any delay between the two readings makes the offset too large. */
static void
learn_offset (GstClockTime ts)
{
  gint64 offset = (gint64) (gst_util_get_timestamp () - ts);

  if (offset < __atomic_load_n (&time_offset, __ATOMIC_RELAXED))
    __atomic_store_n (&time_offset, offset, __ATOMIC_RELAXED);
}

/* The first of the two slots of a pad. */
static inline CachedPad *
slots_of (Thread * thread, GstPad * pad)
{
  /* Fibonacci hashing; the low bits of addresses are alike. */
  return &thread->cache[(guint64) (guintptr) pad * G_GUINT64_CONSTANT
      (0x9E3779B97F4A7C15) >> (64 - CACHE_BITS) << 1];
}

static G_GNUC_NO_INLINE GstTimepieceTracedPad *
look_up (Thread * thread, GstPad * pad, GstClockTime ts)
{
  CachedPad *slot = slots_of (thread, pad);

  learn_offset (ts);
  if (slot[1].pad == pad) {
    slot++;
  } else if (slot[0].pad != pad) {
    slot[1] = slot[0];
    slot[0].pad = pad;
  }
  slot->traced = gst_timepiece_traced_pad (pad, FALSE, instant (ts));
  return slot->traced;
}

/* @trace: the pad's; NULL: its buffers are not measured. It is read once, as
 * another thread may look up the same pad. */
static inline GstTimepieceTracedPad *
find (Thread * thread, GstPad * pad, GstClockTime ts,
    TimepiecePadTrace ** trace)
{
  CachedPad *cached = slots_of (thread, pad);
  GstTimepieceTracedPad *traced;

  if (cached->pad != pad)
    cached++;
  traced = cached->traced;
  if (G_UNLIKELY (cached->pad != pad
          || g_atomic_pointer_get (&traced->pad) != pad
          || g_atomic_int_get (&traced->generation) !=
          g_atomic_int_get (&gst_timepiece_traced_generation)))
    traced = look_up (thread, pad, ts);
  *trace = g_atomic_pointer_get (&traced->trace);
  return traced;
}

static inline guintptr
memory_of (GstBuffer * buffer)
{
  /* A leaky queue behind a tee makes a new buffer with the same memory. */
  return gst_buffer_n_memory (buffer) > 0 ?
      (guintptr) gst_buffer_peek_memory (buffer, 0) : (guintptr) buffer;
}

static inline GstClockTime
time_of (GstBuffer * buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) :
      GST_BUFFER_DTS (buffer);
}

/* The same with a buffer that is followed through a store, or that may wait for
 * the clock. */
static G_GNUC_NO_INLINE void
enter_followed (Thread * thread, GstTimepieceTracedPad * traced,
    TimepiecePadTrace * trace, gpointer key, GstBuffer * buffer, guint64 now)
{
  GstClockTime time = time_of (buffer);
  guintptr memory = 0;
  guint64 deadline = 0;
  gboolean is_new;

  if (traced->stores || traced->fed_by_store)
    memory = memory_of (buffer);
  if (traced->clocked && (traced->waits || now >= traced->look_again))
    deadline = gst_timepiece_traced_deadline (traced, time, now);
  if (traced->at_aggregator)
    time = gst_timepiece_traced_time (traced, time);
  is_new =
      timepiece_thread_enter (thread->trace, trace, (guintptr) key, now, 1,
      gst_buffer_get_size (buffer), deadline, memory, time, FALSE);
  if (traced->stores && is_new)
    timepiece_pad_store (trace, memory, time, now);
}

/* A chain function is entered. @key: identifies it when it ends */
static inline void
enter (GstClockTime ts, GstPad * pad, gpointer key, GstBuffer * buffer)
{
  Thread *thread = this_thread ();
  TimepiecePadTrace *trace;
  GstTimepieceTracedPad *traced = find (thread, pad, ts, &trace);
  guint64 now = instant (ts);

  if (!trace)
    return;
  if (G_LIKELY (now < traced->plain_until))
    timepiece_thread_enter_buffer (thread->trace, trace, (guintptr) key, now,
        gst_buffer_get_size (buffer));
  else
    enter_followed (thread, traced, trace, key, buffer, now);
}

static void
enter_list (GstClockTime ts, GstPad * pad, gpointer key, GstBufferList * list)
{
  Thread *thread = this_thread ();
  TimepiecePadTrace *trace;
  GstTimepieceTracedPad *traced = find (thread, pad, ts, &trace);
  guint i, n = gst_buffer_list_length (list);
  guint64 now, num_bytes = 0, deadline = 0;
  guintptr memory = 0;
  GstClockTime time = GST_CLOCK_TIME_NONE;

  if (!trace)
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
  if (traced->at_aggregator)
    time = gst_timepiece_traced_time (traced, time);
  timepiece_thread_enter (thread->trace, trace, (guintptr) key, now, n,
      num_bytes, deadline, memory, time, TRUE);
  for (i = 0; i < n && (traced->stores || traced->fed_by_store); i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    if (traced->fed_by_store && i > 0)
      timepiece_thread_take (thread->trace, trace, memory_of (buffer),
          time_of (buffer), now);
    time = time_of (buffer);
    if (traced->at_aggregator)
      time = gst_timepiece_traced_time (traced, time);
    if (traced->stores)
      timepiece_pad_store (trace, memory_of (buffer), time, now);
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
  timepiece_thread_leave (thread->trace, (guintptr) pad, instant (ts));
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
  TimepiecePadTrace *trace;

  (void) tracer;
  (void) offset;
  (void) size;
  trace = g_atomic_pointer_get (&gst_timepiece_traced_pad (pad, TRUE,
          instant (ts))->trace);
  if (trace)
    timepiece_thread_enter (thread->trace, trace, ~(guintptr) pad, instant (ts),
        0, 0, 0, 0, GST_CLOCK_TIME_NONE, FALSE);
}

static void
pull_post (GObject * tracer, GstClockTime ts, GstPad * pad, GstBuffer * buffer,
    GstFlowReturn ret)
{
  Thread *thread = this_thread ();
  gboolean has_buffer = ret == GST_FLOW_OK && buffer;

  (void) tracer;
  timepiece_thread_leave_pull (thread->trace, ~(guintptr) pad, instant (ts),
      has_buffer ? 1 : 0, has_buffer ? gst_buffer_get_size (buffer) : 0);
}

/* The key of the frame of the end of a stream. */
static inline guintptr
key_of_end (GstPad * pad)
{
  return (guintptr) pad | 1;
}

/* The push of the end of a stream into an element, in which the element may
 * push the buffers that it held back, is a frame like a chain function. */
static void
push_end (GstPad * pad, GstTimepieceTracedPad * traced,
    TimepiecePadTrace * trace, guint64 now)
{
  Thread *thread = this_thread ();

  if (thread->num_ends == MOST_ENDS) {
    timepiece_thread_end (thread->trace, trace);
    return;
  }
  thread->ends[thread->num_ends++] = pad;
  timepiece_thread_enter_end (thread->trace, trace, key_of_end (pad), now,
      traced->clocked && traced->waits ? TIMEPIECE_NONE : 0);
}

/* @key: the pad that the hook at the end reports; @sink: the pad that receives
 * the event */
static void
end_or_flush (GstPad * key, GstPad * sink, GstEvent * event, guint64 now)
{
  GstTimepieceTracedPad *traced = gst_timepiece_traced_pad_known (sink);
  TimepiecePadTrace *trace =
      traced ? g_atomic_pointer_get (&traced->trace) : NULL;

  if (!trace)
    return;
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    push_end (key, traced, trace, now);
  else
    timepiece_pad_flush (trace);
}

static inline gboolean
is_end_or_flush (GstEvent * event)
{
  return GST_EVENT_TYPE (event) == GST_EVENT_EOS
      || GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP;
}

static void
any_event (GObject * tracer, GstClockTime ts, GstPad * pad, GstEvent * event)
{
  (void) tracer;
  (void) ts;
  (void) pad;
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT
      || GST_EVENT_TYPE (event) == GST_EVENT_LATENCY)
    gst_timepiece_traced_changed ();
}

/* From 1.26 on the pad's OBJECT_LOCK may be held here, and its peer is not to be
 * had; there send_event_pre () serves. */
static void
push_event_pre (GObject * tracer, GstClockTime ts, GstPad * pad,
    GstEvent * event)
{
  GstPad *peer;

  any_event (tracer, ts, pad, event);
  if (!is_end_or_flush (event) || !GST_PAD_IS_SRC (pad)
      || !(peer = gst_timepiece_traced_peer (pad)))
    return;
  end_or_flush (pad, peer, event, instant (ts));
  gst_object_unref (peer);
}

static void
send_event_pre (GObject * tracer, GstClockTime ts, GstPad * pad,
    GstEvent * event)
{
  (void) tracer;
  if (is_end_or_flush (event) && GST_PAD_IS_SINK (pad))
    end_or_flush (pad, pad, event, instant (ts));
}

/* Of both. */
static void
event_post (GObject * tracer, GstClockTime ts, GstPad * pad, gboolean result)
{
  Thread *thread = current_thread;

  (void) tracer;
  (void) result;
  if (!thread || thread->num_ends == 0
      || thread->ends[thread->num_ends - 1] != pad)
    return;
  thread->num_ends--;
  timepiece_thread_leave (thread->trace, key_of_end (pad), instant (ts));
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
  /* Each parent bin posts it again. */
  if (GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (element))
    gst_timepiece_traced_posts (message, instant (ts));
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS
      && GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (element)
      && GST_IS_PIPELINE (element))
    gst_timepiece_traced_end (element, instant (ts));
}

/* A name that is unknown to a version would register the function for every
 * hook. */
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
  {18, 26, "pad-push-event-pre", G_CALLBACK (push_event_pre)},
  {18, 26, "pad-push-event-post", G_CALLBACK (event_post)},
  {26, G_MAXUINT, "pad-push-event-pre", G_CALLBACK (any_event)},
  {26, G_MAXUINT, "pad-send-event-pre", G_CALLBACK (send_event_pre)},
  {26, G_MAXUINT, "pad-send-event-post", G_CALLBACK (event_post)},
  {18, G_MAXUINT, "pad-link-post", G_CALLBACK (linked)},
  {18, G_MAXUINT, "pad-unlink-post", G_CALLBACK (linked)},
  {18, G_MAXUINT, "bin-add-post", G_CALLBACK (added)},
  {18, G_MAXUINT, "bin-remove-pre", G_CALLBACK (remove_pre)},
  {18, G_MAXUINT, "element-change-state-pre", G_CALLBACK (change_state_pre)},
  {18, G_MAXUINT, "element-change-state-post", G_CALLBACK (change_state_post)},
  {18, G_MAXUINT, "element-post-message-pre", G_CALLBACK (post_message_pre)},
  /* *INDENT-ON* */
};

/* At each of its hooks, of which a buffer passes dozens, GStreamer looks up two
 * keys in a GHashTable: NULL, for functions that take all hooks, and the hook's
 * own. Nearly always neither exists, and the search probes slots until it finds
 * a free one. With only the hooks above the table has 16 slots, 14 of them
 * occupied, and a push costs 1,150 instructions more than with an empty table.
 * Keys that are never looked up are added until the table has room, in slots
 * where no search begins: then each search ends immediately.
 * Where GLib places keys differently, the searches are merely longer. */
static const struct
{
  guint keys;                   /* from so many on */
  guint places;                 /* a search begins in one of so many */
} tables[] = {
  {32, 61}, {62, 127}, {122, 251},
};

#define MOST_PLACES 251
#define MOST_NAMES 1000

/* The hooks that a buffer passes and that none of the functions above handles;
 * not every version has all of them. */
static const gchar *const other_hooks[] = {
  "pad-push-pre", "pad-push-post", "pad-push-list-pre", "pad-push-list-post",
  "pad-query-pre", "pad-query-post",
  "mini-object-created", "mini-object-destroyed", "mini-object-reffed",
  "mini-object-unreffed", "object-created", "object-destroyed",
  "object-reffed", "object-unreffed", "memory-init", "memory-free-pre",
  "memory-free-post", "pool-buffer-queued", "pool-buffer-dequeued",
};

/* The function that spare keys are registered with. */
static void
not_called (void)
{
}

/* The slot where GLib begins to search for a key. */
static guint
place_of (GQuark key, guint places)
{
  /* NULL counts as 2 there. */
  return MAX (key, 2) * 11 % places;
}

/* Whether no hook is in the slot where the search for NULL begins, which takes
 * place at every hook. */
static gboolean
leaves_null_free (guint places)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (hooks); i++)
    if (place_of (g_quark_try_string (hooks[i].name), places) ==
        place_of (0, places))
      return FALSE;
  return TRUE;
}

static void
register_spare_keys (GstTracer * self, guint registered)
{
  gboolean is_taken[MOST_PLACES] = { FALSE };
  guint i, table = 0;

  while (table < G_N_ELEMENTS (tables) - 1
      && !leaves_null_free (tables[table].places))
    table++;
  is_taken[place_of (0, tables[table].places)] = TRUE;
  for (i = 0; i < G_N_ELEMENTS (hooks); i++)
    is_taken[place_of (g_quark_try_string (hooks[i].name),
            tables[table].places)] = TRUE;
  for (i = 0; i < G_N_ELEMENTS (other_hooks); i++)
    is_taken[place_of (g_quark_try_string (other_hooks[i]),
            tables[table].places)] = TRUE;
  for (i = 0; registered < tables[table].keys && i < MOST_NAMES; i++) {
    gchar *name = g_strdup_printf ("timepiece-spare-%u", i);
    /* A name that is not a quark would register for every hook. */
    guint place = place_of (g_quark_from_string (name), tables[table].places);

    if (!is_taken[place]) {
      is_taken[place] = TRUE;
      gst_tracing_register_hook (self, name, G_CALLBACK (not_called));
      registered++;
    }
    g_free (name);
  }
}

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
  guint major, minor, micro, nano, i, registered = 0;
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
      if (minor >= hooks[i].since && minor < hooks[i].until) {
        gst_tracing_register_hook (GST_TRACER (self), hooks[i].name,
            hooks[i].func);
        registered++;
      }
    register_spare_keys (GST_TRACER (self), registered);
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
