# SPDX-License-Identifier: Apache-2.0
"""The broken test databases: cut, contradicting, looping, or with fields of odd types."""
import struct

import mmdb_write
from mmdb_write import META_MARK, TYPE_INT32, TYPE_UINT64, Number

ADDRESS = "185.85.15.0/24"
GOOD = {"country": {"iso_code": "NL"}, "city": {"names": {"en": "Amsterdam"}}}
ESCAPES = 'Mos\x1b[31mcow\n"\\\x07\x00 end'
PLACEHOLDER = "QQQQQQQQ"
NOT_UTF8 = b"\xff\xfe\xc0\x80\xed\xa0\x80A"
META = {
    "binary_format_major_version": 2,
    "binary_format_minor_version": 0,
    "build_epoch": 1780272000,
    "database_type": "Test",
    "description": {"en": "Telltale test database"},
    "ip_version": 6,
    "languages": ["en"],
    "node_count": 0,
    "record_size": 24,
}



def organisation(name):
    """An AS with a name; a reader may take the name only together with a number."""
    return {"autonomous_system_number": 64496, "autonomous_system_organization": name}


# name: (value of 185.85.15.0/24, what is wrong)
ODD_VALUES = {
    "country-int.mmdb": ({"country": 643, "city": 7}, "`country` and `city` are numbers"),
    "country-list.mmdb": (
        {"country": ["NL", "RU"], "city": [{"names": {"en": "Amsterdam"}}]},
        "`country` and `city` are arrays",
    ),
    "code-types.mmdb": (
        {"country": {"iso_code": 31}, "registered_country": {"iso_code": {"a": "CH"}}},
        "`iso_code` is a number, in `registered_country` a map",
    ),
    "code-length.mmdb": (
        {"country": {"iso_code": "NLD"}, "registered_country": {"iso_code": ""}},
        "`iso_code` has three letters, in `registered_country` none",
    ),
    "code-letters.mmdb": (
        {"country": {"iso_code": "n1"}, "registered_country": {"iso_code": "\x1b["}},
        "`iso_code` is `n1`, in `registered_country` ESC and a bracket",
    ),
    "names-string.mmdb": (
        {"country": {"iso_code": "NL"}, "city": {"names": "Amsterdam"}},
        "`city.names` is a string; country NL is sound",
    ),
    "names-no-english.mmdb": (
        {"country": {"iso_code": "NL"}, "city": {"names": {"ru": "Амстердам"}}},
        "`city.names` has `ru` only; country NL is sound",
    ),
    "asn-string.mmdb": (
        {"autonomous_system_number": "200107", "autonomous_system_organization": 200107},
        "the AS number is the string `200107`, the organisation a number",
    ),
    "asn-letters.mmdb": ({"asn": "ASxyz", "as_name": "Example"}, "`asn` is `ASxyz`"),
    "asn-long.mmdb": (
        {"asn": "AS99999999999999999999", "as_name": "Example"},
        "`asn` is `AS99999999999999999999`, past 64 bits",
    ),
    "asn-uint64.mmdb": (
        {"autonomous_system_number": Number(TYPE_UINT64, 1 << 40)},
        "the AS number is 2^40, past 32 bits",
    ),
    "asn-negative.mmdb": (
        {"autonomous_system_number": Number(TYPE_INT32, -5)},
        "the AS number is -5",
    ),
    "asn-zero.mmdb": ({"autonomous_system_number": 0}, "the AS number is 0, which is reserved"),
    "scalar.mmdb": ("NL", "the record is the string `NL`, not a map"),
    "array.mmdb": (["NL", {"country": {"iso_code": "NL"}}], "the record is an array"),
    "huge-string.mmdb": (
        {"city": {"names": {"en": "A" * 1400}}, **organisation("ü" * 700)},
        "the city has 1400 letters A, the organisation 700 letters of two bytes",
    ),
    "escapes.mmdb": (
        {"city": {"names": {"en": ESCAPES}}, **organisation(ESCAPES)},
        "city and organisation hold ESC, newline, quote, backslash, BEL and NUL",
    ),
    "not-utf8.mmdb": (
        {"city": {"names": {"en": PLACEHOLDER}}, **organisation(PLACEHOLDER)},
        "city and organisation are the bytes `ff fe c0 80 ed a0 80 41`",
    ),
}

# name: (changed metadata, opens, what is wrong)
ODD_METADATA = {
    "node-count.mmdb": (
        {"node_count": 0xFFFFFFFF},
        True,
        "metadata: 2^32 - 1 nodes, far more than the file holds; a reader should refuse it itself",
    ),
    "node-count-more.mmdb": (
        {"node_count": 5000}, False, "metadata: 5000 nodes, more than the file holds"),
    "node-count-zero.mmdb": ({"node_count": 0}, False, "metadata: no nodes"),
    "record-size.mmdb": ({"record_size": 13}, False, "metadata: records of 13 bits"),
    "format-version.mmdb": (
        {"binary_format_major_version": 3}, False, "metadata: format version 3"),
    "ip-version.mmdb": ({"ip_version": 5}, False, "metadata: IP version 5"),
    "type-number.mmdb": ({"database_type": 6}, False, "metadata: the database type is a number"),
}


def tree_of(record, nodes=1):
    """A search tree of `nodes` equal nodes of 24 bits whose records are all `record`."""
    return mmdb_write.pack_nodes([(record, record)] * nodes, 24) + bytes(16)


def by_hand(data, record=None, nodes=1):
    """A database whose only record leads to the start of `data` (raw bytes), or is `record`."""
    record = nodes + 16 if record is None else record
    return tree_of(record, nodes) + data + mmdb_write.metadata(META | {"node_count": nodes})


def text(value):
    """A string as in the data section."""
    return mmdb_write.control(mmdb_write.TYPE_STRING, len(value)) + value.encode()


def head(kind, size):
    """A control byte for a map or string with any claimed size."""
    return mmdb_write.control(kind, size)


def loops():
    """Files whose pointers or nodes lead nowhere, too far, or in circles."""
    map_kind, string_kind = mmdb_write.TYPE_MAP, mmdb_write.TYPE_STRING
    one = head(map_kind, 1) + text("country")
    deep = (head(map_kind, 1) + text("a")) * 900 + text("end")
    return {
        "pointer-self.mmdb": (by_hand(mmdb_write.pointer(0)), True,
                              "the record is a pointer to itself"),
        "pointer-loop.mmdb": (by_hand(one + mmdb_write.pointer(0)), True,
                              "`country` is a pointer to the map that holds it"),
        "pointer-chain.mmdb": (by_hand(mmdb_write.pointer(2) + mmdb_write.pointer(0)), True,
                               "two pointers that point at each other"),
        "pointer-out.mmdb": (by_hand(one + mmdb_write.pointer(1 << 30)), True,
                             "`country` is a pointer far behind the end of the file"),
        "key-number.mmdb": (by_hand(head(map_kind, 1) + b"\xa1\x05" + text("NL")), True,
                            "a map whose key is a number"),
        "map-size.mmdb": (by_hand(head(map_kind, 16000000) + text("country")), True,
                          "a map that claims 16 million pairs and has half of one"),
        "string-size.mmdb": (by_hand(one + head(string_kind, 16000000) + b"NL"), True,
                             "a string that claims 16 million bytes and has two"),
        "deep.mmdb": (by_hand(deep), True, "900 maps, each within the one before"),
        "leaf-out.mmdb": (by_hand(text("NL"), record=0xFFFFFF), True,
                          "the tree leads to a place behind the end of the file"),
        "leaf-gap.mmdb": (by_hand(text("NL"), record=1 + 5), True,
                          "the tree leads into the 16 zero bytes before the data"),
        "tree-loop.mmdb": (by_hand(text("NL"), record=0), True,
                           "the only node leads to itself, so no address ever ends"),
        "double-size.mmdb": (by_hand(one + b"\x63" + struct.pack(">d", 1.5)[:3]), True,
                             "`country` is a double of three bytes"),
    }


def cuts(database):
    """Files that are not whole."""
    whole = database({"networks": [(ADDRESS, GOOD)]})
    at = whole.rfind(META_MARK) + len(META_MARK)
    noise = bytes((i * 37 + 11) % 256 for i in range(200))
    return {
        "zero.mmdb": (b"", False, "no byte at all"),
        "truncated.mmdb": (whole[: len(whole) // 2], False, "the second half is missing"),
        "beheaded.mmdb": (whole[at - len(META_MARK) - 40 :], False,
                          "all but 40 bytes before the metadata are missing"),
        "metadata-cut.mmdb": (whole[: at + 20], False, "ends within the metadata"),
        "metadata-none.mmdb": (whole[:at], False, "ends behind the metadata's marker"),
        "metadata-garbage.mmdb": (whole[:at] + noise, False, "noise where the metadata should be"),
        "not-a-database.mmdb": (b"This is a text and not a database.\n" * 4, False, "plain text"),
    }


def files(database):
    """All broken files: {name: (bytes, whether libmaxminddb opens it, what is wrong)}."""
    result = cuts(database)
    whole = database({"networks": [(ADDRESS, GOOD)]})
    body = whole[: whole.rfind(META_MARK)]
    count = (len(body) - 16) // 6
    for name, (changes, opens, about) in ODD_METADATA.items():
        metadata = mmdb_write.metadata(META | {"node_count": count} | changes)
        result[name] = (body + metadata, opens, about)
    result |= loops()
    for name, (value, about) in ODD_VALUES.items():
        raw = database({"networks": [(ADDRESS, value)]})
        result[name] = (raw.replace(PLACEHOLDER.encode(), NOT_UTF8), True, about)
    return result
