#define _GNU_SOURCE
#include "watchdog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stacks.h"

/* An endless loop ends after this many times the limit. */
#define CIRCLES 20

static gint limit;
static void (*tell_of) (void);
static gint progress;

/* How often the main thread went to sleep, or had to wait for a processor. */
static guint64
switches (void)
{
  FILE *status = fopen ("/proc/self/status", "r");
  unsigned long long sum = 0, part;
  char line[128];

  while (status && fgets (line, sizeof line, status))
    if (sscanf (line, "voluntary_ctxt_switches: %llu", &part) == 1
        || sscanf (line, "nonvoluntary_ctxt_switches: %llu", &part) == 1)
      sum += part;
  if (status)
    fclose (status);
  return sum;
}

/* The file is abuse-hang-PID.txt, beside the program. */
static int
open_log (gchar ** path)
{
  gchar *program = g_file_read_link ("/proc/self/exe", NULL);
  gchar *folder = g_path_get_dirname (program ? program : "/tmp/abuse");

  *path = g_strdup_printf ("%s/abuse-hang-%d.txt", folder, getpid ());
  g_free (program);
  g_free (folder);
  return open (*path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
}

static void
end (gint seconds, gboolean sleeps)
{
  gchar *path;
  int log = open_log (&path);
  gboolean ours = stacks_show (log >= 0 ? log : STDERR_FILENO);

  fprintf (stderr, "abuse: nothing goes on for %d s%s; all stacks are in %s\n",
      seconds, ours || !sleeps ? "" : ", and none waits in the plugin", path);
  tell_of ();
  _exit (ours || !sleeps ? 3 : WATCHDOG_OTHERS);
}

/* A machine that is slow, or is suspended for a while, is not a hang: only
 * seconds count in which this thread ran, too, and in which the main thread
 * slept in one and the same wait. */
static gpointer
watch (gpointer data)
{
  gint seen = -1, asleep = 0, busy = 0;
  guint64 switched = 0;

  (void) data;
  for (;;) {
    gint now = g_atomic_int_get (&progress);
    guint64 moved = switches ();

    busy = now == seen ? busy + 1 : 0;
    asleep = now == seen && moved == switched ? asleep + 1 : 0;
    if (asleep >= limit || busy >= CIRCLES * limit)
      end (MAX (asleep, busy), asleep >= limit);
    seen = now;
    switched = moved;
    sleep (1);
  }
  return NULL;
}

void
watchdog_start (gint seconds, void (*tell) (void))
{
  limit = seconds;
  tell_of = tell;
  g_thread_unref (g_thread_new ("watchdog", watch, NULL));
}

void
watchdog_pat (void)
{
  g_atomic_int_inc (&progress);
}
