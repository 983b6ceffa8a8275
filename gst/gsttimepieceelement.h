#ifndef GST_TIMEPIECE_ELEMENT_H
#define GST_TIMEPIECE_ELEMENT_H

#include <gst/gst.h>
#include <time.h>

#include "timepiece.h"

G_BEGIN_DECLS

#define GST_TYPE_TIMEPIECE_ELEMENT (gst_timepiece_element_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstTimepieceElement, gst_timepiece_element, GST,
    TIMEPIECE_ELEMENT, GstElement)

/* What a subclass does at the turns of a stream. All but start are called
 * between start and stop only, with no lock held. */
struct _GstTimepieceElementClass
{
  GstElementClass parent_class;

  /* The metric's name where the user gives none. */
  const gchar *metric_name;

  /* Copies the settings. On failure sets the sentence to tell the user. */
  gboolean (*start) (GstTimepieceElement * self, gchar ** problem);
  /* No buffer flows any more. */
  void (*stop) (GstTimepieceElement * self);

  void (*play) (GstTimepieceElement * self);
  void (*pause) (GstTimepieceElement * self);
  /* A setting changed; called between start and stop, or not. */
  void (*apply) (GstTimepieceElement * self);

  /* The row of buffers has a break: no interval may span it. */
  void (*interrupt) (GstTimepieceElement * self);
  /* Positions are counted anew; the last one means nothing any more. */
  void (*forget_position) (GstTimepieceElement * self);
  /* (nullable): what the times of the buffers from here on mean, in the thread
   * of the buffers. @segment: (nullable): NULL after a flush. */
  void (*set_segment) (GstTimepieceElement * self, const GstSegment * segment);
  /* The position of the last buffer, or GST_CLOCK_TIME_NONE. */
  GstClockTime (*last_position) (GstTimepieceElement * self);
  /* End of stream, and a stream after it. */
  void (*end) (GstTimepieceElement * self);
  void (*begin) (GstTimepieceElement * self);

  /* (nullable) An event comes from downstream, on any thread, also when not
   * started. */
  void (*upstream_event) (GstTimepieceElement * self, GstEvent * event);

  /* Returns: (transfer full): what the property `stats` shows. */
  GstStructure *(*stats) (GstTimepieceElement * self);
};

typedef struct
{
  GstClockTime timestamp;
  GstClockTime stream_time;
  GstClockTime running_time;
} GstTimepieceTimes;

/* Where figures are to be published, between start and stop; NULL if nowhere.
 * Owned by the element. */
TimepieceCloudWatch *gst_timepiece_element_get_cloudwatch (GstTimepieceElement *
    self);

/* The pads are constant from init to finalize. */
GstPad *gst_timepiece_element_get_sink_pad (GstTimepieceElement * self);
GstPad *gst_timepiece_element_get_src_pad (GstTimepieceElement * self);

guint64 gst_timepiece_element_get_interval (GstTimepieceElement * self);
/* Returns: (transfer full): the label, or the element's name if none is set */
gchar *gst_timepiece_element_dup_label (GstTimepieceElement * self);
gboolean gst_timepiece_element_posts (GstTimepieceElement * self);
gdouble gst_timepiece_element_get_nominal_rate (GstTimepieceElement * self);
void gst_timepiece_element_get_times (GstTimepieceElement * self,
    GstClockTime position, GstTimepieceTimes * times);

/* In the current segment; for the streaming thread only, which alone writes the
 * segment, and so needs no lock. */
GstClockTime gst_timepiece_element_running_time (GstTimepieceElement * self,
    GstClockTime position);

/* The event function of the sink pad. */
gboolean gst_timepiece_element_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event);

/* Warns on the bus that a setting made no sense; the stream flows on. */
void gst_timepiece_element_warn_settings (GstTimepieceElement * self,
    const gchar * problem, const gchar * consequence);

/* Posts an element message. @structure: (transfer full) */
void gst_timepiece_element_post (GstTimepieceElement * self,
    GstStructure * structure);
/* Tells, once a start, that no thread could be made for reports. */
void gst_timepiece_element_warn_no_thread (GstTimepieceElement * self);

/* The one clock that is read on the way of a buffer: CLOCK_MONOTONIC. */
static inline guint64
gst_timepiece_read_clock (struct timespec *ts)
{
  clock_gettime (CLOCK_MONOTONIC, ts);
  return (guint64) ts->tv_sec * GST_SECOND + (guint64) ts->tv_nsec;
}

static inline guint64
gst_timepiece_now (void)
{
  struct timespec ts;

  return gst_timepiece_read_clock (&ts);
}

/* The time stamp that tells where in the stream a buffer is, or NONE. */
static inline GstClockTime
gst_timepiece_position (GstBuffer * buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) :
      GST_BUFFER_DTS (buffer);
}

G_END_DECLS

#endif
