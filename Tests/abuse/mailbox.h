#ifndef MAILBOX_H
#define MAILBOX_H

#include <gst/gst.h>

/* The messages of a pipeline's bus, in a queue of GLib's. The bus's own (1.22, GstAtomicQueue) is not up to several threads
 * that post while it grows and another that reads: it loses a message now and then, which keeps its source alive for
 * good. Four threads that post 200 messages each do it once in 4,000 times, without any plugin. */

/* (nullable): called with each message in the thread that posts it. */
extern void (*mailbox_look) (GstMessage * message);

/* Takes the messages of the pipeline's bus from now on. */
void mailbox_add (GstElement * pipeline);
/* Returns: (nullable) (transfer full): the next message, waited for so many
 * microseconds */
GstMessage *mailbox_pop (GstElement * pipeline, guint64 timeout);
/* Frees the messages that wait. A message may hold the pipeline, which holds
 * them all: to be called before the pipeline is let go. */
void mailbox_empty (GstElement * pipeline);

#endif
