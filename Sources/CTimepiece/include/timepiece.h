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
  double bitrate;                       /* 0 where too short to tell */
  uint64_t num_gaps;
  uint64_t num_headers;
  uint64_t num_freezes;
  uint64_t freeze_duration;
  uint64_t num_jumps;
  TimepieceStatistics intervals;
  const uint64_t *_Nullable recent;     /* the last intervals, oldest first */
  size_t num_recent;
} TimepieceTickWindow;

/* A stream that stands still or trickles, or goes on. */
typedef struct {
  bool resumed;
  const char *reason;                   /* "standstill", "trickle" or
                                         * "in-flight" */
  uint64_t duration;                    /* of the stall up to now, or in all */
  uint64_t last_position;               /* of the last buffer, or NONE */
} TimepieceStall;

typedef void (*TimepieceStallFunc) (const TimepieceStall *stall,
    void *_Nullable user_data);

typedef enum {
  TIMEPIECE_ALARM_AT,
  TIMEPIECE_ALARM_INTERVAL,
  TIMEPIECE_ALARM_ORDINAL,
  TIMEPIECE_ALARM_AFTER
} TimepieceAlarmKind;

/* What to fire and when. */
typedef struct {
  const char *name;                     /* only one of a name in a meter */
  TimepieceAlarmKind kind;
  bool by_running_time;                 /* interval and after */
  int64_t value;                        /* at: since 1970; ordinal: n; else ns */
  uint64_t count;                       /* after so many it ends; 0: never */
  uint32_t action;                      /* both handed back when it fires */
  uint64_t serial;
} TimepieceAlarm;

/* An alarm that fired. */
typedef struct {
  const char *name;
  const char *kind;
  uint32_t action;
  uint64_t serial;
  bool last;                            /* it will not fire again */
  uint64_t count;                       /* of this firing, from 1 */
  uint64_t due;                         /* ns, or the n-th buffer, by its clock */
  uint64_t fired;
} TimepieceFiring;

/* Whether a report may be made now. FALSE: the window stays open. */
typedef bool (*TimepieceReadyFunc) (void *_Nullable user_data);

/* What a meter tells. What is pointed to is valid during the call. */
typedef struct {
  TimepieceReadyFunc ready;
  void (*window) (const TimepieceTickWindow *window, void *_Nullable user_data);
  TimepieceStallFunc stall;
  /* Whether the pipeline is to play, and does not. */
  bool (*is_to_play) (void *_Nullable user_data);
} TimepieceTickEvents;

typedef void (*TimepieceTickShow) (const TimepieceTickWindow *window,
    void *_Nullable user_data);
typedef void (*TimepieceFiringFunc) (const TimepieceFiring *firing,
    void *_Nullable user_data);

/* A name and a value. */
typedef struct {
  const char *name;
  const char *value;
} TimepiecePair;

/* What to publish, where to, with whose keys; NULL: as AWS's tools find it. */
typedef struct {
  const char *name_space;
  const char *metric_name;
  const char *label;
  const TimepiecePair *_Nullable dimensions;
  size_t num_dimensions;
  uint64_t interval;
  const char *_Nullable region;
  const char *_Nullable access_key;
  const char *_Nullable secret_access_key;
  const char *_Nullable session_token;
  const char *_Nullable profile;
  const char *_Nullable endpoint_uri;
  const TimepiecePair *_Nullable iot_certificate;
  size_t num_iot_certificate;
  const char *_Nullable spool;
  const char *_Nullable emf;
  bool dry_run;
  bool allow_http;                      /* to another machine, too */
  uint64_t flush_deadline;
} TimepiecePublisherSettings;

typedef struct {
  const char *reason;
  uint64_t count;
} TimepieceDrop;

/* What became of the metrics of a destination: counts of data, but requests,
 * retried and throttled, which count requests. */
typedef struct {
  uint64_t sent;
  uint64_t uncertain;
  uint64_t retried;
  uint64_t throttled;
  uint64_t requests;
  uint64_t dropped;
  uint64_t spooled;
  int64_t oldest;                       /* ns since 1970, 0: none */
  int64_t last_success;                 /* ns since 1970, 0: none */
  int64_t skew;
  bool is_failing;                      /* nothing can be sent for now */
  const char *_Nullable last_error;
  const TimepieceDrop *_Nullable drops;
  size_t num_drops;
} TimepiecePublisherStatus;

/* Told of a status; what it points to is valid during the call. */
typedef void (*TimepiecePublisherFunc) (const TimepiecePublisherStatus *
    status, void *_Nullable user_data);

/* Publishes what one element measures. */
typedef struct _TimepiecePublisher TimepiecePublisher;

/* Makes a publisher, or returns NULL if a setting makes no sense; then problem
 * is a sentence, to be freed with free (). Uses no network.
 * changed: called on the sender's thread when a failure was counted. */
TimepiecePublisher *_Nullable timepiece_publisher_new (const
    TimepiecePublisherSettings * settings, TimepiecePublisherFunc changed,
    void *_Nullable user_data, char *_Nullable * _Nonnull problem);

/* One line on billed series and costs, to be freed with free (). */
char *_Nullable timepiece_publisher_note (TimepiecePublisher * cloudwatch);

/* What is doubtful in the settings, as sentences, to be freed with free ();
 * NULL: nothing. */
char *_Nullable timepiece_publisher_doubts (TimepiecePublisher * cloudwatch);

/* Shows the status to a function, in this call. */
void timepiece_publisher_read (TimepiecePublisher * cloudwatch,
    TimepiecePublisherFunc show, void *_Nullable user_data);

/* Sends within the deadline, keeps the rest, tells nothing any more. */
void timepiece_publisher_close (TimepiecePublisher * cloudwatch);

TimepiecePublisher *timepiece_publisher_ref (TimepiecePublisher *
    cloudwatch);
void timepiece_publisher_unref (TimepiecePublisher * cloudwatch);

/* What a tick and a watch have in common: a life in a stream. */
typedef struct _TimepieceMeter TimepieceMeter;
#define TIMEPIECE_METER(tick_or_watch) ((TimepieceMeter *) (tick_or_watch))

TimepieceMeter *timepiece_meter_ref (TimepieceMeter * meter);
void timepiece_meter_unref (TimepieceMeter * meter);

/* Publishes all that is measured from now on, too. Call it at most once. */
void timepiece_meter_publish (TimepieceMeter * meter,
    TimepiecePublisher * cloudwatch);

/* The next buffer makes no interval, and laps under way do not count: the row
 * was interrupted. */
void timepiece_meter_interrupt (TimepieceMeter * meter);

/* The position of the last buffer, or NONE. */
uint64_t timepiece_meter_last_position (TimepieceMeter * meter);

/* The position of the last buffer means nothing any more. */
void timepiece_meter_forget_position (TimepieceMeter * meter);

/* The stream is about to flow: from the last of these calls before play on
 * buffers make intervals and laps; the laps that wait for it do not count, nor
 * does what earlier calls let begin. */
void timepiece_meter_release (TimepieceMeter * meter, uint64_t now);

/* Time counts, and reports come, between play and pause. A pause, like a flush
 * and the end, tells in the call that a stall is over if no report did yet.
 * FALSE: no thread could be started, so no report will come by the clock. */
bool timepiece_meter_play (TimepieceMeter * meter, uint64_t now);
void timepiece_meter_pause (TimepieceMeter * meter, uint64_t now);

/* The stream ended: reports the last window in this call, after any report
 * that is under way, and none until timepiece_meter_begin (). In the thread of
 * the buffers. */
void timepiece_meter_end (TimepieceMeter * meter, uint64_t now);

/* The stream goes on, or restarts. FALSE as above. */
bool timepiece_meter_begin (TimepieceMeter * meter, uint64_t now);

/* A flush begins, or is over: no buffer is waited for in between, and what was
 * on its way is not lost but thrown away. It is over in the thread of the
 * buffers, or while none flow. FALSE as above. */
bool timepiece_meter_flush (TimepieceMeter * meter, bool begins, uint64_t now);

/* Reports what is left in this call if there is any, waits for a report that
 * is under way (unless called by it), and never reports again. */
void timepiece_meter_stop (TimepieceMeter * meter, uint64_t now);

/* What may change while the stream flows. */
typedef struct {
  uint64_t interval;                    /* between reports, 0: only the last */
  uint64_t stall_timeout;               /* 0: none */
  bool stall_on_start;
  double min_rate;                      /* buffers per second, 0: none */
} TimepieceTickSettings;

/* Measures the buffers that pass one point. */
typedef struct _TimepieceTick TimepieceTick;

/* Makes a meter, or returns NULL if max_intervals is 0.
 * The caller owns the reference.
 * events: called on the one thread that all meters share, or inside the
 *   functions below that say so. */
TimepieceTick *_Nullable timepiece_tick_new (const TimepieceTickSettings *
    settings, uint32_t max_intervals, const TimepieceTickEvents * events,
    void *_Nullable user_data);

/* Counts a buffer. One thread at a time (the stream lock sees to it). Never
 * waits, allocates, locks or traps.
 * position: the buffer's time stamp, or NONE.
 * Returns 1 if an alarm is due, else 0. With 1, nothing is counted yet but the
 * tick for the alarms: call timepiece_tick_fire (), then
 * timepiece_tick_count (). */
int32_t timepiece_tick_buffer (TimepieceTick * tick, uint64_t now,
    uint64_t num_bytes, bool discont, uint64_t position);

/* The two halves of it, for a list of buffers as one tick, and where alarms go by
 * running time (or NONE), too. */
bool timepiece_tick_alarms (TimepieceTick * tick, uint64_t now,
    uint64_t running_time);
void timepiece_tick_count (TimepieceTick * tick, uint64_t now,
    uint64_t num_buffers, uint64_t num_bytes, bool discont, uint64_t position);

/* For the alarms that go by running time: goes on to that of a buffer, which is
 * not NONE, and returns the time that they go by, which never goes back and which
 * no jump of the time stamps carries along. In the thread of the buffers. */
uint64_t timepiece_tick_media_time (TimepieceTick * tick,
    uint64_t running_time);
/* Running times restart. In the thread of the buffers. */
void timepiece_tick_media_restart (TimepieceTick * tick);

/* Headers, which make no interval; and a gap, where nothing is to come for a
 * while. As timepiece_tick_count (). */
void timepiece_tick_headers (TimepieceTick * tick, uint64_t num_buffers,
    uint64_t num_bytes);
void timepiece_tick_gap (TimepieceTick * tick, uint64_t now);

/* The element can play from here on: with stall_on_start a pipeline that is to
 * and does not is a stall. FALSE as of timepiece_meter_play (). */
bool timepiece_tick_prepare (TimepieceTick * tick, uint64_t now);

/* Other settings, from now on. FALSE as of timepiece_meter_play (). */
bool timepiece_tick_set (TimepieceTick * tick,
    const TimepieceTickSettings * settings, uint64_t now);

/* Shows the open window to a function, in this call; it stays open. */
void timepiece_tick_read (TimepieceTick * tick, uint64_t now,
    TimepieceTickShow show, void *_Nullable user_data);

/* Arms an alarm. FALSE if there is one of the name, or a value makes no sense;
 * then problem is a sentence, to be freed with free (). */
bool timepiece_tick_add_alarm (TimepieceTick * tick,
    const TimepieceAlarm * alarm, char *_Nullable * _Nonnull problem);
/* FALSE if there is none of the name, any more or at all. */
bool timepiece_tick_remove_alarm (TimepieceTick * tick, const char *name);

/* Fires what is due, in this call. running_time: or NONE. */
void timepiece_tick_fire (TimepieceTick * tick, uint64_t now,
    uint64_t running_time, TimepieceFiringFunc fired,
    void *_Nullable user_data);

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
  uint64_t num_merged;
  uint64_t in_flight;                   /* now */
  uint64_t oldest_in_flight;            /* its age, 0 if none is in flight */
  size_t num_children;
} TimepieceWatchNode;

/* Why a stop recognizes nothing although buffers pass. */
typedef enum {
  TIMEPIECE_COMPLAINT_NONE,
  TIMEPIECE_COMPLAINT_NEVER_MATCHED,    /* so many buffers passed the stop */
  TIMEPIECE_COMPLAINT_NOTHING_ARRIVED,  /* so many passed the starts */
  TIMEPIECE_COMPLAINT_START_ELSEWHERE   /* its start is in another scope */
} TimepieceWatchComplaint;

/* A window of laps. */
typedef struct {
  uint64_t duration;
  uint64_t last_position;               /* of the last buffer, or NONE */
  TimepieceWatchComplaint complaint;
  uint64_t complaint_number;
  const TimepieceWatchNode *nodes;      /* the tree: a node, then the trees of
                                         * its children */
  size_t num_nodes;                     /* 1 or more */
} TimepieceWatchWindow;

/* Told of a window; what it points to is valid during the call. */
typedef void (*TimepieceWatchFunc) (const TimepieceWatchWindow *window,
    void *_Nullable user_data);

/* What a watch tells. */
typedef struct {
  TimepieceReadyFunc ready;
  TimepieceWatchFunc window;
  TimepieceStallFunc stall;             /* what is in flight is overdue */
  /* Which starts are upstream is asked for: call timepiece_watch_connect () in
   * this call. */
  void (*find_paths) (void *_Nullable user_data);
} TimepieceWatchEvents;

typedef struct {
  const void *scope;                    /* watches meet whose scope is one
                                         * address; it is not read */
  const char *path;                     /* names with dots between */
  const char *label;
  TimepieceEdge edge;
  TimepieceCorrelation correlation;
  uint64_t interval;                    /* 0: no reports but the last */
  uint64_t stall_timeout;               /* of a stop; 0: none */
} TimepieceWatchSettings;

/* A push (or pull) that is under way; it lives on the stack of the streaming
 * thread, which keeps a pointer to its innermost one. The caller sets outer
 * before it enters and start after, and releases the frame after it left if
 * held is set; the rest belongs to the timing. */
typedef struct _TimepieceFrame TimepieceFrame;
struct _TimepieceFrame {
  TimepieceFrame *_Nullable outer;
  uint64_t start;
  const void *_Nullable context;
  uint64_t identifier;
  uint64_t reparented;
  uint64_t breaks;
  bool counted_inside;
  bool held;
};

/* What a start writes on a buffer. */
typedef struct {
  uint64_t group;                       /* timepiece_watch_group () */
  uint64_t start;                       /* timepiece_watch_start () */
  uint64_t sequence;                    /* timepiece_watch_stamp () */
  uint64_t instant;
  uint64_t presentation;                /* of the buffer, or NONE */
} TimepieceStamp;

/* Measures laps at one point, or at two. */
typedef struct _TimepieceWatch TimepieceWatch;

/* Makes a watch and lets it meet the others of its scope, or writes the
 * sentence that says why not and returns NULL. The caller owns the reference.
 * events: called on the one thread that all share, or inside the functions
 *   below that say so. */
TimepieceWatch *_Nullable timepiece_watch_new (
    const TimepieceWatchSettings *settings, const TimepieceWatchEvents *events,
    void *_Nullable user_data, char *problem, size_t problem_size);

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

/* The watch is about to stop in a thread that has pushes under way: their
 * frames, from the innermost out, hold what they use until they are released.
 * What is entered from now on is not inside the watch. */
void timepiece_watch_hold (TimepieceWatch * watch,
    TimepieceFrame *_Nullable innermost);
void timepiece_frame_release (TimepieceFrame * frame);

/* For a start: a buffer passes. Returns its sequence number, from 1. One thread
 * at a time. Never waits, allocates, locks or traps.
 * presentation, running: the buffer's times, or NONE. */
uint64_t timepiece_watch_stamp (TimepieceWatch * watch, uint64_t now,
    uint64_t presentation, uint64_t running, uint64_t position);

/* For a stop: a buffer passes, with the stamp of its group, if there is one; if
 * there are several, each of them arrives, and then the buffer passes without
 * one. One thread at a time. Never wait or trap; allocate and lock, for a few
 * instructions, only when a start is new. presentation: of the buffer. */
void timepiece_watch_arrive (TimepieceWatch * watch,
    const TimepieceStamp *stamp, uint64_t presentation);
void timepiece_watch_pass (TimepieceWatch * watch, uint64_t now,
    uint64_t presentation, uint64_t running, uint64_t position,
    const TimepieceStamp *_Nullable stamp);

/* For a stop: a path leads here from these starts, timepiece_watch_start (), and
 * from no others. */
void timepiece_watch_connect (TimepieceWatch * watch,
    const uint64_t *_Nullable starts, size_t num_starts);

/* FALSE as of timepiece_meter_play (). */
bool timepiece_watch_set (TimepieceWatch * watch, uint64_t interval,
    uint64_t stall_timeout, uint64_t now);
void timepiece_watch_read (TimepieceWatch * watch, uint64_t now,
    TimepieceWatchFunc show, void *_Nullable user_data);

/* Where the time of a pipeline's threads goes, for the tracer. The traces are
 * made off the streaming threads, are never freed but used again, and may be
 * used by a thread that has not heard that they were given back. */
typedef struct _TimepiecePipeline TimepiecePipeline;
typedef struct _TimepieceElementTrace TimepieceElementTrace;
typedef struct _TimepiecePadTrace TimepiecePadTrace;
typedef struct _TimepieceThreadTrace TimepieceThreadTrace;

/* How the time between the events of an element is to be read. */
typedef enum {
  TIMEPIECE_ELEMENT_FILTER,
  TIMEPIECE_ELEMENT_SOURCE,             /* no sink pad */
  TIMEPIECE_ELEMENT_QUEUE,              /* stores buffers, in their order */
  TIMEPIECE_ELEMENT_JITTER_BUFFER,      /* stores buffers, in another order */
  TIMEPIECE_ELEMENT_AGGREGATOR,         /* several inputs, a thread of its own */
  TIMEPIECE_ELEMENT_JOINER              /* several inputs, no thread */
} TimepieceElementKind;

/* An element in a window of a pipeline; times in nanoseconds. */
typedef struct {
  const char *path;
  const char *factory;
  uint64_t num_buffers;
  uint64_t num_bytes;
  double rate;
  uint64_t work_time;
  uint64_t p50_work;
  uint64_t p90_work;
  uint64_t p99_work;
  uint64_t max_work;
  double load;
  uint64_t wait_time;
  const char *wait_reason;
  uint64_t start_time;                  /* NONE but in the first window */
} TimepieceElementWindow;

/* A pad by which buffers go into an element that stores them. */
typedef struct {
  const char *path;
  const char *pad;
  uint64_t num_buffers;
  uint64_t level;
  uint64_t max_level;
  uint64_t p50_dwell;
  uint64_t p99_dwell;
  uint64_t max_dwell;
  uint64_t full_time;
  uint64_t empty_time;
  uint64_t num_dropped;
} TimepieceQueueWindow;

typedef struct {
  const char *name;
  uint64_t cpu_time;
  uint64_t run_queue_time;
  const char *_Nonnull const *_Nonnull elements;        /* their paths */
  size_t num_elements;
} TimepieceThreadWindow;

/* A window of a pipeline. */
typedef struct {
  uint64_t duration;
  const TimepieceElementWindow *elements;
  size_t num_elements;
  const TimepieceQueueWindow *queues;
  size_t num_queues;
  const TimepieceThreadWindow *threads;
  size_t num_threads;
  const char *_Nullable bottleneck;     /* its path, NULL: none */
  const char *reason;                   /* a sentence */
  double headroom;                      /* 0: not known */
} TimepiecePipelineWindow;

/* Told of a window; what it points to is valid during the call. */
typedef void (*TimepiecePipelineFunc) (const TimepiecePipelineWindow *window,
    void *_Nullable user_data);
/* Whether a window is wanted now; it stays open where not. */
typedef bool (*TimepiecePipelineReady) (void *_Nullable user_data);

/* Makes a meter of a top-level pipeline. The caller owns it until close.
 * interval: between reports, 0: only the last.
 * num_processors: that the process may run on.
 * report: called on the one thread that all share, or inside the functions
 *   below that say so; is_ready likewise. */
TimepiecePipeline *timepiece_pipeline_new (uint64_t interval,
    uint32_t num_processors, TimepiecePipelineReady is_ready, TimepiecePipelineFunc report,
    void *_Nullable user_data);
/* Time counts, and reports come, between play and pause. FALSE: no thread could
 * be started, so no report will come by the clock. */
bool timepiece_pipeline_play (TimepiecePipeline * pipeline, uint64_t now);
/* Reports the last window in this call. */
void timepiece_pipeline_pause (TimepiecePipeline * pipeline, uint64_t now);
/* The stream ended: the same, and no report until play. */
void timepiece_pipeline_end (TimepiecePipeline * pipeline, uint64_t now);
/* Reports what is left in this call if there is any. */
void timepiece_pipeline_stop (TimepiecePipeline * pipeline, uint64_t now);
/* Gives all traces back, waits for a report that is under way (unless called by
 * it), and never reports again. */
void timepiece_pipeline_close (TimepiecePipeline * pipeline);

/* An element is in the pipeline, or not any more.
 * is_shown: whether it is in the windows. */
TimepieceElementTrace *timepiece_pipeline_add (TimepiecePipeline * pipeline,
    const char *path, const char *factory, TimepieceElementKind kind,
    bool is_shown);
void timepiece_pipeline_remove (TimepiecePipeline * pipeline,
    TimepieceElementTrace * element);
/* An element changed its state on the way up. */
void timepiece_element_changed (TimepieceElementTrace * element,
    uint64_t duration, uint64_t now);
/* An element has a sink pad, or a pad that is pulled from. */
TimepiecePadTrace *timepiece_pipeline_add_pad (TimepiecePipeline * pipeline,
    TimepieceElementTrace * element, const char *name);
void timepiece_pipeline_remove_pad (TimepiecePipeline * pipeline,
    TimepiecePadTrace * pad);
/* Who brings its buffers, and by which pad they went into that one if it stores
 * them; NULL: not known. */
void timepiece_pad_set_upstream (TimepiecePadTrace * pad,
    TimepieceElementTrace * _Nullable element,
    TimepiecePadTrace * _Nullable store);
/* The element of the pad is pulled from by this one. */
void timepiece_pad_set_puller (TimepiecePadTrace * pad,
    TimepieceElementTrace * _Nullable element);

/* The calling thread, with its number in the kernel, for the functions below,
 * which only it may call; they never wait, allocate, lock or trap. */
TimepieceThreadTrace *timepiece_thread_new (int32_t identifier);
void timepiece_thread_free (TimepieceThreadTrace * thread);
/* A chain function is entered, or one that is pulled from, and left.
 * deadline: until when it waits for the clock; 0: it does not, NONE: always.
 * key: what the frame is found by when it is left.
 * memory, time: what the first buffer is recognized by.
 * Returns whether these buffers are new to the pad, and not those of the list
 * that it was just given. */
bool timepiece_thread_enter (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad, uintptr_t key, uint64_t now, uint64_t num_buffers,
    uint64_t num_bytes, uint64_t deadline, uintptr_t memory, uint64_t time,
    bool is_list);
/* key: of a frame; nothing happens if it was not entered.
 * num_buffers: those that were pulled, else 0. */
void timepiece_thread_leave (TimepieceThreadTrace * thread, uintptr_t key,
    uint64_t now, uint64_t num_buffers, uint64_t num_bytes);
/* One more buffer of a list that comes out of an element that stores. */
void timepiece_thread_take (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad, uintptr_t memory, uint64_t time, uint64_t now);
/* End of stream goes to the pad. */
void timepiece_thread_end (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad);
/* A buffer goes into the element of the pad, which stores it. Any thread. */
void timepiece_pad_store (TimepiecePadTrace * pad, uintptr_t memory,
    uint64_t time, uint64_t now);
/* What is inside is thrown away. */
void timepiece_pad_flush (TimepiecePadTrace * pad);

/* Hands lines to a file, to a program that listens and to those who connect, on
 * a thread of its own. A line for one who does not keep up is left out. */
typedef struct _TimepieceLines TimepieceLines;

/* file: overwritten. socket: to listen on, "auto": PID.sock in the user's own
 * folder. listener: the socket of a program that listens. header: the first line
 * for each. NULL if one cannot be opened; then problem is a sentence, to be
 * freed with free (). The lines live as long as the process. */
TimepieceLines *_Nullable timepiece_lines_new (const char *_Nullable file,
    const char *_Nullable socket, const char *_Nullable listener,
    const char *header, char *_Nullable * _Nonnull problem);
/* Any thread; never waits for a reader. */
void timepiece_lines_write (TimepieceLines * lines, const char *line);
/* Waits, 300 ms at most, until what was written went to the file. */
void timepiece_lines_flush (TimepieceLines * lines);
/* The process ends: the same, and removes the socket's name. */
void timepiece_lines_close (TimepieceLines * lines);

#ifdef __cplusplus
}
#endif

#pragma clang assume_nonnull end

#endif
