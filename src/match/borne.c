/* SPDX-License-Identifier: Apache-2.0 */
/* Forms, from public captures and from what public resolvers and tunnel detectors make exceptions for:
 *
 *     84.240.119.128.ip.02.a.sophosxl.net        the address 128.119.240.84, reversed as in DNS block lists
 *     jjj.rknzcyr.bet.w.02.a.sophosxl.net        the name www.example.org, each letter moved by 13
 *     <26 letters and digits>.avqs.mcafee.com    a hash of a file; the same below avts.mcafee.com
 *     <hash>.<tags>.e5.sk                        a hash, in ESET's cloud
 *
 * What does not have one of these forms is not read: a guess about somebody's privacy would be worse than none. */
#include "match/borne.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "net/addr.h"

enum {
    HASH_MIN = 16, /* characters */
    OCTETS = 4
};

/* Copies what stands before `suffix` (with its dot) in `name`; false where it does not end so. */
static bool cut_suffix(const char *name, const char *suffix, char ret_rest[static DOMAIN_MAX])
{
    size_t length = strlen(name), tail = strlen(suffix);
    if (length <= tail || length - tail >= DOMAIN_MAX || strcmp(name + length - tail, suffix) != 0)
        return false;
    memcpy(ret_rest, name, length - tail);
    ret_rest[length - tail] = '\0';
    return true;
}

static bool read_reversed(const char *text, struct borne *borne)
{
    struct addr reversed;
    if (!addr_parse(text, &reversed) || !addr_is4(&reversed))
        return false;
    const uint8_t *octets = reversed.bytes + sizeof reversed.bytes - OCTETS;
    (void)snprintf(borne->about, sizeof borne->about, "%u.%u.%u.%u", octets[3], octets[2],
                   octets[1], octets[0]);
    borne->kind = BORNE_ADDRESS;
    return true;
}

static void read_moved(const char *text, struct borne *borne)
{
    size_t i = 0;
    for (; text[i] != '\0'; i++) {
        char c = text[i];
        if (c >= 'a' && c <= 'z')
            c = (char)('a' + (c - 'a' + 13) % 26);
        borne->about[i] = c;
    }
    borne->about[i] = '\0';
    borne->kind = BORNE_NAME;
}

/* The numbers after the tags are versions of the form. */
static bool read_sophos(const char *rest, struct borne *borne)
{
    char text[DOMAIN_MAX];
    if (cut_suffix(rest, ".ip.02.a", text))
        return read_reversed(text, borne);
    if (!cut_suffix(rest, ".w.02.a", text))
        return false;
    read_moved(text, borne);
    return true;
}

/* The first label, where it is long enough for a hash and made of nothing else. */
static bool read_hash(const char *rest, struct borne *borne)
{
    size_t length = strcspn(rest, ".");
    if (length < HASH_MIN)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)rest[i]))
            return false;
    memcpy(borne->about, rest, length);
    borne->about[length] = '\0';
    borne->kind = BORNE_HASH;
    return true;
}

struct form {
    const char *suffix;
    bool (*read)(const char *rest, struct borne *borne);
};

static const struct form forms[] = {
    {".sophosxl.net", read_sophos},
    {".avqs.mcafee.com", read_hash},
    {".avts.mcafee.com", read_hash},
    {".e5.sk", read_hash},
};

bool borne_read(const char *name, struct borne *ret_borne)
{
    char rest[DOMAIN_MAX];
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (cut_suffix(name, forms[i].suffix, rest))
            return forms[i].read(rest, ret_borne);
    return false;
}

const char *borne_kind_text(enum borne_kind kind)
{
    switch (kind) {
    case BORNE_ADDRESS:
        return "address";
    case BORNE_NAME:
        return "name";
    case BORNE_HASH:
        break;
    }
    return "hash";
}
