/* The structure that timepiecewatch posts; the fields are documented in the
 * SECTION of gsttimepiecewatch.c. */
#include "gsttimepieceintervals.h"
#include "gsttimepiecewatchprivate.h"

/* One watch of the window and all below it. @node: moved past them.
 * Returns: (transfer full) */
static GstStructure *
structure_from_node (const gchar * name, const TimepieceWatchNode ** node,
    const GstTimepieceTimes * times, guint64 duration)
{
  const TimepieceWatchNode *own = (*node)++;
  GValue array = G_VALUE_INIT, item = G_VALUE_INIT;
  GstStructure *structure;
  gsize i;

  structure = gst_structure_new (name,
      "label", G_TYPE_STRING, own->label,
      "watch", G_TYPE_STRING, own->path,
      "timestamp", G_TYPE_UINT64, times->timestamp,
      "stream-time", G_TYPE_UINT64, times->stream_time,
      "running-time", G_TYPE_UINT64, times->running_time,
      "duration", G_TYPE_UINT64, duration, NULL);
  gst_timepiece_intervals_set (structure, &own->intervals);
  gst_structure_set (structure,
      "self-time", G_TYPE_UINT64, own->self_time,
      "share", G_TYPE_DOUBLE, own->share,
      "num-unmatched", G_TYPE_UINT64, own->num_unmatched,
      "num-merged", G_TYPE_UINT64, own->num_merged,
      "in-flight", G_TYPE_UINT64, own->in_flight,
      "oldest-in-flight", G_TYPE_UINT64, own->oldest_in_flight, NULL);
  g_value_init (&array, GST_TYPE_ARRAY);
  for (i = 0; i < own->num_children; i++) {
    g_value_init (&item, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&item, structure_from_node (name, node, times,
            duration));
    gst_value_array_append_and_take_value (&array, &item);
  }
  gst_structure_take_value (structure, "children", &array);
  return structure;
}

GstStructure *
gst_timepiece_watch_structure (GstTimepieceWatch * self, const gchar * name,
    const TimepieceWatchWindow * window)
{
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);
  const TimepieceWatchNode *node = window->nodes;
  GstTimepieceTimes times;
  GstStructure *structure;
  gchar *label = gst_timepiece_element_dup_label (element);

  gst_timepiece_element_get_times (element, window->last_position, &times);
  structure = structure_from_node (name, &node, &times, window->duration);
  /* The label may have been changed since the start. */
  gst_structure_set (structure, "label", G_TYPE_STRING, label, NULL);
  g_free (label);
  return structure;
}
