#define _GNU_SOURCE
#include "include/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Not the common blank screen: the shell's is shown again afterwards. */
static const char enter_text[] = "\033[?1049h\033[?25l";
static const char leave_text[] = "\033[?25h\033[?1049l";

/* What kills without giving anybody the word. The polite ones (INT, TERM, HUP)
 * belong to the program. */
static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGQUIT, SIGSYS,
  SIGALRM };

static struct termios before;
static volatile sig_atomic_t entered;

static void
put (const char *text, size_t size)
{
  /* A terminal that is gone needs nothing back. */
  ssize_t ignored = write (STDOUT_FILENO, text, size);

  (void) ignored;
}

/* Only calls that are allowed in a signal handler. */
void
terminal_leave (void)
{
  if (!entered)
    return;
  entered = 0;
  put (leave_text, sizeof (leave_text) - 1);
  tcsetattr (STDIN_FILENO, TCSANOW, &before);
}

static void
on_fatal (int number)
{
  terminal_leave ();
  /* SA_RESETHAND: this time it kills. */
  raise (number);
}

bool
terminal_enter (void)
{
  static bool guarded;
  struct termios raw;
  size_t i;

  if (!isatty (STDIN_FILENO) || !isatty (STDOUT_FILENO)
      || tcgetattr (STDIN_FILENO, &before) != 0)
    return false;
  if (!guarded) {
    struct sigaction action;

    memset (&action, 0, sizeof (action));
    action.sa_handler = on_fatal;
    action.sa_flags = (int) (SA_RESETHAND | SA_NODEFER);
    for (i = 0; i < sizeof (fatal) / sizeof (fatal[0]); i++)
      sigaction (fatal[i], &action, NULL);
    atexit (terminal_leave);
    guarded = true;
  }
  raw = before;
  raw.c_lflag &= ~(tcflag_t) (ECHO | ICANON | ISIG | IEXTEN);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  if (tcsetattr (STDIN_FILENO, TCSANOW, &raw) != 0)
    return false;
  entered = 1;
  put (enter_text, sizeof (enter_text) - 1);
  return true;
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

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
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
