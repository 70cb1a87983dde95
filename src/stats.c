/* SPDX-License-Identifier: Apache-2.0 */
/* The counters of all stages under the names of EVE's stats record.  Malformed-packet events are listed only where they
 * happened, all other counters always: a reader can tell "none" from "not counted". */
#include "stats.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "alert/contacts.h"
#include "base/memory.h"
#include "base/time.h"
#include "classify/classify.h"
#include "decode/decode.h"
#include "flow/table.h"
#include "names/names.h"
#include "pipeline.h"

struct list {
    struct stat *stats;
    size_t count;
};

static void add(struct list *list, const char *path, uint64_t value)
{
    assert(list->count < STATS_MAX);
    list->stats[list->count++] = (struct stat){.path = path, .value = value};
}

static void add_capture(struct list *list, const struct pipeline_capture *capture)
{
    add(list, "capture.frames", capture->frames);
    add(list, "capture.bytes", capture->bytes);
    add(list, "capture.filtered", capture->filtered);
    add(list, "capture.kernel_packets", capture->kernel_received);
    add(list, "capture.kernel_drops", capture->kernel_drops);
    add(list, "capture.kernel_ifdrops", capture->interface_drops);
}

/* A counter of the decoder and its name. */
struct decode_row {
    const char *path;
    size_t offset; /* in struct decode_counters */
};

static const struct decode_row decode_rows[] = {
#define DECODE_ROW(name) {"decoder." #name, offsetof(struct decode_counters, name)},
    DECODE_COUNTER_LIST(DECODE_ROW)
#undef DECODE_ROW
};

static const char *const decode_event_paths[] = {
#define DECODE_EVENT_PATH(name, text) "decoder.event." text,
    DECODE_EVENT_LIST(DECODE_EVENT_PATH)
#undef DECODE_EVENT_PATH
};

static void add_decode(struct list *list, const struct decode_counters *decode)
{
    for (size_t i = 0; i < COUNT_OF(decode_rows); i++) {
        uint64_t value = 0;
        memcpy(&value, (const char *)decode + decode_rows[i].offset, sizeof value);
        add(list, decode_rows[i].path, value);
    }
    for (size_t i = 0; i < COUNT_OF(decode_event_paths); i++)
        if (decode->events[i] > 0)
            add(list, decode_event_paths[i], decode->events[i]);
}

static void add_flow(struct list *list, const struct flow_counters *flow)
{
    add(list, "flow.total", flow->created);
    add(list, "flow.active", flow->active);
    add(list, "flow.active_peak", flow->active_peak);
    add(list, "flow.tcp", flow->tcp);
    add(list, "flow.udp", flow->udp);
    add(list, "flow.icmp", flow->icmp);
    add(list, "flow.sctp", flow->sctp);
    add(list, "flow.other", flow->other);
    add(list, "flow.fragments", flow->fragments);
    add(list, "flow.one_sided", flow->one_sided);
    add(list, "flow.turned", flow->turned);
    add(list, "flow.late_packets", flow->late);
    add(list, "flow.backward_packets", flow->backward);
    add(list, "flow.clock_steps", flow->clock_steps);
    add(list, "flow.memuse", flow->memory_bytes);
    add(list, "flow.end.idle", flow->ended_idle);
    add(list, "flow.end.closed", flow->ended_closed);
    add(list, "flow.end.evicted", flow->ended_evicted);
    add(list, "flow.end.reused", flow->ended_reused);
    add(list, "flow.end.shutdown", flow->ended_shutdown);
    add(list, "tcp.midstream_pickups", flow->midstream);
    add(list, "tcp.syn_unanswered", flow->syn_unanswered);
    add(list, "tcp.retransmissions", flow->retransmissions);
    add(list, "tcp.gap_bytes", flow->gap_bytes);
}

static void add_classify(struct list *list, const struct classify_counters *classify)
{
    add(list, "app_layer.flows", classify->flows);
    add(list, "app_layer.dns_messages", classify->dns_messages);
    add(list, "app_layer.client_hellos", classify->client_hellos);
    add(list, "app_layer.quic_hellos", classify->quic_hellos);
    add(list, "app_layer.certificates", classify->certificates);
    add(list, "app_layer.http_requests", classify->http_requests);
    add(list, "app_layer.unknown", classify->unknown);
    add(list, "app_layer.guessed", classify->guessed);
    add(list, "app_layer.given_up", classify->given_up);
    add(list, "app_layer.malformed", classify->malformed);
    add(list, "app_layer.ndpi_flows", classify->ndpi_flows);
    add(list, "app_layer.ndpi_packets", classify->ndpi_packets);
}

size_t stats_collect(const struct stats_sources *sources, struct stat ret_stats[static STATS_MAX])
{
    struct list list = {.stats = ret_stats};
    const struct pipeline_counters *pipeline = sources->pipeline;
    add(&list, "uptime", (uint64_t)((pipeline->last_ns - pipeline->first_ns) / NS_PER_S));
    add_capture(&list, sources->capture);
    add_decode(&list, sources->decode);
    add_flow(&list, sources->flow);
    add_classify(&list, sources->classify);
    add(&list, "names.entries", sources->names->entries);
    add(&list, "names.answers", sources->names->answers);
    add(&list, "names.evicted", sources->names->evicted);
    add(&list, "names.expired", sources->names->expired);
    add(&list, "detect.contacts", sources->contacts->contacts);
    add(&list, "detect.contacts_evicted", sources->contacts->evicted);
    add(&list, "detect.alert", pipeline->alerts);
    add(&list, "detect.alerts_suppressed", pipeline->suppressed);
    add(&list, "detect.alerts_allowed", pipeline->allowed);
    return list.count;
}
