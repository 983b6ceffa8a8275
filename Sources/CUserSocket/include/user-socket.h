// Sockets in the file system, for one user only: what of them Swift cannot call. accept4 and struct ucred are GNU's, and
// sockaddr_un ends in an array that Swift takes for a tuple. No system header is included here, whose types would become
// this module's.
#ifndef TIMEPIECE_USER_SOCKET_H
#define TIMEPIECE_USER_SOCKET_H

#pragma clang assume_nonnull begin

/* All return -1 and set errno if they fail. Descriptors do not block and are closed by exec. */

int timepiece_socket(void);
int timepiece_bind(int descriptor, const char *path);
int timepiece_connect(int descriptor, const char *path);
int timepiece_accept(int descriptor);

/* Whether it has a name. */
int timepiece_is_bound(int descriptor);

/* The number of the peer's user. */
long long timepiece_peer_user(int descriptor);

/* Sends without the signal for a closed reader. */
long timepiece_send(int descriptor, const void *bytes, unsigned long count);

/* A counter that wakes poll (). */
int timepiece_counter(void);

#pragma clang assume_nonnull end

#endif
