/* SPDX-License-Identifier: Apache-2.0 */
/* Names of IP protocols, in the spelling that EVE events use. */
#include "net/protocol.h"

#include <stddef.h>

const char *protocol_text(uint8_t number)
{
    switch (number) {
#define PROTOCOL_CASE(name, value, text)                                                           \
    case (value):                                                                                  \
        return (text);
        PROTOCOL_LIST(PROTOCOL_CASE)
#undef PROTOCOL_CASE
    default:
        return NULL;
    }
}
