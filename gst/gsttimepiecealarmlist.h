#ifndef GST_TIMEPIECE_ALARM_LIST_H
#define GST_TIMEPIECE_ALARM_LIST_H

#include "gsttimepiecealarm.h"

G_BEGIN_DECLS

/* The alarms of one element: the requested list, and whether it is armed. All
 * functions may be called from any thread. */
typedef struct
{
  /* how many use running time and wait; read without the lock */
  gint by_running_time;

  /* protects the rest; held for calls into the timing library, never for
   * others */
  GMutex lock;
  GQueue alarms;                /* of GstTimepieceAlarm, owned, in order */
  GHashTable *links;            /* their links there, by name */
  guint64 next_serial;
  TimepieceTick *tick;          /* while armed, a reference */
} GstTimepieceAlarmList;

void gst_timepiece_alarm_list_init (GstTimepieceAlarmList * list);
void gst_timepiece_alarm_list_clear (GstTimepieceAlarmList * list);

/* If FALSE, nothing has changed, and @problem is a sentence. */
gboolean gst_timepiece_alarm_list_set (GstTimepieceAlarmList * list,
    const gchar * text, gchar ** problem);
gboolean gst_timepiece_alarm_list_add (GstTimepieceAlarmList * list,
    const gchar * text, gchar ** problem);
gboolean gst_timepiece_alarm_list_remove (GstTimepieceAlarmList * list,
    const gchar * name);
/* Returns: (nullable) (transfer full) */
gchar *gst_timepiece_alarm_list_to_string (GstTimepieceAlarmList * list);

/* Whether an alarm of a meter is still the one that was armed under this
 * number, and was neither removed nor stopped meanwhile. */
gboolean gst_timepiece_alarm_list_stands (GstTimepieceAlarmList * list,
    const TimepieceTick * tick, const gchar * name, guint64 serial);

/* The alarm fired for the last time. An alarm that was added is removed; an
 * alarm that was set is armed again at the next start. */
void gst_timepiece_alarm_list_over (GstTimepieceAlarmList * list,
    const gchar * name, guint64 serial);

/* Arms all alarms in a meter, and disarms them. */
gboolean gst_timepiece_alarm_list_arm (GstTimepieceAlarmList * list,
    TimepieceTick * tick, gchar ** problem);
void gst_timepiece_alarm_list_disarm (GstTimepieceAlarmList * list);

G_END_DECLS

#endif
