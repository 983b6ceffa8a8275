/* What a sequence of the abuse does, and what is counted of it. */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <gst/gst.h>

/* Counted over all sequences. */
typedef struct
{
  guint64 buffers;              /* that came into an element and went out */
  guint64 refused;              /* that came after an alarm had ended the stream */
  guint64 operations;
  guint criticals;              /* that GStreamer is to blame for */
  gint elements;                /* made, and not gone yet */
  gint pipelines;
} Totals;

extern Totals totals;

/* What is being done, for whoever has to tell. */
extern const gchar *volatile current_operation;

/* If not NULL, put where the plugin's elements belong: what fails with identity
 * there is not the plugin's fault. */
extern const gchar *sequence_element;
/* No pipeline where pads pull: GStreamer 1.22 leaks a buffer of its own, with
 * identity too, when such a one is stopped. */
extern gboolean sequence_pushes;

void sequence_init (void);
/* Runs the sequence of this seed. */
void sequence_run (guint64 seed);
/* Waits until all that the sequence made is gone; FALSE if it is not, in a time
 * that is long for a busy machine. */
gboolean sequence_is_gone (void);
/* Says on stderr what was done in this sequence. */
void sequence_tell_course (void);
/* Says on stderr what is still there, and who holds how much of it. */
void sequence_tell_left (void);
void sequence_deinit (void);

#endif
