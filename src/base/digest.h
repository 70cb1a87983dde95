/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    DIGEST_SHA1_SIZE = 20,
    DIGEST_SHA256_SIZE = 32,
    DIGEST_MD5_SIZE = 16
};

/* Writes the SHA-1 digest (FIPS 180-4) of `size` bytes. */
void digest_sha1(const void *bytes, size_t size, uint8_t ret_digest[static DIGEST_SHA1_SIZE]);
/* Writes the SHA-256 digest (FIPS 180-4). */
void digest_sha256(const void *bytes, size_t size, uint8_t ret_digest[static DIGEST_SHA256_SIZE]);
/* Writes the MD5 digest (RFC 1321), for fingerprints that are defined by it. */
void digest_md5(const void *bytes, size_t size, uint8_t ret_digest[static DIGEST_MD5_SIZE]);
/* Writes 2 * `size` lower-case hexadecimal digits and a NUL. */
void digest_hex(const uint8_t *bytes, size_t size, char *ret_text);
/* Writes the base64 form (RFC 4648, padded) and a NUL: 4 * ((size + 2) / 3) + 1 bytes. */
void digest_base64(const uint8_t *bytes, size_t size, char *ret_text);
