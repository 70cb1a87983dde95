/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct error;
struct frame;

enum {
    FILTER_LINK_TYPES_MAX = 64, /* frames of further link types are refused */
    FILTER_TEXT_MAX = 64 * 1024 /* longest expression, in bytes */
};

/* A pcap-filter(7) expression, compiled for each link type when it first turns up. */
struct filter;

/* Checks the expression for Ethernet and, where that fails, for raw IP.  Returns NULL and a sentence
 * with the place (`-f: column 9: ...`) where it is wrong.  Host names are looked up by libpcap. */
struct filter *filter_new(const char *expression, struct error *err);
void filter_free(struct filter *filter);

/* True where the frame passes.  An expression that makes no sense for the frame's link type passes
 * nothing; `ret_problem` then gets a sentence the first time, and is empty otherwise. */
bool filter_accepts(struct filter *filter, const struct frame *frame, struct error *ret_problem);

/* For filter.c: writes the sentence for an expression that libpcap refuses for link type `dlt` with
 * `reason`; returns false. */
bool filter_place(const char *expression, int dlt, const char *reason, struct error *err);
