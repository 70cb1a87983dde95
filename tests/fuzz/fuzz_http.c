/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP heads, as request and as response; the first byte says whether more may come. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "classify/http.h"
#include "classify/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct label_http http = {0};
    bool cut = (data[0] & 1) != 0;
    struct bytes stream = bytes_of(data + 1, size - 1);
    enum http_result result = http_read_request(stream, cut, &http);
    assert(!cut || result != HTTP_MORE);
    assert((result == HTTP_OK) == (http.method != NULL));
    assert(http.header_count <= LABEL_HEADERS_MAX);
    assert(http.host == NULL || strlen(http.host) <= 2048);
    result = http_read_response(stream, cut, &http);
    assert(!cut || result != HTTP_MORE);
    assert((result == HTTP_OK) == (http.status != 0));
    label_http_done(&http);
    return 0;
}
