// What of the kernel glibc has no function for.
#ifndef TIMEPIECE_LINUX_SHIM_H
#define TIMEPIECE_LINUX_SHIM_H

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift cannot call syscall (), which takes a variable number of arguments.
static inline long timepiece_membarrier(int command) {
    return syscall(SYS_membarrier, command, 0, 0);
}

#endif
