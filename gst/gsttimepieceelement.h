#ifndef GST_TIMEPIECE_ELEMENT_H
#define GST_TIMEPIECE_ELEMENT_H

#include <gst/gst.h>
#include <time.h>

#include "timepiece.h"

G_BEGIN_DECLS

#define GST_TYPE_TIMEPIECE_ELEMENT (gst_timepiece_element_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstTimepieceElement, gst_timepiece_element, GST,
    TIMEPIECE_ELEMENT, GstElement)

/* The virtual functions of a subclass. */
struct _GstTimepieceElementClass
{
  GstElementClass parent_class;

  /* The metric's name if the user does not set one. */
  const gchar *metric_name;

  /* Copies the settings and makes the meter, which the element owns from then
   * to after stop. If NULL, @problem is the sentence for the user. */
  TimepieceMeter *(*start) (GstTimepieceElement * self, gchar ** problem);
  /* No buffer flows any more; the meter is stopped next. */
  void (*stop) (GstTimepieceElement * self);
  /* A setting changed. Returns FALSE if no thread could be started. */
  gboolean (*apply) (GstTimepieceElement * self, TimepieceMeter * meter);
  /* (nullable): sets the meaning of the times of the buffers from here on, in
   * the streaming thread. @segment: (nullable): NULL after a flush. */
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
/* Returns: (transfer full): the pipeline, or the outermost object */
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

/* Returns: (nullable) (transfer full): what is wrong with a name: it is not
 * UTF-8, or longer than 1,024 bytes. */
gchar *gst_timepiece_element_name_problem (const gchar * property,
    const gchar * name);

/* Warns on the bus that a setting is invalid; the stream continues. */
void gst_timepiece_element_warn_settings (GstTimepieceElement * self,
    const gchar * problem, const gchar * consequence);

/* Functions that are called on threads other than GStreamer's have a handle of
 * the element, which does not keep it alive. Returns: (transfer full) */
gpointer gst_timepiece_element_make_handle (GstTimepieceElement * self);
/* A #TimepieceDestroyFunc. */
void gst_timepiece_element_free_handle (void *handle);
typedef void (*GstTimepieceElementCall) (GstTimepieceElement * self,
    gconstpointer what);
/* Calls a function with the element, if that still exists. Until it returns,
 * the element and all bins above it are kept alive: a handler of a message may
 * drop the last references but these. */
void gst_timepiece_element_call (gpointer handle, GstTimepieceElementCall call,
    gconstpointer what);

/* Whether a report may be made: fewer messages than max-unread-messages are
 * unread, or none is posted. A #TimepieceReadyFunc. */
bool gst_timepiece_element_is_ready (void *handle);
/* Warns, once, that the file for Prometheus cannot be written. */
void gst_timepiece_element_tell_problem (GstTimepieceElement * self);
/* Posts a report that may be made, or another message, which is counted instead
 * if it exceeds the limit. @structure: (transfer full) */
void gst_timepiece_element_post_report (GstTimepieceElement * self,
    GstStructure * structure);
void gst_timepiece_element_post (GstTimepieceElement * self,
    GstStructure * structure);
static inline guint64
gst_timepiece_instant (const struct timespec *ts)
{
  return (guint64) ts->tv_sec * GST_SECOND + (guint64) ts->tv_nsec;
}

/* The only clock that is read in the path of a buffer: CLOCK_MONOTONIC. */
static inline guint64
gst_timepiece_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return gst_timepiece_instant (&ts);
}

/* The time stamp that gives the position of a buffer in the stream, or NONE. */
static inline GstClockTime
gst_timepiece_position (GstBuffer * buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) :
      GST_BUFFER_DTS (buffer);
}

G_END_DECLS

#endif
