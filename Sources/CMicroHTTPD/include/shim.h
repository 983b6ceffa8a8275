/* The functions of libmicrohttpd, which is loaded when the first page is
 * opened. These parts of its interface have been the same since 0.9.71 and are
 * declared here, so that its header need not be installed. */
#ifndef TIMEPIECE_CMICROHTTPD_SHIM_H
#define TIMEPIECE_CMICROHTTPD_SHIM_H

#include <lazy-library.h>
#include <stddef.h>
#include <stdint.h>

struct MHD_Daemon;
struct MHD_Connection;
struct MHD_Response;

#define TIMEPIECE_MHD_NO 0
#define TIMEPIECE_MHD_YES 1
/* enum MHD_ValueKind */
#define TIMEPIECE_MHD_HEADER_KIND 1
/* enum MHD_ResponseMemoryMode */
#define TIMEPIECE_MHD_MUST_COPY 2

#define TIMEPIECE_MHD_FUNCTIONS(FUNCTION) \
  FUNCTION (int, MHD_run, (struct MHD_Daemon * daemon), (daemon), \
      TIMEPIECE_MHD_NO) \
  FUNCTION (int, MHD_get_timeout, \
      (struct MHD_Daemon * daemon, unsigned long long *milliseconds), \
      (daemon, milliseconds), TIMEPIECE_MHD_NO) \
  FUNCTION (void, MHD_stop_daemon, (struct MHD_Daemon * daemon), (daemon), \
      (void) 0) \
  FUNCTION (struct MHD_Response *, MHD_create_response_from_buffer, \
      (size_t size, void *buffer, int mode), (size, buffer, mode), NULL) \
  FUNCTION (int, MHD_add_response_header, \
      (struct MHD_Response * response, const char *name, const char *value), \
      (response, name, value), TIMEPIECE_MHD_NO) \
  FUNCTION (int, MHD_queue_response, \
      (struct MHD_Connection * connection, unsigned int status, \
          struct MHD_Response * response), \
      (connection, status, response), TIMEPIECE_MHD_NO) \
  FUNCTION (void, MHD_destroy_response, (struct MHD_Response * response), \
      (response), (void) 0) \
  FUNCTION (const char *, MHD_lookup_connection_value, \
      (struct MHD_Connection * connection, int kind, const char *name), \
      (connection, kind, name), NULL)

int MHD_run (struct MHD_Daemon *daemon);
int MHD_get_timeout (struct MHD_Daemon *daemon,
    unsigned long long *milliseconds);
void MHD_stop_daemon (struct MHD_Daemon *daemon);
struct MHD_Response *MHD_create_response_from_buffer (size_t size,
    void *buffer, int mode);
int MHD_add_response_header (struct MHD_Response *response, const char *name,
    const char *value);
int MHD_queue_response (struct MHD_Connection *connection, unsigned int status,
    struct MHD_Response *response);
void MHD_destroy_response (struct MHD_Response *response);
const char *MHD_lookup_connection_value (struct MHD_Connection *connection,
    int kind, const char *name);

/* Loads libmicrohttpd, once. Returns its file and why it cannot be used, to
 * follow "needs"; NULL if it can. Any thread. */
const char *timepiece_mhd_problem (void);

TIMEPIECE_MHD_FUNCTIONS (TIMEPIECE_LAZY_DECLARE)

/* The limits of a client. */
typedef struct
{
  unsigned int connections;
  unsigned int connections_per_address;
  unsigned int idle_seconds;
  size_t header_bytes;
} TimepieceMHDLimits;

/* Responds to a request, in MHD_run. */
typedef void (*TimepieceMHDAnswer) (void *context,
    struct MHD_Connection * connection, const char *path, const char *method);
/* A connection was made, or ends; in MHD_run. */
typedef void (*TimepieceMHDNotice) (void *context,
    struct MHD_Connection * connection, int socket, int has_begun);

typedef struct
{
  TimepieceMHDAnswer answer;
  TimepieceMHDNotice notice;
  void *context;
} TimepieceMHDHandler;

/* MHD_start_daemon and the queries about a daemon and a connection are
 * variadic, and Swift cannot call variadic functions. The daemon has no thread:
 * its owner waits on the descriptor and calls MHD_run. socket: listens; the
 * daemon closes it. handler: lives as long as the daemon. Returns NULL if there
 * is no memory or no descriptor. */
struct MHD_Daemon *timepiece_mhd_start (int socket,
    const TimepieceMHDLimits * limits, const TimepieceMHDHandler * handler);
/* The descriptor that becomes readable when MHD_run has work. */
int timepiece_mhd_descriptor (struct MHD_Daemon *daemon);

/* A descriptor that becomes readable when it is written to, which ends a wait;
 * -1 if there is none. Swift's module of glibc has no eventfd. */
int timepiece_mhd_alarm (void);
void timepiece_mhd_ring (int alarm);

#endif
