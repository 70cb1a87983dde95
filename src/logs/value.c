/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and times out of lines that nobody vouches for.
 *
 * Whole digits go a way of our own, without a copy and exact to the nanosecond (a double in seconds since 1970 is good for
 * 240 ns); what has an exponent is rare and goes through strtod(). */
#include "logs/value.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/time.h"
#include "logs/series.h"

enum {
    NUMBER_MAX = 64, /* bytes of a number with an exponent */
    DATE_LENGTH = 10
};

bool slice_is(struct slice slice, const char *text)
{
    size_t length = strlen(text);
    return slice.length == length && slice.at != NULL && memcmp(slice.at, text, length) == 0;
}

bool slice_take(struct slice *rest, char separator, struct slice *ret_piece)
{
    if (rest->at == NULL)
        return false;
    const char *end = rest->length > 0 ? memchr(rest->at, separator, rest->length) : NULL;
    size_t length = end != NULL ? (size_t)(end - rest->at) : rest->length;
    *ret_piece = (struct slice){.at = rest->at, .length = length};
    *rest = end != NULL ? (struct slice){.at = end + 1, .length = rest->length - length - 1}
                        : (struct slice){0};
    return true;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool with_exponent(struct slice slice, int64_t unit, int64_t *ret_value)
{
    char number[NUMBER_MAX];
    double value = 0.0;
    if (slice.length >= sizeof number)
        return false;
    memcpy(number, slice.at, slice.length);
    number[slice.length] = '\0';
    double limit = (double)SERIES_TIME_MAX / (double)unit * 0.999;
    if (strlen(number) != slice.length || !number_parse_double(number, -limit, limit, &value))
        return false;
    *ret_value = (int64_t)llround(value * (double)unit);
    return true;
}

/* Reads digits from `*at` on as a fraction of `unit`. */
static int64_t read_fraction(struct slice slice, size_t *at, int64_t unit)
{
    int64_t value = 0;
    for (; *at < slice.length && is_digit(slice.at[*at]); (*at)++) {
        unit /= 10;
        value += (slice.at[*at] - '0') * unit;
    }
    return value;
}

bool value_decimal(struct slice slice, int64_t unit, int64_t *ret_value)
{
    int64_t limit = SERIES_TIME_MAX / unit, whole = 0;
    bool negative = slice.length > 0 && slice.at[0] == '-';
    size_t at = negative, start = at;
    for (; at < slice.length && is_digit(slice.at[at]); at++) {
        int64_t digit = slice.at[at] - '0';
        if (whole > (limit - 1 - digit) / 10)
            return false;
        whole = whole * 10 + digit;
    }
    if (at == start)
        return false;
    int64_t value = whole * unit;
    if (at + 1 < slice.length && slice.at[at] == '.' && is_digit(slice.at[at + 1])) {
        at++;
        value += read_fraction(slice, &at, unit);
    }
    if (at < slice.length)
        return (slice.at[at] == 'e' || slice.at[at] == 'E') &&
               with_exponent(slice, unit, ret_value);
    *ret_value = negative ? -value : value;
    return true;
}

/* Reads two digits at `at`, up to `max`. */
static bool read_two(struct slice slice, size_t at, int64_t max, int64_t *ret_value)
{
    if (at + 2 > slice.length || !is_digit(slice.at[at]) || !is_digit(slice.at[at + 1]))
        return false;
    *ret_value = (slice.at[at] - '0') * 10 + (slice.at[at + 1] - '0');
    return *ret_value <= max;
}

static bool has(struct slice slice, size_t at, const char *characters)
{
    return at < slice.length && slice.at[at] != '\0' && strchr(characters, slice.at[at]) != NULL;
}

/* `Z`, `+hh:mm`, `+hhmm`, `+hh` or nothing, up to the end. */
static bool read_offset(struct slice slice, size_t at, int64_t *ret_ns)
{
    int64_t hours = 0, minutes = 0;
    *ret_ns = 0;
    if (at == slice.length)
        return true;
    if (has(slice, at, "Zz"))
        return at + 1 == slice.length;
    if (!has(slice, at, "+-") || !read_two(slice, at + 1, 23, &hours))
        return false;
    size_t end = at + 3;
    if (end < slice.length) {
        end += has(slice, end, ":");
        if (!read_two(slice, end, 59, &minutes) || end + 2 != slice.length)
            return false;
    }
    *ret_ns = (hours * 60 + minutes) * 60 * NS_PER_S * (slice.at[at] == '-' ? -1 : 1);
    return true;
}

/* `hh:mm[:ss[.fraction]]`; moves `*at` behind it.  A leap second is the second after. */
static bool read_clock(struct slice slice, size_t *at, int64_t *ret_ns)
{
    int64_t hours = 0, minutes = 0, seconds = 0, fraction = 0;
    if (!read_two(slice, *at, 23, &hours) || !has(slice, *at + 2, ":") ||
        !read_two(slice, *at + 3, 59, &minutes))
        return false;
    *at += 5;
    if (has(slice, *at, ":")) {
        if (!read_two(slice, *at + 1, 60, &seconds))
            return false;
        *at += 3;
        if (has(slice, *at, ".,") && *at + 1 < slice.length && is_digit(slice.at[*at + 1])) {
            (*at)++;
            fraction = read_fraction(slice, at, NS_PER_S);
        }
    }
    *ret_ns = ((hours * 60 + minutes) * 60 + seconds) * NS_PER_S + fraction;
    return true;
}

static bool read_calendar(struct slice slice, int64_t *ret_ns)
{
    char date[DATE_LENGTH + 1];
    int64_t day_ns = 0, clock_ns = 0, offset_ns = 0;
    size_t at = DATE_LENGTH + 1;
    if (!has(slice, DATE_LENGTH, "Tt "))
        return false;
    memcpy(date, slice.at, DATE_LENGTH);
    date[DATE_LENGTH] = '\0';
    if (!time_parse_date(date, &day_ns) || !read_clock(slice, &at, &clock_ns) ||
        !read_offset(slice, at, &offset_ns))
        return false;
    if (day_ns <= -SERIES_TIME_MAX + 3 * NS_PER_DAY || day_ns >= SERIES_TIME_MAX - 3 * NS_PER_DAY)
        return false;
    *ret_ns = day_ns + clock_ns - offset_ns;
    return true;
}

bool value_time(struct slice slice, int64_t *ret_ns)
{
    if (has(slice, 4, "-"))
        return read_calendar(slice, ret_ns) || value_decimal(slice, NS_PER_S, ret_ns);
    return value_decimal(slice, NS_PER_S, ret_ns);
}
