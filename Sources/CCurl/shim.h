#ifndef TIMEPIECE_CCURL_SHIM_H
#define TIMEPIECE_CCURL_SHIM_H

#include <curl/curl.h>

/* curl_easy_setopt is variadic, and Swift cannot call variadic functions: one function for each type that an option's
   value can have. The parentheses keep curl's type-checking macros out, which need the option to be a constant. */

static inline CURLcode
timepiece_curl_set_long (CURL * handle, CURLoption option, long value)
{
  return (curl_easy_setopt) (handle, option, value);
}

static inline CURLcode
timepiece_curl_set_offset (CURL * handle, CURLoption option, curl_off_t value)
{
  return (curl_easy_setopt) (handle, option, value);
}

static inline CURLcode
timepiece_curl_set_string (CURL * handle, CURLoption option, const char *value)
{
  return (curl_easy_setopt) (handle, option, value);
}

static inline CURLcode
timepiece_curl_set_pointer (CURL * handle, CURLoption option, void *value)
{
  return (curl_easy_setopt) (handle, option, value);
}

/* The callbacks for the header and for the body of a reply. */
static inline CURLcode
timepiece_curl_set_receiver (CURL * handle, CURLoption option,
    size_t (*receiver) (char *bytes, size_t size, size_t count, void *context))
{
  return (curl_easy_setopt) (handle, option, receiver);
}

/* The callback before a request is put on a connection. */
static inline CURLcode
timepiece_curl_set_gate (CURL * handle,
    int (*gate) (void *context, char *remote, char *local, int remote_port,
        int local_port))
{
  return (curl_easy_setopt) (handle, CURLOPT_PREREQFUNCTION, gate);
}

/* curl_easy_getinfo is variadic too. */

static inline CURLcode
timepiece_curl_get_long (CURL * handle, CURLINFO info, long *value)
{
  return (curl_easy_getinfo) (handle, info, value);
}

static inline CURLcode
timepiece_curl_get_offset (CURL * handle, CURLINFO info, curl_off_t * value)
{
  return (curl_easy_getinfo) (handle, info, value);
}

/* Macros with casts, which Swift does not import. */

static inline CURLcode
timepiece_curl_global_init (void)
{
  return curl_global_init (CURL_GLOBAL_ALL);
}

#endif
