/* Stamps each buffer with the instant at which it passed. */
#include "refelement.h"
#include "refmeta.h"

typedef struct
{
  RefElement parent;
  GstPad *srcpad;
  const GstMetaInfo *info;
} RefStamp;
typedef RefElementClass RefStampClass;

G_DEFINE_TYPE (RefStamp, ref_stamp, REF_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE (refstamp, "refstamp", GST_RANK_NONE,
    ref_stamp_get_type ());

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  RefStamp *self = (RefStamp *) parent;
  RefMeta *stamp;

  (void) pad;
  buffer = gst_buffer_make_writable (buffer);
  stamp = (RefMeta *) gst_buffer_add_meta (buffer, self->info, NULL);
  if (G_LIKELY (stamp))
    stamp->instant = ref_now ();
  return gst_pad_push (self->srcpad, buffer);
}

static void
ref_stamp_class_init (RefStampClass * klass)
{
  (void) klass;
}

static void
ref_stamp_init (RefStamp * self)
{
  self->srcpad = ref_element_add_pads (&self->parent, chain);
  self->info = ref_meta_get_info ();
}
