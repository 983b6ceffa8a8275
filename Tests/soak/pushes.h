/* How long pushes take, of a pad with the plugin behind it and of one without. */
#ifndef PUSHES_H
#define PUSHES_H

#include <gst/gst.h>

typedef enum
{
  PUSHES_BARE,
  PUSHES_MEASURED,
  PUSHES_NUM
} PushesKind;

/* Follows the pushes of a pad from here on; one pad of each kind. */
void pushes_follow (PushesKind kind, GstPad * pad);
/* Prints both distributions, when nothing flows any more. FALSE if the plugin
 * made the pushes longer than it may, or there were too few to tell. */
gboolean pushes_compare (guint num_elements);

#endif
