/* SPDX-License-Identifier: Apache-2.0 */
/* libndpi behind our own words, from 4.2 (Debian 12 and 13, Ubuntu 24.04) to 5.x.  meson.build compiles a probe for
 * each difference and sets
 *   NDPI_HAS_INPUT_INFO     ndpi_detection_process_packet() takes a sixth argument (4.6 and later)
 *   NDPI_HAS_CONTEXT        ndpi_init_detection_module() takes a global context instead of preferences (4.10)
 *   NDPI_HAS_START_RESULT   ndpi_finalize_initialization() says whether it worked (4.10)
 *   NDPI_HAS_BITMASK        ndpi_set_protocol_detection_bitmask2() switches protocols on (before 5.0)
 *   NDPI_HAS_GIVEUP_FLAG    ndpi_detection_giveup() takes enable_guess (4.2 to 4.8)
 *   NDPI_HAS_GIVEUP_PLAIN   ndpi_detection_giveup() takes nothing but the flow (5.0)
 *   NDPI_HAS_GUESSED_FIELD  the flow keeps protocol_was_guessed (5.0)
 *   NDPI_HAS_NESTED_PROTO   the two protocol numbers stand in ndpi_protocol.proto (4.11)
 *   NDPI_HAS_STACK_NAME     ndpi_protocol2name() takes ndpi_protocol.proto (5.0)
 *   NDPI_HAS_ONE_SIDED      there is a risk "unidirectional traffic" (4.4)
 * docs/ndpi.md says which versions were built and run.
 *
 * Invariant: the library that runs has the version and the flow state of the headers that were compiled in; dpi_new()
 * refuses any other, because the soname is the same for all of 4.x while the state's layout changes.
 * Rejected: numbers of versions instead of probes (snapshots between two releases have the number of the next).
 * A module costs about 5 MiB and 15 ms; flow state is pooled, because a flow needs it for a few packets only. */
#include <ndpi_api.h>
#include <ndpi_main.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "classify/dpi.h"

enum {
    POOL_MAX = 256 /* idle flow states that are kept for reuse */
};

/* The library's state follows this header in one allocation. */
struct dpi_flow {
    struct dpi_flow *next;
    uint16_t master, app;
    ndpi_protocol_category_t category;
    struct ndpi_flow_struct *state;
};

struct dpi {
    struct ndpi_detection_module_struct *module;
    struct dpi_flow *idle;
    unsigned idle_count;
    size_t state_size;
};

static struct ndpi_detection_module_struct *module_start(void)
{
#ifdef NDPI_HAS_CONTEXT
    return ndpi_init_detection_module(NULL);
#else
    /* The list of Tor relays is as old as the library, and addresses of relays change hands within weeks. */
    return ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
#endif
}

/* Finishes the start; false where the library says that it failed. */
static bool module_finish(struct ndpi_detection_module_struct *module)
{
#ifdef NDPI_HAS_BITMASK
    NDPI_PROTOCOL_BITMASK all;
    NDPI_BITMASK_SET_ALL(all);
    (void)ndpi_set_protocol_detection_bitmask2(module, &all);
#endif
#ifdef NDPI_HAS_START_RESULT
    return ndpi_finalize_initialization(module) == 0;
#else
    ndpi_finalize_initialization(module);
    return true;
#endif
}

/* Whether the library that the program runs with is the one that it was built for. */
static bool library_fits(struct error *err)
{
    char built[32];
    int length = snprintf(built, sizeof built, "%d.%d.", NDPI_MAJOR, NDPI_MINOR);
    if (strncmp(dpi_version(), built, (size_t)length) != 0)
        return error_set(err,
                         "libndpi %s is installed but telltale was built for %d.%d: build it again",
                         dpi_version(), NDPI_MAJOR, NDPI_MINOR);
    size_t size = ndpi_detection_get_sizeof_ndpi_flow_struct();
    if (size != sizeof(struct ndpi_flow_struct))
        return error_set(
            err,
            "libndpi %s keeps %zu bytes for a flow but telltale was built for %zu: build it again",
            dpi_version(), size, sizeof(struct ndpi_flow_struct));
    return true;
}

struct dpi *dpi_new(struct error *err)
{
    if (!library_fits(err))
        return NULL;
    struct ndpi_detection_module_struct *module = module_start();
    if (module == NULL || !module_finish(module)) {
        if (module != NULL)
            ndpi_exit_detection_module(module);
        (void)error_set(err, "libndpi %s does not start", dpi_version());
        return NULL;
    }
    struct dpi *dpi = mem_zeroed(1, sizeof *dpi);
    dpi->module = module;
    dpi->state_size = ndpi_detection_get_sizeof_ndpi_flow_struct();
    return dpi;
}

void dpi_free(struct dpi *dpi)
{
    if (dpi == NULL)
        return;
    while (dpi->idle != NULL) {
        struct dpi_flow *flow = dpi->idle;
        dpi->idle = flow->next;
        free(flow->state);
        free(flow);
    }
    ndpi_exit_detection_module(dpi->module);
    free(dpi);
}

struct dpi_flow *dpi_flow_take(struct dpi *dpi)
{
    struct dpi_flow *flow = dpi->idle;
    if (flow != NULL) {
        dpi->idle = flow->next;
        dpi->idle_count--;
        memset(flow->state, 0, dpi->state_size);
    } else {
        flow = mem_zeroed(1, sizeof *flow);
        flow->state = mem_zeroed(1, dpi->state_size);
    }
    flow->next = NULL;
    flow->master = flow->app = 0;
    flow->category = NDPI_PROTOCOL_CATEGORY_UNSPECIFIED;
    return flow;
}

void dpi_flow_return(struct dpi *dpi, struct dpi_flow *flow)
{
    if (flow == NULL)
        return;
    ndpi_free_flow_data(flow->state);
    if (dpi->idle_count >= POOL_MAX) {
        free(flow->state);
        free(flow);
        return;
    }
    flow->next = dpi->idle;
    dpi->idle = flow;
    dpi->idle_count++;
}

/* Keeps the library's answer in our record; true where it is one. */
static bool keep_answer(struct dpi_flow *flow, const ndpi_protocol *answer)
{
#ifdef NDPI_HAS_NESTED_PROTO
    uint16_t master = answer->proto.master_protocol, app = answer->proto.app_protocol;
#else
    uint16_t master = answer->master_protocol, app = answer->app_protocol;
#endif
    /* A protocol without one below it stands in either field, depending on the version. */
    flow->app = app != NDPI_PROTOCOL_UNKNOWN ? app : master;
    flow->master = app != NDPI_PROTOCOL_UNKNOWN ? master : NDPI_PROTOCOL_UNKNOWN;
    flow->category = answer->category;
    return flow->app != NDPI_PROTOCOL_UNKNOWN;
}

bool dpi_feed(struct dpi *dpi, struct dpi_flow *flow, const uint8_t *l3, size_t size, int64_t ts_ns)
{
    if (l3 == NULL || size == 0)
        return flow->app != NDPI_PROTOCOL_UNKNOWN;
    unsigned short length = (unsigned short)(size < UINT16_MAX ? size : UINT16_MAX);
    uint64_t ts_ms = ts_ns > 0 ? (uint64_t)(ts_ns / 1000000) : 0;
#ifdef NDPI_HAS_INPUT_INFO
    ndpi_protocol answer =
        ndpi_detection_process_packet(dpi->module, flow->state, l3, length, ts_ms, NULL);
#else
    ndpi_protocol answer =
        ndpi_detection_process_packet(dpi->module, flow->state, l3, length, ts_ms);
#endif
    return keep_answer(flow, &answer);
}

bool dpi_give_up(struct dpi *dpi, struct dpi_flow *flow, bool *ret_guessed)
{
    uint8_t guessed = 0;
#if defined NDPI_HAS_GIVEUP_PLAIN
    ndpi_protocol answer = ndpi_detection_giveup(dpi->module, flow->state);
#ifdef NDPI_HAS_GUESSED_FIELD
    guessed = flow->state->protocol_was_guessed != 0;
#else
    guessed = flow->state->confidence == NDPI_CONFIDENCE_MATCH_BY_PORT ||
              flow->state->confidence == NDPI_CONFIDENCE_MATCH_BY_IP;
#endif
#elif defined NDPI_HAS_GIVEUP_FLAG
    ndpi_protocol answer = ndpi_detection_giveup(dpi->module, flow->state, 1, &guessed);
#else
    ndpi_protocol answer = ndpi_detection_giveup(dpi->module, flow->state, &guessed);
#endif
    *ret_guessed = guessed != 0;
    return keep_answer(flow, &answer);
}

/* The risks but "unidirectional": the library often sees only the packets of one side, because it is shown no more
 * than it needs. */
static uint64_t risks_of(const struct ndpi_flow_struct *state)
{
    uint64_t risks = state->risk;
#ifdef NDPI_HAS_ONE_SIDED
    risks &= ~(UINT64_C(1) << NDPI_UNIDIRECTIONAL_TRAFFIC);
#endif
    return risks;
}

void dpi_read(struct dpi *dpi, const struct dpi_flow *flow, struct dpi_answer *ret_answer)
{
    const struct ndpi_flow_struct *state = flow->state;
    *ret_answer = (struct dpi_answer){
        .master = flow->master,
        .app = flow->app,
        .category = flow->category == NDPI_PROTOCOL_CATEGORY_UNSPECIFIED
                        ? NULL
                        : ndpi_category_get_name(dpi->module, flow->category),
        .risks = risks_of(state),
        .host = (const char *)state->host_server_name,
        .url = state->http.url,
        .user_agent = state->http.user_agent,
        .content_type = state->http.content_type,
    };
}

size_t dpi_stack_text(struct dpi *dpi, uint16_t master, uint16_t app, char *ret_text, size_t size)
{
    ndpi_protocol protocol;
    memset(&protocol, 0, sizeof protocol);
#ifdef NDPI_HAS_NESTED_PROTO
    protocol.proto.master_protocol = master;
    protocol.proto.app_protocol = app;
#else
    protocol.master_protocol = master;
    protocol.app_protocol = app;
#endif
    ret_text[0] = '\0';
#ifdef NDPI_HAS_STACK_NAME
    (void)ndpi_protocol2name(dpi->module, protocol.proto, ret_text, (unsigned)size);
#else
    (void)ndpi_protocol2name(dpi->module, protocol, ret_text, (unsigned)size);
#endif
    return strlen(ret_text);
}

uint16_t dpi_match_host(struct dpi *dpi, const char *host)
{
    ndpi_protocol_match_result match;
    memset(&match, 0, sizeof match);
    char copy[256];
    size_t length = strnlen(host, sizeof copy - 1);
    memcpy(copy, host, length);
    copy[length] = '\0';
    int number = ndpi_match_string_subprotocol(dpi->module, copy, (unsigned)length, &match);
    return number > 0 && number <= UINT16_MAX ? (uint16_t)number : 0;
}

uint16_t dpi_number_dns(void)
{
    return NDPI_PROTOCOL_DNS;
}

uint16_t dpi_number_tls(void)
{
    return NDPI_PROTOCOL_TLS;
}

uint16_t dpi_number_quic(void)
{
    return NDPI_PROTOCOL_QUIC;
}

uint16_t dpi_number_http(void)
{
    return NDPI_PROTOCOL_HTTP;
}

const char *dpi_risk_text(unsigned bit)
{
    return bit > 0 && bit < NDPI_MAX_RISK ? ndpi_risk2str((ndpi_risk_enum)bit) : NULL;
}

const char *dpi_version(void)
{
    return ndpi_revision();
}
