/* SPDX-License-Identifier: Apache-2.0 */
/* Small numbers inside texts (hours, MAC addresses, ranges).  scanf would skip white space and
 * signs and wrap around silently. */
#include "digits.h"

#include <stddef.h>
#include <string.h>

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

bool digits_take(const char **at, unsigned base, unsigned max_digits, unsigned *ret_value)
{
    unsigned value = 0, count = 0;
    const char *p = *at;
    while (count < max_digits && digit_value(*p) < base) {
        value = value * base + digit_value(*p++);
        count++;
    }
    if (count == 0)
        return false;
    *at = p;
    *ret_value = value;
    return true;
}

bool digits_skip(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}
