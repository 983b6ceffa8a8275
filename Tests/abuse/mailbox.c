#include "mailbox.h"

struct _Mailbox
{
  GMutex lock;
  GQueue messages;              /* owned; protected by lock */
};

static GstBusSyncReply
take (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Mailbox *self = user_data;

  (void) bus;
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->messages, message);
  g_mutex_unlock (&self->lock);
  return GST_BUS_DROP;
}

static void
mailbox_free (gpointer user_data)
{
  Mailbox *self = user_data;

  mailbox_empty (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}

Mailbox *
mailbox_new (GstElement * pipeline)
{
  Mailbox *self = g_new0 (Mailbox, 1);
  GstBus *bus = gst_element_get_bus (pipeline);

  g_mutex_init (&self->lock);
  g_queue_init (&self->messages);
  gst_bus_set_sync_handler (bus, take, self, mailbox_free);
  gst_object_unref (bus);
  return self;
}

void
mailbox_empty (Mailbox * self)
{
  GQueue taken;

  g_mutex_lock (&self->lock);
  taken = self->messages;
  g_queue_init (&self->messages);
  g_mutex_unlock (&self->lock);
  /* The last reference to an element may be among them. */
  g_queue_clear_full (&taken, (GDestroyNotify) gst_message_unref);
}
