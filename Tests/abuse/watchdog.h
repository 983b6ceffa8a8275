/* Ends the process when it does not make progress any more. */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <glib.h>

/* The exit status if the plugin blocks nothing: GStreamer itself hangs. */
#define WATCHDOG_OTHERS 4

/* Begins to watch the main thread. @limit: seconds that it may sleep in one and
 * the same wait. @tell: prints the present operation to stderr. */
void watchdog_start (gint limit, void (*tell) (void));
/* Reports progress of the main thread. */
void watchdog_pat (void);

#endif
