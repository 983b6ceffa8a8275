#ifndef TIMEPIECE_CCURL_SHIM_H
#define TIMEPIECE_CCURL_SHIM_H

#include <curl/curl.h>
#include <lazy-library.h>
#include <stdint.h>

/* The functions of libcurl, which is loaded with the first call. */
#define TIMEPIECE_CURL_FUNCTIONS(FUNCTION) \
  FUNCTION (CURLcode, curl_global_init, (long flags), (flags), \
      CURLE_FAILED_INIT) \
  FUNCTION (CURL *, curl_easy_init, (void), (), NULL) \
  FUNCTION (void, curl_easy_reset, (CURL * handle), (handle), (void) 0) \
  FUNCTION (CURLcode, curl_easy_perform, (CURL * handle), (handle), \
      CURLE_FAILED_INIT) \
  FUNCTION (void, curl_easy_cleanup, (CURL * handle), (handle), (void) 0) \
  FUNCTION (const char *, curl_easy_strerror, (CURLcode code), (code), \
      timepiece_curl_problem ()) \
  FUNCTION (void, curl_free, (void *memory), (memory), (void) 0) \
  FUNCTION (struct curl_slist *, curl_slist_append, \
      (struct curl_slist * list, const char *text), (list, text), NULL) \
  FUNCTION (void, curl_slist_free_all, (struct curl_slist * list), (list), \
      (void) 0) \
  FUNCTION (CURLU *, curl_url, (void), (), NULL) \
  FUNCTION (void, curl_url_cleanup, (CURLU * url), (url), (void) 0) \
  FUNCTION (CURLUcode, curl_url_get, \
      (CURLU * url, CURLUPart part, char **text, unsigned int flags), \
      (url, part, text, flags), CURLUE_OUT_OF_MEMORY) \
  FUNCTION (CURLUcode, curl_url_set, \
      (CURLU * url, CURLUPart part, const char *text, unsigned int flags), \
      (url, part, text, flags), CURLUE_OUT_OF_MEMORY)

/* Loads libcurl, once. Returns its file and why it cannot be used, to follow
 * "needs"; NULL if it can. Any thread. */
const char *timepiece_curl_problem (void);

TIMEPIECE_CURL_FUNCTIONS (TIMEPIECE_LAZY_DECLARE)

/* curl_easy_setopt is variadic, and Swift cannot call variadic functions: one
 * function for each type that an option's value can have. */
CURLcode timepiece_curl_set_long (CURL * handle, CURLoption option,
    long value);
CURLcode timepiece_curl_set_offset (CURL * handle, CURLoption option,
    curl_off_t value);
CURLcode timepiece_curl_set_string (CURL * handle, CURLoption option,
    const char *value);
CURLcode timepiece_curl_set_pointer (CURL * handle, CURLoption option,
    void *value);
/* The callbacks for the header and for the body of a reply. */
CURLcode timepiece_curl_set_receiver (CURL * handle, CURLoption option,
    size_t (*receiver) (char *bytes, size_t size, size_t count,
        void *context));
/* The callback at any time of a transfer, which continues if it returns 0. */
CURLcode timepiece_curl_set_progress (CURL * handle,
    int (*progress) (void *context, curl_off_t to_receive, curl_off_t received,
        curl_off_t to_send, curl_off_t sent));
/* The callback before a request is put on a connection. */
CURLcode timepiece_curl_set_gate (CURL * handle,
    int (*gate) (void *context, char *remote, char *local, int remote_port,
        int local_port));

/* curl_easy_getinfo is variadic too. */
CURLcode timepiece_curl_get_long (CURL * handle, CURLINFO info, long *value);
CURLcode timepiece_curl_get_offset (CURL * handle, CURLINFO info,
    curl_off_t * value);

/* Sets the time for the check of certificates, in seconds since 1970, instead
 * of the machine's; without effect if libcurl uses an OpenSSL other than 3. */
CURLcode timepiece_curl_set_certificate_time (CURL * handle, int64_t seconds);

/* The day of the compilation, in seconds since 1970. */
int64_t timepiece_build_time (void);

/* CURL_GLOBAL_ALL is a macro with a cast, which Swift does not import. */
CURLcode timepiece_curl_global_init (void);

#endif
