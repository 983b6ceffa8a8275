#ifndef REF_META_H
#define REF_META_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* A stamp on a buffer: the instant at which it passed. */
typedef struct
{
  GstMeta meta;
  guint64 instant;
} RefMeta;

/* The type is registered in the plugin's init. */
GType ref_meta_api_get_type (void);
const GstMetaInfo *ref_meta_get_info (void);

G_END_DECLS

#endif
