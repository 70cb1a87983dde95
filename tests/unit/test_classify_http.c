/* SPDX-License-Identifier: Apache-2.0 */
#include "classify/http.h"
#include "classify/label.h"
#include "classify_wire.h"
#include "run.h"

static enum http_result request_of(const char *bytes, size_t size, bool cut,
                                   struct label_http *label)
{
    uint8_t *copy = exact_copy((const uint8_t *)bytes, size);
    enum http_result result = http_read_request(bytes_of(copy, size), cut, label);
    free(copy);
    return result;
}

static enum http_result request(const char *text, struct label_http *label)
{
    return request_of(text, strlen(text), false, label);
}

static enum http_result response(const char *text, bool cut, struct label_http *label)
{
    size_t size = strlen(text);
    uint8_t *copy = exact_copy((const uint8_t *)text, size);
    enum http_result result = http_read_response(bytes_of(copy, size), cut, label);
    free(copy);
    return result;
}

static const char usual[] =
    "GET /update/versions.id?x=1 HTTP/1.1\r\nHost: Update.Example.com:8080\r\n"
    "User-Agent:  Updater (Windows; U)\t\r\nAccept: */*\r\n\r\nbody";

START_TEST(request_is_read)
{
    struct label_http http = {0};
    ck_assert_int_eq(request(usual, &http), HTTP_OK);
    ck_assert_str_eq(http.method, "GET");
    ck_assert_str_eq(http.url, "/update/versions.id?x=1");
    ck_assert_str_eq(http.host, "Update.Example.com:8080");
    ck_assert_str_eq(http.user_agent, "Updater (Windows; U)");
    ck_assert_uint_eq(http.header_count, 3);
    ck_assert_str_eq(http.headers[0], "Host");
    ck_assert_str_eq(http.headers[2], "Accept");
    ck_assert(!http.connect);
    /* The next request of the connection replaces it. */
    ck_assert_int_eq(request("POST / HTTP/1.0\r\n\r\n", &http), HTTP_OK);
    ck_assert_str_eq(http.method, "POST");
    ck_assert_ptr_null(http.host);
    ck_assert_ptr_null(http.user_agent);
    ck_assert_uint_eq(http.header_count, 0);
    label_http_done(&http);
}
END_TEST

START_TEST(request_cut_at_each_byte)
{
    size_t head = sizeof usual - 1 - strlen("body");
    for (size_t size = 0; size < sizeof usual; size++) {
        struct label_http http = {0};
        ck_assert_int_eq(request_of(usual, size, false, &http), size >= head ? HTTP_OK : HTTP_MORE);
        ck_assert(size >= head || http.method == NULL);
        enum http_result cut = request_of(usual, size, true, &http);
        ck_assert_int_eq(cut, size >= strlen("GET /") ? HTTP_OK : HTTP_NOT);
        if (size >= 70)
            ck_assert_str_eq(http.host, "Update.Example.com:8080");
        label_http_done(&http);
    }
}
END_TEST

START_TEST(what_is_no_request_is_refused_at_once)
{
    static const char *const texts[] = {"\x16\x03\x01",
                                        "SSH-2.0-x\r\n",
                                        "GETX / HTTP/1.1\r\n",
                                        "GET / RTSP/1.0\r\n",
                                        "OPTIONS sip:a SIP/2.0\r\n",
                                        "GET  HTTP/1.1\r\n\r\n",
                                        "GET / HTTP/2.0\r\n",
                                        "get / HTTP/1.1\r\n",
                                        "HELO a\r\n",
                                        "GET /\r\n\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct label_http http = {0};
        ck_assert_msg(request(texts[i], &http) == HTTP_NOT, "text %zu", i);
        ck_assert_ptr_null(http.method);
    }
    struct label_http http = {0};
    ck_assert_int_eq(request("PROPFI", &http), HTTP_MORE);
    ck_assert_int_eq(request_of("PROPFI", 6, true, &http), HTTP_NOT);
    ck_assert_int_eq(request("\r\n", &http), HTTP_MORE);
}
END_TEST

START_TEST(tunnel_and_absolute_form_give_the_host)
{
    static const struct {
        const char *text, *host;
        bool connect;
    } cases[] = {
        {"CONNECT a.example:443 HTTP/1.1\r\nHost: proxy\r\n\r\n", "a.example:443", true},
        {"GET http://b.example:80/x HTTP/1.1\r\n\r\n", "b.example:80", false},
        {"GET HTTPS://user@c.example?x=@y HTTP/1.1\r\n\r\n", "c.example", false},
        {"GET http://d.example/ HTTP/1.1\r\nhOsT :e.example\r\n\r\n", "e.example", false},
        {"GET http://f.example/ HTTP/1.1\r\nHost:\r\n\r\n", "f.example", false},
        {"PROPFIND /dav HTTP/1.1\nHost: g.example\n\n", "g.example", false},
        {"\r\n\nGET / HTTP/1.1\r\nHost: h.example\r\nHost: i.example\r\n\r\n", "h.example", false},
        {"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n", "239.255.255.250:1900",
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct label_http http = {0};
        ck_assert_int_eq(request(cases[i].text, &http), HTTP_OK);
        ck_assert_str_eq(http.host, cases[i].host);
        ck_assert_int_eq(http.connect, cases[i].connect);
        label_http_done(&http);
    }
    struct label_http http = {0};
    ck_assert_int_eq(request("GET /http://x.example HTTP/1.1\r\n\r\n", &http), HTTP_OK);
    ck_assert_ptr_null(http.host);
    label_http_done(&http);
}
END_TEST

START_TEST(odd_fields_are_tolerated)
{
    struct label_http http = {0};
    ck_assert_int_eq(request("GET / HTTP/1.1\r\nno colon here\r\nUser-Agent: a\r\n b\r\n\tc\r\n"
                             ": nameless\r\nHost: x.example\r\n\r\n",
                             &http),
                     HTTP_OK);
    ck_assert_str_eq(http.user_agent, "a   b  \tc");
    ck_assert_str_eq(http.host, "x.example");
    ck_assert_uint_eq(http.header_count, 2);
    static const char hidden[] = "GET / HTTP/1.1\r\nHost: good.example\0.evil.example\r\n\r\n";
    ck_assert_int_eq(request_of(hidden, sizeof hidden - 1, false, &http), HTTP_OK);
    ck_assert_str_eq(http.host, "good.example?.evil.example");
    label_http_done(&http);
}
END_TEST

START_TEST(bounds_hold)
{
    struct wire wire = {.size = 0};
    struct label_http http = {0};
    wire_text(&wire, "GET /");
    for (unsigned i = 0; i < 3000; i++)
        wire_text(&wire, "x");
    wire_text(&wire, " HTTP/1.1\r\n");
    for (unsigned i = 0; i < 300; i++)
        wire_text(&wire, "Name: value\r\n");
    wire_text(&wire, "\r\n");
    ck_assert_int_eq(request_of((const char *)wire.data, wire.size, false, &http), HTTP_OK);
    ck_assert_uint_eq(strlen(http.url), 2048);
    ck_assert_uint_eq(http.header_count, LABEL_HEADERS_MAX);
    wire.size -= 2;
    while (wire.size + 4 <= sizeof wire.data)
        wire_text(&wire, "a:b\n");
    while (wire.size < sizeof wire.data)
        wire_text(&wire, "c");
    ck_assert_int_eq(request_of((const char *)wire.data, wire.size - 1, false, &http), HTTP_MORE);
    ck_assert_int_eq(request_of((const char *)wire.data, wire.size, false, &http), HTTP_OK);
    label_http_done(&http);
}
END_TEST

START_TEST(response_is_read)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n\r\n";
    struct label_http http = {0};
    ck_assert_int_eq(response(text, false, &http), HTTP_OK);
    ck_assert_uint_eq(http.status, 200);
    ck_assert_str_eq(http.server, "nginx");
    ck_assert_str_eq(http.content_type, "text/html");
    ck_assert_int_eq(response("HTTP/1.0 404\r\n\r\n", false, &http), HTTP_OK);
    ck_assert_uint_eq(http.status, 404);
    ck_assert_ptr_null(http.server);
    ck_assert_int_eq(response("ICY 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n", false, &http),
                     HTTP_OK);
    ck_assert_str_eq(http.content_type, "audio/mpeg");
    label_http_done(&http);
    for (size_t size = 0; size < sizeof text; size++) {
        uint8_t *copy = exact_copy((const uint8_t *)text, size);
        ck_assert_int_eq(http_read_response(bytes_of(copy, size), false, &http),
                         size == sizeof text - 1 ? HTTP_OK : HTTP_MORE);
        ck_assert_int_eq(http_read_response(bytes_of(copy, size), true, &http),
                         size >= strlen("HTTP/1.1 200") ? HTTP_OK : HTTP_NOT);
        free(copy);
        label_http_done(&http);
    }
}
END_TEST

START_TEST(what_is_no_response_is_refused)
{
    static const char *const texts[] = {"HTTP/2.0 200 OK\r\n", "HTTP/1.1 2000\r\n",
                                        "HTTP/1.1 20x OK\r\n", "HTTP/1.1 000 OK\r\n",
                                        "220 mail ready\r\n",  "ICYX"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct label_http http = {0};
        ck_assert_msg(response(texts[i], true, &http) == HTTP_NOT, "text %zu", i);
        ck_assert_uint_eq(http.status, 0);
    }
}
END_TEST

START_TEST(label_knows_its_protocol_name)
{
    struct label label = {.app = APP_TLS};
    ck_assert_str_eq(label_app_text(&label), "tls");
    label.app = APP_OTHER;
    ck_assert_str_eq(label_app_text(&label), "failed");
    label.stack = "NTP";
    ck_assert_str_eq(label_app_text(&label), "NTP");
    label.app_text = "ntp";
    ck_assert_str_eq(label_app_text(&label), "ntp");
    label.app = APP_UNKNOWN;
    ck_assert_str_eq(label_app_text(&label), "failed");
    label_free(NULL);
    struct label *whole = calloc(1, sizeof *whole);
    ck_assert_ptr_nonnull(whole);
    whole->http = calloc(1, sizeof *whole->http);
    whole->tls = calloc(1, sizeof *whole->tls);
    ck_assert_int_eq(request(usual, whole->http), HTTP_OK);
    label_free(whole); /* the sanitizer tells what is left */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {request_is_read,
                                  request_cut_at_each_byte,
                                  what_is_no_request_is_refused_at_once,
                                  tunnel_and_absolute_form_give_the_host,
                                  odd_fields_are_tolerated,
                                  bounds_hold,
                                  response_is_read,
                                  what_is_no_response_is_refused,
                                  label_knows_its_protocol_name,
                                  NULL};
    return run_suite(suite_of("classify_http", tests));
}
