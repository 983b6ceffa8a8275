#define _GNU_SOURCE
#include "ledger.h"

#include <dlfcn.h>

#include "sequence.h"

/* The original functions of the pads of one element. */
typedef struct
{
  GstPadChainFunction chain;
  GstPadChainListFunction chain_list;
} Own;

/* The last object that this thread pushed. */
typedef struct
{
  gconstpointer data;
  GstPad *pad;
  GstFlowReturn flow;
} Push;

static __thread Push last;

static GQuark
own_quark (void)
{
  return g_quark_from_static_string ("abuse-own");
}

/* These two replace GStreamer's functions, for the plugin and all others. */
GstFlowReturn
gst_pad_push (GstPad * pad, GstBuffer * buffer)
{
  static GstFlowReturn (*real) (GstPad *, GstBuffer *);
  Push push = { buffer, pad, GST_FLOW_OK };

  if (!real)
    real = (__typeof__ (real)) dlsym (RTLD_NEXT, "gst_pad_push");
  push.flow = real (pad, buffer);
  last = push;
  return push.flow;
}

GstFlowReturn
gst_pad_push_list (GstPad * pad, GstBufferList * list)
{
  static GstFlowReturn (*real) (GstPad *, GstBufferList *);
  Push push = { list, pad, GST_FLOW_OK };

  if (!real)
    real = (__typeof__ (real)) dlsym (RTLD_NEXT, "gst_pad_push_list");
  push.flow = real (pad, list);
  last = push;
  return push.flow;
}

static void
settle (GstObject * element, gconstpointer in, GstFlowReturn flow)
{
  /* The pad is only compared: it may have been freed. */
  if (last.data == in && last.pad == g_object_get_qdata (G_OBJECT (element),
          own_quark ()) && last.flow == flow)
    __atomic_add_fetch (&totals.buffers, 1, __ATOMIC_RELAXED);
  else if (!last.data && flow == GST_FLOW_EOS)
    __atomic_add_fetch (&totals.refused, 1, __ATOMIC_RELAXED);
  else
    g_error ("%s lost a buffer, or changed %s to %s", GST_OBJECT_NAME (element),
        gst_flow_get_name (last.flow), gst_flow_get_name (flow));
}

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  const Own *own = g_object_get_qdata (G_OBJECT (pad), own_quark ());
  GstFlowReturn flow;

  last.data = NULL;
  flow = own->chain (pad, parent, buffer);
  settle (parent, buffer, flow);
  return flow;
}

static GstFlowReturn
chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  const Own *own = g_object_get_qdata (G_OBJECT (pad), own_quark ());
  GstFlowReturn flow;

  last.data = NULL;
  flow = own->chain_list (pad, parent, list);
  settle (parent, list, flow);
  return flow;
}

void
ledger_keep (GstElement * element)
{
  GstPad *sink = gst_element_get_static_pad (element, "sink");
  GstPad *src = gst_element_get_static_pad (element, "src");
  Own *own = g_new (Own, 1);

  own->chain = GST_PAD_CHAINFUNC (sink);
  own->chain_list = GST_PAD_CHAINLISTFUNC (sink);
  g_object_set_qdata_full (G_OBJECT (sink), own_quark (), own, g_free);
  g_object_set_qdata (G_OBJECT (element), own_quark (), src);
  gst_pad_set_chain_function (sink, chain);
  gst_pad_set_chain_list_function (sink, chain_list);
  gst_object_unref (sink);
  gst_object_unref (src);
}
