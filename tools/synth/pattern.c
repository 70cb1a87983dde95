/* SPDX-License-Identifier: Apache-2.0 */
/* Expansion of scenario texts.  One scanner serves the check and the expansion: with no output it
 * only checks, so the two cannot disagree. */
#include "pattern.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "digits.h"
#include "random.h"

enum {
    REPEAT_MAX = 4096
};

/* Reads `\xNN` or `\\` at `at`; returns its length, 0 where it is neither. */
static size_t scan_escape(const char *at, struct text *out)
{
    if (at[1] == '\\') {
        if (out != NULL)
            text_add_char(out, '\\');
        return 2;
    }
    const char *end = at + 2;
    unsigned value = 0;
    if (at[1] != 'x' || !digits_take(&end, 16, 2, &value) || end != at + 4)
        return 0;
    if (out != NULL)
        text_add_char(out, (char)(uint8_t)value);
    return 4;
}

static void add_letters(struct random *random, struct text *out, unsigned count, unsigned kinds)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    for (unsigned i = 0; i < count; i++)
        text_add_char(out, letters[random_between(random, 0, kinds - 1)]);
}

/* Reads `hex 26` or `alnum 26`; false where the braces hold something else. */
static bool scan_letters(const char **at, struct random *random, struct text *out)
{
    unsigned kinds = 0, count = 0;
    if (digits_skip(at, "hex "))
        kinds = 16;
    else if (digits_skip(at, "alnum "))
        kinds = 36;
    if (kinds == 0 || !digits_take(at, 10, 4, &count) || count == 0 || count > REPEAT_MAX)
        return false;
    if (out != NULL)
        add_letters(random, out, count, kinds);
    return true;
}

/* Reads `00-19`. */
static bool scan_range(const char **at, struct random *random, struct text *out)
{
    const char *start = *at;
    unsigned low = 0, high = 0;
    if (!digits_take(at, 10, 9, &low))
        return false;
    int width = (int)(*at - start);
    if (!digits_skip(at, "-") || !digits_take(at, 10, 9, &high) || high < low)
        return false;
    if (out != NULL)
        text_addf(out, "%0*u", width, (unsigned)random_between(random, low, high));
    return true;
}

/* Reads `{...}` at `at`; returns its length, 0 where it is malformed. */
static size_t scan_braces(const char *at, struct random *random, struct text *out)
{
    const char *end = at + 1;
    bool range = *end >= '0' && *end <= '9';
    bool ok = range ? scan_range(&end, random, out) : scan_letters(&end, random, out);
    return ok && *end == '}' ? (size_t)(end - at) + 1 : 0;
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
