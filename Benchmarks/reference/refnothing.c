/* Passes buffers on: the cost of an element that does nothing. */
#include "refelement.h"

typedef struct
{
  RefElement parent;
  GstPad *srcpad;
} RefNothing;
typedef RefElementClass RefNothingClass;

G_DEFINE_TYPE (RefNothing, ref_nothing, REF_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE (refnothing, "refnothing", GST_RANK_NONE,
    ref_nothing_get_type ());

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  (void) pad;
  return gst_pad_push (((RefNothing *) parent)->srcpad, buffer);
}

static void
ref_nothing_class_init (RefNothingClass * klass)
{
  (void) klass;
}

static void
ref_nothing_init (RefNothing * self)
{
  self->srcpad = ref_element_add_pads (&self->parent, chain);
}
