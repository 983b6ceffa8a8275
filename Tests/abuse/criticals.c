#define _GNU_SOURCE
#include "criticals.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sequence.h"

#define MAX_FRAMES 24

/* The criticals that GStreamer 1.22 causes itself: the caller of the function
 * that rejects its arguments is a part of GStreamer, with its own values. */
static const struct
{
  const gchar *text;
  const gchar *caller;
} own_faults[] = {
  /* Played backwards, it counts its frames down below 0, which is not a time;
   * if the caps change then, it uses that count for the next time (setcaps and
   * fill in gstvideotestsrc.c). */
  {"gst_object_sync_values: assertion 'GST_CLOCK_TIME_IS_VALID (timestamp)' "
        "failed", "libgstvideotestsrc"},
  /* A sink that receives data backwards between a flush and the next segment
   * computes running times nevertheless (gst_base_sink_get_sync_times in
   * gstbasesink.c). */
  {"gst_segment_to_running_time_full: assertion 'stop != -1' failed",
      "libgstbase"},
};

static gboolean is_tolerant;

/* The caller: the first that is neither in GLib nor in GStreamer's core. */
static gboolean
is_called_by (const gchar * library)
{
  void *frames[MAX_FRAMES];
  int number = backtrace (frames, MAX_FRAMES);
  Dl_info self = { 0 }, info;

  dladdr ((void *) criticals_init, &self);
  for (int i = 0; i < number; i++)
    if (dladdr (frames[i], &info) && info.dli_fname
        && info.dli_fbase != self.dli_fbase
        && !strstr (info.dli_fname, "libglib")
        && !strstr (info.dli_fname, "libgobject")
        && !strstr (info.dli_fname, "libgstreamer"))
      return strstr (info.dli_fname, library) != NULL;
  return FALSE;
}

static gboolean
is_own_fault (const gchar * text)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_faults); i++)
    if (strcmp (text, own_faults[i].text) == 0
        && is_called_by (own_faults[i].caller))
      return TRUE;
  return FALSE;
}

static void
hear (const gchar * domain, GLogLevelFlags level, const gchar * text,
    gpointer data)
{
  (void) data;
  /* for example about data before a segment, which the abuse causes */
  if (!(level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)))
    return;
  if (level & G_LOG_LEVEL_CRITICAL && (is_tolerant || is_own_fault (text))) {
    __atomic_add_fetch (&totals.criticals, 1, __ATOMIC_RELAXED);
    if (is_tolerant)
      fprintf (stderr, "abuse: %s: %s\n", domain ? domain : "", text);
    return;
  }
  fprintf (stderr, "abuse: %s: %s\n", domain ? domain : "", text);
  abort ();
}

void
criticals_init (gboolean tolerant)
{
  is_tolerant = tolerant;
  g_log_set_default_handler (hear, NULL);
}
