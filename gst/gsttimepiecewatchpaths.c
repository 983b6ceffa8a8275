/* The paths that lead to a stop: a walk over the pads, upstream. Buffers that
 * only have the same time as those of a start, and no path from there, are not
 * that start's. */
#include "gsttimepiecewatchprivate.h"

typedef struct
{
  GstTimepieceWatch *stop;
  GHashTable *seen;             /* sink pads */
  GQueue *pads;                 /* (transfer full): sink pads to go up from */
  GArray *starts;               /* guint64 */
} Walk;

/* @pad: (transfer full) */
static void
visit (Walk * walk, GstPad * pad)
{
  if (g_hash_table_add (walk->seen, gst_object_ref (pad)))
    g_queue_push_tail (walk->pads, pad);
  else
    gst_object_unref (pad);
}

static void
visit_link (const GValue * value, gpointer user_data)
{
  visit (user_data, gst_object_ref (g_value_get_object (value)));
}

/* All sink pads that what leaves @pad may have come in by. */
static void
visit_links (Walk * walk, GstPad * pad)
{
  GstIterator *links = gst_pad_iterate_internal_links (pad);

  if (!links)
    return;
  while (gst_iterator_foreach (links, visit_link, walk) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (links);
  gst_iterator_free (links);
}

static void
note_start (Walk * walk, GstObject * element)
{
  GstTimepieceWatch *watch;
  guint64 start;

  if (!GST_IS_TIMEPIECE_WATCH (element))
    return;
  watch = GST_TIMEPIECE_WATCH (element);
  GST_OBJECT_LOCK (watch);
  start = watch->group == walk->stop->group ? watch->start : 0;
  GST_OBJECT_UNLOCK (watch);
  if (start != 0)
    g_array_append_val (walk->starts, start);
}

/* @pad: a sink pad */
static void
go_up (Walk * walk, GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad);
  GstObject *parent;

  if (!peer)
    return;
  /* Out of a bin: what its ghost pad stands for. */
  while (GST_IS_GHOST_PAD (peer)) {
    GstPad *target = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));

    gst_object_unref (peer);
    if (!target)
      return;
    peer = target;
  }
  parent = gst_object_get_parent (GST_OBJECT (peer));
  if (parent && GST_IS_GHOST_PAD (parent)) {
    /* From the inside of a bin to what its ghost pad is linked to. */
    visit (walk, GST_PAD (parent));
    parent = NULL;
  } else if (parent) {
    note_start (walk, parent);
    visit_links (walk, peer);
  }
  gst_clear_object (&parent);
  gst_object_unref (peer);
}

void
gst_timepiece_watch_find_paths (GstTimepieceWatch * self)
{
  Walk walk = {.stop = self };
  /* Cleared while reports may still come; but it is stopped after that, and
   * stopping waits for them. */
  TimepieceWatch *watch = g_atomic_pointer_get (&self->watch);
  GstPad *pad;

  if (!watch)
    return;
  walk.seen = g_hash_table_new_full (NULL, NULL, gst_object_unref, NULL);
  walk.pads = g_queue_new ();
  walk.starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  visit (&walk, gst_object_ref (self->sinkpad));
  while ((pad = g_queue_pop_head (walk.pads))) {
    go_up (&walk, pad);
    gst_object_unref (pad);
  }
  GST_DEBUG_OBJECT (self, "paths lead here from %u starts", walk.starts->len);
  timepiece_watch_connect (watch, (const guint64 *) walk.starts->data,
      walk.starts->len);
  g_hash_table_unref (walk.seen);
  g_queue_free (walk.pads);
  g_array_unref (walk.starts);
}
