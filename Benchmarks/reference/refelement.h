#ifndef REF_ELEMENT_H
#define REF_ELEMENT_H

#include <gst/gst.h>
#include <time.h>

G_BEGIN_DECLS

/* The smallest possible element: a sink pad, a src pad, and a chain function
 * that the subclass provides. */
#define REF_TYPE_ELEMENT (ref_element_get_type ())
G_DECLARE_DERIVABLE_TYPE (RefElement, ref_element, REF, ELEMENT, GstElement)

struct _RefElementClass
{
  GstElementClass parent_class;
};

/* Adds the pads; the subclass calls it from its init and keeps the src pad. */
GstPad *ref_element_add_pads (RefElement * self, GstPadChainFunction chain);

/* The smallest statistics of intervals. */
typedef struct
{
  guint64 previous;
  guint64 count;
  guint64 min;
  guint64 max;
  guint64 sum;
} RefTally;

static inline guint64
ref_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return (guint64) ts.tv_sec * GST_SECOND + (guint64) ts.tv_nsec;
}

static inline void
ref_tally_record (RefTally * tally, guint64 interval)
{
  if (tally->count == 0 || interval < tally->min)
    tally->min = interval;
  if (interval > tally->max)
    tally->max = interval;
  tally->sum += interval;
  tally->count++;
}

static inline void
ref_tally_tick (RefTally * tally)
{
  guint64 now = ref_now ();

  if (tally->previous != 0)
    ref_tally_record (tally, now - tally->previous);
  tally->previous = now;
}

/* Uses the results, so that the compiler removes no computation; they are shown
 * with GST_DEBUG=refelement:5. */
void ref_tally_log (const RefTally * tally, gpointer element);

GST_ELEMENT_REGISTER_DECLARE (refnothing)
GST_ELEMENT_REGISTER_DECLARE (refclock)
GST_ELEMENT_REGISTER_DECLARE (reftransform)
GST_ELEMENT_REGISTER_DECLARE (refstamp)
GST_ELEMENT_REGISTER_DECLARE (refread)

/* GST_TRACERS=reftracer */
gboolean ref_tracer_register (GstPlugin * plugin);

G_END_DECLS

#endif
