/* SPDX-License-Identifier: Apache-2.0 */
/* The questions that the rest of the program asks a policy.
 *
 * All are short linear searches: a policy holds some dozen prefixes, countries and exceptions, and
 * is asked once for each contact, not for each packet.  A hash table was no faster below a hundred
 * entries and would lose the order of the exceptions, which is their meaning: the first that
 * matches decides. */
#include "alert/policy.h"

#include <stdlib.h>
#include <string.h>

static void free_all(char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(strings[i]);
    free(strings);
}

void policy_done(struct policy *policy)
{
    for (size_t i = 0; i < policy->exception_count; i++) {
        struct policy_exception *exception = &policy->exceptions[i];
        free(exception->vendor);
        free(exception->service);
        free(exception->name);
        free(exception->reason);
    }
    free(policy->exceptions);
    free(policy->home_networks);
    free(policy->jurisdictions);
    free_all(policy->vendors, policy->vendor_count);
    free_all(policy->regimes, policy->regime_count);
    free(policy->digest);
    *policy = (struct policy){0};
}

bool policy_is_home(const struct policy *policy, const struct addr *addr)
{
    for (size_t i = 0; i < policy->home_count; i++)
        if (prefix_contains(&policy->home_networks[i], addr))
            return true;
    return false;
}

bool policy_concerns_country(const struct policy *policy, const char *country)
{
    if (country == NULL || country[0] == '\0')
        return false;
    for (size_t i = 0; i < policy->jurisdiction_count; i++)
        if (strcmp(policy->jurisdictions[i], country) == 0)
            return true;
    return false;
}

static bool has_string(char *const *strings, size_t count, const char *wanted)
{
    if (wanted == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(strings[i], wanted) == 0)
            return true;
    return false;
}

bool policy_concerns_vendor(const struct policy *policy, const char *vendor_id)
{
    return has_string(policy->vendors, policy->vendor_count, vendor_id);
}

bool policy_has_regime(const struct policy *policy, const char *regime_id)
{
    return has_string(policy->regimes, policy->regime_count, regime_id);
}

/* True where `wanted` is NULL (any) or the same text. */
static bool same_or_any(const char *wanted, const char *text)
{
    return wanted == NULL || (text != NULL && strcmp(wanted, text) == 0);
}

/* True where `wanted` is NULL, the very name, or `.suffix` of it.  `.example.org` holds example.org
 * and everything below it, and never notexample.org. */
static bool name_matches(const char *wanted, const char *name)
{
    if (wanted == NULL || name == NULL || wanted[0] != '.')
        return same_or_any(wanted, name);
    size_t name_length = strlen(name), suffix_length = strlen(wanted);
    if (name_length + 1 == suffix_length)
        return strcmp(name, wanted + 1) == 0;
    return name_length >= suffix_length &&
           strcmp(name + (name_length - suffix_length), wanted) == 0;
}

static bool asset_matches(const struct policy_exception *exception, const struct addr *asset)
{
    if (!exception->has_asset)
        return true;
    return asset != NULL && prefix_contains(&exception->asset, asset);
}

const struct policy_exception *policy_find_exception(const struct policy *policy,
                                                     const char *vendor_id, const char *service_id,
                                                     const char *name, const struct addr *asset,
                                                     int64_t now_ns)
{
    for (size_t i = 0; i < policy->exception_count; i++) {
        const struct policy_exception *exception = &policy->exceptions[i];
        bool in_force = exception->expires_ns == 0 || now_ns < exception->expires_ns;
        if (in_force && same_or_any(exception->vendor, vendor_id) &&
            same_or_any(exception->service, service_id) && name_matches(exception->name, name) &&
            asset_matches(exception, asset))
            return exception;
    }
    return NULL;
}
