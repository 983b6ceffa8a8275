#ifndef INTRUDER_H
#define INTRUDER_H

#include <gst/gst.h>

/* An application inside the callbacks of the elements: a probe, a handler of
 * the signal alarm, a sync handler of the bus. There it stops and starts the
 * element, and removes alarms. */

/* Does this to an element from time to time. */
void intruder_settle (GstElement * point);
/* Called for a posted message, in the posting thread. */
void intruder_see (GstMessage * message);

#endif
