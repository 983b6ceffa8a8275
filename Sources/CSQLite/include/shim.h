#ifndef TIMEPIECE_CSQLITE_SHIM_H
#define TIMEPIECE_CSQLITE_SHIM_H

#include <lazy-library.h>
#include <sqlite3.h>

/* The functions of SQLite, which is loaded with the first call. */
#define TIMEPIECE_SQLITE_FUNCTIONS(FUNCTION) \
  FUNCTION (int, sqlite3_open_v2, \
      (const char *path, sqlite3 ** database, int flags, const char *vfs), \
      (path, database, flags, vfs), SQLITE_CANTOPEN) \
  FUNCTION (int, sqlite3_close_v2, (sqlite3 * database), (database), \
      SQLITE_OK) \
  FUNCTION (int, sqlite3_busy_timeout, (sqlite3 * database, int duration), \
      (database, duration), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_exec, \
      (sqlite3 * database, const char *sql, \
          int (*row) (void *, int, char **, char **), void *context, \
          char **message), \
      (database, sql, row, context, message), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_prepare_v2, \
      (sqlite3 * database, const char *sql, int length, \
          sqlite3_stmt ** statement, const char **rest), \
      (database, sql, length, statement, rest), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_step, (sqlite3_stmt * statement), (statement), \
      SQLITE_ERROR) \
  FUNCTION (int, sqlite3_finalize, (sqlite3_stmt * statement), (statement), \
      SQLITE_OK) \
  FUNCTION (int, sqlite3_bind_null, (sqlite3_stmt * statement, int index), \
      (statement, index), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_bind_int64, \
      (sqlite3_stmt * statement, int index, sqlite3_int64 value), \
      (statement, index, value), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_bind_text, \
      (sqlite3_stmt * statement, int index, const char *text, int length, \
          void (*release) (void *)), \
      (statement, index, text, length, release), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_bind_blob, \
      (sqlite3_stmt * statement, int index, const void *bytes, int length, \
          void (*release) (void *)), \
      (statement, index, bytes, length, release), SQLITE_ERROR) \
  FUNCTION (int, sqlite3_column_count, (sqlite3_stmt * statement), \
      (statement), 0) \
  FUNCTION (int, sqlite3_column_type, (sqlite3_stmt * statement, int index), \
      (statement, index), SQLITE_NULL) \
  FUNCTION (int, sqlite3_column_bytes, (sqlite3_stmt * statement, int index), \
      (statement, index), 0) \
  FUNCTION (sqlite3_int64, sqlite3_column_int64, \
      (sqlite3_stmt * statement, int index), (statement, index), 0) \
  FUNCTION (const unsigned char *, sqlite3_column_text, \
      (sqlite3_stmt * statement, int index), (statement, index), NULL) \
  FUNCTION (const void *, sqlite3_column_blob, \
      (sqlite3_stmt * statement, int index), (statement, index), NULL) \
  FUNCTION (int, sqlite3_changes, (sqlite3 * database), (database), 0) \
  FUNCTION (sqlite3_int64, sqlite3_last_insert_rowid, (sqlite3 * database), \
      (database), 0) \
  FUNCTION (int, sqlite3_get_autocommit, (sqlite3 * database), (database), 1) \
  FUNCTION (const char *, sqlite3_errmsg, (sqlite3 * database), (database), \
      timepiece_sqlite_problem ())

/* Loads SQLite, once. Returns its file and why it cannot be used, to follow
 * "needs"; NULL if it can. Any thread. */
const char *timepiece_sqlite_problem (void);

TIMEPIECE_SQLITE_FUNCTIONS (TIMEPIECE_LAZY_DECLARE)

#endif
