/* Another plugin with Swift inside: registers only if its own runtime works. */
#include <gst/gst.h>

#include "second.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  (void) plugin;
  return second_counts () == 3;
}

#define PACKAGE "second"
GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, second,
    "another plugin in Swift", plugin_init, "0.1", "MIT", PACKAGE,
    "https://gstreamer.freedesktop.org")
