/* SPDX-License-Identifier: Apache-2.0 */
/* The truth file: what a perfect sensor would know of the capture.  One row for each asset and
 * activity, kept while the capture is written (about 600 bytes each) and written at the end. */
#include "truth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "scenario.h"
#include "truth_file.h"

static void note_name(struct truth_row *row, const struct text *name)
{
    if (name->length == 0 || row->name_count == TRUTH_NAMES_MAX)
        return;
    for (size_t i = 0; i < row->name_count; i++)
        if (row->names[i].length == name->length &&
            memcmp(row->names[i].data, name->data, name->length) == 0)
            return;
    row->names = mem_resize(row->names, row->name_count + 1, sizeof *row->names);
    struct text *copy = &row->names[row->name_count++];
    *copy = (struct text){0};
    text_add_bytes(copy, name->data, name->length);
}

static void note_addr(struct truth_row *row, const struct addr *addr)
{
    if (row->addr_count == TRUTH_NAMES_MAX)
        return;
    for (size_t i = 0; i < row->addr_count; i++)
        if (addr_equal(&row->addrs[i], addr))
            return;
    row->addrs[row->addr_count++] = *addr;
}

void truth_note(struct truth_row *row, int64_t clock_ns, const struct text *name,
                const struct addr *addr)
{
    if (row->starts++ == 0)
        row->first_ns = clock_ns;
    row->last_ns = clock_ns;
    note_name(row, name);
    note_addr(row, addr);
}

void truth_row_done(struct truth_row *row)
{
    for (size_t i = 0; i < row->name_count; i++)
        text_done(&row->names[i]);
    free(row->names);
    *row = (struct truth_row){0};
}

struct truth_file *truth_open(const char *path, struct error *err)
{
    FILE *stream = fopen(path, "we");
    if (stream == NULL) {
        (void)error_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct truth_file *truth = mem_zeroed(1, sizeof *truth);
    truth->stream = stream;
    truth->path = mem_text(path);
    return truth;
}

void truth_flush(struct truth_file *truth)
{
    text_add_char(&truth->line, '\n');
    (void)fwrite(truth->line.data, 1, truth->line.length,
                 truth->stream); /* ferror() at the close */
    text_clear(&truth->line);
}

void truth_add_time(struct json *json, const char *key, int64_t ts_ns)
{
    char text[TIME_TEXT_MAX];
    (void)time_text_ns(ts_ns, text);
    json_text(json, key, text);
}

static void add_seconds(struct json *json, const char *key, int64_t span_ns)
{
    json_double(json, key, (double)span_ns / (double)NS_PER_S, 6);
}

static const char *protocol_of(enum activity_kind kind)
{
    switch (kind) {
    case ACTIVITY_TLS:
    case ACTIVITY_HTTP:
    case ACTIVITY_OPAQUE_TCP:
    case ACTIVITY_SSH:
        return "TCP";
    case ACTIVITY_DNS:
    case ACTIVITY_QUIC:
    case ACTIVITY_OPAQUE_UDP:
    case ACTIVITY_NTP:
    case ACTIVITY_MDNS:
    case ACTIVITY_DHCP:
        return "UDP";
    case ACTIVITY_PING:
        return "ICMP";
    case ACTIVITY_ARP:
        return "ARP";
    case ACTIVITY_BROWSE:
        break;
    }
    return "mixed";
}

static void add_asset(struct json *json, const struct truth_row *row)
{
    const struct asset *asset = row->asset;
    char text[ADDR_TEXT_MAX];
    bool six = !addr_is4(&row->addrs[0]);
    json_text(json, "asset", asset->name);
    (void)addr_text(six ? &asset->addr6 : &asset->addr, text);
    json_text(json, "ip", text);
    if (asset->has6) {
        (void)addr_text(six ? &asset->addr : &asset->addr6, text);
        json_text(json, "other_ip", text);
    }
}

static void add_server(struct json *json, const struct truth_row *row)
{
    char text[ADDR_TEXT_MAX];
    if (row->name_count > 0)
        json_bytes(json, "name", row->names[0].data, row->names[0].length);
    json_open_array(json, "names");
    for (size_t i = 0; i < row->name_count; i++)
        json_bytes(json, NULL, row->names[i].data, row->names[i].length);
    json_close_array(json);
    (void)addr_text(&row->addrs[0], text);
    json_text(json, "address", text);
    json_open_array(json, "addresses");
    for (size_t i = 0; i < row->addr_count; i++) {
        (void)addr_text(&row->addrs[i], text);
        json_text(json, NULL, text);
    }
    json_close_array(json);
    json_u64(json, "port", row->activity->port);
    json_text(json, "proto", protocol_of(row->activity->kind));
}

void truth_write_row(struct truth_file *truth, const struct truth_row *row)
{
    const struct activity *activity = row->activity;
    if (row->starts == 0)
        return;
    struct json json = {.out = &truth->line};
    json_open_object(&json, NULL);
    json_text(&json, "row", "activity");
    add_asset(&json, row);
    json_text(&json, "label", activity->label);
    json_text(&json, "vendor", activity->vendor);
    if (activity->vendor_id != NULL)
        json_text(&json, "vendor_id", activity->vendor_id);
    if (activity->shows_count > 0) {
        json_open_array(&json, "shows");
        for (unsigned i = 0; i < activity->shows_count; i++)
            json_text(&json, NULL, activity->shows[i]);
        json_close_array(&json);
    }
    if (activity->decoy)
        json_bool(&json, "decoy", true);
    if (row->client != NULL)
        json_text(&json, "client", row->client->name);
    json_text(&json, "service", activity->service);
    json_text(&json, "purpose", activity->purpose);
    json_text(&json, "kind", activity_kind_text(activity->kind));
    json_bool(&json, "contact", activity->contact);
    add_server(&json, row);
    json_u64(&json, "starts", row->starts);
    truth_add_time(&json, "first_ts", row->first_ns);
    truth_add_time(&json, "last_ts", row->last_ns);
    add_seconds(&json, "period", activity->timing.every_ns);
    json_double(&json, "jitter", activity->timing.jitter, 6);
    json_close_object(&json);
    truth->rows++;
    truth->contacts += activity->contact;
    truth_flush(truth);
}

void truth_write_summary(struct truth_file *truth, const struct scenario *scenario,
                         const struct capture_total *total)
{
    struct json json = {.out = &truth->line};
    json_open_object(&json, NULL);
    json_text(&json, "row", "summary");
    json_u64(&json, "seed", scenario->seed);
    json_u64(&json, "assets", scenario->asset_count);
    json_u64(&json, "rows", truth->rows);
    json_u64(&json, "contacts", truth->contacts);
    json_u64(&json, "packets", total->packets);
    json_u64(&json, "bytes", total->bytes);
    if (total->packets > 0) {
        truth_add_time(&json, "first_ts", total->first_ns);
        truth_add_time(&json, "last_ts", total->last_ns);
    }
    json_close_object(&json);
    truth_flush(truth);
}

bool truth_close(struct truth_file *truth, struct error *err)
{
    if (truth == NULL)
        return true;
    bool failed = ferror(truth->stream) != 0;
    failed = fclose(truth->stream) != 0 || failed;
    bool ok = !failed || error_set(err, "%s: cannot write", truth->path);
    text_done(&truth->line);
    free(truth->path);
    free(truth);
    return ok;
}
