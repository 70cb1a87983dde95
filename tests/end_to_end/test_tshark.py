# SPDX-License-Identifier: Apache-2.0
"""The captures of pcaps/ against tshark, which reads packets, flows and names independently of us."""
import shutil
import subprocess
import sys

from harness import BUILD, PCAPS, PROGRAM, SOURCE, Skip, expect, expect_equal, folder, main

TOOL = SOURCE / "tools" / "compare-tshark"


def compare(*arguments, **options):
    if shutil.which("tshark") is None:
        raise Skip("no tshark on this machine")
    return subprocess.run([sys.executable, str(TOOL), "--program", str(PROGRAM), *map(str, arguments)], check=False,
                          text=True, capture_output=True, timeout=280, **options)


def captures():
    return sorted(PCAPS.glob("*.pcap*"))


def test_all_captures_agree():
    expect(captures(), "no captures in", PCAPS)
    done = compare(*captures())
    expect_equal(done.returncode, 0, done.stdout + done.stderr)
    expect(f"{len(captures())} captures, 0 with differences" in done.stdout, done.stdout)


def test_a_difference_is_told():
    """A helper that leaves out one packet must not go unnoticed."""
    with folder() as path:
        liar = path / "dump"
        liar.write_text(f"#!/bin/sh\n'{BUILD}/tests/telltale-dump' \"$1\" | sed 's/^packet\t7\t.*/packet\t7\t60\tnot-ip/'\n")
        liar.chmod(0o755)
        done = compare("--dump", liar, PCAPS / "dns-only.pcap")
    expect_equal(done.returncode, 1, done.stdout + done.stderr)
    expect("frame 7: tshark" in done.stdout, done.stdout)


def test_a_name_that_is_missing_is_told():
    with folder() as path:
        liar = path / "dump"
        liar.write_text(f"#!/bin/sh\n'{BUILD}/tests/telltale-dump' \"$1\" | grep -v '^name.*tls'\n")
        liar.chmod(0o755)
        done = compare("--dump", liar, PCAPS / "kaspersky-office.pcap")
    expect_equal(done.returncode, 1, done.stdout + done.stderr)
    expect("tls 1" in done.stdout and "telltale 0 times" in done.stdout, done.stdout)


if __name__ == "__main__":
    main()
