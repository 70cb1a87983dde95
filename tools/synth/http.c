/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 requests and responses (RFC 9112) with the headers that a scenario names. */
#include "http.h"

#include "base/text.h"
#include "exchange.h"
#include "pattern.h"
#include "talk.h"
#include "tcp.h"

static void add_expanded(struct text *out, const char *before, const char *pattern,
                         struct random *random)
{
    text_add(out, before);
    pattern_expand(pattern, random, out);
    text_add(out, "\r\n");
}

static void send_request(struct tcp *tcp, const struct http_plan *plan, const struct text *host,
                         uint64_t up)
{
    struct random *random = tcp->talk->random;
    struct text out = {0};
    text_add(&out, plan->method);
    text_add_char(&out, ' ');
    if (plan->absolute) {
        text_add(&out, "http://");
        text_add_bytes(&out, host->data, host->length);
    }
    pattern_expand(plan->uri, random, &out);
    text_add(&out, " HTTP/1.1\r\n");
    if (plan->host != NULL) {
        add_expanded(&out, "Host: ", plan->host, random);
    } else {
        text_add(&out, "Host: ");
        text_add_bytes(&out, host->data, host->length);
        text_add(&out, "\r\n");
    }
    if (plan->user_agent != NULL)
        add_expanded(&out, "User-Agent: ", plan->user_agent, random);
    for (unsigned i = 0; i < plan->header_count; i++)
        add_expanded(&out, "", plan->headers[i], random);
    text_add(&out, "Accept: */*\r\n");
    if (up > 0)
        text_addf(&out, "Content-Type: application/octet-stream\r\nContent-Length: %llu\r\n",
                  (unsigned long long)up);
    text_add(&out, "Connection: keep-alive\r\n\r\n");
    random_bytes(random, &out, (size_t)up);
    tcp_send_text(tcp, SIDE_CLIENT, &out);
    text_done(&out);
}

static const char *reason(unsigned status)
{
    switch (status) {
    case 200:
        return "OK";
    case 206:
        return "Partial Content";
    case 304:
        return "Not Modified";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    default:
        return "Status";
    }
}

static void send_response(struct tcp *tcp, const struct http_plan *plan, uint64_t down)
{
    struct random *random = tcp->talk->random;
    struct text out = {0}, body = {0};
    if (plan->body != NULL)
        pattern_expand(plan->body, random, &body);
    if (body.length < down)
        random_bytes(random, &body, (size_t)down - body.length);
    text_addf(&out, "HTTP/1.1 %u %s\r\nServer: nginx\r\n", plan->status, reason(plan->status));
    if (plan->status != 304) {
        text_add(&out, "Content-Type: ");
        text_add(&out,
                 plan->content_type != NULL ? plan->content_type : "application/octet-stream");
        text_addf(&out, "\r\nContent-Length: %zu\r\n", body.length);
    }
    text_add(&out, "Connection: keep-alive\r\n\r\n");
    if (plan->status != 304)
        text_add_bytes(&out, body.data, body.length);
    tcp_send_text(tcp, SIDE_SERVER, &out);
    text_done(&out);
    text_done(&body);
}

void http_run(struct tcp *tcp, const struct http_plan *plan, const struct text *host,
              const struct exchange *exchange)
{
    struct random *random = tcp->talk->random;
    for (unsigned i = 0; i < exchange->repeat; i++) {
        if (i > 0)
            tcp_idle(tcp, exchange_pause(exchange, random), exchange->keep_alive_ns);
        send_request(tcp, plan, host, span_pick(&exchange->up, random));
        send_response(tcp, plan, span_pick(&exchange->down, random));
    }
}

void http_connect(struct tcp *tcp, const struct http_plan *plan, const struct text *host,
                  uint16_t port)
{
    struct text out = {0};
    text_add(&out, "CONNECT ");
    text_add_bytes(&out, host->data, host->length);
    text_addf(&out, ":%u HTTP/1.1\r\nHost: ", port);
    text_add_bytes(&out, host->data, host->length);
    text_addf(&out, ":%u\r\n", port);
    if (plan->user_agent != NULL)
        add_expanded(&out, "User-Agent: ", plan->user_agent, tcp->talk->random);
    text_add(&out, "Proxy-Connection: Keep-Alive\r\n\r\n");
    tcp_send_text(tcp, SIDE_CLIENT, &out);
    text_clear(&out);
    text_add(&out, "HTTP/1.1 200 Connection established\r\n\r\n");
    tcp_send_text(tcp, SIDE_SERVER, &out);
    text_done(&out);
}
