/* Compares the tracer's reports on real pipelines with an observer.
 *
 *   GST_TRACERS=timepiece truth [CASE...]
 *
 * For each element with one sink pad and one source pad on the same thread the
 * observer adds up the time from a buffer's entering to its leaving; for each
 * queue, how long each buffer stays, by its time stamp; for all, the number of
 * buffers. */
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <string.h>

#include "observer.h"

static void
chain (void)
{
  Run *run = play ("videotestsrc num-buffers=300 ! " SMALL " ! identity name=a"
      " ! identity name=b sleep-time=2000 ! identity name=c sleep-time=5000 ! "
      "fakesink name=s");

  check_work (run, "a");
  check_work (run, "b");
  check_work (run, "c");
  check_counts (run, "s");
  check_verdict (run, "c");
}

static void
one_slow (void)
{
  Run *run = play_watching ("videotestsrc num-buffers=200 ! " SMALL " ! "
      "queue name=q max-size-buffers=5 ! identity name=slow sleep-time=10000 ! "
      "queue name=r ! fakesink name=s", "q s");

  check_work (run, "slow");
  check_queue (run, "q");
  check_queue (run, "r");
  check_verdict (run, "slow");
  check_full (run, "q");
  check (near (said (run, "r")->empty, run->duration
          - seen (run, "s")->in_chain), "r: empty for %.1f of %.1f ms",
      said (run, "r")->empty / 1e6, run->duration / 1e6);
}

static void
two_slow (void)
{
  Run *run = play ("videotestsrc num-buffers=150 ! " SMALL " ! queue name=q ! "
      "identity name=first sleep-time=10000 ! "
      "identity name=second sleep-time=10000 ! fakesink");

  check_work (run, "first");
  check_work (run, "second");
  check (g_hash_table_size (run->named) <= 3
      && !g_hash_table_contains (run->named, "q"), "never the queue");
}

static void
live (void)
{
  Run *run = play_watching ("videotestsrc name=src is-live=true "
      "num-buffers=100 ! " SMALL " ! identity name=i sleep-time=10000 ! "
      "fakesink sync=false", "i");

  check_work (run, "i");
  check_verdict (run, "");
  /* The thread of the source is busy in i, and in the source for what it takes
   * of the processor apart from i. */
  check_headroom (run, run->duration / (gdouble) (seen (run, "i")->inside
          + seen (run, "src")->processor - seen (run, "i")->chain_processor));
}

static void
sync_sink (void)
{
  Run *run = play ("videotestsrc num-buffers=100 ! " SMALL " ! "
      "identity name=i sleep-time=8000 ! queue ! fakesink name=s sync=true");

  check_work (run, "i");
  check_verdict (run, "");
  check (said (run, "s")->wait[2] >= 0.7 * run->duration,
      "s waits for the clock %.0f of %.0f ms", said (run,
          "s")->wait[2] / 1e6, run->duration / 1e6);
}

static void
leaky (void)
{
  Run *run = play ("videotestsrc is-live=true num-buffers=90 ! "
      "video/x-raw,width=64,height=64,framerate=30/1 ! tee name=t "
      "t. ! queue name=down leaky=downstream max-size-buffers=3 ! "
      "identity name=slow sleep-time=150000 ! fakesink sync=false "
      "t. ! queue name=up leaky=upstream max-size-buffers=3 ! "
      "identity name=slower sleep-time=200000 ! fakesink sync=false "
      "t. ! queue name=fast ! fakesink sync=false");

  check_queue (run, "down");
  check_queue (run, "up");
  check_queue (run, "fast");
  check (said (run, "up")->dropped > 50, "something was dropped");
  check_work (run, "slow");
}

static void
tee (void)
{
  Run *run = play ("videotestsrc num-buffers=200 ! " SMALL " ! tee name=t "
      "t. ! queue name=q1 ! identity name=fast ! fakesink "
      "t. ! queue name=q2 max-size-buffers=4 ! "
      "identity name=slow sleep-time=10000 ! fakesink");

  check_counts (run, "t");
  check_work (run, "slow");
  check_queue (run, "q2");
  check_verdict (run, "slow");
}

static void
x264 (void)
{
  Run *run = play_watching ("videotestsrc pattern=snow num-buffers=150 ! "
      "video/x-raw,width=640,height=360,framerate=25/1 ! queue max-size-buffers=5"
      " name=q ! x264enc name=enc ! fakesink", "enc q");

  check_counts (run, "enc");
  check_full (run, "q");
  /* This includes the buffers that it pushes at the end of the stream. */
  check (near (said (run, "enc")->work, seen (run, "enc")->in_chain),
      "enc: works %.1f ms, observed %.1f ms in its functions",
      said (run, "enc")->work / 1e6, seen (run, "enc")->in_chain / 1e6);
  check_queue (run, "q");
  check_verdict (run, "enc");
}

static void
decoder (const gchar * description)
{
  Run *run = play (description);
  GHashTableIter iter;
  gpointer name, times;
  guint right = 0, wrong = 0;
  gboolean counted = FALSE;

  g_hash_table_iter_init (&iter, run->seen);
  while (g_hash_table_iter_next (&iter, &name, &times))
    if (g_str_has_prefix (name, "avdec_h264")) {
      counted = TRUE;
      check_counts (run, name);
    }
  g_hash_table_iter_init (&iter, run->named);
  while (g_hash_table_iter_next (&iter, &name, &times))
    if (g_str_has_prefix (strrchr (name, '/') ? strrchr (name, '/') + 1 : name,
            "avdec_h264"))
      right += GPOINTER_TO_UINT (times);
    else if (*(gchar *) name)
      wrong += GPOINTER_TO_UINT (times);
  check (right > 0
      && wrong == 0, "%u windows name avdec_h264, %u another", right, wrong);
  check (counted, "avdec_h264 is there");
}

static void
decodebin (void)
{
  gchar *text = g_strdup_printf ("filesrc location=%s ! decodebin ! fakesink",
      clip);

  decoder (text);
  g_free (text);
}

static void
uridecodebin (void)
{
  gchar *text = g_strdup_printf ("uridecodebin uri=file://%s ! fakesink", clip);

  decoder (text);
  g_free (text);
}

static void
playbin (void)
{
  gchar *text =
      g_strdup_printf ("playbin uri=file://%s video-sink=\"fakesink\"",
      clip);

  decoder (text);
  g_free (text);
}

static void
pull (void)
{
  gchar *text =
      g_strdup_printf ("filesrc name=f location=%s ! qtdemux name=d ! "
      "identity name=i sleep-time=5000 ! fakesink", clip);
  Run *run = play (text);

  check_work (run, "i");
  check (said (run, "f")->buffers > 0 && said (run, "f")->bytes > 1000,
      "what is pulled is counted");
  check (said (run, "d")->buffers == seen (run, "i")->in,
      "what the demuxer gives away is counted");
  check_verdict (run, "i");
  g_free (text);
}

static void
compositor (void)
{
  Run *run = play ("compositor name=c background=black ! "
      "video/x-raw,width=320,height=240,framerate=25/1 ! queue name=q "
      "max-size-buffers=3 ! identity name=slow sleep-time=20000 ! fakesink "
      "videotestsrc num-buffers=100 ! video/x-raw,width=320,height=240,framerate=25/1 ! queue ! c. "
      "videotestsrc num-buffers=100 ! video/x-raw,width=160,height=120,framerate=25/1 ! queue ! c.");

  check_work (run, "slow");
  check (said (run, "c")->queued == 200, "200 inputs, %" G_GUINT64_FORMAT,
      said (run, "c")->queued);
  check (said (run, "c")->buffers == seen (run, "c")->out,
      "%" G_GUINT64_FORMAT " outputs", said (run, "c")->buffers);
  check_verdict (run, "slow");
}

static void
jitter_buffer (void)
{
  Run *run = new_run ();
  GstElement *receiver = make (run, "udpsrc port=57321 "
      "caps=\"application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96\""
      " ! rtpjitterbuffer name=j latency=200 ! rtph264depay ! avdec_h264 name=dec ! "
      "fakesink name=s");
  GstElement *sender = gst_parse_launch ("videotestsrc is-live=true "
      "num-buffers=75 ! video/x-raw,width=320,height=240,framerate=25/1 ! "
      "x264enc tune=zerolatency ! rtph264pay mtu=600 ! "
      "udpsink host=127.0.0.1 port=57321", NULL);
  Run *other = new_run ();

  gst_element_set_state (receiver, GST_STATE_PLAYING);
  gst_element_set_state (sender, GST_STATE_PLAYING);
  follow (other, sender);
  g_usleep (400000);
  gst_element_send_event (receiver, gst_event_new_eos ());
  follow (run, receiver);
  finish (run, receiver);
  finish (other, sender);
  check_counts (run, "j");
  check (said (run, "j")->dropped == 0, "nothing is dropped");
  check (near (said (run, "j")->longest, seen (run, "j")->longest)
      || said (run, "j")->longest > 150e6, "buffers stay 200 ms: %.1f",
      said (run, "j")->longest / 1e6);
  check_verdict (run, "");
}

static void
lists (void)
{
  Run *run = play ("videotestsrc num-buffers=50 ! "
      "video/x-raw,width=640,height=480,framerate=25/1 ! rtpvrawpay name=pay ! "
      "identity name=i ! queue name=q max-size-buffers=0 max-size-bytes=0 "
      "max-size-time=0 ! fakesink name=s");

  check_counts (run, "pay");
  /* Where a list is split, probes see the whole list and its buffers. */
  check (said (run, "i")->buffers == seen (run, "pay")->out, "i: %"
      G_GUINT64_FORMAT " buffers", said (run, "i")->buffers);
  check (said (run, "q")->buffers == seen (run, "i")->out, "q: %"
      G_GUINT64_FORMAT " buffers", said (run, "q")->buffers);
  check (said (run, "s")->buffers == seen (run, "q")->out, "s: %"
      G_GUINT64_FORMAT " buffers", said (run, "s")->buffers);
  check (seen (run, "q")->in > 1000, "there are lists");
}

static void
muxers (void)
{
  Run *run = play ("matroskamux name=m ! fakesink name=s "
      "videotestsrc num-buffers=75 ! " SMALL " ! identity name=slow "
      "sleep-time=20000 ! x264enc ! h264parse ! queue ! m. "
      "audiotestsrc num-buffers=130 ! opusenc ! queue ! m.");

  check_counts (run, "m");
  check_work (run, "slow");
  check_verdict (run, "slow");
}

static GstFlowReturn
take (GstAppSink * sink, gpointer data)
{
  guint64 start = now ();
  GstSample *sample = gst_app_sink_pull_sample (sink);

  if (sample)
    gst_sample_unref (sample);
  g_usleep (10000);
  *(guint64 *) data += now () - start;
  return GST_FLOW_OK;
}

static void
application (void)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run, "appsrc name=src format=time ! "
      "queue name=q max-size-buffers=3 ! appsink name=sink sync=false");
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstAppSinkCallbacks callbacks = {.new_sample = take };
  guint64 taken = 0;
  guint i;

  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, &taken, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (i = 0; i < 150; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, 100, NULL);

    GST_BUFFER_PTS (buffer) = i * 40 * GST_MSECOND;
    gst_app_src_push_buffer (GST_APP_SRC (src), buffer);
  }
  gst_app_src_end_of_stream (GST_APP_SRC (src));
  follow (run, pipeline);
  gst_object_unref (src);
  gst_object_unref (sink);
  finish (run, pipeline);
  check_counts (run, "sink");
  check_queue (run, "q");
  check (near (said (run, "sink")->work, taken),
      "the application takes %.1f ms, observed %.1f",
      said (run, "sink")->work / 1e6, taken / 1e6);
  check_verdict (run, "sink");
}

static GstPadProbeReturn
burn (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  guint64 start = processor_time (), at;

  do {
    at = processor_time ();
  } while (at - start < 5 * GST_MSECOND);
  *(guint64 *) data += at - start;
  return GST_PAD_PROBE_OK;
}

/* The reports on the threads show which one uses the processor, and which one
 * sleeps. */
static void
burner (void)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run,
      "videotestsrc is-live=true num-buffers=75 ! " SMALL
      " ! queue ! identity name=burner ! queue ! "
      "identity name=sleeper sleep-time=5000 ! fakesink sync=false");
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), "burner");
  GstPad *pad = gst_element_get_static_pad (element, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  guint64 burnt = 0, burns = 0, sleeps = 0;
  gboolean over = FALSE;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, burn, &burnt, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!over) {
    GstMessage *message = gst_bus_timed_pop (bus, 60 * GST_SECOND);
    TimepiecePipelineMessage parsed;
    guint i, j;

    if (!message)
      break;
    if (timepiece_message_is (message, TIMEPIECE_PIPELINE)
        && timepiece_pipeline_message_parse (gst_message_get_structure
            (message), &parsed, NULL)) {
      hear (run, gst_message_get_structure (message));
      for (i = 0; i < parsed.num_threads; i++) {
        TimepiecePipelineThread thread = { 0 };

        timepiece_pipeline_message_thread (&parsed, i, &thread, NULL);
        for (j = 0; j < thread.num_elements; j++) {
          const gchar *name = g_value_get_string (gst_value_array_get_value
              (thread.elements, j));

          if (g_str_equal (name, "burner"))
            burns += thread.cpu_time;
          if (g_str_equal (name, "sleeper"))
            sleeps += thread.cpu_time;
        }
      }
    }
    over = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (element);
  finish (run, pipeline);
  check (burns >= burnt * 0.95 && burns <= burnt * 1.15 + 10e6,
      "the burner's thread runs %.1f ms, observed %.1f", burns / 1e6,
      burnt / 1e6);
  check (sleeps < burnt * 0.3, "the sleeper's runs %.1f ms", sleeps / 1e6);
  check_work (run, "sleeper");
}

static void
two_pipelines (void)
{
  Run *first = new_run (), *second = new_run ();
  GstElement *a = make (first,
      "videotestsrc num-buffers=100 ! " SMALL " ! queue"
      " ! identity name=a sleep-time=12000 ! fakesink");
  GstElement *b = make (second,
      "videotestsrc num-buffers=100 ! " SMALL " ! queue"
      " ! identity name=b sleep-time=15000 ! fakesink");

  gst_element_set_state (a, GST_STATE_PLAYING);
  gst_element_set_state (b, GST_STATE_PLAYING);
  follow (first, a);
  follow (second, b);
  finish (first, a);
  finish (second, b);
  check_work (first, "a");
  check_work (second, "b");
  check_verdict (first, "a");
  check_verdict (second, "b");
  check (!g_hash_table_contains (first->said, "b")
      && !g_hash_table_contains (second->said, "a"), "each has its own");
}

static GstPadProbeReturn
blocked (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  g_atomic_int_set ((gint *) data, 1);
  return GST_PAD_PROBE_OK;
}

/* An element is added and removed between two others while buffers flow. */
static void
dynamic (void)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run, "videotestsrc is-live=true name=src ! "
      "video/x-raw,width=64,height=64,framerate=100/1 ! identity name=before ! "
      "identity name=after ! fakesink sync=false");
  GstElement *before = gst_bin_get_by_name (GST_BIN (pipeline), "before");
  GstElement *after = gst_bin_get_by_name (GST_BIN (pipeline), "after");
  GstPad *pad = gst_element_get_static_pad (before, "src");
  guint64 total = 0, heard = 0;
  GHashTableIter iter;
  gpointer name, value;
  guint i;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (i = 0; i < 100; i++) {
    gint is_blocked = 0;
    gulong id;
    GstElement *element = gst_element_factory_make ("identity", NULL);
    gchar *called = g_strdup_printf ("guest%u", i);

    gst_object_set_name (GST_OBJECT (element), called);
    g_free (called);
    id = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, blocked,
        &is_blocked, NULL);
    while (!g_atomic_int_get (&is_blocked))
      g_usleep (500);
    gst_element_unlink (before, after);
    gst_bin_add (GST_BIN (pipeline), element);
    gst_element_link_many (before, element, after, NULL);
    gst_element_sync_state_with_parent (element);
    gst_pad_remove_probe (pad, id);
    g_usleep (15000);
    g_atomic_int_set (&is_blocked, 0);
    id = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, blocked,
        &is_blocked, NULL);
    while (!g_atomic_int_get (&is_blocked))
      g_usleep (500);
    gst_element_unlink_many (before, element, after, NULL);
    gst_object_ref (element);
    gst_bin_remove (GST_BIN (pipeline), element);
    gst_element_set_state (element, GST_STATE_NULL);
    gst_object_unref (element);
    gst_element_link (before, after);
    gst_pad_remove_probe (pad, id);
  }
  gst_element_send_event (pipeline, gst_event_new_eos ());
  follow (run, pipeline);
  gst_object_unref (pad);
  gst_object_unref (before);
  gst_object_unref (after);
  finish (run, pipeline);
  g_hash_table_iter_init (&iter, run->seen);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (g_str_has_prefix (name, "guest"))
      total += ((Seen *) value)->in;
  g_hash_table_iter_init (&iter, run->said);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (g_str_has_prefix (name, "guest"))
      heard += ((Said *) value)->buffers;
  check (total > 50 && heard == total, "the guests had %" G_GUINT64_FORMAT
      " buffers, observed %" G_GUINT64_FORMAT, heard, total);
  check_counts (run, "after");
  check_counts (run, "before");
}

static const Case cases[] = {
  /* *INDENT-OFF* */
  {"chain", chain}, {"one-slow", one_slow}, {"two-slow", two_slow},
  {"live", live}, {"sync-sink", sync_sink}, {"leaky", leaky}, {"tee", tee},
  {"x264enc", x264}, {"decodebin", decodebin}, {"uridecodebin", uridecodebin},
  {"playbin", playbin}, {"pull", pull}, {"compositor", compositor},
  {"rtpjitterbuffer", jitter_buffer}, {"lists", lists}, {"muxers", muxers},
  {"application", application}, {"burner", burner},
  {"two-pipelines", two_pipelines}, {"dynamic", dynamic}, {NULL, NULL},
  /* *INDENT-ON* */
};

gchar *clip;

static void
make_clip (void)
{
  gchar *text;
  GstElement *pipeline;
  GstBus *bus;

  clip = g_build_filename (g_get_tmp_dir (), "timepiece-truth.mp4", NULL);
  if (g_file_test (clip, G_FILE_TEST_EXISTS))
    return;
  text = g_strdup_printf ("videotestsrc num-buffers=700 pattern=snow ! "
      "video/x-raw,width=1280,height=720,framerate=25/1 ! "
      "x264enc speed-preset=ultrafast key-int-max=25 ! mp4mux ! "
      "filesink location=%s", clip);
  pipeline = gst_parse_launch (text, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  gst_message_unref (gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
          GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_free (text);
}

/* Runs the requested cases. */
static void
run_cases (const Case * some, int argc, char **argv)
{
  gint j;

  for (; some->name; some++) {
    gboolean wanted = argc == 1;

    for (j = 1; j < argc; j++)
      wanted = wanted || g_str_equal (argv[j], some->name);
    if (!wanted)
      continue;
    g_print ("%s\n", some->name);
    some->run ();
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  make_clip ();
  run_cases (cases, argc, argv);
  run_cases (variants, argc, argv);
  g_print ("tracer: %u checks, %u not so\n", checks, failures);
  return failures > 0;
}
