/* SPDX-License-Identifier: Apache-2.0 */
/* The lists `policy.allow` and `policy.suppress`.
 *
 * They are maps, so they do not fit the table's texts.  The new entries are read into a list of
 * their own and joined with the kept ones of the other kind when all of them were right. */
#include "config/exceptions.h"

#include <stdlib.h>
#include <string.h>

#include "alert/policy.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"
#include "config/option.h"
#include "net/domain.h"
#include "net/prefix.h"

enum {
    EXCEPTIONS_MAX = 10000
};

struct reader {
    const struct yaml_file *file;
    struct error *err;
};

static void exception_done(struct policy_exception *exception)
{
    free(exception->vendor);
    free(exception->service);
    free(exception->name);
    free(exception->reason);
}

/* Returns the text of `key`, NULL where it is absent; `ret_ok` becomes false where it is no text.
 */
static const struct yaml_node *get_text(const struct reader *reader, const struct yaml_node *map,
                                        const char *key, bool *ret_ok)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return NULL;
    if (!yaml_expect(reader->file, node, YAML_SCALAR, reader->err))
        *ret_ok = false;
    else if (node->text[0] == '\0')
        *ret_ok = yaml_error(reader->file, node, reader->err, "'%s' is empty", key);
    else if (!option_is_line(node->text))
        *ret_ok = yaml_error(reader->file, node, reader->err, "'%s' is not one line of text", key);
    return *ret_ok ? node : NULL;
}

static bool read_id(const struct reader *reader, const struct yaml_node *map, const char *key,
                    char **ret_id)
{
    bool ok = true;
    const struct yaml_node *node = get_text(reader, map, key, &ok);
    if (node == NULL)
        return ok;
    if (!option_is_id(node->text))
        return yaml_error(reader->file, node, reader->err, "'%.80s' is no %s id", node->text, key);
    *ret_id = mem_text(node->text);
    return true;
}

/* Reads a host name, or .suffix, in the form in which names are compared. */
static bool read_name(const struct reader *reader, const struct yaml_node *map, char **ret_name)
{
    bool ok = true;
    const struct yaml_node *node = get_text(reader, map, "name", &ok);
    if (node == NULL)
        return ok;
    bool suffix = node->text[0] == '.';
    char name[DOMAIN_MAX];
    size_t length = domain_normalise(node->text + suffix, strlen(node->text + suffix), name);
    if (length == 0)
        return yaml_error(reader->file, node, reader->err, "'%.80s' is no host name (or .suffix)",
                          node->text);
    struct text text = {0};
    text_add(&text, suffix ? "." : "");
    text_add(&text, name);
    *ret_name = text.data;
    return true;
}

static bool read_asset(const struct reader *reader, const struct yaml_node *map,
                       struct policy_exception *exception)
{
    bool ok = true;
    const struct yaml_node *node = get_text(reader, map, "asset", &ok);
    if (node == NULL)
        return ok;
    if (!prefix_parse(node->text, &exception->asset))
        return yaml_error(reader->file, node, reader->err,
                          "'%.80s' is no address or network (with no bits set past its length)",
                          node->text);
    exception->has_asset = true;
    return true;
}

/* The entry holds to the end of the day that is named. */
static bool read_expires(const struct reader *reader, const struct yaml_node *map,
                         struct policy_exception *exception)
{
    bool ok = true;
    const struct yaml_node *node = get_text(reader, map, "expires", &ok);
    if (node == NULL)
        return ok;
    int64_t day_ns = 0;
    if (!time_parse_date(node->text, &day_ns) || day_ns <= 0)
        return yaml_error(reader->file, node, reader->err,
                          "'%.80s' is no date (YYYY-MM-DD, after 1970-01-01)", node->text);
    exception->expires_ns = time_add(day_ns, NS_PER_DAY);
    return true;
}

static bool read_reason(const struct reader *reader, const struct yaml_node *map,
                        struct policy_exception *exception)
{
    bool ok = true;
    const struct yaml_node *node = get_text(reader, map, "reason", &ok);
    if (!ok)
        return false;
    if (node == NULL)
        return yaml_error(reader->file, map, reader->err, "an exception needs a 'reason'");
    exception->reason = mem_text(node->text);
    return true;
}

static bool read_entry(const struct reader *reader, const struct yaml_node *map, bool allow,
                       struct policy_exception *exception)
{
    static const char *const keys[] = {"vendor", "service", "name", "asset",
                                       "reason", "expires", NULL};
    exception->allow = allow;
    exception->line = map->line;
    if (!yaml_expect(reader->file, map, YAML_MAP, reader->err) ||
        !yaml_check_keys(reader->file, map, keys, reader->err) ||
        !read_id(reader, map, "vendor", &exception->vendor) ||
        !read_id(reader, map, "service", &exception->service) ||
        !read_name(reader, map, &exception->name) || !read_asset(reader, map, exception) ||
        !read_reason(reader, map, exception) || !read_expires(reader, map, exception))
        return false;
    if (exception->vendor == NULL && exception->name == NULL && !exception->has_asset)
        return yaml_error(reader->file, map, reader->err,
                          "an exception needs at least one of 'vendor', 'name' and 'asset'");
    return true;
}

void exceptions_clear(struct policy *policy, bool allow)
{
    size_t kept = 0;
    for (size_t i = 0; i < policy->exception_count; i++) {
        if (policy->exceptions[i].allow == allow)
            exception_done(&policy->exceptions[i]);
        else
            policy->exceptions[kept++] = policy->exceptions[i];
    }
    policy->exception_count = kept;
    if (kept == 0) {
        free(policy->exceptions);
        policy->exceptions = NULL;
    }
}

/* Puts `count` entries of one kind into the policy: allowed ones in front, suppressed ones behind.
 */
static void join(struct policy *policy, bool allow, const struct policy_exception *added,
                 size_t count)
{
    exceptions_clear(policy, allow);
    size_t kept = policy->exception_count;
    if (count == 0)
        return;
    struct policy_exception *all =
        mem_resize(policy->exceptions, kept + count, sizeof *policy->exceptions);
    if (allow && kept > 0)
        memmove(all + count, all, kept * sizeof *all);
    memcpy(allow ? all : all + kept, added, count * sizeof *all);
    policy->exceptions = all;
    policy->exception_count = kept + count;
}

bool exceptions_read(struct policy *policy, bool allow, const struct yaml_file *file,
                     const struct yaml_node *node, struct error *err)
{
    struct reader reader = {.file = file, .err = err};
    if (!yaml_expect(file, node, YAML_LIST, err))
        return false;
    size_t count = 0;
    for (const struct yaml_node *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    if (count > EXCEPTIONS_MAX)
        return yaml_error(file, node, err, "at most %d exceptions are possible", EXCEPTIONS_MAX);
    auto_free struct policy_exception *added = mem_zeroed(count, sizeof *added);
    size_t at = 0;
    for (const struct yaml_node *entry = node->first; entry != NULL; entry = entry->next) {
        if (read_entry(&reader, entry, allow, &added[at++]))
            continue;
        for (size_t i = 0; i < at; i++)
            exception_done(&added[i]);
        return false;
    }
    join(policy, allow, added, count);
    return true;
}

static void print_field(struct text *out, const char *key, const char *value, bool *ret_more)
{
    if (value == NULL)
        return;
    text_addf(out, "%s%s: ", *ret_more ? ", " : "", key);
    option_print_text(value, out);
    *ret_more = true;
}

static void print_entry(const struct policy_exception *exception, struct text *out)
{
    bool more = false;
    char asset[PREFIX_TEXT_MAX], date[TIME_TEXT_MAX];
    text_add_char(out, '{');
    print_field(out, "vendor", exception->vendor, &more);
    print_field(out, "service", exception->service, &more);
    print_field(out, "name", exception->name, &more);
    if (exception->has_asset) {
        prefix_text(&exception->asset, asset);
        print_field(out, "asset", asset, &more);
    }
    print_field(out, "reason", exception->reason, &more);
    if (exception->expires_ns != 0) {
        time_date_text(exception->expires_ns - NS_PER_DAY, date);
        print_field(out, "expires", date, &more);
    }
    text_add_char(out, '}');
}

void exceptions_print(const struct policy *policy, bool allow, struct text *out)
{
    bool more = false;
    text_add_char(out, '[');
    for (size_t i = 0; i < policy->exception_count; i++) {
        if (policy->exceptions[i].allow != allow)
            continue;
        text_add(out, more ? ", " : "");
        print_entry(&policy->exceptions[i], out);
        more = true;
    }
    text_add_char(out, ']');
}
