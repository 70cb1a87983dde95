/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options: text to field and back.
 *
 * Each type is one row of a table: size of an item, how one item is read, written and released.  A
 * list is read item by item into memory of its own and replaces the old one only when all of it was
 * right. Ranges are texts and read by the reader of the type, so that "1s" is what the message says
 * too. */
#include "config/option.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "base/time.h"
#include "net/prefix.h"

enum {
    ITEMS_MAX = 4096,
    TEXT_LENGTH_MAX = 4096
};

/* How a type is read and written.  `read` fills the item and returns false for a wrong text; the
 * range is checked by the caller through `number`. */
struct kind {
    const char *name;
    const char *form; /* what a right value looks like */
    size_t size;      /* of one item */
    bool list;
    bool (*read)(const struct option *option, const char *text, void *ret_item);
    void (*print)(const struct option *option, const void *item, struct text *out);
};

static bool read_bool(const struct option *option, const char *text, void *ret_item)
{
    (void)option;
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(text, words[i]) == 0) {
            bool value = i % 2 == 1;
            memcpy(ret_item, &value, sizeof value);
            return true;
        }
    return false;
}

static void print_bool(const struct option *option, const void *item, struct text *out)
{
    (void)option;
    bool value = false;
    memcpy(&value, item, sizeof value);
    text_add(out, value ? "true" : "false");
}

/* Reads a number of any integer type as its 64-bit value. */
static bool read_number(enum option_type type, const char *text, uint64_t *ret_value)
{
    if (type == OPTION_SIZE)
        return number_parse_size(text, ret_value);
    if (type != OPTION_DURATION)
        return number_parse_u64(text, type == OPTION_U32 ? UINT32_MAX : UINT64_MAX, ret_value);
    int64_t ns = 0;
    if (!number_parse_duration(text, &ns))
        return false;
    *ret_value = (uint64_t)ns;
    return true;
}

static bool read_integer(const struct option *option, const char *text, void *ret_item)
{
    uint64_t value = 0;
    if (!read_number(option->type, text, &value))
        return false;
    uint32_t small = (uint32_t)value;
    if (option->type == OPTION_U32)
        memcpy(ret_item, &small, sizeof small);
    else
        memcpy(ret_item, &value, sizeof value);
    return true;
}

/* Writes `value` in the largest unit that holds it exactly; the units stand largest first, end
 * with 1. */
static void print_units(uint64_t value, const uint64_t *units, const char *const *names,
                        struct text *out)
{
    size_t i = 0;
    while (value % units[i] != 0 || (value == 0 && units[i] > 1))
        i++;
    text_add_u64(out, value / units[i]);
    text_add(out, names[i]);
}

static void print_integer(const struct option *option, const void *item, struct text *out)
{
    static const uint64_t sizes[] = {1U << 30, 1U << 20, 1U << 10, 1};
    static const char *const size_names[] = {"GiB", "MiB", "KiB", ""};
    static const uint64_t spans[] = {UINT64_C(86400000000000),
                                     UINT64_C(3600000000000),
                                     UINT64_C(60000000000),
                                     UINT64_C(1000000000),
                                     1000000,
                                     1000,
                                     1};
    static const char *const span_names[] = {"d", "h", "min", "s", "ms", "us", "ns"};
    uint32_t small = 0;
    uint64_t value = 0;
    memcpy(&small, item, sizeof small);
    if (option->type == OPTION_U32)
        value = small;
    else
        memcpy(&value, item, sizeof value);
    if (option->type == OPTION_SIZE)
        print_units(value, sizes, size_names, out);
    else if (option->type == OPTION_DURATION && value > 0)
        print_units(value, spans, span_names, out);
    else
        text_add_u64(out, value);
}

static bool read_fraction(const struct option *option, const char *text, void *ret_item)
{
    (void)option;
    double value = 0;
    if (!number_parse_double(text, -1e9, 1e9, &value))
        return false;
    memcpy(ret_item, &value, sizeof value);
    return true;
}

static void print_fraction(const struct option *option, const void *item, struct text *out)
{
    (void)option;
    double value = 0;
    memcpy(&value, item, sizeof value);
    text_addf(out, "%.9g", value);
}

/* True for a character that ends a line or steers a terminal, or that YAML cannot carry: C0, DEL,
 * C1, U+2028, U+2029, U+FEFF, U+FFFE, U+FFFF. */
static bool is_special(const char *at, size_t size)
{
    unsigned char a = (unsigned char)at[0];
    if (size == 1)
        return a < 0x20 || a == 0x7f;
    unsigned char b = (unsigned char)at[1];
    if (size == 2)
        return a == 0xc2 && b < 0xa0;
    unsigned char c = (unsigned char)at[2];
    return size == 3 &&
           ((a == 0xe2 && b == 0x80 && (c == 0xa8 || c == 0xa9)) ||
            (a == 0xef && b == 0xbb && c == 0xbf) || (a == 0xef && b == 0xbf && c >= 0xbe));
}

bool option_is_line(const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        size_t size = text_utf8_length(text + at, length - at);
        if (size == 0 || is_special(text + at, size))
            return false;
        at += size;
    }
    return length <= TEXT_LENGTH_MAX;
}

static bool read_text(const struct option *option, const char *text, void *ret_item)
{
    bool empty = text[0] == '\0';
    if (!option_is_line(text) || (empty && option->type != OPTION_TEXT))
        return false;
    char *copy = empty ? NULL : mem_text(text);
    memcpy(ret_item, &copy, sizeof copy);
    return true;
}

bool option_is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= 64 && text[length] == '\0' && text[0] != '-' &&
           text[length - 1] != '-';
}

static bool read_id(const struct option *option, const char *text, void *ret_item)
{
    return option_is_id(text) && read_text(option, text, ret_item);
}

/* Adds the URL with `***` in the place of a password: what stands between the first colon after the
 * scheme and the last @ before the path. */
static void print_secret(const char *url, struct text *out)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    const char *at = strrchr(host, '@');
    const char *colon = at != NULL ? memchr(host, ':', (size_t)(at - host)) : NULL;
    if (colon == NULL) {
        option_print_text(url, out);
        return;
    }
    struct text masked = {0};
    text_add_bytes(&masked, url, (size_t)(colon + 1 - url));
    text_add(&masked, "***");
    text_add(&masked, at);
    option_print_text(text_string(&masked), out);
    text_done(&masked);
}

void option_print_text(const char *text, struct text *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
    size_t length = strlen(text);
    if (length > 1 && text[0] != '-' && strspn(text, plain) == length) {
        text_add(out, text);
        return;
    }
    text_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            text_add_char(out, '\\');
        text_add_char(out, text[i]);
    }
    text_add_char(out, '"');
}

static void print_text(const struct option *option, const void *item, struct text *out)
{
    char *text = NULL;
    memcpy(&text, item, sizeof text);
    if (option->secret && text != NULL)
        print_secret(text, out);
    else
        option_print_text(text != NULL ? text : "", out);
}

static bool read_country(const struct option *option, const char *text, void *ret_item)
{
    bool none = text[0] == '\0' && option->type == OPTION_COUNTRY;
    bool code =
        strlen(text) == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
    if (none)
        memset(ret_item, 0, 3);
    else if (code)
        memcpy(ret_item, text, 3);
    return none || code;
}

static void print_country(const struct option *option, const void *item, struct text *out)
{
    (void)option;
    option_print_text((const char *)item, out);
}

static bool read_word(const struct option *option, const char *text, void *ret_item)
{
    for (uint32_t i = 0; option->words[i] != NULL; i++)
        if (strcmp(option->words[i], text) == 0) {
            uint32_t value = option->type == OPTION_FLAGS ? UINT32_C(1) << i : i;
            memcpy(ret_item, &value, sizeof value);
            return true;
        }
    return false;
}

static void print_word(const struct option *option, const void *item, struct text *out)
{
    uint32_t value = 0;
    memcpy(&value, item, sizeof value);
    if (option->type == OPTION_WORD) {
        text_add(out, option->words[value]);
        return;
    }
    text_add_char(out, '[');
    bool more = false;
    for (uint32_t i = 0; option->words[i] != NULL; i++) {
        if ((value >> i & 1) == 0)
            continue;
        text_addf(out, "%s%s", more ? ", " : "", option->words[i]);
        more = true;
    }
    text_add_char(out, ']');
}

static bool read_prefix(const struct option *option, const char *text, void *ret_item)
{
    (void)option;
    struct prefix prefix;
    if (!prefix_parse(text, &prefix))
        return false;
    memcpy(ret_item, &prefix, sizeof prefix);
    return true;
}

static void print_prefix(const struct option *option, const void *item, struct text *out)
{
    (void)option;
    struct prefix prefix;
    char text[PREFIX_TEXT_MAX];
    memcpy(&prefix, item, sizeof prefix);
    prefix_text(&prefix, text);
    option_print_text(text, out);
}

static const struct kind kinds[OPTION_TYPE_COUNT] = {
    [OPTION_BOOL] = {"bool", "true or false", sizeof(bool), false, read_bool, print_bool},
    [OPTION_U32] = {"number", "a whole number", sizeof(uint32_t), false, read_integer,
                    print_integer},
    [OPTION_U64] = {"number", "a whole number", sizeof(uint64_t), false, read_integer,
                    print_integer},
    [OPTION_SIZE] = {"size", "a size (a whole number and B, KiB, MiB or GiB)", sizeof(uint64_t),
                     false, read_integer, print_integer},
    [OPTION_DURATION] = {"duration", "a duration (a number and ns, us, ms, s, min, h or d)",
                         sizeof(int64_t), false, read_integer, print_integer},
    [OPTION_FRACTION] = {"fraction", "a decimal fraction", sizeof(double), false, read_fraction,
                         print_fraction},
    [OPTION_TEXT] = {"text", "one line of text", sizeof(char *), false, read_text, print_text},
    [OPTION_COUNTRY] = {"country", "a country code of two capital letters", 3, false, read_country,
                        print_country},
    [OPTION_WORD] = {"word", "one of the words", sizeof(uint32_t), false, read_word, print_word},
    [OPTION_FLAGS] = {"words", "one of the words", sizeof(uint32_t), false, read_word, print_word},
    [OPTION_TEXTS] = {"list of texts", "one line of text", sizeof(char *), true, read_text,
                      print_text},
    [OPTION_IDS] = {"list of ids", "an id (lower-case letters, digits, hyphens)", sizeof(char *),
                    true, read_id, print_text},
    [OPTION_COUNTRIES] = {"list of countries", "a country code of two capital letters", 3, true,
                          read_country, print_country},
    [OPTION_PREFIXES] = {"list of networks",
                         "an address or a network (with no bits set past its length)",
                         sizeof(struct prefix), true, read_prefix, print_prefix},
    [OPTION_EXCEPTIONS] = {"list of exceptions", "a list of exceptions", 0, true, NULL, NULL},
};

const char *option_type_text(enum option_type type)
{
    return kinds[type].name;
}

bool option_is_list(const struct option *option)
{
    return kinds[option->type].list;
}

static bool in_range(const struct option *option, const void *item)
{
    if (option->min == NULL)
        return true;
    if (option->type == OPTION_FRACTION) {
        double value = 0, min = 0, max = 0;
        memcpy(&value, item, sizeof value);
        (void)read_fraction(option, option->min, &min);
        (void)read_fraction(option, option->max, &max);
        return value >= min && value <= max;
    }
    uint64_t value = 0, min = 0, max = 0;
    uint32_t small = 0;
    if (option->type == OPTION_U32) {
        memcpy(&small, item, sizeof small);
        value = small;
    } else {
        memcpy(&value, item, sizeof value);
    }
    (void)read_number(option->type, option->min, &min);
    (void)read_number(option->type, option->max, &max);
    return value >= min && value <= max;
}

static bool word_error(const struct option *option, const char *text, struct error *err)
{
    struct text words = {0};
    for (size_t i = 0; option->words[i] != NULL; i++)
        text_addf(&words, "%s%s", i > 0 ? ", " : "", option->words[i]);
    const char *nearest = error_nearest(text, option->words);
    (void)error_set(err, "unknown word '%.80s'%s%s%s; allowed are %s", text,
                    nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? "'?)" : "", text_string(&words));
    text_done(&words);
    return false;
}

/* Reads one item with its range; the sentence names the text only where it is no secret. */
static bool read_item(const struct option *option, const char *text, void *ret_item,
                      struct error *err)
{
    const struct kind *kind = &kinds[option->type];
    if (!kind->read(option, text, ret_item)) {
        if (option->words != NULL)
            return word_error(option, text, err);
        if (option->secret)
            return error_set(err, "the value is not %s", kind->form);
        return error_set(err, "'%.80s' is not %s%s%s%s%s", text, kind->form,
                         option->min != NULL ? ", from " : "",
                         option->min != NULL ? option->min : "", option->min != NULL ? " to " : "",
                         option->min != NULL ? option->max : "");
    }
    if (!in_range(option, ret_item))
        return error_set(err, "'%.80s' is out of range: allowed is %s to %s", text, option->min,
                         option->max);
    return true;
}

static bool is_string(enum option_type type)
{
    return type == OPTION_TEXT || type == OPTION_TEXTS || type == OPTION_IDS;
}

/* Releases `count` items that stand at `items`. */
static void items_done(enum option_type type, void *items, size_t count)
{
    for (size_t i = 0; is_string(type) && i < count; i++) {
        char *string = NULL;
        memcpy(&string, (char *)items + i * sizeof string, sizeof string);
        free(string);
    }
}

void option_clear(const struct option *option, void *record)
{
    const struct kind *kind = &kinds[option->type];
    char *field = (char *)record + option->offset;
    if (!kind->list) {
        items_done(option->type, field, 1);
        memset(field, 0, kind->size);
        return;
    }
    void *items = NULL;
    size_t count = 0;
    memcpy(&items, field, sizeof items);
    memcpy(&count, (char *)record + option->count_offset, sizeof count);
    items_done(option->type, items, count);
    free(items);
    memset(field, 0, sizeof items);
    memset((char *)record + option->count_offset, 0, sizeof count);
}

static bool assign_list(const struct option *option, void *record, const char *const *texts,
                        size_t count, struct error *err, size_t *ret_bad)
{
    const struct kind *kind = &kinds[option->type];
    char *items = count > 0 ? mem_zeroed(count, kind->size) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (read_item(option, texts[i], items + i * kind->size, err))
            continue;
        items_done(option->type, items, i);
        free(items);
        *ret_bad = i;
        return false;
    }
    option_clear(option, record);
    memcpy((char *)record + option->offset, &items, sizeof items);
    memcpy((char *)record + option->count_offset, &count, sizeof count);
    return true;
}

static bool assign_flags(const struct option *option, void *record, const char *const *texts,
                         size_t count, struct error *err, size_t *ret_bad)
{
    uint32_t all = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t flag = 0;
        *ret_bad = i;
        if (!read_item(option, texts[i], &flag, err))
            return false;
        all |= flag;
    }
    if (all == 0)
        return error_set(err, "at least one word is needed");
    memcpy((char *)record + option->offset, &all, sizeof all);
    return true;
}

static bool assign_one(const struct option *option, void *record, const char *text,
                       struct error *err)
{
    union {
        uint64_t number;
        double fraction;
        char *string;
        char country[3];
        bool flag;
    } item = {0};
    if (!read_item(option, text, &item, err))
        return false;
    option_clear(option, record);
    memcpy((char *)record + option->offset, &item, kinds[option->type].size);
    return true;
}

bool option_assign(const struct option *option, void *record, const char *const *texts,
                   size_t count, struct error *err, size_t *ret_bad)
{
    size_t bad = 0;
    if (ret_bad == NULL)
        ret_bad = &bad;
    *ret_bad = 0;
    if (option->type == OPTION_EXCEPTIONS)
        return error_set(err, "exceptions can only be given in a file");
    if (count > ITEMS_MAX)
        return error_set(err, "a list holds at most %d entries", ITEMS_MAX);
    if (option->type == OPTION_FLAGS)
        return assign_flags(option, record, texts, count, err, ret_bad);
    if (kinds[option->type].list)
        return assign_list(option, record, texts, count, err, ret_bad);
    return assign_one(option, record, texts[0], err);
}

/* Splits `text` in place at commas, white space around the parts dropped; returns the number of
 * parts, 0 for an empty text. */
static size_t split(char *text, const char **ret_parts, size_t max)
{
    size_t count = 0;
    char *rest = text + strspn(text, " ");
    while (*rest != '\0' && count < max) {
        char *comma = strchr(rest, ',');
        char *end = comma != NULL ? comma : rest + strlen(rest);
        char *next = comma != NULL ? comma + 1 + strspn(comma + 1, " ") : end;
        while (end > rest && end[-1] == ' ')
            end--;
        *end = '\0';
        ret_parts[count++] = rest;
        rest = next;
    }
    return count;
}

bool option_assign_text(const struct option *option, void *record, const char *text,
                        struct error *err)
{
    if (!kinds[option->type].list && option->type != OPTION_FLAGS)
        return option_assign(option, record, &text, 1, err, NULL);
    size_t max = 1;
    for (const char *at = text; *at != '\0'; at++)
        max += *at == ',';
    auto_free char *copy = mem_text(text);
    auto_free const char **parts = mem_zeroed(max, sizeof *parts);
    size_t count = split(copy, parts, max);
    return option_assign(option, record, parts, count, err, NULL);
}

void option_print(const struct option *option, const void *record, struct text *out)
{
    const struct kind *kind = &kinds[option->type];
    const char *field = (const char *)record + option->offset;
    if (!kind->list) {
        kind->print(option, field, out);
        return;
    }
    const char *items = NULL;
    size_t count = 0;
    memcpy(&items, field, sizeof items);
    memcpy(&count, (const char *)record + option->count_offset, sizeof count);
    text_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_add(out, ", ");
        kind->print(option, items + i * kind->size, out);
    }
    text_add_char(out, ']');
}
