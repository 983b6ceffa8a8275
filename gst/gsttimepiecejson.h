#ifndef GST_TIMEPIECE_JSON_H
#define GST_TIMEPIECE_JSON_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Appends a string with its quotation marks. */
void gst_timepiece_json_string (GString * json, const gchar * text);

/* Appends "message":NAME,"fields":{...}, as in recordings. */
void gst_timepiece_json_structure (GString * json,
    const GstStructure * structure);

G_END_DECLS

#endif
