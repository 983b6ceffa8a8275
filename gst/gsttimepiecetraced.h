/* What the tracer keeps of pipelines, elements and pads. */
#ifndef GST_TIMEPIECE_TRACED_H
#define GST_TIMEPIECE_TRACED_H

#include <gst/gst.h>

#include "gsttimepiecetracersettings.h"
#include "timepiece.h"

G_BEGIN_DECLS

/* Of a sink pad, or of one that pulls. The memory is used again, never freed,
 * so that a thread may keep a pointer to it. What is not atomic is written by
 * gst_timepiece_traced_pad () in the thread of the buffers. */
typedef struct _GstTimepieceTracedPad GstTimepieceTracedPad;
struct _GstTimepieceTracedPad
{
  gpointer pad;                 /* atomic, the GstPad; NULL: it went */
  gint generation;              /* atomic, when all of this was looked up */
  TimepiecePadTrace *trace;     /* NULL: its buffers are not measured */
  TimepieceElementTrace *owner; /* whose pad the trace is */
  gpointer pipeline;            /* whose element the owner is */
  gboolean stores;              /* its element stores buffers */
  gboolean fed_by_store;        /* the element upstream does */

  GstElement *clocked;          /* its element may wait for the clock */
  gboolean waits;               /* and does */
  guint64 looked_at;            /* when the following was looked up */
  gint64 clock_offset;          /* from the clock to CLOCK_MONOTONIC */
  GstSegment segment;

  GstTimepieceTracedPad *next;  /* in the list of those that went */
};

/* Sets what all pipelines have in common; once, before the other functions. */
void gst_timepiece_traced_init (const GstTimepieceTracerSettings * settings);

/* What was looked up of pads is looked up again. */
void gst_timepiece_traced_changed (void);
gint gst_timepiece_traced_generation (void);

/* Looks a pad up, and all that is said of it; takes object locks one at a time.
 * @pulls: whether it is about what the pad pulls, or about what it is given. */
GstTimepieceTracedPad *gst_timepiece_traced_pad (GstPad * pad, gboolean pulls,
    guint64 now);

/* Of a pad that is known; NULL: it is not. */
GstTimepieceTracedPad *gst_timepiece_traced_pad_known (GstPad * pad);

/* An element leaves its bin. */
void gst_timepiece_traced_remove (GstElement * element);

/* A state change of an element begins or has ended. */
void gst_timepiece_traced_changes (GstElement * element,
    GstStateChange transition, guint64 now);
void gst_timepiece_traced_changed_state (GstElement * element,
    GstStateChange transition, guint64 now);
/* A message is about to be posted. */
void gst_timepiece_traced_posts (GstMessage * message, guint64 now);
/* The pipeline is about to post EOS. */
void gst_timepiece_traced_end (GstElement * pipeline, guint64 now);

/* Until when the clocked element of a pad waits with a buffer of this time. */
guint64 gst_timepiece_traced_deadline (GstTimepieceTracedPad * self,
    GstClockTime time, guint64 now);

/* The pad itself, or that of the element beyond the ghost pads and bins.
 * Returns: (transfer full) (nullable) */
GstPad *gst_timepiece_traced_peer (GstPad * pad);

G_END_DECLS

#endif
