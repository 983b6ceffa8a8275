#include "lazy-library.h"

#include <dlfcn.h>
#include <stdio.h>

void
timepiece_lazy_library_open (TimepieceLazyLibrary * library, const char *file)
{
  /* All of it now, so that what is missing is said here and ends no call later;
   * and for itself, so that nobody else's symbols change. */
  library->file = file;
  library->handle = dlopen (file, RTLD_NOW | RTLD_LOCAL);
  if (!library->handle) {
    const char *reason = dlerror ();

    snprintf (library->problem, sizeof library->problem,
        "%s, which cannot be loaded: %s", file,
        reason ? reason : "no reason given");
  }
}

void *
timepiece_lazy_library_find (TimepieceLazyLibrary * library, const char *name)
{
  void *function = NULL;

  if (library->handle)
    function = dlsym (library->handle, name);
  if (!function && !*library->problem)
    snprintf (library->problem, sizeof library->problem,
        "%s, which has no function %s here", library->file, name);
  return function;
}
