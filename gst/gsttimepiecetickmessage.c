/* The structures that timepiecetick posts; the fields are documented in the
 * SECTION of gsttimepiecetick.c. */
#include "gsttimepieceintervals.h"
#include "gsttimepiecetickprivate.h"

static void
set_array (GstStructure * structure, const gchar * field,
    const guint64 * values, gsize length)
{
  GValue array = G_VALUE_INIT, item = G_VALUE_INIT;
  gsize i;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&item, G_TYPE_UINT64);
  for (i = 0; i < length; i++) {
    g_value_set_uint64 (&item, values[i]);
    gst_value_array_append_value (&array, &item);
  }
  g_value_unset (&item);
  gst_structure_take_value (structure, field, &array);
}

GstStructure *
gst_timepiece_tick_window_structure (GstTimepieceTick * self,
    const gchar * name, const TimepieceTickWindow * window)
{
  GstTimepieceElement *element = GST_TIMEPIECE_ELEMENT (self);
  GstTimepieceTimes times;
  GstStructure *structure;
  gchar *label = gst_timepiece_element_dup_label (element);

  gst_timepiece_element_get_times (element, window->last_position, &times);
  structure = gst_structure_new (name,
      "label", G_TYPE_STRING, label,
      "timestamp", G_TYPE_UINT64, times.timestamp,
      "stream-time", G_TYPE_UINT64, times.stream_time,
      "running-time", G_TYPE_UINT64, times.running_time,
      "duration", G_TYPE_UINT64, window->duration,
      "num-buffers", G_TYPE_UINT64, window->num_buffers,
      "num-bytes", G_TYPE_UINT64, window->num_bytes, NULL);
  gst_timepiece_intervals_set (structure, &window->intervals);
  gst_structure_set (structure,
      "average-rate", G_TYPE_DOUBLE, window->intervals.rate,
      "nominal-rate", G_TYPE_DOUBLE,
      gst_timepiece_element_get_nominal_rate (element),
      "bitrate", G_TYPE_DOUBLE, window->bitrate,
      "since-last-buffer", G_TYPE_UINT64, window->since_last_buffer,
      "num-disconts", G_TYPE_UINT64, window->num_disconts,
      "total-buffers", G_TYPE_UINT64, window->total_buffers,
      "total-bytes", G_TYPE_UINT64, window->total_bytes,
      "num-gaps", G_TYPE_UINT64, window->num_gaps,
      "num-headers", G_TYPE_UINT64, window->num_headers,
      "num-freezes", G_TYPE_UINT64, window->num_freezes,
      "freeze-duration", G_TYPE_UINT64, window->freeze_duration,
      "num-jumps", G_TYPE_UINT64, window->num_jumps, NULL);
  set_array (structure, "intervals", window->recent, window->num_recent);
  g_free (label);
  return structure;
}

GstStructure *
gst_timepiece_tick_alarm_structure (GstTimepieceTick * self,
    const TimepieceFiring * firing, GstClockTime running_time)
{
  gchar *label = gst_timepiece_element_dup_label (GST_TIMEPIECE_ELEMENT (self));
  GstStructure *structure = gst_structure_new ("timepiece-alarm",
      "label", G_TYPE_STRING, label,
      "alarm", G_TYPE_STRING, firing->name,
      "kind", G_TYPE_STRING, firing->kind,
      "count", G_TYPE_UINT64, firing->count,
      "due", G_TYPE_UINT64, firing->due,
      "fired", G_TYPE_UINT64, firing->fired,
      "running-time", G_TYPE_UINT64, running_time, NULL);

  g_free (label);
  return structure;
}
