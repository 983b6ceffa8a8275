/* SwiftPM requires a source file in a target of headers; this one checks that
 * the header is self-contained. */
#include "timepiece.h"
