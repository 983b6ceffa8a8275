/* The terminal in full screen, restored on any exit that a program can see. */
#ifndef TIMEPIECE_TERMINAL_H
#define TIMEPIECE_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

/* Switches to the alternate screen without cursor, and to keys without line or
 * echo. Output of others would ruin the screen: it is sent to terminal_others
 * (). Leaves automatically at exit () and when a signal ends the process.
 * FALSE: this is not a terminal. Main thread only. */
bool terminal_enter (void);

/* Restores the terminal, with the output of others that was not read. Does
 * nothing if it was not entered. */
void terminal_leave (void);

/* The descriptors of a terminal that was entered: to draw on, to read keys
 * from, and to read, without waiting, what others printed. Each lasts. */
int terminal_output (void);
int terminal_keys (void);
int terminal_others (void);

/* Stops the process, as Ctrl-Z would, with the terminal restored meanwhile. */
void terminal_suspend (void);

/* The size of the terminal; FALSE if there is none. */
bool terminal_size (int *columns, int *rows);

/* Whether the locale's characters are UTF-8. */
bool terminal_is_utf8 (void);

/* How many columns a character takes in the locale; 0 if it takes none. */
int terminal_columns (uint32_t character);

#endif
