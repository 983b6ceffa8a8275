/* Tells ThreadSanitizer of locks that it cannot see, when it is loaded before
 * a test process: GLib's GMutex, GRWLock and GCond are futexes in a library
 * that is not instrumented, and so is the waiting half of Swift's Mutex.
 * Without it, what those locks order reads as races.
 *
 * Tests/sanitizers/toolchain.sh builds it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib.h>

/* The sanitizer's own, in the test process; absent in others. */
extern void __tsan_acquire (void *address) __attribute__((weak));
extern void __tsan_release (void *address) __attribute__((weak));

#define REAL(name) \
  static __typeof__ (&name) real; \
  if (!real) \
    real = (__typeof__ (real)) dlsym (RTLD_NEXT, #name)

static void
acquire (void *lock)
{
  if (__tsan_acquire)
    __tsan_acquire (lock);
}

static void
release (void *lock)
{
  if (__tsan_release)
    __tsan_release (lock);
}

void
g_mutex_lock (GMutex * mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex * mutex)
{
  REAL (g_mutex_trylock);
  if (!real (mutex))
    return FALSE;
  acquire (mutex);
  return TRUE;
}

void
g_mutex_unlock (GMutex * mutex)
{
  REAL (g_mutex_unlock);
  release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond * cond, GMutex * mutex)
{
  REAL (g_cond_wait);
  release (mutex);
  real (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end_time)
{
  gboolean signaled;

  REAL (g_cond_wait_until);
  release (mutex);
  signaled = real (cond, mutex, end_time);
  acquire (mutex);
  return signaled;
}

/* What was done once is visible to all that find it done; the macros read the
 * location with an atomic operation that is compiled into the caller. */
#undef g_once_init_enter
#undef g_once_init_leave

gboolean
g_once_init_enter (volatile void *location)
{
  REAL (g_once_init_enter);
  if (real (location))
    return TRUE;
  acquire ((void *) location);
  return FALSE;
}

void
g_once_init_leave (volatile void *location, gsize result)
{
  REAL (g_once_init_leave);
  release ((void *) location);
  real (location, result);
}

/* A thread of a pool begins what was pushed to it. */
gboolean
g_thread_pool_push (GThreadPool * pool, gpointer data, GError ** error)
{
  REAL (g_thread_pool_push);
  release (data);
  return real (pool, data, error);
}

/* Swift's Mutex is taken and released here when another thread waits for it; the
 * rest is compiled into the caller, and seen. */
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define HANDLE __attribute__ ((swift_context)) void *

/* A plugin's libraries are not among those that RTLD_NEXT searches. */
static void *
real_of_swift (const char *name)
{
  void *library, *found = dlsym (RTLD_NEXT, name);

  if (!found
      && (library = dlopen ("libswiftSynchronization.so",
              RTLD_LAZY | RTLD_NOLOAD)))
    found = dlsym (library, name);
  return found;
}

/* *INDENT-OFF* */
__attribute__ ((swiftcall))
void swift_mutex_lock_slow (guint32 state, HANDLE handle) __asm__ (LOCK_SLOW);
__attribute__ ((swiftcall))
void swift_mutex_unlock_slow (HANDLE handle) __asm__ (UNLOCK_SLOW);

__attribute__ ((swiftcall))
void swift_mutex_lock_slow (guint32 state, HANDLE handle)
{
  static __attribute__ ((swiftcall)) void (*real) (guint32, HANDLE);

  if (!real)
    *(void **) &real = real_of_swift (LOCK_SLOW);
  real (state, handle);
  acquire (handle);
}

__attribute__ ((swiftcall))
void swift_mutex_unlock_slow (HANDLE handle)
{
  static __attribute__ ((swiftcall)) void (*real) (HANDLE);

  if (!real)
    *(void **) &real = real_of_swift (UNLOCK_SLOW);
  release (handle);
  real (handle);
}
/* *INDENT-ON* */
