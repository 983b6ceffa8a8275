/* The properties of both elements for AWS CloudWatch. Names are those of
 * gst-plugins-rs' aws elements and, for iot-certificate, of kvssink. */
#include "gsttimepiececloudwatch.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_INTERVAL (60 * GST_SECOND)
/* What the state change to READY waits for the network at most. */
#define FLUSH_DEADLINE (3 * GST_SECOND)

enum
{
  NAMESPACE,
  METRIC_NAME,
  DIMENSIONS,
  INTERVAL,
  REGION,
  ACCESS_KEY,
  SECRET_ACCESS_KEY,
  SESSION_TOKEN,
  PROFILE,
  ENDPOINT_URI,
  IOT_CERTIFICATE,
  SPOOL,
  EMF,
  DRY_RUN,
  ALLOW_HTTP
};

/* Where a string property is kept; NULL for the others. */
static gchar **
string_of (GstTimepieceCloudWatch * self, guint index)
{
  switch (index) {
    case NAMESPACE:
      return &self->namespace;
    case METRIC_NAME:
      return &self->metric_name;
    case REGION:
      return &self->region;
    case ACCESS_KEY:
      return &self->access_key;
    case SECRET_ACCESS_KEY:
      return &self->secret_access_key;
    case SESSION_TOKEN:
      return &self->session_token;
    case PROFILE:
      return &self->profile;
    case ENDPOINT_URI:
      return &self->endpoint_uri;
    case SPOOL:
      return &self->spool;
    case EMF:
      return &self->emf;
    default:
      return NULL;
  }
}

static GstStructure **
structure_of (GstTimepieceCloudWatch * self, guint index)
{
  switch (index) {
    case DIMENSIONS:
      return &self->dimensions;
    case IOT_CERTIFICATE:
      return &self->iot_certificate;
    default:
      return NULL;
  }
}

static gboolean *
flag_of (GstTimepieceCloudWatch * self, guint index)
{
  return index == ALLOW_HTTP ? &self->allow_http : &self->dry_run;
}

static gboolean
is_secret (guint index)
{
  return index == ACCESS_KEY || index == SECRET_ACCESS_KEY
      || index == SESSION_TOKEN;
}

/* Nothing of a secret stays in memory that is given back. */
static void
free_secret (gchar * secret)
{
  if (secret)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
gst_timepiece_cloudwatch_init (GstTimepieceCloudWatch * self)
{
  memset (self, 0, sizeof (*self));
  self->interval = DEFAULT_INTERVAL;
}

void
gst_timepiece_cloudwatch_clear (GstTimepieceCloudWatch * self)
{
  guint i;

  for (i = 0; i < GST_TIMEPIECE_CLOUDWATCH_NUM_PROPERTIES; i++) {
    gchar **string = string_of (self, i);
    GstStructure **structure = structure_of (self, i);

    if (string)
      free_secret (*string);
    if (structure)
      gst_clear_structure (structure);
  }
}

void
gst_timepiece_cloudwatch_copy (GstTimepieceCloudWatch * self,
    const GstTimepieceCloudWatch * other)
{
  guint i;

  *self = *other;
  for (i = 0; i < GST_TIMEPIECE_CLOUDWATCH_NUM_PROPERTIES; i++) {
    gchar **string = string_of (self, i);
    GstStructure **structure = structure_of (self, i);

    if (string)
      *string = g_strdup (*string);
    if (structure && *structure)
      *structure = gst_structure_copy (*structure);
  }
}

void
gst_timepiece_cloudwatch_set (GstTimepieceCloudWatch * self, guint index,
    const GValue * value)
{
  gchar **string = string_of (self, index);
  GstStructure **structure = structure_of (self, index);

  if (string) {
    free_secret (*string);
    *string = g_value_dup_string (value);
  } else if (structure) {
    gst_clear_structure (structure);
    *structure = g_value_dup_boxed (value);
  } else if (index == INTERVAL) {
    self->interval = g_value_get_uint64 (value);
  } else {
    *flag_of (self, index) = g_value_get_boolean (value);
  }
}

void
gst_timepiece_cloudwatch_get (GstTimepieceCloudWatch * self, guint index,
    GValue * value)
{
  gchar **string = string_of (self, index);
  GstStructure **structure = structure_of (self, index);

  if (string)
    g_value_set_string (value, is_secret (index) ? NULL : *string);
  else if (structure)
    g_value_set_boxed (value, *structure);
  else if (index == INTERVAL)
    g_value_set_uint64 (value, self->interval);
  else
    g_value_set_boolean (value, *flag_of (self, index));
}

/* The fields of a structure as pairs of strings, each to be freed. */
static GArray *
pairs_of (const GstStructure * structure)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (TimepiecePair));
  gint i, n = structure ? gst_structure_n_fields (structure) : 0;

  for (i = 0; i < n; i++) {
    const gchar *name = gst_structure_nth_field_name (structure, (guint) i);
    const GValue *value = gst_structure_get_value (structure, name);
    gchar *text = G_VALUE_HOLDS_STRING (value) ? g_value_dup_string (value) :
        gst_value_serialize (value);
    TimepiecePair pair = { g_strdup (name), text ? text : g_strdup ("") };

    g_array_append_val (pairs, pair);
  }
  return pairs;
}

static void
free_pairs (GArray * pairs)
{
  guint i;

  for (i = 0; i < pairs->len; i++) {
    TimepiecePair *pair = &g_array_index (pairs, TimepiecePair, i);

    g_free ((gchar *) pair->name);
    g_free ((gchar *) pair->value);
  }
  g_array_unref (pairs);
}

TimepieceCloudWatch *
gst_timepiece_cloudwatch_open (GstTimepieceCloudWatch * self,
    const gchar * metric_name, const gchar * label,
    TimepieceCloudWatchFunc changed, gpointer user_data, gchar ** problem)
{
  TimepieceCloudWatch *cloudwatch;
  TimepieceCloudWatchSettings settings = { 0 };
  GArray *dimensions, *iot_certificate;
  char *what = NULL;

  if (!self->namespace)
    return NULL;
  dimensions = pairs_of (self->dimensions);
  iot_certificate = pairs_of (self->iot_certificate);
  settings.name_space = self->namespace;
  settings.metric_name = self->metric_name ? self->metric_name : metric_name;
  settings.label = label;
  settings.dimensions = (TimepiecePair *) (gpointer) dimensions->data;
  settings.num_dimensions = dimensions->len;
  settings.interval = self->interval;
  settings.region = self->region;
  settings.access_key = self->access_key;
  settings.secret_access_key = self->secret_access_key;
  settings.session_token = self->session_token;
  settings.profile = self->profile;
  settings.endpoint_uri = self->endpoint_uri;
  settings.iot_certificate =
      (TimepiecePair *) (gpointer) iot_certificate->data;
  settings.num_iot_certificate = iot_certificate->len;
  settings.spool = self->spool;
  settings.emf = self->emf;
  settings.dry_run = self->dry_run;
  settings.allow_http = self->allow_http;
  settings.flush_deadline = FLUSH_DEADLINE;
  cloudwatch = timepiece_cloudwatch_new (&settings, changed, user_data, &what);
  if (!cloudwatch)
    *problem = g_strdup (what ? what : "Publishing to CloudWatch failed.");
  free (what);
  free_pairs (dimensions);
  free_pairs (iot_certificate);
  return cloudwatch;
}

GstStructure *
gst_timepiece_cloudwatch_structure (const gchar * name, const gchar * label,
    const TimepieceCloudWatchStatus * status)
{
  GstStructure *structure = gst_structure_new (name,
      "label", G_TYPE_STRING, label,
      "sent", G_TYPE_UINT64, status->sent,
      "retried", G_TYPE_UINT64, status->retried,
      "dropped", G_TYPE_UINT64, status->dropped,
      "spooled", G_TYPE_UINT64, status->spooled,
      "last-error", G_TYPE_STRING, status->last_error,
      "throttled", G_TYPE_UINT64, status->throttled,
      "uncertain", G_TYPE_UINT64, status->uncertain,
      "requests", G_TYPE_UINT64, status->requests,
      "oldest", G_TYPE_INT64, status->oldest,
      "last-success", G_TYPE_INT64, status->last_success,
      "skew", G_TYPE_INT64, status->skew, NULL);
  gsize i;

  for (i = 0; i < status->num_drops; i++) {
    gchar *field = g_strconcat ("dropped-", status->drops[i].reason, NULL);

    gst_structure_set (structure, field, G_TYPE_UINT64, status->drops[i].count,
        NULL);
    g_free (field);
  }
  return structure;
}

static void
install_string (GObjectClass * klass, guint id, const gchar * name,
    const gchar * nick, const gchar * blurb, GParamFlags flags)
{
  g_object_class_install_property (klass, id,
      g_param_spec_string (name, nick, blurb, NULL,
          flags | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

void
gst_timepiece_cloudwatch_install (GObjectClass * klass, guint first)
{
  install_string (klass, first + NAMESPACE, "cloudwatch-namespace",
      "CloudWatch namespace",
      "Publish to AWS CloudWatch under this namespace (none = do not)",
      G_PARAM_READWRITE);
  install_string (klass, first + METRIC_NAME, "cloudwatch-metric-name",
      "CloudWatch metric name",
      "Name of the metric (none = frame_processing_time for timepiecetick, "
      "elapsed_time for timepiecewatch)", G_PARAM_READWRITE);
  g_object_class_install_property (klass, first + DIMENSIONS,
      g_param_spec_boxed ("cloudwatch-dimensions", "CloudWatch dimensions",
          "Dimensions of the metric beside Label, such as "
          "\"dimensions,Device=cam-01,Site=north\"", GST_TYPE_STRUCTURE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first + INTERVAL,
      g_param_spec_uint64 ("cloudwatch-interval", "CloudWatch interval",
          "Time that one datum stands for, in nanoseconds, whole seconds; "
          "under 60 s the metric is one of high resolution", GST_SECOND,
          86400 * GST_SECOND, DEFAULT_INTERVAL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  install_string (klass, first + REGION, "region", "Region",
      "AWS region (none = from AWS_REGION, AWS_DEFAULT_REGION, the profile or "
      "the instance)", G_PARAM_READWRITE);
  install_string (klass, first + ACCESS_KEY, "access-key", "Access key",
      "AWS access key (none = AWS's chain of credentials)", G_PARAM_WRITABLE);
  install_string (klass, first + SECRET_ACCESS_KEY, "secret-access-key",
      "Secret access key", "AWS secret access key", G_PARAM_WRITABLE);
  install_string (klass, first + SESSION_TOKEN, "session-token",
      "Session token", "AWS session token", G_PARAM_WRITABLE);
  install_string (klass, first + PROFILE, "profile", "Profile",
      "Profile in the shared AWS files (none = AWS_PROFILE or default)",
      G_PARAM_READWRITE);
  install_string (klass, first + ENDPOINT_URI, "endpoint-uri", "Endpoint URI",
      "Address of the service: https, or http to this machine or where "
      "cloudwatch-allow-http says so (none = from the environment or the "
      "region)", G_PARAM_READWRITE);
  g_object_class_install_property (klass, first + IOT_CERTIFICATE,
      g_param_spec_boxed ("iot-certificate", "IoT certificate",
          "Credentials by a device certificate, such as \"iot-certificate,"
          "endpoint=…,cert-path=…,key-path=…,ca-path=…,role-aliases=…,"
          "iot-thing-name=…\"", GST_TYPE_STRUCTURE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  install_string (klass, first + SPOOL, "cloudwatch-spool",
      "CloudWatch spool",
      "File for what cannot be sent: a path, or none (not set = one of the "
      "user's own)", G_PARAM_READWRITE);
  install_string (klass, first + EMF, "cloudwatch-emf", "CloudWatch EMF",
      "Write Embedded Metric Format instead of calling the service: stdout, "
      "file:PATH, tcp://HOST:PORT or udp://HOST:PORT", G_PARAM_READWRITE);
  g_object_class_install_property (klass, first + DRY_RUN,
      g_param_spec_boolean ("cloudwatch-dry-run", "CloudWatch dry run",
          "Print to standard output what would be sent, and send nothing",
          FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, first + ALLOW_HTTP,
      g_param_spec_boolean ("cloudwatch-allow-http", "CloudWatch allow http",
          "Let figures and signatures go over plain http to another machine, "
          "where whoever stands between can read and change them: for an "
          "emulator in a container. Keys are never fetched that way", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
}
