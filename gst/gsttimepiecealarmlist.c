/* Keeps what the user asked for and the meter in step: a change re-arms only
 * what changed. */
#include "gsttimepiecealarmlist.h"

#include <stdlib.h>
#include <string.h>

void
gst_timepiece_alarm_list_init (GstTimepieceAlarmList * list)
{
  g_mutex_init (&list->lock);
  list->alarms =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_timepiece_alarm_free);
  list->tick = NULL;
  list->by_running_time = FALSE;
}

void
gst_timepiece_alarm_list_clear (GstTimepieceAlarmList * list)
{
  g_ptr_array_unref (list->alarms);
  g_mutex_clear (&list->lock);
}

static gboolean
arm (TimepieceTick * tick, const GstTimepieceAlarm * alarm, gchar ** problem)
{
  TimepieceAlarm flat = {
    .name = alarm->name,
    .kind = alarm->kind,
    .by_running_time = alarm->by_running_time,
    .value = alarm->value,
    .count = alarm->count,
    .action = alarm->action
  };
  char *what = NULL;

  if (timepiece_tick_add_alarm (tick, &flat, &what))
    return TRUE;
  *problem = g_strdup (what ? what : "The alarm could not be armed.");
  free (what);
  return FALSE;
}

static const GstTimepieceAlarm *
find (GPtrArray * alarms, const gchar * name)
{
  guint i;

  for (i = 0; i < alarms->len; i++) {
    const GstTimepieceAlarm *alarm = g_ptr_array_index (alarms, i);

    if (strcmp (alarm->name, name) == 0)
      return alarm;
  }
  return NULL;
}

static gboolean
contains (GHashTable * by_name, const GstTimepieceAlarm * alarm)
{
  const GstTimepieceAlarm *other = g_hash_table_lookup (by_name, alarm->name);

  return other && gst_timepiece_alarm_equal (alarm, other);
}

static GHashTable *
index_by_name (GPtrArray * alarms)
{
  GHashTable *by_name = g_hash_table_new (g_str_hash, g_str_equal);
  guint i;

  for (i = 0; i < alarms->len; i++) {
    GstTimepieceAlarm *alarm = g_ptr_array_index (alarms, i);

    g_hash_table_insert (by_name, alarm->name, alarm);
  }
  return by_name;
}

/* With the lock held. */
static void
note_clocks (GstTimepieceAlarmList * list)
{
  gint by_running_time = FALSE;
  guint i;

  for (i = 0; i < list->alarms->len; i++)
    by_running_time |= ((GstTimepieceAlarm *) g_ptr_array_index (list->alarms,
            i))->by_running_time;
  g_atomic_int_set (&list->by_running_time, by_running_time);
}

/* With the lock held: disarms what @next does not have, arms what @list has
 * not. What is valid as text can be armed, so a failure is not expected. */
static gboolean
rearm (GstTimepieceAlarmList * list, GPtrArray * next, gchar ** problem)
{
  GHashTable *before = index_by_name (list->alarms);
  GHashTable *after = index_by_name (next);
  gboolean ok = TRUE;
  guint i;

  for (i = 0; i < list->alarms->len; i++) {
    const GstTimepieceAlarm *alarm = g_ptr_array_index (list->alarms, i);

    if (!contains (after, alarm))
      timepiece_tick_remove_alarm (list->tick, alarm->name);
  }
  for (i = 0; i < next->len && ok; i++) {
    const GstTimepieceAlarm *alarm = g_ptr_array_index (next, i);

    if (!contains (before, alarm))
      ok = arm (list->tick, alarm, problem);
  }
  g_hash_table_unref (before);
  g_hash_table_unref (after);
  return ok;
}

gboolean
gst_timepiece_alarm_list_set (GstTimepieceAlarmList * list, const gchar * text,
    gchar ** problem)
{
  GPtrArray *next = gst_timepiece_alarm_parse_list (text, problem);
  GPtrArray *former;
  gboolean ok = TRUE;

  if (!next)
    return FALSE;
  g_mutex_lock (&list->lock);
  if (list->tick)
    ok = rearm (list, next, problem);
  former = list->alarms;
  list->alarms = next;
  note_clocks (list);
  g_mutex_unlock (&list->lock);
  g_ptr_array_unref (former);
  return ok;
}

gboolean
gst_timepiece_alarm_list_add (GstTimepieceAlarmList * list, const gchar * text,
    gchar ** problem)
{
  GPtrArray *added = gst_timepiece_alarm_parse_list (text, problem);
  gboolean ok = TRUE;
  guint i;

  if (!added)
    return FALSE;
  g_mutex_lock (&list->lock);
  for (i = 0; i < added->len && ok; i++) {
    GstTimepieceAlarm *alarm = g_ptr_array_index (added, i);

    if (find (list->alarms, alarm->name)) {
      *problem = g_strdup_printf ("There is an alarm of the name %s already; "
          "nothing was added.", alarm->name);
      ok = FALSE;
    }
  }
  while (ok && added->len > 0) {
    GstTimepieceAlarm *alarm = g_ptr_array_steal_index (added, 0);

    ok = !list->tick || arm (list->tick, alarm, problem);
    if (ok)
      g_ptr_array_add (list->alarms, alarm);
    else
      gst_timepiece_alarm_free (alarm);
  }
  note_clocks (list);
  g_mutex_unlock (&list->lock);
  g_ptr_array_unref (added);
  return ok;
}

gboolean
gst_timepiece_alarm_list_remove (GstTimepieceAlarmList * list,
    const gchar * name)
{
  const GstTimepieceAlarm *alarm;

  g_mutex_lock (&list->lock);
  alarm = name ? find (list->alarms, name) : NULL;
  if (alarm) {
    if (list->tick)
      timepiece_tick_remove_alarm (list->tick, name);
    g_ptr_array_remove (list->alarms, (gpointer) alarm);
    note_clocks (list);
  }
  g_mutex_unlock (&list->lock);
  return alarm != NULL;
}

gchar *
gst_timepiece_alarm_list_to_string (GstTimepieceAlarmList * list)
{
  GString *text = g_string_new (NULL);
  guint i;

  g_mutex_lock (&list->lock);
  for (i = 0; i < list->alarms->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : "",
        ((GstTimepieceAlarm *) g_ptr_array_index (list->alarms, i))->text);
  g_mutex_unlock (&list->lock);
  if (text->len == 0) {
    g_string_free (text, TRUE);
    return NULL;
  }
  return g_string_free (text, FALSE);
}

gboolean
gst_timepiece_alarm_list_arm (GstTimepieceAlarmList * list,
    TimepieceTick * tick, gchar ** problem)
{
  gboolean ok = TRUE;
  guint i;

  g_mutex_lock (&list->lock);
  for (i = 0; i < list->alarms->len && ok; i++)
    ok = arm (tick, g_ptr_array_index (list->alarms, i), problem);
  if (ok)
    list->tick = timepiece_tick_ref (tick);
  g_mutex_unlock (&list->lock);
  return ok;
}

void
gst_timepiece_alarm_list_disarm (GstTimepieceAlarmList * list)
{
  TimepieceTick *tick;

  g_mutex_lock (&list->lock);
  tick = list->tick;
  list->tick = NULL;
  g_mutex_unlock (&list->lock);
  if (tick)
    timepiece_tick_unref (tick);
}
