#include "gsttimepiecestamp.h"

GType
gst_timepiece_stamp_api_get_type (void)
{
  static const gchar *no_tags[] = { NULL };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        gst_meta_api_type_register ("GstTimepieceStampAPI", no_tags));
  return type;
}

static gboolean
stamp_init (GstMeta * meta, gpointer params, GstBuffer * buffer)
{
  static const TimepieceStamp none;

  (void) params;
  (void) buffer;
  ((GstTimepieceStamp *) meta)->stamp = none;
  return TRUE;
}

/* Whatever is made of a buffer has passed the start as well. */
static gboolean
stamp_transform (GstBuffer * to, GstMeta * meta, GstBuffer * from, GQuark type,
    gpointer data)
{
  const GstTimepieceStamp *stamp = (const GstTimepieceStamp *) meta;
  GstTimepieceStamp *copy;

  (void) from;
  (void) type;
  (void) data;
  copy = (GstTimepieceStamp *) gst_buffer_add_meta (to,
      gst_timepiece_stamp_get_info (), NULL);
  if (!copy)
    return FALSE;
  copy->stamp = stamp->stamp;
  return TRUE;
}

const GstMetaInfo *
gst_timepiece_stamp_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter (&info))
    g_once_init_leave (&info,
        gst_meta_register (gst_timepiece_stamp_api_get_type (),
            "GstTimepieceStamp", sizeof (GstTimepieceStamp), stamp_init, NULL,
            stamp_transform));
  return info;
}
