/* Registration, and nothing else. */
#include "gsttimepiece.h"
#include "gsttimepiecenewer.h"
#include "gsttimepiecetick.h"
#include "gsttimepiecetracer.h"
#include "gsttimepiecewatch.h"

#include <dlfcn.h>
#include <string.h>

/* Reports missing libraries with the plugin in gst-inspect-1.0, from GStreamer
 * 1.24 on. Only when the plugin is scanned for the registry: no other process
 * should load a library that it may not need. */
static void
tell_what_is_missing (GstPlugin * plugin)
{
  void (*add_warning) (GstPlugin * plugin, const gchar * message) =
      (void (*)(GstPlugin *, const gchar *))
      gst_timepiece_newer_function ("gst_plugin_add_status_warning");
  const gchar *program = g_get_prgname ();
  void *curl;

  if (!add_warning || !program || !strstr (program, "gst-plugin-scanner"))
    return;
  curl = dlopen ("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
  if (curl)
    dlclose (curl);
  else
    add_warning (plugin, "libcurl.so.4 is missing, which sending to CloudWatch "
        "needs (Debian and Ubuntu have it in the package libcurl4).");
}

static gboolean
plugin_init (GstPlugin * plugin)
{
  tell_what_is_missing (plugin);
  /* Not with GST_ELEMENT_REGISTER, which exists since 1.20. */
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
