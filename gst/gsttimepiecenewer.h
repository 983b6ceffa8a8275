/* Functions of a GStreamer version newer than that of the headers, looked up
 * when the plugin runs with it. */
#ifndef GST_TIMEPIECE_NEWER_H
#define GST_TIMEPIECE_NEWER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The function of GStreamer's core with this name, NULL before the version
 * that has it. Any thread. */
G_GNUC_INTERNAL GCallback gst_timepiece_newer_function (const gchar * name);

G_END_DECLS

#endif
