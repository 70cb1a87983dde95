/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS stream: the first byte says which message is looked for; what is found is read. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "classify/label.h"
#include "classify/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_message(uint8_t type, struct bytes body)
{
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    if (type == 1)
        (void)tls_read_client_hello(body, false, true, &hello, &tls);
    else if (type == 2)
        (void)tls_read_server_hello(body, &tls);
    else
        (void)tls_read_certificate(body, &tls);
    assert(tls.alpn_count <= LABEL_ALPN_MAX && tls.san_count <= LABEL_SAN_MAX);
    assert(memchr(tls.ja4, '\0', sizeof tls.ja4) != NULL);
    label_tls_done(&tls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t types[] = {1, 2, 11};
    uint8_t buffer[2048];
    if (size == 0)
        return 0;
    uint8_t type = types[data[0] % sizeof types];
    struct bytes stream = bytes_of(data + 1, size - 1);
    struct bytes body;
    bool cut = false;
    (void)tls_plausible(stream);
    if (tls_find_message(stream, type, buffer, sizeof buffer, &body, &cut) != TLS_INVALID)
        read_message(type, body);
    read_message(type, stream); /* without the records, too */
    return 0;
}
