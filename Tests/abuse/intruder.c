#include "intruder.h"

#define KEY "intruder"

/* One call in this many has an effect. */
#define RARELY 40

/* A thread that changes the state of the element waits for the streaming
 * thread, which may be this one: so this one must not wait for the other. */
static void
restart (GstElement * point)
{
  if (!GST_STATE_TRYLOCK (point))
    return;
  gst_element_set_state (point, GST_STATE_NULL);
  gst_element_sync_state_with_parent (point);
  GST_STATE_UNLOCK (point);
}

static void
intrude (GstElement * point)
{
  static gint calls;
  gint call = g_atomic_int_add (&calls, 1);
  gboolean removed;

  if (call % RARELY != 0)
    return;
  if (call / RARELY % 2 == 0
      || !g_object_class_find_property (G_OBJECT_GET_CLASS (point), "alarms")) {
    restart (point);
  } else if (call / RARELY % 4 == 1) {
    g_signal_emit_by_name (point, "remove-alarm", "third", &removed);
  } else {
    g_object_set (point, "alarms", "ordinal,name=third,each=3", NULL);
  }
}

static GstPadProbeReturn
pass (GstPad * pad, GstPadProbeInfo * info, gpointer point)
{
  (void) pad;
  (void) info;
  intrude (point);
  return GST_PAD_PROBE_OK;
}

static void
hear (GstElement * point, const GstStructure * structure, gpointer data)
{
  (void) structure;
  (void) data;
  intrude (point);
}

void
intruder_settle (GstElement * point)
{
  GstPad *pad = gst_element_get_static_pad (point, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_BUFFER_LIST, pass, point, NULL);
  gst_object_unref (pad);
  if (g_signal_lookup ("alarm", G_OBJECT_TYPE (point)))
    g_signal_connect (point, "alarm", G_CALLBACK (hear), NULL);
  g_object_set_data (G_OBJECT (point), KEY, point);
}

void
intruder_see (GstMessage * message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && g_object_get_data (G_OBJECT (GST_MESSAGE_SRC (message)), KEY))
    intrude (GST_ELEMENT (GST_MESSAGE_SRC (message)));
}
