#ifndef GST_TIMEPIECE_ALARM_LIST_H
#define GST_TIMEPIECE_ALARM_LIST_H

#include "gsttimepiecealarm.h"

G_BEGIN_DECLS

/* The alarms of one element: what was asked for, and whether it is armed. All
 * functions may be called from any thread. */
typedef struct
{
  /* whether any goes by running time; read without the lock */
  gint by_running_time;

  /* protects the rest; held for calls into the timing, never for others */
  GMutex lock;
  GPtrArray *alarms;
  TimepieceTick *tick;          /* while armed, a reference */
} GstTimepieceAlarmList;

void gst_timepiece_alarm_list_init (GstTimepieceAlarmList * list);
void gst_timepiece_alarm_list_clear (GstTimepieceAlarmList * list);

/* FALSE leaves all as it was, and @problem is a sentence. */
gboolean gst_timepiece_alarm_list_set (GstTimepieceAlarmList * list,
    const gchar * text, gchar ** problem);
gboolean gst_timepiece_alarm_list_add (GstTimepieceAlarmList * list,
    const gchar * text, gchar ** problem);
gboolean gst_timepiece_alarm_list_remove (GstTimepieceAlarmList * list,
    const gchar * name);
gchar *gst_timepiece_alarm_list_to_string (GstTimepieceAlarmList * list);

/* Arms all in a meter, and none any more. */
gboolean gst_timepiece_alarm_list_arm (GstTimepieceAlarmList * list,
    TimepieceTick * tick, gchar ** problem);
void gst_timepiece_alarm_list_disarm (GstTimepieceAlarmList * list);

G_END_DECLS

#endif
