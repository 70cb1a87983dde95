/* SPDX-License-Identifier: Apache-2.0 */
/* Time as text.  Civil dates by the days-from-civil arithmetic on a year that starts in March
 * (https://howardhinnant.github.io/date_algorithms.html); gmtime_r() is four times slower and one
 * time stamp is written for each event. */
#include "base/time.h"

#include <string.h>

struct civil {
    int64_t year;
    unsigned month, day, hour, minute, second;
    uint32_t nanosecond;
};

static void civil_from_days(int64_t days, struct civil *ret)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned day_of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted_month = (5 * day_of_year + 2) / 153;
    ret->day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    ret->month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    ret->year = (int64_t)year_of_era + era * 400 + (ret->month <= 2);
}

static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned year_of_era = (unsigned)(year - era * 400);
    unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + (int64_t)day_of_era - 719468;
}

static void civil_from_ns(int64_t ts_ns, struct civil *ret)
{
    int64_t seconds = ts_ns / NS_PER_S;
    int64_t rest = ts_ns % NS_PER_S;
    if (rest < 0) {
        rest += NS_PER_S;
        seconds--;
    }
    int64_t days = seconds / 86400;
    int64_t second_of_day = seconds % 86400;
    if (second_of_day < 0) {
        second_of_day += 86400;
        days--;
    }
    civil_from_days(days, ret);
    ret->hour = (unsigned)(second_of_day / 3600);
    ret->minute = (unsigned)(second_of_day / 60 % 60);
    ret->second = (unsigned)(second_of_day % 60);
    ret->nanosecond = (uint32_t)rest;
}

/* Writes `value` as exactly `digits` decimal digits. */
static char *put_digits(char *out, uint32_t value, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

static char *put_date_time(char *out, const struct civil *civil)
{
    out = put_digits(out, (uint32_t)civil->year, 4);
    *out++ = '-';
    out = put_digits(out, civil->month, 2);
    *out++ = '-';
    out = put_digits(out, civil->day, 2);
    *out++ = 'T';
    out = put_digits(out, civil->hour, 2);
    *out++ = ':';
    out = put_digits(out, civil->minute, 2);
    *out++ = ':';
    out = put_digits(out, civil->second, 2);
    *out++ = '.';
    return out;
}

/* int64_t nanoseconds reach from 1677 to 2262, so that the year always has four digits. */
size_t time_text(int64_t ts_ns, char ret_text[static TIME_TEXT_MAX])
{
    struct civil civil;
    civil_from_ns(ts_ns, &civil);
    char *out = put_date_time(ret_text, &civil);
    out = put_digits(out, civil.nanosecond / 1000, 6);
    memcpy(out, "+0000", 6);
    return (size_t)(out + 5 - ret_text);
}

size_t time_text_ns(int64_t ts_ns, char ret_text[static TIME_TEXT_MAX])
{
    struct civil civil;
    civil_from_ns(ts_ns, &civil);
    char *out = put_date_time(ret_text, &civil);
    out = put_digits(out, civil.nanosecond, 9);
    memcpy(out, "Z", 2);
    return (size_t)(out + 1 - ret_text);
}

void time_date_text(int64_t ts_ns, char ret_text[static TIME_TEXT_MAX])
{
    (void)time_text(ts_ns, ret_text);
    ret_text[10] = '\0';
}

/* Not sscanf(): it takes signs and white space for parts of a number. */
static bool take_digits(const char *text, unsigned count, unsigned *ret_value)
{
    unsigned value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *ret_value = value;
    return true;
}

bool time_parse_date(const char *text, int64_t *ret_ns)
{
    unsigned year = 0, month = 0, day = 0;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    if (!take_digits(text, 4, &year) || !take_digits(text + 5, 2, &month) ||
        !take_digits(text + 8, 2, &day))
        return false;
    if (year < 1700 || year > 2261 || month < 1 || month > 12 || day < 1)
        return false;
    int64_t days = days_from_civil(year, month, day);
    struct civil back;
    civil_from_days(days, &back);
    if (back.day != day || back.month != month)
        return false;
    *ret_ns = days * NS_PER_DAY;
    return true;
}

int64_t time_add(int64_t ts_ns, int64_t span_ns)
{
    int64_t sum = 0;
    if (__builtin_add_overflow(ts_ns, span_ns, &sum))
        return span_ns > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}
