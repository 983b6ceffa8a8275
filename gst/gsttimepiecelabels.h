#ifndef GST_TIMEPIECE_LABELS_H
#define GST_TIMEPIECE_LABELS_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

/* The labels of the series of an element wherever they are shown or sent. */
typedef struct
{
  gchar *pipeline;              /* empty for an element without one */
  gchar *label;
  gchar *path;                  /* from below the pipeline to the element */
  TimepiecePair pairs[3];       /* of the above */
} GstTimepieceLabels;

/* @label: (transfer full) */
void gst_timepiece_labels_init (GstTimepieceLabels * self,
    GstElement * element, gchar * label);
void gst_timepiece_labels_clear (GstTimepieceLabels * self);

G_END_DECLS

#endif
