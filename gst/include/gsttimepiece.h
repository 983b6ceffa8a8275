/* For programs that link the elements in instead of loading the plugin. */
#ifndef GST_TIMEPIECE_H
#define GST_TIMEPIECE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Registers timepiecetick and timepiecewatch in this process, once. */
void gst_plugin_timepiece_register (void);

G_END_DECLS

#endif
