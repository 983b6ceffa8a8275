#include "observer.h"

#include <string.h>
#include <time.h>

guint failures;
guint checks;

guint64
now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return (guint64) ts.tv_sec * GST_SECOND + (guint64) ts.tv_nsec;
}

guint64
processor_time (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &ts);
  return (guint64) ts.tv_sec * GST_SECOND + (guint64) ts.tv_nsec;
}

void
check (gboolean right, const gchar * format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  checks++;
  if (!right) {
    failures++;
    g_print ("  NOT SO: %s\n", text);
  } else if (g_getenv ("TRUTH_VERBOSE")) {
    g_print ("  so: %s\n", text);
  }
  g_free (text);
}

gboolean
near (gdouble a, gdouble b)
{
  return ABS (a - b) <= 0.05 * MAX (a, b) + 2e6;
}

static guint64
count_of (GstPadProbeInfo * info)
{
  return info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST ?
      gst_buffer_list_length (GST_PAD_PROBE_INFO_BUFFER_LIST (info)) : 1;
}

static guint
slot_of (GstPadProbeInfo * info)
{
  GstClockTime time = GST_CLOCK_TIME_NONE;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    time = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  return (guint) ((time / GST_MSECOND) % SLOTS);
}

static GstPadProbeReturn
came (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Seen *seen = data;

  g_mutex_lock (&seen->lock);
  seen->in += count_of (info);
  seen->came = now ();
  seen->stamps[slot_of (info)] = seen->came;
  g_mutex_unlock (&seen->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
went (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Seen *seen = data;
  guint64 stayed, at = now (), stamp;
  guint64 processor = processor_time ();

  g_mutex_lock (&seen->lock);
  if (!seen->processor_before)
    seen->processor_before = processor;
  seen->processor = processor - seen->processor_before;
  seen->out += count_of (info);
  seen->inside += at - seen->came;
  stamp = seen->stamps[slot_of (info)];
  stayed = at - (stamp ? stamp : at);
  seen->longest = MAX (seen->longest, stayed);
  g_mutex_unlock (&seen->lock);
  return GST_PAD_PROBE_OK;
}

void
observe (Run * run, GstElement * element)
{
  Seen *seen;
  GList *pads;

  if (GST_IS_BIN (element)
      || g_hash_table_contains (run->seen, GST_OBJECT_NAME (element)))
    return;
  seen = g_new0 (Seen, 1);
  seen->name = g_strdup (GST_OBJECT_NAME (element));
  g_hash_table_insert (run->seen, seen->name, seen);
  for (pads = element->pads; pads; pads = pads->next)
    gst_pad_add_probe (pads->data, GST_PAD_PROBE_TYPE_BUFFER |
        GST_PAD_PROBE_TYPE_BUFFER_LIST, GST_PAD_IS_SINK (pads->data) ? came :
        went, seen, NULL);
}

void
observe_all (Run * run, GstElement * pipeline)
{
  GstIterator *all = gst_bin_iterate_recurse (GST_BIN (pipeline));
  GValue item = G_VALUE_INIT;

  while (gst_iterator_next (all, &item) == GST_ITERATOR_OK) {
    observe (run, g_value_get_object (&item));
    g_value_reset (&item);
  }
  gst_iterator_free (all);
}

static Said *
said_of (Run * run, const gchar * path)
{
  const gchar *name = strrchr (path, '/') ? strrchr (path, '/') + 1 : path;
  Said *said = g_hash_table_lookup (run->said, name);

  if (!said) {
    said = g_new0 (Said, 1);
    g_hash_table_insert (run->said, g_strdup (name), said);
  }
  return said;
}

Said *
said (Run * run, const gchar * name)
{
  static Said nothing;
  Said *found = g_hash_table_lookup (run->said, name);

  check (found != NULL, "the tracer says something of %s", name);
  return found ? found : &nothing;
}

Seen *
seen (Run * run, const gchar * name)
{
  static Seen nothing;
  Seen *found = g_hash_table_lookup (run->seen, name);

  check (found != NULL, "the observer sees %s", name);
  return found ? found : &nothing;
}

void
hear (Run * run, const GstStructure * structure)
{
  static const gchar *const reasons[] =
      { "none", "queue-full", "clock", "source", "inputs" };
  TimepiecePipelineMessage message;
  const gchar *missing;
  guint i, j;

  if (!timepiece_pipeline_message_parse (structure, &message, &missing)) {
    check (FALSE, "the message has no field %s", missing);
    return;
  }
  run->messages++;
  run->duration += message.duration;
  if (message.duration >= 450 * GST_MSECOND) {
    gpointer times = g_hash_table_lookup (run->named, message.bottleneck ?
        message.bottleneck : "");

    run->windows++;
    g_hash_table_insert (run->named, g_strdup (message.bottleneck ?
            message.bottleneck : ""),
        GUINT_TO_POINTER (GPOINTER_TO_UINT (times) + 1));
    if (message.headroom > 0) {
      run->headroom += message.headroom;
      run->headrooms++;
    }
    g_free (run->sentence);
    run->sentence = g_strdup (message.reason);
  }
  for (i = 0; i < message.num_elements; i++) {
    TimepiecePipelineElement element;

    if (timepiece_pipeline_message_element (&message, i, &element, NULL)) {
      Said *of = said_of (run, element.element);

      of->buffers += element.num_buffers;
      of->bytes += element.num_bytes;
      of->work += element.work_time;
      for (j = 0; j < G_N_ELEMENTS (reasons); j++)
        if (g_str_equal (reasons[j], element.wait_reason))
          of->wait[j] += element.wait_time;
    }
  }
  for (i = 0; i < message.num_queues; i++) {
    TimepiecePipelineQueue queue;

    if (timepiece_pipeline_message_queue (&message, i, &queue, NULL)) {
      Said *of = said_of (run, queue.element);

      of->has_queue = TRUE;
      of->level = queue.level_buffers;
      of->full += queue.full_time;
      of->empty += queue.empty_time;
      of->dropped += queue.num_dropped;
      of->queued += queue.num_buffers;
      of->longest = MAX (of->longest, queue.max_dwell);
    }
  }
}

Run *
new_run (void)
{
  Run *run = g_new0 (Run, 1);

  run->seen = g_hash_table_new (g_str_hash, g_str_equal);
  run->said = g_hash_table_new (g_str_hash, g_str_equal);
  run->named = g_hash_table_new (g_str_hash, g_str_equal);
  return run;
}

static void
on_added (GstBin * bin, GstBin * sub, GstElement * element, gpointer data)
{
  observe (data, element);
}

/* Reads the bus up to the end of the stream. */
void
follow (Run * run, GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean over = FALSE;

  while (!over) {
    GstMessage *message = gst_bus_timed_pop (bus, 60 * GST_SECOND);

    if (!message) {
      check (FALSE, "the stream ends");
      break;
    }
    if (timepiece_message_is (message, TIMEPIECE_PIPELINE))
      hear (run, gst_message_get_structure (message));
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
      gst_bin_recalculate_latency (GST_BIN (pipeline));
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      GError *error = NULL;

      gst_message_parse_error (message, &error, NULL);
      check (FALSE, "no error: %s", error->message);
      g_error_free (error);
      over = TRUE;
    }
    over = over || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    gst_message_unref (message);
  }
  gst_object_unref (bus);
}

GstElement *
make (Run * run, const gchar * description)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  if (error)
    g_error ("%s: %s", description, error->message);
  g_signal_connect (pipeline, "deep-element-added", G_CALLBACK (on_added), run);
  observe_all (run, pipeline);
  return pipeline;
}

void
finish (Run * run, GstElement * pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  if (run->windows > 0)
    g_print ("  %s\n", run->sentence);
}

static GstFlowReturn
chain_watched (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Seen *seen = g_object_get_data (G_OBJECT (pad), "seen");
  guint64 began = now (), processor = processor_time ();
  GstFlowReturn ret = seen->chain (pad, parent, buffer);
  guint64 ended = now (), plays = __atomic_load_n (seen->plays,
      __ATOMIC_RELAXED);

  processor = processor_time () - processor;
  g_mutex_lock (&seen->lock);
  seen->in_chain += ended - began;
  seen->chain_processor += processor;
  if (plays > 0 && ended > plays)
    seen->in_chain_playing += ended - MAX (began, plays);
  g_mutex_unlock (&seen->lock);
  return ret;
}

static gboolean
event_watched (GstPad * pad, GstObject * parent, GstEvent * event)
{
  Seen *seen = g_object_get_data (G_OBJECT (pad), "seen");
  gboolean is_end = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  guint64 began = now ();
  gboolean ret = seen->event (pad, parent, event);

  g_mutex_lock (&seen->lock);
  if (is_end)
    seen->in_chain += now () - began;
  g_mutex_unlock (&seen->lock);
  return ret;
}

void
watch_chain (Run * run, GstElement * pipeline, const gchar * name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  Seen *of = seen (run, name);
  GList *pads;

  for (pads = element->sinkpads; pads; pads = pads->next) {
    of->chain = GST_PAD_CHAINFUNC (pads->data);
    of->plays = &run->plays;
    g_object_set_data (G_OBJECT (pads->data), "seen", of);
    gst_pad_set_chain_function (GST_PAD_CAST (pads->data), chain_watched);
    /* The chain function of a queue only enqueues the buffer. */
    if (GST_PAD_EVENTFULLFUNC (pads->data))
      continue;
    of->event = GST_PAD_EVENTFUNC (pads->data);
    gst_pad_set_event_function (GST_PAD_CAST (pads->data), event_watched);
  }
  gst_object_unref (element);
}

Run *
play (const gchar * description)
{
  return play_watching (description, NULL);
}

Run *
play_watching (const gchar * description, const gchar * watched)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run, description);
  gchar **names = g_strsplit (watched ? watched : "", " ", 0);
  guint i;

  for (i = 0; names[i]; i++)
    watch_chain (run, pipeline, names[i]);
  g_strfreev (names);
  /* The time before a pipeline plays does not count as waiting. */
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, 60 * GST_SECOND);
  __atomic_store_n (&run->plays, now (), __ATOMIC_RELAXED);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  follow (run, pipeline);
  finish (run, pipeline);
  return run;
}

/* The tracer must have counted every buffer that the observer saw. */
void
check_counts (Run * run, const gchar * name)
{
  Seen *truth = seen (run, name);
  Said *of = said (run, name);

  check (of->buffers == (truth->in ? truth->in : truth->out),
      "%s: %" G_GUINT64_FORMAT " buffers, observed %" G_GUINT64_FORMAT, name,
      of->buffers, truth->in ? truth->in : truth->out);
}

void
check_work (Run * run, const gchar * name)
{
  check_counts (run, name);
  check (near (said (run, name)->work, seen (run, name)->inside),
      "%s: works %.1f ms, observed %.1f ms", name,
      said (run, name)->work / 1e6, seen (run, name)->inside / 1e6);
}

void
check_queue (Run * run, const gchar * name)
{
  check_counts (run, name);
  check (said (run, name)->has_queue, "%s is a queue", name);
  check (near (said (run, name)->longest, seen (run, name)->longest),
      "%s: the longest stay is %.1f ms, observed %.1f ms", name,
      said (run, name)->longest / 1e6, seen (run, name)->longest / 1e6);
  check (said (run, name)->dropped == seen (run, name)->in
      - seen (run, name)->out, "%s: dropped %" G_GUINT64_FORMAT ", observed %"
      G_GUINT64_FORMAT, name, said (run, name)->dropped,
      seen (run, name)->in - seen (run, name)->out);
}

void
check_full (Run * run, const gchar * name)
{
  check (near (said (run, name)->full, seen (run, name)->in_chain_playing),
      "%s: full for %.1f ms, observed %.1f ms", name,
      said (run, name)->full / 1e6, seen (run, name)->in_chain_playing / 1e6);
}

void
check_verdict (Run * run, const gchar * path)
{
  guint right = GPOINTER_TO_UINT (g_hash_table_lookup (run->named, path));
  guint silent = GPOINTER_TO_UINT (g_hash_table_lookup (run->named, ""));

  if (*path == '\0')
    silent = 0;
  check (run->windows > 0 && 2 * right >= run->windows
      && right + silent == run->windows,
      "%u of %u windows name %s, %u none: %s", right, run->windows,
      *path ? path : "nothing", silent, run->sentence);
}

void
check_headroom (Run * run, gdouble truth)
{
  gdouble mean = run->headrooms ? run->headroom / run->headrooms : 0;

  check (ABS (mean - truth) <= 0.05 * truth, "headroom %.2f, observed %.2f",
      mean, truth);
}
