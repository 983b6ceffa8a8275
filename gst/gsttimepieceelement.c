/* The common part of both elements: one sink pad, one src pad, everything
 * passed through, the shared properties, and a call to the subclass at each
 * change of the stream. Plain GstElement, because GstBaseTransform splits
 * buffer lists and costs twice as much a buffer. */
#include "gsttimepieceelement.h"

#include <stdlib.h>
#include <string.h>

#include "gsttimepiececloudwatch.h"
#include "gsttimepiecelabels.h"
#include "gsttimepiecename.h"
#include "gsttimepieceotlp.h"
#include "gsttimepieceprometheus.h"

GST_DEBUG_CATEGORY_STATIC (gst_timepiece_element_debug);
#define GST_CAT_DEFAULT gst_timepiece_element_debug

#define DEFAULT_INTERVAL GST_SECOND
#define DEFAULT_POST_MESSAGES TRUE
#define DEFAULT_MAX_UNREAD_MESSAGES 100
/* Below this, the reports themselves would be the load. */
#define MIN_INTERVAL GST_MSECOND

enum
{
  PROP_0,
  PROP_INTERVAL,
  PROP_POST_MESSAGES,
  PROP_MAX_UNREAD_MESSAGES,
  PROP_LABEL,
  PROP_STATS,
  PROP_CLOUDWATCH,
  PROP_CLOUDWATCH_END =
      PROP_CLOUDWATCH + GST_TIMEPIECE_CLOUDWATCH_NUM_PROPERTIES,
  PROP_PROMETHEUS = PROP_CLOUDWATCH_END,
  PROP_PROMETHEUS_END =
      PROP_PROMETHEUS + GST_TIMEPIECE_PROMETHEUS_NUM_PROPERTIES,
  PROP_OTLP = PROP_PROMETHEUS_END,
  PROP_OTLP_END = PROP_OTLP + GST_TIMEPIECE_OTLP_NUM_PROPERTIES
};

/* Counts the messages that are not freed yet. The element holds it and so does
 * each message, so it has one reference more than messages are unread. */
typedef struct
{
  gint references;
} GstTimepieceUnread;

/* The part of a publisher's status that is already reported; protected by
 * OBJECT_LOCK. */
typedef struct
{
  GQuark mark;                  /* of a pipeline while nothing can be sent */
  GQuark spool_mark;            /* of a pipeline while a spool is not used */
  gboolean failing;
  gchar *spool_error;           /* the present one */
  gchar *error;                 /* the last one */
  guint64 dropped;
} Told;

typedef struct
{
  /* constant from init to finalize */
  GstTimepieceUnread *unread;
  GstPad *sinkpad;
  GstPad *srcpad;

  /* properties, protected by OBJECT_LOCK */
  guint64 interval;
  gboolean post_messages;
  guint max_unread_messages;
  gchar *label;
  gchar *label_problem;         /* of a label that was refused */
  GstTimepieceCloudWatch publishing;
  GstTimepiecePrometheus showing;
  GstTimepieceOtlp exporting;

  /* between start and stop, else NULL; protected by OBJECT_LOCK */
  TimepiecePublisher *cloudwatch;
  Told cloudwatch_told;
  TimepiecePrometheus *prometheus;      /* with start_lock or OBJECT_LOCK */
  TimepieceOtlp *otlp;          /* as well */
  Told otlp_told;

  /* warnings about invalid settings from before there was a bus, messages;
   * protected by OBJECT_LOCK */
  GQueue doubts;

  /* the stream, written by the streaming thread, protected by OBJECT_LOCK */
  GstSegment segment;
  gdouble nominal_rate;
  GstTimepieceTimes past;       /* of the last buffer of an earlier segment */

  gboolean ended;               /* the streaming thread's own: EOS has passed */

  /* between start and stop, else NULL: set and cleared with start_lock and
   * OBJECT_LOCK held; read with either, by others as a reference */
  TimepieceMeter *meter;
  gboolean warned;              /* protected by OBJECT_LOCK */
  guint64 num_skipped;          /* messages; protected by OBJECT_LOCK */

  /* taken by start and stop, which activation and state change both call; the
   * outermost lock but for the stream lock: OBJECT_LOCK and the timing's come
   * after it. Nothing is posted while it is held. */
  GMutex start_lock;
} GstTimepieceElementPrivate;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstTimepieceElement, gst_timepiece_element,
    GST_TYPE_ELEMENT, G_ADD_PRIVATE (GstTimepieceElement)
    GST_DEBUG_CATEGORY_INIT (gst_timepiece_element_debug, "timepiece", 0,
        "what timepiecetick and timepiecewatch share"));

#define PRIVATE(self) \
    ((GstTimepieceElementPrivate *) \
        gst_timepiece_element_get_instance_private (self))

GstPad *
gst_timepiece_element_get_sink_pad (GstTimepieceElement * self)
{
  return PRIVATE (self)->sinkpad;
}

GstPad *
gst_timepiece_element_get_src_pad (GstTimepieceElement * self)
{
  return PRIVATE (self)->srcpad;
}

guint64
gst_timepiece_element_get_interval (GstTimepieceElement * self)
{
  guint64 interval;

  GST_OBJECT_LOCK (self);
  interval = PRIVATE (self)->interval;
  GST_OBJECT_UNLOCK (self);
  return interval;
}

/* Returns: (transfer full): the pipeline, or whatever is outermost */
GstObject *
gst_timepiece_element_get_top_level (GstTimepieceElement * self)
{
  GstObject *top = gst_object_ref (GST_OBJECT (self)), *above;

  while ((above = gst_object_get_parent (top))) {
    gst_object_unref (top);
    top = above;
  }
  return top;
}

gboolean
gst_timepiece_element_posts (GstTimepieceElement * self)
{
  gboolean posts;

  GST_OBJECT_LOCK (self);
  posts = PRIVATE (self)->post_messages;
  GST_OBJECT_UNLOCK (self);
  return posts;
}

gdouble
gst_timepiece_element_get_nominal_rate (GstTimepieceElement * self)
{
  gdouble rate;

  GST_OBJECT_LOCK (self);
  rate = PRIVATE (self)->nominal_rate;
  GST_OBJECT_UNLOCK (self);
  return rate;
}

gchar *
gst_timepiece_element_dup_label (GstTimepieceElement * self)
{
  gchar *label;

  GST_OBJECT_LOCK (self);
  label = PRIVATE (self)->label ? g_strdup (PRIVATE (self)->label) :
      gst_timepiece_name_readable (GST_OBJECT_NAME (self));
  GST_OBJECT_UNLOCK (self);
  return label;
}

/* In reverse playback, times count from the stop less the offset; without a
 * stop GStreamer logs a critical for the conversion. */
static gboolean
has_times (const GstSegment * segment)
{
  return segment->format == GST_FORMAT_TIME && (segment->rate > 0.0
      || (GST_CLOCK_TIME_IS_VALID (segment->stop)
          && segment->stop >= segment->offset));
}

/* With OBJECT_LOCK held. */
static void
times_in_segment (GstTimepieceElementPrivate * priv, GstClockTime position,
    GstTimepieceTimes * times)
{
  if (!GST_CLOCK_TIME_IS_VALID (position)) {
    *times = priv->past;
    return;
  }
  times->timestamp = position;
  times->stream_time = GST_CLOCK_TIME_NONE;
  times->running_time = GST_CLOCK_TIME_NONE;
  if (has_times (&priv->segment)) {
    times->stream_time = gst_segment_to_stream_time (&priv->segment,
        GST_FORMAT_TIME, position);
    times->running_time = gst_segment_to_running_time (&priv->segment,
        GST_FORMAT_TIME, position);
  }
}

void
gst_timepiece_element_get_times (GstTimepieceElement * self,
    GstClockTime position, GstTimepieceTimes * times)
{
  GST_OBJECT_LOCK (self);
  times_in_segment (PRIVATE (self), position, times);
  GST_OBJECT_UNLOCK (self);
}

GstClockTime
gst_timepiece_element_running_time (GstTimepieceElement * self,
    GstClockTime position)
{
  const GstSegment *segment = &PRIVATE (self)->segment;

  if (!has_times (segment))
    return GST_CLOCK_TIME_NONE;
  return gst_segment_to_running_time (segment, GST_FORMAT_TIME, position);
}

/* A bus drops messages that are posted before its pipeline is READY. */
static gboolean
has_bus (GstTimepieceElement * self)
{
  GstObject *outermost = gst_timepiece_element_get_top_level (self);
  GstBus *bus = gst_element_get_bus (GST_ELEMENT (outermost));
  gboolean hears = bus && !GST_OBJECT_FLAG_IS_SET (bus, GST_BUS_FLUSHING);

  if (bus)
    gst_object_unref (bus);
  gst_object_unref (outermost);
  return hears;
}

/* A warning that could not be posted yet. Not a message, which would hold the
 * element that holds it. */
typedef struct
{
  gchar *problem;
  gchar *consequence;
} Doubt;

static void
free_doubt (gpointer data)
{
  Doubt *doubt = data;

  g_free (doubt->problem);
  g_free (doubt->consequence);
  g_free (doubt);
}

static void
post_warning (GstTimepieceElement * self, const gchar * problem,
    const gchar * consequence)
{
  GError *error = g_error_new_literal (GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_SETTINGS, problem);

  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_warning (GST_OBJECT (self), error, consequence));
  g_error_free (error);
}

void
gst_timepiece_element_warn_settings (GstTimepieceElement * self,
    const gchar * problem, const gchar * consequence)
{
  Doubt *doubt;

  if (has_bus (self)) {
    post_warning (self, problem, consequence);
    return;
  }
  doubt = g_new (Doubt, 1);
  doubt->problem = g_strdup (problem);
  doubt->consequence = g_strdup (consequence);
  GST_OBJECT_LOCK (self);
  g_queue_push_tail (&PRIVATE (self)->doubts, doubt);
  GST_OBJECT_UNLOCK (self);
}

/* Posts the warnings that could not be posted when the settings were made. */
static void
tell_doubts (GstTimepieceElement * self)
{
  Doubt *doubt;

  do {
    GST_OBJECT_LOCK (self);
    doubt = g_queue_pop_head (&PRIVATE (self)->doubts);
    GST_OBJECT_UNLOCK (self);
    if (doubt) {
      post_warning (self, doubt->problem, doubt->consequence);
      free_doubt (doubt);
    }
  } while (doubt);
}

static guint
num_unread (GstTimepieceElement * self)
{
  return (guint) (g_atomic_int_get (&PRIVATE (self)->unread->references) - 1);
}

static void
unref_unread (GstTimepieceUnread * unread)
{
  if (g_atomic_int_dec_and_test (&unread->references))
    g_free (unread);
}

/* A message is freed, on any thread. */
static void
note_freed (gpointer unread, GstMiniObject * message)
{
  (void) message;
  unref_unread (unread);
}

/* Whether another message would exceed the limit. */
static gboolean
is_full (GstTimepieceElement * self)
{
  guint limit;

  GST_OBJECT_LOCK (self);
  limit = PRIVATE (self)->max_unread_messages;
  GST_OBJECT_UNLOCK (self);
  return limit > 0 && num_unread (self) >= limit;
}

gpointer
gst_timepiece_element_make_handle (GstTimepieceElement * self)
{
  GWeakRef *handle = g_new (GWeakRef, 1);

  g_weak_ref_init (handle, self);
  return handle;
}

void
gst_timepiece_element_free_handle (void *handle)
{
  g_weak_ref_clear (handle);
  g_free (handle);
}

static void
call_below (GstObject * object, GstTimepieceElement * self,
    GstTimepieceElementCall call, gconstpointer what)
{
  GstObject *above = gst_object_get_parent (object);

  if (above) {
    call_below (above, self, call, what);
    gst_object_unref (above);
  } else {
    call (self, what);
  }
}

void
gst_timepiece_element_call (gpointer handle, GstTimepieceElementCall call,
    gconstpointer what)
{
  GstTimepieceElement *self = g_weak_ref_get (handle);

  if (!self)
    return;
  call_below (GST_OBJECT (self), self, call, what);
  gst_object_unref (self);
}

bool
gst_timepiece_element_is_ready (void *handle)
{
  GstTimepieceElement *self = g_weak_ref_get (handle);
  bool is_ready = self
      && (!gst_timepiece_element_posts (self) || !is_full (self));

  if (self)
    gst_object_unref (self);
  return is_ready;
}

void
gst_timepiece_element_post_report (GstTimepieceElement * self,
    GstStructure * structure)
{
  GstTimepieceUnread *unread = PRIVATE (self)->unread;
  GstMessage *message = gst_message_new_element (GST_OBJECT (self), structure);

  GST_DEBUG_OBJECT (self, "posting %" GST_PTR_FORMAT, structure);
  g_atomic_int_inc (&unread->references);
  gst_mini_object_weak_ref (GST_MINI_OBJECT (message), note_freed, unread);
  gst_element_post_message (GST_ELEMENT (self), message);
}

void
gst_timepiece_element_post (GstTimepieceElement * self,
    GstStructure * structure)
{
  if (!is_full (self)) {
    gst_timepiece_element_post_report (self, structure);
    return;
  }
  GST_LOG_OBJECT (self, "too many messages are unread for %" GST_PTR_FORMAT,
      structure);
  gst_structure_free (structure);
  GST_OBJECT_LOCK (self);
  PRIVATE (self)->num_skipped++;
  GST_OBJECT_UNLOCK (self);
}

/* Warns, once a start, that no thread could be made for reports. */
static void
check_thread (GstTimepieceElement * self, gboolean runs)
{
  gboolean warned;

  if (runs)
    return;
  GST_OBJECT_LOCK (self);
  warned = PRIVATE (self)->warned;
  PRIVATE (self)->warned = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (warned)
    return;
  GST_ELEMENT_WARNING (self, RESOURCE, FAILED,
      ("No thread could be started for the periodic reports."),
      ("Statistics come at end of stream and in the property stats only."));
}

static void
set_none (GstTimepieceTimes * times)
{
  times->timestamp = GST_CLOCK_TIME_NONE;
  times->stream_time = GST_CLOCK_TIME_NONE;
  times->running_time = GST_CLOCK_TIME_NONE;
}

static gchar *
interval_problem (guint64 interval)
{
  if (interval == 0 || interval >= MIN_INTERVAL)
    return NULL;
  return g_strdup_printf ("The property interval is %" G_GUINT64_FORMAT
      " ns; allowed are 0, for a report only at end of stream, and 1000000 "
      "(1 ms) or more.", interval);
}

/* Marks the pipeline with a destination, so that only one of many elements
 * posts it. Returns FALSE if it is already marked. */
static gboolean
mark_pipeline (GstTimepieceElement * self, GQuark quark, gboolean is_marked)
{
  GstObject *outermost = gst_timepiece_element_get_top_level (self);
  gboolean changes;

  GST_OBJECT_LOCK (outermost);
  changes = GPOINTER_TO_INT (g_object_get_qdata (G_OBJECT (outermost),
          quark)) != is_marked;
  if (changes)
    g_object_set_qdata (G_OBJECT (outermost), quark,
        GINT_TO_POINTER (is_marked));
  GST_OBJECT_UNLOCK (outermost);
  gst_object_unref (outermost);
  return changes;
}

/* The messages about a publisher. */
typedef struct
{
  const gchar *service;
  const gchar *message;
  const gchar *failure;
  const gchar *consequence;
  const gchar *recovery;
  const gchar *spool_advice;
} Words;

static const Words cloudwatch_words = {
  "CloudWatch", "timepiece-cloudwatch",
  "Metrics cannot be sent to CloudWatch.",
  "They are kept and sent later, as far as there is room. `timepiece doctor` "
      "checks everything that sending needs.",
  "Metrics are sent to CloudWatch again.",
  "cloudwatch-spool names another file; with cloudwatch-spool=none there is "
      "none, and no warning."
};

static const Words otlp_words = {
  "OTLP", "timepiece-otlp",
  "Metrics cannot be sent by OTLP.",
  "What the receiver does not refuse is kept and sent later, as far as there "
      "is room.",
  "Metrics are sent by OTLP again.",
  "otlp-spool names another file; with otlp-spool=none there is none, and no "
      "warning."
};

static void
set_mark (Told * told, GQuark destination)
{
  gchar *name = g_strconcat (g_quark_to_string (destination), " spool", NULL);

  told->mark = destination;
  told->spool_mark = g_quark_from_string (name);
  g_free (name);
}

static void
free_told (Told * told)
{
  g_free (told->error);
  g_free (told->spool_error);
}

/* With the OBJECT_LOCK held. */
static void
set_told (Told * told, const TimepiecePublisherStatus * status)
{
  g_free (told->error);
  told->error = g_strdup (status->last_error);
  told->dropped = status->dropped;
}

/* The previous errors of a shared publisher are not news here. */
static void
begin_cloudwatch (const TimepiecePublisherStatus * status, void *user_data)
{
  GST_OBJECT_LOCK (user_data);
  set_told (&PRIVATE (user_data)->cloudwatch_told, status);
  GST_OBJECT_UNLOCK (user_data);
}

static void
begin_otlp (const TimepiecePublisherStatus * status, void *user_data)
{
  GST_OBJECT_LOCK (user_data);
  set_told (&PRIVATE (user_data)->otlp_told, status);
  GST_OBJECT_UNLOCK (user_data);
}

/* Warns once a pipeline and destination of a spool that is not used: until it is,
 * an outage or a restart can lose data. On a thread of the sender's. */
static void
tell_spool (GstTimepieceElement * self, const Words * words, Told * told,
    const gchar * error)
{
  gboolean changes;

  GST_OBJECT_LOCK (self);
  changes = g_strcmp0 (error, told->spool_error) != 0;
  g_free (told->spool_error);
  told->spool_error = g_strdup (error);
  GST_OBJECT_UNLOCK (self);
  if (changes && mark_pipeline (self, told->spool_mark, error != NULL) && error)
    GST_ELEMENT_WARNING (self, RESOURCE, OPEN_WRITE, ("%s", error),
        ("%s", words->spool_advice));
}

/* Logs an error while it lasts, and when it changes or has lost data; posts the
 * status; reports when nothing can be sent any more, and when sending works
 * again. On a thread of the sender's. */
static void
tell_status (GstTimepieceElement * self, const Words * words, Told * told,
    const TimepiecePublisherStatus * status)
{
  const gchar *error = status->last_error;
  gchar *label = gst_timepiece_element_dup_label (self);
  gboolean is_new, changes;

  GST_OBJECT_LOCK (self);
  is_new = error && (status->is_failing || status->dropped != told->dropped
      || g_strcmp0 (error, told->error) != 0);
  changes = told->failing != (gboolean) status->is_failing;
  told->failing = status->is_failing;
  set_told (told, status);
  GST_OBJECT_UNLOCK (self);
  if (is_new)
    GST_WARNING_OBJECT (self, "%s: %s", words->service, error);
  else if (changes)
    GST_INFO_OBJECT (self, "%s: %s", words->service, words->recovery);
  gst_timepiece_element_post (self,
      gst_timepiece_cloudwatch_structure (words->message, label, status));
  g_free (label);
  tell_spool (self, words, told, status->spool_error);
  if (!changes || !mark_pipeline (self, told->mark, status->is_failing))
    return;
  if (status->is_failing)
    GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
        ("%s %s", words->failure, error ? error : "Why is not known."),
        ("%s", words->consequence));
  else
    GST_ELEMENT_INFO (self, RESOURCE, WRITE, ("%s", words->recovery), (NULL));
}

/* The next start warns again. */
static void
end_told (GstTimepieceElement * self, Told * told)
{
  gboolean failing, lacks_spool;

  GST_OBJECT_LOCK (self);
  failing = told->failing;
  lacks_spool = told->spool_error != NULL;
  g_clear_pointer (&told->spool_error, g_free);
  told->failing = FALSE;
  told->dropped = 0;
  g_clear_pointer (&told->error, g_free);
  GST_OBJECT_UNLOCK (self);
  if (failing)
    mark_pipeline (self, told->mark, FALSE);
  if (lacks_spool)
    mark_pipeline (self, told->spool_mark, FALSE);
}

static void
tell_cloudwatch (GstTimepieceElement * self, gconstpointer what)
{
  tell_status (self, &cloudwatch_words, &PRIVATE (self)->cloudwatch_told, what);
}

/* On a thread of the sender's. */
static void
report_cloudwatch (const TimepiecePublisherStatus * status, void *handle)
{
  gst_timepiece_element_call (handle, tell_cloudwatch, status);
}

/* FALSE if a setting is invalid. */
static gboolean
open_cloudwatch (GstTimepieceElement * self, gchar ** problem, char **doubts)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  gchar *label = gst_timepiece_element_dup_label (self);
  GstTimepieceCloudWatch publishing;
  TimepiecePublisher *cloudwatch;

  /* Another thread may set a property meanwhile. */
  GST_OBJECT_LOCK (self);
  gst_timepiece_cloudwatch_copy (&publishing, &priv->publishing);
  GST_OBJECT_UNLOCK (self);
  set_mark (&priv->cloudwatch_told,
      gst_timepiece_cloudwatch_destination (&publishing));
  cloudwatch = gst_timepiece_cloudwatch_open (&publishing,
      GST_TIMEPIECE_ELEMENT_GET_CLASS (self)->metric_name, label,
      report_cloudwatch, gst_timepiece_element_make_handle (self),
      gst_timepiece_element_free_handle, problem);
  gst_timepiece_cloudwatch_clear (&publishing);
  g_free (label);
  if (cloudwatch) {
    char *note = timepiece_publisher_note (cloudwatch);

    GST_INFO_OBJECT (self, "%s", note);
    free (note);
    *doubts = timepiece_publisher_doubts (cloudwatch);
    timepiece_publisher_read (cloudwatch, begin_cloudwatch, self);
  }
  GST_OBJECT_LOCK (self);
  priv->cloudwatch = cloudwatch;
  GST_OBJECT_UNLOCK (self);
  return *problem == NULL;
}

/* Waits for the network up to the publisher's deadline. */
static void
close_cloudwatch (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  TimepiecePublisher *cloudwatch;

  GST_OBJECT_LOCK (self);
  cloudwatch = priv->cloudwatch;
  priv->cloudwatch = NULL;
  GST_OBJECT_UNLOCK (self);
  if (!cloudwatch)
    return;
  timepiece_publisher_close (cloudwatch);
  timepiece_publisher_unref (cloudwatch);
  end_told (self, &priv->cloudwatch_told);
}

/* FALSE if a setting is invalid, or the page cannot be opened. */
static gboolean
open_prometheus (GstTimepieceElement * self, gchar ** problem)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  GstTimepiecePrometheus showing;
  TimepiecePrometheus *prometheus;
  guint64 interval;

  /* Another thread may set a property meanwhile. */
  GST_OBJECT_LOCK (self);
  gst_timepiece_prometheus_copy (&showing, &priv->showing);
  interval = priv->interval;
  GST_OBJECT_UNLOCK (self);
  prometheus = gst_timepiece_prometheus_open (&showing, interval, problem);
  gst_timepiece_prometheus_clear (&showing);
  GST_OBJECT_LOCK (self);
  priv->prometheus = prometheus;
  GST_OBJECT_UNLOCK (self);
  return *problem == NULL;
}

static void
close_prometheus (GstTimepieceElement * self)
{
  TimepiecePrometheus *prometheus;

  GST_OBJECT_LOCK (self);
  prometheus = PRIVATE (self)->prometheus;
  PRIVATE (self)->prometheus = NULL;
  GST_OBJECT_UNLOCK (self);
  if (!prometheus)
    return;
  timepiece_prometheus_close (prometheus, gst_timepiece_now ());
  timepiece_prometheus_unref (prometheus);
}

static void
tell_otlp (GstTimepieceElement * self, gconstpointer what)
{
  tell_status (self, &otlp_words, &PRIVATE (self)->otlp_told, what);
}

/* On a thread of the sender's. */
static void
report_otlp (const TimepiecePublisherStatus * status, void *handle)
{
  gst_timepiece_element_call (handle, tell_otlp, status);
}

/* FALSE if a setting is invalid. */
static gboolean
open_otlp (GstTimepieceElement * self, gchar ** problem, char **doubts)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  GstTimepieceOtlp exporting;
  TimepieceOtlp *otlp;

  GST_OBJECT_LOCK (self);
  gst_timepiece_otlp_copy (&exporting, &priv->exporting);
  GST_OBJECT_UNLOCK (self);
  set_mark (&priv->otlp_told, gst_timepiece_otlp_quark ());
  otlp = gst_timepiece_otlp_open (&exporting, report_otlp,
      gst_timepiece_element_make_handle (self),
      gst_timepiece_element_free_handle, problem);
  gst_timepiece_otlp_clear (&exporting);
  if (otlp) {
    *doubts = timepiece_otlp_doubts (otlp);
    timepiece_otlp_read (otlp, begin_otlp, self);
  }
  GST_OBJECT_LOCK (self);
  priv->otlp = otlp;
  GST_OBJECT_UNLOCK (self);
  return *problem == NULL;
}

/* Waits for the network up to the publisher's deadline. */
static void
close_otlp (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  TimepieceOtlp *otlp;

  GST_OBJECT_LOCK (self);
  otlp = priv->otlp;
  priv->otlp = NULL;
  GST_OBJECT_UNLOCK (self);
  if (!otlp)
    return;
  timepiece_otlp_close (otlp);
  timepiece_otlp_unref (otlp);
  end_told (self, &priv->otlp_told);
}

static TimepieceOtlp *
ref_otlp (GstTimepieceElement * self)
{
  TimepieceOtlp *otlp;

  GST_OBJECT_LOCK (self);
  otlp = PRIVATE (self)->otlp ? timepiece_otlp_ref (PRIVATE (self)->otlp) :
      NULL;
  GST_OBJECT_UNLOCK (self);
  return otlp;
}

static void
flush_otlp (GstTimepieceElement * self)
{
  TimepieceOtlp *otlp = ref_otlp (self);

  if (!otlp)
    return;
  timepiece_otlp_flush (otlp);
  timepiece_otlp_unref (otlp);
}

/* Shows and sends the measurements of a meter, with the labels of the
 * element. */
static void
show_meter (GstTimepieceElement * self, TimepieceMeter * meter)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  GstTimepieceLabels labels;

  if (!priv->prometheus && !priv->otlp)
    return;
  gst_timepiece_labels_init (&labels, GST_ELEMENT (self),
      gst_timepiece_element_dup_label (self));
  if (priv->prometheus)
    timepiece_meter_show (meter, priv->prometheus, labels.pairs,
        G_N_ELEMENTS (labels.pairs), gst_timepiece_now ());
  if (priv->otlp)
    timepiece_meter_export (meter, priv->otlp, labels.pairs,
        G_N_ELEMENTS (labels.pairs));
  gst_timepiece_labels_clear (&labels);
}

void
gst_timepiece_element_tell_problem (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  TimepiecePrometheus *prometheus;
  char *problem;

  GST_OBJECT_LOCK (self);
  prometheus =
      priv->prometheus ? timepiece_prometheus_ref (priv->prometheus) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (!prometheus)
    return;
  problem = timepiece_prometheus_problem (prometheus);
  timepiece_prometheus_unref (prometheus);
  if (!problem)
    return;
  GST_ELEMENT_WARNING (self, RESOURCE, WRITE, ("%s", problem),
      ("It is tried again at the next interval."));
  free (problem);
}

TimepieceMeter *
gst_timepiece_element_ref_meter (GstTimepieceElement * self)
{
  TimepieceMeter *meter;

  GST_OBJECT_LOCK (self);
  meter = PRIVATE (self)->meter;
  if (meter)
    timepiece_meter_ref (meter);
  GST_OBJECT_UNLOCK (self);
  return meter;
}

gboolean
gst_timepiece_element_is_started (GstTimepieceElement * self)
{
  gboolean started;

  GST_OBJECT_LOCK (self);
  started = PRIVATE (self)->meter != NULL;
  GST_OBJECT_UNLOCK (self);
  return started;
}

/* Idempotent: in pull mode the pads are activated, and buffers flow, before
 * the own change of state. */
static gboolean
start (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  TimepieceMeter *meter;
  gchar *problem;
  char *doubts = NULL, *otlp_doubts = NULL;

  g_mutex_lock (&priv->start_lock);
  if (priv->meter) {
    g_mutex_unlock (&priv->start_lock);
    return TRUE;
  }
  GST_OBJECT_LOCK (self);
  gst_segment_init (&priv->segment, GST_FORMAT_UNDEFINED);
  priv->nominal_rate = 0.0;
  priv->ended = FALSE;
  priv->warned = FALSE;
  set_none (&priv->past);
  problem = interval_problem (priv->interval);
  if (!problem)
    problem = g_strdup (priv->label_problem);
  GST_OBJECT_UNLOCK (self);
  if (!problem && open_cloudwatch (self, &problem, &doubts)
      && open_otlp (self, &problem, &otlp_doubts)
      && open_prometheus (self, &problem)
      && (meter =
          GST_TIMEPIECE_ELEMENT_GET_CLASS (self)->start (self, &problem))) {
    if (priv->cloudwatch)
      timepiece_meter_publish (meter, priv->cloudwatch);
    show_meter (self, meter);
    GST_OBJECT_LOCK (self);
    priv->meter = meter;
    GST_OBJECT_UNLOCK (self);
  }
  g_mutex_unlock (&priv->start_lock);
  if (doubts && !problem)
    gst_timepiece_element_warn_settings (self, doubts, "Publishing continues.");
  if (otlp_doubts && !problem)
    gst_timepiece_element_warn_settings (self, otlp_doubts,
        "Sending continues.");
  free (doubts);
  free (otlp_doubts);
  if (problem) {
    close_cloudwatch (self);
    close_otlp (self);
    close_prometheus (self);
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", problem), (NULL));
    g_free (problem);
    return FALSE;
  }
  GST_DEBUG_OBJECT (self, "started");
  return TRUE;
}

static void
stop (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  TimepieceMeter *meter;

  if (!gst_timepiece_element_is_started (self))
    return;
  /* Pads let a FLUSH_STOP through even when they are not active: wait for one
   * that another thread sends. */
  GST_PAD_STREAM_LOCK (priv->sinkpad);
  g_mutex_lock (&priv->start_lock);
  GST_OBJECT_LOCK (self);
  meter = priv->meter;
  priv->meter = NULL;
  GST_OBJECT_UNLOCK (self);
  g_mutex_unlock (&priv->start_lock);
  GST_PAD_STREAM_UNLOCK (priv->sinkpad);
  if (meter) {
    GST_TIMEPIECE_ELEMENT_GET_CLASS (self)->stop (self);
    timepiece_meter_stop (meter, gst_timepiece_now ());
    close_prometheus (self);
    timepiece_meter_unref (meter);
    close_cloudwatch (self);
    close_otlp (self);
    GST_DEBUG_OBJECT (self, "stopped");
  }
}

/* Buffers from here on belong to another segment: keep the times of the last
 * one, which cannot be computed any more. */
static void
leave_segment (GstTimepieceElement * self, TimepieceMeter * meter,
    const GstSegment * next)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  GstTimepieceElementClass *klass = GST_TIMEPIECE_ELEMENT_GET_CLASS (self);
  GstClockTime position = timepiece_meter_last_position (meter);

  timepiece_meter_forget_position (meter);
  GST_OBJECT_LOCK (self);
  times_in_segment (priv, position, &priv->past);
  if (next)
    gst_segment_copy_into (next, &priv->segment);
  else
    gst_segment_init (&priv->segment, GST_FORMAT_UNDEFINED);
  GST_OBJECT_UNLOCK (self);
  if (klass->set_segment)
    klass->set_segment (self, next);
}

/* Whether a buffer may be less than a frame: a NAL unit of H.264 and its
 * successors, an OBU or a tile of AV1, a stripe of JPEG 2000. */
static gboolean
has_parts (const GstStructure * structure)
{
  static const gchar *const parts[] = { "nal", "obu", "tile", "stripe", NULL };
  const gchar *alignment = gst_structure_get_string (structure, "alignment");

  return alignment && g_strv_contains (parts, alignment);
}

static void
take_caps (GstTimepieceElement * self, TimepieceMeter * meter, GstCaps * caps)
{
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  gdouble rate = 0.0;
  gint numerator = 0, denominator = 0;

  if (structure && gst_structure_get_fraction (structure, "framerate",
          &numerator, &denominator) && denominator > 0)
    rate = (gdouble) numerator / denominator;
  /* Each buffer is a field, and a frame has two. */
  if (structure && g_strcmp0 (gst_structure_get_string (structure,
              "interlace-mode"), "alternate") == 0)
    rate *= 2;
  /* Each buffer is a part of a frame, of which nothing says how many there are. */
  if (structure && has_parts (structure))
    rate = 0.0;
  GST_OBJECT_LOCK (self);
  PRIVATE (self)->nominal_rate = rate;
  GST_OBJECT_UNLOCK (self);
  timepiece_meter_set_nominal_rate (meter, rate);
  GST_DEBUG_OBJECT (self, "nominal rate %f from %" GST_PTR_FORMAT, rate, caps);
}

/* Tells the meter about a change of the stream. */
static void
follow (GstTimepieceElement * self, TimepieceMeter * meter, GstEvent * event)
{
  guint64 now = gst_timepiece_now ();
  const GstSegment *segment;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      /* After the end of a stream it begins another row; otherwise the stream
       * continues, however long the segment took to arrive. */
      if (PRIVATE (self)->ended)
        timepiece_meter_interrupt (meter);
      PRIVATE (self)->ended = FALSE;
      gst_event_parse_segment (event, &segment);
      leave_segment (self, meter, segment);
      check_thread (self, timepiece_meter_begin (meter, now));
      break;
    case GST_EVENT_FLUSH_START:
      check_thread (self, timepiece_meter_flush (meter, TRUE, now));
      break;
    case GST_EVENT_FLUSH_STOP:
      check_thread (self, timepiece_meter_flush (meter, FALSE, now));
      timepiece_meter_interrupt (meter);
      leave_segment (self, meter, NULL);
      check_thread (self, timepiece_meter_begin (meter, now));
      break;
    case GST_EVENT_EOS:
      PRIVATE (self)->ended = TRUE;
      timepiece_meter_end (meter, now);
      flush_otlp (self);
      break;
    default:
      break;
  }
}

gboolean
gst_timepiece_element_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstTimepieceElement *self = GST_TIMEPIECE_ELEMENT (parent);
  TimepieceMeter *meter = gst_timepiece_element_ref_meter (self);

  GST_LOG_OBJECT (pad, "%" GST_PTR_FORMAT, event);
  if (meter) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
      GstCaps *caps;

      gst_event_parse_caps (event, &caps);
      take_caps (self, meter, caps);
    }
    follow (self, meter, event);
    timepiece_meter_unref (meter);
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
gst_timepiece_element_sink_activate_mode (GstPad * pad, GstObject * parent,
    GstPadMode mode, gboolean active)
{
  GST_LOG_OBJECT (pad, "%s %s", active ? "activating" : "deactivating",
      gst_pad_mode_get_name (mode));
  return !active || start (GST_TIMEPIECE_ELEMENT (parent));
}

static gboolean
gst_timepiece_element_src_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstEventType type = GST_EVENT_TYPE (event);
  TimepieceMeter *meter;

  GST_LOG_OBJECT (pad, "%" GST_PTR_FORMAT, event);
  if ((type == GST_EVENT_LATENCY || type == GST_EVENT_FLUSH_STOP)
      && (meter =
          gst_timepiece_element_ref_meter (GST_TIMEPIECE_ELEMENT (parent)))) {
    /* A pipeline sends the latency just before its sinks start to play, which
     * they do before this element: buffers flow from here on. A flush from
     * downstream is a seek in pull mode. */
    if (type == GST_EVENT_LATENCY)
      timepiece_meter_release (meter, gst_timepiece_now ());
    else
      timepiece_meter_interrupt (meter);
    timepiece_meter_unref (meter);
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
gst_timepiece_element_src_activate_mode (GstPad * pad, GstObject * parent,
    GstPadMode mode, gboolean active)
{
  GstTimepieceElement *self = GST_TIMEPIECE_ELEMENT (parent);

  (void) pad;
  if (mode == GST_PAD_MODE_PULL)
    return gst_pad_activate_mode (PRIVATE (self)->sinkpad, mode, active);
  return TRUE;
}

/* A pause may report that a stall is over, and a handler of that may stop the
 * element. */
static void
play_or_pause (GstTimepieceElement * self, gboolean plays)
{
  TimepieceMeter *meter = gst_timepiece_element_ref_meter (self);

  if (!meter)
    return;
  if (plays)
    check_thread (self, timepiece_meter_play (meter, gst_timepiece_now ()));
  else
    timepiece_meter_pause (meter, gst_timepiece_now ());
  timepiece_meter_unref (meter);
}

static GstStateChangeReturn
gst_timepiece_element_change_state (GstElement * element,
    GstStateChange transition)
{
  GstTimepieceElement *self = GST_TIMEPIECE_ELEMENT (element);
  GstStateChangeReturn ret;

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      tell_doubts (self);
      if (!start (self))
        return GST_STATE_CHANGE_FAILURE;
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      play_or_pause (self, TRUE);
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      play_or_pause (self, FALSE);
      break;
    default:
      break;
  }

  ret = GST_ELEMENT_CLASS (gst_timepiece_element_parent_class)->change_state
      (element, transition);

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (ret == GST_STATE_CHANGE_FAILURE)
        stop (self);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
    case GST_STATE_CHANGE_READY_TO_NULL:
      stop (self);
      break;
    default:
      break;
  }
  return ret;
}

void
gst_timepiece_element_apply (GstTimepieceElement * self)
{
  TimepieceMeter *meter = gst_timepiece_element_ref_meter (self);

  if (!meter)
    return;
  check_thread (self, GST_TIMEPIECE_ELEMENT_GET_CLASS (self)->apply (self,
          meter));
  timepiece_meter_unref (meter);
}

static void
set_interval (GstTimepieceElement * self, guint64 interval)
{
  gchar *problem = NULL;

  if (gst_timepiece_element_is_started (self))
    problem = interval_problem (interval);
  /* A running pipeline is not stopped because of an invalid setting. */
  if (problem) {
    gst_timepiece_element_warn_settings (self, problem,
        "The previous interval is kept.");
    g_free (problem);
    return;
  }
  GST_OBJECT_LOCK (self);
  PRIVATE (self)->interval = interval;
  GST_OBJECT_UNLOCK (self);
  gst_timepiece_element_apply (self);
}

gchar *
gst_timepiece_element_name_problem (const gchar * property, const gchar * name)
{
  gsize length = name ? strlen (name) : 0;

  /* A text that is not UTF-8 cannot be shown in a message. */
  if (name && !g_utf8_validate (name, -1, NULL))
    return g_strdup_printf ("The property %s is not UTF-8; allowed is a text "
        "in UTF-8 of at most %d bytes.", property, GST_TIMEPIECE_LONGEST_NAME);
  if (length > GST_TIMEPIECE_LONGEST_NAME)
    return g_strdup_printf ("The property %s has %" G_GSIZE_FORMAT " bytes; "
        "allowed are at most %d.", property, length,
        GST_TIMEPIECE_LONGEST_NAME);
  return NULL;
}

static void
set_label (GstTimepieceElement * self, const gchar * label)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  gchar *problem = gst_timepiece_element_name_problem ("label", label);

  if (!problem && label && *label == '\0')
    problem = g_strdup ("The property label is empty; allowed is a text that "
        "names this point of the pipeline, or none for the element's name.");
  if (problem && gst_timepiece_element_is_started (self)) {
    gst_timepiece_element_warn_settings (self, problem,
        "The previous label is kept.");
    g_free (problem);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_free (priv->label);
  g_free (priv->label_problem);
  priv->label = problem ? NULL : g_strdup (label);
  priv->label_problem = problem;
  GST_OBJECT_UNLOCK (self);
}

static void
show_cloudwatch (const TimepiecePublisherStatus * status, void *user_data)
{
  GstStructure *stats = user_data;
  GstStructure *structure = gst_timepiece_cloudwatch_structure ("cloudwatch",
      gst_structure_get_string (stats, "label"), status);

  gst_structure_set (stats, "cloudwatch", GST_TYPE_STRUCTURE, structure, NULL);
  gst_structure_free (structure);
}

static void
show_otlp (const TimepiecePublisherStatus * status, void *user_data)
{
  GstStructure *stats = user_data;
  GstStructure *structure = gst_timepiece_cloudwatch_structure ("otlp",
      gst_structure_get_string (stats, "label"), status);

  gst_structure_set (stats, "otlp", GST_TYPE_STRUCTURE, structure, NULL);
  gst_structure_free (structure);
}

static GstStructure *
get_stats (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);
  TimepieceMeter *meter = gst_timepiece_element_ref_meter (self);
  GstStructure *stats = GST_TIMEPIECE_ELEMENT_GET_CLASS (self)->stats (self,
      meter);
  TimepiecePublisher *cloudwatch;
  TimepieceOtlp *otlp = ref_otlp (self);

  if (meter)
    timepiece_meter_unref (meter);
  GST_OBJECT_LOCK (self);
  if (priv->num_skipped > 0 || (priv->max_unread_messages > 0
          && num_unread (self) >= priv->max_unread_messages))
    gst_structure_set (stats,
        "num-unread-messages", G_TYPE_UINT64, (guint64) num_unread (self),
        "num-skipped-messages", G_TYPE_UINT64, priv->num_skipped, NULL);
  cloudwatch =
      priv->cloudwatch ? timepiece_publisher_ref (priv->cloudwatch) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (cloudwatch) {
    timepiece_publisher_read (cloudwatch, show_cloudwatch, stats);
    timepiece_publisher_unref (cloudwatch);
  }
  if (otlp) {
    timepiece_otlp_read (otlp, show_otlp, stats);
    timepiece_otlp_unref (otlp);
  }
  return stats;
}

static void
gst_timepiece_element_set_property (GObject * object, guint prop_id,
    const GValue * value, GParamSpec * pspec)
{
  GstTimepieceElement *self = GST_TIMEPIECE_ELEMENT (object);
  GstTimepieceElementPrivate *priv = PRIVATE (self);

  if (prop_id >= PROP_CLOUDWATCH && prop_id < PROP_CLOUDWATCH_END) {
    GST_OBJECT_LOCK (self);
    gst_timepiece_cloudwatch_set (&priv->publishing, prop_id - PROP_CLOUDWATCH,
        value);
    GST_OBJECT_UNLOCK (self);
    return;
  }
  if (prop_id >= PROP_OTLP && prop_id < PROP_OTLP_END) {
    GST_OBJECT_LOCK (self);
    gst_timepiece_otlp_set (&priv->exporting, prop_id - PROP_OTLP, value);
    GST_OBJECT_UNLOCK (self);
    return;
  }
  if (prop_id >= PROP_PROMETHEUS && prop_id < PROP_PROMETHEUS_END) {
    GST_OBJECT_LOCK (self);
    gst_timepiece_prometheus_set (&priv->showing, prop_id - PROP_PROMETHEUS,
        value);
    GST_OBJECT_UNLOCK (self);
    return;
  }
  switch (prop_id) {
    case PROP_INTERVAL:
      set_interval (self, g_value_get_uint64 (value));
      break;
    case PROP_POST_MESSAGES:
      GST_OBJECT_LOCK (self);
      priv->post_messages = g_value_get_boolean (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_MAX_UNREAD_MESSAGES:
      GST_OBJECT_LOCK (self);
      priv->max_unread_messages = g_value_get_uint (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_LABEL:
      set_label (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_timepiece_element_get_property (GObject * object, guint prop_id,
    GValue * value, GParamSpec * pspec)
{
  GstTimepieceElement *self = GST_TIMEPIECE_ELEMENT (object);

  if (prop_id >= PROP_CLOUDWATCH && prop_id < PROP_CLOUDWATCH_END) {
    GST_OBJECT_LOCK (self);
    gst_timepiece_cloudwatch_get (&PRIVATE (self)->publishing,
        prop_id - PROP_CLOUDWATCH, value);
    GST_OBJECT_UNLOCK (self);
    return;
  }
  if (prop_id >= PROP_OTLP && prop_id < PROP_OTLP_END) {
    GST_OBJECT_LOCK (self);
    gst_timepiece_otlp_get (&PRIVATE (self)->exporting, prop_id - PROP_OTLP,
        value);
    GST_OBJECT_UNLOCK (self);
    return;
  }
  if (prop_id >= PROP_PROMETHEUS && prop_id < PROP_PROMETHEUS_END) {
    GST_OBJECT_LOCK (self);
    gst_timepiece_prometheus_get (&PRIVATE (self)->showing,
        prop_id - PROP_PROMETHEUS, value);
    GST_OBJECT_UNLOCK (self);
    return;
  }
  switch (prop_id) {
    case PROP_INTERVAL:
      g_value_set_uint64 (value, gst_timepiece_element_get_interval (self));
      break;
    case PROP_POST_MESSAGES:
      g_value_set_boolean (value, gst_timepiece_element_posts (self));
      break;
    case PROP_MAX_UNREAD_MESSAGES:
      GST_OBJECT_LOCK (self);
      g_value_set_uint (value, PRIVATE (self)->max_unread_messages);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_LABEL:
      g_value_take_string (value, gst_timepiece_element_dup_label (self));
      break;
    case PROP_STATS:
      g_value_take_boxed (value, get_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_timepiece_element_dispose (GObject * object)
{
  stop (GST_TIMEPIECE_ELEMENT (object));
  G_OBJECT_CLASS (gst_timepiece_element_parent_class)->dispose (object);
}

static void
gst_timepiece_element_finalize (GObject * object)
{
  GstTimepieceElementPrivate *priv = PRIVATE (GST_TIMEPIECE_ELEMENT (object));

  g_queue_clear_full (&priv->doubts, free_doubt);
  g_free (priv->label);
  g_free (priv->label_problem);
  gst_timepiece_cloudwatch_clear (&priv->publishing);
  gst_timepiece_prometheus_clear (&priv->showing);
  gst_timepiece_otlp_clear (&priv->exporting);
  free_told (&priv->cloudwatch_told);
  free_told (&priv->otlp_told);
  g_mutex_clear (&priv->start_lock);
  unref_unread (priv->unread);
  G_OBJECT_CLASS (gst_timepiece_element_parent_class)->finalize (object);
}

static void
gst_timepiece_element_class_init (GstTimepieceElementClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_timepiece_element_set_property;
  object_class->get_property = gst_timepiece_element_get_property;
  object_class->dispose = gst_timepiece_element_dispose;
  object_class->finalize = gst_timepiece_element_finalize;
  element_class->change_state = gst_timepiece_element_change_state;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  /**
   * GstTimepieceElement:interval:
   *
   * Time between two reports. With 0 the only report is the one at EOS.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_INTERVAL,
      g_param_spec_uint64 ("interval", "Interval",
          "Time between reports in nanoseconds, at least 1 ms "
          "(0 = only at EOS)", 0, G_MAXUINT64, DEFAULT_INTERVAL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstTimepieceElement:post-messages:
   *
   * Whether reports are posted on the bus.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_POST_MESSAGES,
      g_param_spec_boolean ("post-messages", "Post messages",
          "Post an element message on the bus for each report",
          DEFAULT_POST_MESSAGES, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstTimepieceElement:max-unread-messages:
   *
   * How many messages of this element may be posted and not freed yet. If the
   * application does not read its bus, memory stays bounded: a report beyond
   * the limit is not made, and its window stays open, so that the next report
   * covers all of it; the last report of a stream is made in any case, so that
   * the counts of all add up to what passed. Alarms, stalls and other messages beyond the limit are
   * not posted, but counted in the field `num-skipped-messages` of
   * #GstTimepieceElement:stats.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MAX_UNREAD_MESSAGES,
      g_param_spec_uint ("max-unread-messages", "Max unread messages",
          "How many messages may be unread; a report too many is not made, "
          "and its window stays open (0 = no limit)", 0, G_MAXUINT,
          DEFAULT_MAX_UNREAD_MESSAGES, G_PARAM_READWRITE |
          G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstTimepieceElement:label:
   *
   * The name of this point in messages and metrics; it stays the same from run
   * to run. Without one it is the element's name.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LABEL,
      g_param_spec_string ("label", "Label",
          "Stable name of this point in messages and metrics "
          "(none = the element's name)", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstTimepieceElement:stats:
   * The contents of the next report if it were made now. Reading it changes
   * nothing. If #GstTimepieceElement:max-unread-messages was reached it also
   * has
   * #guint64 `num-unread-messages`, how many messages are posted and not freed
   * yet, and #guint64 `num-skipped-messages`, how many alarms, stalls and others
   * were not posted because of that.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "The statistics of the window that is open, "
          "with the fields of the message", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_timepiece_cloudwatch_install (object_class, PROP_CLOUDWATCH);
  gst_timepiece_prometheus_install (object_class, PROP_PROMETHEUS);
  gst_timepiece_otlp_install (object_class, PROP_OTLP);

  gst_type_mark_as_plugin_api (GST_TYPE_TIMEPIECE_ELEMENT, 0);
}

static void
gst_timepiece_element_init (GstTimepieceElement * self)
{
  GstTimepieceElementPrivate *priv = PRIVATE (self);

  g_mutex_init (&priv->start_lock);
  g_queue_init (&priv->doubts);
  priv->interval = DEFAULT_INTERVAL;
  gst_timepiece_cloudwatch_init (&priv->publishing);
  gst_timepiece_prometheus_init (&priv->showing);
  priv->post_messages = DEFAULT_POST_MESSAGES;
  priv->max_unread_messages = DEFAULT_MAX_UNREAD_MESSAGES;
  priv->unread = g_new (GstTimepieceUnread, 1);
  priv->unread->references = 1;
  gst_segment_init (&priv->segment, GST_FORMAT_UNDEFINED);
  set_none (&priv->past);

  priv->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_event_function (priv->sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_element_sink_event));
  gst_pad_set_activatemode_function (priv->sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_element_sink_activate_mode));
  GST_PAD_SET_PROXY_CAPS (priv->sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (priv->sinkpad);
  GST_PAD_SET_PROXY_SCHEDULING (priv->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);

  priv->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (priv->srcpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_element_src_event));
  gst_pad_set_activatemode_function (priv->srcpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_element_src_activate_mode));
  GST_PAD_SET_PROXY_CAPS (priv->srcpad);
  GST_PAD_SET_PROXY_ALLOCATION (priv->srcpad);
  GST_PAD_SET_PROXY_SCHEDULING (priv->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
