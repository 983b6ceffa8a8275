#define _GNU_SOURCE
#include "pushes.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PUSHES (1 << 19)
/* Fewer pushes are not enough for the slowest hundredth. */
#define MIN_PUSHES 1000
/* The most that an element may add to half of the pushes, in ns: a hundred
 * times its cost. A machine with other work delays only a few of them. */
#define MAX_MEDIAN 10000
/* The most that all elements together may add to the slowest hundredth, in ns:
 * waiting for a lock that is held for a report, for a file or for the network
 * takes longer. */
#define MAX_SLOWEST 5000000

typedef struct
{
  GstPad *pad;
  guint64 *lengths;
  guint count;
} Pushes;

static Pushes followed[PUSHES_NUM];

static guint64
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (guint64) time.tv_sec * GST_SECOND + (guint64) time.tv_nsec;
}

/* Replaces GStreamer's function, for all elements. */
GstFlowReturn
gst_pad_push (GstPad * pad, GstBuffer * buffer)
{
  static GstFlowReturn (*real) (GstPad *, GstBuffer *);
  GstFlowReturn flow;

  if (!real)
    real = (__typeof__ (real)) dlsym (RTLD_NEXT, "gst_pad_push");
  for (guint i = 0; i < PUSHES_NUM; i++) {
    Pushes *pushes = &followed[i];
    guint64 start;

    if (G_LIKELY (pushes->pad != pad))
      continue;
    start = now ();
    flow = real (pad, buffer);
    if (pushes->count < MAX_PUSHES)
      pushes->lengths[pushes->count++] = now () - start;
    return flow;
  }
  return real (pad, buffer);
}

void
pushes_follow (PushesKind kind, GstPad * pad)
{
  followed[kind].lengths = g_new (guint64, MAX_PUSHES);
  /* It is touched now, so that recording does not increase the memory. */
  memset (followed[kind].lengths, 1, MAX_PUSHES * sizeof (guint64));
  followed[kind].pad = pad;
}

static int
ascending (const void *one, const void *other)
{
  guint64 a = *(const guint64 *) one, b = *(const guint64 *) other;

  return a < b ? -1 : a > b;
}

static guint64
percentile (const Pushes * pushes, guint percent)
{
  return pushes->lengths[(guint64) (pushes->count - 1) * percent / 100];
}

gboolean
pushes_compare (guint num_elements)
{
  const Pushes *bare = &followed[PUSHES_BARE];
  const Pushes *measured = &followed[PUSHES_MEASURED];
  guint64 max_median, max_slowest;

  for (guint i = 0; i < PUSHES_NUM; i++) {
    if (followed[i].count < MIN_PUSHES) {
      fprintf (stderr, "soak: only %u pushes\n", followed[i].count);
      return FALSE;
    }
    qsort (followed[i].lengths, followed[i].count, sizeof (guint64), ascending);
  }
  printf ("soak: a push through %u elements takes %" G_GUINT64_FORMAT
      " ns (p50), %" G_GUINT64_FORMAT " ns (p99); without any beside it %"
      G_GUINT64_FORMAT " ns, %" G_GUINT64_FORMAT " ns; %u pushes\n",
      num_elements, percentile (measured, 50), percentile (measured, 99),
      percentile (bare, 50), percentile (bare, 99), measured->count);
  max_median = percentile (bare, 50) + num_elements * MAX_MEDIAN;
  max_slowest = percentile (bare, 99) + MAX_SLOWEST;
  return percentile (measured, 50) <= max_median
      && percentile (measured, 99) <= max_slowest;
}
