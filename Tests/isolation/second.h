/* The Swift function of the other plugin. */
#ifndef SECOND_H
#define SECOND_H

int second_counts (void);

#endif
