/* The path of a buffer through timepiecetick. Up to the push nothing here
 * allocates, locks or logs, unless an alarm is due. */
#include "gsttimepiecetickprivate.h"

#include <gst/video/video.h>

#include "gsttimepiecetrace.h"

typedef struct
{
  GstTimepieceTick *self;
  TimepieceTick *tick;          /* a reference, if the element's is another */
  GstTimepieceTimes times;      /* of the buffer */
  gboolean eos;
} Fire;

static gboolean
is_raw_video (GstPad * pad)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean raw = caps && gst_structure_has_name (gst_caps_get_structure (caps,
          0), "video/x-raw");

  gst_clear_caps (&caps);
  return raw;
}

static void
force_key_unit (GstTimepieceTick * self, const GstTimepieceTimes * times,
    guint count)
{
  GstPad *sinkpad = gst_timepiece_element_get_sink_pad (&self->parent);

  /* An encoder begins with a key frame without a request. On a request,
   * GstVideoEncoder up to 1.22 notes a wrong running time where the encoder
   * moves its time stamps (x264enc), and treats the next requests as old
   * ones. */
  if (self->phase == GST_TIMEPIECE_TICK_BEGINS)
    return;
  /* In pull mode events do not arrive in the order of buffers. */
  if (GST_PAD_MODE (self->srcpad) != GST_PAD_MODE_PUSH)
    return;
  gst_pad_push_event (self->srcpad,
      gst_video_event_new_downstream_force_key_unit (times->timestamp,
          times->stream_time, times->running_time, TRUE, count));
  /* GstVideoEncoder up to 1.22 drops all but the first request with a running
   * time where the encoder moves its time stamps for B-frames (x264enc). One
   * without means the next frame, which is this buffer, events and buffers
   * being in order. */
  if (is_raw_video (sinkpad))
    gst_pad_push_event (self->srcpad,
        gst_video_event_new_downstream_force_key_unit (times->timestamp,
            times->stream_time, GST_CLOCK_TIME_NONE, TRUE, count));
  /* An encoder upstream has already encoded this buffer, so the request is for
   * the next frame. */
  gst_pad_push_event (sinkpad,
      gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE,
          count));
}

/* On the streaming thread. The callees may stop, remove or restart the element,
 * and remove alarms that are due at the same buffer: those do not fire. */
static void
fired (const TimepieceFiring * firing, void *user_data)
{
  Fire *fire = user_data;
  GstTimepieceElement *element = &fire->self->parent;
  guint signal = gst_timepiece_tick_signals[GST_TIMEPIECE_TICK_SIGNAL_ALARM];
  GstStructure *structure;

  if (!gst_timepiece_alarm_list_stands (&fire->self->alarms, fire->tick,
          firing->name, firing->serial))
    return;
  structure = gst_timepiece_tick_alarm_structure (fire->self, firing,
      fire->times.running_time);
  if (g_signal_has_handler_pending (element, signal, 0, FALSE))
    g_signal_emit (element, signal, 0, structure);
  gst_timepiece_trace_message (structure);
  gst_timepiece_element_post (element, structure);
  if (firing->last)
    gst_timepiece_alarm_list_over (&fire->self->alarms, firing->name,
        firing->serial);
  if (fire->self->tick != fire->tick)
    return;
  if (firing->action == GST_TIMEPIECE_ACTION_FORCE_KEY_UNIT)
    force_key_unit (fire->self, &fire->times, (guint) firing->count);
  else if (firing->action == GST_TIMEPIECE_ACTION_EOS)
    fire->eos = TRUE;
}

/* Returns FALSE if the stream ends here. If the element was stopped meanwhile
 * the stream does not end: the pad handles the buffer. */
static gboolean
fire_alarms (GstTimepieceTick * self, TimepieceTick * tick, guint64 now,
    GstClockTime position, GstClockTime running_time)
{
  Fire fire = {.self = self,.tick = tick };

  gst_timepiece_element_get_times (&self->parent, position, &fire.times);
  timepiece_tick_fire (tick, now, running_time, fired, &fire);
  if (!fire.eos || self->tick != tick)
    return TRUE;
  GST_INFO_OBJECT (self, "an alarm ends the stream");
  self->phase = GST_TIMEPIECE_TICK_ENDED;
  timepiece_meter_interrupt (TIMEPIECE_METER (tick));
  timepiece_meter_end (TIMEPIECE_METER (tick), gst_timepiece_now ());
  /* In pull mode only the flow return reports it. */
  if (self->tick == tick && GST_PAD_MODE (self->srcpad) == GST_PAD_MODE_PUSH)
    gst_pad_push_event (self->srcpad, gst_event_new_eos ());
  return FALSE;
}

/* Fires the alarms due at a buffer or event that the meter has seen, but not
 * counted, and counts it, with a reference to the meter: see above. */
static G_GNUC_NO_INLINE gboolean
fire_and_count (GstTimepieceTick * self, guint64 now, GstClockTime running_time,
    guint64 num_buffers, guint64 num_bytes, gboolean discont,
    GstClockTime position)
{
  TimepieceTick *tick = (TimepieceTick *)
      gst_timepiece_element_ref_meter (&self->parent);
  gboolean passes;

  if (!tick)
    return TRUE;
  passes = fire_alarms (self, tick, now, position, running_time);
  if (passes && self->tick == tick)
    timepiece_tick_count (tick, now, num_buffers, num_bytes, discont, position);
  timepiece_meter_unref (TIMEPIECE_METER (tick));
  return passes;
}

/* The running time that alarms see. */
static GstClockTime
alarm_time (GstTimepieceTick * self, GstClockTime position)
{
  GstClockTime running_time =
      gst_timepiece_element_running_time (&self->parent, position);

  return GST_CLOCK_TIME_IS_VALID (running_time) ?
      timepiece_tick_media_time (self->tick, running_time) : running_time;
}

/* Counts a buffer in any state of the stream, after alarms have fired: the
 * buffer at which an alarm ends the stream does not pass. Returns FALSE if the
 * stream ends, or has ended. */
static gboolean
count (GstTimepieceTick * self, guint64 num_buffers, guint64 num_bytes,
    gboolean discont, GstClockTime position)
{
  guint64 now = gst_timepiece_now ();
  GstClockTime running_time = GST_CLOCK_TIME_NONE;

  if (self->phase == GST_TIMEPIECE_TICK_ENDED)
    return FALSE;
  if (g_atomic_int_get (&self->alarms.by_running_time))
    running_time = alarm_time (self, position);
  /* Before the first buffer nothing is missing. */
  discont = discont && self->phase == GST_TIMEPIECE_TICK_FLOWS;
  if (G_UNLIKELY (timepiece_tick_alarms (self->tick, now, running_time))) {
    if (!fire_and_count (self, now, running_time, num_buffers, num_bytes,
            discont, position))
      return FALSE;
  } else {
    timepiece_tick_count (self->tick, now, num_buffers, num_bytes, discont,
        position);
  }
  if (self->tick)
    self->phase = GST_TIMEPIECE_TICK_FLOWS;
  return TRUE;
}

static gboolean
same_content (GstBuffer * one, GstBuffer * other)
{
  gboolean same = FALSE;
  GstMapInfo map;

  if (one == other)
    return TRUE;
  if (gst_buffer_get_size (one) == gst_buffer_get_size (other)
      && gst_buffer_map (other, &map, GST_MAP_READ)) {
    same = gst_buffer_memcmp (one, 0, map.data, map.size) == 0;
    gst_buffer_unmap (other, &map);
  }
  return same;
}

static gboolean
is_stream_header (const GstStructure * caps, GstBuffer * buffer)
{
  const GValue *headers = gst_structure_get_value (caps, "streamheader");
  guint i;

  if (!headers || !GST_VALUE_HOLDS_ARRAY (headers))
    return FALSE;
  for (i = 0; i < gst_value_array_get_size (headers); i++) {
    const GValue *header = gst_value_array_get_value (headers, i);

    if (GST_VALUE_HOLDS_BUFFER (header)
        && same_content (gst_value_get_buffer (header), buffer))
      return TRUE;
  }
  return FALSE;
}

/* The flag alone is not sufficient: parsers also set it on key frames, which
 * have a time and need no other frame. Nor are the caps: muxers push their
 * headers before the caps are set. */
static gboolean
is_header (GstTimepieceTick * self, GstBuffer * buffer)
{
  GstCaps *caps;
  const GstStructure *structure;
  gboolean parsed = FALSE, header;

  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER))
    return FALSE;
  caps = gst_pad_get_current_caps (gst_timepiece_element_get_sink_pad
      (&self->parent));
  structure = caps ? gst_caps_get_structure (caps, 0) : NULL;
  if (structure)
    gst_structure_get_boolean (structure, "parsed", &parsed);
  header = (structure && is_stream_header (structure, buffer)) || (!parsed
      && (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT)
          || (!GST_BUFFER_PTS_IS_VALID (buffer)
              && !GST_BUFFER_DTS_IS_VALID (buffer))));
  gst_clear_caps (&caps);
  return header;
}

static G_GNUC_NO_INLINE gboolean
count_any_buffer (GstTimepieceTick * self, GstBuffer * buffer)
{
  if (self->tick && self->phase != GST_TIMEPIECE_TICK_ENDED
      && is_header (self, buffer)) {
    timepiece_tick_headers (self->tick, 1, gst_buffer_get_size (buffer));
    return TRUE;
  }
  return !self->tick || count (self, 1, gst_buffer_get_size (buffer),
      GST_BUFFER_IS_DISCONT (buffer), gst_timepiece_position (buffer));
}

static G_GNUC_NO_INLINE gboolean
count_due_buffer (GstTimepieceTick * self, GstBuffer * buffer)
{
  return fire_and_count (self, gst_timepiece_instant (&self->clock),
      GST_CLOCK_TIME_NONE, 1, gst_buffer_get_size (buffer), FALSE,
      gst_timepiece_position (buffer));
}

/* The same as count (), reduced to what a usual buffer needs, in the fewest
 * registers: only the element and the buffer outlive a call. */
static inline __attribute__((always_inline)) gboolean
count_buffer (GstTimepieceTick * self, GstBuffer * buffer)
{
  gsize size;

  if (G_UNLIKELY (((int) self->phase
              | g_atomic_int_get (&self->alarms.by_running_time)) != 0
          || (GST_BUFFER_FLAGS (buffer)
              & (GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_DISCONT)) != 0))
    return count_any_buffer (self, buffer);
  clock_gettime (CLOCK_MONOTONIC, &self->clock);
  size = gst_buffer_get_size (buffer);
  if (G_LIKELY (!timepiece_tick_buffer (self->tick,
              gst_timepiece_instant (&self->clock), size,
              gst_timepiece_position (buffer))))
    return TRUE;
  return count_due_buffer (self, buffer);
}

static GstFlowReturn
gst_timepiece_tick_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;

  (void) pad;
  if (G_UNLIKELY (!count_buffer (self, buffer))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_EOS;
  }
  return gst_pad_push (self->srcpad, buffer);
}

static gboolean
count_list (GstTimepieceTick * self, GstBufferList * list)
{
  guint length = gst_buffer_list_length (list);
  guint i, num_headers = 0;
  gsize size, header_size = 0;

  if (G_UNLIKELY (!self->tick || length == 0))
    return TRUE;
  size = gst_buffer_list_calculate_size (list);
  for (i = 0; i < length; i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);

    if (G_UNLIKELY (is_header (self, buffer))) {
      num_headers++;
      header_size += gst_buffer_get_size (buffer);
    } else if (i + 1 < length) {
      timepiece_tick_position (self->tick, gst_timepiece_position (buffer));
    }
  }
  if (num_headers > 0 && self->phase != GST_TIMEPIECE_TICK_ENDED)
    timepiece_tick_headers (self->tick, num_headers, header_size);
  if (num_headers == length)
    return self->phase != GST_TIMEPIECE_TICK_ENDED;
  return count (self, length - num_headers, size - header_size,
      GST_BUFFER_IS_DISCONT (gst_buffer_list_get (list, 0)),
      gst_timepiece_position (gst_buffer_list_get (list, length - 1)));
}

static GstFlowReturn
gst_timepiece_tick_chain_list (GstPad * pad, GstObject * parent,
    GstBufferList * list)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;

  (void) pad;
  if (G_UNLIKELY (!count_list (self, list))) {
    gst_buffer_list_unref (list);
    return GST_FLOW_EOS;
  }
  return gst_pad_push_list (self->srcpad, list);
}

static GstFlowReturn
gst_timepiece_tick_get_range (GstPad * pad, GstObject * parent, guint64 offset,
    guint length, GstBuffer ** buffer)
{
  GstTimepieceTick *self = (GstTimepieceTick *) parent;
  GstBuffer *given = *buffer;
  GstFlowReturn ret;

  (void) pad;
  ret = gst_pad_pull_range (gst_timepiece_element_get_sink_pad
      (&self->parent), offset, length, buffer);
  if (G_UNLIKELY (ret != GST_FLOW_OK) || G_LIKELY (count_buffer (self,
              *buffer)))
    return ret;
  /* A buffer that the caller passed to be filled remains the caller's. */
  if (!given) {
    gst_buffer_unref (*buffer);
    *buffer = NULL;
  }
  return GST_FLOW_EOS;
}

/* A sign of life, and of the position of the media. Returns FALSE if an alarm
 * ends the stream here. */
static gboolean
note_gap (GstTimepieceTick * self, GstEvent * event)
{
  guint64 now = gst_timepiece_now ();
  GstClockTime position, running_time;
  TimepieceTick *tick;
  gboolean passes;

  if (!self->tick || self->phase == GST_TIMEPIECE_TICK_ENDED)
    return TRUE;
  timepiece_tick_gap (self->tick, now);
  if (!g_atomic_int_get (&self->alarms.by_running_time))
    return TRUE;
  gst_event_parse_gap (event, &position, NULL);
  running_time = alarm_time (self, position);
  if (!GST_CLOCK_TIME_IS_VALID (running_time))
    return TRUE;
  tick = (TimepieceTick *) gst_timepiece_element_ref_meter (&self->parent);
  if (!tick)
    return TRUE;
  passes = fire_alarms (self, tick, now, position, running_time);
  timepiece_meter_unref (TIMEPIECE_METER (tick));
  return passes;
}

static gboolean
gst_timepiece_tick_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstTimepieceTick *self = GST_TIMEPIECE_TICK (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_GAP:
      if (!note_gap (self, event)) {
        gst_event_unref (event);
        return TRUE;
      }
      break;
    case GST_EVENT_FLUSH_STOP:
      self->phase = GST_TIMEPIECE_TICK_BEGINS;
      break;
    case GST_EVENT_STREAM_START:
      if (self->phase == GST_TIMEPIECE_TICK_ENDED)
        self->phase = GST_TIMEPIECE_TICK_FLOWS;
      break;
    case GST_EVENT_SEGMENT:
      if (self->tick) {
        const GstSegment *segment;

        gst_event_parse_segment (event, &segment);
        timepiece_tick_media_restart (self->tick, segment->rate < 0.0);
      }
      /* After an alarm's EOS it does not begin a new row. */
      if (self->phase == GST_TIMEPIECE_TICK_ENDED)
        return gst_pad_event_default (pad, parent, event);
      break;
    case GST_EVENT_EOS:
      /* An alarm's EOS was sent before it. */
      if (self->phase == GST_TIMEPIECE_TICK_ENDED) {
        gst_event_unref (event);
        return TRUE;
      }
      self->phase = GST_TIMEPIECE_TICK_BEGINS;
      break;
    default:
      break;
  }
  return gst_timepiece_element_sink_event (pad, parent, event);
}

void
gst_timepiece_tick_init_flow (GstTimepieceTick * self)
{
  GstPad *sinkpad = gst_timepiece_element_get_sink_pad (&self->parent);

  self->phase = GST_TIMEPIECE_TICK_BEGINS;
  self->srcpad = gst_timepiece_element_get_src_pad (&self->parent);
  gst_pad_set_event_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_sink_event));
  gst_pad_set_chain_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_chain));
  gst_pad_set_chain_list_function (sinkpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_chain_list));
  gst_pad_set_getrange_function (self->srcpad,
      GST_DEBUG_FUNCPTR (gst_timepiece_tick_get_range));
}
