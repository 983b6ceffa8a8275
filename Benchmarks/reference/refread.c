/* Reads the stamp of refstamp, and keeps the minimum of the time in between. */
#include "refelement.h"
#include "refmeta.h"

typedef struct
{
  RefElement parent;
  GstPad *srcpad;
  GType api;
  RefTally tally;
} RefRead;
typedef RefElementClass RefReadClass;

G_DEFINE_TYPE (RefRead, ref_read, REF_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE (refread, "refread", GST_RANK_NONE,
    ref_read_get_type ());

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  RefRead *self = (RefRead *) parent;
  RefMeta *stamp = (RefMeta *) gst_buffer_get_meta (buffer, self->api);

  (void) pad;
  if (G_LIKELY (stamp))
    ref_tally_record (&self->tally, ref_now () - stamp->instant);
  return gst_pad_push (self->srcpad, buffer);
}

static void
finalize (GObject * object)
{
  ref_tally_log (&((RefRead *) object)->tally, object);
  G_OBJECT_CLASS (ref_read_parent_class)->finalize (object);
}

static void
ref_read_class_init (RefReadClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ref_read_init (RefRead * self)
{
  self->srcpad = ref_element_add_pads (&self->parent, chain);
  self->api = ref_meta_api_get_type ();
}
