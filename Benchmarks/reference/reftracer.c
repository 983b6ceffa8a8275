/* A tracer with one hook that is never called: GStreamer's cost of having any
 * hook. */
#define GST_USE_UNSTABLE_API
#include "refelement.h"

#include <gst/gsttracer.h>

typedef struct
{
  GstTracer parent;
} RefTracer;

typedef struct
{
  GstTracerClass parent_class;
} RefTracerClass;

GType ref_tracer_get_type (void);
G_DEFINE_TYPE (RefTracer, ref_tracer, GST_TYPE_TRACER);

static void
never_called (void)
{
}

static void
constructed (GObject * object)
{
  G_OBJECT_CLASS (ref_tracer_parent_class)->constructed (object);
  gst_tracing_register_hook (GST_TRACER (object), "pad-unlink-pre",
      G_CALLBACK (never_called));
}

static void
ref_tracer_class_init (RefTracerClass * klass)
{
  G_OBJECT_CLASS (klass)->constructed = constructed;
}

static void
ref_tracer_init (RefTracer * self)
{
  (void) self;
}

gboolean
ref_tracer_register (GstPlugin * plugin)
{
  return gst_tracer_register (plugin, "reftracer", ref_tracer_get_type ());
}
