/* Preloaded into a process, makes the n-th call of one function fail that the
 * plugin calls, itself or through its libraries:
 *
 *   FAULT_CALL=write FAULT_NUMBER=3 FAULT_ERROR=28 FAULT_TOLD=file LD_PRELOAD=...
 *
 * The file FAULT_TOLD is created when the call is reached. FAULT_FROM=on makes
 * all later calls fail, too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *wanted;
static long number;
static int failure;
static int goes_on;
static long count;

static void read_environment (void) __attribute__((constructor));

static void
read_environment (void)
{
  const char *text;

  wanted = getenv ("FAULT_CALL");
  number = (text = getenv ("FAULT_NUMBER")) ? atol (text) : 1;
  failure = (text = getenv ("FAULT_ERROR")) ? atoi (text) : EIO;
  goes_on = getenv ("FAULT_FROM") != NULL;
}

/* Whether the caller is the plugin, or a library that works for it; GStreamer
 * calls none of these libraries. */
static int
is_ours (void *caller)
{
  static const char *const ours[] = { "libgsttimepiece", "libsqlite3",
    "libcurl", "libcares", "libnghttp2"
  };
  Dl_info info;

  if (!dladdr (caller, &info) || !info.dli_fname)
    return 0;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    if (strstr (info.dli_fname, ours[i]))
      return 1;
  return 0;
}

static int
is_due (const char *call, void *caller)
{
  const char *told;
  long reached;

  if (!wanted || strcmp (wanted, call) != 0 || !is_ours (caller))
    return 0;
  reached = __atomic_add_fetch (&count, 1, __ATOMIC_SEQ_CST);
  if (reached < number || (reached > number && !goes_on))
    return 0;
  told = getenv ("FAULT_TOLD");
  if (told)
    syscall (SYS_close, syscall (SYS_openat, AT_FDCWD, told,
            O_CREAT | O_WRONLY, 0600));
  errno = failure;
  return 1;
}

#define CALLER __builtin_return_address (0)
#define REAL(name) \
  static __typeof__ (&name) real; \
  if (!real) \
    real = (__typeof__ (real)) dlsym (RTLD_NEXT, #name)

/* A call that reports failure by -1 and errno. */
#define FAILING(type, name, parameters, arguments) \
  type \
  name parameters \
  { \
    REAL (name); \
    if (is_due (#name, CALLER)) \
      return -1; \
    return real arguments; \
  }

/* *INDENT-OFF* */
FAILING (ssize_t, read, (int fd, void *buffer, size_t size), (fd, buffer, size))
FAILING (ssize_t, write, (int fd, const void *buffer, size_t size), (fd, buffer,
        size))
FAILING (ssize_t, pread64, (int fd, void *buffer, size_t size, off64_t at), (fd,
        buffer, size, at))
FAILING (ssize_t, pwrite64, (int fd, const void *buffer, size_t size,
        off64_t at), (fd, buffer, size, at))
FAILING (int, fsync, (int fd), (fd))
FAILING (int, fdatasync, (int fd), (fd))
FAILING (int, ftruncate64, (int fd, off64_t size), (fd, size))
FAILING (int, unlink, (const char *path), (path))
FAILING (int, mkdir, (const char *path, mode_t mode), (path, mode))
FAILING (int, pipe, (int ends[2]), (ends))
FAILING (int, socket, (int domain, int type, int protocol), (domain, type,
        protocol))
FAILING (int, connect, (int fd, const struct sockaddr * to, socklen_t size), (fd,
        to, size))
FAILING (ssize_t, send, (int fd, const void *buffer, size_t size, int flags), (fd,
        buffer, size, flags))
FAILING (ssize_t, recv, (int fd, void *buffer, size_t size, int flags), (fd,
        buffer, size, flags))
FAILING (int, poll, (struct pollfd * fds, nfds_t size, int timeout), (fds, size,
        timeout))
/* *INDENT-ON* */

int
pthread_create (pthread_t * thread, const pthread_attr_t * attributes,
    void *(*run) (void *), void *argument)
{
  REAL (pthread_create);
  if (is_due ("pthread_create", CALLER))
    return EAGAIN;
  return real (thread, attributes, run, argument);
}

#define MAPPING(name, offset) \
  void * \
  name (void *at, size_t size, int access, int flags, int fd, offset from) \
  { \
    REAL (name); \
    if (is_due ("mmap", CALLER)) \
      return MAP_FAILED; \
    return real (at, size, access, flags, fd, from); \
  }

/* *INDENT-OFF* */
MAPPING (mmap, off_t)
MAPPING (mmap64, off64_t)
/* *INDENT-ON* */

/* The flags determine whether there is a last argument. */
#define OPENING(name) \
  int \
  name (const char *path, int flags, ...) \
  { \
    va_list rest; \
    mode_t mode = 0; \
    REAL (name); \
    if (is_due ("open", CALLER)) \
      return -1; \
    va_start (rest, flags); \
    if (flags & (O_CREAT | O_TMPFILE)) \
      mode = va_arg (rest, mode_t); \
    va_end (rest); \
    return real (path, flags, mode); \
  }

/* *INDENT-OFF* */
OPENING (open)
OPENING (open64)
/* *INDENT-ON* */

/* The plugin's own C allocates memory only through GLib and GStreamer (run.py
 * checks the objects), and GLib aborts the process if there is none. These two
 * functions of GStreamer, on the path of a buffer, return NULL instead, and are
 * called only from C. */
#define LACKING(name, parameters, arguments) \
  void * \
  name parameters \
  { \
    static void *(*real) parameters; \
    if (!real) \
      real = (__typeof__ (real)) dlsym (RTLD_NEXT, #name); \
    if (is_due (#name, CALLER)) \
      return NULL; \
    return real arguments; \
  }

void *gst_mini_object_copy (const void *object);
void *gst_buffer_add_meta (void *buffer, const void *info, void *parameters);

/* *INDENT-OFF* */
LACKING (gst_mini_object_copy, (const void *object), (object))
LACKING (gst_buffer_add_meta, (void *buffer, const void *info,
        void *parameters), (buffer, info, parameters))
/* *INDENT-ON* */

/* The allocations in the C code of SQLite and curl. Swift aborts the process
 * without memory, as GLib does, so calls of its runtime do not fail here. */
static int
lacks_memory (void *caller)
{
  static __thread int inside;
  Dl_info info;
  int due;

  if (!wanted || strcmp (wanted, "malloc") != 0 || inside)
    return 0;
  inside = 1;
  due = dladdr (caller, &info) && info.dli_fname
      && !strstr (info.dli_fname, "libgsttimepiece")
      && is_due ("malloc", caller);
  inside = 0;
  if (due)
    errno = ENOMEM;
  return due;
}

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t number, size_t size);
extern void *__libc_realloc (void *memory, size_t size);

void *
malloc (size_t size)
{
  return lacks_memory (CALLER) ? NULL : __libc_malloc (size);
}

void *
calloc (size_t number, size_t size)
{
  return lacks_memory (CALLER) ? NULL : __libc_calloc (number, size);
}

void *
realloc (void *memory, size_t size)
{
  return lacks_memory (CALLER) ? NULL : __libc_realloc (memory, size);
}
