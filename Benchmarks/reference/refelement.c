/* The pads of a plain element, and the log of its counts. */
#include "refelement.h"

GST_DEBUG_CATEGORY_STATIC (ref_element_debug);
#define GST_CAT_DEFAULT ref_element_debug

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (RefElement, ref_element, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (ref_element_debug, "refelement", 0,
        "what a measurement costs in bare C"));

void
ref_tally_log (const RefTally * tally, gpointer element)
{
  GST_DEBUG_OBJECT (element, "count %" G_GUINT64_FORMAT ", min %"
      G_GUINT64_FORMAT ", max %" G_GUINT64_FORMAT ", sum %" G_GUINT64_FORMAT,
      tally->count, tally->min, tally->max, tally->sum);
}

GstPad *
ref_element_add_pads (RefElement * self, GstPadChainFunction chain)
{
  GstPad *sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  GstPad *srcpad = gst_pad_new_from_static_template (&src_template, "src");

  gst_pad_set_chain_function (sinkpad, chain);
  GST_PAD_SET_PROXY_CAPS (sinkpad);
  GST_PAD_SET_PROXY_ALLOCATION (sinkpad);
  GST_PAD_SET_PROXY_SCHEDULING (sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), sinkpad);
  GST_PAD_SET_PROXY_CAPS (srcpad);
  gst_element_add_pad (GST_ELEMENT (self), srcpad);
  return srcpad;
}

static void
ref_element_class_init (RefElementClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Reference",
      "Filter/Analyzer/Debug", "What a measurement costs in bare C",
      "The Timepiece authors");
}

static void
ref_element_init (RefElement * self)
{
  (void) self;
}
