/* Pushes buffers into an element, each as the first after the element has closed
 * a window and reported it: windowend BUFFERS ELEMENT. For callgrind, which
 * counts the instructions inside push_first. */
#include <gst/gst.h>
#include <stdio.h>

static void push_first (GstPad * pad, GstBuffer * buffer)
    __attribute__((noinline));

static void
push_first (GstPad * pad, GstBuffer * buffer)
{
  GstFlowReturn ret = gst_pad_push (pad, buffer);

  g_assert_cmpint (ret, ==, GST_FLOW_OK);
}

/* Waits for the report of a window in which a buffer passed. */
static void
wait_for_report (GstBus * bus)
{
  GstMessage *message;
  guint64 count = 0;

  while (count == 0) {
    message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
        GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ELEMENT);
    if (!gst_structure_get_uint64 (gst_message_get_structure (message),
            "num-buffers", &count))
      gst_structure_get_uint64 (gst_message_get_structure (message),
          "num-intervals", &count);
    gst_message_unref (message);
  }
}

int
main (int argc, char **argv)
{
  GstElement *pipeline, *element, *sink;
  GstSegment segment;
  GstBus *bus;
  GstPad *pad, *peer;
  guint64 buffers;

  if (argc != 3) {
    fprintf (stderr, "usage: windowend BUFFERS ELEMENT\n");
    return 2;
  }
  buffers = g_ascii_strtoull (argv[1], NULL, 10);
  gst_init (NULL, NULL);
  pipeline = gst_pipeline_new (NULL);
  element = gst_parse_bin_from_description (argv[2], TRUE, NULL);
  sink = gst_element_factory_make ("fakesink", NULL);
  g_assert_nonnull (element);
  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), element, sink, NULL);
  gst_element_link (element, sink);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);

  pad = gst_pad_new ("src", GST_PAD_SRC);
  peer = gst_element_get_static_pad (element, "sink");
  gst_pad_link_full (pad, peer, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_set_active (pad, TRUE);
  gst_pad_push_event (pad, gst_event_new_stream_start ("windowend"));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  for (guint64 i = 0; i < buffers; i++) {
    push_first (pad, gst_buffer_new_allocate (NULL, 64, NULL));
    wait_for_report (bus);
  }

  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_pad_set_active (pad, FALSE);
  gst_pad_unlink (pad, peer);
  gst_object_unref (peer);
  gst_object_unref (pad);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  return 0;
}
