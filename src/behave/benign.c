/* SPDX-License-Identifier: Apache-2.0 */
/* Every network is full of beats that nobody needs to look at: clocks, leases, look-ups that are refreshed, update checks of
 * operating systems, monitoring.  They are told by port, by address and by registrable domain.  A name decides only where the
 * machine itself used it; a beacon that hides under one of these ports is still seen by its vendor's names and networks. */
#include "behave/benign.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "behave/change.h"
#include "net/protocol.h"

struct benign_port {
    uint8_t protocol;
    uint16_t port;
    const char *reason;
};

/* Ports of the IANA registry (https://www.iana.org/assignments/service-names-port-numbers). */
static const struct benign_port ports[] = {
    {PROTOCOL_UDP, 123, "clock"},
    {PROTOCOL_TCP, 4460, "clock"},
    {PROTOCOL_UDP, 67, "address lease"},
    {PROTOCOL_UDP, 68, "address lease"},
    {PROTOCOL_UDP, 546, "address lease"},
    {PROTOCOL_UDP, 547, "address lease"},
    {PROTOCOL_UDP, 53, "name service"},
    {PROTOCOL_TCP, 53, "name service"},
    {PROTOCOL_UDP, 853, "name service"},
    {PROTOCOL_TCP, 853, "name service"},
    {PROTOCOL_UDP, 137, "name service"},
    {PROTOCOL_UDP, 138, "name service"},
    {PROTOCOL_UDP, 5353, "name service"},
    {PROTOCOL_UDP, 5355, "name service"},
    {PROTOCOL_UDP, 1900, "local discovery"},
    {PROTOCOL_UDP, 3702, "local discovery"},
    {PROTOCOL_UDP, 161, "monitoring"},
    {PROTOCOL_UDP, 162, "monitoring"},
    {PROTOCOL_UDP, 514, "monitoring"},
    {PROTOCOL_TCP, 10050, "monitoring"},
    {PROTOCOL_TCP, 10051, "monitoring"},
    {PROTOCOL_UDP, 3478, "address discovery for calls"},
};

struct benign_name {
    const char *domain; /* that name and those below it */
    const char *reason;
};

static const struct benign_name names[] = {
    {"windowsupdate.com", "operating system update"},
    {"update.microsoft.com", "operating system update"},
    {"delivery.mp.microsoft.com", "operating system update"},
    {"msftconnecttest.com", "connectivity check"},
    {"msftncsi.com", "connectivity check"},
    {"captive.apple.com", "connectivity check"},
    {"mesu.apple.com", "operating system update"},
    {"swscan.apple.com", "operating system update"},
    {"connectivitycheck.gstatic.com", "connectivity check"},
    {"connectivitycheck.android.com", "connectivity check"},
    {"detectportal.firefox.com", "connectivity check"},
    {"connectivity-check.ubuntu.com", "connectivity check"},
    {"nmcheck.gnome.org", "connectivity check"},
    {"archive.ubuntu.com", "operating system update"},
    {"security.ubuntu.com", "operating system update"},
    {"motd.ubuntu.com", "operating system update"},
    {"deb.debian.org", "operating system update"},
    {"security.debian.org", "operating system update"},
    {"mirrors.fedoraproject.org", "operating system update"},
    {"pool.ntp.org", "clock"},
    {"time.windows.com", "clock"},
    {"time.apple.com", "clock"},
};

static bool lies_below(const char *name, const char *domain)
{
    size_t name_length = strlen(name), length = strlen(domain);
    if (name_length < length || strcmp(name + name_length - length, domain) != 0)
        return false;
    return name_length == length || name[name_length - length - 1] == '.';
}

static const char *reason_of_name(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (lies_below(name, names[i].domain))
            return names[i].reason;
    return NULL;
}

static const char *reason_of_port(uint8_t protocol, uint16_t port)
{
    for (size_t i = 0; i < COUNT_OF(ports); i++)
        if (ports[i].protocol == protocol && ports[i].port == port)
            return ports[i].reason;
    return NULL;
}

const char *benign_reason(const struct change *change)
{
    if (change->channel == WAKE_LOOKUP)
        return "name that is looked up again";
    if (addr_is_group(&change->endpoint))
        return "local discovery";
    if (addr_is_special(&change->endpoint))
        return "inside the network";
    if (change->protocol == PROTOCOL_ICMP || change->protocol == PROTOCOL_ICMPV6)
        return "monitoring";
    const char *reason = change->name != NULL ? reason_of_name(change->name) : NULL;
    return reason != NULL ? reason : reason_of_port(change->protocol, change->endpoint_port);
}
