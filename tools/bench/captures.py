# SPDX-License-Identifier: Apache-2.0
"""The captures that the benchmark reads, made from a seed or from captures that the user has.

small flows  a scenario for telltale-synth: an office network of 2000 machines, many short flows of many kinds
elephants    eight TCP connections that fill the line: the packet path and nothing else
mix          copies of real captures, each copy with other private addresses
growth       the same number of packets spread over few or many flows without payload: the flow table alone
"""
import heapq
import ipaddress
import random
import struct

START_S = 1_772_442_000
MAGIC = 0xA1B2C3D4
ETHERNET = 1
HOSTS = 2000

# Flows of each kind, in a thousand, and how telltale-synth makes them.  Names come in three classes of popularity.
TLS13 = "do: tls, tls: {version: 1.3, hello: browser, flight: 2300}, up: 300-900, down: 1500-6000"
KINDS = [
    (200, "do: dns, to: {name: 'www.site-{00-47}.example.com'}, dns: {ttl: 0s}"),
    (75, "do: dns, to: {name: 'cdn{000-799}.example.net'}, dns: {ttl: 0s, pair: true}"),
    (50, "do: dns, to: {name: 'host-{0000-7999}.example.org'}, dns: {ttl: 0s, cname: [edge.example.net]}"),
    (90, TLS13 + ", to: {name: 'www.site-{00-47}.example.com'}, dns: {skip: true}"),
    (75, TLS13 + ", to: {name: 'host-{0000-7999}.example.org'}, dns: {skip: true}"),
    (45, "do: tls, to: {name: 'cdn{000-799}.example.net'}, dns: {skip: true}, up: 300-900, down: 1500-6000, tls: {version: 1.2, "
         "issuer: 'CN=Example CA, O=Example Trust, C=US', subject: 'CN=cdn.example.net', names: ['*.example.net']}"),
    (65, "do: quic, to: {name: 'www.site-{00-47}.example.com'}, dns: {skip: true}, up: 300-900, down: 1500-5000"),
    (60, "do: http, to: {name: 'host-{0000-7999}.example.org'}, dns: {skip: true}, down: 3000-12000, http: {uri: '/{alnum 12}', "
         "user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Browser/1.0', content_type: text/html}"),
    (25, "do: ping, to: {address: 198.51.100.7}"),
    (25, "do: ntp, to: {name: 'time{0-3}.example.org'}, dns: {skip: true}"),
    (8, "do: ssh, to: {address: 198.51.100.22}, up: 1000-3000, down: 4000-12000"),
    (40, "do: opaque-tcp, to: {name: 'gone{000-199}.example.org', port: 8443}, dns: {skip: true}, result: unanswered"),
    (20, "do: opaque-tcp, to: {name: 'shut{000-199}.example.org', port: 8080}, dns: {skip: true}, result: refused"),
    (22, "do: opaque-tcp, to: {name: 'odd{000-199}.example.org', port: 7733}, dns: {skip: true}, up: 200-900, down: 400-2000, repeat: 5"),
    (25, "do: opaque-udp, to: {name: 'odd{000-199}.example.org', port: 6655}, dns: {skip: true}, up: 100-400, down: 100-400, repeat: 3"),
    (15, "do: mdns, to: {address: 224.0.0.251}"),
    (10, "do: opaque-udp, to: {address: 239.255.255.250, port: 1900}, up: 130-140, down: 0, repeat: 3, "
         "payload: {send: 'M-SEARCH * HTTP/1.1'}"),
    (10, "do: dhcp, to: {address: 10.21.0.1}"),
    (15, "do: arp, to: {address: 10.21.0.1}"),
]


def small_flows_scenario(flows, seconds, seed, hosts=HOSTS):
    """The scenario file of `flows` flows in `seconds`, as text."""
    lines = [f"start: 2026-03-02 09:00:00\nduration: {seconds}s\nseed: {seed}",
             "network: {clients: 10.21.0.0/16, gateway: 10.21.0.1, resolver: 10.21.0.2}",
             f"assets:\n  - {{name: pc, count: {hosts}, ip: 10.21.1.1, hostname: pc}}\nactivities:"]
    for share, activity in KINDS:
        every_ms = max(1, round(seconds * 1000 * hosts * 1000 / (share * flows)))
        once = every_ms > seconds * 1000
        missed = f", missed: {1 - seconds * 1000 / every_ms:.4f}, count: 1" if once else f", every: {every_ms}ms, jitter: 1.0"
        lines.append(f"  - {{who: pc, {activity}{missed}}}")
    return "\n".join(lines) + "\n"


def file_head():
    return struct.pack("<IHHiIII", MAGIC, 2, 4, 0, 0, 262144, ETHERNET)


def tcp_frame(source, target, ports, numbers, flags, payload):
    """One Ethernet frame; `numbers` are sequence and acknowledgement.  Checksums stay 0, nobody here looks at them."""
    ethernet = b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0"
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0, source, target)
    return ethernet + ip + struct.pack(">HHIIBBHHH", *ports, *numbers, 0x50, flags, 65535, 0, 0) + payload


def write_frame(out, time_us, frame):
    out.write(struct.pack("<IIII", START_S + time_us // 1_000_000, time_us % 1_000_000, len(frame), len(frame)))
    out.write(frame)


def elephants(path, payload_bytes, streams=8, seed=1):
    """Writes `streams` connections that carry `payload_bytes` together: two full segments, one acknowledgement."""
    filler = random.Random(seed).randbytes(1 << 20)
    server = bytes([198, 51, 100, 9])
    ends = [(bytes([10, 21, 3, 1 + i]), (50000 + i, 9000)) for i in range(streams)]
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(file_head())
        for client, (port, service) in ends:
            write_frame(out, 0, tcp_frame(client, server, (port, service), (999, 0), 0x02, b""))
            write_frame(out, 1, tcp_frame(server, client, (service, port), (1999, 1000), 0x12, b""))
        sent, clock, turn = 0, 2, 0
        while sent < payload_bytes:
            client, (port, service) = ends[turn % streams]
            sequence = 2000 + turn // streams * 2920
            at = turn * 2920 % (len(filler) - 2920)
            for half in range(2):
                data = filler[at + half * 1460:at + half * 1460 + 1460]
                numbers = ((sequence + half * 1460) & 0xFFFFFFFF, 1000)
                write_frame(out, clock, tcp_frame(server, client, (service, port), numbers, 0x10, data))
            acknowledged = (sequence + 2920) & 0xFFFFFFFF
            write_frame(out, clock + 1, tcp_frame(client, server, (port, service), (1000, acknowledged), 0x10, b""))
            sent += 2920
            clock += 3
            turn += 1


def growth(path, packets, flows):
    """Writes acknowledgements without payload, spread evenly over `flows` connections."""
    server = bytes([198, 51, 100, 9])
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(file_head())
        for i in range(packets):
            # A step that shares no factor with the number of flows visits all of them in a scattered order.
            flow = i * 7919 % flows
            client = bytes([10, 32 + (flow >> 16), flow >> 8 & 255, flow & 255])
            write_frame(out, i * 10, tcp_frame(client, server, (50000, 9000), (1000, 2000), 0x10, b""))


def private_places(frame):
    """Where private IPv4 addresses stand in an untagged Ethernet frame, as offsets."""
    if len(frame) < 34 or frame[12:14] != b"\x08\0":
        return []
    return [at for at in (26, 30) if ipaddress.IPv4Address(frame[at:at + 4]).is_private]


def read_packets(path, limit):
    """The first packets of a classic Ethernet capture as (offset in us, frame, original length); [] for anything else."""
    with open(path, "rb") as source:
        head = source.read(24)
        order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}.get(head[:4])
        if order is None or len(head) < 24 or struct.unpack(order + "I", head[20:24])[0] != ETHERNET:
            return []
        packets, first = [], None
        while len(packets) < limit:
            record = source.read(16)
            if len(record) < 16:
                break
            seconds, micros, captured, length = struct.unpack(order + "IIII", record)
            frame = source.read(captured)
            if len(frame) < captured:
                break
            time_us = seconds * 1_000_000 + micros
            first = time_us if first is None else first
            packets.append((max(0, time_us - first), frame, length))
        return packets


def copy_of(packets, copy, shift_us):
    """One copy: later by `shift_us`, private addresses moved to another network for each copy."""
    for time_us, frame, length in packets:
        places = private_places(frame) if copy else []
        if places:
            frame = bytearray(frame)
            for at in places:
                frame[at + 1] ^= copy & 0xFF
                frame[at + 2] ^= copy >> 8
        yield time_us + shift_us, bytes(frame), length


def mix(path, sources, wanted, window_s=600, limit=1000, seed=1):
    """Writes copies of all `sources` in order of time until there are about `wanted` packets."""
    chance = random.Random(seed)
    used = [packets for packets in (read_packets(source, limit) for source in sources) if packets]
    if not used:
        raise SystemExit("mix: none of the captures is a classic Ethernet capture")
    copies = min(0xFFFF, -(-wanted // sum(len(packets) for packets in used)))
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(file_head())
        for copy in range(copies):
            begin = copy * window_s * 1_000_000
            parts = [copy_of(packets, copy, begin + chance.randrange(window_s * 1_000_000)) for packets in used]
            for time_us, frame, length in heapq.merge(*parts, key=lambda packet: packet[0]):
                out.write(struct.pack("<IIII", START_S + time_us // 1_000_000, time_us % 1_000_000, len(frame), length))
                out.write(frame)
