/* What libFuzzer calls with texts: the reader of the property `alarms`. It takes
 * a text, or says in a sentence why not; and what it took, it takes again from
 * its own spelling, and finds the same alarms in it. */
#include <gst/gst.h>

#include "gsttimepiecealarm.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_value (const GstTimepieceAlarm * alarm)
{
  g_assert_true (alarm->name && *alarm->name != '\0');
  g_assert_cmpint (alarm->value, >, 0);
  g_assert_cmpuint (alarm->count, <=, G_MAXINT32);
}

static void
check_again (GPtrArray * alarms)
{
  GString *spelling = g_string_new (NULL);
  gchar *problem = NULL;
  GPtrArray *again;
  guint i;

  for (i = 0; i < alarms->len; i++)
    g_string_append_printf (spelling, "%s%s", i > 0 ? "; " : "",
        ((GstTimepieceAlarm *) g_ptr_array_index (alarms, i))->text);
  again = gst_timepiece_alarm_parse_list (spelling->str, &problem);
  if (!again)
    g_error ("\"%s\" is taken once, but not again: %s", spelling->str, problem);
  g_assert_cmpuint (again->len, ==, alarms->len);
  for (i = 0; i < alarms->len; i++)
    g_assert_true (gst_timepiece_alarm_equal (g_ptr_array_index (alarms, i),
            g_ptr_array_index (again, i)));
  g_ptr_array_unref (again);
  g_string_free (spelling, TRUE);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  gchar *text = g_strndup ((const gchar *) data, size);
  gchar *problem = NULL;
  GPtrArray *alarms = gst_timepiece_alarm_parse_list (text, &problem);

  if (alarms) {
    g_assert_null (problem);
    g_ptr_array_foreach (alarms, (GFunc) (void (*)(void)) check_value, NULL);
    check_again (alarms);
    g_ptr_array_unref (alarms);
  } else {
    g_assert_true (problem && g_utf8_validate (problem, -1, NULL));
    g_assert_true (g_str_has_suffix (problem, "."));
  }
  g_free (problem);
  g_free (text);
  return 0;
}
