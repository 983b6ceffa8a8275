#include "gsttimepiecestampwire.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Identifies the clock: CLOCK_MONOTONIC counts from the boot of the machine, or
 * as its time namespace says. Both processes have to read the same. */
typedef struct
{
  gchar boot[16];               /* a hash of boot_id */
  guint64 time_namespace;       /* 0 where the kernel has none */
} Clock;

typedef struct
{
  Clock clock;
  guint64 process;              /* 0 after it has been elsewhere */
  guint64 group;
  guint64 start;
  guint64 sequence;
  guint64 instant;
  guint64 presentation;
  guint64 path;
  guint64 elsewhere;
} Wire;

G_STATIC_ASSERT (sizeof (Wire) == GST_TIMEPIECE_STAMP_SIZE);

/* No start has issued a number above it. */
#define MOST (G_GUINT64_CONSTANT (1) << 48)

/* FNV-1a */
static guint64
hash (guint64 seed, const void *bytes, gsize size)
{
  guint64 sum = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ seed;
  gsize i;

  for (i = 0; i < size; i++)
    sum = (sum ^ ((const guint8 *) bytes)[i])
        * G_GUINT64_CONSTANT (0x100000001b3);
  return sum;
}

static const Clock *
own_clock (void)
{
  static Clock clock;
  static gsize ready = 0;

  if (g_once_init_enter (&ready)) {
    gchar *boot = NULL;
    gsize length = 0;
    struct stat status;
    guint64 parts[2];

    if (g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, &length,
            NULL)) {
      parts[0] = hash (0, boot, length);
      parts[1] = hash (1, boot, length);
    } else {
      /* No other code has this one. */
      parts[0] = ((guint64) g_random_int () << 32) | g_random_int ();
      parts[1] = ((guint64) g_random_int () << 32) | g_random_int ();
    }
    memcpy (clock.boot, parts, sizeof (parts));
    g_free (boot);
    if (stat ("/proc/self/ns/time", &status) == 0)
      clock.time_namespace = status.st_ino;
    g_once_init_leave (&ready, 1);
  }
  return &clock;
}

/* A forked process is a different one. */
static guint64
own_process (void)
{
  static guint64 seed = 0;
  static gsize ready = 0;
  pid_t pid = getpid ();

  if (g_once_init_enter (&ready)) {
    seed = ((guint64) g_random_int () << 32) | g_random_int ();
    g_once_init_leave (&ready, 1);
  }
  return hash (seed, &pid, sizeof (pid)) | 1;
}

guint64
gst_timepiece_stamp_path (const gchar * path)
{
  return hash (0, path, strlen (path));
}

void
gst_timepiece_stamp_write (const GstTimepieceStamp * stamp, guint8 * bytes)
{
  Wire wire = {.clock = *own_clock (),
    .sequence = stamp->stamp.sequence,
    .instant = stamp->stamp.instant,
    .presentation = stamp->stamp.presentation,
    .path = stamp->path,
    .elsewhere = stamp->elsewhere
  };

  if (stamp->elsewhere == 0) {
    wire.process = own_process ();
    wire.group = stamp->stamp.group;
    wire.start = stamp->stamp.start;
    wire.elsewhere = hash (wire.process, &wire.start, sizeof (wire.start))
        | TIMEPIECE_ELSEWHERE;
  }
  memcpy (bytes, &wire, sizeof (wire));
}

gboolean
gst_timepiece_stamp_read (GstTimepieceStamp * stamp, const guint8 * bytes,
    gsize size, guint8 version)
{
  Wire wire;

  if (version != GST_TIMEPIECE_STAMP_VERSION || size != sizeof (wire))
    return FALSE;
  memcpy (&wire, bytes, sizeof (wire));
  if (memcmp (&wire.clock, own_clock (), sizeof (Clock)) != 0
      || !(wire.elsewhere & TIMEPIECE_ELSEWHERE)
      || wire.sequence == 0 || wire.sequence > MOST)
    return FALSE;
  /* In another process it is identified by `elsewhere` only; in this one it may
   * reach the stops of its own scope again. */
  if (wire.process == own_process ()) {
    stamp->stamp.group = wire.group;
    stamp->stamp.start = wire.start;
  } else {
    stamp->stamp.group = 0;
    stamp->stamp.start = 0;
  }
  stamp->stamp.sequence = wire.sequence;
  stamp->stamp.instant = wire.instant;
  stamp->stamp.presentation = wire.presentation;
  stamp->path = wire.path;
  stamp->elsewhere = wire.elsewhere;
  return TRUE;
}
