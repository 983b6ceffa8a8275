/* The functions of zlib, which is loaded with the first call. Its interface has
 * been the same since 1995 and is declared here, so that its header need not be
 * installed. */
#ifndef TIMEPIECE_CZLIB_SHIM_H
#define TIMEPIECE_CZLIB_SHIM_H

#include <lazy-library.h>

/* z_stream of zlib.h. */
typedef struct
{
  unsigned char *next_in;
  unsigned int avail_in;
  unsigned long total_in;
  unsigned char *next_out;
  unsigned int avail_out;
  unsigned long total_out;
  const char *msg;
  void *state;
  void *zalloc;
  void *zfree;
  void *opaque;
  int data_type;
  unsigned long adler;
  unsigned long reserved;
} TimepieceZlibStream;

#define TIMEPIECE_ZLIB_OK 0
#define TIMEPIECE_ZLIB_STREAM_END 1
#define TIMEPIECE_ZLIB_STREAM_ERROR (-2)
#define TIMEPIECE_ZLIB_FINISH 4
#define TIMEPIECE_ZLIB_DEFAULT_COMPRESSION (-1)
#define TIMEPIECE_ZLIB_DEFAULT_STRATEGY 0
#define TIMEPIECE_ZLIB_DEFLATED 8
/* Only its first number is read, to distinguish the interfaces. */
#define TIMEPIECE_ZLIB_VERSION "1.2.11"

int deflateInit2_ (TimepieceZlibStream * stream, int level, int method,
    int window_bits, int memory_level, int strategy, const char *version,
    int stream_size);
int deflate (TimepieceZlibStream * stream, int flush);
int deflateEnd (TimepieceZlibStream * stream);
unsigned long deflateBound (TimepieceZlibStream * stream,
    unsigned long length);

#define TIMEPIECE_ZLIB_FUNCTIONS(FUNCTION) \
  FUNCTION (int, deflateInit2_, \
      (TimepieceZlibStream * stream, int level, int method, int window_bits, \
          int memory_level, int strategy, const char *version, \
          int stream_size), \
      (stream, level, method, window_bits, memory_level, strategy, version, \
          stream_size), TIMEPIECE_ZLIB_STREAM_ERROR) \
  FUNCTION (int, deflate, (TimepieceZlibStream * stream, int flush), \
      (stream, flush), TIMEPIECE_ZLIB_STREAM_ERROR) \
  FUNCTION (int, deflateEnd, (TimepieceZlibStream * stream), (stream), \
      TIMEPIECE_ZLIB_STREAM_ERROR) \
  FUNCTION (unsigned long, deflateBound, \
      (TimepieceZlibStream * stream, unsigned long length), \
      (stream, length), 0)

/* Loads zlib, once. Returns its file and why it cannot be used, to follow
 * "needs"; NULL if it can. Any thread. */
const char *timepiece_zlib_problem (void);

TIMEPIECE_ZLIB_FUNCTIONS (TIMEPIECE_LAZY_DECLARE)

#endif
