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
  gint elements;                /* made, and not gone yet */
  gint pipelines;
} Totals;

extern Totals totals;

/* What is being done, for whoever has to tell. */
extern const gchar *volatile current_operation;

/* If not NULL, put where the plugin's elements belong: what fails with identity
 * there is not the plugin's fault. */
extern const gchar *sequence_element;

void sequence_init (void);
/* Runs the sequence of this seed. */
void sequence_run (guint64 seed);
void sequence_deinit (void);

#endif
