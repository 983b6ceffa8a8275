/* The tracer's records of pipelines, elements and pads. */
#ifndef GST_TIMEPIECE_TRACED_H
#define GST_TIMEPIECE_TRACED_H

#include <gst/gst.h>

#include "gsttimepiecetracersettings.h"
#include "timepiece.h"

G_BEGIN_DECLS

/* The record of a sink pad, or of a pad that pulls. The memory is reused, never
 * freed, so that a thread may keep a pointer to it. The fields that are not
 * atomic are written by gst_timepiece_traced_pad () in the streaming thread. */
typedef struct _GstTimepieceTracedPad GstTimepieceTracedPad;
struct _GstTimepieceTracedPad
{
  gpointer pad;                 /* atomic, the GstPad; NULL: it was removed */
  gint generation;              /* atomic, when all of this was looked up */
  TimepiecePadTrace *trace;     /* atomic; NULL: its buffers are not measured */
  guint64 plain_until;          /* the instant before which none of the next four
                                 * is set, and none is to be looked up again */
  gboolean stores;              /* its element stores buffers */
  gboolean fed_by_store;        /* the element upstream does */
  gboolean at_aggregator;       /* of an aggregator, or fed by one */
  gboolean waits;               /* its element waits for the clock */
  GstElement *clocked;          /* its element may, NULL: it may not */
  guint64 look_again;           /* when the following is looked up again */
  gint64 clock_offset;          /* from the clock to CLOCK_MONOTONIC */
  TimepieceElementTrace *owner; /* whose pad the trace is */
  gpointer pipeline;            /* whose element the owner is */
  GstSegment stream;            /* the segment of times there */
  GstSegment segment;

  GstTimepieceTracedPad *next;  /* in the list of removed ones */
};

/* Sets the settings of all pipelines; once, before the other functions. */
void gst_timepiece_traced_init (const GstTimepieceTracerSettings * settings);

/* Invalidates what was looked up for pads. */
void gst_timepiece_traced_changed (void);
/* Atomic: records that were looked up in another generation are invalid. */
extern G_GNUC_INTERNAL gint gst_timepiece_traced_generation;

/* Looks up a pad and its fields; takes object locks one at a time.
 * @pulls: whether it is about the buffers that the pad pulls, or about those
 * that are pushed to it. */
GstTimepieceTracedPad *gst_timepiece_traced_pad (GstPad * pad, gboolean pulls,
    guint64 now);

/* The record of a known pad; NULL if it is not known. */
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

/* The time until which the clocked element of a pad waits with a buffer of this
 * time. */
guint64 gst_timepiece_traced_deadline (GstTimepieceTracedPad * self,
    GstClockTime time, guint64 now);

/* A time, as running time if it is compared with that of another pad. */
GstClockTime gst_timepiece_traced_time (const GstTimepieceTracedPad * self,
    GstClockTime time);

/* The pad itself, or that of the element beyond the ghost pads and bins.
 * Returns: (transfer full) (nullable) */
GstPad *gst_timepiece_traced_peer (GstPad * pad);

G_END_DECLS

#endif
