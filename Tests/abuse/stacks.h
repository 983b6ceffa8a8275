/* Shows the stacks of all threads after a hang or a crash. */
#ifndef STACKS_H
#define STACKS_H

#include <glib.h>

/* Prints all stacks on fatal signals, after the output of tell (). */
void stacks_init (void (*tell) (void));
/* Prints all stacks to a descriptor. Returns: whether a thread that is not the
 * plugin's own waits in the plugin: if none does, the plugin blocks nothing, as
 * a thread that waits for one of its locks or threads waits in its code. */
gboolean stacks_show (int descriptor);

#endif
