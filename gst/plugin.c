/* Registration, and nothing else. */
#include "gsttimepiece.h"
#include "gsttimepiecetick.h"
#include "gsttimepiecewatch.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  return GST_ELEMENT_REGISTER (timepiecetick, plugin)
      && GST_ELEMENT_REGISTER (timepiecewatch, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, timepiece,
    "Measures buffers at points of a pipeline: rates, latencies, stalls",
    plugin_init, TIMEPIECE_VERSION, "MIT/X11", "timepiece",
    "Unknown package origin")
