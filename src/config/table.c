/* SPDX-License-Identifier: Apache-2.0 */
/* Every option of the program, one row each.  The file reader, `--set`, the sample file, the help
 * and the list of effective settings are all made from these rows, so that none of them can say
 * something else than the others.  To add an option, add a field to struct settings and a row here.
 */
#include "config/table.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "config/settings.h"

#define AT(field) .offset = offsetof(struct settings, field)
#define LIST(field, count)                                                                         \
    .offset = offsetof(struct settings, field), .count_offset = offsetof(struct settings, count)

static const char *const ndpi_words[] = {"rest", "all", NULL};
static const char *const mode_words[] = {"list", "channel", "stream", NULL};

static const struct option_group groups[] = {
    {"sensor", "The sensor itself."},
    {"capture", "Where packets come from."},
    {"decode", "From frames to IP packets."},
    {"flow", "The flow table: how many conversations are kept, and when one is over."},
    {"classify", "Which application a flow is."},
    {"names", "Passive DNS: the name that a machine last got an address for."},
    {"signatures", "What vendors' endpoints look like."},
    {"geo", "Where addresses are, by databases in MaxMind's format."},
    {"behave", "Behaviour: beacons, uploads, long sessions."},
    {"asset", "What runs on each machine."},
    {"events", "Events as JSON lines in a file."},
    {"redis", "Events to Redis."},
    {"policy", "What you care about.  Signatures hold facts; this holds your judgement."},
};

static const struct option options[] = {
    {"sensor.name", OPTION_TEXT, AT(sensor.name), .preset = "telltale",
     .help =
         "Name of this sensor in every event (`host`).  Not the host's name by default, so that "
         "a replay gives the same events on every machine."},
    {"sensor.stats_interval", OPTION_DURATION, AT(sensor.stats_interval_ns), .min = "0s",
     .max = "1d", .preset = "1min",
     .help = "A `stats` event with all counters each time this has passed (by packet time); also "
             "the heartbeat.  0 for none but the last."},

    {"capture.filter", OPTION_TEXT, AT(capture.filter), .preset = "",
     .help = "Packet filter in pcap-filter(7) syntax; empty for every packet."},
    {"capture.snaplen", OPTION_U32, AT(capture.snaplen), .min = "96", .max = "262144",
     .preset = "262144",
     .help = "Bytes kept of each packet.  Below 1600, names in TLS hellos and certificates are "
             "lost."},
    {"capture.buffer", OPTION_SIZE, AT(capture.buffer_bytes), .min = "1MiB", .max = "2GiB",
     .preset = "64MiB",
     .help = "Kernel buffer of a live capture.  More survives longer bursts and costs its size in "
             "memory."},
    {"capture.promiscuous", OPTION_BOOL, AT(capture.promiscuous), .preset = "true",
     .help = "Also take packets that are not for this interface; needed on a tap or mirror port."},
    {"capture.timeout", OPTION_DURATION, AT(capture.timeout_ns), .min = "1ms", .max = "10s",
     .preset = "10ms",
     .help = "How long the kernel may hold packets back to hand over more at once.  Shorter is a "
             "faster alert and more wake-ups."},

    {"decode.fragments", OPTION_SIZE, AT(decode.fragment_bytes), .min = "64KiB", .max = "1GiB",
     .preset = "16MiB", .help = "Memory for IP fragments that wait for the others."},
    {"decode.fragment_datagrams", OPTION_U32, AT(decode.fragment_datagrams), .min = "16",
     .max = "1000000", .preset = "4096",
     .help = "IP datagrams in reassembly at once; the oldest is given up past it."},
    {"decode.recognise_copies", OPTION_BOOL, AT(decode.recognise_copies), .preset = "true",
     .help = "Count a packet once that a mirror port delivers twice (or once for each VLAN)."},
    {"decode.copy_window", OPTION_DURATION, AT(decode.copy_window_ns), .min = "1us", .max = "1s",
     .preset = "1ms", .help = "How far apart such copies may be."},
    {"decode.tunnel_depth", OPTION_U32, AT(decode.tunnel_depth), .min = "0", .max = "32",
     .preset = "8", .help = "Tunnels inside tunnels that are looked into; 0 for none."},

    {"flow.flows_max", OPTION_U32, AT(flow.flows_max), .min = "1000", .max = "50000000",
     .preset = "1000000",
     .help = "Flows kept at once.  At the bound the one unseen longest is ended for each new one, "
             "and counted as evicted."},
    {"flow.tcp_idle", OPTION_DURATION, AT(flow.tcp_idle_ns), .min = "1s", .max = "7d",
     .preset = "10min",
     .help = "A TCP connection is over after this without a packet.  Push channels of endpoint "
             "software often speak only every few minutes: shorter cuts one session into many."},
    {"flow.tcp_new_idle", OPTION_DURATION, AT(flow.tcp_new_idle_ns), .min = "1s", .max = "1d",
     .preset = "1min", .help = "The same while only one side was seen (scans, one-way taps)."},
    {"flow.tcp_closed", OPTION_DURATION, AT(flow.tcp_closed_ns), .min = "0s", .max = "1h",
     .preset = "10s", .help = "How long a closed TCP connection is kept for late packets."},
    {"flow.udp_idle", OPTION_DURATION, AT(flow.udp_idle_ns), .min = "1s", .max = "7d",
     .preset = "1min", .help = "A UDP flow is over after this without a packet."},
    {"flow.dns_idle", OPTION_DURATION, AT(flow.dns_idle_ns), .min = "1s", .max = "7d",
     .preset = "10s", .help = "The same for an answered DNS look-up."},
    {"flow.icmp_idle", OPTION_DURATION, AT(flow.icmp_idle_ns), .min = "1s", .max = "7d",
     .preset = "30s", .help = "The same for ICMP and ICMPv6."},
    {"flow.other_idle", OPTION_DURATION, AT(flow.other_idle_ns), .min = "1s", .max = "7d",
     .preset = "2min", .help = "The same for all other protocols."},
    {"flow.active", OPTION_DURATION, AT(flow.active_ns), .min = "0s", .max = "7d", .preset = "0s",
     .help = "A flow that goes on gets a record each time this has passed; 0 for one record at its "
             "end only."},

    {"classify.ndpi", OPTION_WORD, AT(classify.ndpi), .preset = "rest", .words = ndpi_words,
     .help = "Which flows nDPI sees: the rest that our own readers do not name (fast), or all "
             "(sub-protocols and risks for every flow, several times the processor time)."},
    {"classify.states_max", OPTION_U32, AT(classify.states_max), .min = "1000", .max = "10000000",
     .preset = "100000",
     .help = "Flows in classification at once; the oldest is given up past it."},
    {"classify.stream_bytes", OPTION_U32, AT(classify.stream_bytes), .min = "0", .max = "65536",
     .preset = "16384",
     .help = "Bytes kept of each direction of a TCP flow while its hello or request is not "
             "complete.  Certificate chains need up to 16384."},
    {"classify.tcp_packets", OPTION_U32, AT(classify.tcp_packets), .min = "1", .max = "255",
     .preset = "10",
     .help = "Packets with payload after which a TCP flow that nothing names is given up."},
    {"classify.udp_packets", OPTION_U32, AT(classify.udp_packets), .min = "1", .max = "255",
     .preset = "8", .help = "The same for UDP."},
    {"classify.patience", OPTION_DURATION, AT(classify.patience_ns), .min = "1s", .max = "1h",
     .preset = "30s",
     .help = "How long the first bytes of a flow are kept that nothing has named."},
    {"classify.fingerprints", OPTION_BOOL, AT(classify.fingerprints), .preset = "false",
     .help = "JA3 and JA4 for every TLS hello, not only where a signature or an alert asks."},

    {"names.entries_max", OPTION_U32, AT(names.entries_max), .min = "1000", .max = "50000000",
     .preset = "500000",
     .help = "Pairs of machine and address that are remembered; the least recently used go first."},
    {"names.ttl_min", OPTION_DURATION, AT(names.ttl_min_ns), .min = "0s", .max = "7d",
     .preset = "10min",
     .help = "An answer counts at least so long, whatever its TTL says: programs keep addresses "
             "longer than DNS allows."},
    {"names.keep", OPTION_DURATION, AT(names.keep_ns), .min = "0s", .max = "30d", .preset = "6h",
     .help = "How long after its TTL an answer is still used for naming, for connections that live "
             "long."},

    {"signatures.directory", OPTION_TEXT, AT(signatures.directory), .preset = "",
     .help = "Folder of signature files; empty for the one that came with the program."},

    {"geo.databases", OPTION_TEXTS, LIST(geo.databases, geo.count), .preset = "",
     .help = "Database files, best first: the first that knows a field wins, and a later one that "
             "names another country is a disagreement that events show.  Paths are relative to the "
             "working directory."},
    {"geo.old_after", OPTION_DURATION, AT(geo.old_after_ns), .min = "1d", .max = "3650d",
     .preset = "180d", .help = "Warn at start about a database that is older."},

    {"behave.pairs_max", OPTION_U32, AT(behave.pairs_max), .min = "1000", .max = "50000000",
     .preset = "200000",
     .help =
         "Series of wake-ups that are followed at once (machine, whom it talks to, how); past it "
         "the one heard least goes.  At most 1.5 KiB each, most take a tenth."},
    {"behave.p_value", OPTION_FRACTION, AT(behave.p_value), .min = "0", .max = "1",
     .preset = "0.01",
     .help = "A series is periodic where chance explains it at most so well; with many series the "
             "bar is raised so that few of those reported are chance."},
    {"behave.upload", OPTION_SIZE, AT(behave.upload_bytes), .min = "4KiB", .max = "1024GiB",
     .preset = "256KiB",
     .help =
         "Bytes sent within an hour to a vendor's service that make an upload.  A quarter of it "
         "for reputation look-ups, a sixteenth where samples are sent, four times as much for "
         "what no signature knows."},
    {"behave.long_session", OPTION_DURATION, AT(behave.session_ns), .min = "0s", .max = "365d",
     .preset = "4h", .help = "A connection open for so long is reported, once a day; 0 for never."},

    {"asset.assets_max", OPTION_U32, AT(asset.assets_max), .min = "1000", .max = "50000000",
     .preset = "100000",
     .help = "Machines that are followed at once; past it the least telling goes."},
    {"asset.installed", OPTION_FRACTION, AT(asset.installed), .min = "0.5", .max = "1",
     .preset = "0.9",
     .help = "From this probability on a product is said to be installed on a machine."},

    {"events.file", OPTION_TEXT, AT(events.path), .preset = "-",
     .help = "Where events go, one JSON object a line; - for standard output, empty for no file."},
    {"events.rotate", OPTION_SIZE, AT(events.rotate_bytes), .min = "0", .max = "1024GiB",
     .preset = "0",
     .help = "Start a new file at this size, the old ones becoming FILE.1, FILE.2 ...; 0 for never "
             "(logrotate and a SIGHUP do the same)."},
    {"events.keep", OPTION_U32, AT(events.keep), .min = "1", .max = "1000", .preset = "5",
     .help = "How many old files are kept."},
    {"events.flow_records", OPTION_BOOL, AT(events.flow_records), .preset = "false",
     .help = "An event for every flow that ends, not only for alerts."},

    {"redis.url", OPTION_TEXT, AT(redis.url), .preset = "", .secret = true,
     .help = "redis://[user[:password]@]host[:port][/database] or "
             "unix:///path/to.sock[?db=number]; empty for no Redis.  A password is better kept in "
             "a file (password_file) or in the environment (TELLTALE_REDIS_PASSWORD)."},
    {"redis.password_file", OPTION_TEXT, AT(redis.password_file), .preset = "",
     .help = "File whose first line is the password."},
    {"redis.mode", OPTION_FLAGS, AT(redis.modes), .preset = "list", .words = mode_words,
     .help = "How events are given: pushed to a list, published on a channel (nobody listening: "
             "lost), added to a stream.  Several are allowed."},
    {"redis.key", OPTION_TEXT, AT(redis.key), .preset = "telltale",
     .help = "Name of the list, channel or stream."},
    {"redis.list_key", OPTION_TEXT, AT(redis.list_key), .preset = "",
     .help = "Name of the list where it is another; likewise the two below.  A list and a stream "
             "cannot share one."},
    {"redis.channel_key", OPTION_TEXT, AT(redis.channel_key), .preset = "",
     .help = "Name of the channel where it is another."},
    {"redis.stream_key", OPTION_TEXT, AT(redis.stream_key), .preset = "",
     .help = "Name of the stream where it is another."},
    {"redis.left_push", OPTION_BOOL, AT(redis.left_push), .preset = "false",
     .help = "LPUSH instead of RPUSH, for readers that take from the tail."},
    {"redis.stream_max", OPTION_U64, AT(redis.stream_max), .min = "0", .max = "1000000000",
     .preset = "100000",
     .help = "Entries that a stream keeps, roughly (MAXLEN ~); 0 for all of them."},
    {"redis.field", OPTION_TEXT, AT(redis.field), .preset = "eve",
     .help = "Field of a stream entry that holds the JSON."},
    {"redis.batch", OPTION_U32, AT(redis.batch), .min = "1", .max = "10000", .preset = "64",
     .help = "Events sent together at most."},
    {"redis.flush", OPTION_DURATION, AT(redis.flush_ns), .min = "0s", .max = "10s", .preset = "5ms",
     .help = "How long an event may wait for others to be sent with."},
    {"redis.timeout", OPTION_DURATION, AT(redis.timeout_ns), .min = "10ms", .max = "1min",
     .preset = "2s", .help = "How long to wait for the server before it counts as lost."},
    {"redis.queue", OPTION_SIZE, AT(redis.queue_bytes), .min = "64KiB", .max = "4GiB",
     .preset = "8MiB",
     .help = "Memory for events that the server has not confirmed; the oldest are dropped and "
             "counted past it."},

    {"policy.home_networks", OPTION_PREFIXES, LIST(policy.home_networks, policy.home_count),
     .preset = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16, "
               "fc00::/7, fe80::/10",
     .help =
         "The networks of your machines.  Default: the private, shared and link-local ranges of "
         "RFC 1918, 6598, 3927, 4193 and 4291.  Add your public ones."},
    {"policy.home_country", OPTION_COUNTRY, AT(policy.home_country), .preset = "",
     .help = "Your country (ISO 3166 code, such as US); empty where it does not matter."},
    {"policy.jurisdictions_of_concern", OPTION_COUNTRIES,
     LIST(policy.jurisdictions, policy.jurisdiction_count), .preset = "CN, HK, MO, CU, IR, KP, RU",
     .help = "Countries whose law over a vendor or an endpoint concerns you (ISO 3166 codes).  "
             "Default: the countries that 15 CFR 791.4 lists as foreign adversaries (China with "
             "Hong Kong and Macau, Cuba, Iran, North Korea, Russia)."},
    {"policy.vendors_of_concern", OPTION_IDS, LIST(policy.vendors, policy.vendor_count),
     .preset = "", .help = "Vendors that concern you wherever they are (ids of the signatures)."},
    {"policy.regimes", OPTION_IDS, LIST(policy.regimes, policy.regime_count), .preset = "",
     .help =
         "Rules in force for you (ids of signatures/regimes.yaml, such as us-bod-17-01); alerts "
         "name those that a vendor falls under."},
    {"policy.only_concern", OPTION_BOOL, AT(policy.only_concern), .preset = "false",
     .help = "Alert only on vendors and jurisdictions of concern; the default is every vendor."},
    {"policy.alert_confidence", OPTION_FRACTION, AT(policy.alert_confidence), .min = "0",
     .max = "1", .preset = "0.5",
     .help = "Contacts that are less certain than this raise no alert (0 to 1)."},
    {"policy.again_after", OPTION_DURATION, AT(policy.again_after_ns), .min = "1min", .max = "365d",
     .preset = "1d", .help = "A contact that goes on is reported again after this."},
    {"policy.allow", OPTION_EXCEPTIONS, .preset = "",
     .help =
         "Wanted traffic: never an alert.  Every entry says why (reason), what (at least one of "
         "vendor, name and asset; service narrows it), and may say until when (expires: last "
         "day, UTC).  A name is a host or .suffix; an asset is an address or network.",
     .example = "  - vendor: microsoft-defender\n"
                "    asset: 192.0.2.0/24\n"
                "    reason: managed by the desktop team\n"
                "    expires: 2027-06-30\n"},
    {"policy.suppress", OPTION_EXCEPTIONS, .preset = "",
     .help = "Known and not alerted, but counted and shown as suppressed.  Entries as for allow.",
     .example = "  - name: .example.org\n"
                "    reason: being replaced, ticket 1234\n"
                "    expires: 2027-03-31\n"},
};

const struct option *table_options(size_t *ret_count)
{
    *ret_count = COUNT_OF(options);
    return options;
}

const struct option_group *table_groups(size_t *ret_count)
{
    *ret_count = COUNT_OF(groups);
    return groups;
}

const struct option *table_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

const char *table_nearest(const char *name)
{
    const char *names[COUNT_OF(options) + 1];
    for (size_t i = 0; i < COUNT_OF(options); i++)
        names[i] = options[i].name;
    names[COUNT_OF(options)] = NULL;
    const char *nearest = error_nearest(name, names);
    if (nearest != NULL)
        return nearest;
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (strcmp(strchr(options[i].name, '.') + 1, name) == 0)
            return options[i].name;
    return NULL;
}

const char *table_key(const struct option *option, const char *group)
{
    size_t length = strlen(group);
    if (strncmp(option->name, group, length) != 0 || option->name[length] != '.')
        return NULL;
    return option->name + length + 1;
}
