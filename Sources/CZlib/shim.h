#ifndef TIMEPIECE_CZLIB_SHIM_H
#define TIMEPIECE_CZLIB_SHIM_H

#include <zlib.h>

#endif
