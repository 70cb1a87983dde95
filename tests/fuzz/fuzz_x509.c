/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: every text is UTF-8 without control bytes, whatever the certificate holds. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "classify/label.h"
#include "classify/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    for (size_t i = 0; i < length;) {
        size_t character = text_utf8_length(text + i, length - i);
        assert(character > 0 && ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
        i += character;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct label_tls tls = {0};
    bool ok = x509_read(bytes_of(data, size), &tls);
    check_text(tls.subject);
    check_text(tls.issuer);
    assert(tls.san_count <= LABEL_SAN_MAX);
    for (unsigned i = 0; i < tls.san_count; i++)
        check_text(tls.san[i]);
    assert(ok || tls.fingerprint[0] == '\0');
    label_tls_done(&tls);
    return 0;
}
