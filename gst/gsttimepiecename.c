/* The names of objects, for which GStreamer allows any bytes, of any length. */
#include "gsttimepiecename.h"

#include <string.h>

gchar *
gst_timepiece_name_readable (const gchar * name)
{
  gsize length = MIN (strlen (name), GST_TIMEPIECE_LONGEST_NAME);
  gchar *valid = g_utf8_make_valid (name, (gssize) length);

  /* The replacement of an invalid byte is longer than the byte. */
  if (strlen (valid) > GST_TIMEPIECE_LONGEST_NAME)
    *g_utf8_find_prev_char (valid,
        valid + GST_TIMEPIECE_LONGEST_NAME + 1) = '\0';
  return valid;
}

gchar *
gst_timepiece_name_of (gpointer object)
{
  gchar *name = gst_object_get_name (object);
  gchar *readable = gst_timepiece_name_readable (name ? name : "");

  g_free (name);
  return readable;
}

gchar *
gst_timepiece_name_path (gpointer object, GstObject ** top)
{
  GstObject *above;
  gchar *path = NULL;

  *top = gst_object_ref (object);
  while ((above = gst_object_get_parent (*top))) {
    gchar *name = gst_timepiece_name_of (*top);
    gchar *longer = path ? g_strconcat (name, "/", path, NULL) :
        g_strdup (name);

    g_free (name);
    g_free (path);
    path = longer;
    gst_object_unref (*top);
    *top = above;
  }
  return path;
}
