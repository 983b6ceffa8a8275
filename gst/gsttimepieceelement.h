#ifndef GST_TIMEPIECE_ELEMENT_H
#define GST_TIMEPIECE_ELEMENT_H

#include <gst/gst.h>
#include <time.h>

#include "timepiece.h"

G_BEGIN_DECLS

#define GST_TYPE_TIMEPIECE_ELEMENT (gst_timepiece_element_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstTimepieceElement, gst_timepiece_element, GST,
    TIMEPIECE_ELEMENT, GstElement)

/* What is a subclass's own. */
struct _GstTimepieceElementClass
{
  GstElementClass parent_class;

  /* The metric's name where the user gives none. */
  const gchar *metric_name;

  /* Copies the settings and makes the meter, which the element owns from then
   * to after stop. NULL: @problem is the sentence to tell the user. */
  TimepieceMeter *(*start) (GstTimepieceElement * self, gchar ** problem);
  /* No buffer flows any more; the meter is stopped next. */
  void (*stop) (GstTimepieceElement * self);
  /* A setting changed. FALSE: no thread could be started. */
  gboolean (*apply) (GstTimepieceElement * self, TimepieceMeter * meter);
  /* (nullable): what the times of the buffers from here on mean, in the thread
   * of the buffers. @segment: (nullable): NULL after a flush. */
  void (*set_segment) (GstTimepieceElement * self, const GstSegment * segment);
  /* Returns: (transfer full): what the property `stats` shows.
   * @meter: (nullable): NULL when not started. */
  GstStructure *(*stats) (GstTimepieceElement * self, TimepieceMeter * meter);
};

typedef struct
{
  GstClockTime timestamp;
  GstClockTime stream_time;
  GstClockTime running_time;
} GstTimepieceTimes;

/* The pads are constant from init to finalize. */
GstPad *gst_timepiece_element_get_sink_pad (GstTimepieceElement * self);
GstPad *gst_timepiece_element_get_src_pad (GstTimepieceElement * self);

/* Returns: (nullable) (transfer full): NULL when not started */
TimepieceMeter *gst_timepiece_element_ref_meter (GstTimepieceElement * self);
gboolean gst_timepiece_element_is_started (GstTimepieceElement * self);
/* A setting changed: applies it if there is a meter. */
void gst_timepiece_element_apply (GstTimepieceElement * self);
guint64 gst_timepiece_element_get_interval (GstTimepieceElement * self);
/* Returns: (transfer full): the label, or the element's name if none is set */
gchar *gst_timepiece_element_dup_label (GstTimepieceElement * self);
/* Returns: (transfer full): the pipeline, or whatever is the outermost */
GstObject *gst_timepiece_element_get_top_level (GstTimepieceElement * self);
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

/* Returns: (nullable) (transfer full): what is wrong with a text that names
 * something: it is not UTF-8, or longer than 1,024 bytes. */
gchar *gst_timepiece_element_name_problem (const gchar * property,
    const gchar * name);

/* Warns on the bus that a setting made no sense; the stream flows on. */
void gst_timepiece_element_warn_settings (GstTimepieceElement * self,
    const gchar * problem, const gchar * consequence);

/* Whether a report may be made: fewer messages than max-unread-messages are
 * unread, or none is posted. A #TimepieceReadyFunc. */
bool gst_timepiece_element_is_ready (void *self);
/* Posts a report that may be made, or anything else: that is counted instead if
 * it would be too many. @structure: (transfer full) */
void gst_timepiece_element_post_report (GstTimepieceElement * self,
    GstStructure * structure);
void gst_timepiece_element_post (GstTimepieceElement * self,
    GstStructure * structure);
/* The one clock that is read in the path of a buffer: CLOCK_MONOTONIC. */
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
