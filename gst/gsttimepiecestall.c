/* Stalls, as both elements report them. */
#include "gsttimepiecestall.h"

#include "gsttimepiecetrace.h"

/* Below this, the checks for stalls would be the load. */
#define MIN_STALL_TIMEOUT GST_MSECOND

static void
tell (GstTimepieceElement * self, gconstpointer what)
{
  const TimepieceStall *stall = what;
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
  gst_timepiece_trace_message (structure);
  gst_timepiece_element_post (self, structure);
}

void
gst_timepiece_stall_report (const TimepieceStall * stall, void *handle)
{
  gst_timepiece_element_call (handle, tell, stall);
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
        "The previous stall-timeout is kept.");
    g_free (problem);
    return;
  }
  GST_OBJECT_LOCK (self);
  *timeout = value;
  GST_OBJECT_UNLOCK (self);
}
