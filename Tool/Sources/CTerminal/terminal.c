#define _GNU_SOURCE
#include "include/terminal.h"

#include <errno.h>
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

/* The alternate screen, so that the shell's is shown again afterwards; no
 * cursor; a line that is too wide, for characters of two columns, does not
 * wrap. */
static const char enter_text[] = "\033[?1049h\033[?25l\033[?7l";
static const char leave_text[] = "\033[?7h\033[?25h\033[?1049l";

/* The program's own signals that the screen does not handle: INT, TERM and HUP
 * end the run politely, and signals that only inform, such as CHLD and WINCH,
 * do not matter to it. All others that can be handled end or stop the
 * process. */
static bool
is_fatal (int number)
{
  switch (number) {
    case SIGINT:
    case SIGTERM:
    case SIGHUP:
    case SIGKILL:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGCONT:
    case SIGCHLD:
    case SIGWINCH:
    case SIGURG:
      return false;
    default:
      return true;
  }
}

static struct termios before;
static volatile sig_atomic_t entered;

/* The terminal, as standard output was, and the keys. */
static int output = -1, keys = -1;
/* Standard error as it was, or -1 if that is not a terminal. */
static int errors = -1;
/* Where both go while the screen is ours. */
static int others[2] = { -1, -1 };

static void
put (int to, const char *text, size_t size)
{
  /* A closed terminal needs no restore. */
  ssize_t ignored = write (to, text, size);

  (void) ignored;
}

/* The output of others, without control characters: escape
 * sequences, and the controls of C0 and of C1, which begin with 0xc2 in UTF-8. */
static size_t
make_visible (char *text, size_t size)
{
  size_t from, to = 0;
  bool in_escape = false;

  for (from = 0; from < size; from++) {
    unsigned char byte = (unsigned char) text[from];

    if (in_escape) {
      in_escape = byte == '[' || byte < 0x40 || byte > 0x7e;
      if (byte != '\n')
        continue;
      in_escape = false;
    }
    if (byte == 0x1b)
      in_escape = true;
    else if (byte == 0xc2 && from + 1 < size
        && ((unsigned char) text[from + 1] & 0xe0) == 0x80)
      from++;
    else if ((byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\t'
        || byte == '\r')
      text[to++] = text[from];
  }
  return to;
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
    put (errors >= 0 ? errors : output, text,
        make_visible (text, (size_t) size));
}

static void
on_fatal (int number, siginfo_t * info, void *context)
{
  struct sigaction action;

  (void) context;
  /* A pipe or socket of the pipeline whose reader has closed: write () reports
   * it. */
  if (number == SIGPIPE && info->si_pid == getpid ())
    return;
  terminal_leave ();
  memset (&action, 0, sizeof (action));
  action.sa_handler = SIG_DFL;
  sigaction (number, &action, NULL);
  raise (number);
}

/* Stopped from outside: the shell gets its terminal, and when the process goes
 * on, the screen is ours again. All calls are allowed in a signal handler. */
static void
on_stop (int number)
{
  int saved = errno;

  (void) number;
  if (entered)
    terminal_suspend ();
  else
    raise (SIGSTOP);
  errno = saved;
}

/* Opens the descriptors that are kept from the first time on. */
static bool
open_once (void)
{
  struct sigaction action;
  int number;

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
  /* The printing thread must never wait for this: output that does not fit is
   * lost. */
  if (output < 0 || pipe2 (others, O_CLOEXEC | O_NONBLOCK) != 0) {
    close (keys);
    keys = -1;
    return false;
  }
  memset (&action, 0, sizeof (action));
  action.sa_sigaction = on_fatal;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  /* The C library refuses its own signals, as it should. */
  for (number = 1; number <= SIGRTMAX; number++)
    if (is_fatal (number))
      sigaction (number, &action, NULL);
  memset (&action, 0, sizeof (action));
  action.sa_handler = on_stop;
  action.sa_flags = SA_RESTART;
  sigaction (SIGTSTP, &action, NULL);
  sigaction (SIGTTIN, &action, NULL);
  sigaction (SIGTTOU, &action, NULL);
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

  /* A character that the locale does not know is usually shown as one
   * column. */
  return columns >= 0 ? columns : 1;
}
