/* Mistreats pipelines with the elements of the plugin in them, at random from a
 * printed seed:
 *
 *   abuse [--sequences=N] [--seed=S] [--jobs=J] [--limit=SECONDS]
 *         [--element=NAME] [--push]
 *
 * It links nothing but GStreamer and finds the plugin in GST_PLUGIN_PATH. A
 * sequence that takes longer than the limit hangs: then all stacks are printed.
 * What failed is repeated by --seed with the number that it prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sequence.h"
#include "stacks.h"

/* The most that the resident memory may have grown since the first tenth. */
#define MAX_GROWTH (24 * 1024)

static gint sequences = 10000;
static gint64 seed = 0;
static gint jobs = 0;
static gint limit = 60;

static guint64 current_seed;
/* Increases with each sequence; read by the watchdog. */
static gint progress;

static void
tell (void)
{
  fprintf (stderr, "abuse: failed at '%s'; again: --seed=%" G_GUINT64_FORMAT
      " --sequences=1\n", current_operation, current_seed);
}

static gpointer
watch (gpointer data)
{
  gint seen = -1;

  (void) data;
  for (;;) {
    gint now;

    sleep (limit);
    now = g_atomic_int_get (&progress);
    if (now == seen) {
      fprintf (stderr, "abuse: nothing goes on for %d s\n", limit);
      tell ();
      stacks_exit (3);
    }
    seen = now;
  }
  return NULL;
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

static void
ignore (const gchar * domain, GLogLevelFlags level, const gchar * text,
    gpointer data)
{
  (void) domain, (void) level, (void) text, (void) data;
}

/* One of the jobs: every jobs-th sequence. */
static int
run (gint job, Totals * shared)
{
  glong before = 0, growth;
  gint done = 0;

  gst_init (NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  /* of data before a segment, for one: that is what was done to it */
  g_log_set_handler ("GStreamer", G_LOG_LEVEL_WARNING, ignore, NULL);
  stacks_init (tell);
  sequence_init ();
  g_thread_unref (g_thread_new ("watchdog", watch, NULL));
  for (gint i = job; i < sequences; i += jobs) {
    if (done++ == sequences / jobs / 10)
      before = resident ();
    current_seed = (guint64) seed + (guint64) i;
    sequence_run (current_seed);
    g_atomic_int_inc (&progress);
  }
  current_operation = "the end";
  sequence_deinit ();
  /* A thread of a pool may still have to finish what it was given. */
  for (gint i = 0; i < 1000 && (g_atomic_int_get (&totals.pipelines) > 0
          || g_atomic_int_get (&totals.elements) > 0); i++)
    g_usleep (10000);
  *shared = totals;
  growth = resident () - before;
  if (totals.elements != 0 || totals.pipelines != 0) {
    fprintf (stderr, "abuse: %d elements and %d pipelines were never freed\n",
        totals.elements, totals.pipelines);
    return 1;
  }
  if (sequences / jobs >= 1000 && growth > MAX_GROWTH) {
    fprintf (stderr, "abuse: the memory grew by %ld KiB; allowed are %d\n",
        growth, MAX_GROWTH);
    return 1;
  }
  gst_deinit ();
  return 0;
}

static void
parse (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    {"sequences", 'n', 0, G_OPTION_ARG_INT, &sequences, "how many", "N"},
    {"seed", 's', 0, G_OPTION_ARG_INT64, &seed, "of the first", "S"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, "processes side by side", "J"},
    {"element", 'e', 0, G_OPTION_ARG_STRING, &sequence_element,
        "tried instead of the plugin's, such as identity", "NAME"},
    {"push", 'p', 0, G_OPTION_ARG_NONE, &sequence_pushes,
        "no pipeline where pads pull", NULL},
    {"limit", 'l', 0, G_OPTION_ARG_INT, &limit, "for a sequence", "SECONDS"},
    G_OPTION_ENTRY_NULL
  };
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "abuse: %s\n", error->message);
    exit (2);
  }
  g_option_context_free (context);
  if (seed == 0 && getrandom (&seed, sizeof seed, 0) == sizeof seed)
    seed &= 0xFFFFFFFF;
  if (jobs <= 0)
    jobs = MAX (1, (gint) sysconf (_SC_NPROCESSORS_ONLN));
  jobs = CLAMP (jobs, 1, MAX (1, sequences));
  limit = MAX (1, limit);
}

int
main (int argc, char **argv)
{
  gint64 begin = g_get_monotonic_time ();
  Totals sum = { 0 };
  Totals *shared;
  int failed = 0;

  parse (argc, argv);
  printf ("abuse: %d sequences, --seed=%" G_GINT64_FORMAT "\n", sequences, seed);
  fflush (stdout);
  shared = mmap (NULL, (size_t) jobs * sizeof *shared, PROT_READ | PROT_WRITE,
      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    return 2;
  /* Before GStreamer has threads. */
  for (gint job = 0; job < jobs; job++) {
    pid_t child = fork ();

    if (child == 0)
      exit (run (job, &shared[job]));
    if (child < 0)
      failed++;
  }
  for (;;) {
    int status;

    if (wait (&status) < 0)
      break;
    if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
      failed++;
  }
  for (gint job = 0; job < jobs; job++) {
    sum.buffers += shared[job].buffers;
    sum.refused += shared[job].refused;
    sum.operations += shared[job].operations;
  }
  if (failed) {
    fprintf (stderr, "abuse: %d of %d jobs failed\n", failed, jobs);
    return 1;
  }
  printf ("abuse: %d sequences, %" G_GUINT64_FORMAT " operations, %"
      G_GUINT64_FORMAT " buffers in = out, %" G_GUINT64_FORMAT
      " refused after an end, none lost, 0 failed, %.0f s\n", sequences,
      sum.operations, sum.buffers, sum.refused,
      (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
  return 0;
}
