/* Criticals end the run, but for the few that GStreamer is to blame for. */
#ifndef CRITICALS_H
#define CRITICALS_H

#include <glib.h>

/* @tolerant: counts all of them instead, for a control without the plugin. */
void criticals_init (gboolean tolerant);

#endif
