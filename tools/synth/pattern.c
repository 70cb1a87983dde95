/* SPDX-License-Identifier: Apache-2.0 */
/* Expansion of scenario texts.  One scanner serves the check and the expansion: with no output it
 * only checks, so the two cannot disagree. */
#include "pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "random.h"

enum {
    REPEAT_MAX = 4096
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)tolower((unsigned char)c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Reads `\xNN` or `\\` at `at`; returns its length, 0 where it is neither. */
static size_t scan_escape(const char *at, struct text *out)
{
    if (at[1] == '\\') {
        if (out != NULL)
            text_add_char(out, '\\');
        return 2;
    }
    if (at[1] != 'x' || hex_value(at[2]) < 0 || hex_value(at[3]) < 0)
        return 0;
    if (out != NULL)
        text_add_char(out, (char)(uint8_t)(hex_value(at[2]) * 16 + hex_value(at[3])));
    return 4;
}

static void add_letters(struct random *random, struct text *out, unsigned count, unsigned kinds)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    for (unsigned i = 0; i < count; i++)
        text_add_char(out, letters[random_between(random, 0, kinds - 1)]);
}

/* Reads `{...}` at `at`; returns its length, 0 where it is malformed. */
static size_t scan_braces(const char *at, struct random *random, struct text *out)
{
    const char *close = strchr(at, '}');
    char inside[32];
    size_t length = close != NULL ? (size_t)(close - at) - 1 : sizeof inside;
    if (length >= sizeof inside)
        return 0;
    memcpy(inside, at + 1, length);
    inside[length] = '\0';
    unsigned low = 0, high = 0, count = 0;
    int used = 0;
    bool hex = sscanf(inside, "hex %4u%n", &count, &used) == 1 && (size_t)used == length;
    bool alnum =
        !hex && sscanf(inside, "alnum %4u%n", &count, &used) == 1 && (size_t)used == length;
    if (hex || alnum) {
        if (count == 0 || count > REPEAT_MAX)
            return 0;
        if (out != NULL)
            add_letters(random, out, count, hex ? 16 : 36);
        return length + 2;
    }
    if (sscanf(inside, "%9u-%9u%n", &low, &high, &used) != 2 || (size_t)used != length ||
        high < low)
        return 0;
    int digits = (int)strcspn(inside, "-");
    if (out != NULL)
        text_addf(out, "%0*u", digits, (unsigned)random_between(random, low, high));
    return length + 2;
}

static bool scan(const char *pattern, struct random *random, struct text *out, struct error *err)
{
    const char *at = pattern;
    while (*at != '\0') {
        size_t length = 1;
        if (*at == '\\')
            length = scan_escape(at, out);
        else if (*at == '{')
            length = scan_braces(at, random, out);
        else if (out != NULL)
            text_add_char(out, *at);
        if (length == 0)
            return error_set(err, "'%.60s' is no pattern from '%.20s' on", pattern, at);
        at += length;
    }
    return true;
}

bool pattern_check(const char *pattern, struct error *err)
{
    return scan(pattern, NULL, NULL, err);
}

bool pattern_varies(const char *pattern)
{
    return strchr(pattern, '{') != NULL;
}

void pattern_expand(const char *pattern, struct random *random, struct text *out)
{
    (void)scan(pattern, random, out, NULL);
}
