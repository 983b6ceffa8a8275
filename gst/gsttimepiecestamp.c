#include "gsttimepiecestamp.h"

#include "gsttimepiecenewer.h"
#include "gsttimepiecestampwire.h"

/* GStreamer 1.24's, as older headers lack them: an array of bytes, and the
 * description of a meta that GStreamer makes and is filled in here. */
typedef struct _Bytes Bytes;
struct _Bytes
{
  guint8 *data;
  gsize length;
    gboolean (*resize) (Bytes * bytes, gsize length);
};

typedef struct
{
  GType api;
  GType type;
  gsize size;
  GstMetaInitFunction init;
  GstMetaFreeFunction free;
  GstMetaTransformFunction transform;
    gboolean (*serialize) (const GstMeta * meta, Bytes * bytes,
      guint8 * version);
  GstMeta *(*deserialize) (const GstMetaInfo * info, GstBuffer * buffer,
      const guint8 * bytes, gsize size, guint8 version);
} Info;

#if GST_CHECK_VERSION (1, 24, 0)
#define SAME(ours, our_field, theirs, field) \
  G_STATIC_ASSERT (G_STRUCT_OFFSET (ours, our_field) \
      == G_STRUCT_OFFSET (theirs, field))
SAME (Bytes, data, GstByteArrayInterface, data);
SAME (Bytes, length, GstByteArrayInterface, len);
SAME (Bytes, resize, GstByteArrayInterface, resize);
SAME (Info, init, GstMetaInfo, init_func);
SAME (Info, transform, GstMetaInfo, transform_func);
SAME (Info, serialize, GstMetaInfo, serialize_func);
SAME (Info, deserialize, GstMetaInfo, deserialize_func);
#endif

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
  GstTimepieceStamp *stamp = (GstTimepieceStamp *) meta;

  (void) params;
  (void) buffer;
  stamp->stamp = none;
  stamp->path = 0;
  stamp->elsewhere = 0;
  return TRUE;
}

/* A buffer that is made from another has passed the start, too. */
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
  copy->path = stamp->path;
  copy->elsewhere = stamp->elsewhere;
  return TRUE;
}

static gboolean
stamp_serialize (const GstMeta * meta, Bytes * bytes, guint8 * version)
{
  gsize length = bytes->length;

  if (!bytes->resize
      || !bytes->resize (bytes, length + GST_TIMEPIECE_STAMP_SIZE))
    return FALSE;
  bytes->length = length + GST_TIMEPIECE_STAMP_SIZE;
  gst_timepiece_stamp_write ((const GstTimepieceStamp *) meta,
      bytes->data + length);
  *version = GST_TIMEPIECE_STAMP_VERSION;
  return TRUE;
}

static GstMeta *
stamp_deserialize (const GstMetaInfo * info, GstBuffer * buffer,
    const guint8 * bytes, gsize size, guint8 version)
{
  GstMeta *meta = gst_buffer_add_meta (buffer, info, NULL);

  /* A stamp that cannot be used stays empty, and stops ignore it; the buffer is
   * not affected. */
  if (meta)
    (void) gst_timepiece_stamp_read ((GstTimepieceStamp *) meta, bytes, size,
        version);
  return meta;
}

static const GstMetaInfo *
register_info (void)
{
  GType api = gst_timepiece_stamp_api_get_type ();
  Info *(*make) (GType api, const gchar * name, gsize size) =
      (Info * (*)(GType, const gchar *, gsize))
      gst_timepiece_newer_function ("gst_meta_info_new");
  const GstMetaInfo *(*add) (Info * info) = (const GstMetaInfo * (*)(Info *))
      gst_timepiece_newer_function ("gst_meta_info_register");
  Info *info;

  if (!make || !add)
    return gst_meta_register (api, "GstTimepieceStamp",
        sizeof (GstTimepieceStamp), stamp_init, NULL, stamp_transform);
  info = make (api, "GstTimepieceStamp", sizeof (GstTimepieceStamp));
  info->init = stamp_init;
  info->transform = stamp_transform;
  info->serialize = stamp_serialize;
  info->deserialize = stamp_deserialize;
  return add (info);
}

const GstMetaInfo *
gst_timepiece_stamp_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter (&info))
    g_once_init_leave (&info, register_info ());
  return info;
}
