#ifndef TIMEPIECE_COPENSSL_SHIM_H
#define TIMEPIECE_COPENSSL_SHIM_H

#include <lazy-library.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/* The functions of OpenSSL, which is loaded with the first call. */
#define TIMEPIECE_OPENSSL_FUNCTIONS(FUNCTION) \
  FUNCTION (int, OPENSSL_init_crypto, \
      (uint64_t options, const OPENSSL_INIT_SETTINGS * settings), \
      (options, settings), 0) \
  FUNCTION (const EVP_MD *, EVP_sha256, (void), (), NULL) \
  FUNCTION (int, EVP_Digest, \
      (const void *bytes, size_t length, unsigned char *digest, \
          unsigned int *size, const EVP_MD * type, ENGINE * engine), \
      (bytes, length, digest, size, type, engine), 0) \
  FUNCTION (unsigned char *, HMAC, \
      (const EVP_MD * type, const void *key, int key_length, \
          const unsigned char *bytes, size_t length, unsigned char *digest, \
          unsigned int *size), \
      (type, key, key_length, bytes, length, digest, size), NULL)

/* Loads OpenSSL, once. Returns its file and why it cannot be used, to follow
 * "needs"; NULL if it can. Any thread. */
const char *timepiece_openssl_problem (void);

TIMEPIECE_OPENSSL_FUNCTIONS (TIMEPIECE_LAZY_DECLARE)

#endif
