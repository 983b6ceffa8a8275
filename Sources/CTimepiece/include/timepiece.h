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

/* What a watch does at its point of the pipeline. */
typedef enum {
  TIMEPIECE_EDGE_AROUND,
  TIMEPIECE_EDGE_START,
  TIMEPIECE_EDGE_STOP
} TimepieceEdge;

/* How a stop recognizes what its starts saw. */
typedef enum {
  TIMEPIECE_CORRELATION_AUTO,
  TIMEPIECE_CORRELATION_META,
  TIMEPIECE_CORRELATION_PTS
} TimepieceCorrelation;

/* One watch of a tree. */
typedef struct {
  const char *label;
  const char *path;                     /* the names from the root, with dots */
  TimepieceStatistics intervals;        /* the laps */
  uint64_t self_time;
  double share;
  uint64_t num_unmatched;
  size_t num_children;
} TimepieceWatchNode;

/* A window of laps. */
typedef struct {
  uint64_t duration;
  uint64_t last_position;               /* of the last buffer, or NONE */
  uint64_t num_never_matched;           /* buffers passed a stop since it was
                                         * made of which none was recognized
                                         * although the starts saw as many;
                                         * 0 if that is not so, or too few */
  const TimepieceWatchNode *nodes;      /* the tree: a node, then the trees of
                                         * its children */
  size_t num_nodes;                     /* 1 or more */
} TimepieceWatchWindow;

/* Told of a window; what it points to is valid during the call. */
typedef void (*TimepieceWatchFunc) (const TimepieceWatchWindow *window,
    void *_Nullable user_data);

typedef struct {
  const void *scope;                    /* watches meet whose scope is one
                                         * address; it is not read */
  const char *path;                     /* names with dots between */
  const char *label;
  TimepieceEdge edge;
  TimepieceCorrelation correlation;
  uint64_t interval;                    /* 0: no reports but the last */
} TimepieceWatchSettings;

/* A push (or pull) that is under way; it lives on the stack of the streaming
 * thread, which keeps a pointer to its innermost one. The caller sets outer
 * before it enters and start after; the rest belongs to the timing. */
typedef struct _TimepieceFrame TimepieceFrame;
struct _TimepieceFrame {
  TimepieceFrame *_Nullable outer;
  uint64_t start;
  const void *_Nullable context;
  uint64_t identifier;
  uint64_t lifted;
  uint64_t breaks;
  bool counted_inside;
};

/* Measures laps at one point, or at two. */
typedef struct _TimepieceWatch TimepieceWatch;

/* Makes a watch and lets it meet the others of its scope, or writes the
 * sentence that says why not and returns NULL. The caller owns the reference.
 * report: called on the one thread that all share, or inside the functions
 *   below that say so. */
TimepieceWatch *_Nullable timepiece_watch_new (
    const TimepieceWatchSettings *settings, TimepieceWatchFunc report,
    void *_Nullable user_data, char *problem, size_t problem_size);

TimepieceWatch *timepiece_watch_ref (TimepieceWatch * watch);
void timepiece_watch_unref (TimepieceWatch * watch);

/* What a start writes on its stamps: the same for all of one watch, and a
 * start's own, which is 0 if the watch is none. */
uint64_t timepiece_watch_group (TimepieceWatch * watch);
uint64_t timepiece_watch_start (TimepieceWatch * watch);

/* For an around: a push begins, and ends. One thread at a time each, properly
 * nested by outer. Never wait or trap; allocate and take a lock, held
 * elsewhere while a window is computed, only when a watch is first entered
 * below another one.
 * passed: the push succeeded; flushed: it was broken off by a flush.
 * position: the buffer's time stamp, or NONE. */
void timepiece_watch_enter (TimepieceWatch * watch, TimepieceFrame * frame);
void timepiece_watch_leave (TimepieceWatch * watch, TimepieceFrame * frame,
    uint64_t now, bool passed, bool flushed, uint64_t position);

/* For a start: a buffer passes. Returns its sequence number, from 1. One thread
 * at a time. Never waits, allocates, locks or traps.
 * presentation, running: the buffer's times, or NONE. */
uint64_t timepiece_watch_stamp (TimepieceWatch * watch, uint64_t now,
    uint64_t presentation, uint64_t running, uint64_t position);

/* For a stop: a buffer passes; before, each stamp of its group on it. One
 * thread at a time. Never wait or trap; allocate and lock, for a few
 * instructions, only when a start is new. */
void timepiece_watch_arrive (TimepieceWatch * watch, uint64_t start,
    uint64_t sequence, uint64_t instant);
void timepiece_watch_pass (TimepieceWatch * watch, uint64_t now,
    uint64_t presentation, uint64_t running, uint64_t position);

/* Laps under way do not count: the row was interrupted. */
void timepiece_watch_interrupt (TimepieceWatch * watch);

/* What is on its way was thrown away on purpose; it is not lost. In the thread
 * of the buffers, or while none flow. */
void timepiece_watch_flush (TimepieceWatch * watch);

/* As of the functions of TimepieceTick. timepiece_watch_end () is called in
 * the thread of the buffers. */
uint64_t timepiece_watch_last_position (TimepieceWatch * watch);
void timepiece_watch_forget_position (TimepieceWatch * watch);
bool timepiece_watch_play (TimepieceWatch * watch, uint64_t now);
void timepiece_watch_pause (TimepieceWatch * watch, uint64_t now);
bool timepiece_watch_set_interval (TimepieceWatch * watch, uint64_t interval,
    uint64_t now);
void timepiece_watch_end (TimepieceWatch * watch, uint64_t now);
bool timepiece_watch_begin (TimepieceWatch * watch, uint64_t now);
void timepiece_watch_stop (TimepieceWatch * watch, uint64_t now);
void timepiece_watch_read (TimepieceWatch * watch, uint64_t now,
    TimepieceWatchFunc show, void *_Nullable user_data);

#ifdef __cplusplus
}
#endif

#pragma clang assume_nonnull end

#endif
