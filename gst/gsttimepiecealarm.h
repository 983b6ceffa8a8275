#ifndef GST_TIMEPIECE_ALARM_H
#define GST_TIMEPIECE_ALARM_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

typedef enum
{
  GST_TIMEPIECE_ACTION_MESSAGE,
  GST_TIMEPIECE_ACTION_FORCE_KEY_UNIT,
  GST_TIMEPIECE_ACTION_EOS
} GstTimepieceAction;

/* How many alarms an element takes. */
#define GST_TIMEPIECE_ALARM_LARGEST_NUMBER 100000

/* One entry of the property `alarms`. */
typedef struct
{
  gchar *text;                  /* as it was given */
  gchar *name;
  gboolean is_named;            /* by the user */
  TimepieceAlarmKind kind;
  gboolean by_running_time;
  gint64 value;                 /* as in TimepieceAlarm */
  guint64 count;
  GstTimepieceAction action;

  /* for the list that it is in */
  guint64 serial;               /* different each time it is armed */
  gboolean is_added;            /* by add-alarm */
  gboolean over;                /* fired for the last time */
} GstTimepieceAlarm;

void gst_timepiece_alarm_free (GstTimepieceAlarm * alarm);
gboolean gst_timepiece_alarm_equal (const GstTimepieceAlarm * a,
    const GstTimepieceAlarm * b);

/* Names an alarm after its kind and a number. */
void gst_timepiece_alarm_make_name (GstTimepieceAlarm * alarm, guint number);

/* Reads a duration such as 250ms or 1m30s, in nanoseconds; FALSE if it is not a
 * duration, is zero, or is over 292 years. */
gboolean gst_timepiece_alarm_parse_duration (const gchar * text,
    gint64 * nanoseconds);

/* Reads a list of alarms. Returns: (transfer full) (nullable) (element-type
 * GstTimepieceAlarm): NULL if an entry is invalid; then @problem is a sentence
 * that names the entry, its position and what is allowed. */
GPtrArray *gst_timepiece_alarm_parse_list (const gchar * text,
    gchar ** problem);

G_END_DECLS

#endif
