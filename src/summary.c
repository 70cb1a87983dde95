/* SPDX-License-Identifier: Apache-2.0 */
/* The ending summary.  Vendors in the order of severity, then of their first contact. */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include "alert/contacts.h"
#include "alert/eve_parts.h"
#include "asset/assets.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "capture/capture.h"
#include "decode/decode.h"
#include "geo/geo.h"
#include "pipeline.h"
#include "run.h"
#include "where.h"

struct table {
    struct alert *rows;
    size_t count;
    size_t quiet; /* contacts below the threshold */
};

static void collect(struct contacts *contacts, struct table *table)
{
    for (struct contact *contact = contacts_next(contacts, NULL); contact != NULL;
         contact = contacts_next(contacts, contact)) {
        struct alert alert = {0};
        if (!contact_peek(contacts, contact, &alert)) {
            table->quiet++;
            continue;
        }
        table->rows = mem_resize(table->rows, table->count + 1, sizeof *table->rows);
        table->rows[table->count++] = alert;
    }
}

static void add_bytes(struct text *out, uint64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1000.0 && unit + 1 < COUNT_OF(units)) {
        value /= 1000.0;
        unit++;
    }
    text_addf(out, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

static void add_place(struct text *out, const struct run *run, const struct alert *alert)
{
    struct place place;
    if (!alert->has_endpoint)
        return;
    char address[ADDR_TEXT_MAX];
    (void)addr_text(&alert->endpoint, address);
    text_addf(out, " %s", address);
    if (run->knowledge.geo == NULL || !geo_find(run->knowledge.geo, &alert->endpoint, &place))
        return;
    text_add(out, " (");
    where_add(out, &place);
    text_add_char(out, ')');
}

/* "12.5 min": the greatest unit that the span fills at least twice. */
static void add_span(struct text *out, int64_t span_ns)
{
    double seconds = (double)span_ns / (double)NS_PER_S;
    if (seconds < 120.0)
        text_addf(out, "%.1f s", seconds);
    else if (seconds < 7200.0)
        text_addf(out, "%.1f min", seconds / 60.0);
    else if (seconds < 172800.0)
        text_addf(out, "%.1f h", seconds / 3600.0);
    else
        text_addf(out, "%.1f d", seconds / 86400.0);
}

static void add_beat(struct text *out, const struct score *beat)
{
    if (beat == NULL)
        return;
    text_add(out, "      beats every ");
    add_span(out, beat->period_ns);
    text_addf(out, ", %zu times, jitter %.0f %%, missed %.0f %%\n", beat->count,
              beat->jitter * 100.0, beat->missed * 100.0);
}

static void add_row(struct text *out, const struct run *run, const struct alert *alert)
{
    char address[ADDR_TEXT_MAX];
    (void)addr_text(&alert->asset, address);
    text_addf(out, "  %-15s %-40.40s %3.0f %% sure\n", address,
              alert->service != NULL ? alert->service->name : "network of the vendor, no name seen",
              alert->confidence * 100.0 < 99.0 ? alert->confidence * 100.0 : 99.0);
    text_addf(
        out, "      %s: ",
        purpose_text(alert->service != NULL ? alert->service->purpose : PURPOSE_NETWORK_OWNER));
    if (alert->flows > 0)
        text_addf(out, "%llu connection%s, ", (unsigned long long)alert->flows,
                  alert->flows > 1 ? "s" : "");
    if (alert->lookups > 0)
        text_addf(out, "%llu look-up%s, ", (unsigned long long)alert->lookups,
                  alert->lookups > 1 ? "s" : "");
    text_add(out, "out ");
    add_bytes(out, alert->bytes_out);
    text_add(out, ", in ");
    add_bytes(out, alert->bytes_in);
    text_add_char(out, '\n');
    add_beat(out, alert->beat);
    if (alert->name == NULL && !alert->has_endpoint)
        return;
    text_add(out, "     ");
    if (alert->name != NULL) {
        text_add_char(out, ' ');
        text_add_visible(out, alert->name, strlen(alert->name));
    }
    add_place(out, run, alert);
    text_add_char(out, '\n');
}

static void add_vendor(struct text *out, const struct run *run, const struct table *table,
                       const struct vendor *vendor)
{
    text_addf(out, "\n%s", vendor->name);
    if (vendor->jurisdiction[0] != '\0')
        text_addf(out, " (law of %s%s)", vendor->jurisdiction,
                  policy_concerns_country(&run->options.settings.policy, vendor->jurisdiction)
                      ? ", of concern"
                      : "");
    text_add_char(out, '\n');
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].vendor == vendor)
            add_row(out, run, &table->rows[i]);
}

/* True where no row before `index` has the same vendor. */
static bool first_of_vendor(const struct table *table, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (table->rows[i].vendor == table->rows[index].vendor)
            return false;
    return true;
}

static void add_vendors(struct text *out, const struct run *run, const struct table *table,
                        bool concern)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct vendor *vendor = table->rows[i].vendor;
        const struct policy *policy = &run->options.settings.policy;
        bool concerns = policy_concerns_vendor(policy, vendor->id) ||
                        policy_concerns_country(policy, vendor->jurisdiction);
        if (concerns == concern && first_of_vendor(table, i))
            add_vendor(out, run, table, vendor);
    }
}

static void add_head(struct text *out, const struct run *run, const struct table *table)
{
    const struct pipeline_counters *counters = pipeline_counters(run->pipeline);
    struct capture_counters capture;
    capture_counters(run->capture, &capture);
    text_addf(out, "%llu packets over ", (unsigned long long)capture.frames);
    add_span(out, counters->last_ns - counters->first_ns);
    text_addf(out, "; %llu alert%s", (unsigned long long)counters->alerts,
              counters->alerts == 1 ? "" : "s");
    unsigned long long silenced = counters->suppressed + counters->allowed;
    if (silenced > 0)
        text_addf(out, " (%llu more suppressed or allowed by the policy)", silenced);
    text_add_char(out, '\n');
    uint64_t drops = capture.kernel_drops + capture.interface_drops;
    if (drops > 0)
        text_addf(out, "%llu packets were lost before they could be read\n",
                  (unsigned long long)drops);
    const struct decode_counters *decoded = pipeline_decoded(run->pipeline);
    if (decoded->unsupported > 0)
        text_addf(out, "%llu packets have a link type that is not read\n",
                  (unsigned long long)decoded->unsupported);
    if (decoded->invalid > 0)
        text_addf(out, "%llu packets are malformed (the stats event says how)\n",
                  (unsigned long long)decoded->invalid);
    if (capture.frames == 0)
        text_add(out, "There was nothing to look at.\n");
    else if (table->count == 0)
        text_add(out, "No security vendor was contacted, as far as these packets show.\n");
}

static void add_verdict(struct text *out, const struct verdict *verdict)
{
    static const char *const roles[] = {[VERDICT_AGENT] = "",
                                        [VERDICT_SPEAKS_FOR] = ", speaks for others",
                                        [VERDICT_EMBEDDED] = ", inside another product",
                                        [VERDICT_BEHIND] = ", through a server inside"};
    char address[ADDR_TEXT_MAX];
    (void)addr_text(&verdict->asset, address);
    text_addf(out, "  %-15s %s%s: %s%s, %.0f %% sure\n", address, verdict->vendor->name,
              roles[verdict->role], verdict_state_text(verdict->state),
              verdict->blocked ? " and blocked" : "",
              verdict->probability < 0.99 ? verdict->probability * 100.0 : 99.0);
}

static void add_machines(struct text *out, const struct assets *assets)
{
    struct assets_place place = {0};
    struct verdict verdict;
    size_t count = 0;
    while (assets_next_verdict(assets, &place, &verdict)) {
        if (verdict.state == VERDICT_CANDIDATE)
            continue;
        if (count++ == 0)
            text_add(out, "\nMachines\n");
        add_verdict(out, &verdict);
    }
}

void summary_print(FILE *out, struct run *run)
{
    struct table table = {0};
    struct text text = {0};
    collect(pipeline_contacts(run->pipeline), &table);
    add_head(&text, run, &table);
    add_vendors(&text, run, &table, true);
    add_vendors(&text, run, &table, false);
    add_machines(&text, pipeline_assets(run->pipeline));
    if (table.quiet > 0)
        text_addf(
            &text,
            "\n%zu weaker sign%s (single look-ups, unnamed hosts of a vendor) raised no alert.\n",
            table.quiet, table.quiet > 1 ? "s" : "");
    (void)fputs(text_string(&text), out);
    text_done(&text);
    free(table.rows);
}
