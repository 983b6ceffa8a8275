/* The tracer's records of pipelines, elements and pads: their place in the
 * pipeline and their kind are looked up here, off the path of a buffer.
 *
 * Locks: `lock` guards the records and is never held while GStreamer is called;
 * `gone_lock` guards the lists of removed objects, and no other lock is taken
 * with it held, so that an object may be freed under any lock. */
#include "gsttimepiecetraced.h"

#include <gst/base/gstbasesink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gsttimepieceelement.h"
#include "gsttimepiecejson.h"
#include "gsttimepiecename.h"
#include "gsttimepiecepipelinemessage.h"

/* The offset of an element's clock is read again after this time. */
#define CLOCK_READING GST_SECOND

typedef struct
{
  gint refs;                    /* atomic */
  GWeakRef object;              /* the pipeline */
  TimepiecePipeline *trace;     /* with `lock`; NULL: it was removed */
  gint unread;                  /* atomic, messages that are not freed yet */
  gint num_elements;            /* with `lock` */
  gint num_shown;               /* with `lock` */
  gboolean warned;
  TimepiecePrometheus *prometheus;      /* NULL: it is not shown; atomic */
  TimepieceOtlp *otlp;          /* NULL: it is not sent; atomic */
} Pipeline;

typedef struct _Element Element;
struct _Element
{
  gint generation;              /* atomic, when the rest was looked up */
  TimepieceElementKind kind;
  gboolean is_bin;
  Pipeline *pipeline;           /* with `lock`; NULL: it is not in a pipeline */
  TimepieceElementTrace *trace; /* with `lock`; NULL: it is not measured */
  gchar *path;                  /* with `lock` */
  guint64 change_began;         /* with the element's STATE_LOCK */
  Element *next;                /* in the list of removed ones */
};

static GMutex lock;
static GMutex gone_lock;
static Element *gone_elements;
static GstTimepieceTracedPad *gone_pads;
static GstTimepieceTracedPad *free_pads;        /* with `lock` */
gint gst_timepiece_traced_generation = 1;
static GstTimepieceTracerSettings settings;
static TimepieceLines *lines;   /* atomic; NULL: none are configured */
static guint64 lines_began;
static const gchar *end_reason = "stopped";     /* atomic */
static GQuark pipeline_quark, element_quark, pad_quark, puller_quark;

void
gst_timepiece_traced_init (const GstTimepieceTracerSettings * given)
{
  settings = *given;
  settings.elements = g_strdup (given->elements);
  settings.record = g_strdup (given->record);
  settings.socket = g_strdup (given->socket);
  settings.connect = g_strdup (given->connect);
  settings.prometheus_address = g_strdup (given->prometheus_address);
  settings.otlp = g_strdup (given->otlp);
  pipeline_quark = g_quark_from_static_string ("timepiece-traced-pipeline");
  element_quark = g_quark_from_static_string ("timepiece-traced-element");
  pad_quark = g_quark_from_static_string ("timepiece-traced-pad");
  puller_quark = g_quark_from_static_string ("timepiece-traced-puller");
}

void
gst_timepiece_traced_changed (void)
{
  g_atomic_int_inc (&gst_timepiece_traced_generation);
}

static void
unref_pipeline (Pipeline * pipeline)
{
  if (!g_atomic_int_dec_and_test (&pipeline->refs))
    return;
  g_weak_ref_clear (&pipeline->object);
  g_free (pipeline);
}

/* With `lock` held. */
static void
forget_element (Element * element)
{
  if (element->trace && element->pipeline->trace)
    timepiece_pipeline_remove (element->pipeline->trace, element->trace);
  element->trace = NULL;
  g_clear_pointer (&element->pipeline, unref_pipeline);
  g_clear_pointer (&element->path, g_free);
}

/* With `lock` held. */
static void
forget_pad (GstTimepieceTracedPad * pad)
{
  Pipeline *pipeline = pad->pipeline;

  if (pad->trace && pipeline->trace)
    timepiece_pipeline_remove_pad (pipeline->trace, pad->trace);
  g_atomic_pointer_set (&pad->trace, NULL);
  pad->owner = NULL;
  g_clear_pointer (&pad->pipeline, unref_pipeline);
}

/* With `lock` held: releases what was removed. */
static void
collect (void)
{
  Element *elements;
  GstTimepieceTracedPad *pads;

  g_mutex_lock (&gone_lock);
  elements = g_steal_pointer (&gone_elements);
  pads = g_steal_pointer (&gone_pads);
  g_mutex_unlock (&gone_lock);
  while (pads) {
    GstTimepieceTracedPad *pad = pads;

    pads = pad->next;
    forget_pad (pad);
    pad->next = free_pads;
    free_pads = pad;
  }
  while (elements) {
    Element *element = elements;

    elements = element->next;
    forget_element (element);
    g_free (element);
  }
}

static void
element_gone (gpointer data)
{
  Element *element = data;

  g_mutex_lock (&gone_lock);
  element->next = gone_elements;
  gone_elements = element;
  g_mutex_unlock (&gone_lock);
}

static void
pad_gone (gpointer data)
{
  GstTimepieceTracedPad *pad = data;

  g_atomic_pointer_set (&pad->pad, NULL);
  g_mutex_lock (&gone_lock);
  pad->next = gone_pads;
  gone_pads = pad;
  g_mutex_unlock (&gone_lock);
}

static void
pipeline_gone (gpointer data)
{
  Pipeline *pipeline = data;
  TimepiecePipeline *trace;

  g_mutex_lock (&lock);
  collect ();
  trace = g_steal_pointer (&pipeline->trace);
  g_mutex_unlock (&lock);
  gst_timepiece_traced_changed ();
  if (trace)
    timepiece_pipeline_close (trace);
  if (pipeline->prometheus) {
    timepiece_prometheus_close (pipeline->prometheus, gst_timepiece_now ());
    timepiece_prometheus_unref (pipeline->prometheus);
  }
  if (pipeline->otlp) {
    timepiece_otlp_close (pipeline->otlp);
    timepiece_otlp_unref (pipeline->otlp);
  }
  unref_pipeline (pipeline);
}

/* Lines */

/* A line that begins with the time. @rest: (transfer full) */
static void
write_line (GString * rest, guint64 now)
{
  TimepieceLines *output = g_atomic_pointer_get (&lines);
  gchar *line = g_strdup_printf ("{\"at\":%" G_GUINT64_FORMAT ",%s}",
      now > lines_began ? now - lines_began : 0, rest->str);

  if (output)
    timepiece_lines_write (output, line);
  g_free (line);
  g_string_free (rest, TRUE);
}

static void
close_lines (void)
{
  GString *rest = g_string_new (NULL);

  g_string_printf (rest, "\"event\":\"end\",\"reason\":\"%s\"",
      (const gchar *) g_atomic_pointer_get (&end_reason));
  write_line (rest, gst_timepiece_now ());
  timepiece_lines_close (lines);
}

/* Opened with the first pipeline, so that a program that only starts others, or
 * inspects plugins, does not touch the file. */
static void
open_lines (void)
{
  static gsize opened = 0;
  GDateTime *time;
  GString *header;
  gchar *started, *problem = NULL;
  TimepieceLines *output;

  if (!g_once_init_enter (&opened))
    return;
  if (settings.record || settings.socket || settings.connect) {
    time = g_date_time_new_now_utc ();
    started = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
    header = g_string_new ("{\"timepiece\":\"recording\",\"version\":1,");
    g_string_append_printf (header, "\"started\":\"%s\",\"pid\":%d,"
        "\"description\":", started, (gint) getpid ());
    gst_timepiece_json_string (header, g_get_prgname ()? g_get_prgname () : "");
    g_string_append_c (header, '}');
    lines_began = gst_timepiece_now ();
    output = timepiece_lines_new (settings.record, settings.socket,
        settings.connect, header->str, &problem);
    if (output) {
      g_atomic_pointer_set (&lines, output);
      atexit (close_lines);
    } else {
      g_printerr ("GST_TRACERS=timepiece: %s. The process runs on, and nothing "
          "is written there.\n", problem ? problem : "no memory");
    }
    free (problem);
    g_string_free (header, TRUE);
    g_free (started);
    g_date_time_unref (time);
  }
  g_once_init_leave (&opened, 1);
}

void
gst_timepiece_traced_posts (GstMessage * message, guint64 now)
{
  const GstStructure *structure;
  GError *error = NULL;
  GString *rest;

  if (!g_atomic_pointer_get (&lines))
    return;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      structure = gst_message_get_structure (message);
      if (!structure || !g_str_has_prefix (gst_structure_get_name (structure),
              "timepiece-") || GST_IS_PIPELINE (GST_MESSAGE_SRC (message)))
        return;
      rest = g_string_new (NULL);
      gst_timepiece_json_structure (rest, structure);
      break;
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
      if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
        gst_message_parse_error (message, &error, NULL);
        g_atomic_pointer_set (&end_reason, "failed");
      } else {
        gst_message_parse_warning (message, &error, NULL);
      }
      rest = g_string_new (NULL);
      g_string_printf (rest, "\"event\":\"%s\",\"source\":",
          GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR ? "error" :
          "warning");
      gst_timepiece_json_string (rest, GST_OBJECT_NAME (GST_MESSAGE_SRC
              (message)));
      g_string_append (rest, ",\"text\":");
      gst_timepiece_json_string (rest, error && error->message ?
          error->message : "");
      g_clear_error (&error);
      break;
    default:
      return;
  }
  write_line (rest, now);
}

/* Pipelines */

static void
warn_nothing_shown (Pipeline * pipeline, GstObject * object)
{
  gint all, shown;

  g_mutex_lock (&lock);
  all = pipeline->num_elements;
  shown = pipeline->num_shown;
  g_mutex_unlock (&lock);
  if (shown > 0 || all == 0 || pipeline->warned)
    return;
  pipeline->warned = TRUE;
  g_printerr ("GST_TRACERS=timepiece: elements=%s matches none of the %d "
      "elements of %s.\n", settings.elements, all, GST_OBJECT_NAME (object));
}

static bool
is_ready (void *user_data)
{
  Pipeline *pipeline = user_data;

  g_mutex_lock (&lock);
  collect ();
  g_mutex_unlock (&lock);
  return settings.max_unread == 0 || g_atomic_pointer_get (&lines)
      || g_atomic_int_get (&pipeline->unread) < (gint) settings.max_unread;
}

static void
message_freed (gpointer data, GstMiniObject * message)
{
  Pipeline *pipeline = data;

  (void) message;
  g_atomic_int_add (&pipeline->unread, -1);
  unref_pipeline (pipeline);
}

static void
report (const TimepiecePipelineWindow * window, void *user_data)
{
  Pipeline *pipeline = user_data;
  GstElement *object = g_weak_ref_get (&pipeline->object);
  GstStructure *structure;
  GstMessage *message;

  if (!object)
    return;
  warn_nothing_shown (pipeline, GST_OBJECT_CAST (object));
  structure = gst_timepiece_pipeline_structure (object, window);
  if (g_atomic_pointer_get (&lines)) {
    GString *rest = g_string_new (NULL);

    gst_timepiece_json_structure (rest, structure);
    write_line (rest, gst_timepiece_now ());
  }
  /* With lines to write, a window is closed even if the bus is not read. */
  if (settings.max_unread > 0
      && g_atomic_int_get (&pipeline->unread) >= (gint) settings.max_unread) {
    gst_structure_free (structure);
    gst_object_unref (object);
    return;
  }
  message = gst_message_new_element (GST_OBJECT_CAST (object), structure);
  g_atomic_int_inc (&pipeline->refs);
  g_atomic_int_inc (&pipeline->unread);
  gst_mini_object_weak_ref (GST_MINI_OBJECT_CAST (message), message_freed,
      pipeline);
  gst_element_post_message (object, message);
  gst_object_unref (object);
}

/* With `lock` held.
 * Returns: (transfer none): of a top-level pipeline, made if necessary */
static Pipeline *
pipeline_of (GstElement * object)
{
  Pipeline *pipeline = g_object_get_qdata (G_OBJECT (object), pipeline_quark);

  if (pipeline)
    return pipeline;
  pipeline = g_new0 (Pipeline, 1);
  pipeline->refs = 1;
  g_weak_ref_init (&pipeline->object, object);
  pipeline->trace = timepiece_pipeline_new (object, settings.interval,
      g_get_num_processors (), is_ready, report, pipeline);
  g_object_set_qdata_full (G_OBJECT (object), pipeline_quark, pipeline,
      pipeline_gone);
  return pipeline;
}

/* Elements */

static gboolean
is_a (GType type, const gchar * name)
{
  GType other = g_type_from_name (name);

  return other != 0 && g_type_is_a (type, other);
}

static TimepieceElementKind
kind_of (GstElement * element)
{
  static const gchar *const queues[] =
      { "GstQueue", "GstQueue2", "GstMultiQueue" };
  GType type = G_OBJECT_TYPE (element);
  guint i, num_sinks = 0;
  GList *templates;

  for (i = 0; i < G_N_ELEMENTS (queues); i++)
    if (is_a (type, queues[i]))
      return TIMEPIECE_ELEMENT_QUEUE;
  if (is_a (type, "GstRtpJitterBuffer"))
    return TIMEPIECE_ELEMENT_JITTER_BUFFER;
  if (is_a (type, "GstAggregator"))
    return is_a (type, "GstVideoAggregator") || is_a (type,
        "GstAudioAggregator") ? TIMEPIECE_ELEMENT_AGGREGATOR :
        TIMEPIECE_ELEMENT_MUXER;
  templates =
      gst_element_class_get_pad_template_list (GST_ELEMENT_GET_CLASS (element));
  for (; templates; templates = templates->next) {
    GstPadTemplate *template = templates->data;

    if (GST_PAD_TEMPLATE_DIRECTION (template) == GST_PAD_SINK)
      num_sinks += GST_PAD_TEMPLATE_PRESENCE (template) == GST_PAD_ALWAYS ?
          1 : 2;
  }
  if (num_sinks == 0 && element->numsinkpads == 0)
    return TIMEPIECE_ELEMENT_SOURCE;
  return num_sinks > 1 ? TIMEPIECE_ELEMENT_JOINER : TIMEPIECE_ELEMENT_FILTER;
}

/* Returns: (transfer full) (nullable): the top-level pipeline that an element is
 * in, and the path to it there. */
static GstElement *
where_is (GstElement * element, gchar ** path)
{
  GstObject *top;

  *path = gst_timepiece_name_path (element, &top);
  if (*path && GST_IS_PIPELINE (top))
    return GST_ELEMENT_CAST (top);
  g_clear_pointer (path, g_free);
  gst_object_unref (top);
  return NULL;
}

static gboolean
is_shown (const gchar * path, const gchar * factory)
{
  const gchar *name = strrchr (path, '/');

  return g_pattern_match_simple (settings.elements, path)
      || g_pattern_match_simple (settings.elements, factory)
      || (name && g_pattern_match_simple (settings.elements, name + 1));
}

/* Returns: (transfer none): of an element, looked up again if anything changed */
static Element *
element_of (GstElement * object)
{
  Element *element = g_object_get_qdata (G_OBJECT (object), element_quark);
  gint now = g_atomic_int_get (&gst_timepiece_traced_generation);
  GstElementFactory *factory;
  const gchar *name;
  GstElement *top;
  Pipeline *pipeline;
  gchar *path;

  if (element && g_atomic_int_get (&element->generation) == now)
    return element;
  top = where_is (object, &path);
  factory = gst_element_get_factory (object);
  name = factory ? GST_OBJECT_NAME (factory) : G_OBJECT_TYPE_NAME (object);
  g_mutex_lock (&lock);
  collect ();
  element = g_object_get_qdata (G_OBJECT (object), element_quark);
  if (!element) {
    element = g_new0 (Element, 1);
    element->is_bin = GST_IS_BIN (object);
    if (!element->is_bin)
      element->kind = kind_of (object);
    g_object_set_qdata_full (G_OBJECT (object), element_quark, element,
        element_gone);
  }
  pipeline = top && !element->is_bin ? pipeline_of (top) : NULL;
  if (pipeline != element->pipeline || g_strcmp0 (path, element->path) != 0
      || (pipeline && !element->trace)) {
    forget_element (element);
    if (pipeline && pipeline->trace) {
      gboolean shown = is_shown (path, name);

      pipeline->num_elements++;
      pipeline->num_shown += shown;
      element->trace = timepiece_pipeline_add (pipeline->trace, path, name,
          element->kind, shown);
      g_atomic_int_inc (&pipeline->refs);
      element->pipeline = pipeline;
      element->path = g_steal_pointer (&path);
    }
  }
  g_atomic_int_set (&element->generation, now);
  g_mutex_unlock (&lock);
  g_free (path);
  if (top)
    gst_object_unref (top);
  return element;
}

void
gst_timepiece_traced_remove (GstElement * object)
{
  Element *element;

  g_mutex_lock (&lock);
  element = g_object_get_qdata (G_OBJECT (object), element_quark);
  if (element)
    forget_element (element);
  g_mutex_unlock (&lock);
  gst_timepiece_traced_changed ();
}

/* Pads */

GstPad *
gst_timepiece_traced_peer (GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad);

  while (peer && GST_IS_PROXY_PAD (peer)) {
    GstProxyPad *internal = gst_proxy_pad_get_internal (GST_PROXY_PAD (peer));

    gst_object_unref (peer);
    if (!internal)
      return NULL;
    peer = gst_pad_get_peer (GST_PAD_CAST (internal));
    gst_object_unref (internal);
  }
  return peer;
}

GstTimepieceTracedPad *
gst_timepiece_traced_pad_known (GstPad * pad)
{
  return g_object_get_qdata (G_OBJECT (pad), pad_quark);
}

/* Returns: (transfer full) (nullable): the pad through which the buffers of a
 * source pad entered its element */
static GstPad *
inner_sink (GstPad * src)
{
  GstIterator *links = gst_pad_iterate_internal_links (src);
  GValue item = G_VALUE_INIT;
  GstPad *sink = NULL;

  if (!links)
    return NULL;
  if (gst_iterator_next (links, &item) == GST_ITERATOR_OK) {
    sink = g_value_dup_object (&item);
    g_value_unset (&item);
  }
  gst_iterator_free (links);
  return sink;
}

static void
read_segment (GstPad * pad, GstSegment * segment)
{
  GstEvent *event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);

  gst_segment_init (segment, GST_FORMAT_UNDEFINED);
  if (!event)
    return;
  gst_event_copy_segment (event, segment);
  gst_event_unref (event);
}

static void
look_at_clock (GstTimepieceTracedPad * self, GstPad * pad, guint64 now)
{
  GstElement *element = self->clocked;
  GstClockTimeDiff offset = 0, ts_offset = 0;
  gboolean sync = FALSE;
  GstClock *clock;

  self->look_again = now + CLOCK_READING;
  g_object_get (element, "sync", &sync, NULL);
  self->waits = sync;
  if (!sync)
    return;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "ts-offset"))
    g_object_get (element, "ts-offset", &ts_offset, NULL);
  if (GST_IS_BASE_SINK (element))
    offset = (GstClockTimeDiff) gst_base_sink_get_latency (GST_BASE_SINK
        (element))
        - (GstClockTimeDiff) gst_base_sink_get_render_delay (GST_BASE_SINK
        (element));
  read_segment (pad, &self->segment);
  clock = gst_element_get_clock (element);
  if (!clock) {
    self->segment.format = GST_FORMAT_UNDEFINED;
    return;
  }
  self->clock_offset = offset + ts_offset + (GstClockTimeDiff)
      gst_timepiece_now () - (GstClockTimeDiff) gst_clock_get_time (clock);
  gst_object_unref (clock);
}

/* Sets until when a buffer of the pad needs nothing but to be counted. */
static void
set_plain (GstTimepieceTracedPad * self)
{
  if (self->stores || self->fed_by_store || self->at_aggregator
      || (self->clocked && self->waits))
    self->plain_until = 0;
  else
    self->plain_until = self->clocked ? self->look_again : G_MAXUINT64;
}

guint64
gst_timepiece_traced_deadline (GstTimepieceTracedPad * self,
    GstClockTime time, guint64 now)
{
  GstPad *pad = g_atomic_pointer_get (&self->pad);
  GstClockTime running_time;
  gint64 deadline;

  if (now >= self->look_again && pad) {
    look_at_clock (self, pad, now);
    set_plain (self);
  }
  if (!self->waits)
    return 0;
  /* The element is prerolling. */
  if (GST_STATE (self->clocked) != GST_STATE_PLAYING)
    return TIMEPIECE_NONE;
  if (self->segment.format != GST_FORMAT_TIME
      || !GST_CLOCK_TIME_IS_VALID (time))
    return 0;
  running_time = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME,
      time);
  if (!GST_CLOCK_TIME_IS_VALID (running_time))
    return 0;
  deadline = (gint64) (running_time + self->clocked->base_time)
      + self->clock_offset;
  return deadline > 1 ? (guint64) deadline : 1;
}

static gboolean
may_wait (GstElement * element)
{
  GType type = G_OBJECT_TYPE (element);

  return GST_IS_BASE_SINK (element) || is_a (type, "GstIdentity")
      || is_a (type, "GstClockSync");
}

/* With `lock` held. Returns: (transfer none): of a pad, made if necessary */
static GstTimepieceTracedPad *
record_of (GstPad * pad, GQuark quark)
{
  GstTimepieceTracedPad *self = g_object_get_qdata (G_OBJECT (pad), quark);

  if (self)
    return self;
  if (free_pads) {
    self = free_pads;
    free_pads = self->next;
    memset (self, 0, sizeof (*self));
  } else {
    self = g_new0 (GstTimepieceTracedPad, 1);
  }
  g_atomic_pointer_set (&self->pad, pad);
  g_object_set_qdata_full (G_OBJECT (pad), quark, self, pad_gone);
  return self;
}

static gboolean
is_aggregator (const Element * element)
{
  return element && (element->kind == TIMEPIECE_ELEMENT_AGGREGATOR
      || element->kind == TIMEPIECE_ELEMENT_MUXER);
}

/* With `lock` held: the trace of a pad is that of its present element. */
static void
follow (GstTimepieceTracedPad * self, Element * element, const gchar * name)
{
  if (self->trace && element->trace == self->owner)
    return;
  forget_pad (self);
  if (!element->trace)
    return;
  self->owner = element->trace;
  self->pipeline = element->pipeline;
  g_atomic_int_inc (&element->pipeline->refs);
  self->stores = element->kind == TIMEPIECE_ELEMENT_QUEUE
      || element->kind == TIMEPIECE_ELEMENT_JITTER_BUFFER
      || is_aggregator (element);
  g_atomic_pointer_set (&self->trace,
      timepiece_pipeline_add_pad (element->pipeline->trace, self->owner, name));
}

GstClockTime
gst_timepiece_traced_time (const GstTimepieceTracedPad * self,
    GstClockTime time)
{
  GstClockTime running_time;

  if (!GST_CLOCK_TIME_IS_VALID (time)
      || self->stream.format != GST_FORMAT_TIME)
    return time;
  running_time = gst_segment_to_running_time (&self->stream, GST_FORMAT_TIME,
      time);
  return GST_CLOCK_TIME_IS_VALID (running_time) ? running_time : time;
}

/* Looks up the other side of a pad, and the kind of its element. */
static void
look_at (GstTimepieceTracedPad * self, GstPad * pad, gboolean pulls,
    guint64 now)
{
  GstElement *own = GST_IS_PROXY_PAD (pad) ? NULL :
      gst_pad_get_parent_element (pad);
  GstPad *peer = own ? gst_timepiece_traced_peer (pad) : NULL;
  GstElement *other = peer ? gst_pad_get_parent_element (peer) : NULL;
  /* The element of the frame, and the outer one: a pull swaps them. */
  GstElement *inner = pulls ? other : own, *outer = pulls ? own : other;
  Element *element = inner ? element_of (inner) : NULL;
  Element *upstream = outer ? element_of (outer) : NULL;
  GstPad *sink = NULL;
  gchar *name = gst_pad_get_name (pad);

  if (upstream && peer && !pulls && (upstream->kind == TIMEPIECE_ELEMENT_QUEUE
          || upstream->kind == TIMEPIECE_ELEMENT_JITTER_BUFFER))
    sink = inner_sink (peer);
  g_mutex_lock (&lock);
  if (element)
    follow (self, element, name);
  else
    forget_pad (self);
  if (self->trace) {
    GstTimepieceTracedPad *store = sink ?
        gst_timepiece_traced_pad_known (sink) : NULL;
    TimepieceElementTrace *trace = upstream
        && upstream->pipeline == self->pipeline ? upstream->trace : NULL;

    if (pulls)
      timepiece_pad_set_puller (self->trace, trace);
    else
      timepiece_pad_set_upstream (self->trace, trace, store ? store->trace :
          NULL);
    self->fed_by_store = store && store->trace;
  }
  g_mutex_unlock (&lock);
  self->at_aggregator = self->trace && !pulls && (is_aggregator (element)
      || is_aggregator (upstream));
  if (self->at_aggregator)
    read_segment (pad, &self->stream);
  if (own && self->trace && !pulls && may_wait (own)) {
    self->clocked = own;
    look_at_clock (self, pad, now);
  } else {
    self->clocked = NULL;
  }
  set_plain (self);
  g_free (name);
  if (sink)
    gst_object_unref (sink);
  if (other)
    gst_object_unref (other);
  if (peer)
    gst_object_unref (peer);
  if (own)
    gst_object_unref (own);
}

GstTimepieceTracedPad *
gst_timepiece_traced_pad (GstPad * pad, gboolean pulls, guint64 now)
{
  GQuark quark = pulls ? puller_quark : pad_quark;
  GstTimepieceTracedPad *self = g_object_get_qdata (G_OBJECT (pad), quark);
  gint current = g_atomic_int_get (&gst_timepiece_traced_generation);

  if (self && g_atomic_int_get (&self->generation) == current)
    return self;
  if (!self) {
    g_mutex_lock (&lock);
    collect ();
    self = record_of (pad, quark);
    g_mutex_unlock (&lock);
  }
  look_at (self, pad, pulls, now);
  g_atomic_int_set (&self->generation, current);
  return self;
}

/* States */

static gboolean
is_top_level (GstElement * element)
{
  GstObject *parent;

  if (!GST_IS_PIPELINE (element))
    return FALSE;
  parent = gst_object_get_parent (GST_OBJECT_CAST (element));
  if (!parent)
    return TRUE;
  gst_object_unref (parent);
  return FALSE;
}

/* Prometheus */

/* Shows the pipeline on the page of the process, which is opened with the first
 * one. */
static void
show_to_prometheus (Pipeline * pipeline, TimepiecePipeline * trace,
    GstElement * object)
{
  static gint has_failed = 0;
  TimepiecePrometheusSettings page = {.port = settings.prometheus_port,
    .address = settings.prometheus_address ? settings.prometheus_address :
        "127.0.0.1"
  };
  TimepiecePrometheus *prometheus;
  char *problem = NULL;
  gchar *name;

  if (settings.prometheus_port == 0 || g_atomic_int_get (&has_failed)
      || g_atomic_pointer_get (&pipeline->prometheus))
    return;
  prometheus = timepiece_prometheus_open (&page, &problem);
  if (prometheus && g_atomic_pointer_compare_and_exchange
      ((gpointer *) & pipeline->prometheus, NULL, prometheus)) {
    name = gst_timepiece_name_of (object);
    timepiece_pipeline_show (trace, prometheus, name, gst_timepiece_now ());
    g_free (name);
  } else if (prometheus) {
    timepiece_prometheus_unref (prometheus);
  } else if (g_atomic_int_compare_and_exchange (&has_failed, 0, 1)) {
    g_printerr ("GST_TRACERS=timepiece: %s The process runs on without the "
        "page.\n", problem ? problem : "no memory for the page.");
  }
  free (problem);
}

/* OpenTelemetry */

/* On the sender's thread: a spool that is not used, and a failure to send, are
 * reported once. */
static void
report_otlp (const TimepiecePublisherStatus * status, void *user_data)
{
  static gint has_told = 0, has_told_spool = 0;

  (void) user_data;
  if (status->spool_error
      && g_atomic_int_compare_and_exchange (&has_told_spool, 0, 1))
    g_printerr ("GST_TRACERS=timepiece: %s\n", status->spool_error);
  if (!status->is_failing || !g_atomic_int_compare_and_exchange (&has_told, 0,
          1))
    return;
  g_printerr ("GST_TRACERS=timepiece: Metrics cannot be sent by OTLP. %s\n",
      status->last_error ? status->last_error : "Why is not known.");
}

/* Sends the measurements of the pipeline from now on. */
static void
export_by_otlp (Pipeline * pipeline, TimepiecePipeline * trace,
    GstElement * object)
{
  static gint has_failed = 0;
  TimepieceOtlp *otlp;
  char *problem = NULL, *doubts;
  gchar *name;

  if (!settings.otlp || g_atomic_int_get (&has_failed)
      || g_atomic_pointer_get (&pipeline->otlp))
    return;
  otlp = timepiece_otlp_open (settings.otlp, NULL, report_otlp, NULL, NULL,
      &problem);
  if (otlp
      && g_atomic_pointer_compare_and_exchange ((gpointer *) & pipeline->otlp,
          NULL, otlp)) {
    name = gst_timepiece_name_of (object);
    timepiece_pipeline_export (trace, otlp, name);
    g_free (name);
    if ((doubts = timepiece_otlp_doubts (otlp)))
      g_printerr ("GST_TRACERS=timepiece: %s\n", doubts);
    free (doubts);
  } else if (otlp) {
    timepiece_otlp_close (otlp);
    timepiece_otlp_unref (otlp);
  } else if (g_atomic_int_compare_and_exchange (&has_failed, 0, 1)) {
    g_printerr ("GST_TRACERS=timepiece: otlp: %s The process runs on, and "
        "nothing is sent.\n",
        problem ? problem : "There is no memory for OTLP.");
  }
  free (problem);
}

static TimepiecePipeline *
trace_of (GstElement * element)
{
  Pipeline *pipeline;
  TimepiecePipeline *trace;

  open_lines ();
  g_mutex_lock (&lock);
  pipeline = pipeline_of (element);
  trace = pipeline->trace;
  g_mutex_unlock (&lock);
  if (trace) {
    show_to_prometheus (pipeline, trace, element);
    export_by_otlp (pipeline, trace, element);
  }
  return trace;
}

void
gst_timepiece_traced_changes (GstElement * element, GstStateChange transition,
    guint64 now)
{
  if (is_top_level (element)) {
    if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
      timepiece_pipeline_play (trace_of (element), now);
    else if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
      timepiece_pipeline_pause (trace_of (element), now);
  } else if (!GST_IS_BIN (element)) {
    element_of (element)->change_began = now;
    /* The clock and base time of the pipeline are now set. */
    if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
      gst_timepiece_traced_changed ();
  }
}

void
gst_timepiece_traced_changed_state (GstElement * element,
    GstStateChange transition, guint64 now)
{
  if (is_top_level (element)) {
    if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
      timepiece_pipeline_stop (trace_of (element), now);
      if (g_atomic_pointer_get (&lines))
        timepiece_lines_flush (lines);
    }
    /* The latency is now set. */
    if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
      gst_timepiece_traced_changed ();
  } else if (!GST_IS_BIN (element)) {
    Element *self = element_of (element);

    if (transition != GST_STATE_CHANGE_NULL_TO_READY
        && transition != GST_STATE_CHANGE_READY_TO_PAUSED
        && transition != GST_STATE_CHANGE_PAUSED_TO_PLAYING)
      return;
    g_mutex_lock (&lock);
    if (self->trace)
      timepiece_element_changed (self->trace,
          now > self->change_began ? now - self->change_began : 0, now);
    g_mutex_unlock (&lock);
  }
}

void
gst_timepiece_traced_end (GstElement * pipeline, guint64 now)
{
  if (!is_top_level (pipeline))
    return;
  if (g_str_equal (g_atomic_pointer_get (&end_reason), "stopped"))
    g_atomic_pointer_set (&end_reason, "eos");
  timepiece_pipeline_end (trace_of (pipeline), now);
}
