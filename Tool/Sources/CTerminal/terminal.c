#define _GNU_SOURCE
#include "include/terminal.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* The other screen, so that the shell's is shown again afterwards; no cursor;
 * a line that is too wide, for characters of two columns, does not wrap. */
static const char enter_text[] = "\033[?1049h\033[?25l\033[?7l";
static const char leave_text[] = "\033[?7h\033[?25h\033[?1049l";

/* What kills without giving anybody the word. The polite ones (INT, TERM, HUP)
 * belong to the program. */
static const int fatal[] = {
  SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGQUIT, SIGSYS, SIGALRM
};

static struct termios before;
static volatile sig_atomic_t entered;

/* The terminal, as standard output was, and the keys. */
static int output = -1, keys = -1;
/* Standard error as it was, or -1 if that is no terminal. */
static int errors = -1;
/* Where both go while the screen is ours. */
static int others[2] = { -1, -1 };

static void
put (int to, const char *text, size_t size)
{
  /* A terminal that is gone needs nothing back. */
  ssize_t ignored = write (to, text, size);

  (void) ignored;
}

/* Only calls that are allowed in a signal handler. */
void
terminal_leave (void)
{
  char text[4096];
  ssize_t size;

  if (!entered)
    return;
  entered = 0;
  put (output, leave_text, sizeof (leave_text) - 1);
  tcsetattr (keys, TCSANOW, &before);
  dup2 (output, STDOUT_FILENO);
  if (errors >= 0)
    dup2 (errors, STDERR_FILENO);
  while ((size = read (others[0], text, sizeof (text))) > 0)
    put (errors >= 0 ? errors : output, text, (size_t) size);
}

static void
on_fatal (int number)
{
  terminal_leave ();
  /* SA_RESETHAND: this time it kills. */
  raise (number);
}

/* Opens what lasts from the first time on. */
static bool
open_once (void)
{
  struct sigaction action;
  size_t i;

  if (keys >= 0)
    return true;
  if (!isatty (STDOUT_FILENO))
    return false;
  /* Standard input may be a stream that the pipeline reads. */
  keys = isatty (STDIN_FILENO) ? fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
      : open ("/dev/tty", O_RDWR | O_CLOEXEC);
  if (keys < 0)
    return false;
  output = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (isatty (STDERR_FILENO))
    errors = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  /* Who prints must never wait for us: what does not fit is lost. */
  if (output < 0 || pipe2 (others, O_CLOEXEC | O_NONBLOCK) != 0) {
    close (keys);
    keys = -1;
    return false;
  }
  memset (&action, 0, sizeof (action));
  action.sa_handler = on_fatal;
  action.sa_flags = (int) (SA_RESETHAND | SA_NODEFER);
  for (i = 0; i < sizeof (fatal) / sizeof (fatal[0]); i++)
    sigaction (fatal[i], &action, NULL);
  atexit (terminal_leave);
  return true;
}

bool
terminal_enter (void)
{
  struct termios raw;

  if (!open_once () || tcgetattr (keys, &before) != 0)
    return false;
  raw = before;
  raw.c_lflag &= ~(tcflag_t) (ECHO | ICANON | ISIG | IEXTEN);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  if (tcsetattr (keys, TCSANOW, &raw) != 0)
    return false;
  entered = 1;
  put (output, enter_text, sizeof (enter_text) - 1);
  dup2 (others[1], STDOUT_FILENO);
  if (errors >= 0)
    dup2 (others[1], STDERR_FILENO);
  return true;
}

int
terminal_output (void)
{
  return output;
}

int
terminal_keys (void)
{
  return keys;
}

int
terminal_others (void)
{
  return others[0];
}

void
terminal_suspend (void)
{
  terminal_leave ();
  kill (getpid (), SIGSTOP);
  terminal_enter ();
}

bool
terminal_size (int *columns, int *rows)
{
  struct winsize size;

  if (ioctl (output >= 0 ? output : STDOUT_FILENO, TIOCGWINSZ, &size) != 0
      || size.ws_col == 0)
    return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

bool
terminal_is_utf8 (void)
{
  setlocale (LC_CTYPE, "");
  return strcmp (nl_langinfo (CODESET), "UTF-8") == 0;
}

int
terminal_columns (uint32_t character)
{
  int columns = wcwidth ((wchar_t) character);

  /* What the locale does not know is shown as one sign, mostly. */
  return columns >= 0 ? columns : 1;
}
