#define _GNU_SOURCE
#include "stacks.h"

#include <dirent.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FRAMES 48

static void (*tell_of) (void);

/* Without a debugger: each thread prints its own. */
static void
print_own (int signal_number)
{
  void *frames[MAX_FRAMES];
  char line[64];
  int count = backtrace (frames, MAX_FRAMES);

  (void) signal_number;
  snprintf (line, sizeof line, "thread %ld:\n", (long) syscall (SYS_gettid));
  if (write (STDERR_FILENO, line, strlen (line)) < 0)
    return;
  backtrace_symbols_fd (frames, count, STDERR_FILENO);
}

static void
print_by_signals (void)
{
  DIR *tasks = opendir ("/proc/self/task");
  struct dirent *entry;

  while (tasks && (entry = readdir (tasks))) {
    long thread = strtol (entry->d_name, NULL, 10);

    if (thread > 0 && !syscall (SYS_tgkill, getpid (), thread, SIGUSR2))
      usleep (50000);
  }
  if (tasks)
    closedir (tasks);
}

static int
print_by_debugger (void)
{
  char process[24];
  int status = -1;
  pid_t child;

  snprintf (process, sizeof process, "%d", getpid ());
  child = fork ();
  if (child == 0) {
    dup2 (STDERR_FILENO, STDOUT_FILENO);
    close (STDERR_FILENO);
    unsetenv ("LD_PRELOAD");
    execlp ("gdb", "gdb", "-batch", "-nx", "-p", process, "-ex",
        "thread apply all backtrace 40", NULL);
    _exit (127);
  }
  if (child > 0)
    waitpid (child, &status, 0);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

void
stacks_exit (int status)
{
  if (!print_by_debugger ())
    print_by_signals ();
  _exit (status);
}

static void
crashed (int signal_number)
{
  signal (signal_number, SIG_DFL);
  tell_of ();
  stacks_exit (128 + signal_number);
}

void
stacks_init (void (*tell) (void))
{
  static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP,
    SIGFPE
  };
  void *frame;

  tell_of = tell;
  /* The first call loads a library, which a handler must not. */
  backtrace (&frame, 1);
  signal (SIGUSR2, print_own);
  for (size_t i = 0; i < G_N_ELEMENTS (deadly); i++)
    signal (deadly[i], crashed);
}
