/* Keeps account of the buffers of an element. */
#ifndef LEDGER_H
#define LEDGER_H

#include <gst/gst.h>

/* From now on the process aborts if a buffer or list that enters the element is
 * not pushed on, the same one and once, before the element returns; or if the
 * element returns another flow than the push did. Buffers after an alarm that
 * ended the stream must return EOS and are counted separately. */
void ledger_keep (GstElement * element);

#endif
