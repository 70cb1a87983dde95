/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "alert/event.h"

struct json;

/* Pieces of EVE events, each written into the object that is open. */

/* timestamp, event_type, host, in_iface. */
void eve_put_head(struct json *json, const struct event_source *source, int64_t ts_ns,
                  const char *event_type);
/* A time stamp, and an address, as text under `key`. */
void eve_put_time(struct json *json, const char *key, int64_t ts_ns);
void eve_put_addr(struct json *json, const char *key, const struct addr *addr);
/* Six bytes as lower-case hex with colons. */
void eve_put_mac(struct json *json, const char *key, const uint8_t *mac);
/* A port, where the protocol has such. */
void eve_put_port(struct json *json, const char *key, uint8_t protocol, uint16_t port);
void eve_put_protocol(struct json *json, uint8_t protocol);
/* country, registered_country, city, asn, as_org, and the second opinion where databases disagree. */
void eve_put_place(struct json *json, const struct place *place);
/* flow_id, and what comes with it: vlan. */
void eve_put_flow_id(struct json *json, const struct flow *flow);
/* src_ip .. proto, community_id. */
void eve_put_flow_tuple(struct json *json, const struct flow *flow);
/* The `flow` object of an alert: counts so far. */
void eve_put_flow_brief(struct json *json, const struct flow *flow);
/* The `flow` and `tcp` objects of a flow record. */
void eve_put_flow_body(struct json *json, const struct flow *flow);
/* `tls`, `quic` and `http` objects, as far as there is something; NULL writes nothing. */
void eve_put_label(struct json *json, const struct label *label);
void eve_put_dns(struct json *json, const struct dns_message *dns);
/* The `asks_about` object: what a look-up carries in its name, where that can be read. */
void eve_put_borne(struct json *json, const struct alert *alert);
/* The `beacon`, `upload` and `session` objects: what changed, or the beat that the contact has. */
void eve_put_behaviour(struct json *json, const struct alert *alert);
/* The `vendor` object; `embedded_in`, where the service feeds another vendor's product. */
void eve_put_vendor(struct json *json, const struct vendor *vendor);
void eve_put_embedder(struct json *json, const struct service *service);
/* The `knowledge` object: what was known when the event was made. */
void eve_put_knowledge(struct json *json, const struct event_source *source);
/* The `verdict` and `speaks_for` objects: what is known of the machine. */
void eve_put_standing(struct json *json, const struct alert *alert);
const char *eve_name_source(enum name_source source);
