/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what the engine makes of each frame, as lines of words between tabs: for comparing with other programs.
 *
 *     packet  FRAME  LENGTH  STATUS  PROTOCOL  SOURCE  PORT  DESTINATION  PORT  PAYLOAD
 *     name    FRAME  KIND    CLIENT  NAME
 *
 * STATUS is `ok`, `fragment`, or why there is no packet; the words after it stand only behind the first two.  KIND is
 * `dns` (for each question that is asked), `tls`, `quic` (for each connection) or `http` (for each request); NAME is as the
 * engine normalises it, of HTTP as the request has it.  Bytes outside of printable ASCII are written as \xNN.
 * Capture, decode, flow and classify run as in the pipeline, but copies are not taken out and no flow ends by time, so that
 * each frame of the input is one line whatever its neighbours are. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "classify/classify.h"
#include "classify/dns.h"
#include "classify/label.h"
#include "config/settings.h"
#include "decode/decode.h"
#include "decode/packet.h"
#include "flow/table.h"
#include "net/addr.h"

enum {
    CLASSIFY_STATES = 100000
};

struct dump {
    struct decoder *decoder;
    struct flow_table *flows;
    struct classify *classify;
};

static void flow_ended(void *context, struct flow *flow)
{
    struct dump *dump = context;
    classify_forget(dump->classify, flow);
}

static bool dump_open(struct dump *dump, struct error *err)
{
    struct settings settings;
    settings_init(&settings);
    struct classify_options options = {
        .states_max = CLASSIFY_STATES,
        .stream_bytes = settings.classify.stream_bytes,
        .tcp_packets = settings.classify.tcp_packets,
        .udp_packets = settings.classify.udp_packets,
    };
    settings_done(&settings);
    dump->classify = classify_new(&options, err);
    if (dump->classify == NULL)
        return false;
    struct decode_options decode = decode_options_default();
    decode.copies = false;
    dump->decoder = decoder_new(&decode);
    struct flow_options flow;
    flow_options_default(&flow);
    const int64_t never_ns = INT64_MAX / 4;
    flow.tcp_idle_ns = flow.tcp_new_idle_ns = flow.tcp_closed_ns = never_ns;
    flow.udp_idle_ns = flow.dns_idle_ns = flow.icmp_idle_ns = flow.other_idle_ns = never_ns;
    dump->flows = flow_table_new(&flow, flow_ended, dump);
    return true;
}

static void dump_close(struct dump *dump)
{
    flow_table_flush(dump->flows);
    flow_table_free(dump->flows);
    decoder_free(dump->decoder);
    classify_free(dump->classify);
}

static void print_addr(const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];
    (void)addr_text(addr, text);
    (void)printf("\t%s", text);
}

static void print_name(const struct frame *frame, const char *kind, const struct addr *client,
                       const char *name)
{
    (void)printf("name\t%" PRIu64 "\t%s", frame->number, kind);
    print_addr(client);
    (void)putchar('\t');
    for (const char *at = name; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte > ' ' && byte < 0x7f && byte != '\\')
            (void)putchar(byte);
        else
            (void)printf("\\x%02x", byte);
    }
    (void)putchar('\n');
}

static void print_names(struct dump *dump, const struct frame *frame, const struct packet *packet,
                        const struct flow *flow, unsigned news)
{
    const struct dns_message *message = NULL;
    if ((news & LABEL_DNS) != 0)
        for (unsigned i = 0; (message = classify_dns(dump->classify, i)) != NULL; i++)
            if (!message->response && message->opcode == 0 && message->question_count > 0)
                print_name(frame, "dns", &packet->src, message->question);
    const struct label *label = flow->label;
    if ((news & LABEL_REQUEST) != 0 && label->http != NULL && label->http->host != NULL)
        print_name(frame, "http", &flow->client, label->http->host);
    else if ((news & LABEL_NAME) != 0 && (label->app == APP_TLS || label->app == APP_QUIC))
        print_name(frame, label->app == APP_TLS ? "tls" : "quic", &flow->client,
                   label->server_name);
}

static const char *status_text(enum decode_status status)
{
    switch (status) {
    case DECODE_OK:
        return "ok";
    case DECODE_NOT_IP:
        return "not-ip";
    case DECODE_INVALID:
        return "invalid";
    case DECODE_UNSUPPORTED:
        return "unsupported";
    case DECODE_COPY:
        break;
    }
    return "copy";
}

static void dump_frame(struct dump *dump, const struct frame *frame)
{
    struct packet packet;
    enum decode_status status = decode_frame(dump->decoder, frame, &packet);
    (void)printf("packet\t%" PRIu64 "\t%zu", frame->number, frame->length);
    if (status != DECODE_OK) {
        (void)printf("\t%s\n", status_text(status));
        return;
    }
    (void)printf("\t%s\t%u", packet.fragment ? "fragment" : "ok", packet.protocol);
    print_addr(&packet.src);
    (void)printf("\t%u", packet.src_port);
    print_addr(&packet.dst);
    (void)printf("\t%u\t%zu\n", packet.dst_port, packet.payload_length);
    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = flow_table_touch(dump->flows, &packet, &side);
    if (flow == NULL || flow->classified)
        return;
    unsigned news = classify_packet(dump->classify, flow, side, &packet);
    if ((news & LABEL_REVERSED) != 0)
        flow_reverse(flow);
    print_names(dump, frame, &packet, flow, news);
}

int main(int argc, char **argv)
{
    struct error err = {{0}};
    struct dump dump;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s CAPTURE\n", argv[0]);
        return 2;
    }
    const char *path = argv[1];
    struct capture_options options = {0};
    struct capture *capture = capture_open_files(&path, 1, &options, &err);
    if (capture == NULL || !dump_open(&dump, &err)) {
        (void)fprintf(stderr, "%s: %s\n", argv[0], err.text);
        capture_close(capture);
        return 2;
    }
    struct frame frame;
    while (capture_next(capture, &frame) != CAPTURE_END)
        dump_frame(&dump, &frame);
    dump_close(&dump);
    for (size_t i = 0; capture_problem(capture, i, &err); i++)
        (void)fprintf(stderr, "%s: %s\n", argv[0], err.text);
    enum capture_result result = capture_result(capture);
    capture_close(capture);
    return result == CAPTURE_OK ? 0 : result == CAPTURE_TRUNCATED ? 4 : 3;
}
