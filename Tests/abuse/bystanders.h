/* Four threads that set and read the properties of the elements, and add and
 * remove alarms, while the pipeline is abused. */
#ifndef BYSTANDERS_H
#define BYSTANDERS_H

#include <gst/gst.h>

#include "dice.h"

void bystanders_start (void);
void bystanders_stop (void);

/* The threads use these elements of a pipeline from now on. */
void bystanders_watch (GstElement * pipeline, GstElement ** elements,
    guint count);

/* Sets a property at random. */
void bystanders_set (Dice * dice, GstElement * element);

#endif
