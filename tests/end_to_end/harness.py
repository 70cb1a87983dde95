# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: running the program, a redis-server, TAP output.

A test is a function whose name starts with `test_`; main() runs those of the calling module and prints TAP, which meson
counts case by case.  A test that raises Skip says why it cannot run here.
"""
import contextlib
import inspect
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(os.environ.get("TELLTALE_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("TELLTALE_BUILD", SOURCE / "build"))
PROGRAM = BUILD / "telltale"
PCAPS = SOURCE / "pcaps"


class Skip(Exception):
    """The test cannot run on this machine."""


def run(*arguments, **options):
    """Runs the program; returns the finished process with text output."""
    options.setdefault("capture_output", True)
    options.setdefault("timeout", 120)
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    if isinstance(options.get("input"), bytes):
        done = subprocess.run([str(PROGRAM), *map(str, arguments)], check=False, **options)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done
    return subprocess.run([str(PROGRAM), *map(str, arguments)], check=False, text=True, **options)


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def alerts(text):
    return [event for event in events(text) if event["event_type"] == "alert"]


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(map(str, what)))


def expect_equal(got, wanted, what=""):
    expect(got == wanted, what, "got", repr(got), "wanted", repr(wanted))


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix="telltale-test-")
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Redis:
    """A redis-server of our own on a UNIX socket, gone when the block ends."""

    def __init__(self, path, *options):
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        self.client = shutil.which("redis-cli") or shutil.which("valkey-cli")
        if program is None or self.client is None:
            raise Skip("no redis-server on this machine")
        self.socket = path / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no",
             "--dir", str(path), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self.answers():
            expect(time.monotonic() < deadline, "redis-server did not start")
            time.sleep(0.05)

    def answers(self):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64)[:1] in (b"+", b"-")
            except OSError:
                return False

    def cli(self, *words):
        done = subprocess.run([self.client, "-s", str(self.socket), *words], check=True, text=True,
                              capture_output=True, timeout=30)
        return done.stdout

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()


def main():
    module = sys.modules["__main__"]
    tests = [(name, function) for name, function in inspect.getmembers(module, inspect.isfunction)
             if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} {name} # SKIP {reason}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {number} {name}", flush=True)
    sys.exit(1 if failed else 0)
