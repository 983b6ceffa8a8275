/* The functions of newer system libraries than the released plugin is linked
 * against that Swift's static libraries need. Unused ones are not linked. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HERE __attribute__((visibility ("hidden")))

/* From libstdc++ 11: the size of an array is out of range. Older versions throw
 * the more general exception. */
void _ZSt17__throw_bad_allocv (void) __attribute__((noreturn));
HERE void _ZSt28__throw_bad_array_new_lengthv (void) __attribute__((noreturn));

void
_ZSt28__throw_bad_array_new_lengthv (void)
{
  _ZSt17__throw_bad_allocv ();
}

/* From libstdc++ 12: an assertion of its containers has failed. */
HERE void _ZSt21__glibcxx_assert_failPKciS0_S0_ (const char *file, int line,
    const char *function, const char *condition) __attribute__((noreturn));

void
_ZSt21__glibcxx_assert_failPKciS0_S0_ (const char *file, int line,
    const char *function, const char *condition)
{
  fprintf (stderr, "%s:%d: %s: '%s' does not hold\n", file, line, function,
      condition);
  abort ();
}

/* From glibc 2.38: the same as without the prefix, except that they accept 0b,
 * which does not occur here. */
HERE long __isoc23_strtol (const char *text, char **end, int base);
HERE long long __isoc23_strtoll (const char *text, char **end, int base);
HERE int __isoc23_sscanf (const char *text, const char *format, ...);

long
__isoc23_strtol (const char *text, char **end, int base)
{
  return strtol (text, end, base);
}

long long
__isoc23_strtoll (const char *text, char **end, int base)
{
  return strtoll (text, end, base);
}

int
__isoc23_sscanf (const char *text, const char *format, ...)
{
  va_list arguments;
  int read;

  va_start (arguments, format);
  read = vsscanf (text, format, arguments);
  va_end (arguments);
  return read;
}

/* From glibc 2.38. */
HERE size_t strlcpy (char *to, const char *from, size_t size);

size_t
strlcpy (char *to, const char *from, size_t size)
{
  size_t length = strlen (from);

  if (size > 0) {
    size_t copied = length < size ? length : size - 1;

    memcpy (to, from, copied);
    to[copied] = '\0';
  }
  return length;
}
