/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "run.h"

/* Vectors: RFC 1321 section A.5, RFC 3174 section 7.3, FIPS 180-4 examples. */
START_TEST(digests_match_published_vectors)
{
    uint8_t digest[DIGEST_SHA256_SIZE];
    char hex[2 * DIGEST_SHA256_SIZE + 1];
    digest_md5("abc", 3, digest);
    digest_hex(digest, DIGEST_MD5_SIZE, hex);
    ck_assert_str_eq(hex, "900150983cd24fb0d6963f7d28e17f72");
    digest_sha1("abc", 3, digest);
    digest_hex(digest, DIGEST_SHA1_SIZE, hex);
    ck_assert_str_eq(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    digest_sha256("abc", 3, digest);
    digest_hex(digest, DIGEST_SHA256_SIZE, hex);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(digest_of_nothing_is_defined)
{
    uint8_t digest[DIGEST_SHA1_SIZE];
    char hex[2 * DIGEST_SHA1_SIZE + 1];
    digest_sha1("", 0, digest);
    digest_hex(digest, sizeof digest, hex);
    ck_assert_str_eq(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}
END_TEST

/* RFC 4648 section 10. */
START_TEST(base64_matches_the_rfc)
{
    static const char *const vectors[][2] = {{"", ""},
                                             {"f", "Zg=="},
                                             {"fo", "Zm8="},
                                             {"foo", "Zm9v"},
                                             {"foob", "Zm9vYg=="},
                                             {"fooba", "Zm9vYmE="},
                                             {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char text[16];
        digest_base64((const uint8_t *)vectors[i][0], strlen(vectors[i][0]), text);
        ck_assert_str_eq(text, vectors[i][1]);
    }
    static const uint8_t high[] = {0xfb, 0xff, 0xfe};
    char text[8];
    digest_base64(high, 3, text);
    ck_assert_str_eq(text, "+//+");
}
END_TEST

int main(void)
{
    const TTest *tests[] = {digests_match_published_vectors, digest_of_nothing_is_defined,
                            base64_matches_the_rfc, NULL};
    return run_suite(suite_of("base_digest", tests));
}
