/* Stalls, as both elements tell of them. */
#include "gsttimepiecestall.h"

/* Below this, looking for stalls would be the load. */
#define MIN_STALL_TIMEOUT GST_MSECOND

GstStructure *
gst_timepiece_stall_structure (GstTimepieceElement * self,
    const TimepieceStall * stall)
{
  gchar *label = gst_timepiece_element_dup_label (self);
  GstTimepieceTimes times;
  GstStructure *structure;

  gst_timepiece_element_get_times (self, stall->last_position, &times);
  if (stall->resumed)
    structure = gst_structure_new ("timepiece-resume",
        "label", G_TYPE_STRING, label,
        "stalled-for", G_TYPE_UINT64, stall->duration,
        "reason", G_TYPE_STRING, stall->reason, NULL);
  else
    structure = gst_structure_new ("timepiece-stall",
        "label", G_TYPE_STRING, label,
        "since-last-buffer", G_TYPE_UINT64, stall->duration,
        "last-running-time", G_TYPE_UINT64, times.running_time,
        "reason", G_TYPE_STRING, stall->reason, NULL);
  g_free (label);
  return structure;
}

gchar *
gst_timepiece_stall_problem (guint64 timeout)
{
  if (timeout == 0 || timeout >= MIN_STALL_TIMEOUT)
    return NULL;
  return g_strdup_printf ("The property stall-timeout is %" G_GUINT64_FORMAT
      " ns; allowed are 0, for off, and 1000000 (1 ms) or more.", timeout);
}

void
gst_timepiece_stall_set_timeout (GstTimepieceElement * self, guint64 * timeout,
    guint64 value)
{
  gchar *problem = gst_timepiece_element_is_started (self) ?
      gst_timepiece_stall_problem (value) : NULL;

  if (problem) {
    gst_timepiece_element_warn_settings (self, problem,
        "The former stall-timeout holds.");
    g_free (problem);
    return;
  }
  GST_OBJECT_LOCK (self);
  *timeout = value;
  GST_OBJECT_UNLOCK (self);
}
