/* SPDX-License-Identifier: Apache-2.0 */
/* Classification: our own readers for the protocols whose names decide (DNS, TLS, QUIC, HTTP), nDPI for the rest.
 *
 * The life of a flow here, by the function that moves it on:
 *   no state --first payload--> state (state_take) --reader or nDPI answers, or the packet limit--> finished
 *   (finish) --next call--> state back in the pool (release_finished); the label stays with the flow.
 * Invariants: (1) a flow has a state only while it is not classified; (2) at most one state is `finished`;
 * (3) at most options.states_max states are in use: past that the oldest is finished with what it has.
 *
 * DNS over UDP needs no state: every message stands alone.  Cost: DNS 0.4 us a message, TLS 0.6 us and QUIC
 * 4 us a flow, all else what nDPI takes (1 to 25 us); a classified flow costs nothing. */
#include "classify/classify.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/intern.h"
#include "base/memory.h"
#include "classify/dns.h"
#include "classify/quic.h"
#include "classify/state.h"
#include "decode/packet.h"
#include "net/domain.h"
#include "net/protocol.h"

struct classify *classify_new(const struct classify_options *options, struct error *err)
{
    struct dpi *dpi = dpi_new(err);
    if (dpi == NULL)
        return NULL;
    struct classify *classify = mem_zeroed(1, sizeof *classify);
    classify->options = *options;
    classify->dpi = dpi;
    classify->texts = intern_new();
    classify->look_up.app = APP_DNS;
    classify->scratch = mem_alloc(SCRATCH_SIZE);
    return classify;
}

struct label *classify_label(struct flow *flow)
{
    if (flow->label == NULL)
        flow->label = mem_zeroed(1, sizeof *flow->label);
    return flow->label;
}

struct label_tls *classify_label_tls(struct flow *flow)
{
    struct label *label = classify_label(flow);
    if (label->tls == NULL)
        label->tls = mem_zeroed(1, sizeof *label->tls);
    return label->tls;
}

struct label_http *classify_label_http(struct flow *flow)
{
    struct label *label = classify_label(flow);
    if (label->http == NULL)
        label->http = mem_zeroed(1, sizeof *label->http);
    return label->http;
}

const char *classify_lower(struct classify *classify, const char *text)
{
    char lower[64];
    size_t length = strnlen(text, sizeof lower);
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    return intern_take(classify->texts, lower, length);
}

unsigned classify_set_name(struct classify *classify, struct flow *flow, const char *name,
                           size_t length)
{
    char normalised[DOMAIN_MAX];
    size_t size = domain_normalise(name, length, normalised);
    struct label *label = classify_label(flow);
    if (size == 0 || (label->server_name != NULL && strcmp(label->server_name, normalised) == 0))
        return 0;
    intern_drop(classify->texts, label->server_name);
    label->server_name = intern_take(classify->texts, normalised, size);
    return LABEL_NAME;
}

unsigned classify_swap_sides(struct classify_state *state)
{
    if (state->flow->direction == FLOW_DIRECTION_SYN)
        return 0;
    struct stream stream = state->streams[0];
    state->streams[0] = state->streams[1];
    state->streams[1] = stream;
    uint32_t fed = state->fed[0], fed_base = state->fed_base[0];
    state->fed[0] = state->fed[1];
    state->fed[1] = fed;
    state->fed_base[0] = state->fed_base[1];
    state->fed_base[1] = fed_base;
    return LABEL_REVERSED;
}

/* --- States ------------------------------------------------------------------------------------ */

static struct state_list *list_of(struct classify *classify, const struct classify_state *state)
{
    return state->silent ? &classify->silent : &classify->holding;
}

static void unlink_state(struct classify *classify, struct classify_state *state)
{
    struct state_list *list = list_of(classify, state);
    if (state->older != NULL)
        state->older->newer = state->newer;
    else
        list->oldest = state->newer;
    if (state->newer != NULL)
        state->newer->older = state->older;
    else
        list->newest = state->older;
    state->older = state->newer = NULL;
}

static void state_done(struct classify *classify, struct classify_state *state)
{
    stream_done(&state->streams[FLOW_CLIENT]);
    stream_done(&state->streams[FLOW_SERVER]);
    if (classify->spare_quic == NULL)
        classify->spare_quic = state->quic;
    else
        free(state->quic);
    dpi_flow_return(classify->dpi, state->dpi);
}

/* Gives the state back to the pool; the flow no longer points to it. */
static void state_release(struct classify *classify, struct classify_state *state)
{
    unlink_state(classify, state);
    state->flow->classify = NULL;
    state_done(classify, state);
    state->older = classify->idle;
    classify->idle = state;
    classify->counters.states--;
}

static void release_finished(struct classify *classify)
{
    if (classify->finished == NULL)
        return;
    state_release(classify, classify->finished);
    classify->finished = NULL;
}

/* Marks the flow as classified; its state stays until the next call, for classify_deepen(). */
static unsigned finish(struct classify *classify, struct classify_state *state)
{
    state->flow->classified = true;
    release_finished(classify);
    classify->finished = state;
    return LABEL_DONE;
}

static void append_state(struct classify *classify, struct classify_state *state)
{
    struct state_list *list = list_of(classify, state);
    state->older = list->newest;
    state->newer = NULL;
    if (list->newest != NULL)
        list->newest->newer = state;
    else
        list->oldest = state;
    list->newest = state;
}

static void move_state(struct classify *classify, struct classify_state *state, bool silent)
{
    unlink_state(classify, state);
    state->silent = silent;
    append_state(classify, state);
}

static void give_up_oldest(struct classify *classify);

static struct classify_state *state_take(struct classify *classify, struct flow *flow,
                                         int64_t now_ns)
{
    if (classify->counters.states >= classify->options.states_max)
        give_up_oldest(classify);
    struct classify_state *state = classify->idle;
    if (state != NULL)
        classify->idle = state->older;
    else
        state = mem_alloc(sizeof *state);
    *state = (struct classify_state){.flow = flow, .since_ns = now_ns};
    stream_init(&state->streams[FLOW_CLIENT], classify->options.stream_bytes);
    stream_init(&state->streams[FLOW_SERVER], classify->options.stream_bytes);
    append_state(classify, state);
    flow->classify = state;
    (void)classify_label(flow);
    classify->counters.states++;
    classify->counters.flows++;
    return state;
}

static void free_states(struct classify *classify, struct classify_state *oldest)
{
    for (struct classify_state *state = oldest; state != NULL;) {
        struct classify_state *newer = state->newer;
        state_done(classify, state);
        free(state);
        state = newer;
    }
}

void classify_free(struct classify *classify)
{
    if (classify == NULL)
        return;
    free_states(classify, classify->holding.oldest);
    free_states(classify, classify->silent.oldest);
    for (struct classify_state *state = classify->idle; state != NULL;) {
        struct classify_state *next = state->older;
        free(state);
        state = next;
    }
    for (unsigned i = 0; i < CLASSIFY_DNS_MAX; i++)
        free(classify->dns[i]);
    free(classify->spare_quic);
    free(classify->scratch);
    intern_free(classify->texts);
    dpi_free(classify->dpi);
    free(classify);
}

/* --- Packets ----------------------------------------------------------------------------------- */

static unsigned run_reader(struct classify *classify, struct classify_state *state,
                           enum flow_side side, const struct packet *packet)
{
    switch ((enum reader)state->reader) {
    case READER_PROBE:
        return reader_probe(classify, state, side, packet);
    case READER_TLS:
        return reader_tls(classify, state, side, packet);
    case READER_HTTP:
        return reader_http(classify, state, side, packet);
    case READER_DNS:
        return reader_dns(classify, state, side, packet);
    case READER_QUIC:
        return reader_quic(classify, state, side, packet);
    }
    return 0;
}

/* True once nDPI has said all that we wait for: protocols with a server name are given a few more packets for it, and DNS of
 * which we have read nothing yet may still become readable. */
static bool answer_is_final(const struct label *label)
{
    bool named = label->app == APP_TLS || label->app == APP_QUIC || label->app == APP_HTTP;
    return label->app != APP_UNKNOWN && label->app != APP_DNS &&
           (!named || label->server_name != NULL);
}

/* Lets nDPI look where nothing of ours reads the flow, or where the flow matters. */
static unsigned run_inspection(struct classify *classify, struct classify_state *state,
                               enum flow_side side, const struct packet *packet)
{
    bool probing = state->reader == READER_PROBE;
    if (state->shed || (!probing && !state->deep))
        return 0;
    if (!inspect_packet(classify, state, side, packet))
        return 0;
    unsigned news = inspect_take(classify, state);
    if (probing && answer_is_final(state->flow->label))
        news |= LABEL_DONE;
    return news;
}

/* Takes the library's best guess where nothing is known. */
static unsigned guess(struct classify *classify, struct classify_state *state)
{
    struct label *label = state->flow->label;
    if (label->app != APP_UNKNOWN || state->dpi == NULL)
        return 0;
    bool guessed = false;
    unsigned news = 0;
    if (dpi_give_up(classify->dpi, state->dpi, &guessed))
        news = inspect_take(classify, state);
    if (guessed && label->app != APP_UNKNOWN) {
        label->seen |= LABEL_GUESSED;
        classify->counters.guessed++;
    }
    return news;
}

/* The packet limit is reached: takes what is there. */
static unsigned give_up(struct classify *classify, struct classify_state *state)
{
    unsigned news = reader_last(classify, state);
    news |= guess(classify, state);
    classify->counters.unknown += state->flow->label->app == APP_UNKNOWN;
    return news | LABEL_DONE;
}

/* DNS and HTTP go on for as long as the connection does; HTTP once a request was understood. */
static bool goes_on(const struct classify_state *state)
{
    return state->reader == READER_DNS ||
           (state->reader == READER_HTTP && (state->flow->label->seen & LABEL_REQUEST) != 0);
}

static bool limit_reached(const struct classify *classify, const struct classify_state *state)
{
    bool tcp = state->flow->protocol == PROTOCOL_TCP;
    uint32_t limit = tcp ? classify->options.tcp_packets : classify->options.udp_packets;
    return !goes_on(state) && state->payloads >= limit;
}

/* Takes what the oldest flow in classification has shown, of those that hold nothing any more where there are some;
 * classify_end() will tell: now another flow is being looked at. */
static void give_up_oldest(struct classify *classify)
{
    struct classify_state *state =
        classify->silent.oldest != NULL ? classify->silent.oldest : classify->holding.oldest;
    if (state == NULL)
        return;
    struct flow *flow = state->flow;
    flow->label->seen |= give_up(classify, state) & ~(unsigned)(LABEL_DONE | LABEL_REVERSED);
    flow->classified = true;
    classify->counters.given_up++;
    state_release(classify, state);
}

/* Lets go of what a flow without an answer holds: the library says what it thinks, and the bytes go.  The flow itself is
 * still listened to, because its next words may be understood. */
static void shed(struct classify *classify, struct classify_state *state)
{
    if (!goes_on(state))
        guess(classify, state);
    dpi_flow_return(classify->dpi, state->dpi);
    state->dpi = NULL;
    state->shed = true;
    for (unsigned side = FLOW_CLIENT; side <= FLOW_SERVER; side++) {
        stream_done(&state->streams[side]);
        stream_init(&state->streams[side], classify->options.stream_bytes);
        state->fed[side] = 0;
    }
}

/* A conversation that stands still must not keep its bytes for hours.  What holds none is not looked at again until it
 * speaks. */
static void lose_patience(struct classify *classify, int64_t now_ns)
{
    int64_t patience_ns = classify->options.patience_ns;
    struct classify_state *state = NULL;
    while (patience_ns > 0 && (state = classify->holding.oldest) != NULL &&
           now_ns - state->since_ns > patience_ns) {
        shed(classify, state);
        move_state(classify, state, true);
    }
}

/* The flow's protocol carries no ports: its number says all. */
static unsigned label_by_number(struct classify *classify, struct flow *flow)
{
    struct label *label = classify_label(flow);
    const char *text = protocol_text(flow->protocol);
    label->app = APP_OTHER;
    text = text != NULL ? text : "IP";
    label->stack = intern_take(classify->texts, text, strlen(text));
    label->app_text = classify_lower(classify, text);
    flow->classified = true;
    label->seen |= LABEL_PROTOCOL | LABEL_DONE;
    return LABEL_PROTOCOL | LABEL_DONE;
}

/* Says once that a conversation has begun that none of our readers knows: it may stay open for hours and say little more. */
static unsigned note_speaker(struct classify_state *state, enum flow_side side,
                             const struct packet *packet)
{
    enum {
        BOTH = 1 << FLOW_CLIENT | 1 << FLOW_SERVER
    };
    uint8_t before = state->spoken;
    if (packet->payload_length <= 1)
        return 0; /* a keep-alive probe is no word */
    state->spoken |= (uint8_t)(1 << side);
    bool now = before != BOTH && state->spoken == BOTH;
    return now && state->reader == READER_PROBE ? LABEL_SPOKEN : 0;
}

static unsigned classify_payload(struct classify *classify, struct flow *flow, enum flow_side side,
                                 const struct packet *packet)
{
    struct classify_state *state = flow->classify;
    if (packet->protocol == PROTOCOL_UDP && (state == NULL || state->reader == READER_PROBE)) {
        unsigned news = reader_dns_datagram(classify, flow, packet);
        if (news != 0 && state != NULL)
            state_release(classify, state); /* messages need none */
        if (news != 0)
            return news;
        /* One broken datagram must not hide the look-ups behind it. */
        if (flow->label != NULL && flow->label->app == APP_DNS) {
            classify->counters.malformed++;
            return 0;
        }
    }
    if (state == NULL) {
        state = state_take(classify, flow, packet->ts_ns);
        state->deep = classify->options.ndpi == CLASSIFY_NDPI_ALL;
    } else if (state->silent) {
        state->since_ns = packet->ts_ns;
        move_state(classify, state, false);
    }
    if (state->payloads < UINT16_MAX)
        state->payloads++;
    unsigned news = run_reader(classify, state, side, packet);
    if ((news & LABEL_REVERSED) != 0)
        side = side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
    news |= run_inspection(classify, state, side, packet);
    news |= note_speaker(state, side, packet);
    if ((news & LABEL_DONE) == 0 && limit_reached(classify, state))
        news |= give_up(classify, state);
    if ((news & LABEL_DONE) != 0)
        news |= finish(classify, state);
    return news;
}

unsigned classify_packet(struct classify *classify, struct flow *flow, enum flow_side side,
                         const struct packet *packet)
{
    release_finished(classify);
    lose_patience(classify, packet->ts_ns);
    classify->dns_count = 0;
    if (flow->classified || packet->fragment)
        return 0;
    bool has_ports = packet->protocol == PROTOCOL_TCP || packet->protocol == PROTOCOL_UDP ||
                     packet->protocol == PROTOCOL_SCTP;
    if (!has_ports)
        return label_by_number(classify, flow);
    if (packet->payload_captured == 0) {
        if (flow->classify != NULL && (packet->tcp_flags & TCP_SYN) != 0)
            stream_syn(&flow->classify->streams[side], packet->tcp_seq);
        return 0;
    }
    unsigned news = classify_payload(classify, flow, side, packet);
    flow->label->seen |= news & ~(unsigned)(LABEL_DNS | LABEL_REVERSED);
    return news;
}

unsigned classify_end(struct classify *classify, struct flow *flow)
{
    release_finished(classify);
    struct classify_state *state = flow->classify;
    if (state == NULL && (flow->label == NULL || !flow->classified))
        return 0;
    if (state == NULL) {
        /* Given up while another flow was looked at: told now, with what came out then. */
        bool told = (flow->label->seen & LABEL_DONE) != 0;
        flow->label->seen |= LABEL_DONE;
        return told ? 0 : LABEL_DONE | (flow->label->seen & (LABEL_NAME | LABEL_REQUEST));
    }
    unsigned news = give_up(classify, state) | finish(classify, state);
    flow->label->seen |= news;
    return news;
}

void classify_deepen(struct classify *classify, struct flow *flow, enum flow_side side,
                     const struct packet *packet)
{
    struct classify_state *state = flow->classify;
    if (state == NULL)
        return;
    reader_fingerprint(classify, state, packet);
    if (state->deep)
        return;
    state->deep = true;
    if (inspect_packet(classify, state, side, packet) || state == classify->finished)
        (void)inspect_take(classify, state);
}

const char *classify_stack(struct classify *classify, struct flow *flow)
{
    struct label *label = flow->label;
    if (label == NULL || label->app == APP_UNKNOWN)
        return NULL;
    if (label->stack != NULL)
        return label->stack;
    uint16_t master = label->app == APP_TLS    ? dpi_number_tls()
                      : label->app == APP_QUIC ? dpi_number_quic()
                      : label->app == APP_HTTP ? dpi_number_http()
                                               : dpi_number_dns();
    uint16_t app =
        label->server_name != NULL ? dpi_match_host(classify->dpi, label->server_name) : 0;
    char text[128];
    size_t length = dpi_stack_text(classify->dpi, app != 0 ? master : 0, app != 0 ? app : master,
                                   text, sizeof text);
    label->stack = intern_take(classify->texts, text, length);
    return label->stack;
}

void classify_forget(struct classify *classify, struct flow *flow)
{
    if (flow->classify != NULL) {
        if (classify->finished == flow->classify)
            classify->finished = NULL;
        state_release(classify, flow->classify);
    }
    if (flow->label == &classify->look_up)
        flow->label = NULL;
    if (flow->label == NULL)
        return;
    intern_drop(classify->texts, flow->label->server_name);
    intern_drop(classify->texts, flow->label->stack);
    intern_drop(classify->texts, flow->label->app_text);
    label_free(flow->label);
    flow->label = NULL;
}

void classify_compact(struct flow *flow)
{
    if (flow->label != NULL)
        label_compact(flow->label);
}

const struct dns_message *classify_dns(const struct classify *classify, unsigned index)
{
    return index < classify->dns_count ? classify->dns[index] : NULL;
}

const struct classify_counters *classify_counters(const struct classify *classify)
{
    return &classify->counters;
}

const char *classify_risk_text(const struct classify *classify, unsigned bit)
{
    (void)classify;
    return dpi_risk_text(bit);
}

const char *classify_ndpi_version(void)
{
    return dpi_version();
}
