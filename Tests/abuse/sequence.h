/* The operations of a sequence of the abuse, and their counts. */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <gst/gst.h>

/* Counted over all sequences. */
typedef struct
{
  guint64 buffers;              /* that entered an element and left it */
  guint64 refused;              /* buffers after an alarm ended the stream */
  guint64 operations;
  guint criticals;              /* that GStreamer causes */
  gint elements;                /* made, and not freed yet */
  gint pipelines;
} Totals;

extern Totals totals;

/* The present operation, for the report. */
extern const gchar *volatile current_operation;

/* If not NULL, used in place of the plugin's elements: a failure with identity
 * there is not the plugin's fault. */
extern const gchar *sequence_element;
/* No pipeline in which pads pull: GStreamer 1.22 leaks a buffer when such a
 * pipeline is stopped, with identity, too. */
extern gboolean sequence_pushes;

void sequence_init (void);
/* Runs the sequence of this seed. */
void sequence_run (guint64 seed);
/* Waits until all objects of the sequence are freed. Returns: FALSE if they are
 * not, after a time that is long even for a busy machine. */
gboolean sequence_is_gone (void);
/* Prints the operations of this sequence to stderr. */
void sequence_tell_course (void);
/* Prints the objects that are left to stderr, and the references to them. */
void sequence_tell_left (void);
void sequence_deinit (void);

#endif
