# SPDX-License-Identifier: Apache-2.0
"""The sensor on a wire of its own: network namespaces, a veth pair, and a capture sent over it."""
import os
import shutil
import signal
import subprocess
import time

from harness import PCAPS, PROGRAM, alerts, expect, expect_equal, folder, main, run, Skip

OFFICE = PCAPS / "kaspersky-office.pcap"


class Wire:
    """Two network namespaces joined by a veth pair; everything is removed when the block ends."""

    def __init__(self):
        if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("tcpreplay") is None:
            raise Skip("needs root, ip and tcpreplay")
        tag = f"tt{os.getpid()}"
        self.here, self.there = f"{tag}a", f"{tag}b"
        try:
            self.ip("netns", "add", self.here)
        except subprocess.CalledProcessError as error:
            raise Skip("no network namespaces on this machine") from error
        self.ip("netns", "add", self.there)
        self.ip("-n", self.here, "link", "add", "tap0", "type", "veth", "peer", "name", "out0", "netns", self.there)
        for namespace, name in ((self.here, "tap0"), (self.there, "out0")):
            self.ip("netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
            self.ip("-n", namespace, "link", "set", name, "mtu", "9000", "up")

    @staticmethod
    def ip(*words):
        subprocess.run(["ip", *words], check=True, capture_output=True, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for namespace in (self.here, self.there):
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)

    def send(self, capture):
        subprocess.run(["ip", "netns", "exec", self.there, "tcpreplay", "--topspeed", "-i", "out0", str(capture)],
                       check=True, capture_output=True, timeout=60)

    def sensor(self, *options):
        return subprocess.Popen(["ip", "netns", "exec", self.here, str(PROGRAM), "sensor", "-i", "tap0", *options],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def facts(text):
    return {(each["telltale"]["asset"]["ip"], each["telltale"]["vendor"]["id"], each["telltale"]["service"])
            for each in alerts(text)}


def wait_for_start(process):
    line = process.stderr.readline()
    expect("watching" in line, line)
    time.sleep(0.5)


def test_wire_gives_the_alerts_that_the_file_gives():
    with Wire() as wire:
        process = wire.sensor()
        wait_for_start(process)
        wire.send(OFFICE)
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        expect_equal(process.returncode, 0, err)
        live, file = facts(out), facts(run("replay", OFFICE).stdout)
        # On the wire all packets come within a second, so repetition is not seen: nothing else may differ.
        expect(live, err)
        expect(live <= file, "too many", live - file)
        expect_equal({each[:2] for each in live}, {each[:2] for each in file})
        expect('"event_type":"stats"' in out and '"in_iface":"tap0"' in out)


def test_log_is_opened_anew_after_a_hangup():
    with Wire() as wire, folder() as path:
        file = path / "events.json"
        process = wire.sensor("--events", str(file))
        wait_for_start(process)
        file.rename(path / "old.json")
        process.send_signal(signal.SIGHUP)
        time.sleep(1.0)
        wire.send(OFFICE)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        expect(file.exists() and alerts(file.read_text()), "nothing in the new file")


def test_missing_interface_is_one_sentence():
    done = run("sensor", "-i", "nosuch0")
    expect_equal(done.returncode, 2)
    expect("nosuch0" in done.stderr, done.stderr)


if __name__ == "__main__":
    main()
