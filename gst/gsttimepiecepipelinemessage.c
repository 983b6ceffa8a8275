/* The structure that the tracer posts; the fields are documented in the SECTION
 * of gsttimepiecetracer.c. */
#include "gsttimepiecepipelinemessage.h"

#include "gsttimepiecename.h"

/* @structure: (transfer full) */
static void
append (GValue * array, GstStructure * structure)
{
  GValue item = G_VALUE_INIT;

  g_value_init (&item, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&item, structure);
  gst_value_array_append_and_take_value (array, &item);
}

static GstStructure *
element (const TimepieceElementWindow * window)
{
  GstStructure *structure = gst_structure_new ("element",
      "element", G_TYPE_STRING, window->path,
      "factory", G_TYPE_STRING, window->factory,
      "num-buffers", G_TYPE_UINT64, window->num_buffers,
      "num-bytes", G_TYPE_UINT64, window->num_bytes,
      "average-rate", G_TYPE_DOUBLE, window->rate,
      "work-time", G_TYPE_UINT64, window->work_time,
      "p50-work", G_TYPE_UINT64, window->p50_work,
      "p90-work", G_TYPE_UINT64, window->p90_work,
      "p99-work", G_TYPE_UINT64, window->p99_work,
      "max-work", G_TYPE_UINT64, window->max_work,
      "load", G_TYPE_DOUBLE, window->load,
      "wait-time", G_TYPE_UINT64, window->wait_time,
      "wait-reason", G_TYPE_STRING, window->wait_reason, NULL);

  if (window->start_time != TIMEPIECE_NONE)
    gst_structure_set (structure, "start-time", G_TYPE_UINT64,
        window->start_time, NULL);
  return structure;
}

static GstStructure *
queue (const TimepieceQueueWindow * window)
{
  return gst_structure_new ("queue",
      "element", G_TYPE_STRING, window->path,
      "pad", G_TYPE_STRING, window->pad,
      "num-buffers", G_TYPE_UINT64, window->num_buffers,
      "level-buffers", G_TYPE_UINT64, window->level,
      "max-level-buffers", G_TYPE_UINT64, window->max_level,
      "p50-dwell", G_TYPE_UINT64, window->p50_dwell,
      "p99-dwell", G_TYPE_UINT64, window->p99_dwell,
      "max-dwell", G_TYPE_UINT64, window->max_dwell,
      "full-time", G_TYPE_UINT64, window->full_time,
      "empty-time", G_TYPE_UINT64, window->empty_time,
      "num-dropped", G_TYPE_UINT64, window->num_dropped, NULL);
}

static GstStructure *
thread (const TimepieceThreadWindow * window)
{
  GValue elements = G_VALUE_INIT, item = G_VALUE_INIT;
  GstStructure *structure;
  gsize i;

  g_value_init (&elements, GST_TYPE_ARRAY);
  for (i = 0; i < window->num_elements; i++) {
    g_value_init (&item, G_TYPE_STRING);
    g_value_set_string (&item, window->elements[i]);
    gst_value_array_append_and_take_value (&elements, &item);
  }
  structure = gst_structure_new ("thread",
      "thread", G_TYPE_STRING, window->name,
      "cpu-time", G_TYPE_UINT64, window->cpu_time,
      "run-queue-time", G_TYPE_UINT64, window->run_queue_time, NULL);
  gst_structure_take_value (structure, "elements", &elements);
  return structure;
}

static GstStructure *
bottleneck (const TimepiecePipelineWindow * window)
{
  GstStructure *structure = gst_structure_new_empty ("bottleneck");

  if (window->bottleneck)
    gst_structure_set (structure, "element", G_TYPE_STRING, window->bottleneck,
        NULL);
  gst_structure_set (structure, "reason", G_TYPE_STRING, window->reason, NULL);
  if (window->headroom > 0)
    gst_structure_set (structure, "headroom", G_TYPE_DOUBLE, window->headroom,
        NULL);
  return structure;
}

GstStructure *
gst_timepiece_pipeline_structure (GstElement * pipeline,
    const TimepiecePipelineWindow * window)
{
  GValue elements = G_VALUE_INIT, queues = G_VALUE_INIT, threads = G_VALUE_INIT;
  GstClockTime time = GST_CLOCK_TIME_NONE, running_time = GST_CLOCK_TIME_NONE;
  GstClock *clock = gst_element_get_clock (pipeline);
  gchar *name = gst_timepiece_name_of (pipeline);
  GstStructure *structure, *verdict;
  gsize i;

  if (clock) {
    time = gst_clock_get_time (clock);
    gst_object_unref (clock);
    running_time = gst_element_get_current_running_time (pipeline);
  }
  structure = gst_structure_new ("timepiece-pipeline",
      "pipeline", G_TYPE_STRING, name,
      "timestamp", G_TYPE_UINT64, time,
      "running-time", G_TYPE_UINT64, running_time,
      "duration", G_TYPE_UINT64, window->duration, NULL);
  g_free (name);
  g_value_init (&elements, GST_TYPE_ARRAY);
  for (i = 0; i < window->num_elements; i++)
    append (&elements, element (&window->elements[i]));
  gst_structure_take_value (structure, "elements", &elements);
  g_value_init (&queues, GST_TYPE_ARRAY);
  for (i = 0; i < window->num_queues; i++)
    append (&queues, queue (&window->queues[i]));
  gst_structure_take_value (structure, "queues", &queues);
  g_value_init (&threads, GST_TYPE_ARRAY);
  for (i = 0; i < window->num_threads; i++)
    append (&threads, thread (&window->threads[i]));
  gst_structure_take_value (structure, "threads", &threads);
  verdict = bottleneck (window);
  gst_structure_set (structure, "bottleneck", GST_TYPE_STRUCTURE, verdict,
      NULL);
  gst_structure_free (verdict);
  return structure;
}
