/* SPDX-License-Identifier: Apache-2.0 */
/* Typed reading of scenario values, with the place in every sentence. */
#include "reader.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/time.h"
#include "base/yaml.h"
#include "digits.h"
#include "exchange.h"
#include "hours.h"
#include "pattern.h"

enum {
    /* What one conversation may carry each way: it is built in memory as a whole. */
    SPAN_MAX = 16 << 20,
    ADDRS_MAX = 16
};

void reader_fail(struct reader *reader, const struct yaml_node *node, const char *what)
{
    if (!reader->bad)
        (void)yaml_error(reader->file, node, reader->err, "%s%s%s",
                         node->key != NULL ? node->key : "", node->key != NULL ? ": " : "", what);
    reader->bad = true;
}

struct reader reader_of(const struct yaml_file *file, const struct yaml_node *node,
                        const char *const *keys, struct error *err)
{
    struct reader reader = {.file = file, .map = node, .err = err};
    if (node != NULL &&
        (!yaml_expect(file, node, YAML_MAP, err) || !yaml_check_keys(file, node, keys, err)))
        reader.bad = true;
    return reader;
}

/* Returns the scalar of `key`, NULL where there is none or something is wrong. */
static const struct yaml_node *scalar(struct reader *reader, const char *key)
{
    if (reader->bad)
        return NULL;
    const struct yaml_node *node = yaml_get(reader->map, key);
    if (node == NULL)
        return NULL;
    if (!yaml_expect(reader->file, node, YAML_SCALAR, reader->err)) {
        reader->bad = true;
        return NULL;
    }
    return node;
}

void read_text(struct reader *reader, const char *key, const char **ret_text)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node != NULL)
        *ret_text = node->text;
}

static bool is_pattern(struct reader *reader, const struct yaml_node *node)
{
    struct error what;
    if (pattern_check(node->text, &what))
        return true;
    reader_fail(reader, node, what.text);
    return false;
}

void read_pattern(struct reader *reader, const char *key, const char **ret_text)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node != NULL && is_pattern(reader, node))
        *ret_text = node->text;
}

void read_texts(struct reader *reader, const char *key, const char **ret_texts, size_t max,
                unsigned *ret_count)
{
    const struct yaml_node *node = reader->bad ? NULL : yaml_get(reader->map, key);
    if (node == NULL)
        return;
    const struct yaml_node *item = node->kind == YAML_LIST ? node->first : node;
    unsigned count = 0;
    for (; item != NULL && !reader->bad; item = node->kind == YAML_LIST ? item->next : NULL) {
        if (item->kind != YAML_SCALAR)
            reader_fail(reader, item, "must be text");
        else if (count == max)
            reader_fail(reader, item, "too many entries");
        else if (is_pattern(reader, item))
            ret_texts[count++] = item->text;
    }
    *ret_count = count;
}

void read_u64(struct reader *reader, const char *key, uint64_t max, uint64_t *ret_value)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node != NULL && !number_parse_u64(node->text, max, ret_value))
        reader_fail(reader, node, "no number, or too large");
}

void read_unsigned(struct reader *reader, const char *key, unsigned max, unsigned *ret_value)
{
    uint64_t value = *ret_value;
    read_u64(reader, key, max, &value);
    *ret_value = (unsigned)value;
}

void read_share(struct reader *reader, const char *key, double max, double *ret_value)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node != NULL && !number_parse_double(node->text, 0.0, max, ret_value))
        reader_fail(reader, node, "no fraction in range");
}

void read_bool(struct reader *reader, const char *key, bool *ret_value)
{
    static const char *const words[] = {"false", "true", NULL};
    unsigned index = *ret_value;
    read_choice(reader, key, words, &index);
    *ret_value = index == 1;
}

void read_duration(struct reader *reader, const char *key, int64_t *ret_ns)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node == NULL)
        return;
    bool negative = node->text[0] == '-';
    int64_t span_ns = 0;
    if (!number_parse_duration(node->text + negative, &span_ns))
        reader_fail(reader, node, "no duration");
    else
        *ret_ns = negative ? -span_ns : span_ns;
}

void read_span(struct reader *reader, const char *key, struct span *ret_span)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node == NULL)
        return;
    char low[32];
    size_t length = strcspn(node->text, "-");
    struct span span = {0};
    if (length >= sizeof low) {
        reader_fail(reader, node, "no size");
        return;
    }
    memcpy(low, node->text, length);
    low[length] = '\0';
    const char *high = node->text[length] == '-' ? node->text + length + 1 : low;
    if (!number_parse_size(low, &span.low) || !number_parse_size(high, &span.high) ||
        span.high < span.low || span.high > SPAN_MAX)
        reader_fail(reader, node, "no size or range of sizes up to 16 MiB");
    else
        *ret_span = span;
}

void read_addr(struct reader *reader, const char *key, struct addr *ret_addr)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node != NULL && !addr_parse(node->text, ret_addr))
        reader_fail(reader, node, "no address");
}

void read_addrs(struct reader *reader, const char *key, struct addr *ret_addrs, size_t max,
                unsigned *ret_count)
{
    const char *texts[ADDRS_MAX] = {NULL};
    unsigned count = 0;
    const struct yaml_node *node = reader->bad ? NULL : yaml_get(reader->map, key);
    if (node == NULL)
        return;
    read_texts(reader, key, texts, max < ADDRS_MAX ? max : ADDRS_MAX, &count);
    for (unsigned i = 0; i < count && !reader->bad; i++)
        if (!addr_parse(texts[i], &ret_addrs[i]))
            reader_fail(reader, node, "no address");
    *ret_count = count;
}

static void check_id(struct reader *reader, const char *key, const char *id)
{
    if (*id == '\0' || id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        reader_fail(reader, yaml_get(reader->map, key), "no vendor id (a-z, 0-9, -)");
}

void read_id(struct reader *reader, const char *key, const char **ret_id)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node == NULL)
        return;
    check_id(reader, key, node->text);
    *ret_id = node->text;
}

void read_ids(struct reader *reader, const char *key, const char **ret_ids, size_t max,
              unsigned *ret_count)
{
    unsigned count = 0;
    if (reader->bad || yaml_get(reader->map, key) == NULL)
        return;
    read_texts(reader, key, ret_ids, max, &count);
    for (unsigned i = 0; i < count && !reader->bad; i++)
        check_id(reader, key, ret_ids[i]);
    *ret_count = count;
}

/* Takes `08:00` as a time of day. */
static bool take_hour(const char **at, int64_t *ret_ns)
{
    unsigned hours = 0, minutes = 0;
    if (!digits_take(at, 10, 2, &hours) || !digits_skip(at, ":") ||
        !digits_take(at, 10, 2, &minutes) || hours > 24 || minutes > 59)
        return false;
    *ret_ns = (int64_t)(hours * 60 + minutes) * 60 * NS_PER_S;
    return true;
}

void read_hours(struct reader *reader, const char *key, struct hours *ret_hours)
{
    const char *at = NULL;
    read_text(reader, key, &at);
    if (at == NULL)
        return;
    if (!take_hour(&at, &ret_hours->on_ns) || !digits_skip(&at, "-") ||
        !take_hour(&at, &ret_hours->off_ns) || *at != '\0')
        reader_fail(reader, yaml_get(reader->map, key), "no hours (write 08:00-18:00)");
}

void read_choice(struct reader *reader, const char *key, const char *const *words,
                 unsigned *ret_index)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node == NULL)
        return;
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], node->text) == 0) {
            *ret_index = i;
            return;
        }
    }
    const char *nearest = error_nearest(node->text, words);
    char what[160];
    (void)snprintf(what, sizeof what, "unknown word '%.60s'%s%.60s%s", node->text,
                   nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                   nearest != NULL ? "'?)" : "");
    reader_fail(reader, node, what);
}

/* Reads ` 08:00:00`, and nothing after it. */
static bool parse_clock(const char *text, int64_t *ret_ns)
{
    unsigned hours = 0, minutes = 0, seconds = 0;
    bool ok = strlen(text) == 9 && digits_skip(&text, " ") && digits_take(&text, 10, 2, &hours) &&
              digits_skip(&text, ":") && digits_take(&text, 10, 2, &minutes) &&
              digits_skip(&text, ":") && digits_take(&text, 10, 2, &seconds) && *text == '\0';
    *ret_ns = (int64_t)(hours * 3600 + minutes * 60 + seconds) * NS_PER_S;
    return ok && hours < 24 && minutes < 60 && seconds < 60;
}

void read_moment(struct reader *reader, const char *key, int64_t *ret_ns)
{
    const struct yaml_node *node = scalar(reader, key);
    if (node == NULL)
        return;
    char date[11] = "";
    size_t length = strlen(node->text);
    memcpy(date, node->text, length < 10 ? length : 10);
    int64_t day_ns = 0, clock_ns = 0;
    bool timed = length > 10;
    if (!time_parse_date(date, &day_ns) || (timed && !parse_clock(node->text + 10, &clock_ns)))
        reader_fail(reader, node, "no moment (write 2026-03-02 08:00:00)");
    else
        *ret_ns = day_ns + clock_ns;
}

const struct yaml_node *read_list(struct reader *reader, const char *key)
{
    const struct yaml_node *node = reader->bad ? NULL : yaml_get(reader->map, key);
    if (node != NULL && !yaml_expect(reader->file, node, YAML_LIST, reader->err)) {
        reader->bad = true;
        return NULL;
    }
    return node;
}
