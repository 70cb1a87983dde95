/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale signatures check|list|explain`. */
#include <stdio.h>
#include <string.h>

#include "alert/weigh.h"
#include "base/error.h"
#include "base/text.h"
#include "commands.h"
#include "exit.h"
#include "geo/geo.h"
#include "knowledge.h"
#include "match/explain.h"
#include "match/match.h"
#include "net/domain.h"
#include "options.h"
#include "where.h"

static void print_help(void)
{
    (void)fputs(
        "Looks into the vendor signatures.\n\n"
        "usage: telltale signatures check [DIR]      load a set and say what is wrong with it\n"
        "       telltale signatures list             the vendors in the set\n"
        "       telltale signatures explain NAME|IP  what would match, why, and how sure\n",
        stdout);
    options_print(stdout, OPTIONS_OTHER);
}

static int check(const struct signatures *set)
{
    const struct signatures_info *info = signatures_info(set);
    (void)printf(
        "%zu vendors, %zu services, %zu names, %zu networks, %zu negatives, %zu others, %zu regimes; "
        "newest %s; version %s\n",
        info->vendors, info->services, info->names, info->networks, info->negatives, info->others,
        info->regimes, info->newest, info->digest);
    return EXIT_OK;
}

static int list(const struct signatures *set)
{
    struct text text = {0};
    match_list(set, &text);
    (void)fputs(text_string(&text), stdout);
    text_done(&text);
    return EXIT_OK;
}

static void add_place(struct text *text, const struct place *place)
{
    text_add(text, "\nwhere it is: ");
    where_add(text, place);
    if (place->asn != 0)
        text_addf(text, " %s", place->as_org);
    if (place->registered_country[0] != '\0')
        text_addf(text, "\nwhere its network is registered: %s", place->registered_country);
    text_add_char(text, '\n');
}

/* How much the name weighs, in the words of docs/evidence.md. */
static void add_weights(struct text *text, const struct signatures *set, const char *subject,
                        double threshold)
{
    char name[DOMAIN_MAX];
    struct hit hits[HITS_MAX];
    if (domain_normalise(subject, strlen(subject), name) == 0 || match_name(set, name, hits) == 0 ||
        hits[0].negative != NULL)
        return;
    struct weigh_context spoken = {.channel = WEIGH_SPOKEN}, looked_up = {.channel = WEIGH_LOOKUP};
    text_addf(text,
              "  how sure    %.2f where a handshake or request names it, %.2f for one look-up\n"
              "              alone; an alert needs %.2f\n",
              weigh_hit(&hits[0], &spoken), weigh_hit(&hits[0], &looked_up), threshold);
}

static int explain(const struct knowledge *knowledge, const struct options *options)
{
    const char *subject = options->arguments[1];
    struct text text = {0};
    struct addr addr;
    struct place place = {0};
    bool placed = knowledge->geo != NULL && addr_parse(subject, &addr) &&
                  geo_find(knowledge->geo, &addr, &place);
    bool ok = match_explain(knowledge->signatures, subject, place.asn, &text);
    add_weights(&text, knowledge->signatures, subject, options->settings.policy.alert_confidence);
    if (placed)
        add_place(&text, &place);
    (void)fputs(text_string(&text), ok ? stdout : stderr);
    text_done(&text);
    return ok ? EXIT_OK : EXIT_USAGE;
}

static int check_folder(const char *folder, struct error *err)
{
    struct signatures *set = signatures_load(folder, err);
    int code = set != NULL ? check(set) : EXIT_USAGE;
    signatures_free(set);
    return code;
}

static int run(struct options *options, struct error *err)
{
    const char *verb = options->arguments[0];
    size_t count = options->argument_count - 1;
    bool is_check = strcmp(verb, "check") == 0, is_explain = strcmp(verb, "explain") == 0;
    if (count > 1 || (is_explain && count == 0) || (!is_check && !is_explain && count > 0)) {
        (void)error_set(
            err, "signatures %s: wrong number of arguments ('telltale signatures --help')", verb);
        return EXIT_USAGE;
    }
    if (is_check && count == 1)
        return check_folder(options->arguments[1], err);
    struct knowledge knowledge;
    options->quiet = true;
    if (!knowledge_load(&knowledge, options, err))
        return EXIT_USAGE;
    int code = is_check     ? check(knowledge.signatures)
               : is_explain ? explain(&knowledge, options)
                            : list(knowledge.signatures);
    knowledge_done(&knowledge);
    return code;
}

int command_signatures(int argc, char **argv)
{
    static const char *const verbs[] = {"check", "list", "explain", NULL};
    static const struct verb_command command = {
        .name = "signatures", .verbs = verbs, .print_help = print_help, .run = run};
    return options_run_verb(&command, argc, argv);
}
