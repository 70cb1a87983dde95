/* SPDX-License-Identifier: Apache-2.0 */
/* Filters frames of files with libpcap's compiler and interpreter.
 *
 * The program depends on the link type, and one pcapng file may hold several; each is compiled once,
 * when its first frame comes.  The table is small and searched from the last hit, so a usual file
 * costs one comparison a frame.
 * Invariant: at most FILTER_LINK_TYPES_MAX compilations in a run, whatever a file claims. */
#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "capture/dlt.h"
#include "capture/frame.h"

enum {
    SNAPLEN = 256 * 1024 /* what a program returns for "whole frame" */
};

struct program {
    uint32_t link_type;
    bool usable, told;
    struct bpf_program code; /* where usable */
    char *reason;            /* owned; where not */
};

struct filter {
    char *expression; /* owned */
    size_t count, last;
    struct program programs[FILTER_LINK_TYPES_MAX];
};

/* Compiles; on failure copies libpcap's message. */
static bool compile(const char *expression, int dlt, struct bpf_program *ret_code,
                    struct error *ret_reason)
{
    pcap_t *dead = pcap_open_dead(dlt, SNAPLEN);
    if (dead == NULL)
        return error_set(ret_reason, "libpcap cannot compile for this link type");
    bool good = pcap_compile(dead, ret_code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!good)
        (void)error_set(ret_reason, "%s", pcap_geterr(dead));
    pcap_close(dead);
    return good;
}

/* Adds the program for a link type that is new; returns whether it can be used. */
static bool add_program(struct filter *filter, uint32_t link_type, struct error *ret_reason)
{
    struct program *program = &filter->programs[filter->count];
    program->link_type = link_type;
    program->usable =
        compile(filter->expression, dlt_of_link_type(link_type), &program->code, ret_reason);
    program->reason = program->usable ? NULL : mem_text(ret_reason->text);
    filter->last = filter->count++;
    return program->usable;
}

struct filter *filter_new(const char *expression, struct error *err)
{
    if (strlen(expression) > FILTER_TEXT_MAX) {
        (void)error_set(err, "-f: the expression is longer than %d bytes", FILTER_TEXT_MAX);
        return NULL;
    }
    struct filter *filter = mem_zeroed(1, sizeof *filter);
    filter->expression = mem_text(expression);
    struct error reason, ignored;
    if (add_program(filter, LINK_ETHERNET, &reason) || add_program(filter, LINK_RAW, &ignored))
        return filter;
    (void)filter_place(expression, DLT_EN10MB, reason.text, err);
    filter_free(filter);
    return NULL;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->programs[i].usable)
            pcap_freecode(&filter->programs[i].code);
        free(filter->programs[i].reason);
    }
    free(filter->expression);
    free(filter);
}

/* Returns the program for a link type, or NULL where the table is full. */
static struct program *find_program(struct filter *filter, uint32_t link_type)
{
    if (filter->programs[filter->last].link_type == link_type)
        return &filter->programs[filter->last];
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->programs[i].link_type == link_type) {
            filter->last = i;
            return &filter->programs[i];
        }
    }
    if (filter->count == FILTER_LINK_TYPES_MAX)
        return NULL;
    struct error reason;
    (void)add_program(filter, link_type, &reason);
    return &filter->programs[filter->last];
}

bool filter_accepts(struct filter *filter, const struct frame *frame, struct error *ret_problem)
{
    ret_problem->text[0] = '\0';
    struct program *program = find_program(filter, frame->link_type);
    if (program == NULL)
        return false;
    if (program->usable)
        return bpf_filter(program->code.bf_insns, frame->data, (u_int)frame->length,
                          (u_int)frame->captured) != 0;
    if (!program->told)
        (void)error_set(ret_problem, "-f: frames of link type %u are left out: %s",
                        frame->link_type, program->reason);
    program->told = true;
    return false;
}
