/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a geo database, and look-ups in it.  Whatever comes out must be clean text. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "geo/geo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void); /* NOLINT(readability-identifier-naming) */

/* The library forgets some memory when it gives up on odd metadata: once, at start-up, and bounded. */
const char *__lsan_default_suppressions(void) /* NOLINT(readability-identifier-naming) */
{
    return "leak:libmaxminddb";
}

static void check_text(const char *text, size_t room)
{
    size_t length = strnlen(text, room);
    assert(length < room);
    for (size_t at = 0; at < length;) {
        size_t step = text_utf8_length(text + at, length - at);
        assert(step > 0 && (uint8_t)text[at] >= 0x20);
        at += step;
    }
}

static void check_code(const char code[static 3])
{
    assert(code[0] == '\0' || (code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' &&
                               code[1] <= 'Z' && code[2] == '\0'));
}

static void look_up(struct geo *geo, const char *text)
{
    struct addr addr;
    struct place place;
    bool valid = addr_parse(text, &addr);
    assert(valid);
    (void)geo_find(geo, &addr, &place);
    check_code(place.country);
    check_code(place.registered_country);
    check_code(place.other_country);
    check_text(place.city, sizeof place.city);
    check_text(place.as_org, sizeof place.as_org);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const addresses[] = {"185.85.15.26", "1.1.1.1", "223.255.255.255",
                                            "2a00::1",      "2001::5", "64:ff9b::8.8.8.8"};
    auto_close int file = memfd_create("geo", MFD_CLOEXEC);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        return 0;
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const char *paths[] = {path, path};
    struct geo *geo = geo_open(paths, COUNT_OF(paths), NULL);
    if (geo == NULL)
        return 0;
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        look_up(geo, addresses[i]);
    check_text(geo_source(geo, 0)->type, 256);
    geo_close(geo);
    return 0;
}
