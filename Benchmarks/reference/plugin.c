/* Registration of the reference elements. They are for benchmarks only and are
 * not installed. */
#include "refelement.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  return GST_ELEMENT_REGISTER (refnothing, plugin)
      && GST_ELEMENT_REGISTER (refclock, plugin)
      && GST_ELEMENT_REGISTER (reftransform, plugin)
      && GST_ELEMENT_REGISTER (refstamp, plugin)
      && GST_ELEMENT_REGISTER (refread, plugin)
      && ref_tracer_register (plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, timepiecereference,
    "What measurements cost in bare C", plugin_init, "0.1.0", "MIT/X11",
    "timepiece", "Unknown package origin")
