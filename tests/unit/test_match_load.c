/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a directory: records, order, counts, version, and what files say of each other. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "run.h"
#include "test_match_set.h"

START_TEST(files_are_loaded_in_name_order)
{
    struct signatures *set = load_good_directory();
    ck_assert_str_eq(signatures_vendor(set, 0)->id, "acme");
    ck_assert_str_eq(signatures_vendor(set, 1)->id, "lookalikes");
    ck_assert_str_eq(signatures_vendor(set, 2)->id, "shared");
    ck_assert_ptr_null(signatures_vendor(set, 3));
    ck_assert_str_eq(signatures_service(set, 0)->id, "update");
    ck_assert_str_eq(signatures_service(set, 4)->id, "any");
    ck_assert_ptr_null(signatures_service(set, 5));
    ck_assert_str_eq(signatures_regime(set, 1)->id, "ex-warning");
    ck_assert_ptr_null(signatures_regime(set, 2));
    signatures_free(set);
}
END_TEST

START_TEST(info_counts_what_is_there)
{
    struct signatures *set = load_good_directory();
    const struct signatures_info *info = signatures_info(set);
    ck_assert_uint_eq(info->vendors, 1); /* the collections are none */
    ck_assert_uint_eq(info->services, 5);
    ck_assert_uint_eq(info->regimes, 2);
    ck_assert_uint_eq(info->names, 7);
    ck_assert_uint_eq(info->networks, 3);
    ck_assert_uint_eq(info->others, 3 + 2 + 3 + 1 + 1 + 2 + 1);
    ck_assert_uint_eq(info->negatives, 4 + 1 + 3);
    ck_assert_uint_gt(info->bytes, 1000);
    ck_assert_str_eq(info->newest, "2026-05-06");
    ck_assert_uint_eq(strlen(info->digest), 16);
    signatures_free(set);
}
END_TEST

START_TEST(vendor_record_has_all_facts)
{
    struct signatures *set = load_good_directory();
    const struct vendor *vendor = signatures_vendor(set, 0);
    ck_assert_str_eq(vendor->name, "Acme Shield");
    ck_assert_str_eq(vendor->legal_entity, "Acme Shield GmbH");
    ck_assert_str_eq(vendor->jurisdiction, "DE");
    ck_assert_str_eq(vendor->parent.name, "Acme Holding");
    ck_assert_str_eq(vendor->parent.country, "US");
    ck_assert_uint_eq(vendor->entity_count, 2);
    ck_assert_str_eq(vendor->entities[1].name, "Acme Shield KK");
    ck_assert_str_eq(vendor->entities[1].country, "JP");
    ck_assert_str_eq(vendor->brands[1], "Shield");
    ck_assert_ptr_null(vendor->brands[2]);
    ck_assert_str_eq(vendor->regimes[0], "ex-order-1");
    ck_assert_ptr_null(vendor->regimes[1]);
    ck_assert_str_eq(vendor->revised, "2026-03-04");
    ck_assert_ptr_nonnull(strstr(vendor->file, "good/acme.yaml"));
    const struct vendor *shared = signatures_vendor(set, 2);
    ck_assert_str_eq(shared->jurisdiction, "");
    ck_assert_ptr_null(shared->legal_entity);
    ck_assert_ptr_null(shared->parent.name);
    ck_assert_ptr_null(shared->regimes[0]);
    signatures_free(set);
}
END_TEST

START_TEST(service_record_has_all_facts)
{
    struct signatures *set = load_good_directory();
    const struct service *update = signatures_service(set, 0);
    ck_assert_ptr_eq(update->vendor, signatures_vendor(set, 0));
    ck_assert_str_eq(update->name, "Acme updater");
    ck_assert_str_eq(update->product, "shield");
    ck_assert_str_eq(update->product_name, "Acme Shield for desktops");
    ck_assert_str_eq(update->product_kind, "endpoint");
    ck_assert_str_eq(purpose_text(update->purpose), "update");
    ck_assert_str_eq(confidence_text(update->confidence), "documented");
    ck_assert_str_eq(update->source,
                     "https://support.acme.example/ports (ports and addresses); a "
                     "capture of the updater");
    ck_assert_ptr_null(update->embedder_id);
    ck_assert_uint_eq(update->number, 0);
    const struct service *engine = signatures_service(set, 2);
    ck_assert_str_eq(engine->embedder_id, "box-maker");
    ck_assert_str_eq(engine->embedder_name, "Box Maker");
    ck_assert_str_eq(engine->embedder_country, "IL");
    ck_assert_str_eq(engine->embedder_product, "gateways, Box Suite");
    ck_assert_uint_eq(engine->number, 2);
    ck_assert_ptr_null(signatures_service(set, 4)->product);
    signatures_free(set);
}
END_TEST

START_TEST(regime_record_has_all_facts)
{
    struct signatures *set = load_good_directory();
    const struct regime *regime = signatures_find_regime(set, "ex-order-1");
    int64_t issued = 0, day = 0;
    ck_assert(time_parse_date("2026-01-01", &issued));
    ck_assert_int_eq(regime->issued_ns, issued);
    ck_assert_str_eq(regime->title, "Order 1");
    ck_assert_str_eq(regime->authority, "Example Agency");
    ck_assert_str_eq(regime->country, "US");
    ck_assert_str_eq(regime->note, "An example.");
    ck_assert_str_eq(regime->source, "made for tests");
    ck_assert_int_eq((int)regime->confidence, CONFIDENCE_DOCUMENTED);
    ck_assert_str_eq(regime->covers[1], "embedded");
    ck_assert_ptr_null(regime->covers[2]);
    ck_assert_str_eq(regime->vendors[0], "acme");
    ck_assert_uint_eq(regime->deadline_count, 3);
    ck_assert(time_parse_date("2026-01-31", &day));
    ck_assert_int_eq(regime->deadlines[0].due_ns, day); /* counted from the day of issue */
    ck_assert_uint_eq(regime->deadlines[0].days, 30);
    ck_assert(time_parse_date("2026-04-01", &day));
    ck_assert_int_eq(regime->deadlines[1].due_ns, day);
    ck_assert_uint_eq(regime->deadlines[1].days, 0);
    ck_assert(time_parse_date("2026-01-12", &day));
    ck_assert_int_eq(regime->deadlines[2].due_ns, day); /* as written, not issue + 10 days */
    ck_assert_int_eq((int)signatures_find_regime(set, "ex-warning")->confidence, CONFIDENCE_UNSURE);
    ck_assert_ptr_null(signatures_find_regime(set, "ex"));
    signatures_free(set);
}
END_TEST

static void check_directory(const char *name, const char *sentence)
{
    char relative[128], path[1024];
    (void)snprintf(relative, sizeof relative, "tests/signatures/%s", name);
    source_path(path, sizeof path, relative);
    struct error err = {""};
    ck_assert_ptr_null(signatures_load(path, &err));
    ck_assert_msg(strstr(err.text, sentence) != NULL, "got '%s', want '%s'", err.text, sentence);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "no path in '%s'", err.text);
}

START_TEST(references_between_files_are_checked)
{
    check_directory("unknown-regime",
                    "/acme.yaml:6:11: unknown regime 'ex-ordr-1' (did you mean "
                    "'ex-order-1'?)");
    check_directory("unknown-vendor",
                    "/regimes.yaml:3:88: unknown vendor 'acmee' (did you mean "
                    "'acme'?)");
    check_directory("one-sided",
                    "/acme.yaml:6:11: regime 'ex-order-1' does not name vendor "
                    "'acme' back");
}
END_TEST

START_TEST(directory_mistakes_are_named)
{
    check_directory("wrong-name",
                    "/acme.yaml:2:9: vendor 'zeta' has to stand in a file "
                    "'zeta.yaml'");
    check_directory("broken", "/acme.yaml:3:1: did not find expected ',' or ']'");
    check_directory("empty", "no *.yaml file is here");
    check_directory("absent", "No such file or directory");
}
END_TEST

START_TEST(unreadable_files_are_named)
{
    char directory[] = "/tmp/telltale-match-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    char inner[64], dangling[64];
    (void)snprintf(inner, sizeof inner, "%s/a.yaml", directory);
    ck_assert_int_eq(mkdir(inner, 0700), 0);
    struct error err = {""};
    struct signatures *set = signatures_load(directory, &err);
    ck_assert_int_eq(rmdir(inner), 0);
    ck_assert_ptr_null(set);
    ck_assert_ptr_nonnull(strstr(err.text, "a.yaml: cannot be read"));
    (void)snprintf(dangling, sizeof dangling, "%s/b.yaml", directory);
    ck_assert_int_eq(symlink("/nonexistent/x", dangling), 0);
    set = signatures_load(directory, &err);
    ck_assert_int_eq(unlink(dangling), 0);
    ck_assert_int_eq(rmdir(directory), 0);
    ck_assert_ptr_null(set);
    ck_assert_ptr_nonnull(strstr(err.text, "b.yaml: No such file or directory"));
}
END_TEST

START_TEST(overlong_path_is_refused)
{
    /* The directory can be opened, its files cannot: "good/./././..." up to the end of the path. */
    char path[5000];
    source_path(path, sizeof path, "tests/signatures/good");
    for (size_t length = strlen(path); length < 4087; length += 2)
        memcpy(path + length, "/.", 3);
    struct error err = {""};
    ck_assert_ptr_null(signatures_load(path, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "the path is too long"));
}
END_TEST

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs(text, stream), 0);
    ck_assert_int_eq(fclose(stream), 0);
}

static void digest_of(const char *directory, char ret_digest[static 17])
{
    struct error err = {""};
    struct signatures *set = signatures_load(directory, &err);
    ck_assert_msg(set != NULL, "%s", err.text);
    memcpy(ret_digest, signatures_info(set)->digest, 17);
    signatures_free(set);
}

START_TEST(digest_follows_names_and_contents)
{
    static const char text[] = "vendor: acme\nname: Acme\njurisdiction: DE\nrevised: 2026-01-02\n";
    char directory[] = "/tmp/telltale-match-XXXXXX", path[128], other[128];
    ck_assert_ptr_nonnull(mkdtemp(directory));
    char first[17], again[17], changed[17], more[17];
    write_file(directory, "acme.yaml", text);
    digest_of(directory, first);
    write_file(directory, "notes.txt", "not read");
    write_file(directory, ".hidden.yaml", "not read");
    digest_of(directory, again);
    write_file(directory, "acme.yaml", VENDOR);
    digest_of(directory, changed);
    write_file(directory, "acme.yaml", text);
    write_file(directory, "regimes.yaml", "regimes: []\n");
    digest_of(directory, more);
    static const char *const names[] = {"acme.yaml", "notes.txt", ".hidden.yaml", "regimes.yaml"};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        ck_assert_int_eq(unlink(path), 0);
    }
    (void)snprintf(other, sizeof other, "%s", directory);
    ck_assert_int_eq(rmdir(other), 0);
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, changed);
    ck_assert_str_ne(first, more);
}
END_TEST

START_TEST(one_text_needs_no_other_files)
{
    struct signatures *set = load_good(VENDOR "regimes: [anywhere]\n");
    ck_assert_str_eq(signatures_vendor(set, 0)->regimes[0], "anywhere");
    struct hit hits[HITS_MAX];
    struct addr addr;
    ck_assert(addr_parse("192.0.2.1", &addr));
    ck_assert_uint_eq(match_name(set, "a.example", hits), 0);
    ck_assert_uint_eq(match_address(set, &addr, 64500, hits), 0);
    ck_assert_uint_eq(match_user_agent(set, "Mozilla/5.0", hits), 0);
    ck_assert_uint_eq(match_uri(set, "/", hits), 0);
    ck_assert_uint_eq(match_certificate(set, "CN=a", NULL, hits), 0);
    signatures_free(set);
    signatures_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        files_are_loaded_in_name_order, info_counts_what_is_there,
        vendor_record_has_all_facts,    service_record_has_all_facts,
        regime_record_has_all_facts,    references_between_files_are_checked,
        directory_mistakes_are_named,   unreadable_files_are_named,
        overlong_path_is_refused,       digest_follows_names_and_contents,
        one_text_needs_no_other_files,  NULL};
    return run_suite(suite_of("match_load", tests));
}
