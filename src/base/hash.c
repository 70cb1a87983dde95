/* SPDX-License-Identifier: Apache-2.0 */
/* Multiply-and-fold hash over 16-byte steps: two 64-bit words are xored with secrets, multiplied
 * to 128 bits, and the halves xored.  About 2 ns for a 40-byte flow key.  Both factors are xored
 * with something that hangs on the seed: were one secret public, a sender could make that factor
 * zero, and with it the product, whatever the other factor and the state before (so all such keys
 * collide).  SipHash was measured at four times that; CRC32C is as fast but is linear, so that
 * collisions can be computed for any seed. */
#include "base/hash.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

static const uint64_t secret_a = UINT64_C(0x9e3779b97f4a7c15);
static const uint64_t secret_b = UINT64_C(0xd6e8feb86659fd93);

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t word = 0;
    memcpy(&word, bytes, sizeof word);
    return word;
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed)
{
    const uint8_t *at = bytes;
    size_t left = size;
    uint64_t secret = hash_mix(seed ^ secret_a, secret_b);
    uint64_t state = seed ^ secret_a;
    for (; left > 16; at += 16, left -= 16)
        state = hash_mix(load64(at) ^ secret, load64(at + 8) ^ state);
    uint8_t tail[16] = {0};
    if (left > 0)
        memcpy(tail, at, left);
    state = hash_mix(load64(tail) ^ secret, load64(tail + 8) ^ state);
    return hash_mix(state ^ secret_a, size ^ secret_b);
}

uint64_t hash_seed(void)
{
    static _Atomic uint64_t process_seed;
    uint64_t seed = process_seed;
    if (seed != 0)
        return seed;
    /* Without a random source the fixed seed only costs the protection against crafted
     * collisions. */
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed || seed == 0)
        seed = secret_a;
    uint64_t unset = 0;
    return atomic_compare_exchange_strong(&process_seed, &unset, seed) ? seed : unset;
}
