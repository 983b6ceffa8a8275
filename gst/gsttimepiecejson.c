/* Structures as JSON, as `timepiece record` writes them. */
#include "gsttimepiecejson.h"

#include <math.h>
#include <string.h>

void
gst_timepiece_json_string (GString * json, const gchar * text)
{
  gchar *valid = g_utf8_make_valid (text, -1);
  const gchar *next;

  g_string_append_c (json, '"');
  for (next = valid; *next; next++) {
    if (*next == '"' || *next == '\\')
      g_string_append_printf (json, "\\%c", *next);
    else if ((guchar) * next < 0x20)
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) * next);
    else
      g_string_append_c (json, *next);
  }
  g_string_append_c (json, '"');
  g_free (valid);
}

static void
append_double (GString * json, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number)) {
    g_string_append (json, "null");
    return;
  }
  g_ascii_dtostr (text, sizeof (text), number);
  g_string_append (json, text);
  /* A number without a point would be read as a whole number. */
  if (!strpbrk (text, ".e"))
    g_string_append (json, ".0");
}

static void
append_value (GString * json, const GValue * value)
{
  guint i;

  if (G_VALUE_HOLDS_UINT64 (value)) {
    g_string_append_printf (json, "%" G_GUINT64_FORMAT,
        g_value_get_uint64 (value));
  } else if (G_VALUE_HOLDS_INT64 (value)) {
    g_string_append_printf (json, "%" G_GINT64_FORMAT,
        g_value_get_int64 (value));
  } else if (G_VALUE_HOLDS_DOUBLE (value)) {
    append_double (json, g_value_get_double (value));
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    g_string_append (json, g_value_get_boolean (value) ? "true" : "false");
  } else if (G_VALUE_HOLDS_STRING (value)) {
    if (g_value_get_string (value))
      gst_timepiece_json_string (json, g_value_get_string (value));
    else
      g_string_append (json, "null");
  } else if (GST_VALUE_HOLDS_ARRAY (value)) {
    g_string_append_c (json, '[');
    for (i = 0; i < gst_value_array_get_size (value); i++) {
      if (i > 0)
        g_string_append_c (json, ',');
      append_value (json, gst_value_array_get_value (value, i));
    }
    g_string_append_c (json, ']');
  } else if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    g_string_append_c (json, '{');
    gst_timepiece_json_structure (json, gst_value_get_structure (value));
    g_string_append_c (json, '}');
  } else {
    gchar *text = gst_value_serialize (value);

    if (text)
      gst_timepiece_json_string (json, text);
    else
      g_string_append (json, "null");
    g_free (text);
  }
}

void
gst_timepiece_json_structure (GString * json, const GstStructure * structure)
{
  gint i;

  g_string_append (json, "\"message\":");
  gst_timepiece_json_string (json, gst_structure_get_name (structure));
  g_string_append (json, ",\"fields\":{");
  for (i = 0; i < gst_structure_n_fields (structure); i++) {
    const gchar *field = gst_structure_nth_field_name (structure, (guint) i);

    if (i > 0)
      g_string_append_c (json, ',');
    gst_timepiece_json_string (json, field);
    g_string_append_c (json, ':');
    append_value (json, gst_structure_get_value (structure, field));
  }
  g_string_append_c (json, '}');
}
