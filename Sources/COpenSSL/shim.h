#ifndef TIMEPIECE_COPENSSL_SHIM_H
#define TIMEPIECE_COPENSSL_SHIM_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#endif
