/* The terminal in full screen, given back on any exit that a program can see. */
#ifndef TIMEPIECE_TERMINAL_H
#define TIMEPIECE_TERMINAL_H

#include <stdbool.h>

/* Switches to the other screen without cursor, and to keys without line or
 * echo. Leaves by itself at exit () and when a signal kills the process.
 * FALSE: this is no terminal. Main thread only. */
bool terminal_enter (void);

/* Gives the terminal back. Does nothing if it was not entered. */
void terminal_leave (void);

/* Stops the process, as Ctrl-Z would, with the terminal given back meanwhile. */
void terminal_suspend (void);

/* The size of standard output's terminal; FALSE if there is none. */
bool terminal_size (int *columns, int *rows);

/* Whether the locale's characters are UTF-8. */
bool terminal_is_utf8 (void);

#endif
