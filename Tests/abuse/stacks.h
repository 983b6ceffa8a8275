/* Shows where all threads are, when something hangs or crashes. */
#ifndef STACKS_H
#define STACKS_H

#include <glib.h>

/* Prints all stacks on deadly signals, after what tell () says. */
void stacks_init (void (*tell) (void));
/* Prints all stacks to a descriptor. Returns whether a thread from outside
 * waits in the plugin: if none does, the plugin holds up nobody, for who waits
 * for one of its locks or threads waits in its code. */
gboolean stacks_show (int descriptor);

#endif
