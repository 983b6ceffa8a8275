/* Keeps the user's alarms and the meter in step: a change re-arms only what
 * changed. Setting, adding and removing cost the same for each alarm,
 * regardless of their number. */
#include "gsttimepiecealarmlist.h"

#include <stdlib.h>

void
gst_timepiece_alarm_list_init (GstTimepieceAlarmList * list)
{
  g_mutex_init (&list->lock);
  g_queue_init (&list->alarms);
  list->links = g_hash_table_new (g_str_hash, g_str_equal);
  list->next_serial = 1;
  list->tick = NULL;
  list->by_running_time = 0;
}

void
gst_timepiece_alarm_list_clear (GstTimepieceAlarmList * list)
{
  g_hash_table_unref (list->links);
  g_queue_clear_full (&list->alarms, (GDestroyNotify) gst_timepiece_alarm_free);
  g_mutex_clear (&list->lock);
}

/* The functions down to the next line of stars are called with the lock held. */

static GstTimepieceAlarm *
find (GstTimepieceAlarmList * list, const gchar * name)
{
  GList *link = g_hash_table_lookup (list->links, name);

  return link ? link->data : NULL;
}

/* Counts an alarm that waits, or that no longer waits. */
static void
note_clock (GstTimepieceAlarmList * list, const GstTimepieceAlarm * alarm,
    gint change)
{
  if (alarm->by_running_time && !alarm->over)
    g_atomic_int_add (&list->by_running_time, change);
}

/* @alarm: (transfer full) */
static void
append (GstTimepieceAlarmList * list, GstTimepieceAlarm * alarm)
{
  g_queue_push_tail (&list->alarms, alarm);
  g_hash_table_insert (list->links, alarm->name,
      g_queue_peek_tail_link (&list->alarms));
  note_clock (list, alarm, 1);
}

static void
forget (GstTimepieceAlarmList * list, GstTimepieceAlarm * alarm)
{
  GList *link = g_hash_table_lookup (list->links, alarm->name);

  note_clock (list, alarm, -1);
  g_hash_table_remove (list->links, alarm->name);
  g_queue_delete_link (&list->alarms, link);
  gst_timepiece_alarm_free (alarm);
}

/* An alarm with a valid text can be armed, so a failure is not expected. */
static gboolean
arm (GstTimepieceAlarmList * list, GstTimepieceAlarm * alarm, gchar ** problem)
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

  alarm->serial = flat.serial = list->next_serial++;
  if (!list->tick || timepiece_tick_add_alarm (list->tick, &flat, &what))
    return TRUE;
  g_free (*problem);
  *problem = g_strdup (what ? what : "The alarm could not be armed.");
  free (what);
  return FALSE;
}

static void
disarm (GstTimepieceAlarmList * list, const GstTimepieceAlarm * alarm)
{
  if (list->tick)
    timepiece_tick_remove_alarm (list->tick, alarm->name);
}

/* Gives alarms without a name one that is not in use. Returns FALSE if a given
 * name is in use. */
static gboolean
settle_names (GstTimepieceAlarmList * list, GPtrArray * added, gchar ** problem)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  guint position = list->alarms.length;
  guint i;

  for (i = 0; i < added->len; i++) {
    const GstTimepieceAlarm *alarm = g_ptr_array_index (added, i);
    const GstTimepieceAlarm *other = find (list, alarm->name);

    if (!alarm->is_named)
      continue;
    if (other && !other->over) {
      *problem = g_strdup_printf ("There is an alarm of the name %s already; "
          "nothing was added.", alarm->name);
      g_hash_table_unref (names);
      return FALSE;
    }
    g_hash_table_add (names, alarm->name);
  }
  for (i = 0; i < added->len; i++) {
    GstTimepieceAlarm *alarm = g_ptr_array_index (added, i);

    if (alarm->is_named)
      continue;
    while (find (list, alarm->name)
        || g_hash_table_contains (names, alarm->name))
      gst_timepiece_alarm_make_name (alarm, ++position);
    g_hash_table_add (names, alarm->name);
  }
  g_hash_table_unref (names);
  return TRUE;
}

/* ************************************************************************* */

gboolean
gst_timepiece_alarm_list_set (GstTimepieceAlarmList * list, const gchar * text,
    gchar ** problem)
{
  GPtrArray *next = gst_timepiece_alarm_parse_list (text, problem);
  GHashTable *kept;
  GList *link, *following;
  gboolean ok = TRUE;
  guint i;

  if (!next)
    return FALSE;
  g_mutex_lock (&list->lock);
  kept = g_hash_table_new (g_direct_hash, g_direct_equal);
  for (i = 0; i < next->len; i++) {
    GstTimepieceAlarm *alarm = g_ptr_array_index (next, i);
    const GstTimepieceAlarm *former = find (list, alarm->name);

    if (!former || !gst_timepiece_alarm_equal (former, alarm))
      continue;
    alarm->serial = former->serial;
    alarm->over = former->over;
    g_hash_table_add (kept, (gpointer) former);
    g_hash_table_add (kept, alarm);
  }
  for (link = list->alarms.head; link; link = following) {
    following = link->next;
    if (!g_hash_table_contains (kept, link->data))
      disarm (list, link->data);
    forget (list, link->data);
  }
  for (i = 0; i < next->len; i++) {
    GstTimepieceAlarm *alarm = g_ptr_array_index (next, i);

    if (g_hash_table_contains (kept, alarm) || arm (list, alarm, problem)) {
      append (list, alarm);
    } else {
      gst_timepiece_alarm_free (alarm);
      ok = FALSE;
    }
  }
  g_hash_table_unref (kept);
  g_mutex_unlock (&list->lock);
  g_ptr_array_set_free_func (next, NULL);
  g_ptr_array_unref (next);
  return ok;
}

gboolean
gst_timepiece_alarm_list_add (GstTimepieceAlarmList * list, const gchar * text,
    gchar ** problem)
{
  GPtrArray *added = gst_timepiece_alarm_parse_list (text, problem);
  gboolean ok;

  if (!added)
    return FALSE;
  if (added->len == 0) {
    *problem = g_strdup ("There is no alarm in the text.");
    g_ptr_array_unref (added);
    return FALSE;
  }
  g_mutex_lock (&list->lock);
  ok = list->alarms.length + added->len <= GST_TIMEPIECE_ALARM_LARGEST_NUMBER;
  if (ok)
    ok = settle_names (list, added, problem);
  else
    *problem = g_strdup_printf ("There are %u alarms already, and %d is the "
        "most that an element takes; nothing was added.", list->alarms.length,
        GST_TIMEPIECE_ALARM_LARGEST_NUMBER);
  while (ok && added->len > 0) {
    GstTimepieceAlarm *alarm = g_ptr_array_index (added, 0);
    GstTimepieceAlarm *former = find (list, alarm->name);

    if (!(ok = arm (list, alarm, problem)))
      break;
    if (former)
      forget (list, former);
    alarm->is_added = TRUE;
    append (list, g_ptr_array_steal_index (added, 0));
  }
  g_mutex_unlock (&list->lock);
  g_ptr_array_unref (added);
  return ok;
}

gboolean
gst_timepiece_alarm_list_remove (GstTimepieceAlarmList * list,
    const gchar * name)
{
  GstTimepieceAlarm *alarm;
  gboolean found;

  g_mutex_lock (&list->lock);
  alarm = name ? find (list, name) : NULL;
  found = alarm != NULL;
  if (found) {
    disarm (list, alarm);
    forget (list, alarm);
  }
  g_mutex_unlock (&list->lock);
  return found;
}

gchar *
gst_timepiece_alarm_list_to_string (GstTimepieceAlarmList * list)
{
  GString *text = g_string_new (NULL);
  const GList *link;

  g_mutex_lock (&list->lock);
  for (link = list->alarms.head; link; link = link->next)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "",
        ((const GstTimepieceAlarm *) link->data)->text);
  g_mutex_unlock (&list->lock);
  return g_string_free (text, text->len == 0);
}

gboolean
gst_timepiece_alarm_list_stands (GstTimepieceAlarmList * list,
    const TimepieceTick * tick, const gchar * name, guint64 serial)
{
  const GstTimepieceAlarm *alarm;
  gboolean stands;

  g_mutex_lock (&list->lock);
  alarm = list->tick == tick ? find (list, name) : NULL;
  stands = alarm && alarm->serial == serial;
  g_mutex_unlock (&list->lock);
  return stands;
}

void
gst_timepiece_alarm_list_over (GstTimepieceAlarmList * list,
    const gchar * name, guint64 serial)
{
  GstTimepieceAlarm *alarm;

  g_mutex_lock (&list->lock);
  alarm = find (list, name);
  if (alarm && alarm->serial == serial) {
    if (alarm->is_added) {
      forget (list, alarm);
    } else {
      note_clock (list, alarm, -1);
      alarm->over = TRUE;
    }
  }
  g_mutex_unlock (&list->lock);
}

gboolean
gst_timepiece_alarm_list_arm (GstTimepieceAlarmList * list,
    TimepieceTick * tick, gchar ** problem)
{
  const GList *link;
  gboolean ok = TRUE;

  g_mutex_lock (&list->lock);
  list->tick = tick;
  timepiece_meter_ref (TIMEPIECE_METER (tick));
  for (link = list->alarms.head; link && ok; link = link->next) {
    GstTimepieceAlarm *alarm = link->data;

    ok = arm (list, alarm, problem);
    if (alarm->over) {
      alarm->over = FALSE;
      note_clock (list, alarm, 1);
    }
  }
  g_mutex_unlock (&list->lock);
  if (!ok)
    gst_timepiece_alarm_list_disarm (list);
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
    timepiece_meter_unref (TIMEPIECE_METER (tick));
}
