/* One sequence: a small pipeline, a dozen operations on it in random order
 * while four other threads use its elements, and an end at any time. */
#include "sequence.h"

#include <stdio.h>
#include <string.h>

#include "bystanders.h"
#include "dice.h"
#include "intruder.h"
#include "ledger.h"
#include "mailbox.h"

#define MAX_OPERATIONS 14
#define MAX_POINTS 4
/* Enough time for a state change that is immediate. */
#define SHORTLY (200 * GST_USECOND)
/* Enough time for a thread of a pool to finish its task, even if the machine is
 * busy. */
#define LONG_ENOUGH (30 * G_TIME_SPAN_SECOND)

Totals totals;
const gchar *volatile current_operation = "the beginning";
/* The operations of this sequence so far, for the report. */
static const gchar *course[MAX_OPERATIONS];
static volatile guint length_of_course;

typedef struct
{
  Dice dice;
  GstElement *pipeline;
  /* the chain from the source to the sink; points are the tested ones */
  GstElement *chain[16];
  guint length;
  GstElement *points[MAX_POINTS];
  guint num_points;
  GstElement *filter;           /* nullable: a capsfilter */
  gboolean plays_backwards;
  gboolean queues;
  gboolean is_relinked;         /* some link was changed */
  gboolean is_over;
  gboolean pulls;               /* the sink pulls, where the source can */
} Sequence;

const gchar *sequence_element = NULL;
gboolean sequence_pushes = FALSE;

static const gchar *const video_caps[] = {
  "video/x-raw,format=GRAY8,width=16,height=16,framerate=1000/1",
  "video/x-raw,format=GRAY8,width=8,height=16,framerate=1/1",
  "video/x-raw,format=RGB,width=16,height=8,framerate=30000/1001",
};

static const gchar *const audio_caps[] = {
  "audio/x-raw,format=S16LE,rate=8000,channels=1",
  "audio/x-raw,format=S16LE,rate=48000,channels=2",
};

/* The objects that a sequence made and that are not freed yet. */
static GMutex alive_lock;
static GCond alive_changed;
static GHashTable *alive;

static void
gone (gpointer counter, GObject * object)
{
  g_mutex_lock (&alive_lock);
  (*(gint *) counter)--;
  g_hash_table_remove (alive, object);
  g_cond_signal (&alive_changed);
  g_mutex_unlock (&alive_lock);
}

static void
follow (gpointer object, gint * counter)
{
  g_mutex_lock (&alive_lock);
  (*counter)++;
  g_hash_table_insert (alive, object, g_strdup (GST_OBJECT_NAME (object)));
  g_mutex_unlock (&alive_lock);
  g_object_weak_ref (G_OBJECT (object), gone, counter);
}

gboolean
sequence_is_gone (void)
{
  gint64 until = g_get_monotonic_time () + LONG_ENOUGH;
  gboolean is_gone;

  g_mutex_lock (&alive_lock);
  while (g_hash_table_size (alive) > 0
      && g_cond_wait_until (&alive_changed, &alive_lock, until));
  is_gone = g_hash_table_size (alive) == 0;
  g_mutex_unlock (&alive_lock);
  return is_gone;
}

void
sequence_tell_course (void)
{
  for (guint i = 0; i < length_of_course; i++)
    fprintf (stderr, "%s%s", i ? ", " : "abuse: done: ", course[i]);
  fprintf (stderr, "\n");
}

void
sequence_tell_left (void)
{
  GHashTableIter iter;
  gpointer object, name;

  g_mutex_lock (&alive_lock);
  g_hash_table_iter_init (&iter, alive);
  while (g_hash_table_iter_next (&iter, &object, &name))
    fprintf (stderr, "abuse: %s is never freed, %u references\n",
        (const gchar *) name, G_OBJECT (object)->ref_count);
  g_mutex_unlock (&alive_lock);
}

static GstElement *
make (const gchar * factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (!element)
    g_error ("there is no element %s", factory);
  return element;
}

/* One of the tested elements; it is not in a bin yet. */
static GstElement *
make_point (Sequence * self)
{
  const gchar *name = "timepiecetick";
  GstElement *point;

  if (dice_roll (&self->dice, 2))
    name = "timepiecewatch";
  point = make (sequence_element ? sequence_element : name);
  follow (point, &totals.elements);
  if (!sequence_element)
    ledger_keep (point);
  bystanders_set (&self->dice, point);
  return point;
}

static void
append (Sequence * self, GstElement * element)
{
  gst_bin_add (GST_BIN (self->pipeline), element);
  self->chain[self->length++] = element;
}

static GstElement *
append_new (Sequence * self, const gchar * factory)
{
  GstElement *element = make (factory);

  append (self, element);
  return element;
}

static void
append_source (Sequence * self)
{
  guint kind = dice_roll (&self->dice, 4);
  GstElement *source;
  GstCaps *caps = NULL;

  switch (kind) {
    case 0:
      source = append_new (self, "videotestsrc");
      g_object_set (source, "num-buffers", (gint) dice_roll (&self->dice, 200)
          - 1, "is-live", dice_roll (&self->dice, 4) == 0, NULL);
      caps = gst_caps_from_string (dice_pick (&self->dice, video_caps));
      self->plays_backwards = TRUE;
      break;
    case 1:
      source = append_new (self, "audiotestsrc");
      g_object_set (source, "num-buffers", (gint) dice_roll (&self->dice, 200)
          - 1, "samplesperbuffer", 16, NULL);
      caps = gst_caps_from_string (dice_pick (&self->dice, audio_caps));
      break;
    case 2:
      /* seekable, and read in pull mode by a sink that can */
      source = append_new (self, "filesrc");
      g_object_set (source, "location", "/proc/self/exe", "blocksize", 512,
          NULL);
      self->pulls = dice_roll (&self->dice, 2) == 0 && !sequence_pushes;
      break;
    default:
      source = append_new (self, "fakesrc");
      g_object_set (source, "num-buffers", (gint) dice_roll (&self->dice, 500)
          - 1, "sizetype", 2, "sizemax", 64, "format", GST_FORMAT_TIME, NULL);
      break;
  }
  if (caps) {
    self->filter = append_new (self, "capsfilter");
    g_object_set (self->filter, "caps", caps, NULL);
    gst_caps_unref (caps);
  }
}

static void
append_sink (Sequence * self)
{
  GstElement *sink = append_new (self, "fakesink");

  g_object_set (sink, "sync", dice_roll (&self->dice, 4) == 0, "async",
      dice_roll (&self->dice, 4) != 0, "can-activate-pull", self->pulls, NULL);
}

static void
build (Sequence * self)
{
  self->pipeline = gst_pipeline_new (NULL);
  mailbox_add (self->pipeline);
  follow (self->pipeline, &totals.pipelines);
  append_source (self);
  do {
    GstElement *point = make_point (self);

    if (dice_roll (&self->dice, 3) == 0) {
      append_new (self, "queue");
      self->queues = TRUE;
    }
    /* Not where pads pull: GstBaseTransform (1.22) pulls again into the buffer
     * that it has already returned (gst_base_transform_getrange ()). */
    if (!self->pulls && dice_roll (&self->dice, 8) == 0)
      g_object_set (append_new (self, "identity"), "error-after",
          (gint) dice_roll (&self->dice, 100), NULL);
    append (self, point);
    self->points[self->num_points++] = point;
  } while (self->num_points < MAX_POINTS - 1
      && dice_roll (&self->dice, 2) == 0);
  append_sink (self);
  for (guint i = 1; i < self->length; i++)
    gst_element_link (self->chain[i - 1], self->chain[i]);
  /* See is_delicate (). */
  if (!self->pulls && !self->queues && dice_roll (&self->dice, 2) == 0)
    for (guint i = 0; i < self->num_points; i++)
      intruder_settle (self->points[i]);
}

static GstElement *
any_point (Sequence * self)
{
  return self->points[dice_roll (&self->dice, self->num_points)];
}

/* Operations that are serialized with the stream, and the removal of an element
 * from it, may block forever in a pipeline that does not play, by GStreamer's
 * design. */
static gboolean
plays (Sequence * self)
{
  GstState state, pending;

  return gst_element_get_state (self->pipeline, &state, &pending, 0) ==
      GST_STATE_CHANGE_SUCCESS && state == GST_STATE_PLAYING
      && gst_element_get_state (self->chain[self->length - 1], &state, &pending,
      0) == GST_STATE_CHANGE_SUCCESS && state == GST_STATE_PLAYING;
}

/* GStreamer logs criticals on flushes, changed links and states of single
 * elements where pads pull; and its queue (1.22) then loses track of a query
 * that it holds, and hangs or uses it after it was freed. */
static gboolean
is_delicate (Sequence * self)
{
  return self->pulls || self->queues;
}

static void
change_state (Sequence * self)
{
  gst_element_set_state (self->pipeline,
      (GstState) (GST_STATE_NULL + dice_roll (&self->dice, 4)));
  if (dice_roll (&self->dice, 2) == 0)
    gst_element_get_state (self->pipeline, NULL, NULL, SHORTLY);
}

static void
play (Sequence * self)
{
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  gst_element_get_state (self->pipeline, NULL, NULL, 5 * GST_MSECOND);
}

/* An element that does not follow, because its settings are invalid, blocks the
 * flushes: then an application stops the pipeline. */
static void
join (Sequence * self, GstElement * point)
{
  if (!gst_element_sync_state_with_parent (point))
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

/* Changes the state of a single element, against that of its pipeline. */
static void
change_state_of_one (Sequence * self)
{
  GstElement *point = any_point (self);

  if (is_delicate (self) || !plays (self))
    return;
  gst_element_set_state (point,
      (GstState) (GST_STATE_NULL + dice_roll (&self->dice, 4)));
  join (self, point);
}

static void
seek (Sequence * self)
{
  static const gdouble rates[] = { 1.0, 1.0, 0.5, 2.0, 100.0, -1.0, -3.0 };
  static const GstSeekFlags flags[] = { GST_SEEK_FLAG_ACCURATE,
    GST_SEEK_FLAG_KEY_UNIT, GST_SEEK_FLAG_SEGMENT, GST_SEEK_FLAG_TRICKMODE,
    GST_SEEK_FLAG_NONE
  };
  GstSeekFlags flag = dice_pick (&self->dice, flags);
  gint64 start = (gint64) (dice_next (&self->dice) % GST_SECOND);
  gdouble rate = dice_pick (&self->dice, rates);

  /* Left out: a seek where pads pull, after which the pipeline hangs, and a
   * backward seek of audiotestsrc, on which GStreamer 1.22 logs a critical. */
  if (self->pulls || (rate < 0.0 && !self->plays_backwards))
    return;

  /* Without a flush it waits for the source, which waits for its queue: see
   * end (). */
  if (self->queues || !plays (self) || dice_roll (&self->dice, 3) != 0)
    flag |= GST_SEEK_FLAG_FLUSH;
  gst_element_seek (self->pipeline, rate,
      self->filter ? GST_FORMAT_TIME : GST_FORMAT_BYTES,
      flag, GST_SEEK_TYPE_SET, start,
      GST_SEEK_TYPE_SET, rate > 0.0 && dice_roll (&self->dice, 2) == 0 ?
      -1 : start + 100 * (gint64) GST_MSECOND);
}

static void
flush (Sequence * self)
{
  GstPad *pad;

  /* Left out after a changed link: the source ends without it, and its EOS
   * and the flush by hand may pass in such an order that the sink holds the EOS
   * while the flush waits for the pad. This happened with identity as well,
   * once
   * in 30,000 sequences. */
  if (is_delicate (self) || self->is_relinked)
    return;
  pad = gst_element_get_static_pad (any_point (self), "sink");
  gst_pad_send_event (pad, gst_event_new_flush_start ());
  if (dice_roll (&self->dice, 4) == 0)
    g_usleep (50);
  gst_pad_send_event (pad, gst_event_new_flush_stop (dice_roll (&self->dice,
              2)));
  gst_object_unref (pad);
}

static void
change_caps (Sequence * self)
{
  GstCaps *caps;

  if (!self->filter)
    return;
  caps = gst_caps_from_string (dice_roll (&self->dice, 6) == 0 ?
      dice_pick (&self->dice, audio_caps) : dice_pick (&self->dice,
          video_caps));
  g_object_set (self->filter, "caps", caps, NULL);
  gst_caps_unref (caps);
}

static guint
place_of (Sequence * self, GstElement * element)
{
  guint i;

  for (i = 0; i < self->length && self->chain[i] != element; i++);
  return i;
}

/* The source has stopped without a link: a seek restarts it. */
static void
revive (Sequence * self)
{
  if (self->pulls)
    return;
  gst_element_seek_simple (self->pipeline, GST_FORMAT_TIME,
      GST_SEEK_FLAG_FLUSH, 0);
}

static void
relink (Sequence * self)
{
  guint i = place_of (self, any_point (self));
  guint first = i - dice_roll (&self->dice, 2);

  if (is_delicate (self))
    return;
  self->is_relinked = TRUE;
  gst_element_unlink (self->chain[first], self->chain[first + 1]);
  g_usleep (dice_roll (&self->dice, 200));
  gst_element_link (self->chain[first], self->chain[first + 1]);
  if (dice_roll (&self->dice, 2) == 0)
    revive (self);
}

static void
insert (Sequence * self)
{
  guint place = 1 + dice_roll (&self->dice, self->length - 1);
  GstElement *point;

  if (is_delicate (self) || self->num_points == MAX_POINTS
      || self->length == G_N_ELEMENTS (self->chain))
    return;
  self->is_relinked = TRUE;
  point = make_point (self);
  gst_bin_add (GST_BIN (self->pipeline), point);
  gst_element_unlink (self->chain[place - 1], self->chain[place]);
  gst_element_link_many (self->chain[place - 1], point, self->chain[place],
      NULL);
  join (self, point);
  memmove (self->chain + place + 1, self->chain + place,
      (self->length - place) * sizeof *self->chain);
  self->chain[place] = point;
  self->length++;
  self->points[self->num_points++] = point;
  if (dice_roll (&self->dice, 2) == 0)
    revive (self);
}

static void
take_out (Sequence * self)
{
  guint number = dice_roll (&self->dice, self->num_points);
  GstElement *point = self->points[number];
  guint place = place_of (self, point);

  if (is_delicate (self) || self->num_points == 1 || !plays (self))
    return;
  self->is_relinked = TRUE;
  gst_element_unlink (self->chain[place - 1], point);
  gst_element_unlink (point, self->chain[place + 1]);
  /* In this order: the bin may be about to change its state. */
  gst_object_ref (point);
  gst_bin_remove (GST_BIN (self->pipeline), point);
  gst_element_set_state (point, GST_STATE_NULL);
  gst_object_unref (point);
  gst_element_link (self->chain[place - 1], self->chain[place + 1]);
  self->length--;
  memmove (self->chain + place, self->chain + place + 1,
      (self->length - place) * sizeof *self->chain);
  self->points[number] = self->points[--self->num_points];
  if (dice_roll (&self->dice, 2) == 0)
    revive (self);
}

/* The sender may have to wait for the stream until it stops. */
static gint under_way;
static GMutex way_lock;
static GCond way_changed;

static void
set_out (void)
{
  g_mutex_lock (&way_lock);
  under_way++;
  g_mutex_unlock (&way_lock);
}

static void
come_back (void)
{
  g_mutex_lock (&way_lock);
  under_way--;
  g_cond_signal (&way_changed);
  g_mutex_unlock (&way_lock);
}

static void
wait_for_all (void)
{
  g_mutex_lock (&way_lock);
  while (under_way > 0)
    g_cond_wait (&way_changed, &way_lock);
  g_mutex_unlock (&way_lock);
}

static void
send_eos (GstElement * point, gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (point, "sink");

  (void) data;
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_object_unref (pad);
  come_back ();
}

static void
send_eos_to_sources (GstElement * pipeline, gpointer data)
{
  (void) data;
  /* Not after it was stopped: a source (1.22) that receives it in NULL never
   * frees it (gst_base_src_finalize () does not free pending_eos). */
  GST_STATE_LOCK (pipeline);
  if (GST_STATE (pipeline) == GST_STATE_PLAYING)
    gst_element_send_event (pipeline, gst_event_new_eos ());
  GST_STATE_UNLOCK (pipeline);
  come_back ();
}

static void
end (Sequence * self)
{
  if (self->pulls || !plays (self))
    return;
  /* Blocked operations continue when the pipeline stops; no other operation
   * begins then. */
  self->is_over = TRUE;
  set_out ();
  /* Not to the sources upstream of a queue: gst_element_send_event () holds the
   * state lock of the pipeline while it waits for the source, which waits
   * forever for a query that the queue (1.22) dropped at its end:
   * gst_queue_push_one () wakes the waiting thread, but does not set that this
   * was the query. */
  /* Its successor does not exist in all supported versions. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS;
  if (!self->queues && dice_roll (&self->dice, 2) == 0)
    gst_element_call_async (self->pipeline, send_eos_to_sources, NULL, NULL);
  else
    gst_element_call_async (any_point (self), send_eos, NULL, NULL);
  G_GNUC_END_IGNORE_DEPRECATIONS;
}

static void
fail (Sequence * self)
{
  GST_ELEMENT_ERROR (any_point (self), CORE, FAILED, ("abused"), (NULL));
}

static void
read_bus (Sequence * self)
{
  mailbox_empty (self->pipeline);
}

static void
flush_bus (Sequence * self)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);

  gst_bus_set_flushing (bus, TRUE);
  mailbox_empty (self->pipeline);
  gst_bus_set_flushing (bus, FALSE);
  gst_object_unref (bus);
}

static void
query (Sequence * self)
{
  GstElement *point = any_point (self);
  GstQuery *latency = gst_query_new_latency ();
  gint64 position;

  gst_element_query (point, latency);
  gst_query_unref (latency);
  gst_element_query_position (point, GST_FORMAT_TIME, &position);
  gst_element_query_duration (point, GST_FORMAT_BYTES, &position);
}

static void
let_it_run (Sequence * self)
{
  g_usleep (dice_roll (&self->dice, 1000));
}

static const struct
{
  const gchar *name;
  void (*run) (Sequence * self);
} operations[] = {
  {"a state", change_state},
  {"a state", change_state},
  {"playing", play},
  {"playing", play},
  {"the state of one", change_state_of_one},
  {"a seek", seek},
  {"a seek", seek},
  {"a flush", flush},
  {"caps", change_caps},
  {"a new link", relink},
  {"an element more", insert},
  {"an element less", take_out},
  {"the end of the stream", end},
  {"an error", fail},
  {"reading the bus", read_bus},
  {"flushing the bus", flush_bus},
  {"queries", query},
  {"letting it run", let_it_run},
  {"letting it run", let_it_run},
};

void
sequence_run (guint64 seed)
{
  Sequence self = {.dice = {seed} };
  guint num_operations;

  current_operation = "building";
  length_of_course = 0;
  build (&self);
  num_operations = 2 + dice_roll (&self.dice, MAX_OPERATIONS - 1);
  if (dice_roll (&self.dice, 4) != 0)
    play (&self);
  for (guint i = 0; i < num_operations && !self.is_over; i++) {
    guint number = dice_roll (&self.dice, G_N_ELEMENTS (operations));

    bystanders_watch (self.pipeline, self.points, self.num_points);
    current_operation = course[i] = operations[number].name;
    length_of_course = i + 1;
    operations[number].run (&self);
    totals.operations++;
  }
  if (self.is_over)
    let_it_run (&self);
  current_operation = "stopping";
  /* An EOS sent by hand may wait in the sink, and hold the lock of a pad for
   * which the source waits with its segment. The source (1.22) pushes that with
   * its LIVE_LOCK held, and cannot be paused: the sink is stopped first. */
  if (self.is_over)
    gst_element_set_state (self.chain[self.length - 1], GST_STATE_NULL);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  wait_for_all ();
  bystanders_watch (NULL, NULL, 0);
  mailbox_empty (self.pipeline);
  current_operation = "letting go";
  gst_object_unref (self.pipeline);
}

void
sequence_init (void)
{
  mailbox_look = intruder_see;
  alive = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  bystanders_start ();
}

void
sequence_deinit (void)
{
  bystanders_stop ();
}
