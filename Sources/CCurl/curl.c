#include "shim.h"

/* Found like the others, and called here only: C cannot pass on what is
 * variadic. */
#define VARIADIC(FUNCTION) \
  FUNCTION (CURLcode, curl_easy_setopt) \
  FUNCTION (CURLcode, curl_easy_getinfo)
#define ALL(FUNCTION) TIMEPIECE_CURL_FUNCTIONS (FUNCTION) VARIADIC (FUNCTION)

/* *INDENT-OFF* */
TIMEPIECE_LAZY_LIBRARY (ALL, timepiece_curl_problem, "libcurl.so.4")

TIMEPIECE_CURL_FUNCTIONS (TIMEPIECE_LAZY_DEFINE)
/* *INDENT-ON* */

/* The parentheses keep curl's type-checking macros out, which need the option
 * to be a constant. */
#define SET(handle, option, value) \
  (is_loaded () ? (table.curl_easy_setopt) (handle, option, value) \
      : CURLE_FAILED_INIT)
#define GET(handle, info, value) \
  (is_loaded () ? (table.curl_easy_getinfo) (handle, info, value) \
      : CURLE_FAILED_INIT)

CURLcode
timepiece_curl_set_long (CURL * handle, CURLoption option, long value)
{
  return SET (handle, option, value);
}

CURLcode
timepiece_curl_set_offset (CURL * handle, CURLoption option, curl_off_t value)
{
  return SET (handle, option, value);
}

CURLcode
timepiece_curl_set_string (CURL * handle, CURLoption option, const char *value)
{
  return SET (handle, option, value);
}

CURLcode
timepiece_curl_set_pointer (CURL * handle, CURLoption option, void *value)
{
  return SET (handle, option, value);
}

CURLcode
timepiece_curl_set_receiver (CURL * handle, CURLoption option,
    size_t (*receiver) (char *bytes, size_t size, size_t count, void *context))
{
  return SET (handle, option, receiver);
}

CURLcode
timepiece_curl_set_progress (CURL * handle,
    int (*progress) (void *context, curl_off_t to_receive, curl_off_t received,
        curl_off_t to_send, curl_off_t sent))
{
  CURLcode code = SET (handle, CURLOPT_XFERINFOFUNCTION, progress);

  return code == CURLE_OK ? SET (handle, CURLOPT_NOPROGRESS, 0L) : code;
}

CURLcode
timepiece_curl_set_gate (CURL * handle,
    int (*gate) (void *context, char *remote, char *local, int remote_port,
        int local_port))
{
  return SET (handle, CURLOPT_PREREQFUNCTION, gate);
}

CURLcode
timepiece_curl_get_long (CURL * handle, CURLINFO info, long *value)
{
  return GET (handle, info, value);
}

CURLcode
timepiece_curl_get_offset (CURL * handle, CURLINFO info, curl_off_t * value)
{
  return GET (handle, info, value);
}

CURLcode
timepiece_curl_global_init (void)
{
  return curl_global_init (CURL_GLOBAL_ALL);
}
