/* Keeps account of the buffers of an element. */
#ifndef LEDGER_H
#define LEDGER_H

#include <gst/gst.h>

/* From now on the process ends when a buffer or list comes into the element and
 * is not pushed on, the same one and once, before the element returns; or when
 * the element returns another flow than the push did. What comes after an alarm
 * ended the stream is answered with EOS and counted apart. */
void ledger_keep (GstElement * element);

#endif
