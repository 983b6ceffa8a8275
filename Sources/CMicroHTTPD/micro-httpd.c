#include "shim.h"

#include <sys/eventfd.h>

/* Of microhttpd.h. */
union MHD_DaemonInfo
{
  int epoll_fd;
};
union MHD_ConnectionInfo
{
  int connect_fd;
};
#define MHD_USE_EPOLL 512u
#define MHD_OPTION_END 0
#define MHD_OPTION_CONNECTION_MEMORY_LIMIT 1
#define MHD_OPTION_CONNECTION_LIMIT 2
#define MHD_OPTION_CONNECTION_TIMEOUT 3
#define MHD_OPTION_PER_IP_CONNECTION_LIMIT 5
#define MHD_OPTION_LISTEN_SOCKET 12
#define MHD_OPTION_NOTIFY_CONNECTION 27
#define MHD_CONNECTION_INFO_CONNECTION_FD 6
#define MHD_DAEMON_INFO_EPOLL_FD 3

typedef int (*Handler) (void *context, struct MHD_Connection * connection,
    const char *path, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **own);
typedef void (*Notice) (void *context, struct MHD_Connection * connection,
    void **own, int has_ended);

struct MHD_Daemon *MHD_start_daemon (unsigned int flags, uint16_t port,
    void *policy, void *policy_context, Handler handler, void *context, ...);
const union MHD_DaemonInfo *MHD_get_daemon_info (struct MHD_Daemon *daemon,
    int type, ...);
const union MHD_ConnectionInfo *MHD_get_connection_info (struct MHD_Connection
    *connection, int type, ...);

#define VARIADIC(FUNCTION) \
  FUNCTION (struct MHD_Daemon *, MHD_start_daemon) \
  FUNCTION (const union MHD_DaemonInfo *, MHD_get_daemon_info) \
  FUNCTION (const union MHD_ConnectionInfo *, MHD_get_connection_info)
#define ALL(FUNCTION) TIMEPIECE_MHD_FUNCTIONS (FUNCTION) VARIADIC (FUNCTION)

/* *INDENT-OFF* */
TIMEPIECE_LAZY_LIBRARY (ALL, timepiece_mhd_problem, "libmicrohttpd.so.12")

TIMEPIECE_MHD_FUNCTIONS (TIMEPIECE_LAZY_DEFINE)
/* *INDENT-ON* */

/* Responds as soon as the header has arrived: it does not wait for a body,
 * which no request here has. */
static int
handle (void *context, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **own)
{
  const TimepieceMHDHandler *handler = context;

  (void) version;
  (void) upload;
  (void) upload_size;
  (void) own;
  handler->answer (handler->context, connection, path, method);
  return TIMEPIECE_MHD_YES;
}

static void
notice (void *context, struct MHD_Connection *connection, void **own,
    int has_ended)
{
  const TimepieceMHDHandler *handler = context;
  const union MHD_ConnectionInfo *info =
      table.MHD_get_connection_info (connection,
      MHD_CONNECTION_INFO_CONNECTION_FD);

  (void) own;
  handler->notice (handler->context, connection, info ? info->connect_fd : -1,
      !has_ended);
}

struct MHD_Daemon *
timepiece_mhd_start (int socket, const TimepieceMHDLimits * limits,
    const TimepieceMHDHandler * handler)
{
  if (!is_loaded ())
    return NULL;
  return table.MHD_start_daemon (MHD_USE_EPOLL, 0, NULL, NULL, handle,
      (void *) handler, MHD_OPTION_LISTEN_SOCKET, socket,
      MHD_OPTION_CONNECTION_LIMIT, limits->connections,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits->connections_per_address,
      MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->header_bytes,
      MHD_OPTION_NOTIFY_CONNECTION, (Notice) notice, (void *) handler,
      MHD_OPTION_END);
}

int
timepiece_mhd_descriptor (struct MHD_Daemon *daemon)
{
  const union MHD_DaemonInfo *info = is_loaded ()?
      table.MHD_get_daemon_info (daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;

  return info ? info->epoll_fd : -1;
}

int
timepiece_mhd_alarm (void)
{
  return eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void
timepiece_mhd_ring (int alarm)
{
  eventfd_write (alarm, 1);
}
