/* Measures the cost of many pipelines in one process, each with its own element
 * and reports, in comparison with GStreamer's identity:
 *
 *   pipelines [NUMBER [SECONDS]]        1,000 and 10
 *
 * Each passes ten buffers a second and reports once. The messages are dropped
 * in the posting thread; in the last row a handler takes 50 ms for each, so
 * that every pipeline is slow, and so is the last report of each at its end.
 * Each row has its own process, so that none includes the memory of another. */
#include <dirent.h>
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOURCE "audiotestsrc is-live=true wave=silence samplesperbuffer=800 " \
    "! audio/x-raw,format=S16LE,rate=8000,channels=1"

static gint num_reports;

static GstBusSyncReply
drop (GstBus * bus, GstMessage * message, gpointer handling)
{
  (void) bus;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    g_atomic_int_inc (&num_reports);
    if (handling)
      g_usleep (GPOINTER_TO_SIZE (handling));
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* The number of threads with a name; NULL: of all threads. */
static guint
threads (const gchar * name)
{
  DIR *tasks = opendir ("/proc/self/task");
  struct dirent *entry;
  guint count = 0;

  while (tasks && (entry = readdir (tasks))) {
    gchar *path = g_strdup_printf ("/proc/self/task/%s/comm", entry->d_name);
    gchar *text = NULL;

    if (entry->d_name[0] != '.' && g_file_get_contents (path, &text, NULL, NULL)
        && (!name || g_str_equal (g_strchomp (text), name)))
      count++;
    g_free (text);
    g_free (path);
  }
  if (tasks)
    closedir (tasks);
  return count;
}

static glong
resident (void)
{
  FILE *statm = fopen ("/proc/self/statm", "r");
  long pages = 0;

  if (statm && fscanf (statm, "%*s %ld", &pages) != 1)
    pages = 0;
  if (statm)
    fclose (statm);
  return pages * (sysconf (_SC_PAGESIZE) / 1024);
}

static gdouble
processor_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
measure (const gchar * element, guint number, guint seconds, gulong handling)
{
  gchar *description = g_strdup_printf (SOURCE " ! %s ! fakesink async=false",
      element);
  GstElement **pipelines = g_new0 (GstElement *, number);
  gdouble used, elapsed;
  gint reports;
  guint i, most = 0;
  glong before, memory;
  gint64 begin;

  gst_init (NULL, NULL);
  before = resident ();
  for (i = 0; i < number; i++) {
    GstBus *bus;

    pipelines[i] = gst_parse_launch (description, NULL);
    bus = gst_element_get_bus (pipelines[i]);
    gst_bus_set_sync_handler (bus, drop, GSIZE_TO_POINTER (handling), NULL);
    gst_object_unref (bus);
    gst_element_set_state (pipelines[i], GST_STATE_PLAYING);
  }
  g_usleep (2 * G_USEC_PER_SEC);
  begin = g_get_monotonic_time ();
  used = processor_time ();
  reports = g_atomic_int_get (&num_reports);
  g_usleep (seconds * G_USEC_PER_SEC);
  used = processor_time () - used;
  reports = g_atomic_int_get (&num_reports) - reports;
  elapsed = (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  /* Not during the measurement: reading a thousand threads takes time. */
  for (i = 0; i < 10; i++) {
    g_usleep (G_USEC_PER_SEC / 10);
    most = MAX (most, threads ("timepiece"));
  }
  memory = resident () - before;
  i = threads (NULL);
  begin = g_get_monotonic_time ();
  for (guint j = 0; j < number; j++)
    gst_element_set_state (pipelines[j], GST_STATE_NULL);
  printf ("%-16s %8lu %8u %8u %8.1f %10.1f %10.1f %8.2f\n", element,
      handling / 1000, i, most, (gdouble) memory / number, 1e3 * used / elapsed,
      reports / elapsed,
      (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
  fflush (stdout);
  _exit (0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *element;
    gulong handling;            /* microseconds per message */
  } rows[] = {
    {"identity", 0},
    {"timepiecetick", 0},
    {"timepiecewatch", 0},
    {"timepiecewatch", 50000},
  };
  guint number = argc > 1 ? (guint) atoi (argv[1]) : 1000;
  guint seconds = argc > 2 ? (guint) atoi (argv[2]) : 10;
  int status, failed = 0;

  printf ("%u pipelines\n%-16s %8s %8s %8s %8s %10s %10s %8s\n", number, "",
      "handler", "threads", "of ours", "kB each", "CPU ms/s", "reports/s",
      "NULL, s");
  fflush (stdout);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    pid_t child = fork ();

    if (child == 0)
      measure (rows[i].element, MAX (1, number), MAX (1, seconds),
          rows[i].handling);
    failed |= child < 0 || waitpid (child, &status, 0) < 0
        || !WIFEXITED (status) || WEXITSTATUS (status) != 0;
  }
  return failed;
}
