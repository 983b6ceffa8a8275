/* The parameters of the tracer.
 *
 * A list of name=value separated by commas; a value with commas is in quotation
 * marks. Parentheses and semicolons are not allowed: they end the parameters
 * and separate tracers in GST_TRACERS. */
#include "gsttimepiecetracersettings.h"
#include "gsttimepiecealarm.h"

#include <string.h>

#define DEFAULT_INTERVAL GST_SECOND
#define MIN_INTERVAL GST_MSECOND
#define DEFAULT_MAX_UNREAD 100

static gchar *
set_interval (GstTimepieceTracerSettings * self, const gchar * value)
{
  gint64 interval;

  if (g_str_equal (value, "0")) {
    self->interval = 0;
    return NULL;
  }
  if (!gst_timepiece_alarm_parse_duration (value, &interval)
      || interval < (gint64) MIN_INTERVAL)
    return g_strdup_printf ("interval is \"%s\", but it has to be a duration "
        "of 1ms or more, such as 500ms or 2s, or 0 for a report only at the "
        "end", value);
  self->interval = (guint64) interval;
  return NULL;
}

static gchar *
set_elements (GstTimepieceTracerSettings * self, const gchar * value)
{
  if (*value == '\0')
    return g_strdup ("elements is empty, but it has to be a pattern such as "
        "decodebin* or *enc*");
  g_free (self->elements);
  self->elements = g_strdup (value);
  return NULL;
}

static gchar *
set_max_unread (GstTimepieceTracerSettings * self, const gchar * value)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT, &number, NULL))
    return g_strdup_printf ("max-unread-messages is \"%s\", but it has to be a "
        "number from 0 to %u", value, G_MAXUINT);
  self->max_unread = (guint) number;
  return NULL;
}

static gchar *
set_path (gchar ** path, const gchar * name, const gchar * value)
{
  if (*value == '\0')
    return g_strdup_printf ("%s is empty, but it has to be a path", name);
  g_free (*path);
  *path = g_strdup (value);
  return NULL;
}

static gchar *
set_record (GstTimepieceTracerSettings * self, const gchar * value)
{
  return set_path (&self->record, "record", value);
}

static gchar *
set_socket (GstTimepieceTracerSettings * self, const gchar * value)
{
  return set_path (&self->socket, "socket", value);
}

static gchar *
set_connect (GstTimepieceTracerSettings * self, const gchar * value)
{
  return set_path (&self->connect, "connect", value);
}

/* A port, or an address and a port; an address with colons is in brackets. */
static gchar *
set_prometheus (GstTimepieceTracerSettings * self, const gchar * value)
{
  const gchar *colon = strrchr (value, ':');
  const gchar *text = colon ? colon + 1 : value;
  gsize length = colon ? (gsize) (colon - value) : 0;
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL)
      || (colon && length == 0))
    return g_strdup_printf ("prometheus is \"%s\", but it has to be a port "
        "from 1 to 65535, such as 9180, or an address and a port, such as "
        "0.0.0.0:9180 or [::]:9180", value);
  self->prometheus_port = (guint) port;
  g_clear_pointer (&self->prometheus_address, g_free);
  if (length > 2 && value[0] == '[' && value[length - 1] == ']')
    self->prometheus_address = g_strndup (value + 1, length - 2);
  else if (colon)
    self->prometheus_address = g_strndup (value, length);
  return NULL;
}

static gchar *
set_otlp (GstTimepieceTracerSettings * self, const gchar * value)
{
  if (*value == '\0')
    return g_strdup ("otlp is empty, but it has to be an address, such as "
        "http://127.0.0.1:4318, or env");
  g_free (self->otlp);
  self->otlp = g_strdup (value);
  return NULL;
}

static const struct
{
  const gchar *name;
  gchar *(*set) (GstTimepieceTracerSettings * self, const gchar * value);
} parameters[] = {
  {"interval", set_interval},
  {"elements", set_elements},
  {"max-unread-messages", set_max_unread},
  {"record", set_record},
  {"socket", set_socket},
  {"connect", set_connect},
  {"prometheus", set_prometheus},
  {"otlp", set_otlp},
};

static gchar *
unknown (const gchar * name)
{
  GString *sentence = g_string_new (NULL);
  guint i;

  g_string_append_printf (sentence, "the parameter \"%s\" is unknown; there "
      "are ", name);
  for (i = 0; i < G_N_ELEMENTS (parameters); i++)
    g_string_append_printf (sentence, "%s%s", i == 0 ? "" :
        i == G_N_ELEMENTS (parameters) - 1 ? " and " : ", ",
        parameters[i].name);
  return g_string_free (sentence, FALSE);
}

static gchar *
set (GstTimepieceTracerSettings * self, const gchar * name, const gchar * value)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (g_str_equal (name, parameters[i].name))
      return parameters[i].set (self, value);
  return unknown (name);
}

/* Ends the parameter at the comma after it and removes the quotation marks.
 * Returns: where the next one begins, or NULL; @parameter: its text */
static gchar *
next_parameter (gchar * text, gchar ** parameter)
{
  gchar *end = text, *write = text;
  gboolean quoted = FALSE;

  for (; *end && (quoted || *end != ','); end++) {
    if (*end == '"')
      quoted = !quoted;
    else
      *write++ = *end;
  }
  *parameter = text;
  if (*end == ',') {
    *write = '\0';
    return end + 1;
  }
  *write = '\0';
  return NULL;
}

gchar *
gst_timepiece_tracer_settings_parse (GstTimepieceTracerSettings * self,
    const gchar * params)
{
  gchar *copy = g_strdup (params ? params : ""), *next = copy, *problem = NULL;

  self->interval = DEFAULT_INTERVAL;
  self->elements = g_strdup ("*");
  self->max_unread = DEFAULT_MAX_UNREAD;
  while (next && !problem) {
    gchar *parameter, *value;

    next = next_parameter (next, &parameter);
    g_strstrip (parameter);
    value = strchr (parameter, '=');
    if (value) {
      *value++ = '\0';
      problem = set (self, g_strchomp (parameter), g_strchug (value));
    } else if (*parameter != '\0') {
      problem = g_strdup_printf ("\"%s\" has no value; parameters are given as "
          "name=value", parameter);
    }
  }
  g_free (copy);
  return problem;
}

void
gst_timepiece_tracer_settings_clear (GstTimepieceTracerSettings * self)
{
  g_clear_pointer (&self->elements, g_free);
  g_clear_pointer (&self->record, g_free);
  g_clear_pointer (&self->socket, g_free);
  g_clear_pointer (&self->connect, g_free);
  g_clear_pointer (&self->prometheus_address, g_free);
  g_clear_pointer (&self->otlp, g_free);
}
