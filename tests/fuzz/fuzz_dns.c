/* SPDX-License-Identifier: Apache-2.0 */
/* DNS messages: whatever comes, names in the result are normalised and counts are within bounds. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "classify/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
    char same[DOMAIN_MAX];
    assert(memchr(name, '\0', DOMAIN_MAX) != NULL);
    if (name[0] != '\0') {
        assert(domain_normalise(name, strlen(name), same) == strlen(name));
        assert(strcmp(name, same) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_message *message = malloc(sizeof *message);
    assert(message != NULL);
    if (dns_parse(data, size, message)) {
        check_name(message->question);
        assert(message->answer_count <= DNS_ANSWERS_MAX);
        for (unsigned i = 0; i < message->answer_count; i++) {
            check_name(message->answers[i].name);
            check_name(message->answers[i].target);
        }
    }
    free(message);
    return 0;
}
