/* Four threads that set and read the properties of the elements, and add and
 * remove alarms, while the pipeline is mistreated. */
#ifndef BYSTANDERS_H
#define BYSTANDERS_H

#include <gst/gst.h>

#include "dice.h"

void bystanders_start (void);
void bystanders_stop (void);

/* From now on they use these elements of a pipeline. */
void bystanders_watch (GstElement * pipeline, GstElement ** elements,
    guint count);

/* Sets something at random. */
void bystanders_set (Dice * dice, GstElement * element);

#endif
