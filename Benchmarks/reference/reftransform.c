/* The same as refclock in GstBaseTransform, as most measuring elements are. */
#include <gst/base/gstbasetransform.h>

#include "refelement.h"

typedef struct
{
  GstBaseTransform parent;
  RefTally tally;
} RefTransform;
typedef GstBaseTransformClass RefTransformClass;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE (RefTransform, ref_transform, GST_TYPE_BASE_TRANSFORM);
GST_ELEMENT_REGISTER_DEFINE (reftransform, "reftransform", GST_RANK_NONE,
    ref_transform_get_type ());

static GstFlowReturn
transform_ip (GstBaseTransform * transform, GstBuffer * buffer)
{
  (void) buffer;
  ref_tally_tick (&((RefTransform *) transform)->tally);
  return GST_FLOW_OK;
}

static void
finalize (GObject * object)
{
  ref_tally_log (&((RefTransform *) object)->tally, object);
  G_OBJECT_CLASS (ref_transform_parent_class)->finalize (object);
}

static void
ref_transform_class_init (RefTransformClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  klass->transform_ip = transform_ip;
  klass->passthrough_on_same_caps = TRUE;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Reference transform",
      "Filter/Analyzer/Debug", "What a measurement costs in GstBaseTransform",
      "The Timepiece authors");
}

static void
ref_transform_init (RefTransform * self)
{
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), TRUE);
}
