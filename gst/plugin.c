/* Registration, and nothing else. */
#include "gsttimepiece.h"
#include "gsttimepiecetick.h"
#include "gsttimepiecetracer.h"
#include "gsttimepiecewatch.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  /* Not by GST_ELEMENT_REGISTER, which came with 1.20. */
  return gst_element_register (plugin, "timepiecetick", GST_RANK_NONE,
      GST_TYPE_TIMEPIECE_TICK)
      && gst_element_register (plugin, "timepiecewatch", GST_RANK_NONE,
      GST_TYPE_TIMEPIECE_WATCH) && gst_timepiece_tracer_register (plugin);
}

/* The version whose functions are used, not that of the headers: GStreamer
 * refuses a plugin that was made for a newer one. */
GST_PLUGIN_DEFINE (1, TIMEPIECE_GSTREAMER_MINOR, timepiece,
    "Measures buffers at points of a pipeline: rates, latencies, stalls",
    plugin_init, TIMEPIECE_VERSION, "MIT/X11", "timepiece",
    "Unknown package origin")
