/* SPDX-License-Identifier: Apache-2.0 */
/* The generator's handshake messages and certificates: sizes, lengths that add up, names. */
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "certificate.h"
#include "dns.h"
#include "hello.h"
#include "random.h"
#include "run.h"

static struct text text_of(const char *string)
{
    struct text text = {0};
    text_add(&text, string);
    return text;
}

static bool contains(const struct text *text, const char *needle)
{
    return memmem(text->data, text->length, needle, strlen(needle)) != NULL;
}

/* Makes a ClientHello and checks that every length adds up; returns its size. */
static size_t make_hello(struct hello hello, struct text *out)
{
    struct random random = random_of(1, 1);
    hello_client(&hello, &random, out);
    struct bytes bytes = bytes_of(out->data, out->length);
    ck_assert_uint_eq(bytes_u8(&bytes), 1);
    ck_assert_uint_eq(bytes_be24(&bytes), bytes_left(&bytes));
    bytes_skip(&bytes, 34);
    bytes_skip(&bytes, bytes_u8(&bytes));
    bytes_skip(&bytes, bytes_be16(&bytes));
    bytes_skip(&bytes, bytes_u8(&bytes));
    struct bytes extensions = bytes_slice(&bytes, bytes_be16(&bytes));
    ck_assert(!bytes.bad && bytes_left(&bytes) == 0);
    while (bytes_left(&extensions) > 0) {
        bytes_skip(&extensions, 2);
        bytes_skip(&extensions, bytes_be16(&extensions));
    }
    ck_assert(!extensions.bad);
    return out->length;
}

START_TEST(an_agents_hello_is_small_and_names_the_server)
{
    struct text name = text_of("update.example.com"), out = {0};
    struct hello hello = {.style = HELLO_AGENT, .name = &name};
    ck_assert_uint_lt(make_hello(hello, &out), 300);
    ck_assert(contains(&out, "update.example.com"));
    text_done(&out);
    text_done(&name);
}
END_TEST

START_TEST(a_browsers_hello_needs_two_segments)
{
    struct text name = text_of("www.example.com"), out = {0};
    struct hello hello = {.style = HELLO_BROWSER, .tls13 = true, .name = &name};
    ck_assert_uint_gt(make_hello(hello, &out), 1460);
    ck_assert(contains(&out, "www.example.com"));
    text_done(&out);
    text_done(&name);
}
END_TEST

START_TEST(a_nameless_hello_has_no_name)
{
    struct text name = text_of("hidden.example.com"), out = {0};
    struct hello hello = {.style = HELLO_NAMELESS, .tls13 = true, .name = &name};
    (void)make_hello(hello, &out);
    ck_assert(!contains(&out, "hidden"));
    text_done(&out);
    text_done(&name);
}
END_TEST

START_TEST(a_quic_hello_carries_the_connection_id)
{
    struct text name = text_of("quic.example.com"), out = {0};
    struct hello hello = {.style = HELLO_AGENT,
                          .tls13 = true,
                          .quic = true,
                          .name = &name,
                          .alpn = "h3",
                          .cid = (const uint8_t *)"CONNECTI",
                          .cid_size = 8};
    (void)make_hello(hello, &out);
    ck_assert(contains(&out,
                       "\x0f\x08"
                       "CONNECTI"));
    text_done(&out);
    text_done(&name);
}
END_TEST

START_TEST(a_certificate_is_one_der_value_in_reverse_order)
{
    struct text issuer = text_of("CN=A CA, with comma, O=Owner, C=RU"), out = {0};
    struct text names[] = {text_of("a.example.com"), text_of("b.example.com")};
    struct random random = random_of(1, 2);
    struct certificate certificate = {
        .issuer = &issuer, .subject = &issuer, .alt_names = names, .alt_name_count = 2};
    certificate_add(&out, &certificate, &random);
    struct bytes bytes = bytes_of(out.data, out.length);
    ck_assert_uint_eq(bytes_be16(&bytes), 0x3082);
    ck_assert_uint_eq(bytes_be16(&bytes), bytes_left(&bytes));
    ck_assert(contains(&out, "A CA, with comma"));
    ck_assert(contains(&out, "a.example.com"));
    ck_assert(contains(&out,
                       "\x82\x0d"
                       "b.example.com"));
    ck_assert(contains(&out, "700101000000Z"));
    const char *country = memmem(out.data, out.length, "\x13\x02RU", 4);
    const char *common = memmem(out.data, out.length, "A CA", 4);
    ck_assert(country != NULL && common != NULL && country < common);
    text_done(&names[0]);
    text_done(&names[1]);
    text_done(&issuer);
    text_done(&out);
}
END_TEST

START_TEST(dns_names_keep_the_limits_of_the_format)
{
    struct text out = {0}, longest = {0};
    dns_add_name(&out, "a..b", 4);
    ck_assert_uint_eq(out.length, 5);
    ck_assert_int_eq(memcmp(out.data,
                            "\x01"
                            "a\x01"
                            "b\x00",
                            5),
                     0);
    for (unsigned i = 0; i < 400; i++)
        text_add(&longest, i % 70 == 69 ? "." : "x");
    text_clear(&out);
    dns_add_name(&out, longest.data, longest.length);
    ck_assert_uint_le(out.length, 255);
    ck_assert_uint_eq((uint8_t)out.data[0], 63);
    ck_assert_uint_eq((uint8_t)out.data[out.length - 1], 0);
    text_done(&out);
    text_done(&longest);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_agents_hello_is_small_and_names_the_server,
                                  a_browsers_hello_needs_two_segments,
                                  a_nameless_hello_has_no_name,
                                  a_quic_hello_carries_the_connection_id,
                                  a_certificate_is_one_der_value_in_reverse_order,
                                  dns_names_keep_the_limits_of_the_format,
                                  NULL};
    return run_suite(suite_of("synth_messages", tests));
}
