#ifndef GST_TIMEPIECE_TICK_PRIVATE_H
#define GST_TIMEPIECE_TICK_PRIVATE_H

#include "gsttimepiecealarmlist.h"
#include "gsttimepiecetick.h"

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_timepiece_tick_debug);
#define GST_CAT_DEFAULT gst_timepiece_tick_debug

typedef enum
{
  GST_TIMEPIECE_TICK_FLOWS = 0, /* only while there is a meter */
  GST_TIMEPIECE_TICK_BEGINS,    /* no buffer yet since the start or a flush */
  GST_TIMEPIECE_TICK_ENDED      /* by an alarm */
} GstTimepieceTickPhase;

struct _GstTimepieceTick
{
  GstTimepieceElement parent;

  /* constant from init to finalize */
  GstPad *srcpad;

  /* The element's meter: set before the pads are active and cleared after, so
   * that the streaming thread reads it without a lock. */
  TimepieceTick *tick;

  /* written by the streaming thread and while no buffer flows, read by the
   * streaming thread */
  GstTimepieceTickPhase phase;

  /* the streaming thread's own. It is here and not on its stack, so that the
   * element needs no frame there and pushes a buffer by a jump: a frame for
   * each element on the path exceeds the return stack of the processor. */
  struct timespec clock;

  /* has a lock of its own; the fields that a buffer reads come first */
  GstTimepieceAlarmList alarms;

  /* properties, protected by OBJECT_LOCK */
  guint max_intervals;
  guint64 stall_timeout;
  gboolean stall_on_start;
  gdouble min_rate;
};

enum
{
  GST_TIMEPIECE_TICK_SIGNAL_ALARM,
  GST_TIMEPIECE_TICK_SIGNAL_ADD_ALARM,
  GST_TIMEPIECE_TICK_SIGNAL_REMOVE_ALARM,
  GST_TIMEPIECE_TICK_NUM_SIGNALS
};

G_GNUC_INTERNAL extern guint
    gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_NUM_SIGNALS];

/* The path of a buffer: gsttimepiecetickflow.c */
G_GNUC_INTERNAL void gst_timepiece_tick_init_flow (GstTimepieceTick * self);

/* The structures of the messages: gsttimepiecetickmessage.c. Returns: (transfer
 * full) */
G_GNUC_INTERNAL GstStructure *gst_timepiece_tick_window_structure
    (GstTimepieceTick * self, const gchar * name,
    const TimepieceTickWindow * window);
G_GNUC_INTERNAL GstStructure *gst_timepiece_tick_alarm_structure
    (GstTimepieceTick * self, const TimepieceFiring * firing,
    GstClockTime running_time);

G_END_DECLS

#endif
