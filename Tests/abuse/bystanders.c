#include "bystanders.h"

#define THREADS 4
#define MAX_WATCHED 4

static GMutex lock;
static GstElement *watched[MAX_WATCHED];
static guint num_watched;
/* GStreamer (1.22) posts the messages of an element on its bin without holding
 * a reference to the bin (bin_bus_handler ()): users of an element must hold
 * one to the pipeline. */
static GstElement *kept;
static gint stopping;
static GThread *threads[THREADS];

static const gchar *const alarms[] = {
  "interval,name=beat,every=1ms",
  "ordinal,name=third,each=3;interval,name=beat,every=20us",
  "ordinal,name=key,each=7,action=force-key-unit",
  "interval,name=media,every=3ms,clock=running-time",
  "ordinal,name=end,each=40,count=1,action=eos",
  "after,name=early,after=1ms,clock=running-time",
  "at,name=noon,time=2020-01-01T12:00:00Z",
  "ordinal,each=0",
  "interval,name=",
  "nonsense;;",
  "",
};

static const guint64 intervals[] = { 0, 1, GST_MSECOND, 2 * GST_MSECOND,
  GST_SECOND, G_MAXUINT64
};

static gboolean
has (GstElement * element, const gchar * property)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element),
      property) != NULL;
}

/* The properties of both elements. */
static void
set_shared (Dice * dice, GstElement * element)
{
  switch (dice_roll (dice, 6)) {
    case 0:
    case 1:
      g_object_set (element, "interval", dice_pick (dice, intervals), NULL);
      break;
    case 2:
      g_object_set (element, "post-messages", dice_roll (dice, 2), NULL);
      break;
    case 3:
      g_object_set (element, "label", dice_roll (dice, 9) ? "gate" : NULL,
          NULL);
      break;
    case 4:
      g_object_set (element, "cloudwatch-namespace",
          dice_roll (dice, 4) ? NULL : "Abuse", "cloudwatch-emf",
          "file:/dev/null", "cloudwatch-spool", "none", NULL);
      break;
    default:
      g_object_set (element, "cloudwatch-metric-name", "abused", "region",
          dice_roll (dice, 2) ? "eu-west-1" : NULL, NULL);
      break;
  }
}

void
bystanders_set (Dice * dice, GstElement * element)
{
  static const gchar *const edges[] = { "around", "start", "stop" };
  static const gchar *const watches[] = { "root", "root.part", "a..b", "" };

  if (has (element, "alarms") && dice_roll (dice, 2)) {
    switch (dice_roll (dice, 4)) {
      case 0:
        g_object_set (element, "stall-timeout", dice_pick (dice, intervals),
            "stall-on-start", dice_roll (dice, 2), NULL);
        break;
      case 1:
        g_object_set (element, "min-rate", (gdouble) dice_roll (dice, 1000),
            NULL);
        break;
      case 2:
        g_object_set (element, "alarms", dice_pick (dice, alarms), NULL);
        break;
      default:
        g_object_set (element, "max-intervals", 1 + dice_roll (dice, 50), NULL);
        break;
    }
  } else if (has (element, "watch") && dice_roll (dice, 2)) {
    if (dice_roll (dice, 2))
      gst_util_set_object_arg (G_OBJECT (element), "edge",
          dice_pick (dice, edges));
    else
      g_object_set (element, "watch", dice_pick (dice, watches), NULL);
  } else if (has (element, "post-messages")) {
    set_shared (dice, element);
  }
}

static void
use_alarms (Dice * dice, GstElement * element)
{
  static const gchar *const names[] =
      { "beat", "third", "key", "media", "end" };
  gboolean done;

  if (!g_signal_lookup ("add-alarm", G_OBJECT_TYPE (element)))
    return;
  if (dice_roll (dice, 3))
    g_signal_emit_by_name (element, "add-alarm", dice_pick (dice, alarms),
        &done);
  else
    g_signal_emit_by_name (element, "remove-alarm", dice_pick (dice, names),
        &done);
}

static void
read_all (GstElement * element)
{
  GstStructure *stats = NULL;
  gchar *label = NULL;
  guint64 interval;

  if (!has (element, "post-messages"))
    return;
  g_object_get (element, "stats", &stats, "label", &label, "interval",
      &interval, NULL);
  if (stats)
    gst_structure_free (stats);
  g_free (label);
}

static GstElement *
any_watched (Dice * dice, GstElement ** pipeline)
{
  GstElement *element = NULL;

  g_mutex_lock (&lock);
  if (num_watched > 0) {
    element = gst_object_ref (watched[dice_roll (dice, num_watched)]);
    *pipeline = gst_object_ref (kept);
  }
  g_mutex_unlock (&lock);
  return element;
}

static gpointer
meddle (gpointer number)
{
  Dice dice = { GPOINTER_TO_UINT (number) };

  while (!g_atomic_int_get (&stopping)) {
    GstElement *pipeline, *element = any_watched (&dice, &pipeline);

    if (element) {
      switch (dice_roll (&dice, 4)) {
        case 0:
          bystanders_set (&dice, element);
          break;
        case 1:
          read_all (element);
          break;
        default:
          use_alarms (&dice, element);
          break;
      }
      gst_object_unref (element);
      gst_object_unref (pipeline);
    }
    g_usleep (20 + dice_roll (&dice, 200));
  }
  return NULL;
}

void
bystanders_watch (GstElement * pipeline, GstElement ** elements, guint count)
{
  GstElement *old[MAX_WATCHED], *old_pipeline;
  guint num_old;

  g_mutex_lock (&lock);
  num_old = num_watched;
  for (guint i = 0; i < num_old; i++)
    old[i] = watched[i];
  num_watched = MIN (count, MAX_WATCHED);
  for (guint i = 0; i < num_watched; i++)
    watched[i] = gst_object_ref (elements[i]);
  old_pipeline = kept;
  kept = pipeline ? gst_object_ref (pipeline) : NULL;
  g_mutex_unlock (&lock);
  for (guint i = 0; i < num_old; i++)
    gst_object_unref (old[i]);
  gst_clear_object (&old_pipeline);
}

void
bystanders_start (void)
{
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("bystander", meddle, GUINT_TO_POINTER (i));
}

void
bystanders_stop (void)
{
  bystanders_watch (NULL, NULL, 0);
  g_atomic_int_set (&stopping, TRUE);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
}
