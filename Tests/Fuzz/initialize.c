/* How libFuzzer starts the readers in C. */
#include <gst/gst.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);

/* GStreamer's own reader of texts has things to say, each time; heard is only
 * what ends the run. */
static void
hear (const gchar * domain, GLogLevelFlags level, const gchar * message,
    gpointer user_data)
{
  if (level & G_LOG_FLAG_FATAL)
    g_log_default_handler (domain, level, message, user_data);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  (void) argc;
  (void) argv;
  gst_init (NULL, NULL);
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  g_log_set_handler ("GStreamer",
      G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, hear, NULL);
  /* Whatever GLib finds critical is a fault of ours. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  return 0;
}
