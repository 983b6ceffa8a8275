/* Further kinds of pipelines on which the tracer's reports must be true. */
#include <gst/app/gstappsink.h>
#include <string.h>

#include "observer.h"

/* A slow element downstream of a store other than queue. */
static void
behind (const gchar * store)
{
  gchar *text = g_strdup_printf ("videotestsrc num-buffers=150 ! " SMALL " ! "
      "%s name=q ! identity name=slow sleep-time=10000 ! fakesink", store);
  Run *run = play_watching (text, "q");

  check_work (run, "slow");
  check_queue (run, "q");
  check_full (run, "q");
  check_verdict (run, "slow");
  g_free (text);
}

static void
multiqueue (void)
{
  behind ("multiqueue max-size-buffers=5");
}

static void
queue2 (void)
{
  behind ("queue2 max-size-buffers=5 max-size-time=0 use-buffering=false");
}

/* Nested bins, each with ghost pads. */
static void
nested (void)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run, "videotestsrc name=src num-buffers=150 ! "
      SMALL " ! queue name=q ! fakesink name=s");
  GstElement *inner = gst_parse_bin_from_description
      ("identity name=a ! identity name=slow sleep-time=10000", TRUE, NULL);
  GstElement *outer = gst_bin_new ("outer");
  GstElement *q = gst_bin_get_by_name (GST_BIN (pipeline), "q");
  GstElement *s = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  GstPad *pad;

  gst_object_set_name (GST_OBJECT (inner), "inner");
  gst_bin_add (GST_BIN (outer), inner);
  pad = gst_element_get_static_pad (inner, "sink");
  gst_element_add_pad (outer, gst_ghost_pad_new ("sink", pad));
  gst_object_unref (pad);
  pad = gst_element_get_static_pad (inner, "src");
  gst_element_add_pad (outer, gst_ghost_pad_new ("src", pad));
  gst_object_unref (pad);
  gst_element_unlink (q, s);
  gst_bin_add (GST_BIN (pipeline), outer);
  gst_element_link_many (q, outer, s, NULL);
  gst_object_unref (q);
  gst_object_unref (s);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  follow (run, pipeline);
  finish (run, pipeline);
  check_work (run, "a");
  check_work (run, "slow");
  check_queue (run, "q");
  check_verdict (run, "outer/inner/slow");
}

static void
three_branches (void)
{
  Run *run = play_watching ("videotestsrc num-buffers=150 ! " SMALL
      " ! tee name=t "
      "t. ! queue name=q1 ! identity name=a sleep-time=2000 ! fakesink "
      "t. ! queue name=q2 max-size-buffers=3 ! identity name=b sleep-time=12000 "
      "! fakesink t. ! queue name=q3 ! identity name=c sleep-time=6000 ! fakesink",
      "q2");

  check_counts (run, "t");
  check_work (run, "a");
  check_work (run, "b");
  check_work (run, "c");
  check_queue (run, "q1");
  check_queue (run, "q2");
  check_queue (run, "q3");
  check_full (run, "q2");
  check_verdict (run, "b");
}

/* A camera that is faster than the elements downstream waits for its time. */
static void
camera (void)
{
  Run *run = play ("videotestsrc name=src is-live=true do-timestamp=true "
      "num-buffers=100 ! " SMALL " ! queue name=q ! identity name=i "
      "sleep-time=15000 ! queue ! fakesink name=s sync=true");

  check_work (run, "i");
  check_queue (run, "q");
  check_verdict (run, "");
  check (near (said (run, "src")->wait[3], run->duration
          - seen (run, "src")->processor),
      "src waits %.1f ms, observed %.1f", said (run, "src")->wait[3] / 1e6,
      (run->duration - seen (run, "src")->processor) / 1e6);
  check_headroom (run, run->duration / (gdouble) seen (run, "i")->inside);
}

/* An element that is slower than the source leaves that no time to wait. */
static void
too_slow (void)
{
  Run *run = play ("videotestsrc is-live=true num-buffers=60 ! " SMALL
      " ! identity name=i sleep-time=60000 ! fakesink sync=false");

  check_work (run, "i");
  check_verdict (run, "i");
}

static void
two_sinks (void)
{
  Run *run = play ("videotestsrc num-buffers=100 ! " SMALL " ! tee name=t "
      "t. ! queue ! identity name=a sleep-time=10000 ! fakesink sync=true "
      "t. ! queue ! identity name=b sleep-time=20000 ! fakesink sync=true");

  check_work (run, "a");
  check_work (run, "b");
  check_verdict (run, "");
  check_headroom (run, 40e6 / (seen (run, "b")->inside / 100.));
}

static gboolean
render (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  guint64 began = now ();

  g_usleep (60000);
  *(guint64 *) data += now () - began;
  return TRUE;
}

/* A sink that no longer waits for the clock, since rendering takes longer. */
static void
slow_sink (void)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run, "videotestsrc num-buffers=60 ! " SMALL
      " ! queue name=q ! fakesink name=s sync=true signal-handoffs=true");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  guint64 rendering = 0;

  g_signal_connect (sink, "handoff", G_CALLBACK (render), &rendering);
  gst_object_unref (sink);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  follow (run, pipeline);
  finish (run, pipeline);
  check (near (said (run, "s")->work, rendering), "s renders %.1f ms, "
      "observed %.1f", said (run, "s")->work / 1e6, rendering / 1e6);
  check_verdict (run, "s");
}

/* An element in the middle that waits for the clock. */
static void
clock_identity (void)
{
  Run *run = play ("videotestsrc num-buffers=100 ! " SMALL " ! "
      "identity name=pace sync=true ! identity name=i sleep-time=8000 ! "
      "fakesink sync=false");

  check_work (run, "i");
  check (near (said (run, "pace")->wait[2], seen (run, "pace")->inside),
      "pace waits %.1f ms for the clock, observed %.1f",
      said (run, "pace")->wait[2] / 1e6, seen (run, "pace")->inside / 1e6);
  check_verdict (run, "");
}

static void
rate (void)
{
  Run *run = play ("videotestsrc num-buffers=100 ! " SMALL " ! "
      "videorate name=r ! video/x-raw,framerate=50/1 ! "
      "identity name=slow sleep-time=8000 ! fakesink");

  check_counts (run, "r");
  check_work (run, "slow");
  check_verdict (run, "slow");
}

/* Two threads bring buffers to one pad, one at a time. */
static void
funnel (void)
{
  Run *run = play ("funnel name=f ! identity name=slow sleep-time=10000 ! "
      "fakesink videotestsrc num-buffers=75 ! " SMALL " ! f. "
      "videotestsrc num-buffers=75 ! " SMALL " ! f.");

  check_counts (run, "f");
  check_work (run, "slow");
  check_verdict (run, "slow");
}

static void
selector (void)
{
  Run *run = play ("input-selector name=f ! identity name=slow "
      "sleep-time=10000 ! fakesink videotestsrc num-buffers=100 ! " SMALL
      " ! f. videotestsrc num-buffers=100 ! " SMALL " ! f.");

  check_work (run, "slow");
  check_verdict (run, "slow");
}

static void
concatenation (void)
{
  Run *run = play ("concat name=c ! identity name=slow sleep-time=10000 ! "
      "fakesink videotestsrc num-buffers=75 ! " SMALL " ! queue ! c. "
      "videotestsrc num-buffers=75 ! " SMALL " ! queue ! c.");

  check_work (run, "slow");
  check_verdict (run, "slow");
}

static void
mixer (void)
{
  Run *run = play ("audiomixer name=m ! identity name=slow sleep-time=20000 ! "
      "fakesink audiotestsrc num-buffers=100 ! queue ! m. "
      "audiotestsrc num-buffers=100 freq=880 ! queue ! m.");

  check_work (run, "slow");
  check (said (run, "m")->buffers == seen (run, "m")->out,
      "%" G_GUINT64_FORMAT " outputs", said (run, "m")->buffers);
  check (said (run, "m")->queued == 200, "%" G_GUINT64_FORMAT " inputs",
      said (run, "m")->queued);
  check_verdict (run, "slow");
}

/* A slow element upstream of an aggregator whose outputs have other times than
 * its inputs, which begin at 1000 hours. */
static void
aggregating_muxer (const gchar * muxer)
{
  gchar *text = g_strdup_printf ("%s name=m ! fakesink videotestsrc "
      "num-buffers=75 ! " SMALL " ! identity name=slow sleep-time=20000 ! "
      "x264enc speed-preset=ultrafast tune=zerolatency ! h264parse ! queue ! m. "
      "audiotestsrc num-buffers=130 ! avenc_aac ! queue ! m.", muxer);
  Run *run = play (text);

  check_work (run, "slow");
  check (said (run, "m")->work <= 0.3 * run->duration,
      "m works %.1f of %.1f ms", said (run, "m")->work / 1e6,
      run->duration / 1e6);
  check (said (run, "m")->level <= 5, "%" G_GUINT64_FORMAT " are inside",
      said (run, "m")->level);
  check_verdict (run, "slow");
  g_free (text);
}

static void
mpegts (void)
{
  aggregating_muxer ("mpegtsmux");
}

static void
mp4 (void)
{
  aggregating_muxer ("mp4mux fragment-duration=500");
}

/* A slow aggregator, which also works on its own threads. */
static void
slow_mixer (void)
{
  Run *run = play ("compositor name=c ! video/x-raw,width=1280,height=720,"
      "framerate=25/1,format=AYUV ! fakesink "
      "videotestsrc pattern=black num-buffers=75 ! "
      "video/x-raw,width=320,height=240,framerate=25/1 ! queue ! c.sink_0 "
      "videotestsrc pattern=black num-buffers=75 ! "
      "video/x-raw,width=1280,height=720,framerate=25/1 ! queue ! c.sink_1");

  check (said (run, "c")->work <= 1.05 * run->duration
      && said (run, "c")->work >= 0.9 * run->duration,
      "c works %.1f ms of %.1f", said (run, "c")->work / 1e6,
      run->duration / 1e6);
  check_verdict (run, "c");
}

/* Both the encoder and the application are slow. */
static void
opus (void)
{
  Run *run = play_watching ("audiotestsrc num-buffers=8000 ! queue name=q "
      "max-size-buffers=5 max-size-time=0 ! opusenc name=enc complexity=10 ! "
      "fakesink", "enc q");

  check_counts (run, "enc");
  check_full (run, "q");
  check (near (said (run, "enc")->work, seen (run, "enc")->in_chain),
      "enc: works %.1f ms, observed %.1f", said (run, "enc")->work / 1e6,
      seen (run, "enc")->in_chain / 1e6);
  check_verdict (run, "enc");
}

static void
vp8 (void)
{
  Run *run = play_watching ("videotestsrc pattern=snow num-buffers=400 ! "
      "video/x-raw,width=320,height=240,framerate=25/1 ! queue name=q ! "
      "vp8enc name=enc deadline=1 ! fakesink", "enc");

  check_counts (run, "enc");
  check (near (said (run, "enc")->work, seen (run, "enc")->in_chain),
      "enc: works %.1f ms, observed %.1f", said (run, "enc")->work / 1e6,
      seen (run, "enc")->in_chain / 1e6);
  check_verdict (run, "enc");
}

static void
demuxed (void)
{
  gchar *text = g_strdup_printf ("filesrc location=%s ! qtdemux ! h264parse ! "
      "avdec_h264 name=dec max-threads=1 ! fakesink", clip);
  Run *run = play_watching (text, "dec");

  check_counts (run, "dec");
  check (near (said (run, "dec")->work, seen (run, "dec")->in_chain),
      "dec: works %.1f ms, observed %.1f", said (run, "dec")->work / 1e6,
      seen (run, "dec")->in_chain / 1e6);
  check_verdict (run, "dec");
  g_free (text);
}

static gpointer
pull (gpointer sink)
{
  GstSample *sample;

  while ((sample = gst_app_sink_pull_sample (sink))) {
    gst_sample_unref (sample);
    g_usleep (10000);
  }
  return NULL;
}

/* A thread of the application pulls the buffers slowly. */
static void
pulled (void)
{
  Run *run = new_run ();
  GstElement *pipeline = make (run, "videotestsrc num-buffers=150 ! " SMALL
      " ! queue name=q ! appsink name=sink max-buffers=2 sync=false");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GThread *thread;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  thread = g_thread_new ("application", pull, sink);
  follow (run, pipeline);
  g_thread_join (thread);
  gst_object_unref (sink);
  finish (run, pipeline);
  check_counts (run, "sink");
  check_queue (run, "q");
  check_verdict (run, "sink");
}

/* In both, the thread that found the type has nothing left to do, and in
 * decodebin3 the decoder is behind two queues. */
static void
decoder3 (const gchar * description)
{
  gchar *text = g_strdup_printf (description, clip);
  Run *run = play (text);
  GHashTableIter iter;
  gpointer name, times;
  guint right = 0;

  g_hash_table_iter_init (&iter, run->named);
  while (g_hash_table_iter_next (&iter, &name, &times)) {
    if (strstr (name, "avdec_h264"))
      right += GPOINTER_TO_UINT (times);
    else
      check (*(gchar *) name == '\0', "%s is not named", (gchar *) name);
  }
  check (2 * right >= run->windows, "%u of %u windows name avdec_h264: %s",
      right, run->windows, run->sentence);
  g_free (text);
}

static void
decodebin3 (void)
{
  decoder3 ("filesrc location=%s ! decodebin3 ! fakesink");
}

static void
uridecodebin3 (void)
{
  decoder3 ("uridecodebin3 uri=file://%s ! fakesink");
}

static void
playbin3 (void)
{
  decoder3 ("playbin3 uri=file://%s video-sink=fakesink");
}

/* The delay of an element after a queue is not work of the queue. */
static void
split (void)
{
  gchar *text = g_strdup_printf ("videotestsrc num-buffers=60 ! " SMALL " ! "
      "identity name=slow sleep-time=20000 ! splitmuxsink muxer=matroskamux "
      "location=%s/timepiece-truth-%%d.mkv", g_get_tmp_dir ());
  Run *run = play (text);

  check_work (run, "slow");
  check (said (run, "queue_video")->work <= 0.1 * run->duration,
      "the queue works %.1f of %.1f ms", said (run, "queue_video")->work / 1e6,
      run->duration / 1e6);
  check_verdict (run, "slow");
  g_free (text);
}

/* The source is not live and never waits, even if the machine is busy. */
static void
busy_source (void)
{
  Run *run = play ("videotestsrc name=src pattern=snow num-buffers=150 ! "
      "video/x-raw,width=1280,height=720,framerate=25/1 ! fakesink");

  check (near (said (run, "src")->work, run->duration), "src works %.1f of "
      "%.1f ms", said (run, "src")->work / 1e6, run->duration / 1e6);
  check_verdict (run, "src");
}

const Case variants[] = {
  /* *INDENT-OFF* */
  {"multiqueue", multiqueue}, {"queue2", queue2}, {"nested", nested},
  {"three-branches", three_branches}, {"camera", camera},
  {"too-slow", too_slow}, {"two-sinks", two_sinks}, {"slow-sink", slow_sink},
  {"clock-identity", clock_identity}, {"rate", rate}, {"funnel", funnel},
  {"selector", selector}, {"concat", concatenation}, {"mixer", mixer},
  {"mpegts", mpegts}, {"mp4", mp4}, {"slow-mixer", slow_mixer}, {"opus", opus}, {"vp8", vp8},
  {"demuxed", demuxed}, {"pulled", pulled}, {"decodebin3", decodebin3},
  {"uridecodebin3", uridecodebin3}, {"playbin3", playbin3}, {"split", split},
  {"busy-source", busy_source}, {NULL, NULL},
  /* *INDENT-ON* */
};
