/* The labels of the series of an element. */
#include "gsttimepiecelabels.h"

#include "gsttimepiecename.h"

void
gst_timepiece_labels_init (GstTimepieceLabels * self, GstElement * element,
    gchar * label)
{
  GstObject *top;

  self->path = gst_timepiece_name_path (element, &top);
  self->pipeline = self->path ? gst_timepiece_name_of (top) : g_strdup ("");
  if (!self->path)
    self->path = gst_timepiece_name_of (top);
  gst_object_unref (top);
  self->label = label;
  self->pairs[0].name = "pipeline";
  self->pairs[0].value = self->pipeline;
  self->pairs[1].name = "label";
  self->pairs[1].value = self->label;
  self->pairs[2].name = "element";
  self->pairs[2].value = self->path;
}

void
gst_timepiece_labels_clear (GstTimepieceLabels * self)
{
  g_clear_pointer (&self->pipeline, g_free);
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->path, g_free);
}
