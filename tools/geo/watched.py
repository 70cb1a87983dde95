# SPDX-License-Identifier: Apache-2.0
"""The networks that the signatures name: they get a city and always their AS.

The signatures are read for two kinds of token only, AS numbers and CIDR prefixes, wherever they
stand (networks: and not:); comments are left out.  A full YAML reader is not needed for that.
"""
import ipaddress
import os
import re

import sources

SYSTEM = re.compile(r"\bAS(\d{1,10})\b")
PREFIX = re.compile(r"(?<![\w.:/])([0-9A-Fa-f.:]{2,39}/\d{1,3})(?![\w./])")
COMMENT = re.compile(r"(^|\s)#.*")


class Watched:
    """AS numbers and networks out of the signatures."""

    def __init__(self, systems, networks):
        self.systems = systems
        self.networks = networks


def read(folder):
    """Reads every .yaml and .yml file below `folder`."""
    systems, networks = set(), set()
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")):
                with open(os.path.join(place, name), encoding="utf-8") as file:
                    take(file, systems, networks)
    return Watched(systems, networks)


def take(lines, systems, networks):
    """Adds the tokens in `lines` to the two sets."""
    for line in lines:
        line = COMMENT.sub("", line)
        systems.update(int(number) for number in SYSTEM.findall(line))
        for text in PREFIX.findall(line):
            try:
                networks.add(ipaddress.ip_network(text, strict=False))
            except ValueError:
                continue


def ranges_of(partition, wanted, bits):
    """[(first, last)] of the parts of `partition` for whose value `wanted(value)` holds."""
    ends = [first for first, _ in partition[1:]] + [1 << bits]
    return [(first, end - 1) for (first, value), end in zip(partition, ends) if wanted(value)]


def joined(ranges):
    """The same addresses as sorted ranges that neither overlap nor touch."""
    result = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def areas(watched, systems, version):
    """[(first, last)] that is watched in IP `version`; `systems` is its AS layer."""
    bits = sources.FAMILIES[version][1]
    found = ranges_of(systems, lambda value: value and value[0] in watched.systems, bits)
    for network in watched.networks:
        if network.version == version:
            found.append((int(network.network_address), int(network.broadcast_address)))
    return joined(found)


def systems_within(partition, ranges):
    """The AS numbers that announce any part of `ranges` (joined) according to `partition`."""
    found = set()
    ends = [first for first, _ in partition[1:]] + [None]
    at = 0
    for (first, value), end in zip(partition, ends):
        while at < len(ranges) and ranges[at][1] < first:
            at += 1
        if at < len(ranges) and value and (end is None or ranges[at][0] < end):
            found.add(value[0])
    return found


def city_layer(reader, ranges, version):
    """The layer of (country, city) in `ranges`, read from a city database."""
    family = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}[version]
    result = [(0, None)]
    for first, last in ranges:
        for network in ipaddress.summarize_address_range(family(first), family(last)):
            start = int(network.network_address)
            for low, high, value in reader.networks(start, network.prefixlen):
                city = value.get("city")
                result += [(low, (value.get("country_code"), city) if city else None)]
                result += [(high + 1, None)]
    return sources.tidy(result, sources.FAMILIES[version][1])
