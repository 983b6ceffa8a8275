/* An observer of pipelines: pad probes with their own clock readings, and the
 * tracer's reports on the same elements. */
#ifndef OBSERVER_H
#define OBSERVER_H

#include <timepiece-messages.h>

#define SMALL "video/x-raw,width=64,height=64,framerate=25/1"
#define SLOTS 65536

/* The observer's measurements of one element. */
typedef struct
{
  gchar *name;
  GMutex lock;
  guint64 in, out;              /* buffers */
  guint64 came;                 /* when the last one entered */
  guint64 inside;               /* ns from entering to leaving */
  guint64 stamps[SLOTS];        /* when a buffer of a time stamp entered */
  guint64 longest;
  guint64 processor;            /* the processor time of the next thread, from the first buffer on */
  guint64 processor_before;     /* the same, up to the first buffer */
  GstPadChainFunction chain;    /* of its sink pad, if that is observed */
  GstPadEventFunction event;    /* the same, for the end of the stream */
  guint64 in_chain;             /* ns in both */
  guint64 chain_processor;      /* processor time in the first */
  guint64 in_chain_playing;     /* in the first, while the pipeline played */
  guint64 *plays;               /* when it started to play; 0: not yet */
} Seen;

/* The tracer's reports on one element, the sum of all messages. */
typedef struct
{
  guint64 buffers, bytes, work, wait[5], full, empty, dropped, dwell, queued;
  guint64 longest;
  guint64 level;                /* of the last message */
  gboolean has_queue;
} Said;

typedef struct
{
  GHashTable *seen;             /* by element name */
  GHashTable *said;             /* by path */
  GHashTable *named;            /* counts of the bottlenecks of whole windows */
  guint windows, messages;
  gdouble headroom;             /* of the whole windows, the mean */
  guint headrooms;
  guint64 duration;
  guint64 plays;                /* when it started to play */
  gchar *sentence;
} Run;

typedef struct
{
  const gchar *name;
  void (*run) (void);
} Case;

extern guint failures;
extern guint checks;
extern const Case variants[];
/* A file of H.264, large enough that decoding it takes seconds. */
extern gchar *clip;

/* The processor time of this thread. */
guint64 processor_time (void);
guint64 now (void);
void check (gboolean right, const gchar * format, ...) G_GNUC_PRINTF (2, 3);
/* Within 5 %, and two milliseconds for other work of the machine in between. */
gboolean near (gdouble a, gdouble b);

Run *new_run (void);
/* A pipeline whose elements are observed, even if they are added later. */
GstElement *make (Run * run, const gchar * description);
void observe_all (Run * run, GstElement * pipeline);
/* Also measures the chain functions of the element's sink pads. */
void watch_chain (Run * run, GstElement * pipeline, const gchar * name);
void hear (Run * run, const GstStructure * structure);
/* Reads the bus up to the end of the stream. */
void follow (Run * run, GstElement * pipeline);
void finish (Run * run, GstElement * pipeline);
/* Observes a whole run, with the chain functions of the named elements (NULL:
 * none). */
Run *play_watching (const gchar * description, const gchar * watched);
Run *play (const gchar * description);

Said *said (Run * run, const gchar * name);
Seen *seen (Run * run, const gchar * name);
void check_counts (Run * run, const gchar * name);
void check_work (Run * run, const gchar * name);
void check_queue (Run * run, const gchar * name);
/* How long the queue was full: how long a thread was in its chain function. */
void check_full (Run * run, const gchar * name);
/* Most windows name this element (an empty path: none), and no window names
 * another one. */
void check_verdict (Run * run, const gchar * path);
void check_headroom (Run * run, gdouble truth);

#endif
