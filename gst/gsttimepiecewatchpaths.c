/* The paths that lead to a stop: a walk over the pads, upstream. Buffers that
 * have the same time as those of a start, but no path from there, do not belong
 * to that start; and the elements on the path determine what happens to
 * times. */
#include "gsttimepiecewatchprivate.h"

#include <string.h>

typedef struct
{
  GstPad *pad;                  /* a sink pad to go up from */
  guint flags;                  /* what is between it and the stop */
} Step;

typedef struct
{
  GstTimepieceWatch *stop;
  GHashTable *seen;             /* sink pads, with a bit for each set of flags
                                 * they were reached by */
  GQueue *steps;
  GArray *paths;                /* TimepiecePath */
} Walk;

/* @pad: (transfer full) */
static void
visit (Walk * walk, GstPad * pad, guint flags)
{
  guint seen = GPOINTER_TO_UINT (g_hash_table_lookup (walk->seen, pad));
  Step *step;

  if (seen & 1u << flags) {
    gst_object_unref (pad);
    return;
  }
  g_hash_table_insert (walk->seen, gst_object_ref (pad),
      GUINT_TO_POINTER (seen | 1u << flags));
  step = g_new (Step, 1);
  step->pad = pad;
  step->flags = flags;
  g_queue_push_tail (walk->steps, step);
}

/* MPEG streams have a clock of their own, on which times begin. */
static gboolean
has_own_clock (GstPad * pad)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  const GstStructure *structure = caps ? gst_caps_get_structure (caps, 0) :
      NULL;
  gboolean system = FALSE;

  if (structure && !gst_structure_has_name (structure, "video/mpegts")) {
    gst_structure_get_boolean (structure, "systemstream", &system);
    system = system && gst_structure_has_name (structure, "video/mpeg");
  } else {
    system = structure != NULL;
  }
  gst_clear_caps (&caps);
  return system;
}

static gboolean
is_a (GstObject * element, const gchar * name)
{
  GType type = g_type_from_name (name);

  return type != 0 && g_type_is_a (G_OBJECT_TYPE (element), type);
}

/* The change of times downstream of @pad, a sink pad of @element. */
static guint
flags_of (GstObject * element, GstPad * pad)
{
  const gchar *klass;

  /* The libraries of these classes are loaded where there is such an element. */
  if (is_a (element, "GstVideoAggregator")
      || is_a (element, "GstAudioAggregator"))
    return TIMEPIECE_PATH_MIXER;
  klass = gst_element_get_metadata (GST_ELEMENT (element),
      GST_ELEMENT_METADATA_KLASS);
  if (!klass || !strstr (klass, "Demux"))
    return 0;
  return has_own_clock (pad) ?
      TIMEPIECE_PATH_DEMUXER | TIMEPIECE_PATH_RESTART : TIMEPIECE_PATH_DEMUXER;
}

/* All sink pads of @element through which the output of @pad may have
 * entered. */
static void
visit_links (Walk * walk, GstObject * element, GstPad * pad, guint flags)
{
  GstIterator *links = gst_pad_iterate_internal_links (pad);
  GValue value = G_VALUE_INIT;
  gboolean goes_on = links != NULL;

  while (goes_on) {
    switch (gst_iterator_next (links, &value)) {
      case GST_ITERATOR_OK:{
        GstPad *sink = g_value_dup_object (&value);

        visit (walk, sink, flags | flags_of (element, sink));
        g_value_reset (&value);
        break;
      }
      case GST_ITERATOR_RESYNC:
        gst_iterator_resync (links);
        break;
      default:
        goes_on = FALSE;
        break;
    }
  }
  if (G_IS_VALUE (&value))
    g_value_unset (&value);
  if (links)
    gst_iterator_free (links);
}

static void
note_start (Walk * walk, GstObject * element, guint flags)
{
  TimepiecePath path = {.flags = flags };
  GstTimepieceWatch *watch;

  if (!GST_IS_TIMEPIECE_WATCH (element))
    return;
  watch = GST_TIMEPIECE_WATCH (element);
  GST_OBJECT_LOCK (watch);
  path.start = watch->group == walk->stop->group ? watch->start : 0;
  GST_OBJECT_UNLOCK (watch);
  if (path.start != 0)
    g_array_append_val (walk->paths, path);
}

/* @pad: a sink pad */
static void
go_up (Walk * walk, GstPad * pad, guint flags)
{
  GstPad *peer = gst_pad_get_peer (pad);
  GstObject *parent;

  if (!peer)
    return;
  /* Out of a bin: the target of its ghost pad. */
  while (GST_IS_GHOST_PAD (peer)) {
    GstPad *target = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));

    gst_object_unref (peer);
    if (!target)
      return;
    peer = target;
  }
  parent = gst_object_get_parent (GST_OBJECT (peer));
  if (parent && GST_IS_GHOST_PAD (parent)) {
    /* From the inside of a bin to the peer of its ghost pad. */
    visit (walk, GST_PAD (parent), flags);
    parent = NULL;
  } else if (parent && GST_IS_ELEMENT (parent)) {
    note_start (walk, parent, flags);
    visit_links (walk, parent, peer, flags);
  }
  gst_clear_object (&parent);
  gst_object_unref (peer);
}

void
gst_timepiece_watch_find_paths (GstTimepieceWatch * self)
{
  Walk walk = {.stop = self };
  /* A report may still be made after the watch has been stopped. */
  TimepieceMeter *watch =
      gst_timepiece_element_ref_meter (GST_TIMEPIECE_ELEMENT (self));
  Step *step;

  if (!watch)
    return;
  walk.seen = g_hash_table_new_full (NULL, NULL, gst_object_unref, NULL);
  walk.steps = g_queue_new ();
  walk.paths = g_array_new (FALSE, FALSE, sizeof (TimepiecePath));
  visit (&walk, gst_object_ref (self->sinkpad), 0);
  while ((step = g_queue_pop_head (walk.steps))) {
    go_up (&walk, step->pad, step->flags);
    gst_object_unref (step->pad);
    g_free (step);
  }
  GST_DEBUG_OBJECT (self, "%u paths lead here from starts", walk.paths->len);
  timepiece_watch_connect ((TimepieceWatch *) watch,
      (const TimepiecePath *) walk.paths->data, walk.paths->len);
  timepiece_meter_unref (watch);
  g_hash_table_unref (walk.seen);
  g_queue_free (walk.steps);
  g_array_unref (walk.paths);
}
