/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "run.h"

START_TEST(hash_depends_on_bytes_length_and_seed)
{
    ck_assert(hash_bytes("abc", 3, 1) == hash_bytes("abc", 3, 1));
    ck_assert(hash_bytes("abc", 3, 1) != hash_bytes("abd", 3, 1));
    ck_assert(hash_bytes("abc", 3, 1) != hash_bytes("abc", 3, 2));
    ck_assert(hash_bytes("abc\0", 4, 1) != hash_bytes("abc", 3, 1));
    ck_assert(hash_bytes(NULL, 0, 1) == hash_bytes("", 0, 1));
    ck_assert(hash_bytes("", 0, 1) != hash_bytes("", 0, 2));
}
END_TEST

START_TEST(seed_stays_the_same_within_a_process)
{
    ck_assert(hash_seed() != 0);
    ck_assert(hash_seed() == hash_seed());
}
END_TEST

START_TEST(every_input_bit_matters_everywhere)
{
    uint8_t key[40] = {0};
    uint64_t base = hash_bytes(key, sizeof key, 7);
    for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
        key[bit / 8] ^= (uint8_t)(1U << bit % 8);
        int changed = __builtin_popcountll(base ^ hash_bytes(key, sizeof key, 7));
        ck_assert_int_ge(changed, 12);
        ck_assert_int_le(changed, 52);
        key[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}
END_TEST

/* 1000 counting keys into 1024 buckets: random filling leaves about 380 empty. */
START_TEST(low_bits_spread_counting_keys)
{
    uint8_t buckets[1024] = {0};
    for (uint32_t i = 0; i < 1000; i++)
        buckets[hash_bytes(&i, sizeof i, 42) & 1023]++;
    unsigned empty = 0, worst = 0;
    for (size_t i = 0; i < COUNT_OF(buckets); i++) {
        empty += buckets[i] == 0;
        worst = buckets[i] > worst ? buckets[i] : worst;
    }
    ck_assert_uint_lt(empty, 450);
    ck_assert_uint_lt(worst, 10);
}
END_TEST

/* No word, whatever it is xored with inside, may switch the rest of its 16-byte step off: with a
 * public factor an attacker sends the word that makes it zero.  The words here are the constants
 * of the hash. */
START_TEST(no_known_word_cancels_its_neighbour)
{
    static const uint64_t words[] = {UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xd6e8feb86659fd93),
                                     UINT64_C(0x9e3779b97f4a7c15) ^ UINT64_C(0xd6e8feb86659fd93)};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        uint64_t a[4] = {words[i], 1, words[i], 3};
        uint64_t b[4] = {words[i], 2, words[i], 4};
        ck_assert(hash_bytes(a, 16, 99) != hash_bytes(b, 16, 99));
        ck_assert(hash_bytes(a, 32, 99) != hash_bytes(b, 32, 99));
        uint64_t c[2] = {1, words[i]}, d[2] = {2, words[i]};
        ck_assert(hash_bytes(c, 16, 99) != hash_bytes(d, 16, 99));
        ck_assert(hash_bytes(a, 16, 1) != hash_bytes(a, 16, 2));
    }
}
END_TEST

START_TEST(mix_folds_the_wide_product)
{
    ck_assert(hash_mix(0, 5) == 0);
    ck_assert(hash_mix(3, 5) == 15);
    ck_assert(hash_mix(UINT64_C(1) << 63, 4) == 2);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {hash_depends_on_bytes_length_and_seed,
                            seed_stays_the_same_within_a_process,
                            every_input_bit_matters_everywhere,
                            low_bits_spread_counting_keys,
                            no_known_word_cancels_its_neighbour,
                            mix_folds_the_wide_product,
                            NULL};
    return run_suite(suite_of("base_hash", tests));
}
