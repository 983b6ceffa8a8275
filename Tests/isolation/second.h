/* What the other plugin has in Swift. */
#ifndef SECOND_H
#define SECOND_H

int second_counts (void);

#endif
