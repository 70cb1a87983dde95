# SPDX-License-Identifier: Apache-2.0
"""Delivery to a real redis-server: list, channel, stream, and what is said when it does not work."""
import json
import os
import subprocess
import time

from harness import PCAPS, PROGRAM, Redis, expect, expect_equal, folder, main, run

OFFICE = PCAPS / "kaspersky-office.pcap"


def plain_lines():
    return run("replay", OFFICE).stdout.splitlines()


def test_list_holds_every_event_in_order():
    with folder() as path, Redis(path) as redis:
        done = run("replay", "--redis", redis.url, OFFICE)
        expect_equal(done.returncode, 0, done.stderr)
        expect_equal(done.stdout, "", "events went to standard output too")
        got = redis.cli("--raw", "LRANGE", "telltale", "0", "-1").splitlines()
        expect_equal(got, plain_lines())


def test_left_push_turns_the_order_round():
    with folder() as path, Redis(path) as redis:
        run("replay", "--redis", redis.url, "--set", "redis.left_push=true", "--redis-key", "k", OFFICE)
        got = redis.cli("--raw", "LRANGE", "k", "0", "-1").splitlines()
        expect_equal(got[::-1], plain_lines())


def test_stream_has_the_event_in_its_field():
    with folder() as path, Redis(path) as redis:
        run("replay", "--redis", redis.url, "--redis-mode", "stream", OFFICE)
        count = int(redis.cli("XLEN", "telltale"))
        expect_equal(count, len(plain_lines()))
        entry = redis.cli("--raw", "XRANGE", "telltale", "-", "+", "COUNT", "1").splitlines()
        expect_equal(entry[1], "eve")
        expect_equal(entry[2], plain_lines()[0])


def test_channel_reaches_a_subscriber():
    with folder() as path, Redis(path) as redis:
        with subprocess.Popen([redis.client, "-s", str(redis.socket), "--raw", "SUBSCRIBE", "alerts"],
                              stdout=subprocess.PIPE, text=True) as subscriber:
            expect_equal([subscriber.stdout.readline().strip() for _ in range(2)], ["subscribe", "alerts"])
            run("replay", "--redis", redis.url, "--redis-mode", "channel", "--redis-key", "alerts", OFFICE)
            subscriber.stdout.readline()
            got = []
            for _ in plain_lines():
                expect_equal(subscriber.stdout.readline().strip(), "message")
                expect_equal(subscriber.stdout.readline().strip(), "alerts")
                got.append(subscriber.stdout.readline().strip())
            subscriber.kill()
        expect_equal(got, plain_lines())


def test_several_modes_at_once_and_a_file_too():
    with folder() as path, Redis(path) as redis:
        file = path / "events.json"
        done = run("replay", "--redis", redis.url, "--set", "redis.list_key=l", "--set", "redis.stream_key=s",
                   "--redis-mode", "list,stream", "--events", file, OFFICE)
        expect_equal(done.returncode, 0, done.stderr)
        expect_equal(int(redis.cli("LLEN", "l")), len(plain_lines()))
        expect_equal(int(redis.cli("XLEN", "s")), len(plain_lines()))
        expect_equal(file.read_text().splitlines(), plain_lines())


def test_password_is_needed_and_never_shown():
    with folder() as path, Redis(path, "--requirepass", "s3cret-word") as redis:
        refused = run("replay", "--redis", redis.url, OFFICE)
        expect(refused.returncode in (2, 5), refused.returncode)
        secret = path / "password"
        secret.write_text("s3cret-word\n")
        done = run("replay", "--redis", redis.url, "--set", f"redis.password_file={secret}", OFFICE)
        expect_equal(done.returncode, 0, done.stderr)
        again = run("replay", "--redis", redis.url, OFFICE, env={**os.environ, "TELLTALE_REDIS_PASSWORD": "s3cret-word"})
        expect_equal(again.returncode, 0, again.stderr)
        wrong = run("replay", "--redis", redis.url, OFFICE, env={**os.environ, "TELLTALE_REDIS_PASSWORD": "other-word"})
        expect(wrong.returncode in (2, 5))
        shown = run("config", "show", "--set", "redis.url=redis://:s3cret-word@localhost")
        for process in (refused, done, again, wrong, shown):
            expect("s3cret" not in process.stdout + process.stderr and "other-word" not in process.stderr)


def test_wrong_key_type_is_said_at_the_start():
    with folder() as path, Redis(path) as redis:
        redis.cli("SET", "telltale", "a text")
        done = run("replay", "--redis", redis.url, OFFICE)
        expect(done.returncode in (2, 5), done.returncode)
        expect("telltale" in done.stderr, done.stderr)


def test_no_server_is_one_sentence():
    with folder() as path:
        done = run("replay", "--redis", f"unix://{path}/none.sock", OFFICE)
        expect(done.returncode in (2, 5), done.returncode)
        expect("none.sock" in done.stderr, done.stderr)
        expect_equal(len(done.stderr.strip().splitlines()), 1, done.stderr)


def test_server_killed_in_the_middle_is_survived_and_counted():
    with folder() as path, Redis(path) as redis:
        with subprocess.Popen([str(PROGRAM), "replay", "--flows", "--redis", redis.url, "-"], stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdin.write(OFFICE.read_bytes())
            process.stdin.flush()
            time.sleep(0.5)
            redis.process.kill()
            redis.process.wait()
            process.stdin.close()
            stderr = process.stderr.read().decode()
            expect_equal(process.wait(60), 5, stderr)


def test_binary_safe_with_hostile_names():
    with folder() as path, Redis(path) as redis:
        run("replay", "--redis", redis.url, "--flows", PCAPS / "hostile-names.pcap")
        lines = redis.cli("--raw", "LRANGE", "telltale", "0", "-1").splitlines()
        expect(lines)
        for line in lines:
            json.loads(line)


if __name__ == "__main__":
    main()
