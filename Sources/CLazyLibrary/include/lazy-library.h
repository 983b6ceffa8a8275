/* Libraries that are loaded when they are needed, and not with the plugin: most
 * pipelines publish nothing, and must not pay for libcurl and its thirty
 * dependencies.
 *
 * A target for such a library lists each function once, in a macro:
 *
 *   #define TIMEPIECE_NAME_FUNCTIONS(FUNCTION) \
 *     FUNCTION (result, name, parameters, arguments, otherwise)
 *
 * Its header applies TIMEPIECE_LAZY_DECLARE to the list, its source
 * TIMEPIECE_LAZY_LIBRARY. Callers write the library's own names and reach
 * functions of this target, which forward the call, or return `otherwise` if
 * the library cannot be loaded. A function that is not listed is not linked. */
#ifndef TIMEPIECE_LAZY_LIBRARY_H
#define TIMEPIECE_LAZY_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>

/* The result of loading a library. */
typedef struct
{
  const char *file;
  void *handle;
  /* Its name and why it cannot be used, to follow "needs"; otherwise empty. */
  char problem[256];
} TimepieceLazyLibrary;

/* Loads the first of the files that can be loaded, permanently; the problem, if
 * none can, is that of the first. @files ends with NULL. Any thread. */
void timepiece_lazy_library_open (TimepieceLazyLibrary * library,
    const char *const *files);

/* Returns a function of it; NULL and a problem if there is none. */
void *timepiece_lazy_library_find (TimepieceLazyLibrary * library,
    const char *name);

/* The name under which the function is linked: it is unique in the process,
 * regardless of other copies of the library. */
#define TIMEPIECE_LAZY_DECLARE(result, name, ...) \
  extern __typeof__ (name) name __asm__ ("timepiece_late_" #name) \
      __attribute__ ((visibility ("hidden")));

#define TIMEPIECE_LAZY_MEMBER(result, name, ...) \
  __typeof__ (&name) name;

#define TIMEPIECE_LAZY_FIND(result, name, ...) \
  table.name = (__typeof__ (&name)) \
      timepiece_lazy_library_find (&library, #name);

/* The compiler checks it against the library's own header in the call; a
 * pointer to const in another version is equivalent. */
#define TIMEPIECE_LAZY_DEFINE(result, name, parameters, arguments, otherwise) \
  result timepiece_late_ ## name parameters; \
  \
  result \
  timepiece_late_ ## name parameters \
  { \
    return is_loaded () ? table.name arguments : otherwise; \
  }

/* The source of such a target: `table` has all the functions that are LISTED, and
 * `why_not ()` says why they are not there. */
#define TIMEPIECE_LAZY_LIBRARY(LISTED, why_not, ...) \
  static TimepieceLazyLibrary library; \
  static struct \
  { \
    LISTED (TIMEPIECE_LAZY_MEMBER) \
  } table; \
  \
  static void \
  load (void) \
  { \
    static const char *const files[] = { __VA_ARGS__, NULL }; \
    \
    timepiece_lazy_library_open (&library, files); \
    LISTED (TIMEPIECE_LAZY_FIND) \
  } \
  \
  const char * \
  why_not (void) \
  { \
    static pthread_once_t once = PTHREAD_ONCE_INIT; \
    \
    pthread_once (&once, load); \
    return *library.problem ? library.problem : NULL; \
  } \
  \
  static inline bool \
  is_loaded (void) \
  { \
    return !why_not (); \
  }

#endif
