/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of QUIC Initial packets, and what they open.
 *
 *   initial  = HKDF-Extract(salt of the version, connection id)
 *   client   = HKDF-Expand-Label(initial, "client in", 32)
 *   key, iv, header = HKDF-Expand-Label(client, "quic key" | "quic iv" | "quic hp", 16 | 12 | 16)
 *
 * Idea: every expansion that is needed fits one SHA-256, so HKDF-Expand is a single HMAC and the
 * three last share one key schedule.
 * Rejected: nettle's hkdf_expand() (sets the key once more for each label); keeping the cipher
 * context with the connection (4.5 KiB for each unfinished hello to save 0.3 us).
 * Source: RFC 5869, RFC 8446 section 7.1, RFC 9001 section 5, RFC 9369 section 3.3. */
#include "classify/quic_keys.h"

#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>

enum {
    VERSION_1 = 1,
    SALT_SIZE = 20,
    SECRET_SIZE = 32
};

static const uint8_t *salt_of(uint32_t version)
{
    static const uint8_t draft[SALT_SIZE] = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2,
                                             0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61,
                                             0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
    static const uint8_t version_1[SALT_SIZE] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34,
                                                 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
                                                 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
    static const uint8_t version_2[SALT_SIZE] = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6,
                                                 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26,
                                                 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
    if (version == QUIC_VERSION_2)
        return version_2;
    if (version == VERSION_1)
        return version_1;
    /* Drafts are 0xff0000NN. */
    unsigned number = version >> 8 == 0xff0000 ? version & 0xff : 0;
    if (number < 29 || number > 34)
        return NULL;
    return number <= 32 ? draft : version_1;
}

bool quic_keys_known(uint32_t version)
{
    return salt_of(version) != NULL;
}

/* HKDF-Expand-Label without context, for at most 32 bytes; `hmac` holds the secret as its key and
 * is ready for the next call afterwards. */
static void expand_label(struct hmac_sha256_ctx *hmac, const char *label, uint8_t *ret, size_t size)
{
    uint8_t info[40] = {0, (uint8_t)size};
    size_t label_size = strlen(label);
    info[2] = (uint8_t)(6 + label_size);
    memcpy(info + 3, "tls13 ", 6);
    memcpy(info + 9, label, label_size);
    info[9 + label_size] = 0;  /* no context */
    info[10 + label_size] = 1; /* first and only block */
    hmac_sha256_update(hmac, 11 + label_size, info);
    hmac_sha256_digest(hmac, size, ret);
}

bool quic_keys_derive(uint32_t version, const uint8_t *dcid, size_t dcid_length,
                      struct quic_keys *ret_keys)
{
    const uint8_t *salt = salt_of(version);
    if (salt == NULL)
        return false;
    bool second = version == QUIC_VERSION_2;
    struct hmac_sha256_ctx hmac;
    uint8_t secret[SECRET_SIZE];
    hmac_sha256_set_key(&hmac, SALT_SIZE, salt);
    hmac_sha256_update(&hmac, dcid_length, dcid);
    hmac_sha256_digest(&hmac, sizeof secret, secret);
    hmac_sha256_set_key(&hmac, sizeof secret, secret);
    expand_label(&hmac, "client in", secret, sizeof secret);
    hmac_sha256_set_key(&hmac, sizeof secret, secret);
    expand_label(&hmac, second ? "quicv2 key" : "quic key", ret_keys->key, sizeof ret_keys->key);
    expand_label(&hmac, second ? "quicv2 iv" : "quic iv", ret_keys->iv, sizeof ret_keys->iv);
    expand_label(&hmac, second ? "quicv2 hp" : "quic hp", ret_keys->header,
                 sizeof ret_keys->header);
    return true;
}

void quic_keys_mask(const struct quic_keys *keys, const uint8_t sample[static QUIC_SAMPLE_SIZE],
                    uint8_t ret_mask[static 5])
{
    struct aes128_ctx aes;
    uint8_t block[AES_BLOCK_SIZE];
    aes128_set_encrypt_key(&aes, keys->header);
    aes128_encrypt(&aes, sizeof block, block, sample);
    memcpy(ret_mask, block, 5);
}

bool quic_keys_open(const struct quic_keys *keys, const struct quic_sealed *sealed,
                    uint8_t *ret_plain)
{
    struct gcm_aes128_ctx gcm;
    uint8_t nonce[GCM_IV_SIZE];
    uint8_t tag[QUIC_TAG_SIZE];
    memcpy(nonce, keys->iv, sizeof nonce);
    for (unsigned i = 0; i < 4; i++)
        nonce[sizeof nonce - 1 - i] ^= (uint8_t)(sealed->number >> (8 * i));
    gcm_aes128_set_key(&gcm, keys->key);
    gcm_aes128_set_iv(&gcm, sizeof nonce, nonce);
    gcm_aes128_update(&gcm, sealed->header_size, sealed->header);
    gcm_aes128_decrypt(&gcm, sealed->size, ret_plain, sealed->data);
    if (sealed->tag == NULL)
        return true;
    gcm_aes128_digest(&gcm, sizeof tag, tag);
    return memeql_sec(tag, sealed->tag, sizeof tag) != 0;
}
