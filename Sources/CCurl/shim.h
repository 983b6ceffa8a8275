#ifndef TIMEPIECE_CCURL_SHIM_H
#define TIMEPIECE_CCURL_SHIM_H

#include <curl/curl.h>

#endif
