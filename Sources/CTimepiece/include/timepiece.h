/* The contract between the elements, in C, and the timing library, in Swift.
 *
 * Prefix: every name starts with timepiece_ or Timepiece. The functions are
 * implemented in Swift (TimepieceBridge) and are not exported from the plugin.
 *
 * Rules for all functions, unless one says otherwise:
 * - pointers are never NULL; strings are UTF-8, read during the call only;
 * - instants and lengths are nanoseconds, instants of CLOCK_MONOTONIC;
 * - callable from any thread; nothing here calls GStreamer;
 * - a callback runs with no lock of the timing library held.
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
  uint64_t num_backwards;               /* instants before the previous one */
  uint64_t total_buffers;
  uint64_t total_bytes;
  uint64_t since_last_buffer;
  uint64_t last_position;               /* of the last buffer, or NONE */
  double bitrate;                       /* 0 if the window is too short */
  uint64_t num_gaps;
  uint64_t num_headers;
  uint64_t num_freezes;
  uint64_t freeze_duration;
  uint64_t num_jumps;
  TimepieceStatistics intervals;
  const uint64_t *_Nullable recent;     /* the last intervals, oldest first */
  size_t num_recent;
} TimepieceTickWindow;

/* A stream that is stalled or trickles, or resumes. */
typedef struct {
  bool resumed;
  const char *reason;                   /* "standstill", "trickle" or
                                         * "in-flight" */
  uint64_t duration;                    /* of the stall so far, or in all */
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

/* An alarm to arm. */
typedef struct {
  const char *name;                     /* unique in a meter */
  TimepieceAlarmKind kind;
  bool by_running_time;                 /* interval and after */
  int64_t value;                        /* at: since 1970; ordinal: n; else ns */
  uint64_t count;                       /* number of firings; 0: no limit */
  uint32_t action;                      /* both are returned when it fires */
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

/* Ends the use of a user_data, when no call with it is in progress or will
 * follow. */
typedef void (*TimepieceDestroyFunc) (void *_Nullable user_data);

/* The reports of a meter. Pointers in them are valid during the call. A long
 * call may still be in progress after the meter has been stopped: user_data has
 * to outlive it, and destroy marks its end. */
typedef struct {
  TimepieceReadyFunc ready;
  void (*window) (const TimepieceTickWindow *window, void *_Nullable user_data);
  TimepieceStallFunc stall;
  /* Whether the pipeline is changing to PAUSED or PLAYING, and has not
   * completed the change. */
  bool (*is_on_its_way) (void *_Nullable user_data);
  TimepieceDestroyFunc _Nullable destroy;
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

/* The metric to publish, its destination, and the keys; NULL: as AWS's tools
 * find it. */
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
  const char *_Nullable protocol;       /* NULL: put-metric-data */
  bool dry_run;
  bool allow_http;                      /* to another machine, too */
  uint64_t flush_deadline;
} TimepiecePublisherSettings;

typedef struct {
  const char *reason;
  uint64_t count;
} TimepieceDrop;

/* The outcome for the metrics of a destination: counts of data, except
 * requests, retried and throttled, which count requests. */
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
  const char *_Nullable spool_error;    /* why the spool is not used */
  const TimepieceDrop *_Nullable drops;
  size_t num_drops;
} TimepiecePublisherStatus;

/* Receives a status; its pointers are valid during the call. */
typedef void (*TimepiecePublisherFunc) (const TimepiecePublisherStatus *
    status, void *_Nullable user_data);

/* Publishes the measurements of one element. */
typedef struct _TimepiecePublisher TimepiecePublisher;

/* Makes a publisher, or returns NULL if a setting is invalid; then problem
 * is a sentence, to be freed with free (). Uses no network.
 * changed: called on a thread of the sender's when a failure was counted.
 * destroy: see TimepieceTickEvents; called if NULL is returned, too. */
TimepiecePublisher *_Nullable timepiece_publisher_new (const
    TimepiecePublisherSettings * settings, TimepiecePublisherFunc changed,
    void *_Nullable user_data, TimepieceDestroyFunc _Nullable destroy,
    char *_Nullable * _Nonnull problem);

/* One line on billed series and costs, to be freed with free (). */
char *_Nullable timepiece_publisher_note (TimepiecePublisher * cloudwatch);

/* Doubts about the settings, as sentences, to be freed with free (); NULL:
 * none. */
char *_Nullable timepiece_publisher_doubts (TimepiecePublisher * cloudwatch);

/* Passes the status to a function, in this call. */
void timepiece_publisher_read (TimepiecePublisher * cloudwatch,
    TimepiecePublisherFunc show, void *_Nullable user_data);

/* Sends within the deadline, keeps the rest, and reports nothing any more;
 * waits two seconds at most for a call in progress (not if called from it). */
void timepiece_publisher_close (TimepiecePublisher * cloudwatch);

TimepiecePublisher *timepiece_publisher_ref (TimepiecePublisher *
    cloudwatch);
void timepiece_publisher_unref (TimepiecePublisher * cloudwatch);

/* Where Prometheus finds the measurements of one element: a page of the
 * process, a file, or both. */
typedef struct {
  uint32_t port;                        /* up to 65535; 0: no page */
  const char *address;
  const char *_Nullable file;           /* NULL: none */
  uint64_t interval;                    /* between writes of the file; 0: only
                                         * at first and at last */
} TimepiecePrometheusSettings;

/* Shows the meter of one element to Prometheus. */
typedef struct _TimepiecePrometheus TimepiecePrometheus;

/* Opens the page, which is shared by all callers with the same address and port
 * and stays until the process ends, and writes the file. Returns NULL if that
 * fails; then problem is a sentence, to be freed with free (). Waits a second
 * for the disk at most. */
TimepiecePrometheus *_Nullable timepiece_prometheus_open (const
    TimepiecePrometheusSettings * settings, char *_Nullable * _Nonnull problem);

/* The failure to write the file, once, as a sentence to be freed with free ();
 * NULL: nothing new. */
char *_Nullable timepiece_prometheus_problem (TimepiecePrometheus * prometheus);

/* The counts stay there; gauges are removed. Waits a second for the disk at
 * most. */
void timepiece_prometheus_close (TimepiecePrometheus * prometheus,
    uint64_t now);

TimepiecePrometheus *timepiece_prometheus_ref (TimepiecePrometheus *
    prometheus);
void timepiece_prometheus_unref (TimepiecePrometheus * prometheus);

/* Sends the measurements of one element in OpenTelemetry's protocol. */
typedef struct _TimepieceOtlp TimepieceOtlp;

/* Opens the export to a receiver, with one sender for all elements of the
 * process that name it, or returns NULL if a setting or a variable is invalid;
 * then problem is a sentence, to be freed with free (). Uses no network.
 * endpoint: an address, or "env" for that of the environment.
 * spool: a path, "none", or NULL for the user's own file.
 * changed, destroy: as in timepiece_publisher_new (). */
TimepieceOtlp *_Nullable timepiece_otlp_open (const char *endpoint,
    const char *_Nullable spool, TimepiecePublisherFunc changed,
    void *_Nullable user_data, TimepieceDestroyFunc _Nullable destroy,
    char *_Nullable * _Nonnull problem);

/* Doubts about the environment, as sentences, to be freed with free (); NULL:
 * none. */
char *_Nullable timepiece_otlp_doubts (TimepieceOtlp * otlp);

/* Passes the status to a function, in this call; counts of data are counts of
 * data points. */
void timepiece_otlp_read (TimepieceOtlp * otlp, TimepiecePublisherFunc show,
    void *_Nullable user_data);

/* Starts to send the measurements so far, without waiting. */
void timepiece_otlp_flush (TimepieceOtlp * otlp);

/* Sends within a deadline of three seconds, if it is the last to its receiver,
 * keeps the rest, reports nothing any more. */
void timepiece_otlp_close (TimepieceOtlp * otlp);

TimepieceOtlp *timepiece_otlp_ref (TimepieceOtlp * otlp);
void timepiece_otlp_unref (TimepieceOtlp * otlp);

/* The common part of a tick and a watch: the states of a stream. */
typedef struct _TimepieceMeter TimepieceMeter;
#define TIMEPIECE_METER(tick_or_watch) ((TimepieceMeter *) (tick_or_watch))

TimepieceMeter *timepiece_meter_ref (TimepieceMeter * meter);
void timepiece_meter_unref (TimepieceMeter * meter);

/* Also publishes all measurements from now on. Call it at most once. */
void timepiece_meter_publish (TimepieceMeter * meter,
    TimepiecePublisher * cloudwatch);

/* The frame rate of the caps, 0 if they have none. */
void timepiece_meter_set_nominal_rate (TimepieceMeter * meter, double rate);

/* Shows all measurements from now on, with labels that distinguish them from
 * those of other elements. Call it at most once. */
void timepiece_meter_show (TimepieceMeter * meter,
    TimepiecePrometheus * prometheus, const TimepiecePair * labels,
    size_t num_labels, uint64_t now);

/* The same to a receiver of OpenTelemetry's protocol, until timepiece_otlp_close
 * (). */
void timepiece_meter_export (TimepieceMeter * meter, TimepieceOtlp * otlp,
    const TimepiecePair * labels, size_t num_labels);

/* The next buffer does not make an interval, and laps in progress do not count:
 * the row was interrupted. */
void timepiece_meter_interrupt (TimepieceMeter * meter);

/* The position of the last buffer, or NONE. */
uint64_t timepiece_meter_last_position (TimepieceMeter * meter);

/* The position of the last buffer is no longer valid. */
void timepiece_meter_forget_position (TimepieceMeter * meter);

/* The stream is about to flow: from the last of these calls before play on
 * buffers make intervals and laps; the laps that wait for it do not count, nor
 * do rows begun by earlier calls. */
void timepiece_meter_release (TimepieceMeter * meter, uint64_t now);

/* Time counts, and reports come, between play and pause. A pause, like a flush
 * and the end, reports in the call that a stall is over if no report has done
 * so. FALSE: no thread could be started, so there will be no reports on the
 * clock. */
bool timepiece_meter_play (TimepieceMeter * meter, uint64_t now);
void timepiece_meter_pause (TimepieceMeter * meter, uint64_t now);

/* The stream ended: reports the last window in this call, and none until
 * timepiece_meter_begin (). It waits for a report in progress a tenth of a
 * second at most: its callees may wait for the streaming thread, which this
 * is. */
void timepiece_meter_end (TimepieceMeter * meter, uint64_t now);

/* The stream continues, or restarts. FALSE as above. */
bool timepiece_meter_begin (TimepieceMeter * meter, uint64_t now);

/* A flush begins, or is over: no buffer is expected in between, and buffers in
 * flight are discarded, not lost. It ends in the streaming thread, or while no
 * buffers flow. FALSE as above. */
bool timepiece_meter_flush (TimepieceMeter * meter, bool begins, uint64_t now);

/* Reports the rest in this call if there is any, and never reports again. Waits
 * for a report in progress, unless called from it: two seconds at most, because
 * its callees may wait for a lock that the caller holds. */
void timepiece_meter_stop (TimepieceMeter * meter, uint64_t now);

/* The settings that may change while the stream flows. */
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
 * scope: identifies the pipeline, and is not dereferenced. The calls of the
 *   clock for one scope are serialized, and do not wait for those of another.
 * events: called on a thread of the clock's, or inside the functions below that
 *   say so. */
TimepieceTick *_Nullable timepiece_tick_new (const void *scope,
    const TimepieceTickSettings * settings, uint32_t max_intervals,
    const TimepieceTickEvents * events, void *_Nullable user_data);

/* Counts a buffer without a discontinuity. One thread at a time (the stream
 * lock ensures it). Never waits, allocates, locks or traps.
 * position: the buffer's time stamp, or NONE.
 * Returns 1 if an alarm is due, else 0. With 1, only the tick for the alarms is
 * counted yet: call timepiece_tick_fire (), then timepiece_tick_count (). */
int32_t timepiece_tick_buffer (TimepieceTick * tick, uint64_t now,
    uint64_t num_bytes, uint64_t position);

/* The two halves of it, for any buffer, for a list of buffers as one tick, and
 * for alarms on running time (or NONE). */
bool timepiece_tick_alarms (TimepieceTick * tick, uint64_t now,
    uint64_t running_time);
void timepiece_tick_count (TimepieceTick * tick, uint64_t now,
    uint64_t num_buffers, uint64_t num_bytes, bool discont, uint64_t position);

/* For alarms on running time: advances to that of a buffer, which is not NONE,
 * and returns the time for alarms, which never decreases and does not follow
 * jumps of the time stamps. In the streaming thread. */
uint64_t timepiece_tick_media_time (TimepieceTick * tick,
    uint64_t running_time);
/* Positions and running times restart; backwards: positions decrease, as in
 * reverse playback. In the streaming thread. */
void timepiece_tick_media_restart (TimepieceTick * tick, bool backwards);
/* Notes the position of a buffer that is counted with a later one. As
 * timepiece_tick_count (). */
void timepiece_tick_position (TimepieceTick * tick, uint64_t position);

/* Headers, which do not make an interval; and a gap, after which no buffer is
 * expected for a while. As timepiece_tick_count (). */
void timepiece_tick_headers (TimepieceTick * tick, uint64_t num_buffers,
    uint64_t num_bytes);
void timepiece_tick_gap (TimepieceTick * tick, uint64_t now);

/* The element can play from here on: with stall_on_start, a pipeline that does
 * not complete its change to playing is a stall. FALSE as for
 * timepiece_meter_play (). */
bool timepiece_tick_prepare (TimepieceTick * tick, uint64_t now);

/* Other settings, from now on. FALSE as for timepiece_meter_play (). */
bool timepiece_tick_set (TimepieceTick * tick,
    const TimepieceTickSettings * settings, uint64_t now);

/* Passes the open window to a function, in this call; it stays open. */
void timepiece_tick_read (TimepieceTick * tick, uint64_t now,
    TimepieceTickShow show, void *_Nullable user_data);

/* Arms an alarm. FALSE if the name is in use, or a value is invalid; then
 * problem is a sentence, to be freed with free (). */
bool timepiece_tick_add_alarm (TimepieceTick * tick,
    const TimepieceAlarm * alarm, char *_Nullable * _Nonnull problem);
/* FALSE if there is no alarm of the name. */
bool timepiece_tick_remove_alarm (TimepieceTick * tick, const char *name);

/* Fires the alarms that are due, in this call. running_time: or NONE. */
void timepiece_tick_fire (TimepieceTick * tick, uint64_t now,
    uint64_t running_time, TimepieceFiringFunc fired,
    void *_Nullable user_data);

/* What a watch does at its point of the pipeline. */
typedef enum {
  TIMEPIECE_EDGE_AROUND,
  TIMEPIECE_EDGE_START,
  TIMEPIECE_EDGE_STOP
} TimepieceEdge;

/* How a stop recognizes buffers that passed its starts. */
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
  uint64_t oldest_in_flight;            /* its age, without a pause, 0 if none is in flight */
  size_t num_children;
} TimepieceWatchNode;

/* Why a stop recognizes nothing although buffers pass. */
typedef enum {
  TIMEPIECE_COMPLAINT_NONE,
  TIMEPIECE_COMPLAINT_NEVER_MATCHED,    /* this many buffers passed the stop */
  TIMEPIECE_COMPLAINT_NOTHING_ARRIVED,  /* this many passed the starts */
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

/* Receives a window; what it points to is valid during the call. */
typedef void (*TimepieceWatchFunc) (const TimepieceWatchWindow *window,
    void *_Nullable user_data);

/* What a watch reports. */
typedef struct {
  TimepieceReadyFunc ready;
  TimepieceWatchFunc window;
  TimepieceStallFunc stall;             /* a buffer in flight is overdue */
  /* Requests the starts that are upstream: call timepiece_watch_connect () in
   * this call. */
  void (*find_paths) (void *_Nullable user_data);
  TimepieceDestroyFunc _Nullable destroy;
} TimepieceWatchEvents;

typedef struct {
  const void *scope;                    /* as of timepiece_tick_new (); watches
                                         * of one scope meet */
  const char *path;                     /* names with dots between */
  const char *label;
  TimepieceEdge edge;
  TimepieceCorrelation correlation;
  uint64_t interval;                    /* 0: no reports but the last */
  uint64_t stall_timeout;               /* of a stop; 0: none */
} TimepieceWatchSettings;

/* A push (or pull) in progress; it is on the stack of the streaming thread,
 * which keeps a pointer to its innermost one. The caller sets outer before it
 * enters and start after, and releases the frame after it left if held is set;
 * the rest belongs to the timing library. */
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

/* Set in the number of a start that is not in the scope of the stop, such as
 * that of another process. */
#define TIMEPIECE_ELSEWHERE ((uint64_t) 1 << 63)

/* What a start writes on a buffer. */
typedef struct {
  uint64_t group;                       /* timepiece_watch_group () */
  uint64_t start;                       /* timepiece_watch_start (), or with
                                         * TIMEPIECE_ELSEWHERE */
  uint64_t sequence;                    /* timepiece_watch_stamp () */
  uint64_t instant;
  uint64_t presentation;                /* of the buffer, or NONE */
} TimepieceStamp;

/* Measures laps at one point, or at two. */
typedef struct _TimepieceWatch TimepieceWatch;

/* Makes a watch and adds it to the others of its scope, or writes a sentence
 * with the reason of the failure and returns NULL. The caller owns the
 * reference.
 * events: called on a thread of the clock's, or inside the functions below that
 *   say so. */
TimepieceWatch *_Nullable timepiece_watch_new (
    const TimepieceWatchSettings *settings, const TimepieceWatchEvents *events,
    void *_Nullable user_data, char *problem, size_t problem_size);

/* The numbers that a start writes on its stamps: that of the watch, and that of
 * the start, which is 0 if the watch is not a start. */
uint64_t timepiece_watch_group (TimepieceWatch * watch);
uint64_t timepiece_watch_start (TimepieceWatch * watch);

/* For an around: a push begins, and ends. One thread at a time each, properly
 * nested by outer. Never wait or trap; allocate and take a lock, held
 * elsewhere while a window is computed, only when a watch is first entered
 * below another one.
 * passed: the push succeeded; flushed: it was interrupted by a flush.
 * position: the buffer's time stamp, or NONE. */
void timepiece_watch_enter (TimepieceWatch * watch, TimepieceFrame * frame);
void timepiece_watch_leave (TimepieceWatch * watch, TimepieceFrame * frame,
    uint64_t now, bool passed, bool flushed, uint64_t position);

/* The watch is about to stop in a thread that has pushes in progress: their
 * frames, from the innermost out, keep the objects that they use until they are
 * released. Watches entered from now on are not inside the watch. */
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

/* The kinds of elements on a path from a start to a stop, as bits. */
typedef enum {
  TIMEPIECE_PATH_MIXER = 1 << 0,        /* makes buffers with times of its own
                                         * of what it has at that time */
  TIMEPIECE_PATH_DEMUXER = 1 << 1,      /* may let times begin at zero */
  TIMEPIECE_PATH_RESTART = 1 << 2       /* begins times by another clock */
} TimepiecePathFlags;

typedef struct {
  uint64_t start;                       /* timepiece_watch_start () */
  uint32_t flags;
} TimepiecePath;

/* For a stop: these paths lead here, and no others. */
void timepiece_watch_connect (TimepieceWatch * watch,
    const TimepiecePath *_Nullable paths, size_t num_paths);

/* FALSE as of timepiece_meter_play (). */
bool timepiece_watch_set (TimepieceWatch * watch, uint64_t interval,
    uint64_t stall_timeout, uint64_t now);
void timepiece_watch_read (TimepieceWatch * watch, uint64_t now,
    TimepieceWatchFunc show, void *_Nullable user_data);

/* The use of the time of a pipeline's threads, for the tracer. The traces are
 * made off the streaming threads, are never freed but reused, and may be used
 * by a thread that does not know yet that they were released. */
typedef struct _TimepiecePipeline TimepiecePipeline;
typedef struct _TimepieceElementTrace TimepieceElementTrace;
typedef struct _TimepiecePadTrace TimepiecePadTrace;
typedef struct _TimepieceThreadTrace TimepieceThreadTrace;

/* How the time between the events of an element is classified. */
typedef enum {
  TIMEPIECE_ELEMENT_FILTER,
  TIMEPIECE_ELEMENT_SOURCE,             /* no sink pad */
  TIMEPIECE_ELEMENT_QUEUE,              /* stores buffers, in their order */
  TIMEPIECE_ELEMENT_JITTER_BUFFER,      /* stores buffers, in another order */
  TIMEPIECE_ELEMENT_AGGREGATOR,         /* several inputs, a thread of its own */
  TIMEPIECE_ELEMENT_MUXER,              /* the same, with outputs of other times */
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

/* A pad through which buffers enter an element that stores them. */
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

/* Receives a window; what it points to is valid during the call. */
typedef void (*TimepiecePipelineFunc) (const TimepiecePipelineWindow *window,
    void *_Nullable user_data);
/* Whether a window may be reported now; if not, it stays open. */
typedef bool (*TimepiecePipelineReady) (void *_Nullable user_data);

/* Makes a meter of a top-level pipeline. The caller owns it until close.
 * scope: as of timepiece_tick_new ().
 * interval: between reports, 0: only the last.
 * num_processors: that the process may run on.
 * report: called on a thread of the clock's, or inside the functions below that
 *   say so; is_ready likewise. */
TimepiecePipeline *timepiece_pipeline_new (const void *scope, uint64_t interval,
    uint32_t num_processors, TimepiecePipelineReady is_ready, TimepiecePipelineFunc report,
    void *_Nullable user_data);
/* Shows the windows from now on, added up, as a pipeline of this name. Call it at
 * most once. */
void timepiece_pipeline_show (TimepiecePipeline * pipeline,
    TimepiecePrometheus * prometheus, const char *name, uint64_t now);
/* The same to a receiver of OpenTelemetry's protocol, until timepiece_otlp_close
 * (). */
void timepiece_pipeline_export (TimepiecePipeline * pipeline,
    TimepieceOtlp * otlp, const char *name);
/* Time counts, and reports come, between play and pause. FALSE: no thread could
 * be started, so no report will come by the clock. */
bool timepiece_pipeline_play (TimepiecePipeline * pipeline, uint64_t now);
/* Reports the last window in this call. */
void timepiece_pipeline_pause (TimepiecePipeline * pipeline, uint64_t now);
/* The stream ended: the same, and no report until play. */
void timepiece_pipeline_end (TimepiecePipeline * pipeline, uint64_t now);
/* Reports the rest in this call if there is any. */
void timepiece_pipeline_stop (TimepiecePipeline * pipeline, uint64_t now);
/* Releases all traces, waits for a report in progress (unless called from it),
 * and never reports again. */
void timepiece_pipeline_close (TimepiecePipeline * pipeline);

/* An element was added to the pipeline, or removed.
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
/* The element that pushes its buffers, and the pad through which they entered
 * it if it stores them; NULL: not known. */
void timepiece_pad_set_upstream (TimepiecePadTrace * pad,
    TimepieceElementTrace * _Nullable element,
    TimepiecePadTrace * _Nullable store);
/* This element pulls from the element of the pad. */
void timepiece_pad_set_puller (TimepiecePadTrace * pad,
    TimepieceElementTrace * _Nullable element);

/* The calling thread, with its number in the kernel, for the functions below,
 * which only it may call; they never wait, allocate, lock or trap. */
TimepieceThreadTrace *timepiece_thread_new (int32_t identifier);
void timepiece_thread_free (TimepieceThreadTrace * thread);
/* A chain function, or one that is pulled from, is entered, and left.
 * deadline: until when it waits for the clock; 0: it does not, NONE: always.
 * key: identifies the frame when it is left.
 * memory, time: identify the first buffer.
 * Returns whether these buffers are new to the pad, and not those of the list
 * that it has just received. */
bool timepiece_thread_enter (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad, uintptr_t key, uint64_t now, uint64_t num_buffers,
    uint64_t num_bytes, uint64_t deadline, uintptr_t memory, uint64_t time,
    bool is_list);
/* The same for one buffer, of a pad whose element does not wait for the clock, and
 * where neither this element nor the one upstream stores buffers. */
void timepiece_thread_enter_buffer (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad, uintptr_t key, uint64_t now, uint64_t num_bytes);
/* key: of a frame; nothing happens if it was not entered. */
void timepiece_thread_leave (TimepieceThreadTrace * thread, uintptr_t key,
    uint64_t now);
/* The same of what was pulled from. num_buffers: those that were pulled. */
void timepiece_thread_leave_pull (TimepieceThreadTrace * thread, uintptr_t key,
    uint64_t now, uint64_t num_buffers, uint64_t num_bytes);
/* One more buffer of a list that leaves an element that stores. */
void timepiece_thread_take (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad, uintptr_t memory, uint64_t time, uint64_t now);
/* End of stream goes to the pad. */
void timepiece_thread_end (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad);
/* The same, in the thread that pushes the event: a frame like that of a chain
 * function, to be left when the push returns.
 * deadline: TIMEPIECE_NONE if the element waits for the clock, else 0. */
void timepiece_thread_enter_end (TimepieceThreadTrace * thread,
    TimepiecePadTrace * pad, uintptr_t key, uint64_t now, uint64_t deadline);
/* A buffer enters the element of the pad, which stores it. Any thread. */
void timepiece_pad_store (TimepiecePadTrace * pad, uintptr_t memory,
    uint64_t time, uint64_t now);
/* The stored buffers are discarded. */
void timepiece_pad_flush (TimepiecePadTrace * pad);

/* Writes lines to a file, to a listening program and to readers, on a thread of
 * its own. A reader that does not keep up misses lines. */
typedef struct _TimepieceLines TimepieceLines;

/* file: overwritten. socket: to listen on, "auto": PID.sock in the user's own
 * folder. listener: the socket of a listening program. header: the first line
 * for each. NULL if one cannot be opened; then problem is a sentence, to be
 * freed with free (). The lines exist as long as the process. */
TimepieceLines *_Nullable timepiece_lines_new (const char *_Nullable file,
    const char *_Nullable socket, const char *_Nullable listener,
    const char *header, char *_Nullable * _Nonnull problem);
/* Any thread; never waits for a reader. */
void timepiece_lines_write (TimepieceLines * lines, const char *line);
/* Waits, 300 ms at most, until the written lines are in the file. */
void timepiece_lines_flush (TimepieceLines * lines);
/* The process ends: the same, and removes the socket's name. */
void timepiece_lines_close (TimepieceLines * lines);

#ifdef __cplusplus
}
#endif

#pragma clang assume_nonnull end

#endif
