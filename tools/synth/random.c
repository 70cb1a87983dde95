/* SPDX-License-Identifier: Apache-2.0 */
/* SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, and any two seeds give unrelated
 * streams, which is what many small generators need.  Not for secrets. */
#include "random.h"

#include "base/text.h"

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct random random_of(uint64_t seed, uint64_t stream)
{
    return (struct random){.state = mix(seed ^ mix(stream + UINT64_C(0x9e3779b97f4a7c15)))};
}

uint64_t random_next(struct random *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(random->state);
}

uint64_t random_between(struct random *random, uint64_t low, uint64_t high)
{
    if (high <= low)
        return low;
    uint64_t span = high - low + 1;
    return span == 0 ? random_next(random) : low + random_next(random) % span;
}

double random_unit(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

bool random_chance(struct random *random, double share)
{
    return share > 0.0 && random_unit(random) < share;
}

void random_bytes(struct random *random, struct text *out, size_t count)
{
    while (count > 0) {
        uint64_t word = random_next(random);
        size_t part = count < sizeof word ? count : sizeof word;
        uint8_t bytes[8];
        for (unsigned i = 0; i < 8; i++)
            bytes[i] = (uint8_t)(word >> (8 * i));
        text_add_bytes(out, bytes, part);
        count -= part;
    }
}
