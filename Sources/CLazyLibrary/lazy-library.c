#include "lazy-library.h"

#include <dlfcn.h>
#include <stdio.h>

void
timepiece_lazy_library_open (TimepieceLazyLibrary * library,
    const char *const *files)
{
  /* With all symbols bound now, so that a missing one is reported here and does
   * not end a later call; and local, so that the symbols of others do not
   * change. */
  for (; *files && !library->handle; files++) {
    library->file = *files;
    library->handle = dlopen (*files, RTLD_NOW | RTLD_LOCAL);
    if (!library->handle && !*library->problem) {
      const char *reason = dlerror ();

      snprintf (library->problem, sizeof library->problem,
          "%s, which cannot be loaded: %s", *files,
          reason ? reason : "no reason given");
    }
  }
  if (library->handle)
    *library->problem = '\0';
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
