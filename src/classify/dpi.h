/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* The only door to libndpi: its types stay behind it, so that a new library version is a matter of ndpi.c alone.
 * One `struct dpi` for each thread. */
struct dpi;
struct dpi_flow; /* the library's state of one flow, from a pool */

/* What the library says of a flow.  Texts are static or live as long as `dpi`, `host` and the HTTP texts as long as
 * the dpi_flow. */
struct dpi_answer {
    uint16_t master, app; /* protocol numbers; app 0 = unknown */
    const char *category; /* NULL unknown */
    uint64_t risks;
    const char *host;                            /* "" none; cut by the library */
    const char *url, *user_agent, *content_type; /* NULL none */
};

/* Starts the library; NULL with a sentence where it does not. */
struct dpi *dpi_new(struct error *err);
/* Stops it; every dpi_flow must have been returned. NULL is allowed. */
void dpi_free(struct dpi *dpi);

/* Takes a cleared flow state from the pool, and gives one back (NULL is allowed). */
struct dpi_flow *dpi_flow_take(struct dpi *dpi);
void dpi_flow_return(struct dpi *dpi, struct dpi_flow *flow);

/* Shows the library one packet from its IP header on (at most 65,535 bytes count).  Returns true once the protocol is known. */
bool dpi_feed(struct dpi *dpi, struct dpi_flow *flow, const uint8_t *l3, size_t size,
              int64_t ts_ns);
/* Asks for the best guess without more packets; true (and `*ret_guessed`) where there is one. */
bool dpi_give_up(struct dpi *dpi, struct dpi_flow *flow, bool *ret_guessed);
void dpi_read(struct dpi *dpi, const struct dpi_flow *flow, struct dpi_answer *ret_answer);
/* Writes "MASTER.APP" (or one name) and returns its length. */
size_t dpi_stack_text(struct dpi *dpi, uint16_t master, uint16_t app, char *ret_text, size_t size);
/* Returns the protocol number that the library has for a host name, 0 where it has none. */
uint16_t dpi_match_host(struct dpi *dpi, const char *host);

/* The library's numbers for what our own readers find. */
uint16_t dpi_number_dns(void);
uint16_t dpi_number_tls(void);
uint16_t dpi_number_quic(void);
uint16_t dpi_number_http(void);

/* Returns the library's text for risk bit `bit` (1-63), NULL where there is none. */
const char *dpi_risk_text(unsigned bit);
/* Returns the version of the library in use. */
const char *dpi_version(void);
