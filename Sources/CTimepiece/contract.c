/* SwiftPM wants a source file in a target of headers; this one checks that the
 * header stands on its own. */
#include "timepiece.h"
