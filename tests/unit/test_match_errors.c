/* SPDX-License-Identifier: Apache-2.0 */
/* What each mistake in a signature file says, and where. */
#include "run.h"
#include "test_match_set.h"

struct mistake {
    const char *text, *sentence;
};

static void check_file(const char *path, const struct mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = mistakes[i].text;
        struct error err = {""};
        struct signatures *set = signatures_load_text(path, text, strlen(text), &err);
        ck_assert_msg(set == NULL, "loaded, instead of: %s", mistakes[i].sentence);
        ck_assert_msg(strcmp(err.text, mistakes[i].sentence) == 0, "got '%s', want '%s'", err.text,
                      mistakes[i].sentence);
    }
}

#define CHECK(path, mistakes) check_file(path, mistakes, sizeof(mistakes) / sizeof *(mistakes))

START_TEST(vendor_head_is_checked)
{
    static const struct mistake mistakes[] = {
        {"", "acme.yaml:1:1: 'vendor' is missing"},
        {"- a\n", "acme.yaml:1:1: this must be a map of keys"},
        {"vendor: acme\nname: A\nrevised: 2026-01-01\n",
         "acme.yaml:1:1: 'jurisdiction' is missing in the file of vendor 'acme'"},
        {"vendor: acme\nrevised: 2026-01-01\n", "acme.yaml:1:1: 'name' is missing"},
        {"vendor: acme\nname: A\njurisdiction: DE\n", "acme.yaml:1:1: 'revised' is missing"},
        {"vendor: zeta\nname: Z\nrevised: 2026-01-01\n",
         "acme.yaml:1:9: vendor 'zeta' has to stand in a file 'zeta.yaml'"},
        {"vendor: acm\nname: Z\nrevised: 2026-01-01\n",
         "acme.yaml:1:9: vendor 'acm' has to stand in a file 'acm.yaml'"},
        {"vendor: Acme\nname: Z\nrevised: 2026-01-01\n",
         "acme.yaml:1:9: bad id 'Acme': write small letters, digits and '-'"},
        {"vendor: ''\nname: Z\nrevised: 2026-01-01\n", "acme.yaml:1:9: 'vendor' is empty"},
        {"vendor: [acme]\nname: Z\nrevised: 2026-01-01\n",
         "acme.yaml:1:9: 'vendor' must be a single value"},
        {"vendor: acme\nname: A\njurisdiction: DE\nrevised: 2026-02-30\n",
         "acme.yaml:4:10: bad date '2026-02-30': write year-month-day, such as 2026-01-31"},
        {"vendor: acme\nname: A\njurisdiction: de\nrevised: 2026-02-03\n",
         "acme.yaml:3:15: bad country 'de': write two capital letters of ISO 3166-1"},
        {"vendor: acme\nname: A\njurisdiction: XX\nrevised: 2026-02-03\n",
         "acme.yaml:3:15: bad country 'XX': write two capital letters of ISO 3166-1"},
        {"vendor: acme\nname: A\njurisdiction: DEU\nrevised: 2026-02-03\n",
         "acme.yaml:3:15: bad country 'DEU': write two capital letters of ISO 3166-1"},
        {"vendor: acme\nname: A\njurisdiction: \" D\"\nrevised: 2026-02-03\n",
         "acme.yaml:3:15: bad country ' D': write two capital letters of ISO 3166-1"},
        {VENDOR "servces: []\n", "acme.yaml:7:1: unknown key 'servces' (did you mean 'services'?)"},
        {VENDOR "brands: Acme\n", "acme.yaml:7:9: 'brands' must be a list"},
        {VENDOR "brands: [Acme, '']\n", "acme.yaml:7:16: an empty value"},
        {VENDOR "brands: [[Acme]]\n", "acme.yaml:7:10: this must be a single value"},
        {VENDOR "parent: {name: X, land: DE}\n", "acme.yaml:7:19: unknown key 'land'"},
        {VENDOR "parent: {country: DE}\n", "acme.yaml:7:9: 'name' is missing"},
        {VENDOR "entities: X\n", "acme.yaml:7:11: 'entities' must be a list"},
        {VENDOR "entities: [{name: X, country: Germany}]\n",
         "acme.yaml:7:31: bad country 'Germany': write two capital letters of ISO 3166-1"},
        {VENDOR "regimes: x\n", "acme.yaml:7:10: 'regimes' must be a list"},
        {"vendor: [acme\n",
         "acme.yaml:2:1: did not find expected ',' or ']' while parsing a flow sequence"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(sources_and_products_are_checked)
{
#define BARE "vendor: acme\nname: Acme\njurisdiction: DE\nrevised: 2026-01-02\n"
    static const struct mistake mistakes[] = {
        {BARE "sources: [a]\n", "acme.yaml:5:10: 'sources' must be a map of keys"},
        {BARE "sources: {a: [b]}\n", "acme.yaml:5:14: 'a' must be a single value"},
        {BARE "products: x\n", "acme.yaml:5:11: 'products' must be a map of keys"},
        {BARE "products: {p: {name: P}}\n", "acme.yaml:5:15: 'kind' is missing"},
        {BARE "products: {p: {name: P, kind: endpont}}\n",
         "acme.yaml:5:31: unknown kind 'endpont' (did you mean 'endpoint'?)"},
        {BARE "products: {p: {name: P, sort: x}}\n", "acme.yaml:5:25: unknown key 'sort'"},
        {BARE "services: [{id: a, name: A, purpose: update, confidence: seen, source: s}]\n",
         "acme.yaml:5:72: unknown source 's'"},
        {BARE "sources: {s: x}\nservices: [{id: a, name: A, product: p, purpose: update, "
              "confidence: seen, source: s}]\n",
         "acme.yaml:6:38: unknown product 'p'"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(collections_hold_only_negatives)
{
#define COLLECTION "vendor: shared\nname: S\nrevised: 2026-01-01\n"
    static const struct mistake mistakes[] = {
        {COLLECTION "jurisdiction: DE\n",
         "shared.yaml:1:1: 'shared' is no vendor and has no 'jurisdiction'"},
        {COLLECTION "services: []\n", "shared.yaml:4:1: unknown key 'services'"},
    };
    CHECK("shared.yaml", mistakes);
}
END_TEST

START_TEST(services_are_checked)
{
#define ONE(fields) VENDOR "services:\n  - {" fields "}\n"
    static const struct mistake mistakes[] = {
        {VENDOR "services: {}\n", "acme.yaml:7:11: 'services' must be a list"},
        {VENDOR "services: [a]\n", "acme.yaml:7:12: this must be a map of keys"},
        {ONE("id: a, name: N, purpose: update, confidence: seen"),
         "acme.yaml:8:5: 'source' is missing"},
        {ONE("id: a, name: N, purpose: update, source: s"),
         "acme.yaml:8:5: 'confidence' is missing"},
        {ONE("id: a, name: N, purpose: updat, confidence: seen, source: s"),
         "acme.yaml:8:31: unknown purpose 'updat' (did you mean 'update'?)"},
        {ONE("id: a, name: N, purpose: update, confidence: sen, source: s"),
         "acme.yaml:8:51: unknown confidence 'sen' (did you mean 'seen'?)"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: u"),
         "acme.yaml:8:65: unknown source 'u' (did you mean 's'?)"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: [s, xyzzy]"),
         "acme.yaml:8:69: unknown source 'xyzzy'"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: []"),
         "acme.yaml:8:65: 'source' is empty"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: [[s]]"),
         "acme.yaml:8:66: this must be a single value"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: {s: t}"),
         "acme.yaml:8:65: 'source' must be a single value"},
        {ONE("id: a, product: r, name: N, purpose: update, confidence: seen, source: s"),
         "acme.yaml:8:22: unknown product 'r' (did you mean 'p'?)"},
        {ONE("id: a, product: [p], name: N, purpose: update, confidence: seen, source: s"),
         "acme.yaml:8:22: 'product' must be a single value"},
        {ONE("id: A b, name: N, purpose: update, confidence: seen, source: s"),
         "acme.yaml:8:10: bad id 'A b': write small letters, digits and '-'"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: s, host: [x.y]"),
         "acme.yaml:8:68: unknown key 'host' (did you mean 'hosts'?)"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: s"),
         "acme.yaml:8:5: nothing to match is listed here"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: s, hosts: []"),
         "acme.yaml:8:5: nothing to match is listed here"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: s, hosts: x.y"),
         "acme.yaml:8:75: 'hosts' must be a list"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: s, hosts: [{a: b}]"),
         "acme.yaml:8:76: this must be a single value"},
        {ONE("id: a, name: N, purpose: update, confidence: seen, source: s, hosts: ['']"),
         "acme.yaml:8:76: an empty value"},
        {VENDOR SERVICES ITEM("a", "seen", "hosts: [x.y]") ITEM("b", "seen", "hosts: [x.y]")
             ITEM("a", "seen", "hosts: [x.y]"),
         "acme.yaml:10:10: the id 'a' stands for another service already"},
        {ONE("id: a, name: N, purpose: oem_update, confidence: seen, source: s, embedder: {id: x}"),
         "acme.yaml:8:82: 'name' is missing"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

/* A service with one list at column 71 of line 8. */
#define LISTED(list)                                                                               \
    VENDOR "services:\n  - {id: a, name: N, purpose: update, confidence: seen, source: s, " list   \
           "}\n"

START_TEST(host_names_are_checked)
{
#define HOST(value, why)                                                                           \
    {                                                                                              \
        LISTED("hosts: [\"" value "\"]"), "acme.yaml:8:76: bad host name '" value "': " why        \
    }
    static const struct mistake mistakes[] = {
        HOST("A.example", "host names are in lower case"),
        HOST("a b.example", "white space in a host name"),
        HOST("a..example", "an empty label"),
        HOST("..example.com", "an empty label"),
        HOST("a.example.", "an empty label"),
        HOST(".", "an empty name"),
        HOST("a/b.example", "a character that host names do not have"),
        HOST("b\303\274.example", "write international names in their xn-- form"),
        HOST("192.0.2.1", "an address; it belongs under 'prefixes'"),
        HOST("2001:db8::1", "an address; it belongs under 'prefixes'"),
        HOST("com", "at least two labels are needed, the last two without wildcards"),
        HOST(".com", "at least two labels are needed, the last two without wildcards"),
        HOST("*.com", "at least two labels are needed, the last two without wildcards"),
        HOST("a.*", "at least two labels are needed, the last two without wildcards"),
        HOST("a.example.c?m", "at least two labels are needed, the last two without wildcards"),
        HOST(".a*.example.com", "either a leading dot or wildcards, not both"),
        HOST("a123456789012345678901234567890123456789012345678901234567890123.example",
             "a label of more than 63 characters"),
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(overlong_host_name_is_refused)
{
    char text[2048] = VENDOR
        "services:\n  - {id: a, name: N, purpose: update, confidence: seen, source: s, hosts: [";
    for (int i = 0; i < 50; i++)
        strcat(text, "label.");
    strcat(text, "example]}\n");
    struct error err = {""};
    ck_assert_ptr_null(signatures_load_text("acme.yaml", text, strlen(text), &err));
    ck_assert_ptr_nonnull(strstr(err.text, "': longer than 253 characters"));
}
END_TEST

START_TEST(ports_are_checked)
{
#define PORT(value)                                                                                \
    {                                                                                              \
        LISTED("ports: [\"" value "\"]"),                                                          \
            "acme.yaml:8:76: bad port '" value "': write tcp/443, udp/443 or tcp/1000-1099"        \
    }
    static const struct mistake mistakes[] = {
        PORT("443"),
        PORT("sctp/443"),
        PORT("tcp/0"),
        PORT("tcp/65536"),
        PORT("tcp/"),
        PORT("tcp/20-10"),
        PORT("tcp/10-"),
        PORT("tcp/-10"),
        PORT("tcp/1-2-3"),
        PORT("TCP/443"),
        PORT("tcp/000000443"),
        PORT("udp/4 4"),
        {LISTED("ports: [tcp/1-1025]"),
         "acme.yaml:8:76: bad port 'tcp/1-1025': a range has at most 1024 ports"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(http_values_are_checked)
{
    static const struct mistake mistakes[] = {
        {LISTED("user_agents: [abc]"),
         "acme.yaml:8:82: bad user agent 'abc': at least 4 characters are needed"},
        {LISTED("user_agents: ['re:^a(b']"),
         "acme.yaml:8:82: bad expression '^a(b': missing closing parenthesis at offset 4"},
        {LISTED("uris: ['re:[z-a]']"),
         "acme.yaml:8:75: bad expression '[z-a]': range out of order in character class at offset "
         "3"},
        {LISTED("uris: ['re:(*UTF)a']"),
         "acme.yaml:8:75: bad expression '(*UTF)a': using UTF is disabled by the application at "
         "offset 6"},
        {LISTED("uris: [a/b]"),
         "acme.yaml:8:75: bad path 'a/b': write '/' and more, or 're:' and an expression"},
        {LISTED("uris: [/]"),
         "acme.yaml:8:75: bad path '/': write '/' and more, or 're:' and an expression"},
        {LISTED("headers: ['X-A: b']"), "acme.yaml:8:78: bad header 'X-A: b': write only its name"},
        {LISTED("headers: ['X A']"), "acme.yaml:8:78: bad header 'X A': write only its name"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(tls_and_protocol_values_are_checked)
{
    static const struct mistake mistakes[] = {
        {LISTED("ja3: [\"0123\"]"),
         "acme.yaml:8:74: bad JA3 '0123': write 32 hexadecimal digits in lower case"},
        {LISTED("ja3: [\"0123456789ABCDEF0123456789ABCDEF\"]"),
         "acme.yaml:8:74: bad JA3 '0123456789ABCDEF0123456789ABCDEF': write 32 hexadecimal digits "
         "in lower case"},
        {LISTED("ndpi: [\"A B\"]"), "acme.yaml:8:75: bad nDPI name 'A B': write one word"},
        {LISTED("certificates: [CN=X]"),
         "acme.yaml:8:83: bad certificate 'CN=X': write issuer:CN=... or subject:CN=..."},
        {LISTED("certificates: [\"issuer:\"]"),
         "acme.yaml:8:83: bad certificate 'issuer:': '' is no part of a name such as CN=Example"},
        {LISTED("certificates: [\"issuer:Acme\"]"),
         "acme.yaml:8:83: bad certificate 'issuer:Acme': 'Acme' is no part of a name such as "
         "CN=Example"},
        {LISTED("certificates: [\"issuer:=Acme\"]"),
         "acme.yaml:8:83: bad certificate 'issuer:=Acme': '=Acme' is no part of a name such as "
         "CN=Example"},
        {LISTED("certificates: [\"issuer:C=D\"]"),
         "acme.yaml:8:83: bad certificate 'issuer:C=D': 'C=D' is no part of a name such as "
         "CN=Example"},
        {LISTED("certificates: [\"subject:CN=Acme, \"]"),
         "acme.yaml:8:83: bad certificate 'subject:CN=Acme, ': '' is no part of a name such as "
         "CN=Example"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(networks_are_checked)
{
#define NET(fields) VENDOR "networks:\n  - {name: N, confidence: seen, source: s, " fields "}\n"
    static const struct mistake mistakes[] = {
        {VENDOR "networks: x\n", "acme.yaml:7:11: 'networks' must be a list"},
        {VENDOR "networks: [{name: N, source: s}]\n", "acme.yaml:7:12: 'confidence' is missing"},
        {NET("cidr: [a]"), "acme.yaml:8:44: unknown key 'cidr'"},
        {NET("dated: 2026"),
         "acme.yaml:8:51: bad date '2026': write year-month-day, such as 2026-01-31"},
        {NET("country: de"),
         "acme.yaml:8:53: bad country 'de': write two capital letters of ISO 3166-1"},
        {NET("asns: []"), "acme.yaml:8:5: nothing to match is listed here"},
        {NET("asns: [64500]"), "acme.yaml:8:51: bad AS number '64500': write AS and digits"},
        {NET("asns: [AS0]"), "acme.yaml:8:51: bad AS number 'AS0': write AS and digits"},
        {NET("asns: [AS4294967296]"),
         "acme.yaml:8:51: bad AS number 'AS4294967296': write AS and digits"},
        {NET("prefixes: [192.0.2.1/24]"),
         "acme.yaml:8:55: bad prefix '192.0.2.1/24': write an address and a length, no bits set "
         "behind it"},
        {NET("prefixes: [192.0.2.0/33]"),
         "acme.yaml:8:55: bad prefix '192.0.2.0/33': write an address and a length, no bits set "
         "behind it"},
        {NET("prefixes: [a.example]"),
         "acme.yaml:8:55: bad prefix 'a.example': write an address and a length, no bits set "
         "behind it"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(negatives_are_checked)
{
#define NO(fields) VENDOR "not:\n  - {confidence: seen, source: s, " fields "}\n"
    static const struct mistake mistakes[] = {
        {NO("hosts: [a.example]"), "acme.yaml:8:5: 'reason' is missing"},
        {NO("reason: web-site, hosts: [a.example]"),
         "acme.yaml:8:43: unknown reason 'web-site' (did you mean 'website'?)"},
        {NO("reason: website, user_agents: [abcd]"), "acme.yaml:8:52: unknown key 'user_agents'"},
        {NO("reason: website"), "acme.yaml:8:5: nothing to match is listed here"},
        {NO("reason: website, hosts: [A.example]"),
         "acme.yaml:8:60: bad host name 'A.example': host names are in lower case"},
    };
    CHECK("acme.yaml", mistakes);
}
END_TEST

START_TEST(regimes_are_checked)
{
#define REGIME(fields)                                                                             \
    "regimes:\n  - {id: r, title: T, authority: A, country: US, vendors: [], " fields "}\n"
    static const struct mistake mistakes[] = {
        {"regimes: x\n", "regimes.yaml:1:10: 'regimes' must be a list"},
        {"regimes: []\nnames: x\n", "regimes.yaml:2:1: unknown key 'names'"},
        {"regimes: [{id: r}]\n", "regimes.yaml:1:11: 'title' is missing"},
        {REGIME("covers: [brande]"),
         "regimes.yaml:2:72: unknown cover 'brande' (did you mean 'branded'?)"},
        {REGIME("issued: soon"),
         "regimes.yaml:2:71: bad date 'soon': write year-month-day, such "
         "as 2026-01-31"},
        {REGIME("deadlines: x"), "regimes.yaml:2:74: 'deadlines' must be a list"},
        {REGIME("deadlines: [{days: 3}]"), "regimes.yaml:2:75: 'what' is missing"},
        {REGIME("deadlines: [{what: x}]"), "regimes.yaml:2:75: a deadline needs 'days' or 'due'"},
        {REGIME("deadlines: [{what: x, days: -1}]"),
         "regimes.yaml:2:91: bad number of days '-1': write 0 to 36525"},
        {REGIME("deadlines: [{what: x, due: 2026-13-01}]"),
         "regimes.yaml:2:90: bad date '2026-13-01': write year-month-day, such as 2026-01-31"},
        {REGIME("confidence: sure"), "regimes.yaml:2:75: unknown confidence 'sure'"},
        {"regimes:\n  - {id: r, title: T, authority: A, country: US, vendors: x}\n",
         "regimes.yaml:2:59: 'vendors' must be a list"},
        {REGIME("note: a") "  - {id: r, title: T, authority: A, country: US, vendors: []}\n",
         "regimes.yaml:3:10: the id 'r' stands for another regime already"},
    };
    CHECK("regimes.yaml", mistakes);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {vendor_head_is_checked,
                                  sources_and_products_are_checked,
                                  collections_hold_only_negatives,
                                  services_are_checked,
                                  host_names_are_checked,
                                  overlong_host_name_is_refused,
                                  ports_are_checked,
                                  http_values_are_checked,
                                  tls_and_protocol_values_are_checked,
                                  networks_are_checked,
                                  negatives_are_checked,
                                  regimes_are_checked,
                                  NULL};
    return run_suite(suite_of("match_errors", tests));
}
