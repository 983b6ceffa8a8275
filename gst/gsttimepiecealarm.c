/* The syntax of alarms: kind,field=value,…;… as GStreamer writes its structures.
 * Times of day are read by GLib. */
#include "gsttimepiecealarm.h"

#include <string.h>

static const gchar *const kinds[] = { "at", "interval", "ordinal", "after" };
static const gchar *const actions[] = { "message", "force-key-unit", "eos" };

/* The field that gives the time of firing, by kind. */
static const gchar *const value_fields[] = { "time", "every", "each", "after" };

/* The types that a value may name: those that GStreamer writes for texts and
 * whole numbers, and their short names. */
static const gchar *const types[] = {
  "string", "str", "s", "gchararray", "int", "i", "gint", "uint", "u", "guint",
  "gint64", "guint64"
};

/* More than a name needs, and few enough that memory stays bounded. */
#define LONGEST_NAME 1024

static const gchar bad_form[] = "it is not of the form kind,field=value,…, "
    "entries separated by semicolons";

void
gst_timepiece_alarm_free (GstTimepieceAlarm * alarm)
{
  g_free (alarm->text);
  g_free (alarm->name);
  g_free (alarm);
}

gboolean
gst_timepiece_alarm_equal (const GstTimepieceAlarm * a,
    const GstTimepieceAlarm * b)
{
  return a->kind == b->kind && a->value == b->value && a->count == b->count
      && a->action == b->action && a->by_running_time == b->by_running_time
      && strcmp (a->name, b->name) == 0;
}

static gint
index_of (const gchar * const *names, guint length, const gchar * name)
{
  guint i;

  for (i = 0; i < length; i++)
    if (strcmp (names[i], name) == 0)
      return (gint) i;
  return -1;
}

void
gst_timepiece_alarm_make_name (GstTimepieceAlarm * alarm, guint number)
{
  g_free (alarm->name);
  alarm->name = g_strdup_printf ("%s%u", kinds[alarm->kind], number);
}

/* Reads a number such as 5 or 0.25 and adds it to the total, in units of the
 * unit that follows it. Integers, so that nothing is rounded. */
static gboolean
add_length (const gchar ** text, guint64 * total)
{
  static const struct
  {
    const gchar *unit;
    guint64 length;
  } units[] = {                 /* longer names before their prefixes */
    {"ms", GST_MSECOND}, {"us", GST_USECOND}, {"ns", 1},
    {"h", 3600 * GST_SECOND}, {"m", 60 * GST_SECOND}, {"s", GST_SECOND}
  };
  const gchar *next = *text;
  guint64 whole = 0, fraction = 0, scale = 1, length;
  guint i;

  if (!g_ascii_isdigit (*next))
    return FALSE;
  for (; g_ascii_isdigit (*next); next++)
    if (!g_uint64_checked_mul (&whole, whole, 10)
        || !g_uint64_checked_add (&whole, whole, (guint64) (*next - '0')))
      return FALSE;
  if (*next == '.' && g_ascii_isdigit (next[1]))
    for (next++; g_ascii_isdigit (*next); next++)
      if (scale < G_GUINT64_CONSTANT (1000000000000)) {
        fraction = fraction * 10 + (guint64) (*next - '0');
        scale *= 10;
      }
  for (i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_prefix (next, units[i].unit))
      break;
  if (i == G_N_ELEMENTS (units))
    return FALSE;
  *text = next + strlen (units[i].unit);
  length = units[i].length;
  return g_uint64_checked_mul (&whole, whole, length)
      && g_uint64_checked_add (total, *total, whole)
      && g_uint64_checked_add (total, *total, gst_util_uint64_scale (fraction,
          length, scale));
}

gboolean
gst_timepiece_alarm_parse_duration (const gchar * text, gint64 * nanoseconds)
{
  guint64 total = 0;

  do {
    if (!add_length (&text, &total))
      return FALSE;
  } while (*text != '\0');
  *nanoseconds = (gint64) total;
  return total >= 1 && total <= G_MAXINT64;
}

/* Whether the text after the time is empty or a valid offset from UTC: versions
 * of GLib differ in what they accept, and no zone is further away than 14
 * hours. */
static gboolean
has_possible_offset (const gchar * text)
{
  const gchar *time = strpbrk (text, "Tt ");
  const gchar *sign = time ? strpbrk (time, "+-") : NULL;
  const gchar *minutes;
  gint hours;

  if (!sign)
    return TRUE;
  if (!g_ascii_isdigit (sign[1]) || !g_ascii_isdigit (sign[2]))
    return FALSE;
  hours = 10 * g_ascii_digit_value (sign[1]) + g_ascii_digit_value (sign[2]);
  minutes = sign + (sign[3] == ':' ? 4 : 3);
  return hours < 14 || (hours == 14
      && strspn (minutes, "0") == strlen (minutes));
}

static gboolean
parse_time (const gchar * text, gint64 * nanoseconds)
{
  GTimeZone *local = g_time_zone_new_local ();
  GDateTime *time = g_date_time_new_from_iso8601 (text, local);
  gint64 seconds;
  gboolean sensible;

  g_time_zone_unref (local);
  if (!time)
    return FALSE;
  if (!has_possible_offset (text)) {
    g_date_time_unref (time);
    return FALSE;
  }
  seconds = g_date_time_to_unix (time);
  /* The range of nanoseconds in 64 bits, without the time at which clocks
   * begin. */
  sensible = seconds > 0 && seconds < G_GINT64_CONSTANT (9200000000);
  if (sensible)
    *nanoseconds = seconds * G_GINT64_CONSTANT (1000000000) +
        (gint64) g_date_time_get_microsecond (time) * 1000;
  g_date_time_unref (time);
  return sensible;
}

/* The names and values of an entry's fields, one after the other; of two fields
 * with the same name the later one counts.
 * Returns: (nullable): the value of a field. */
static const gchar *
find_field (const GPtrArray * fields, const gchar * name)
{
  guint i;

  for (i = fields->len; i > 0; i -= 2)
    if (strcmp (g_ptr_array_index (fields, i - 2), name) == 0)
      return g_ptr_array_index (fields, i - 1);
  return NULL;
}

static gboolean
parse_count (const gchar * text, gint64 least, gint64 * number)
{
  return g_ascii_string_to_signed (text, 10, least, G_MAXINT32, number, NULL);
}

static gchar *
parse_value (GstTimepieceAlarm * alarm, const GPtrArray * fields)
{
  const gchar *field = value_fields[alarm->kind];
  const gchar *text = find_field (fields, field);
  gchar *problem = NULL;

  if (!text)
    return g_strdup_printf ("the field %s is missing", field);
  switch (alarm->kind) {
    case TIMEPIECE_ALARM_AT:
      if (!parse_time (text, &alarm->value))
        problem = g_strdup_printf ("time is \"%s\", but it has to be a time "
            "after 1970 such as 2026-11-22T12:00:00Z, 2026-11-22T12:00:00+01:00 "
            "or, in local time, 2026-11-22T12:00:00", text);
      break;
    case TIMEPIECE_ALARM_ORDINAL:
      if (!parse_count (text, 1, &alarm->value))
        problem = g_strdup_printf ("each is \"%s\", but it has to be a number "
            "from 1 to %d", text, G_MAXINT32);
      break;
    default:
      if (!gst_timepiece_alarm_parse_duration (text, &alarm->value))
        problem = g_strdup_printf ("%s is \"%s\", but it has to be a duration "
            "longer than 0 with units, such as 250ms, 5s, 1m30s (h, m, s, ms, "
            "us, ns)", field, text);
      break;
  }
  return problem;
}

static gchar *
parse_clock (GstTimepieceAlarm * alarm, const GPtrArray * fields)
{
  const gchar *text = find_field (fields, "clock");
  gchar *problem = NULL;

  if (!text)
    return NULL;
  alarm->by_running_time = strcmp (text, "running-time") == 0;
  if (!alarm->by_running_time && strcmp (text, "monotonic") != 0)
    problem = g_strdup_printf ("clock is \"%s\", but it has to be monotonic or "
        "running-time", text);
  else if (alarm->kind == TIMEPIECE_ALARM_AT
      || alarm->kind == TIMEPIECE_ALARM_ORDINAL)
    problem = g_strdup_printf ("it has a clock, which only interval and after "
        "can have");
  return problem;
}

static gchar *
parse_action (GstTimepieceAlarm * alarm, const GPtrArray * fields)
{
  const gchar *text = find_field (fields, "action");
  gint action;

  if (!text)
    return NULL;
  action = index_of (actions, G_N_ELEMENTS (actions), text);
  if (action < 0)
    return g_strdup_printf ("action is \"%s\", but it has to be "
        "message, force-key-unit or eos", text);
  alarm->action = (GstTimepieceAction) action;
  return NULL;
}

static gchar *
parse_limit (GstTimepieceAlarm * alarm, const GPtrArray * fields)
{
  const gchar *text = find_field (fields, "count");
  gchar *problem = NULL;
  gint64 count = 0;

  if (!text)
    return NULL;
  if (alarm->kind == TIMEPIECE_ALARM_AT || alarm->kind == TIMEPIECE_ALARM_AFTER)
    problem = g_strdup ("it has a count, but fires only once");
  else if (!parse_count (text, 1, &count))
    problem = g_strdup_printf ("count is \"%s\", but it has to be a number "
        "from 1 to %d", text, G_MAXINT32);
  alarm->count = (guint64) count;
  return problem;
}

static gchar *
parse_name (GstTimepieceAlarm * alarm, const GPtrArray * fields, guint position)
{
  const gchar *name = find_field (fields, "name");

  if (!name) {
    gst_timepiece_alarm_make_name (alarm, position);
    return NULL;
  }
  alarm->is_named = TRUE;
  alarm->name = g_strdup (name);
  if (strlen (name) > LONGEST_NAME)
    return g_strdup_printf ("its name has %" G_GSIZE_FORMAT " bytes, but may "
        "have at most %d", strlen (name), LONGEST_NAME);
  return *name == '\0' ? g_strdup ("its name is empty") : NULL;
}

static gchar *
check_fields (const GstTimepieceAlarm * alarm, const GPtrArray * fields)
{
  guint i;

  for (i = 0; i < fields->len; i += 2) {
    const gchar *field = g_ptr_array_index (fields, i);

    if (strcmp (field, "name") && strcmp (field, "clock")
        && strcmp (field, "action") && strcmp (field, "count")
        && strcmp (field, value_fields[alarm->kind]))
      return g_strdup_printf ("it has a field %s; known are name, %s, clock, "
          "action and count", field, value_fields[alarm->kind]);
  }
  return NULL;
}

/* Reads the kind at the beginning of an entry. @rest: (out): the text after it.
 * Returns: (nullable): what is wrong. */
static gchar *
parse_kind (GstTimepieceAlarm * alarm, const gchar ** rest)
{
  gsize length = strcspn (alarm->text, ", \t\r\n");
  gchar *kind = g_strndup (alarm->text, length);
  gint found = index_of (kinds, G_N_ELEMENTS (kinds), kind);
  gchar *problem = NULL;

  if (found >= 0)
    alarm->kind = (TimepieceAlarmKind) found;
  else if (*kind != '\0')
    problem = g_strdup_printf ("its kind is \"%s\", but it has to be at, "
        "interval, ordinal or after", kind);
  else
    problem = g_strdup (bad_form);
  *rest = alarm->text + length;
  g_free (kind);
  return problem;
}

/* Returns: (nullable): what is wrong. */
static gchar *
parse_fields (GstTimepieceAlarm * alarm, const GPtrArray * fields,
    guint position)
{
  gchar *problem;

  if (!(problem = parse_name (alarm, fields, position))
      && !(problem = check_fields (alarm, fields))
      && !(problem = parse_value (alarm, fields))
      && !(problem = parse_clock (alarm, fields))
      && !(problem = parse_action (alarm, fields)))
    problem = parse_limit (alarm, fields);
  return problem;
}

static const gchar *
skip_space (const gchar * text)
{
  while (g_ascii_isspace (*text))
    text++;
  return text;
}

/* The first of the given characters outside of quotation marks, or the end of
 * the text. */
static const gchar *
find_unquoted (const gchar * text, const gchar * characters)
{
  gboolean quoted = FALSE;

  for (; *text != '\0' && (quoted || !strchr (characters, *text)); text++) {
    if (*text == '\\' && text[1] != '\0')
      text++;
    else if (*text == '"')
      quoted = !quoted;
  }
  return text;
}

/* Returns: (nullable): what is wrong. */
static gchar *
check_type (const gchar * text)
{
  gchar *type = g_strstrip (g_strndup (text, strcspn (text, ")")));
  gchar *problem = NULL;

  if (!strchr (text, ')'))
    problem = g_strdup (bad_form);
  else if (index_of (types, G_N_ELEMENTS (types), type) < 0)
    problem = g_strdup_printf ("a value has the type (%s), but may have none "
        "but (string), (int) and their kin", type);
  g_free (type);
  return problem;
}

/* Reads a word of the characters that GStreamer accepts without quotation
 * marks. */
static gchar *
read_bare (const gchar ** text)
{
  const gchar *begin = *text;

  while (**text != '\0' && (g_ascii_isalnum (**text)
          || strchr ("_-+/:.", **text)))
    (*text)++;
  return g_strndup (begin, (gsize) (*text - begin));
}

/* Reads a text in quotation marks; a backslash escapes the next character.
 * Returns: (nullable): NULL if the end is missing. */
static gchar *
read_quoted (const gchar ** text)
{
  GString *value = g_string_new (NULL);

  for ((*text)++; **text != '\0' && **text != '"'; (*text)++) {
    if (**text == '\\' && (*text)[1] != '\0')
      (*text)++;
    g_string_append_c (value, **text);
  }
  if (**text == '\0') {
    g_string_free (value, TRUE);
    return NULL;
  }
  (*text)++;
  return g_string_free (value, FALSE);
}

/* Reads one text or number; a type before it is skipped.
 * Returns: (nullable): what is wrong. */
static gchar *
read_value (const gchar ** text, gchar ** value)
{
  gchar *problem;

  if (**text == '(') {
    if ((problem = check_type (*text + 1)))
      return problem;
    *text = skip_space (strchr (*text, ')') + 1);
  }
  if (**text != '\0' && strchr ("[{<", **text))
    return g_strdup_printf ("a value begins with '%c', but may be one "
        "text or number, and no list, range or structure", **text);
  if (**text == '"')
    *value = read_quoted (text);
  else if ((*value = read_bare (text)) && **value == '\0')
    g_clear_pointer (value, g_free);
  return *value ? NULL : g_strdup (bad_form);
}

/* Reads ,field=value,… to the end. Returns: (nullable): what is wrong. */
static gchar *
read_fields (const gchar * text, GPtrArray * fields)
{
  for (text = skip_space (text); *text == ','; text = skip_space (text)) {
    gchar *value = NULL;
    gchar *problem, *field;

    text = skip_space (text + 1);
    if (*text == '\0')
      return NULL;
    field = read_bare (&text);
    g_ptr_array_add (fields, field);
    text = skip_space (text);
    if (*field == '\0' || *text != '=')
      return g_strdup (bad_form);
    text = skip_space (text + 1);
    problem = read_value (&text, &value);
    g_ptr_array_add (fields, value);
    if (problem)
      return problem;
  }
  return *text == '\0' ? NULL : g_strdup (bad_form);
}

/* @text: (transfer full): one entry
 * Returns: (nullable): what is wrong. */
static gchar *
parse_entry (GstTimepieceAlarm * alarm, gchar * text, guint position)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);
  const gchar *rest;
  gchar *problem;

  alarm->text = g_strchomp (text);
  if (!(problem = parse_kind (alarm, &rest))
      && !(problem = read_fields (rest, fields)))
    problem = parse_fields (alarm, fields, position);
  g_ptr_array_unref (fields);
  return problem;
}

/* Only enough of the entry to find it again. */
static gchar *
complain (const gchar * list, const gchar * entry, guint position,
    const gchar * text, const gchar * what)
{
  gchar *excerpt = g_utf8_strlen (text, -1) > 40 ?
      g_utf8_substring (text, 0, 40) : g_strdup (text);
  gchar *problem = g_strdup_printf ("Alarm %u, at character %ld, \"%s\": %s.",
      position, g_utf8_pointer_to_offset (list, entry) + 1, excerpt, what);

  g_free (excerpt);
  return problem;
}

GPtrArray *
gst_timepiece_alarm_parse_list (const gchar * text, gchar ** problem)
{
  GPtrArray *alarms;
  GHashTable *names;
  const gchar *entry = skip_space (text ? text : "");

  if (text && !g_utf8_validate (text, -1, NULL)) {
    *problem = g_strdup ("The alarms are not UTF-8.");
    return NULL;
  }
  alarms = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_timepiece_alarm_free);
  names = g_hash_table_new (g_str_hash, g_str_equal);
  while (*entry != '\0' && alarms) {
    const gchar *end = find_unquoted (entry, ";");
    GstTimepieceAlarm *alarm = g_new0 (GstTimepieceAlarm, 1);
    guint position = alarms->len + 1;
    gchar *what = parse_entry (alarm, g_strndup (entry, (gsize) (end - entry)),
        position);

    g_ptr_array_add (alarms, alarm);
    if (!what && position > GST_TIMEPIECE_ALARM_LARGEST_NUMBER)
      what = g_strdup_printf ("there are more than %d alarms, which is the "
          "most that an element takes", GST_TIMEPIECE_ALARM_LARGEST_NUMBER);
    if (!what && !g_hash_table_add (names, alarm->name))
      what = g_strdup_printf ("there is another of the name %s", alarm->name);
    if (what) {
      *problem = complain (text, entry, position, alarm->text, what);
      g_free (what);
      g_clear_pointer (&alarms, g_ptr_array_unref);
    }
    entry = skip_space (*end == ';' ? end + 1 : end);
  }
  g_hash_table_unref (names);
  return alarms;
}
