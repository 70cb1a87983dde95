/* SPDX-License-Identifier: Apache-2.0 */
/* Reads frames from an interface.
 *
 * The handle does not block; when nothing is there, poll(2) waits for at most the time-out.  That
 * way a quiet line always yields idle frames: a blocking read from the kernel's ring (TPACKET_V3)
 * need not return while no frame comes at all, and flows would never expire.
 *
 * Invariants: (1) no wait is longer than timeout_ns, so a stop is seen in time also where the signal
 * arrives just before the wait; (2) the kernel's 32-bit counters are added up by differences, so they
 * may wrap between two looks.
 * Cost: the frame stays in the kernel's ring and is not copied. */
#include "capture/live.h"

#include <errno.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "capture/dlt.h"
#include "capture/filter.h"
#include "capture/frame.h"
#include "capture/report.h"
#include "capture/ticks.h"

enum {
    SNAPLEN_DEFAULT = 65535,
    BUFFER_DEFAULT = 64 * 1024 * 1024,
    TIMEOUT_DEFAULT_MS = 100,
    TIMEOUT_MAX_MS = 60 * 1000,
    WAIT_MAX_MS = 100, /* how late a stop may be seen */
    INTERFACES_SHOWN = 16
};

struct live {
    pcap_t *handle;          /* owned */
    char *interface;         /* owned */
    struct report *report;   /* borrowed */
    const atomic_bool *stop; /* borrowed */
    int descriptor;          /* to wait on */
    int timeout_ms;
    uint32_t link_type;
    int64_t ns_per_fraction;
    bool ended;
    u_int received, kernel_drops, interface_drops; /* as last seen */
};

/* Writes the names of the interfaces that there are. */
static void list_interfaces(struct text *names)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_if_t *list = NULL;
    if (pcap_findalldevs(&list, message) != 0)
        return;
    int shown = 0;
    for (const pcap_if_t *one = list; one != NULL && shown < INTERFACES_SHOWN;
         one = one->next, shown++)
        text_addf(names, "%s%s", shown > 0 ? ", " : "; there are: ", one->name);
    pcap_freealldevs(list);
}

static bool explain_activation(pcap_t *handle, const char *interface, int status, struct error *err)
{
    if (status == PCAP_ERROR_NO_SUCH_DEVICE) {
        struct text names = {0};
        list_interfaces(&names);
        (void)error_set(err, "%s: no such interface%s", interface, text_string(&names));
        text_done(&names);
        return false;
    }
    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        return error_set(err, "%s: no permission to capture (CAP_NET_RAW is needed)", interface);
    if (status == PCAP_ERROR_IFACE_NOT_UP)
        return error_set(err, "%s: the interface is down", interface);
    const char *detail = pcap_geterr(handle);
    return error_set(err, "%s: %s", interface,
                     detail[0] != '\0' ? detail : pcap_statustostr(status));
}

static void set_options(struct live *live, const struct capture_options *options)
{
    pcap_t *handle = live->handle;
    uint32_t snaplen = options->snaplen > 0 ? options->snaplen : SNAPLEN_DEFAULT;
    uint64_t buffer = options->buffer_bytes > 0 ? options->buffer_bytes : BUFFER_DEFAULT;
    int64_t timeout_ms =
        options->timeout_ns > 0 ? options->timeout_ns / NS_PER_MS : TIMEOUT_DEFAULT_MS;
    timeout_ms = timeout_ms < 1 ? 1 : timeout_ms;
    live->timeout_ms = timeout_ms < TIMEOUT_MAX_MS ? (int)timeout_ms : TIMEOUT_MAX_MS;
    /* These fail only on a handle that is active. */
    (void)pcap_set_snaplen(handle,
                           snaplen < SNAPLEN_DEFAULT * 4U ? (int)snaplen : SNAPLEN_DEFAULT * 4);
    (void)pcap_set_buffer_size(handle, buffer < INT_MAX ? (int)buffer : INT_MAX);
    (void)pcap_set_promisc(handle, options->promiscuous);
    (void)pcap_set_timeout(handle, live->timeout_ms < WAIT_MAX_MS ? live->timeout_ms : WAIT_MAX_MS);
    (void)pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO); /* or it stays micro */
}

static bool install_filter(struct live *live, const char *expression, struct error *err)
{
    char message[PCAP_ERRBUF_SIZE];
    bpf_u_int32 network = 0, mask = PCAP_NETMASK_UNKNOWN;
    if (pcap_lookupnet(live->interface, &network, &mask, message) != 0)
        mask = PCAP_NETMASK_UNKNOWN;
    struct bpf_program code;
    if (pcap_compile(live->handle, &code, expression, 1, mask) != 0)
        return filter_place(expression, pcap_datalink(live->handle), pcap_geterr(live->handle),
                            err);
    int status = pcap_setfilter(live->handle, &code);
    pcap_freecode(&code);
    return status == 0 || error_set(err, "-f: %s", pcap_geterr(live->handle));
}

static bool activate(struct live *live, const struct capture_options *options, struct error *err)
{
    char message[PCAP_ERRBUF_SIZE] = "";
    live->handle = pcap_create(live->interface, message);
    if (live->handle == NULL)
        return error_set(err, "%s: %s", live->interface, message);
    set_options(live, options);
    int status = pcap_activate(live->handle);
    if (status < 0)
        return explain_activation(live->handle, live->interface, status, err);
    if (options->filter != NULL && options->filter[0] != '\0' &&
        !install_filter(live, options->filter, err))
        return false;
    if (pcap_setnonblock(live->handle, 1, message) != 0)
        return error_set(err, "%s: %s", live->interface, message);
    live->descriptor = pcap_get_selectable_fd(live->handle);
    live->link_type = dlt_to_link_type(pcap_datalink(live->handle));
    bool nano = pcap_get_tstamp_precision(live->handle) == PCAP_TSTAMP_PRECISION_NANO;
    live->ns_per_fraction = nano ? 1 : NS_PER_US;
    return true;
}

struct live *live_open(const char *interface, const struct capture_options *options,
                       struct report *report, const atomic_bool *stop, struct error *err)
{
    struct live *live = mem_zeroed(1, sizeof *live);
    live->interface = mem_text(interface);
    live->report = report;
    live->stop = stop;
    if (activate(live, options, err))
        return live;
    live_close(live);
    return NULL;
}

void live_close(struct live *live)
{
    if (live == NULL)
        return;
    if (live->handle != NULL)
        pcap_close(live->handle);
    free(live->interface);
    free(live);
}

static int64_t wall_clock_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return ticks_from_seconds(now.tv_sec > 0 ? (uint64_t)now.tv_sec : 0, (uint64_t)now.tv_nsec);
}

static void fill_frame(const struct live *live, const struct pcap_pkthdr *header,
                       const u_char *data, struct frame *ret_frame)
{
    int64_t seconds = header->ts.tv_sec > 0 ? header->ts.tv_sec : 0;
    int64_t fraction = header->ts.tv_usec > 0 ? header->ts.tv_usec : 0;
    *ret_frame = (struct frame){
        .data = data,
        .captured = header->caplen,
        .length = header->len > header->caplen ? header->len : header->caplen,
        .ts_ns =
            ticks_from_seconds((uint64_t)seconds, (uint64_t)(fraction * live->ns_per_fraction)),
        .link_type = live->link_type,
    };
}

/* Waits for frames, in steps in which a stop is seen.  False after the whole time-out, or when stopped. */
static bool wait_for_frames(const struct live *live)
{
    for (int waited = 0; waited < live->timeout_ms; waited += WAIT_MAX_MS) {
        if (atomic_load_explicit(live->stop, memory_order_relaxed))
            return false;
        int left = live->timeout_ms - waited;
        struct pollfd waiting = {.fd = live->descriptor, .events = POLLIN};
        if (poll(&waiting, 1, left < WAIT_MAX_MS ? left : WAIT_MAX_MS) > 0)
            return true;
    }
    return false;
}

static enum capture_status end_of(struct live *live, int status)
{
    live->ended = true;
    if (status != PCAP_ERROR_BREAK) {
        const char *detail = pcap_geterr(live->handle);
        report_add(live->report, CAPTURE_TRUNCATED, "%s: the capture ended: %s", live->interface,
                   detail[0] != '\0' ? detail : pcap_statustostr(status));
    }
    return CAPTURE_END;
}

enum capture_status live_next(struct live *live, struct frame *ret_frame)
{
    bool may_wait = true;
    for (;;) { /* two turns at most while nothing comes: look, wait, look */
        if (live->ended || atomic_load_explicit(live->stop, memory_order_relaxed))
            return CAPTURE_END;
        struct pcap_pkthdr *header = NULL;
        const u_char *data = NULL;
        int status = pcap_next_ex(live->handle, &header, &data);
        if (status == 1) {
            fill_frame(live, header, data, ret_frame);
            return CAPTURE_FRAME;
        }
        if (status < 0)
            return end_of(live, status);
        if (may_wait && wait_for_frames(live)) {
            may_wait = false;
            continue;
        }
        *ret_frame =
            (struct frame){.ts_ns = wall_clock_ns(), .link_type = live->link_type, .idle = true};
        return CAPTURE_IDLE;
    }
}

void live_count(struct live *live)
{
    struct pcap_stat now;
    if (pcap_stats(live->handle, &now) != 0)
        return;
    struct capture_counters *counters = &live->report->counters;
    counters->kernel_received += now.ps_recv - live->received;
    counters->kernel_drops += now.ps_drop - live->kernel_drops;
    counters->interface_drops += now.ps_ifdrop - live->interface_drops;
    live->received = now.ps_recv;
    live->kernel_drops = now.ps_drop;
    live->interface_drops = now.ps_ifdrop;
}
