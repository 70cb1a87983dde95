/* SPDX-License-Identifier: Apache-2.0 */
/* Host names in one comparable form.  Underscores and other printable bytes pass: real names use
 * them (`_sip._udp`), and a stricter rule would lose names rather than attacks, since all output
 * is escaped. */
#include "net/domain.h"

#include <string.h>

#include "base/memory.h"
#include "net/addr.h"

enum {
    LABEL_MAX = 63
};

/* Drops a decimal port and one trailing dot.  0 where what follows the colon is no port: that is an
 * IPv6 address. */
static size_t trim(const char *name, size_t length)
{
    const char *colon = length > 0 ? memchr(name, ':', length) : NULL;
    if (colon != NULL) {
        for (const char *digit = colon + 1; digit < name + length; digit++)
            if (*digit < '0' || *digit > '9')
                return 0;
        length = (size_t)(colon - name);
    }
    if (length > 0 && name[length - 1] == '.')
        length--;
    return length;
}

size_t domain_normalise(const char *name, size_t length, char ret_name[static DOMAIN_MAX])
{
    length = trim(name, length);
    if (length == 0 || length >= DOMAIN_MAX)
        return 0;
    size_t label = 0;
    bool letter = false;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (c <= ' ' || c >= 0x7f)
            return 0;
        label = c == '.' ? 0 : label + 1;
        if (label > LABEL_MAX || (c == '.' && (i == 0 || name[i - 1] == '.')))
            return 0;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        letter |= c != '.' && (c < '0' || c > '9');
        ret_name[i] = c;
    }
    ret_name[length] = '\0';
    if (label == 0)
        return 0;
    struct addr addr;
    return letter || !addr_parse(ret_name, &addr) ? length : 0;
}
