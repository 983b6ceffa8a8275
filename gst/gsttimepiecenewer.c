#define _GNU_SOURCE             /* for RTLD_NOLOAD */
#include "gsttimepiecenewer.h"

#include <dlfcn.h>

GCallback
gst_timepiece_newer_function (const gchar * name)
{
  /* The library itself: a program may have loaded it with RTLD_LOCAL. */
  void *core = dlopen ("libgstreamer-1.0.so.0", RTLD_LAZY | RTLD_NOLOAD);
  GCallback function = NULL;

  if (!core)
    return NULL;
  *(void **) &function = dlsym (core, name);
  dlclose (core);
  return function;
}
