/* The smallest GstMeta that carries an instant; it has no tags, so all elements
 * copy it. */
#include "refmeta.h"

GType
ref_meta_api_get_type (void)
{
  static gsize type;
  static const gchar *tags[] = { NULL };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, gst_meta_api_type_register ("RefMetaAPI", tags));
  return type;
}

static gboolean
init (GstMeta * meta, gpointer params, GstBuffer * buffer)
{
  (void) params;
  (void) buffer;
  ((RefMeta *) meta)->instant = 0;
  return TRUE;
}

static gboolean
transform (GstBuffer * destination, GstMeta * meta, GstBuffer * source,
    GQuark type, gpointer data)
{
  RefMeta *copy =
      (RefMeta *) gst_buffer_add_meta (destination, ref_meta_get_info (), NULL);

  (void) source;
  (void) type;
  (void) data;
  if (!copy)
    return FALSE;
  copy->instant = ((RefMeta *) meta)->instant;
  return TRUE;
}

const GstMetaInfo *
ref_meta_get_info (void)
{
  static const GstMetaInfo *info;

  if (g_once_init_enter (&info))
    g_once_init_leave (&info, gst_meta_register (ref_meta_api_get_type (),
            "RefMeta", sizeof (RefMeta), init, NULL, transform));
  return info;
}
