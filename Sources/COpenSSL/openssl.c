#include "shim.h"

/* *INDENT-OFF* */
TIMEPIECE_LAZY_LIBRARY (TIMEPIECE_OPENSSL_FUNCTIONS, timepiece_openssl_problem,
    "libcrypto.so.3", "libcrypto.so.1.1")

TIMEPIECE_OPENSSL_FUNCTIONS (TIMEPIECE_LAZY_DEFINE)
/* *INDENT-ON* */
