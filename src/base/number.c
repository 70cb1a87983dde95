/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with units, read with every range checked. */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"

bool number_parse_u64(const char *text, uint64_t max, uint64_t *ret_value)
{
    if (!isdigit((unsigned char)text[0]))
        return false;
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || value > max)
        return false;
    *ret_value = value;
    return true;
}

bool number_parse_duration(const char *text, int64_t *ret_ns)
{
    static const struct {
        const char *unit;
        int64_t ns;
    } units[] = {{"", NS_PER_S},       {"ns", 1},
                 {"us", NS_PER_US},    {"ms", NS_PER_MS},
                 {"s", NS_PER_S},      {"min", 60 * NS_PER_S},
                 {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
                 {"d", NS_PER_DAY}};
    if (!isdigit((unsigned char)text[0]))
        return false;
    size_t digits = strspn(text, "0123456789.");
    char number[32];
    if (digits >= sizeof number)
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    char *end = NULL;
    double value = strtod(number, &end);
    if (*end != '\0' || number[digits - 1] == '.')
        return false;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(text + digits, units[i].unit) != 0)
            continue;
        double ns = value * (double)units[i].ns;
        if (!(ns < 9.2e18))
            return false;
        *ret_ns = (int64_t)llround(ns);
        return true;
    }
    return false;
}

bool number_parse_size(const char *text, uint64_t *ret_bytes)
{
    static const struct {
        const char *unit;
        unsigned shift;
    } units[] = {{"", 0},     {"B", 0},  {"KiB", 10}, {"k", 10}, {"K", 10},
                 {"MiB", 20}, {"M", 20}, {"GiB", 30}, {"G", 30}};
    if (!isdigit((unsigned char)text[0]))
        return false;
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(end, units[i].unit) != 0)
            continue;
        if (value > UINT64_MAX >> units[i].shift)
            return false;
        *ret_bytes = (uint64_t)value << units[i].shift;
        return true;
    }
    return false;
}

bool number_parse_double(const char *text, double min, double max, double *ret_value)
{
    if (!isdigit((unsigned char)text[0]) && text[0] != '-' && text[0] != '.')
        return false;
    if (strpbrk(text, "xXnN") != NULL)
        return false;
    char *end = NULL;
    double value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value) || value < min || value > max)
        return false;
    *ret_value = value;
    return true;
}
