/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and loading what the program knows. */
#include "knowledge.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "geo/geo.h"
#include "match/match.h"
#include "options.h"

/* Writes the folder of the running program; "" where it cannot be told. */
static void program_folder(char ret_folder[static PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", ret_folder, PATH_MAX - 1);
    ret_folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(ret_folder, '/');
    if (slash != NULL)
        *slash = '\0';
}

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

/* Writes the path of a data file or folder that came with the program; true where it is there. */
static bool find_data(const char *name, char ret_path[static PATH_MAX])
{
    const char *chosen = getenv("TELLTALE_DATA");
    if (chosen != NULL) {
        (void)snprintf(ret_path, PATH_MAX, "%s/%s", chosen, name);
        return exists(ret_path);
    }
    char folder[PATH_MAX];
    program_folder(folder);
    /* In the source tree the program lies in a build folder of its own. */
    int length = snprintf(ret_path, PATH_MAX, "%s/../%s", folder, name);
    if (folder[0] != '\0' && length > 0 && length < PATH_MAX && exists(ret_path))
        return true;
    (void)snprintf(ret_path, PATH_MAX, "%s/%s", TELLTALE_DATADIR, name);
    return exists(ret_path);
}

static struct signatures *load_signatures(const struct settings *settings, struct error *err)
{
    if (settings->signatures.directory != NULL)
        return signatures_load(settings->signatures.directory, err);
    char path[PATH_MAX];
    if (find_data("signatures", path))
        return signatures_load(path, err);
    (void)error_set(
        err,
        "no signatures found: neither beside the program nor in %s/signatures (name them with --signatures)",
        TELLTALE_DATADIR);
    return NULL;
}

/* Says which databases are older than the operator wants; age is against the clock of the one who starts it. */
static void warn_about_age(const struct geo *geo, int64_t old_after_ns)
{
    const struct geo_source *source = NULL;
    for (size_t i = 0; (source = geo_source(geo, i)) != NULL; i++) {
        int64_t now_ns = (int64_t)time(NULL) * NS_PER_S;
        if (source->built_ns <= 0 || now_ns - source->built_ns <= old_after_ns)
            continue;
        char date[TIME_TEXT_MAX];
        time_date_text(source->built_ns, date);
        (void)fprintf(stderr, "telltale: %s is of %s: places may have changed since\n",
                      source->path, date);
    }
}

static bool load_geo(struct geo **ret_geo, const struct options *options, struct error *err)
{
    *ret_geo = NULL;
    if (options->no_geo)
        return true;
    char path[PATH_MAX];
    const char *shipped = path;
    const char *const *paths = (const char *const *)options->settings.geo.databases;
    size_t count = options->settings.geo.count;
    if (count == 0) {
        if (!find_data("geo/telltale.mmdb", path)) {
            (void)fputs("telltale: no geo database: countries and networks stay empty\n", stderr);
            return true;
        }
        paths = &shipped;
        count = 1;
    }
    *ret_geo = geo_open(paths, count, err);
    if (*ret_geo == NULL)
        return false;
    if (!options->quiet)
        warn_about_age(*ret_geo, options->settings.geo.old_after_ns);
    return true;
}

/* Lists of ids as the policy check wants them. */
struct ids {
    const char **texts;
    size_t count;
};

static void add_id(struct ids *ids, const char *id)
{
    ids->texts = mem_resize(ids->texts, ids->count + 2, sizeof *ids->texts);
    ids->texts[ids->count++] = id;
    ids->texts[ids->count] = NULL;
}

static bool check_policy(const struct signatures *signatures, const struct settings *settings,
                         struct error *err)
{
    struct ids vendors = {0}, services = {0}, regimes = {0};
    const struct vendor *vendor = NULL;
    for (size_t i = 0; (vendor = signatures_vendor(signatures, i)) != NULL; i++)
        add_id(&vendors, vendor->id);
    const struct service *service = NULL;
    for (size_t i = 0; (service = signatures_service(signatures, i)) != NULL; i++)
        add_id(&services, service->id);
    const struct regime *regime = NULL;
    for (size_t i = 0; (regime = signatures_regime(signatures, i)) != NULL; i++)
        add_id(&regimes, regime->id);
    struct config_known known = {
        .vendors = vendors.texts, .services = services.texts, .regimes = regimes.texts};
    bool ok = config_check_policy(settings, &known, err);
    free(vendors.texts);
    free(services.texts);
    free(regimes.texts);
    return ok;
}

bool knowledge_load(struct knowledge *ret_knowledge, const struct options *options,
                    struct error *err)
{
    struct knowledge knowledge = {.signatures = load_signatures(&options->settings, err)};
    if (knowledge.signatures == NULL)
        return false;
    if (!check_policy(knowledge.signatures, &options->settings, err) ||
        !load_geo(&knowledge.geo, options, err)) {
        knowledge_done(&knowledge);
        return false;
    }
    *ret_knowledge = knowledge;
    return true;
}

void knowledge_done(struct knowledge *knowledge)
{
    signatures_free(knowledge->signatures);
    geo_close(knowledge->geo);
    *knowledge = (struct knowledge){0};
}
