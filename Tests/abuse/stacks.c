#define _GNU_SOURCE
#include "stacks.h"

#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FRAMES 64
#define PLUGIN "libgsttimepiece"

static void (*tell_of) (void);
static int output = STDERR_FILENO;
static volatile gboolean waits_in_plugin;
static volatile gint num_printed;

/* Whether the innermost frame that is not a lock or wait function of a library
 * is in the plugin, on a thread that is not the plugin's own. */
static gboolean
is_in_plugin (void **frames, int count)
{
  static const char *const below[] = { "libc.so", "libpthread", "libglib",
    "ld-"
  };
  gboolean is_inside = FALSE, is_foreign = FALSE, is_innermost = TRUE;
  Dl_info info;

  for (int i = 2; i < count; i++) {
    gboolean is_below = FALSE;

    if (!dladdr (frames[i], &info) || !info.dli_fname)
      continue;
    for (size_t j = 0; j < G_N_ELEMENTS (below); j++)
      is_below |= strstr (info.dli_fname, below[j]) != NULL;
    if (is_below)
      continue;
    if (is_innermost)
      is_inside = strstr (info.dli_fname, PLUGIN) != NULL;
    is_innermost = FALSE;
    is_foreign |= strstr (info.dli_fname, PLUGIN) == NULL;
  }
  return is_inside && is_foreign;
}

/* Each thread prints its own. */
static void
print_own (int signal_number)
{
  void *frames[MAX_FRAMES];
  char line[64];
  int count = backtrace (frames, MAX_FRAMES);

  (void) signal_number;
  if (is_in_plugin (frames, count))
    waits_in_plugin = TRUE;
  snprintf (line, sizeof line, "thread %ld:\n", (long) syscall (SYS_gettid));
  if (write (output, line, strlen (line)) > 0)
    backtrace_symbols_fd (frames, count, output);
  g_atomic_int_inc (&num_printed);
}

static void
print_by_signals (void)
{
  DIR *tasks = opendir ("/proc/self/task");
  struct dirent *entry;

  num_printed = 0;
  while (tasks && (entry = readdir (tasks))) {
    long thread = strtol (entry->d_name, NULL, 10);

    /* one after the other, so that their output does not mix; the plugin's own
     * threads block signals, and are left to the debugger */
    if (thread > 0 && !syscall (SYS_tgkill, getpid (), thread, SIGUSR2)) {
      gint expected = g_atomic_int_get (&num_printed) + 1;

      for (gint i = 0; i < 500; i++) {
        if (g_atomic_int_get (&num_printed) >= expected)
          break;
        usleep (10000);
      }
    }
  }
  if (tasks)
    closedir (tasks);
}

/* With the names of functions that are not exported, if there is a debugger. */
static void
print_by_debugger (void)
{
  char process[24];
  pid_t child;

  snprintf (process, sizeof process, "%d", getpid ());
  child = fork ();
  if (child == 0) {
    dup2 (output, STDOUT_FILENO);
    close (STDERR_FILENO);
    unsetenv ("LD_PRELOAD");
    execlp ("gdb", "gdb", "-batch", "-nx", "-p", process, "-ex",
        "thread apply all backtrace 40", NULL);
    _exit (127);
  }
  if (child > 0)
    waitpid (child, NULL, 0);
}

gboolean
stacks_show (int descriptor)
{
  output = descriptor;
  print_by_signals ();
  print_by_debugger ();
  return waits_in_plugin;
}

static void
crashed (int signal_number)
{
  signal (signal_number, SIG_DFL);
  tell_of ();
  stacks_show (STDERR_FILENO);
  _exit (128 + signal_number);
}

void
stacks_init (void (*tell) (void))
{
  static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP,
    SIGFPE
  };
  void *frame;

  tell_of = tell;
  /* The first call loads a library, which a signal handler must not do. */
  backtrace (&frame, 1);
  signal (SIGUSR2, print_own);
  for (size_t i = 0; i < G_N_ELEMENTS (deadly); i++)
    signal (deadly[i], crashed);
}
