/* Measures how long pushes take, of a pad with the plugin downstream and of one
 * without. */
#ifndef PUSHES_H
#define PUSHES_H

#include <gst/gst.h>

typedef enum
{
  PUSHES_BARE,
  PUSHES_MEASURED,
  PUSHES_NUM
} PushesKind;

/* Measures the pushes of a pad from now on; one pad of each kind. */
void pushes_follow (PushesKind kind, GstPad * pad);
/* Prints both distributions, after the last push. Returns: FALSE if the plugin
 * made the pushes longer than allowed, or there were too few to decide. */
gboolean pushes_compare (guint num_elements);

#endif
