/* SPDX-License-Identifier: Apache-2.0 */
/* Message digests from nettle, chosen over OpenSSL's because its contexts live on the stack: one
 * SHA-1 of a community id costs no allocation and no provider look-up. */
#include "base/digest.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

void digest_sha1(const void *bytes, size_t size, uint8_t ret_digest[static DIGEST_SHA1_SIZE])
{
    struct sha1_ctx context;
    sha1_init(&context);
    sha1_update(&context, size, bytes);
    sha1_digest(&context, DIGEST_SHA1_SIZE, ret_digest);
}

void digest_sha256(const void *bytes, size_t size, uint8_t ret_digest[static DIGEST_SHA256_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, DIGEST_SHA256_SIZE, ret_digest);
}

void digest_md5(const void *bytes, size_t size, uint8_t ret_digest[static DIGEST_MD5_SIZE])
{
    struct md5_ctx context;
    md5_init(&context);
    md5_update(&context, size, bytes);
    md5_digest(&context, DIGEST_MD5_SIZE, ret_digest);
}

void digest_hex(const uint8_t *bytes, size_t size, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *ret_text++ = digits[bytes[i] >> 4];
        *ret_text++ = digits[bytes[i] & 15];
    }
    *ret_text = '\0';
}

void digest_base64(const uint8_t *bytes, size_t size, char *ret_text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? bytes[i + 2] : 0;
        *ret_text++ = digits[group >> 18];
        *ret_text++ = digits[group >> 12 & 63];
        *ret_text++ = (char)(left > 1 ? digits[group >> 6 & 63] : '=');
        *ret_text++ = (char)(left > 2 ? digits[group & 63] : '=');
    }
    *ret_text = '\0';
}
