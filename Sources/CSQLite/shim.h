#ifndef TIMEPIECE_CSQLITE_SHIM_H
#define TIMEPIECE_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
