/* Criticals end the run, except for the few that GStreamer causes. */
#ifndef CRITICALS_H
#define CRITICALS_H

#include <glib.h>

/* @tolerant: counts all criticals instead, for a control without the plugin. */
void criticals_init (gboolean tolerant);

#endif
