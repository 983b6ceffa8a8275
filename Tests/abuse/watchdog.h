/* Ends the process when nothing goes on any more. */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <glib.h>

/* The exit status where the plugin holds up nobody: GStreamer hangs by itself. */
#define WATCHDOG_OTHERS 4

/* Begins to watch the main thread. @limit: seconds that it may sleep in one and
 * the same wait. @tell: says on stderr what was under way. */
void watchdog_start (gint limit, void (*tell) (void));
/* Says that the main thread goes on. */
void watchdog_pat (void);

#endif
