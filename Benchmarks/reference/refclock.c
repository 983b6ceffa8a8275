/* Reads the clock once and keeps the minimum: the reference of a measuring
 * element. */
#include "refelement.h"

typedef struct
{
  RefElement parent;
  GstPad *srcpad;
  RefTally tally;
} RefClock;
typedef RefElementClass RefClockClass;

G_DEFINE_TYPE (RefClock, ref_clock, REF_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE (refclock, "refclock", GST_RANK_NONE,
    ref_clock_get_type ());

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  RefClock *self = (RefClock *) parent;

  (void) pad;
  ref_tally_tick (&self->tally);
  return gst_pad_push (self->srcpad, buffer);
}

static void
finalize (GObject * object)
{
  ref_tally_log (&((RefClock *) object)->tally, object);
  G_OBJECT_CLASS (ref_clock_parent_class)->finalize (object);
}

static void
ref_clock_class_init (RefClockClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ref_clock_init (RefClock * self)
{
  self->srcpad = ref_element_add_pads (&self->parent, chain);
}
