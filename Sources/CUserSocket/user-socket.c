#define _GNU_SOURCE
#include "user-socket.h"

#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

int
timepiece_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static struct sockaddr_un
address_of (const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX };

  strncpy (address.sun_path, path, sizeof (address.sun_path) - 1);
  return address;
}

int
timepiece_bind (int descriptor, const char *path)
{
  struct sockaddr_un address = address_of (path);

  return bind (descriptor, (const struct sockaddr *) &address,
      sizeof (address));
}

int
timepiece_connect (int descriptor, const char *path)
{
  struct sockaddr_un address = address_of (path);

  return connect (descriptor, (const struct sockaddr *) &address,
      sizeof (address));
}

int
timepiece_accept (int descriptor)
{
  return accept4 (descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int
timepiece_is_bound (int descriptor)
{
  struct sockaddr_un address = {.sun_family = 0 };
  socklen_t size = sizeof (address);

  return getsockname (descriptor, (struct sockaddr *) &address, &size) == 0
      && address.sun_path[0] != 0;
}

long long
timepiece_peer_user (int descriptor)
{
  struct ucred credentials;
  socklen_t size = sizeof (credentials);

  if (getsockopt (descriptor, SOL_SOCKET, SO_PEERCRED, &credentials,
          &size) != 0)
    return -1;
  return credentials.uid;
}

long
timepiece_send (int descriptor, const void *bytes, unsigned long count)
{
  return send (descriptor, bytes, count, MSG_NOSIGNAL);
}

int
timepiece_counter (void)
{
  return eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
}
