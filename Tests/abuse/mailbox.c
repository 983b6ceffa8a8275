#include "mailbox.h"

#define KEY "mailbox"

void (*mailbox_look) (GstMessage * message) = NULL;

static GstBusSyncReply
take (GstBus * bus, GstMessage * message, gpointer user_data)
{
  (void) bus;
  if (mailbox_look)
    mailbox_look (message);
  g_async_queue_push (user_data, message);
  return GST_BUS_DROP;
}

void
mailbox_add (GstElement * pipeline)
{
  GAsyncQueue *messages =
      g_async_queue_new_full ((GDestroyNotify) gst_message_unref);
  GstBus *bus = gst_element_get_bus (pipeline);

  g_object_set_data_full (G_OBJECT (pipeline), KEY,
      g_async_queue_ref (messages), (GDestroyNotify) g_async_queue_unref);
  gst_bus_set_sync_handler (bus, take, messages,
      (GDestroyNotify) g_async_queue_unref);
  gst_object_unref (bus);
}

GstMessage *
mailbox_pop (GstElement * pipeline, guint64 timeout)
{
  return g_async_queue_timeout_pop (g_object_get_data (G_OBJECT (pipeline),
          KEY), timeout);
}

void
mailbox_empty (GstElement * pipeline)
{
  GstMessage *message;

  while ((message = mailbox_pop (pipeline, 0)))
    gst_message_unref (message);
}
