/* SPDX-License-Identifier: Apache-2.0 */
/* QUIC datagrams: the first byte says how many bytes of the input are the first of two datagrams
 * and whether they are cut.  Without the tag a fuzzer gets at the frames, too. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "classify/label.h"
#include "classify/quic.h"
#include "classify/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct quic_crypto *crypto = calloc(1, sizeof *crypto);
    assert(crypto != NULL);
    bool cut = (data[0] & 1) != 0;
    size_t first = (size - 1) * (data[0] >> 1) / 127;
    enum quic_result result = quic_read(crypto, data + 1, first, cut);
    assert(result <= QUIC_SEEN || crypto->keyed);
    (void)quic_read(crypto, data + 1 + first, size - 1 - first, cut);
    struct bytes body = quic_client_hello(crypto);
    assert(bytes_left(&body) < QUIC_CRYPTO_MAX);
    struct tls_client_hello hello;
    struct label_tls tls = {0};
    (void)tls_read_client_hello(body, true, true, &hello, &tls);
    label_tls_done(&tls);
    free(crypto);
    return 0;
}
