/* The path of a buffer through timepiecewatch, for each of its edges. Up to the
 * push nothing here allocates but a stamp, locks or logs. */
#include "gsttimepiecestamp.h"
#include "gsttimepiecetrace.h"
#include "gsttimepiecewatchprivate.h"

/* How often a start checks for the stamps of another start, in buffers. */
#define LOOK_EVERY 64

/* The innermost push (or pull) through a watch that this thread is in. The
 * plugin is loaded by dlopen, but the word fits into the static TLS that the
 * linker reserves for that, and is read without a call. */
static __thread TimepieceFrame *innermost
    __attribute__((tls_model ("initial-exec")));

static inline void
enter (TimepieceWatch * watch, TimepieceFrame * frame)
{
  frame->outer = innermost;
  timepiece_watch_enter (watch, frame);
  innermost = frame;
  frame->start = gst_timepiece_now ();
}

/* The callees may have stopped, removed or restarted the element: none of its
 * fields is read here. The frame keeps a reference to a watch that was
 * stopped. */
static inline void
leave (TimepieceWatch * watch, TimepieceFrame * frame, GstFlowReturn ret,
    GstClockTime position)
{
  guint64 now = gst_timepiece_now ();

  innermost = frame->outer;
  timepiece_watch_leave (watch, frame, now, ret >= GST_FLOW_OK,
      ret == GST_FLOW_FLUSHING, position);
  if (G_UNLIKELY (frame->held))
    timepiece_frame_release (frame);
}

void
gst_timepiece_watch_hold_frames (GstTimepieceWatch * self)
{
  timepiece_watch_hold (self->watch, innermost);
}

static GstFlowReturn
chain_around (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;
  TimepieceWatch *watch = self->watch;
  GstClockTime position = gst_timepiece_position (buffer);
  TimepieceFrame frame;
  GstFlowReturn ret;

  (void) pad;
  if (G_UNLIKELY (!watch))
    return gst_pad_push (self->srcpad, buffer);
  enter (watch, &frame);
  ret = gst_pad_push (self->srcpad, buffer);
  leave (watch, &frame, ret, position);
  return ret;
}

static GstFlowReturn
chain_list_around (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;
  TimepieceWatch *watch = self->watch;
  guint length = gst_buffer_list_length (list);
  GstClockTime position = GST_CLOCK_TIME_NONE;
  TimepieceFrame frame;
  GstFlowReturn ret;

  (void) pad;
  if (G_UNLIKELY (!self->watch || length == 0))
    return gst_pad_push_list (self->srcpad, list);
  position = gst_timepiece_position (gst_buffer_list_get (list, length - 1));
  enter (watch, &frame);
  ret = gst_pad_push_list (self->srcpad, list);
  leave (watch, &frame, ret, position);
  return ret;
}

static GstFlowReturn
get_range_around (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;
  TimepieceWatch *watch = self->watch;
  TimepieceFrame frame;
  GstFlowReturn ret;

  (void) pad;
  if (G_UNLIKELY (!watch))
    return gst_pad_pull_range (self->sinkpad, offset, length, buffer);
  enter (watch, &frame);
  ret = gst_pad_pull_range (self->sinkpad, offset, length, buffer);
  leave (watch, &frame, ret,
      ret == GST_FLOW_OK ? gst_timepiece_position (*buffer) :
      GST_CLOCK_TIME_NONE);
  return ret;
}

/* The same where a tracer draws the laps. Nothing of the element is read after
 * the push here either. */
static GstFlowReturn
chain_around_drawn (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  guint64 lap =
      gst_timepiece_trace_begin_lap (((GstTimepieceWatch *) parent)->drawn);
  GstFlowReturn ret = chain_around (pad, parent, buffer);

  gst_timepiece_trace_end_lap (lap);
  return ret;
}

static GstFlowReturn
chain_list_around_drawn (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  guint64 lap =
      gst_timepiece_trace_begin_lap (((GstTimepieceWatch *) parent)->drawn);
  GstFlowReturn ret = chain_list_around (pad, parent, list);

  gst_timepiece_trace_end_lap (lap);
  return ret;
}

static GstFlowReturn
get_range_around_drawn (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  guint64 lap =
      gst_timepiece_trace_begin_lap (((GstTimepieceWatch *) parent)->drawn);
  GstFlowReturn ret = get_range_around (pad, parent, offset, length, buffer);

  gst_timepiece_trace_end_lap (lap);
  return ret;
}

static inline guint64
running_time_of (GstTimepieceWatch * self, GstBuffer * buffer)
{
  return G_LIKELY (self->linear && GST_BUFFER_PTS_IS_VALID (buffer)) ?
      GST_BUFFER_PTS (buffer) + self->offset : TIMEPIECE_NONE;
}

/* The buffer has passed another start of this watch and no stop yet, or one
 * that is not an end: it is not known which of the two starts is meant. */
static void
warn_second_start (GstTimepieceWatch * self)
{
  gboolean warned;

  GST_OBJECT_LOCK (self);
  warned = self->warned_start;
  self->warned_start = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (warned)
    return;
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("Buffers come here from another start of the same watch; allowed is "
          "one start in the path of a buffer."),
      ("Each start is measured by itself, as a child in the message."));
}

/* The buffer is pushed without a stamp. */
static G_GNUC_NO_INLINE void
warn_no_memory (GstTimepieceWatch * self)
{
  gboolean warned;

  GST_OBJECT_LOCK (self);
  warned = self->warned_memory;
  self->warned_memory = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (warned)
    return;
  GST_ELEMENT_WARNING (self, RESOURCE, FAILED,
      ("There was no memory for the stamp of a buffer."),
      ("It is recognized by its time, or not at all."));
}

/* Returns: (transfer full) */
static inline GstBuffer *
start_buffer (GstTimepieceWatch * self, GstBuffer * buffer)
{
  GstTimepieceStamp *stamp;
  gpointer state = NULL;
  guint64 sequence, now;

  if (G_UNLIKELY (!self->watch))
    return buffer;
  now = gst_timepiece_now ();
  sequence = timepiece_watch_stamp (self->watch, now, GST_BUFFER_PTS (buffer),
      running_time_of (self, buffer), gst_timepiece_position (buffer));
  if (!self->stamps)
    return buffer;
  /* Not every buffer: buffers from another start always come from there. */
  if (G_UNLIKELY (sequence % LOOK_EVERY == 1)) {
    while ((stamp = (GstTimepieceStamp *) gst_buffer_iterate_meta_filtered
            (buffer, &state, self->stamp_type)))
      if (stamp->stamp.group == self->group
          && stamp->stamp.start != self->start)
        warn_second_start (self);
  }
  if (!gst_buffer_is_writable (buffer)) {
    /* Like gst_buffer_make_writable (), but that releases a buffer whose memory
     * can be neither shared nor copied. */
    GstBuffer *copy = gst_buffer_copy (buffer);

    if (G_UNLIKELY (!copy)) {
      warn_no_memory (self);
      return buffer;
    }
    gst_buffer_unref (buffer);
    buffer = copy;
  }
  stamp = (GstTimepieceStamp *) gst_buffer_add_meta (buffer, self->stamp_info,
      NULL);
  if (G_UNLIKELY (!stamp)) {
    warn_no_memory (self);
  } else {
    stamp->stamp.group = self->group;
    stamp->stamp.start = self->start;
    stamp->stamp.sequence = sequence;
    stamp->stamp.instant = now;
    stamp->stamp.presentation = GST_BUFFER_PTS (buffer);
    stamp->path = self->path;
  }
  return buffer;
}

static GstFlowReturn
chain_start (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;

  (void) pad;
  return gst_pad_push (self->srcpad, start_buffer (self, buffer));
}

static gboolean
start_in_list (GstBuffer ** buffer, guint index, gpointer self)
{
  (void) index;
  *buffer = start_buffer (GST_TIMEPIECE_WATCH (self), *buffer);
  return TRUE;
}

static GstFlowReturn
chain_list_start (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;

  (void) pad;
  list = gst_buffer_list_make_writable (list);
  gst_buffer_list_foreach (list, start_in_list, self);
  return gst_pad_push_list (self->srcpad, list);
}

static GstFlowReturn
get_range_start (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;
  gboolean given = *buffer != NULL;
  GstFlowReturn ret;

  (void) pad;
  ret = gst_pad_pull_range (self->sinkpad, offset, length, buffer);
  /* A caller that passes memory to be filled expects that very buffer. */
  if (G_LIKELY (ret == GST_FLOW_OK
          && (!given || gst_buffer_is_writable (*buffer))))
    *buffer = start_buffer (self, *buffer);
  return ret;
}

/* The stamp for this stop; NULL if it belongs to another watch. A stamp that
 * was made outside of the scope of this stop, usually in another process, is
 * identified by the name of its watch, and written to @other. */
static inline const TimepieceStamp *
stamp_of_watch (GstTimepieceWatch * self, const GstTimepieceStamp * stamp,
    TimepieceStamp * other)
{
  if (G_LIKELY (stamp->stamp.group == self->group))
    return &stamp->stamp;
  if (stamp->elsewhere == 0 || stamp->path != self->path)
    return NULL;
  *other = stamp->stamp;
  other->start = stamp->elsewhere;
  return other;
}

static inline void
stop_buffer (GstTimepieceWatch * self, GstBuffer * buffer, guint64 now)
{
  GstTimepieceStamp *meta;
  const TimepieceStamp *stamp, *last = NULL;
  TimepieceStamp other, last_other;
  gboolean several = FALSE;
  gpointer state = NULL;

  if (G_UNLIKELY (!self->watch))
    return;
  if (self->stamps) {
    while ((meta = (GstTimepieceStamp *) gst_buffer_iterate_meta_filtered
            (buffer, &state, self->stamp_type))) {
      stamp = stamp_of_watch (self, meta, &other);
      if (!stamp)
        continue;
      if (G_UNLIKELY (last || several)) {
        several = TRUE;
        if (last)
          timepiece_watch_arrive (self->watch, last, GST_BUFFER_PTS (buffer));
        last = NULL;
        timepiece_watch_arrive (self->watch, stamp, GST_BUFFER_PTS (buffer));
      } else {
        last = stamp;
        if (G_UNLIKELY (stamp == &other)) {
          last_other = other;
          last = &last_other;
        }
      }
    }
  }
  timepiece_watch_pass (self->watch, now, GST_BUFFER_PTS (buffer),
      running_time_of (self, buffer), gst_timepiece_position (buffer), last);
}

static GstFlowReturn
chain_stop (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;

  (void) pad;
  stop_buffer (self, buffer, gst_timepiece_now ());
  return gst_pad_push (self->srcpad, buffer);
}

static GstFlowReturn
chain_list_stop (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;
  guint64 now = gst_timepiece_now ();
  guint i, length = gst_buffer_list_length (list);

  (void) pad;
  for (i = 0; i < length; i++)
    stop_buffer (self, gst_buffer_list_get (list, i), now);
  return gst_pad_push_list (self->srcpad, list);
}

static GstFlowReturn
get_range_stop (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  GstTimepieceWatch *self = (GstTimepieceWatch *) parent;
  GstFlowReturn ret;

  (void) pad;
  ret = gst_pad_pull_range (self->sinkpad, offset, length, buffer);
  if (G_LIKELY (ret == GST_FLOW_OK))
    stop_buffer (self, *buffer, gst_timepiece_now ());
  return ret;
}

static gboolean
gst_timepiece_watch_stop_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstTimepieceWatch *self = GST_TIMEPIECE_WATCH (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_EOS:
      /* Links change before these events arrive. */
      gst_timepiece_watch_find_paths (self);
      break;
    default:
      break;
  }
  return gst_timepiece_element_sink_event (pad, parent, event);
}

void
gst_timepiece_watch_set_flow (GstTimepieceWatch * self,
    GstTimepieceWatchEdge edge)
{
  switch (edge) {
    case GST_TIMEPIECE_WATCH_EDGE_AROUND:
      gst_pad_set_event_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (gst_timepiece_element_sink_event));
      if (self->drawn) {
        gst_pad_set_chain_function (self->sinkpad,
            GST_DEBUG_FUNCPTR (chain_around_drawn));
        gst_pad_set_chain_list_function (self->sinkpad,
            GST_DEBUG_FUNCPTR (chain_list_around_drawn));
        gst_pad_set_getrange_function (self->srcpad,
            GST_DEBUG_FUNCPTR (get_range_around_drawn));
        break;
      }
      gst_pad_set_chain_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (chain_around));
      gst_pad_set_chain_list_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (chain_list_around));
      gst_pad_set_getrange_function (self->srcpad,
          GST_DEBUG_FUNCPTR (get_range_around));
      break;
    case GST_TIMEPIECE_WATCH_EDGE_START:
      gst_pad_set_event_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (gst_timepiece_element_sink_event));
      gst_pad_set_chain_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (chain_start));
      gst_pad_set_chain_list_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (chain_list_start));
      gst_pad_set_getrange_function (self->srcpad,
          GST_DEBUG_FUNCPTR (get_range_start));
      break;
    case GST_TIMEPIECE_WATCH_EDGE_STOP:
      gst_pad_set_event_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (gst_timepiece_watch_stop_event));
      gst_pad_set_chain_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (chain_stop));
      gst_pad_set_chain_list_function (self->sinkpad,
          GST_DEBUG_FUNCPTR (chain_list_stop));
      gst_pad_set_getrange_function (self->srcpad,
          GST_DEBUG_FUNCPTR (get_range_stop));
      break;
  }
}
