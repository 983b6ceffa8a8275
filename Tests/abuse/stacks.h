/* Prints the stacks of all threads when something hangs or breaks. */
#ifndef STACKS_H
#define STACKS_H

#include <glib.h>

/* From now on, whoever breaks is told of with the text that tell writes. */
void stacks_init (void (*tell) (void));
/* Prints all stacks and ends the process with this status. */
void stacks_exit (int status) G_GNUC_NORETURN;

#endif
