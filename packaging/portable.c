/* What Swift's static libraries ask of newer system libraries than the released
 * plugin is linked against. */

/* Of libstdc++ 11: a size of an array that is out of range. Older ones throw
 * the more general exception. */
void _ZSt17__throw_bad_allocv (void) __attribute__((noreturn));
void _ZSt28__throw_bad_array_new_lengthv (void)
    __attribute__((noreturn, visibility ("hidden")));

void
_ZSt28__throw_bad_array_new_lengthv (void)
{
  _ZSt17__throw_bad_allocv ();
}
