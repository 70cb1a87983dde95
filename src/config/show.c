/* SPDX-License-Identifier: Apache-2.0 */
/* What the table says to people: the sample file, the help and the effective settings.  And the
 * check of a policy's ids, which says where a wrong one came from.
 *
 * In the sample file every option is commented out.  Written out they would pin today's defaults
 * into every operator's file. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "config/exceptions.h"
#include "config/origin.h"
#include "config/settings.h"
#include "config/table.h"

enum {
    COMMENT_WIDTH = 90
};

void origin_print_value(const struct settings *settings, const struct option *option,
                        struct text *out)
{
    if (option->type == OPTION_EXCEPTIONS)
        exceptions_print(&settings->policy, strcmp(option->name, "policy.allow") == 0, out);
    else
        option_print(option, settings, out);
}

void origin_print(const struct settings *settings, const struct option *option, struct text *out)
{
    size_t count = 0;
    const struct settings_origin *origin =
        &settings->origins[(size_t)(option - table_options(&count))];
    if (origin->kind == ORIGIN_FILE)
        text_addf(out, "%s:%u", settings->path != NULL ? settings->path : "file", origin->line);
    else
        text_add(out, origin->kind == ORIGIN_SET ? "--set" : "default");
}

/* Writes `words` broken into lines that begin with `start`. */
static void print_wrapped(const char *start, const char *words, struct text *out)
{
    size_t column = 0;
    for (const char *at = words + strspn(words, " "); *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (column > 0 && column + 1 + length > COMMENT_WIDTH) {
            text_add_char(out, '\n');
            column = 0;
        }
        text_add(out, column == 0 ? start : " ");
        column += (column == 0 ? strlen(start) : 1) + length;
        text_add_bytes(out, at, length);
        at += length;
        at += strspn(at, " ");
    }
    text_add_char(out, '\n');
}

/* Writes the range or the allowed words in brackets, nothing where the type has neither. */
static void print_range(const struct option *option, struct text *out)
{
    if (option->min != NULL)
        text_addf(out, " [%s to %s]", option->min, option->max);
    if (option->words == NULL)
        return;
    text_add(out, " [");
    for (size_t i = 0; option->words[i] != NULL; i++)
        text_addf(out, "%s%s", i > 0 ? ", " : "", option->words[i]);
    text_add_char(out, ']');
}

static void print_sample_option(const struct settings *defaults, const struct option *option,
                                const char *key, struct text *out)
{
    struct text help = {0};
    text_add(&help, option->help);
    text_addf(&help, " (%s", option_type_text(option->type));
    print_range(option, &help);
    text_add_char(&help, ')');
    print_wrapped("  # ", text_string(&help), out);
    text_done(&help);
    for (const char *line = option->example; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        text_add(out, "  #   ");
        text_add_bytes(out, line, length);
        text_add_char(out, '\n');
        line += length + (line[length] == '\n');
    }
    text_addf(out, "  #%s: ", key);
    origin_print_value(defaults, option, out);
    text_add(out, "\n\n");
}

void config_sample(struct text *out)
{
    size_t count = 0, group_count = 0;
    const struct option *options = table_options(&count);
    const struct option_group *groups = table_groups(&group_count);
    struct settings defaults;
    settings_init(&defaults);
    text_add(out,
             "# Telltale configuration.  Every option stands here at its default, commented "
             "out: remove the #\n# before a key to change it.  A duration is a number and ns, "
             "us, ms, s, min, h or d; a size a number and\n# B, KiB, MiB or GiB.\n");
    for (size_t i = 0; i < group_count; i++) {
        text_add(out, i == 0 ? "\n" : "");
        print_wrapped("# ", groups[i].help, out);
        text_addf(out, "%s:\n", groups[i].name);
        for (size_t j = 0; j < count; j++) {
            const char *key = table_key(&options[j], groups[i].name);
            if (key != NULL)
                print_sample_option(&defaults, &options[j], key, out);
        }
    }
    settings_done(&defaults);
}

void config_show(const struct settings *settings, struct text *out)
{
    size_t count = 0, group_count = 0;
    const struct option *options = table_options(&count);
    const struct option_group *groups = table_groups(&group_count);
    for (size_t i = 0; i < group_count; i++) {
        text_addf(out, "%s:\n", groups[i].name);
        for (size_t j = 0; j < count; j++) {
            const char *key = table_key(&options[j], groups[i].name);
            if (key == NULL)
                continue;
            text_addf(out, "  %s: ", key);
            origin_print_value(settings, &options[j], out);
            text_add(out, "  # ");
            origin_print(settings, &options[j], out);
            text_add_char(out, '\n');
        }
    }
}

bool config_help(const char *name, struct text *out)
{
    size_t count = 0;
    const struct option *options = table_options(&count);
    struct settings defaults;
    settings_init(&defaults);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        const struct option *option = &options[i];
        if (name != NULL && strcmp(option->name, name) != 0 && table_key(option, name) == NULL)
            continue;
        found = true;
        text_addf(out, "%s: %s", option->name, option_type_text(option->type));
        print_range(option, out);
        text_add(out, ", default ");
        origin_print_value(&defaults, option, out);
        text_add_char(out, '\n');
        print_wrapped("    ", option->help, out);
    }
    settings_done(&defaults);
    return found;
}

static bool is_known(const char *id, const char *const *known)
{
    if (id == NULL || known == NULL)
        return true;
    for (size_t i = 0; known[i] != NULL; i++)
        if (strcmp(known[i], id) == 0)
            return true;
    return false;
}

static bool unknown_id(const char *where, const char *what, const char *id,
                       const char *const *known, struct error *err)
{
    const char *nearest = error_nearest(id, known);
    return error_set(err, "%s: unknown %s '%.64s'%s%s%s", where, what, id,
                     nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?)" : "");
}

/* Checks the ids of the list option `name`. */
static bool check_ids(const struct settings *settings, const char *name, const char *what,
                      const char *const *known, struct error *err)
{
    const struct option *option = table_find(name);
    char **ids = NULL;
    size_t count = 0;
    memcpy(&ids, (const char *)settings + option->offset, sizeof ids);
    memcpy(&count, (const char *)settings + option->count_offset, sizeof count);
    for (size_t i = 0; i < count; i++) {
        if (is_known(ids[i], known))
            continue;
        struct text where = {0};
        origin_print(settings, option, &where);
        text_addf(&where, ": %s", name);
        (void)unknown_id(text_string(&where), what, ids[i], known, err);
        text_done(&where);
        return false;
    }
    return true;
}

static bool check_exception(const struct settings *settings,
                            const struct policy_exception *exception,
                            const struct config_known *known, struct error *err)
{
    struct text where = {0};
    text_addf(&where, "%s:%u: policy.%s", settings->path != NULL ? settings->path : "file",
              exception->line, exception->allow ? "allow" : "suppress");
    bool ok = true;
    if (!is_known(exception->vendor, known->vendors))
        ok = unknown_id(text_string(&where), "vendor", exception->vendor, known->vendors, err);
    else if (!is_known(exception->service, known->services))
        ok = unknown_id(text_string(&where), "service", exception->service, known->services, err);
    text_done(&where);
    return ok;
}

bool config_check_policy(const struct settings *settings, const struct config_known *known,
                         struct error *err)
{
    if (!check_ids(settings, "policy.vendors_of_concern", "vendor", known->vendors, err) ||
        !check_ids(settings, "policy.regimes", "regime", known->regimes, err))
        return false;
    for (size_t i = 0; i < settings->policy.exception_count; i++)
        if (!check_exception(settings, &settings->policy.exceptions[i], known, err))
            return false;
    return true;
}
