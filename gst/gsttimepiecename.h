#ifndef GST_TIMEPIECE_NAME_H
#define GST_TIMEPIECE_NAME_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Bytes; as long as a value of a dimension of CloudWatch may be. */
#define GST_TIMEPIECE_LONGEST_NAME 1024

/* Returns: (transfer full): a name in a form that can be shown: UTF-8, and not
 * longer than the above. */
gchar *gst_timepiece_name_readable (const gchar * name);
/* Returns: (transfer full): the name of an object in this form. Takes
 * OBJECT_LOCK. */
gchar *gst_timepiece_name_of (gpointer object);
/* Returns: (transfer full) (nullable): the names from below the outermost object
 * down to one, with slashes between them; NULL if it is the outermost itself.
 * @top: (out) (transfer full): the outermost */
gchar *gst_timepiece_name_path (gpointer object, GstObject ** top);

G_END_DECLS

#endif
