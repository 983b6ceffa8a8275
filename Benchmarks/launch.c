/* Runs a program and prints the milliseconds that it took and its peak memory
 * in megabytes. This program is small, because a process starts with the peak
 * of its parent. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return (double) ts.tv_sec * 1e3 + (double) ts.tv_nsec / 1e6;
}

int
main (int argc, char **argv)
{
  struct rusage usage;
  double start = now (), end;
  int status;
  pid_t pid;

  if (argc < 2)
    return 2;
  pid = fork ();
  if (pid == 0) {
    dup2 (open ("/dev/null", O_WRONLY), STDOUT_FILENO);
    execvp (argv[1], argv + 1);
    _exit (127);
  }
  if (pid < 0 || wait4 (pid, &status, 0, &usage) != pid)
    return 1;
  end = now ();
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    return 1;
  printf ("%.3f %.3f\n", end - start, (double) usage.ru_maxrss * 1024 / 1e6);
  return 0;
}
