/* The contract between the elements, in C, and the timing, in Swift.
 *
 * Prefix: every name starts with timepiece_ or Timepiece. The functions are
 * implemented in Swift (TimepieceBridge) and are not exported from the plugin.
 *
 * Rules for all functions, unless one says otherwise:
 * - pointers are never NULL; strings are UTF-8, read during the call only;
 * - instants and lengths are nanoseconds, instants of CLOCK_MONOTONIC;
 * - callable from any thread; nothing here calls GStreamer;
 * - a callback runs with no lock of the timing's held.
 */
#ifndef TIMEPIECE_H
#define TIMEPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

#ifdef __cplusplus
extern "C" {
#endif

/* No position, no limit, no instant. */
#define TIMEPIECE_NONE UINT64_MAX

/* Lengths in nanoseconds of one set of intervals; all 0 if count is 0. */
typedef struct {
  uint64_t count;
  uint64_t min;
  uint64_t max;
  uint64_t mean;
  uint64_t sum;
  uint64_t stddev;
  uint64_t p50;
  uint64_t p90;
  uint64_t p99;
  double rate;                          /* count / sum, per second */
} TimepieceStatistics;

/* A window of buffers. */
typedef struct {
  uint64_t duration;
  uint64_t num_buffers;
  uint64_t num_bytes;
  uint64_t num_disconts;
  uint64_t num_backwards;               /* instants before the one before */
  uint64_t total_buffers;
  uint64_t total_bytes;
  uint64_t since_last_buffer;
  uint64_t last_position;               /* of the last buffer, or NONE */
  double bitrate;
  TimepieceStatistics intervals;
  const uint64_t *_Nullable recent;     /* the last intervals, oldest first */
  size_t num_recent;
} TimepieceTickWindow;

/* Told of a window; what it points to is valid during the call. */
typedef void (*TimepieceTickFunc) (const TimepieceTickWindow *window,
    void *_Nullable user_data);

/* Measures the buffers that pass one point. */
typedef struct _TimepieceTick TimepieceTick;

/* Makes a meter, or returns NULL if max_intervals is 0.
 * The caller owns the reference.
 * interval: time between reports, 0 for none but the last.
 * report: called on the one thread that all meters share, or inside the
 *   functions below that say so. */
TimepieceTick *_Nullable timepiece_tick_new (uint64_t interval,
    uint32_t max_intervals, TimepieceTickFunc report,
    void *_Nullable user_data);

TimepieceTick *timepiece_tick_ref (TimepieceTick * tick);
void timepiece_tick_unref (TimepieceTick * tick);

/* Counts a buffer, or a list of them as one tick. One thread at a time (the
 * stream lock sees to it). Never waits, allocates, locks or traps.
 * position: the buffer's time stamp, or NONE. */
void timepiece_tick_buffers (TimepieceTick * tick, uint64_t now,
    uint64_t num_buffers, uint64_t num_bytes, bool discont, uint64_t position);

/* The next buffer makes no interval: the row was interrupted. */
void timepiece_tick_interrupt (TimepieceTick * tick);

/* The position of the last buffer, or NONE. */
uint64_t timepiece_tick_last_position (TimepieceTick * tick);

/* The position of the last buffer means nothing any more. */
void timepiece_tick_forget_position (TimepieceTick * tick);

/* Time counts, and reports come, between play and pause.
 * FALSE: no thread could be started, so no report will come by the clock. */
bool timepiece_tick_play (TimepieceTick * tick, uint64_t now);
void timepiece_tick_pause (TimepieceTick * tick, uint64_t now);

/* Another time between reports, from now on. FALSE as above. */
bool timepiece_tick_set_interval (TimepieceTick * tick, uint64_t interval,
    uint64_t now);

/* The stream ended: reports the last window in this call, after any report
 * that is under way, and none until timepiece_tick_begin (). */
void timepiece_tick_end (TimepieceTick * tick, uint64_t now);

/* The stream goes on, or anew. Does nothing if it never ended. FALSE as
 * above. */
bool timepiece_tick_begin (TimepieceTick * tick, uint64_t now);

/* Reports what is left in this call if there is any, waits for a report that
 * is under way (unless called by it), and never reports again. */
void timepiece_tick_stop (TimepieceTick * tick, uint64_t now);

/* Shows the open window to a function, in this call; it stays open. */
void timepiece_tick_read (TimepieceTick * tick, uint64_t now,
    TimepieceTickFunc show, void *_Nullable user_data);

#ifdef __cplusplus
}
#endif

#pragma clang assume_nonnull end

#endif
