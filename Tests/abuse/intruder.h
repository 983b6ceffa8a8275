#ifndef INTRUDER_H
#define INTRUDER_H

#include <gst/gst.h>

/* What an application does inside what the elements call: a probe, a handler of
 * the signal alarm, a sync handler of the bus. There it stops and starts the
 * element, and takes alarms away. */

/* Lets it happen to an element, now and then. */
void intruder_settle (GstElement * point);
/* A message is posted, in the thread of the one who calls this. */
void intruder_see (GstMessage * message);

#endif
