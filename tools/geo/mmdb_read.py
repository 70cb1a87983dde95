# SPDX-License-Identifier: Apache-2.0
"""Reads MaxMind DB files (format version 2.0), for taking cities from one and for checking ours.

Written apart from the writer, so that a misunderstanding in one shows in the other.
Meant for files that somebody made with care: what is unsound ends in an exception, mostly
ValueError or IndexError, never in an endless loop.
Source: MaxMind DB File Format Specification 2.0.
"""
import struct

META_MARK = b"\xab\xcd\xefMaxMind.com"
META_REACH = 128 * 1024
DEPTH_LIMIT = 32
POINTER, STRING, DOUBLE, BYTES, UINT16, UINT32, MAP, INT32, UINT64, UINT128, ARRAY = range(1, 12)
BOOL, FLOAT = 14, 15


class Reader:
    """A database in memory."""

    def __init__(self, raw):
        self.raw = raw
        mark = raw.rfind(META_MARK, max(0, len(raw) - META_REACH))
        if mark < 0:
            raise ValueError("no metadata")
        start = mark + len(META_MARK)
        self.meta, _ = self.decode(start, start)
        self.count = self.meta["node_count"]
        self.record_bits = self.meta["record_size"]
        self.bits = 128 if self.meta["ip_version"] == 6 else 32
        self.tree_size = self.count * self.record_bits // 4
        self.data = self.tree_size + 16
        self.end = mark
        if self.data > mark or raw[self.tree_size : self.data] != bytes(16):
            raise ValueError("the tree does not end where the metadata says")

    def pointer(self, at, base):
        """The place that the pointer at `at` means, and where the bytes after it start."""
        size = self.raw[at] >> 3 & 3
        body = int.from_bytes(self.raw[at + 1 : at + 2 + size], "big")
        if size < 3:
            body |= (self.raw[at] & 7) << 8 * (size + 1)
        return base + body + (0, 2048, 526336, 0)[size], at + 2 + size

    def head(self, at):
        """Kind and size of the value at `at`, and where its body starts."""
        kind, size = self.raw[at] >> 5, self.raw[at] & 31
        at += 1
        if kind == 0:
            kind = 7 + self.raw[at]
            at += 1
        if size >= 29:
            width = size - 28
            size = (29, 285, 65821)[width - 1] + int.from_bytes(self.raw[at : at + width], "big")
            at += width
        return kind, size, at

    def decode_map(self, at, size, base, depth):
        """`size` pairs from `at` as a dict, and where the bytes after them start."""
        result = {}
        for _ in range(size):
            key, at = self.decode(at, base, depth + 1)
            result[key], at = self.decode(at, base, depth + 1)
        return result, at

    def decode_scalar(self, kind, body):
        """The value of `kind` whose bytes are `body`."""
        if kind == STRING:
            return body.decode()
        if kind in (DOUBLE, FLOAT):
            return struct.unpack(">d" if kind == DOUBLE else ">f", body)[0]
        if kind == INT32 and len(body) == 4:
            return struct.unpack(">i", body)[0]
        if kind in (UINT16, UINT32, INT32, UINT64, UINT128):
            return int.from_bytes(body, "big")
        if kind == BYTES:
            return bytes(body)
        raise ValueError(f"unknown type {kind}")

    def decode(self, at, base, depth=0):
        """The value at `at` and where the bytes after it start.  Pointers count from `base`."""
        if depth > DEPTH_LIMIT or at >= len(self.raw):
            raise ValueError("value too deep or outside the file")
        if self.raw[at] >> 5 == POINTER:
            target, after = self.pointer(at, base)
            if target < len(self.raw) and self.raw[target] >> 5 == POINTER:
                raise ValueError("pointer to a pointer")
            return self.decode(target, base, depth + 1)[0], after
        kind, size, at = self.head(at)
        if kind == MAP:
            return self.decode_map(at, size, base, depth)
        if kind == ARRAY:
            result = []
            for _ in range(size):
                value, at = self.decode(at, base, depth + 1)
                result.append(value)
            return result, at
        if kind == BOOL:
            return bool(size), at
        if at + size > len(self.raw):
            raise ValueError("value runs out of the file")
        return self.decode_scalar(kind, self.raw[at : at + size]), at + size

    def record(self, node, bit):
        """The left (0) or right (1) record of a node."""
        raw = self.raw
        if self.record_bits == 28:
            at = node * 7
            if bit:
                return (raw[at + 3] & 15) << 24 | int.from_bytes(raw[at + 4 : at + 7], "big")
            return (raw[at + 3] >> 4) << 24 | int.from_bytes(raw[at : at + 3], "big")
        size = self.record_bits // 8
        at = (node * 2 + bit) * size
        return int.from_bytes(raw[at : at + size], "big")

    def value(self, record):
        """What a record past the last node stands for, None when that is nothing."""
        if record == self.count:
            return None
        at = record - self.count + self.tree_size
        if not self.data <= at < self.end:
            raise ValueError("record points outside the data section")
        return self.decode(at, self.data)[0]

    def walk_to(self, address, length):
        """The record reached after at most `length` bits of `address`, and how many were used."""
        here = 0
        for depth in range(length):
            if here >= self.count:
                return here, depth
            here = self.record(here, address >> (self.bits - 1 - depth) & 1)
        return here, length

    def lookup(self, address):
        """The value for `address`, an int as wide as the database; None when it has none."""
        record, _ = self.walk_to(address, self.bits)
        if record < self.count:
            raise ValueError("the tree is deeper than an address")
        return self.value(record)

    def networks(self, first, length):
        """All (first, last, value) within the network `first`/`length`, in order, cut to it."""
        record, _ = self.walk_to(first, length)
        stack = [(record, first, length)]
        while stack:
            record, start, used = stack.pop()
            if record < self.count:
                half = start | 1 << (self.bits - 1 - used)
                stack.append((self.record(record, 1), half, used + 1))
                stack.append((self.record(record, 0), start, used + 1))
            elif record != self.count:
                yield start, start + (1 << self.bits - used) - 1, self.value(record)
