#define _GNU_SOURCE             /* for RTLD_NOLOAD */
#include "shim.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Found like the others, and called here only: C cannot forward variadic
 * arguments. */
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

/* A function of a loaded OpenSSL. */
static void *
find_loaded (const char *file, const char *name)
{
  void *library = dlopen (file, RTLD_LAZY | RTLD_NOLOAD);
  void *function = library ? dlsym (library, name) : NULL;

  if (library)
    dlclose (library);          /* libcurl keeps it */
  return function;
}

static CURLcode
set_certificate_time (CURL * handle, void *context, void *seconds)
{
  void *(*parameters_of) (void *context);
  void (*set_time) (void *parameters, time_t time);

  (void) handle;
  *(void **) &parameters_of = find_loaded ("libssl.so.3", "SSL_CTX_get0_param");
  *(void **) &set_time =
      find_loaded ("libcrypto.so.3", "X509_VERIFY_PARAM_set_time");
  if (parameters_of && set_time)
    set_time (parameters_of (context), (time_t) (intptr_t) seconds);
  return CURLE_OK;
}

CURLcode
timepiece_curl_set_certificate_time (CURL * handle, int64_t seconds)
{
  CURLcode code = SET (handle, CURLOPT_SSL_CTX_DATA,
      (void *) (intptr_t) seconds);

  return code == CURLE_OK ? SET (handle, CURLOPT_SSL_CTX_FUNCTION,
      set_certificate_time) : code;
}

int64_t
timepiece_build_time (void)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4] = "";
  int day = 1, year = 1970, number = 0;
  const char *found;

  if (sscanf (__DATE__, "%3s %d %d", month, &day, &year) == 3
      && (found = strstr (months, month)))
    number = (int) (found - months) / 3;
  struct tm date = {.tm_mday = day,.tm_mon = number,
    .tm_year = year - 1900
  };

  return timegm (&date);
}
