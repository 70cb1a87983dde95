/* SPDX-License-Identifier: Apache-2.0 */
/* The flow table: which conversation does a packet belong to, and when is it over.
 *
 * Records live in a store that never moves them; an index of 8-byte entries leads from the hash
 * of the tuple to the record's number.  Every record is in one list of its idle class, so that
 * the next one to end is at a head.  A record moves to the end of its list only when its last
 * packet falls into another quantum of time (1.07 s) than the one before: moving touches two
 * other records, which would cost two cache misses a packet.
 *
 * Invariants: (1) a record is in the index, in one list and in `active`, or in none of them; (2)
 * a list is ordered by the quantum of the last packet; (3) no idle flow ends later than
 * next_due_ns says, but for a quantum; (4) nothing that leaves the table depends on the order of
 * the index, whose seed is random.
 *
 * Rejected: a timer wheel (a flow is moved at each packet or looked at in vain), chaining (170 ns
 * a look-up against 18), dropping new flows at the bound (a scan would then blind the sensor).
 * Cost: 192 bytes a flow and 11 to 21 for the index. */
#include "flow/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/index.h"
#include "base/memory.h"
#include "base/time.h"
#include "decode/packet.h"
#include "flow/clock.h"
#include "flow/direction.h"
#include "flow/key.h"
#include "flow/store.h"
#include "flow/tcp.h"
#include "net/protocol.h"

enum {
    QUANTUM_SHIFT = 30,
    FLOWS_LIMIT = 64 << 20,
    DNS_PORT = 53
};

struct flow_table {
    struct flow_options options;
    void (*on_end)(void *ctx, struct flow *flow);
    void *ctx;
    struct index index;
    struct flow_store store;
    struct flow_clock clock;
    uint64_t seed;
    int64_t idle_ns[FLOW_CLASS_COUNT];
    int64_t next_due_ns; /* steady time before which no flow is idle */
    struct flow_counters counters;
};

void flow_options_default(struct flow_options *ret_options)
{
    *ret_options = (struct flow_options){.flows_max = 1 << 20,
                                         .tcp_idle_ns = 300 * NS_PER_S,
                                         .tcp_new_idle_ns = 60 * NS_PER_S,
                                         .tcp_closed_ns = 10 * NS_PER_S,
                                         .udp_idle_ns = 60 * NS_PER_S,
                                         .dns_idle_ns = 10 * NS_PER_S,
                                         .icmp_idle_ns = 30 * NS_PER_S,
                                         .other_idle_ns = 60 * NS_PER_S,
                                         .active_ns = 0,
                                         .late_ns = NS_PER_S};
}

struct flow_table *flow_table_new(const struct flow_options *options,
                                  void (*on_end)(void *ctx, struct flow *flow), void *ctx)
{
    struct flow_table *table = mem_zeroed(1, sizeof *table);
    table->options = *options;
    if (table->options.flows_max == 0)
        table->options.flows_max = 1;
    if (table->options.flows_max > FLOWS_LIMIT)
        table->options.flows_max = FLOWS_LIMIT;
    table->on_end = on_end;
    table->ctx = ctx;
    table->seed = hash_seed();
    table->clock.late_ns = options->late_ns;
    table->next_due_ns = INT64_MAX;
    table->idle_ns[FLOW_CLASS_TCP_CLOSED] = options->tcp_closed_ns;
    table->idle_ns[FLOW_CLASS_TCP_NEW] = options->tcp_new_idle_ns;
    table->idle_ns[FLOW_CLASS_TCP] = options->tcp_idle_ns;
    table->idle_ns[FLOW_CLASS_UDP_NEW] = options->udp_idle_ns;
    table->idle_ns[FLOW_CLASS_UDP] = options->udp_idle_ns;
    table->idle_ns[FLOW_CLASS_DNS] = options->dns_idle_ns;
    table->idle_ns[FLOW_CLASS_ICMP] = options->icmp_idle_ns;
    table->idle_ns[FLOW_CLASS_OTHER] = options->other_idle_ns;
    index_init(&table->index);
    flow_store_init(&table->store);
    return table;
}

void flow_table_free(struct flow_table *table)
{
    if (table == NULL)
        return;
    index_done(&table->index);
    flow_store_done(&table->store);
    free(table);
}

static enum flow_class class_of(const struct flow *flow)
{
    bool is_new = flow->state == FLOW_NEW;
    switch (flow->protocol) {
    case PROTOCOL_TCP:
        if (flow->state == FLOW_CLOSED)
            return FLOW_CLASS_TCP_CLOSED;
        return is_new ? FLOW_CLASS_TCP_NEW : FLOW_CLASS_TCP;
    case PROTOCOL_UDP:
    case PROTOCOL_UDPLITE:
        if (is_new)
            return FLOW_CLASS_UDP_NEW;
        return flow->server_port == DNS_PORT ? FLOW_CLASS_DNS : FLOW_CLASS_UDP;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
        return FLOW_CLASS_ICMP;
    default:
        return FLOW_CLASS_OTHER;
    }
}

static void count_created(struct flow_counters *counters, uint8_t protocol)
{
    counters->created++;
    counters->active++;
    if (counters->active > counters->active_peak)
        counters->active_peak = counters->active;
    switch (protocol) {
    case PROTOCOL_TCP:
        counters->tcp++;
        break;
    case PROTOCOL_UDP:
    case PROTOCOL_UDPLITE:
        counters->udp++;
        break;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
        counters->icmp++;
        break;
    case PROTOCOL_SCTP:
        counters->sctp++;
        break;
    default:
        counters->other++;
        break;
    }
}

static void count_ended(struct flow_counters *counters, const struct flow_slot *slot)
{
    const struct flow *flow = &slot->flow;
    counters->ended_idle += flow->end == FLOW_END_IDLE;
    counters->ended_closed += flow->end == FLOW_END_CLOSED;
    counters->ended_evicted += flow->end == FLOW_END_EVICTED;
    counters->ended_reused += flow->end == FLOW_END_REUSED;
    counters->ended_shutdown += flow->end == FLOW_END_SHUTDOWN;
    counters->active--;
    if ((slot->marks & FLOW_MARK_ANSWERED) != 0)
        return;
    counters->one_sided++;
    counters->syn_unanswered += flow->protocol == PROTOCOL_TCP &&
                                (slot->marks & FLOW_MARK_ISN) != 0 &&
                                flow->packets[FLOW_SERVER] == 0;
}

/* All three lines of a record are needed; to ask for them at once makes one wait of three. */
static void prefetch_slot(const struct flow_slot *slot)
{
    const char *lines = (const char *)slot;
    __builtin_prefetch(lines);
    __builtin_prefetch(lines + 64);
    __builtin_prefetch(lines + 128);
}

static void end_flow(struct flow_table *table, uint32_t number, enum flow_end reason)
{
    struct flow_slot *slot = flow_store_at(&table->store, number);
    if (slot->newer != (uint32_t)FLOW_NONE) /* most likely the next to end */
        prefetch_slot(flow_store_at(&table->store, slot->newer));
    if (slot->flow.protocol == PROTOCOL_TCP)
        flow_tcp_finish(slot, &table->counters);
    if (reason == FLOW_END_IDLE && slot->flow.state == FLOW_CLOSED)
        reason = FLOW_END_CLOSED;
    slot->flow.end = (uint8_t)reason;
    count_ended(&table->counters, slot);
    struct flow_key key;
    flow_key_again(slot, &key);
    index_remove(&table->index, flow_key_hash(&key, table->seed), number);
    flow_store_unlink(&table->store, number);
    table->on_end(table->ctx, &slot->flow);
    flow_store_give(&table->store, number);
}

/* Ends the flow that is least worth keeping.  A closed one is complete, so that nothing is lost;
 * one that nobody answered has told most of what it will, and is what a scan or a flood is made
 * of; long-lived TCP says most. */
static void evict_one(struct flow_table *table)
{
    static const uint8_t groups[] = {0, 1, 1, 1,
                                     2, 3, 4, 5}; /* of each class; equal ones compete */
    _Static_assert(sizeof groups == FLOW_CLASS_COUNT, "one rank for each class");
    uint32_t victim = (uint32_t)FLOW_NONE;
    unsigned group = UINT8_MAX;
    for (size_t i = 0; i < FLOW_CLASS_COUNT && groups[i] <= group; i++) {
        uint32_t head = table->store.oldest[i];
        if (head == (uint32_t)FLOW_NONE)
            continue;
        if (group == UINT8_MAX || flow_store_at(&table->store, head)->touched_ns <
                                      flow_store_at(&table->store, victim)->touched_ns)
            victim = head;
        group = groups[i];
    }
    end_flow(table, victim, FLOW_END_EVICTED);
}

static bool is_idle(const struct flow_table *table, const struct flow_slot *slot)
{
    return time_add(slot->touched_ns, table->idle_ns[slot->class]) <= table->clock.steady_ns;
}

static void link_flow(struct flow_table *table, struct flow_slot *slot, uint32_t number)
{
    flow_store_link(&table->store, number);
    int64_t due_ns = time_add(slot->touched_ns, table->idle_ns[slot->class]);
    if (due_ns < table->next_due_ns)
        table->next_due_ns = due_ns;
}

static struct flow_slot *create_flow(struct flow_table *table, const struct packet *packet,
                                     const struct flow_key *key, uint32_t *ret_number)
{
    if (table->counters.active >= table->options.flows_max)
        evict_one(table);
    struct flow_slot *slot = flow_store_take(&table->store, ret_number);
    struct flow *flow = &slot->flow;
    enum flow_direction direction = FLOW_DIRECTION_FIRST;
    bool turn = flow_direction_of(packet, key, &direction) == FLOW_SERVER;
    flow->client = turn ? key->dst : key->src;
    flow->server = turn ? key->src : key->dst;
    flow->client_port = turn ? key->dst_port : key->src_port;
    flow->server_port = turn ? key->src_port : key->dst_port;
    flow->protocol = key->protocol;
    flow->direction = (uint8_t)direction;
    flow->vlan = packet->vlan_count > 0 ? packet->vlans[0] : 0;
    flow->tunnel_depth = packet->tunnel_depth;
    flow->id = packet->frame_number;
    slot->is.icmp_id = key->icmp_id;
    if (key->icmp || addr_is_group(&flow->server))
        slot->marks = FLOW_MARK_DIRECTED;
    if (key->protocol == PROTOCOL_TCP && (packet->tcp_flags & TCP_SYN) == 0)
        table->counters.midstream++;
    slot->touched_ns = table->clock.steady_ns;
    slot->class = (uint8_t)class_of(flow);
    link_flow(table, slot, *ret_number);
    index_add(&table->index, flow_key_hash(key, table->seed), *ret_number);
    count_created(&table->counters, key->protocol);
    return slot;
}

/* Returns the flow of the key with its number and the packet's side, or NULL. */
static struct flow_slot *find_flow(const struct flow_table *table, const struct flow_key *key,
                                   uint32_t *ret_number, int *ret_side)
{
    uint32_t hash = flow_key_hash(key, table->seed);
    uint32_t place = 0;
    uint32_t number = index_first(&table->index, hash, &place);
    for (; number != INDEX_NONE; number = index_next(&table->index, hash, &place)) {
        struct flow_slot *slot = flow_store_at(&table->store, number);
        prefetch_slot(slot);
        if (flow_key_matches(key, slot, ret_side)) {
            *ret_number = number;
            return slot;
        }
    }
    return NULL;
}

/* Says why the packet cannot belong to the flow that has its tuple, FLOW_END_NONE where it does. */
static enum flow_end ended_by(const struct flow_table *table, const struct flow_slot *slot,
                              const struct packet *packet, enum flow_side side)
{
    if (is_idle(table, slot))
        return FLOW_END_IDLE;
    if (packet->protocol == PROTOCOL_TCP && flow_tcp_starts_anew(slot, packet, side))
        return FLOW_END_REUSED;
    return FLOW_END_NONE;
}

/* Hands out the record so far and starts the next one of the same flow. */
static void cut_record(struct flow_table *table, struct flow_slot *slot, int64_t time_ns)
{
    struct flow *flow = &slot->flow;
    flow->end = FLOW_END_ACTIVE;
    table->on_end(table->ctx, flow);
    table->counters.cut++;
    flow->end = FLOW_END_NONE;
    flow->first_ns = flow->last_ns = time_ns;
    memset(flow->tcp_flags, 0, sizeof flow->tcp_flags);
    memset(flow->packets, 0, sizeof flow->packets);
    memset(flow->bytes, 0, sizeof flow->bytes);
    memset(flow->payload, 0, sizeof flow->payload);
    memset(flow->gap_bytes, 0, sizeof flow->gap_bytes);
    flow->truncated = false;
}

static void count_packet(struct flow_table *table, struct flow_slot *slot,
                         const struct packet *packet, enum flow_side side)
{
    struct flow *flow = &slot->flow;
    flow->bytes[side] += packet->l3_length;
    flow->packets[side] += flow->packets[side] < UINT32_MAX;
    flow->truncated |= packet->truncated;
    if (flow->packets[0] > 0 && flow->packets[1] > 0)
        slot->marks |= FLOW_MARK_ANSWERED;
    if (flow->protocol == PROTOCOL_TCP) {
        flow_tcp_track(slot, packet, side, &table->counters);
        return;
    }
    flow->payload[side] += packet->payload_length;
    if ((slot->marks & FLOW_MARK_ANSWERED) != 0)
        flow->state = FLOW_ESTABLISHED;
}

/* Notes that the flow was seen now, and moves it within or between the lists where that shows. */
static void move_in_lists(struct flow_table *table, struct flow_slot *slot, uint32_t number)
{
    enum flow_class class = class_of(&slot->flow);
    int64_t now_ns = table->clock.steady_ns;
    bool same_quantum = slot->touched_ns >> QUANTUM_SHIFT == now_ns >> QUANTUM_SHIFT;
    slot->touched_ns = now_ns;
    if (same_quantum && slot->class == class)
        return;
    flow_store_unlink(&table->store, number);
    slot->class = (uint8_t) class;
    link_flow(table, slot, number);
}

struct flow *flow_table_touch(struct flow_table *table, const struct packet *packet,
                              enum flow_side *ret_side)
{
    int64_t time_ns = flow_clock_see(&table->clock, packet->ts_ns, &table->counters);
    table->counters.packets++;
    if (packet->fragment) {
        table->counters.fragments++;
        return NULL;
    }
    struct flow_key key;
    flow_key_of(packet, &key);
    uint32_t number = 0;
    int found_side = FLOW_CLIENT;
    struct flow_slot *slot = find_flow(table, &key, &number, &found_side);
    enum flow_side side = (enum flow_side)found_side;
    if (slot != NULL) {
        enum flow_end reason = ended_by(table, slot, packet, side);
        if (reason != FLOW_END_NONE) {
            end_flow(table, number, reason);
            slot = NULL;
        }
    }
    if (slot == NULL) {
        slot = create_flow(table, packet, &key, &number);
        slot->flow.first_ns = slot->flow.last_ns = time_ns;
        (void)flow_key_matches(&key, slot, &found_side);
        side = (enum flow_side)found_side;
    } else if (table->options.active_ns > 0 &&
               time_add(slot->flow.first_ns, table->options.active_ns) <= time_ns) {
        cut_record(table, slot, time_ns);
    }
    if (time_ns > slot->flow.last_ns)
        slot->flow.last_ns = time_ns;
    if (packet->protocol == PROTOCOL_TCP)
        side = flow_tcp_direct(slot, packet, side, &table->counters);
    count_packet(table, slot, packet, side);
    move_in_lists(table, slot, number);
    *ret_side = side;
    return &slot->flow;
}

/* Returns the idle flow that was seen longest ago, FLOW_NONE where there is none; also the time
 * at which the next one may be due. */
static uint32_t find_idle(const struct flow_table *table, int64_t *ret_due_ns)
{
    uint32_t found = (uint32_t)FLOW_NONE;
    const struct flow_slot *oldest = NULL;
    *ret_due_ns = INT64_MAX;
    for (size_t i = 0; i < FLOW_CLASS_COUNT; i++) {
        uint32_t head = table->store.oldest[i];
        if (head == (uint32_t)FLOW_NONE)
            continue;
        const struct flow_slot *slot = flow_store_at(&table->store, head);
        int64_t due_ns = time_add(slot->touched_ns, table->idle_ns[i]);
        if (due_ns < *ret_due_ns)
            *ret_due_ns = due_ns;
        if (due_ns > table->clock.steady_ns)
            continue;
        if (oldest == NULL || slot->touched_ns < oldest->touched_ns ||
            (slot->touched_ns == oldest->touched_ns && slot->flow.id < oldest->flow.id)) {
            oldest = slot;
            found = head;
        }
    }
    return found;
}

void flow_table_expire(struct flow_table *table, int64_t now_ns)
{
    flow_clock_advance(&table->clock, now_ns);
    if (table->clock.steady_ns < table->next_due_ns)
        return;
    int64_t due_ns = 0;
    uint32_t number = find_idle(table, &due_ns);
    while (number != (uint32_t)FLOW_NONE) { /* each round ends a flow */
        end_flow(table, number, FLOW_END_IDLE);
        number = find_idle(table, &due_ns);
    }
    table->next_due_ns = due_ns;
}

static int order_by_start(const void *left, const void *right, void *ctx)
{
    const struct flow_store *store = ctx;
    uint32_t a_number = *(const uint32_t *)left, b_number = *(const uint32_t *)right;
    const struct flow *a = &flow_store_at(store, a_number)->flow;
    const struct flow *b = &flow_store_at(store, b_number)->flow;
    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a_number < b_number ? -1 : a_number > b_number;
}

void flow_table_flush(struct flow_table *table)
{
    size_t count = 0;
    auto_free uint32_t *numbers = mem_zeroed(table->counters.active, sizeof *numbers);
    for (size_t i = 0; i < FLOW_CLASS_COUNT; i++) {
        uint32_t number = table->store.oldest[i];
        for (; number != (uint32_t)FLOW_NONE; number = flow_store_at(&table->store, number)->newer)
            numbers[count++] = number;
    }
    qsort_r(numbers, count, sizeof *numbers, order_by_start, &table->store);
    for (size_t i = 0; i < count; i++)
        end_flow(table, numbers[i], FLOW_END_SHUTDOWN);
}

const struct flow_counters *flow_table_counters(struct flow_table *table)
{
    table->counters.memory_bytes =
        sizeof *table + index_bytes(&table->index) + flow_store_bytes(&table->store);
    return &table->counters;
}
