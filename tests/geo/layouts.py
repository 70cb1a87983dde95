# SPDX-License-Identifier: Apache-2.0
"""The sound test databases: one per field layout that is found in the wild, and a few shapes."""
from mmdb_write import TYPE_UINT16, Number

KASPERSKY = "Kaspersky Lab Switzerland GmbH"


def country(code, name=None):
    """A country as MaxMind nests it."""
    return {"iso_code": code, "names": {"en": name}} if name else {"iso_code": code}


def place(code, name, city, latitude, longitude):
    """A record with country, city and location as MaxMind nests them."""
    return {
        "country": country(code, name),
        "city": {"names": {"en": city}},
        "location": {"latitude": latitude, "longitude": longitude},
    }


def system(number, organisation):
    """A record with an AS as MaxMind lays it out."""
    return {"autonomous_system_number": number, "autonomous_system_organization": organisation}


def ipinfo(code, name, number, organisation, domain):
    """A record as in IPinfo's free country and AS file."""
    return {
        "continent": "EU",
        "continent_name": "Europe",
        "country": code,
        "country_name": name,
        "asn": number,
        "as_name": organisation,
        "as_domain": domain,
    }


def ipinfo_lite(code, name, number, organisation, domain):
    """A record as in IPinfo Lite, where `country` is a name and the code has its own field."""
    return {
        "continent": "Europe",
        "continent_code": "EU",
        "country": name,
        "country_code": code,
        "asn": number,
        "as_name": organisation,
        "as_domain": domain,
    }


def flat_city(code, city, state, latitude, longitude):
    """A record as in the city files of ip-location-db."""
    return {
        "city": city,
        "country_code": code,
        "latitude": latitude,
        "longitude": longitude,
        "postcode": "",
        "state1": state,
        "state2": "",
        "timezone": "",
    }


AMSTERDAM = place("NL", "Netherlands", "Amsterdam", 52.3676, 4.9041)
MOSCOW = place("RU", "Russia", "Moscow", 55.7558, 37.6173)
SHAPE = [
    ("185.85.15.0/24", {"country": country("NL")}),
    ("192.0.2.0/25", {"country": country("RU")}),
]

LAYOUTS = {
    "city.mmdb": {
        "about": "MaxMind City: nested, registered country apart, one record without a country.",
        "type": "GeoIP2-City",
        "networks": [
            ("185.85.15.0/24", AMSTERDAM | {"registered_country": country("CH", "Switzerland")}),
            ("192.0.2.0/24", MOSCOW | {
                "registered_country": country("RU", "Russia"),
                "subdivisions": [{"iso_code": "MOW", "names": {"en": "Moscow"}}],
                "traits": {"is_anycast": True},
            }),
            ("198.51.100.0/24", {"country": country("CN", "China")}),
            ("198.51.100.128/25", place("CN", "China", "Beijing", 39.9042, 116.4074)),
            ("203.0.113.0/24", {"registered_country": country("US", "United States")}),
            ("2001:db8::/32", place("CZ", "Czechia", "Prague", 50.0755, 14.4378)),
            ("2001:db8:1::/48", place("SK", "Slovakia", "Bratislava", 48.1486, 17.1077)),
        ],
    },
    "city-other.mmdb": {
        "about": "Same layout as city.mmdb, other opinions: to test disagreement and order.",
        "type": "GeoIP2-City",
        "networks": [
            ("185.85.15.0/24", place("DE", "Germany", "Frankfurt am Main", 50.1109, 8.6821)),
            ("192.0.2.0/24", MOSCOW),
            ("198.51.100.0/24", place("HK", "Hong Kong", "Hong Kong", 22.3193, 114.1694)),
            ("203.0.113.0/24", {"country": country("CA", "Canada")}),
            ("2001:db8::/32", {"country": country("AT", "Austria")}),
        ],
    },
    "asn.mmdb": {
        "about": "MaxMind ASN: number and organisation; one without an organisation.",
        "type": "GeoLite2-ASN",
        "networks": [
            ("185.85.15.0/24", system(200107, KASPERSKY)),
            ("192.0.2.0/24", system(64496, "Example Büro – 例")),
            ("198.51.100.0/24", {"autonomous_system_number": 4200000000}),
            ("203.0.113.0/24", system(Number(TYPE_UINT16, 64511), "Sixteen bits")),
            ("2001:db8::/32", system(64500, "Example Six")),
        ],
    },
    "dbip-city.mmdb": {
        "about": "DB-IP City Lite: nested, without a registered country, with continent.",
        "type": "DBIP-City-Lite",
        "networks": [
            ("185.85.15.0/24", AMSTERDAM | {"continent": {"code": "EU"}}),
            ("192.0.2.0/24", MOSCOW | {"subdivisions": [{"names": {"en": "Moscow"}}]}),
            ("2001:db8::/32", {"country": country("CZ") | {"is_in_european_union": True}}),
        ],
    },
    "ipinfo.mmdb": {
        "about": "IPinfo country and AS: flat, `country` is a code, `asn` has the letters AS.",
        "type": "ipinfo generic_country_asn_free.mmdb",
        "networks": [
            ("185.85.15.0/24", ipinfo("NL", "Netherlands", "AS200107", KASPERSKY, "kaspersky.com")),
            ("192.0.2.0/24", ipinfo("RU", "Russia", "", "", "")),
            ("2001:db8::/32", ipinfo("CZ", "Czechia", "AS4200000000", "Example", "example.com")),
        ],
    },
    "ipinfo-lite.mmdb": {
        "about": "IPinfo Lite: flat, `country` is a name, the code is in `country_code`.",
        "type": "ipinfo bundle_location_lite.mmdb",
        "networks": [
            ("185.85.15.0/24",
             ipinfo_lite("NL", "Netherlands", "AS200107", KASPERSKY, "kaspersky.com")),
            ("192.0.2.0/24", {"country": "Russia", "country_code": "RU"}),
            ("2001:db8::/32", ipinfo_lite("CZ", "Czechia", "AS64500", "Example", "example.com")),
        ],
    },
    "flat-country.mmdb": {
        "about": "ip-location-db country: `country_code` and nothing else.",
        "type": "country",
        "networks": [
            ("185.85.15.0/24", {"country_code": "NL"}),
            ("192.0.2.0/24", {"country_code": "RU"}),
            ("2001:db8::/32", {"country_code": "CZ"}),
        ],
    },
    "flat-city.mmdb": {
        "about": "ip-location-db city, IPv4 file: all at the top, what is unknown is empty.",
        "type": "city ipv4",
        "ip_version": 4,
        "networks": [
            ("185.85.15.0/24", flat_city("NL", "Amsterdam", "North Holland", 52.3676, 4.9041)),
            ("192.0.2.0/24", flat_city("RU", "", "", 55.75, 37.5)),
        ],
    },
    "flat-asn.mmdb": {
        "about": "ip-location-db AS, IPv4 file: MaxMind's names.",
        "type": "asn ipv4",
        "ip_version": 4,
        "networks": [
            ("185.85.15.0/24", system(200107, KASPERSKY)),
            ("192.0.2.0/24", system(64496, "Example")),
        ],
    },
    "telltale.mmdb": {
        "about": "The layout of the shipped database: everything in one record.",
        "type": "Telltale-Country-ASN-City",
        "networks": [
            ("185.85.15.0/24", {
                "country": country("NL"),
                "registered_country": country("CH"),
                "city": {"names": {"en": "Amsterdam"}},
            } | system(200107, KASPERSKY)),
            ("192.0.2.0/24", {"country": country("RU"), "registered_country": country("RU")}),
            ("198.51.100.0/24", {"registered_country": country("CN")} | system(64497, "Example")),
            ("203.0.113.7/32", {"country": country("US")}),
            ("2001:db8::/32", {"country": country("CZ")} | system(64500, "Example Six")),
        ],
    },
    "empty-map.mmdb": {
        "about": "Records that say nothing, or nothing that a geo reader knows.",
        "networks": [("185.85.15.0/24", {}), ("192.0.2.0/24", {"colour": "blue"})],
    },
    "record28.mmdb": {"about": "Records of 28 bits.", "record_size": 28, "networks": SHAPE},
    "record32.mmdb": {"about": "Records of 32 bits.", "record_size": 32, "networks": SHAPE},
    "ipv4.mmdb": {
        "about": "MaxMind layout in a tree of 32 bits.",
        "ip_version": 4,
        "networks": SHAPE,
    },
    "everything.mmdb": {
        "about": "One record for all addresses, IPv4 and IPv6.",
        "networks": [("::/0", {"country": country("NL")} | system(200107, KASPERSKY))],
    },
}
