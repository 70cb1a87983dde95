# SPDX-License-Identifier: Apache-2.0
"""Writes MaxMind DB files (format version 2.0).

Idea: a database is given as a partition of the address space, a sorted list of (first address,
value index) in which each entry reaches up to the next one.  The tree is built from it bottom up
and every node is interned, so equal neighbours melt into one network and equal subtrees are stored
once (the format only asks that a record points somewhere, not that each node has one parent).

Invariants: the same partition and values give the same bytes; values are stored in the order given;
map keys keep their order.
Rejected: inserting networks one by one into a growing tree; needs removal of what later merges, and
ten times the memory.
Cost: about 1.5 s and 200 MB per million nodes.
Source: MaxMind DB File Format Specification 2.0.
"""
import struct
from bisect import bisect_right

META_MARK = b"\xab\xcd\xefMaxMind.com"
TYPE_POINTER, TYPE_STRING, TYPE_DOUBLE, TYPE_BYTES, TYPE_UINT16, TYPE_UINT32, TYPE_MAP = range(1, 8)
TYPE_INT32, TYPE_UINT64, TYPE_UINT128, TYPE_ARRAY = range(8, 12)
TYPE_BOOL = 14
POINTER_BASES = (0, 2048, 526336)
EMPTY = -1


class Shared:
    """A value that is stored once and pointed at from every place that holds this very object."""

    def __init__(self, value):
        self.value = value


class Number:
    """An integer with a chosen width: TYPE_UINT16, TYPE_UINT64, TYPE_INT32 ..."""

    def __init__(self, kind, value):
        self.kind, self.value = kind, value


def control(kind, size):
    """Control byte(s) for a value of `kind` with `size` (bytes, pairs or elements)."""
    if size < 29:
        low, extra = size, b""
    elif size < 285:
        low, extra = 29, bytes([size - 29])
    elif size < 65821:
        low, extra = 30, (size - 285).to_bytes(2, "big")
    else:
        low, extra = 31, (size - 65821).to_bytes(3, "big")
    if kind > 7:
        return bytes([low, kind - 7]) + extra
    return bytes([kind << 5 | low]) + extra


def pointer(offset):
    """A pointer to `offset` in the data section, in the shortest of the four forms."""
    if offset < POINTER_BASES[1]:
        return bytes([TYPE_POINTER << 5 | offset >> 8, offset & 255])
    if offset < POINTER_BASES[2]:
        rest = offset - POINTER_BASES[1]
        return bytes([TYPE_POINTER << 5 | 1 << 3 | rest >> 16]) + (rest & 0xFFFF).to_bytes(2, "big")
    if offset < POINTER_BASES[2] + (1 << 27):
        rest = offset - POINTER_BASES[2]
        low = (rest & 0xFFFFFF).to_bytes(3, "big")
        return bytes([TYPE_POINTER << 5 | 2 << 3 | rest >> 24]) + low
    return bytes([TYPE_POINTER << 5 | 3 << 3]) + offset.to_bytes(4, "big")


class Data:
    """The data section while it grows: raw bytes and where each shared value went."""

    def __init__(self, share_keys=True):
        self.out = bytearray()
        self.places = {}
        self.keep = []
        self.keys = {}
        self.share_keys = share_keys

    def key(self, text):
        """A Shared for this map key, so that each key's text is stored once."""
        return self.keys.setdefault(text, Shared(text)) if self.share_keys else text

    def place(self, shared):
        """Stores a Shared if it is new.  Returns its offset in the data section."""
        if id(shared) not in self.places:
            body = self.encode(shared.value)
            self.places[id(shared)] = len(self.out)
            self.keep.append(shared)
            self.out += body
        return self.places[id(shared)]

    def encode_number(self, kind, value):
        """An integer without its leading zero bytes; a negative one in all four."""
        if value < 0:
            return control(kind, 4) + struct.pack(">i", value)
        body = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return control(kind, len(body)) + body

    def encode(self, value):
        """The bytes of any value; what is Shared is stored aside and becomes a pointer."""
        if isinstance(value, Shared):
            return pointer(self.place(value))
        if isinstance(value, dict):
            pairs = [self.encode(self.key(k)) + self.encode(v) for k, v in value.items()]
            return control(TYPE_MAP, len(pairs)) + b"".join(pairs)
        if isinstance(value, (list, tuple)):
            return control(TYPE_ARRAY, len(value)) + b"".join(self.encode(v) for v in value)
        if isinstance(value, str):
            body = value.encode()
            return control(TYPE_STRING, len(body)) + body
        if isinstance(value, (bytes, bytearray)):
            return control(TYPE_BYTES, len(value)) + bytes(value)
        if isinstance(value, bool):
            return control(TYPE_BOOL, int(value))
        if isinstance(value, float):
            return control(TYPE_DOUBLE, 8) + struct.pack(">d", value)
        if isinstance(value, Number):
            return self.encode_number(value.kind, value.value)
        return self.encode_number(TYPE_UINT32 if value < 1 << 32 else TYPE_UINT64, value)


class Tree:
    """Interned nodes: (left, right), where a record >= 0 is a node and a negative one is a leaf.

    EMPTY (-1) is the leaf "not found", -2 - i is the leaf of value i.
    """

    def __init__(self):
        self.nodes = []
        self.known = {}

    def join(self, left, right):
        """The record for a network whose halves are `left` and `right`."""
        if left == right and left < 0:
            return left
        pair = (left, right)
        found = self.known.get(pair)
        if found is None:
            found = self.known[pair] = len(self.nodes)
            self.nodes.append(pair)
        return found

    def build(self, partition, bits):
        """The record for a whole space of 2**bits addresses.

        `partition` is sorted [(first, value index or EMPTY)], its first entry starting at 0.
        """
        firsts = [first for first, _ in partition]
        leaves = [EMPTY if index == EMPTY else -2 - index for _, index in partition]

        def part(start, bits, low, high):
            at = bisect_right(firsts, start, low, high) - 1
            end = start + (1 << bits)
            if at + 1 == high or firsts[at + 1] >= end:
                return leaves[at]
            half = start + (1 << bits - 1)
            left = part(start, bits - 1, at, high)
            return self.join(left, part(half, bits - 1, at, high))

        return part(0, bits, 0, len(firsts))

    def graft(self, root, prefix, length, record, bits=128):
        """A copy of `root`, a tree of `bits` bits, in which `prefix`/`length` is `record`."""
        path = []
        here = root
        for depth in range(length):
            pair = self.nodes[here] if here >= 0 else (here, here)
            bit = prefix >> (bits - 1 - depth) & 1
            path.append((bit, pair[1 - bit]))
            here = pair[bit]
        for bit, other in reversed(path):
            record = self.join(other, record) if bit else self.join(record, other)
        return record


def number_nodes(tree, root):
    """Nodes reachable from `root` in depth-first order: ([node ids], {node id: number})."""
    order, numbers, stack = [], {}, [root]
    while stack:
        node = stack.pop()
        if node < 0 or node in numbers:
            continue
        numbers[node] = len(order)
        order.append(node)
        stack += reversed(tree.nodes[node])
    return order, numbers


def pack_nodes(pairs, record_bits):
    """The search tree's bytes for [(left, right)] with records of 24, 28 or 32 bits."""
    if record_bits == 28:
        return b"".join(
            (left & 0xFFFFFF).to_bytes(3, "big")
            + bytes([left >> 24 << 4 | right >> 24])
            + (right & 0xFFFFFF).to_bytes(3, "big")
            for left, right in pairs
        )
    size = record_bits // 8
    return b"".join(a.to_bytes(size, "big") + b.to_bytes(size, "big") for a, b in pairs)


def metadata(fields):
    """The metadata section with its marker.  `fields` as in the specification, ints unsized."""
    widths = {
        "binary_format_major_version": TYPE_UINT16,
        "binary_format_minor_version": TYPE_UINT16,
        "build_epoch": TYPE_UINT64,
        "ip_version": TYPE_UINT16,
        "record_size": TYPE_UINT16,
    }
    sized = {k: Number(widths[k], v) if k in widths else v for k, v in fields.items()}
    return META_MARK + Data(share_keys=False).encode(sized)


def place_leaves(data, tree, order, values):
    """Stores every value that a leaf of the nodes in `order` stands for: {leaf: offset}."""
    offsets = {}
    for node in order:
        for record in tree.nodes[node]:
            if record <= -2 and record not in offsets:
                body = data.encode(values[-2 - record])
                offsets[record] = len(data.out)
                data.out += body
    return offsets


def assemble(tree, root, values, fields, first=()):
    """One database as bytes.

    `values[i]` is what the leaf -2 - i stands for.  `fields` gives database_type, description,
    languages, build_epoch, ip_version and, where it is not to be the least possible, record_size.
    `first` are the map keys (str) and Shared values to store at the front, where pointers to them
    are shortest.
    """
    data = Data()
    for item in first:
        data.place(data.key(item) if isinstance(item, str) else item)
    if root < 0:
        tree.nodes.append((root, root))
        root = len(tree.nodes) - 1
    order, numbers = number_nodes(tree, root)
    count = len(order)
    offsets = place_leaves(data, tree, order, values)
    limit = count + 16 + len(data.out)
    bits = next(b for b in (24, 28, 32) if limit < 1 << b and b >= fields.get("record_size", 24))

    def final(record):
        if record >= 0:
            return numbers[record]
        return count if record == EMPTY else count + 16 + offsets[record]

    body = pack_nodes(((final(a), final(b)) for a, b in map(tree.nodes.__getitem__, order)), bits)
    head = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": fields["build_epoch"],
        "database_type": fields["database_type"],
        "description": fields["description"],
        "ip_version": fields["ip_version"],
        "languages": fields["languages"],
        "node_count": count,
        "record_size": bits,
    }
    return body + bytes(16) + bytes(data.out) + metadata(head)
