#ifndef GST_TIMEPIECE_WATCH_PRIVATE_H
#define GST_TIMEPIECE_WATCH_PRIVATE_H

#include "gsttimepiecewatch.h"

G_BEGIN_DECLS

GST_DEBUG_CATEGORY_EXTERN (gst_timepiece_watch_debug);
#define GST_CAT_DEFAULT gst_timepiece_watch_debug

struct _GstTimepieceWatch
{
  GstTimepieceElement parent;

  /* constant from init to finalize */
  GstPad *sinkpad;
  GstPad *srcpad;

  /* Set before the pads are active and cleared after, so that the streaming
   * thread reads them without a lock; the watch is the element's meter. */
  TimepieceWatch *watch;
  guint64 group;
  guint64 start;
  guint64 path;                 /* its name, on stamps */
  gboolean stamps;
  const gchar *drawn;           /* what a tracer calls the laps; NULL without */
  GType stamp_type;
  const GstMetaInfo *stamp_info;

  /* the streaming thread's own */
  gboolean linear;              /* running time is PTS and an offset */
  guint64 offset;

  /* written by the streaming thread or the reports', protected by
   * OBJECT_LOCK */
  gboolean warned_start;
  gboolean warned_stop;
  gboolean warned_memory;

  /* properties, protected by OBJECT_LOCK */
  gchar *name;
  gchar *name_problem;          /* of a name that was refused */
  GstTimepieceWatchEdge edge;
  GstTimepieceWatchCorrelation correlation;
  guint64 stall_timeout;
};

/* The path of a buffer: gsttimepiecewatchflow.c. Before the pads are active. */
G_GNUC_INTERNAL void gst_timepiece_watch_set_flow (GstTimepieceWatch * self,
    GstTimepieceWatchEdge edge);
/* Before the watch stops: it may do so inside a push of its own, on this very
 * thread. */
G_GNUC_INTERNAL void gst_timepiece_watch_hold_frames (GstTimepieceWatch * self);

/* Which starts are upstream of this stop: gsttimepiecewatchpaths.c. On any
 * thread. */
G_GNUC_INTERNAL void gst_timepiece_watch_find_paths (GstTimepieceWatch * self);

/* The structures of the messages: gsttimepiecewatchmessage.c. Returns:
 * (transfer full) */
G_GNUC_INTERNAL GstStructure *gst_timepiece_watch_structure (GstTimepieceWatch *
    self, const gchar * name, const TimepieceWatchWindow * window);

G_END_DECLS

#endif
