/* The properties of both elements for AWS CloudWatch. Names are those of
 * gst-plugins-rs' aws elements and, for iot-certificate, of kvssink. */
#include "gsttimepiececloudwatch.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_INTERVAL (60 * GST_SECOND)
/* How long the state change to READY waits for the network at most. */
#define FLUSH_DEADLINE (3 * GST_SECOND)

typedef enum
{
  TEXT,
  STRUCTURE,
  DIMENSIONS,                   /* a structure, or pairs without its name */
  LENGTH,                       /* a guint64 of nanoseconds */
  FLAG
} Kind;

typedef struct
{
  const gchar *name;
  const gchar *nick;
  const gchar *blurb;
  Kind kind;
  glong place;                  /* in GstTimepieceCloudWatch */
  gboolean is_secret;           /* write-only; its memory is wiped */
} Property;

#define AT(member) G_STRUCT_OFFSET (GstTimepieceCloudWatch, member)

/**
 * GstTimepieceElement:cloudwatch-namespace:
 *
 * Namespace of the metric in CloudWatch. Setting it switches publishing on;
 * without it no thread, no file and no library for CloudWatch is used.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-metric-name:
 *
 * Name of the metric. Without one it is frame_processing_time for timepiecetick
 * and elapsed_time for timepiecewatch.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-dimensions:
 * Dimensions of the metric in addition to Label, as a structure:
 * "dimensions,Device=cam-01,Site=north". Each combination of values is a series
 * that CloudWatch bills.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-interval:
 * Time that one datum covers: whole seconds, in nanoseconds. Below a minute the
 * metric has high resolution.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:region:
 *
 * AWS region. Without one it is taken from AWS_REGION, AWS_DEFAULT_REGION, the
 * profile or the instance, in this order.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:access-key:
 *
 * AWS access key, write-only. Without it AWS's chain of credentials is used,
 * which is the better place for keys.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:secret-access-key:
 *
 * AWS secret access key, write-only.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:session-token:
 *
 * Token of temporary AWS keys, write-only.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:profile:
 *
 * Profile in the shared AWS files. Without one it is AWS_PROFILE or `default`.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:endpoint-uri:
 *
 * Address of the service: https, or http to this machine or where
 * #GstTimepieceElement:cloudwatch-allow-http allows it. Without one it is taken
 * from the environment or made from the region.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:iot-certificate:
 *
 * Credentials by the certificate of a device at AWS IoT, in the syntax of
 * kvssink's property of this name.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-spool:
 *
 * File that keeps what cannot be sent now: a path, or `none`. When not set it is
 * in the user's state directory.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-emf:
 *
 * Writes Embedded Metric Format for an agent instead of calling the service:
 * stdout, file:PATH, tcp://HOST:PORT or udp://HOST:PORT.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-protocol:
 *
 * The protocol in which metrics are sent to CloudWatch: `put-metric-data`;
 * `otlp`, OpenTelemetry's at CloudWatch's own endpoint for it, which is queried
 * by PromQL and billed by the gigabyte; or `both`, the same samples to each.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-dry-run:
 *
 * Prints to standard output what would be sent, and sends nothing.
 *
 * Since: 0.1
 */

/**
 * GstTimepieceElement:cloudwatch-allow-http:
 * Allows data and signatures over plain http to another machine, such as an
 * emulator in a container. Keys are never fetched that way.
 *
 * Since: 0.1
 */

static const Property properties[] = {
  {"cloudwatch-namespace", "CloudWatch namespace",
        "Publish to AWS CloudWatch under this namespace (none = do not)",
      TEXT, AT (namespace), FALSE},
  {"cloudwatch-metric-name", "CloudWatch metric name",
      "Name of the metric (none = frame_processing_time for timepiecetick, "
        "elapsed_time for timepiecewatch)", TEXT, AT (metric_name), FALSE},
  {"cloudwatch-dimensions", "CloudWatch dimensions",
      "Dimensions of the metric beside Label, such as "
        "\"Device=cam-01,Site=north\"", DIMENSIONS, AT (dimensions), FALSE},
  {"cloudwatch-interval", "CloudWatch interval",
        "Time that one datum covers, in nanoseconds: whole seconds that "
        "divide a minute, or whole minutes; under 60 s the metric is one of "
        "high resolution", LENGTH,
      AT (interval), FALSE},
  {"region", "Region",
      "AWS region (none = from AWS_REGION, AWS_DEFAULT_REGION, the profile or "
        "the instance)", TEXT, AT (region), FALSE},
  {"access-key", "Access key",
        "AWS access key (none = AWS's chain of credentials)", TEXT,
      AT (access_key), TRUE},
  {"secret-access-key", "Secret access key", "AWS secret access key", TEXT,
      AT (secret_access_key), TRUE},
  {"session-token", "Session token", "AWS session token", TEXT,
      AT (session_token), TRUE},
  {"profile", "Profile",
        "Profile in the shared AWS files (none = AWS_PROFILE or default)", TEXT,
      AT (profile), FALSE},
  {"endpoint-uri", "Endpoint URI",
      "Address of the service: https, or http to this machine or where "
        "cloudwatch-allow-http says so (none = from the environment or the "
        "region)", TEXT, AT (endpoint_uri), FALSE},
  {"iot-certificate", "IoT certificate",
      "Credentials by a device certificate, such as \"iot-certificate,"
        "endpoint=…,cert-path=…,key-path=…,ca-path=…,role-aliases=…,"
        "iot-thing-name=…\"", STRUCTURE, AT (iot_certificate), FALSE},
  {"cloudwatch-spool", "CloudWatch spool",
      "File for what cannot be sent: a path, or none (not set = one of the "
        "user's own)", TEXT, AT (spool), FALSE},
  {"cloudwatch-emf", "CloudWatch EMF",
      "Write Embedded Metric Format instead of calling the service: stdout, "
        "file:PATH, tcp://HOST:PORT or udp://HOST:PORT", TEXT, AT (emf), FALSE},
  {"cloudwatch-protocol", "CloudWatch protocol",
      "How metrics are sent: put-metric-data, otlp or both (none = "
        "put-metric-data)", TEXT, AT (protocol), FALSE},
  {"cloudwatch-dry-run", "CloudWatch dry run",
        "Print to standard output what would be sent, and send nothing", FLAG,
      AT (dry_run), FALSE},
  {"cloudwatch-allow-http", "CloudWatch allow http",
        "Let metrics and signatures go over plain http to another machine, "
        "where everyone on the way can read and change them: for an "
        "emulator in a container. Keys are never fetched that way", FLAG,
      AT (allow_http), FALSE},
};

G_STATIC_ASSERT (G_N_ELEMENTS (properties) ==
    GST_TIMEPIECE_CLOUDWATCH_NUM_PROPERTIES);

/* Where the value of a property is kept. */
#define PLACE(type, self, property) \
    ((type *) G_STRUCT_MEMBER_P (self, (property)->place))

/* The text of pairs, to be freed, up to a comma that is not quoted. */
static gchar *
take_pair (const gchar ** text)
{
  GString *pair = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (; **text && (quoted || **text != ','); (*text)++) {
    if (**text == '"')
      quoted = !quoted;
    else
      g_string_append_c (pair, **text);
  }
  if (**text == ',')
    (*text)++;
  return g_string_free (pair, FALSE);
}

/* Reads "Device=cam-01,Site=north"; NULL if the text does not have this
 * form. */
static GstStructure *
structure_of_pairs (const gchar * text)
{
  GstStructure *structure = gst_structure_new_empty ("dimensions");

  while (structure && *text) {
    gchar *pair = take_pair (&text);
    gchar *value = strchr (pair, '=');

    if (value) {
      *value++ = '\0';
      g_strstrip (pair);
    }
    if (!value || !*pair || gst_structure_has_field (structure, pair))
      gst_clear_structure (&structure);
    else
      gst_structure_set (structure, pair, G_TYPE_STRING, g_strstrip (value),
          NULL);
    g_free (pair);
  }
  return structure;
}

static gboolean
deserialize_dimensions (GValue * value, const gchar * text)
{
  const gchar *equals = strchr (text, '=');
  const gchar *comma = strchr (text, ',');
  gboolean has_name = comma && (!equals || comma < equals);
  GstStructure *structure = has_name ? gst_structure_from_string (text, NULL) :
      structure_of_pairs (text);

  if (structure && gst_structure_n_fields (structure) == 0)
    gst_clear_structure (&structure);
  g_value_take_boxed (value, structure);
  return structure != NULL;
}

static gchar *
serialize_dimensions (const GValue * value)
{
  const GstStructure *structure = g_value_get_boxed (value);

  return structure ? gst_structure_to_string (structure) : NULL;
}

static gint
compare_dimensions (const GValue * a, const GValue * b)
{
  const GstStructure *first = g_value_get_boxed (a);
  const GstStructure *second = g_value_get_boxed (b);
  gboolean same = first == second || (first && second
      && gst_structure_is_equal (first, second));

  return same ? GST_VALUE_EQUAL : GST_VALUE_UNORDERED;
}

static void
copy_boxed (const GValue * from, GValue * to)
{
  g_value_set_boxed (to, g_value_get_boxed (from));
}

/* A GstStructure that can also be typed without a name. */
static GType
dimensions_type (void)
{
  static gsize type = 0;
  /* GStreamer keeps the address. */
  static GstValueTable table = {.compare = compare_dimensions,
    .serialize = serialize_dimensions,.deserialize = deserialize_dimensions
  };

  if (g_once_init_enter (&type)) {
    GType made = g_boxed_type_register_static ("GstTimepieceDimensions",
        (GBoxedCopyFunc) gst_structure_copy,
        (GBoxedFreeFunc) gst_structure_free);

    table.type = made;
    gst_value_register (&table);
    g_value_register_transform_func (GST_TYPE_STRUCTURE, made, copy_boxed);
    g_value_register_transform_func (made, GST_TYPE_STRUCTURE, copy_boxed);
    g_once_init_leave (&type, made);
  }
  return type;
}

/* No part of a secret stays in memory that is freed. */
static void
free_text (gchar * text)
{
  if (text)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static gboolean
is_structure (const Property * property)
{
  return property->kind == STRUCTURE || property->kind == DIMENSIONS;
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

  for (i = 0; i < G_N_ELEMENTS (properties); i++) {
    if (properties[i].kind == TEXT)
      free_text (*PLACE (gchar *, self, &properties[i]));
    else if (is_structure (&properties[i]))
      gst_clear_structure (PLACE (GstStructure *, self, &properties[i]));
  }
}

void
gst_timepiece_cloudwatch_copy (GstTimepieceCloudWatch * self,
    const GstTimepieceCloudWatch * other)
{
  guint i;

  *self = *other;
  for (i = 0; i < G_N_ELEMENTS (properties); i++) {
    if (properties[i].kind == TEXT) {
      gchar **text = PLACE (gchar *, self, &properties[i]);

      *text = g_strdup (*text);
    } else if (is_structure (&properties[i])) {
      GstStructure **structure = PLACE (GstStructure *, self, &properties[i]);

      *structure = *structure ? gst_structure_copy (*structure) : NULL;
    }
  }
}

void
gst_timepiece_cloudwatch_set (GstTimepieceCloudWatch * self, guint index,
    const GValue * value)
{
  const Property *property = &properties[index];

  switch (property->kind) {
    case TEXT:
      free_text (*PLACE (gchar *, self, property));
      *PLACE (gchar *, self, property) = g_value_dup_string (value);
      break;
    case STRUCTURE:
    case DIMENSIONS:
      gst_clear_structure (PLACE (GstStructure *, self, property));
      *PLACE (GstStructure *, self, property) = g_value_dup_boxed (value);
      break;
    case LENGTH:
      *PLACE (guint64, self, property) = g_value_get_uint64 (value);
      break;
    case FLAG:
      *PLACE (gboolean, self, property) = g_value_get_boolean (value);
      break;
  }
}

void
gst_timepiece_cloudwatch_get (GstTimepieceCloudWatch * self, guint index,
    GValue * value)
{
  const Property *property = &properties[index];

  switch (property->kind) {
    case TEXT:
      g_value_set_string (value, property->is_secret ? NULL :
          *PLACE (gchar *, self, property));
      break;
    case STRUCTURE:
    case DIMENSIONS:
      g_value_set_boxed (value, *PLACE (GstStructure *, self, property));
      break;
    case LENGTH:
      g_value_set_uint64 (value, *PLACE (guint64, self, property));
      break;
    case FLAG:
      g_value_set_boolean (value, *PLACE (gboolean, self, property));
      break;
  }
}

static GParamSpec *
spec_of (const Property * property)
{
  GParamFlags flags = G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY |
      (property->is_secret ? G_PARAM_WRITABLE : G_PARAM_READWRITE);

  switch (property->kind) {
    case STRUCTURE:
      return g_param_spec_boxed (property->name, property->nick,
          property->blurb, GST_TYPE_STRUCTURE, flags);
    case DIMENSIONS:
      return g_param_spec_boxed (property->name, property->nick,
          property->blurb, dimensions_type (), flags);
    case LENGTH:
      return g_param_spec_uint64 (property->name, property->nick,
          property->blurb, GST_SECOND, 86400 * GST_SECOND, DEFAULT_INTERVAL,
          flags);
    case FLAG:
      return g_param_spec_boolean (property->name, property->nick,
          property->blurb, FALSE, flags);
    default:
      return g_param_spec_string (property->name, property->nick,
          property->blurb, NULL, flags);
  }
}

void
gst_timepiece_cloudwatch_install (GObjectClass * klass, guint first)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (properties); i++)
    g_object_class_install_property (klass, first + i,
        spec_of (&properties[i]));
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

TimepiecePublisher *
gst_timepiece_cloudwatch_open (GstTimepieceCloudWatch * self,
    const gchar * metric_name, const gchar * label,
    TimepiecePublisherFunc changed, gpointer user_data,
    TimepieceDestroyFunc destroy, gchar ** problem)
{
  TimepiecePublisher *cloudwatch;
  TimepiecePublisherSettings settings = { 0 };
  GArray *dimensions, *iot_certificate;
  char *what = NULL;

  if (!self->namespace) {
    destroy (user_data);
    return NULL;
  }
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
  settings.iot_certificate = (TimepiecePair *) (gpointer) iot_certificate->data;
  settings.num_iot_certificate = iot_certificate->len;
  settings.spool = self->spool;
  settings.emf = self->emf;
  settings.protocol = self->protocol;
  settings.dry_run = self->dry_run;
  settings.allow_http = self->allow_http;
  settings.flush_deadline = FLUSH_DEADLINE;
  cloudwatch = timepiece_publisher_new (&settings, changed, user_data, destroy,
      &what);
  if (!cloudwatch)
    *problem = g_strdup (what ? what : "Publishing to CloudWatch failed.");
  free (what);
  free_pairs (dimensions);
  free_pairs (iot_certificate);
  return cloudwatch;
}

GQuark
gst_timepiece_cloudwatch_destination (const GstTimepieceCloudWatch * self)
{
  const gchar *parts[] = { self->region, self->endpoint_uri, self->profile,
    self->emf
  };
  GString *text = g_string_new ("timepiece-cloudwatch-failing");
  GQuark quark;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (parts); i++)
    g_string_append_printf (text, " %s", parts[i] ? parts[i] : "");
  quark = g_quark_from_string (text->str);
  g_string_free (text, TRUE);
  return quark;
}

GstStructure *
gst_timepiece_cloudwatch_structure (const gchar * name, const gchar * label,
    const TimepiecePublisherStatus * status)
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
