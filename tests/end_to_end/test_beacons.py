# SPDX-License-Identifier: Apache-2.0
"""The beacons command as its user meets it: formats, ids, messages, exit codes.

No score is compared with a number: what is checked is what was read, and that a perfect beat is found.
"""
import gzip
import json
import random
import shutil
import subprocess

from harness import PCAPS, PROGRAM, events, expect, expect_equal, folder, main, run

START = 1764072000
ZEEK_HEAD = ("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{path}\n"
             "#open\t2025-11-25-12-00-00\n#fields\t{fields}\n#types\t{types}\n")
CONN = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "orig_bytes", "resp_bytes", "conn_state"]


def beat(count=60, period=60.0, start=START):
    return [start + i * period for i in range(count)]


def wild(count=60, seed=7, start=START):
    source = random.Random(seed)
    times = [start]
    for _ in range(count - 1):
        times.append(times[-1] + source.expovariate(1 / 60))
    return times


def zeek(path, fields, rows):
    lines = ["\t".join(str(cell) for cell in row) for row in rows]
    head = ZEEK_HEAD.format(path=path, fields="\t".join(fields), types="\t".join(["string"] * len(fields)))
    return head + "\n".join(lines) + "\n#close\t2025-11-25-13-00-00\n"


def conn_rows(times, target="203.0.113.9", state="SF"):
    return [[f"{time:.6f}", f"C{i}", "10.0.0.1", 50000 + i, target, 443, "tcp", 100 + i, 200, state]
            for i, time in enumerate(times)]


def tsv(series, window=3600):
    return "".join(f"{name}\t{window}\t{time * 1000:.0f}\t{size}\n" for name, times, size in series for time in times)


def beacons(text, *options):
    """Runs the command on one text on standard input."""
    data = text if isinstance(text, bytes) else text.encode()
    return run("beacons", *options, "-", input=data)


def by_id(done):
    return {each["id"]: each for each in events(done.stdout)}


def check_beat(found, period=60.0):
    expect_equal(found["verdict"], "periodic", found)
    expect(0.98 * period < found["period_s"] < 1.02 * period, "period:", found)
    expect(found["p_value"] <= found["q_value"] <= 0.01, found)
    expect(0.5 < found["score"] <= 1.0, found)


def test_a_beat_is_told_from_chance():
    done = beacons(tsv([("beat", beat(start=0), 300), ("wild", wild(start=0), 100)]))
    expect_equal(done.returncode, 0, done.stderr)
    found = by_id(done)
    expect_equal(list(found), ["beat", "wild"])
    check_beat(found["beat"])
    expect_equal(found["wild"]["verdict"], "aperiodic")
    expect_equal({key: found["beat"][key] for key in ("count", "events", "first", "last", "bytes", "bytes_median")},
                 {"count": 60, "events": 60, "first": 0, "last": 3540, "bytes": 18000, "bytes_median": 300})
    expect_equal(done.stderr, "2 series of 120 events in 1 file: 1 periodic\n")


def test_order_of_events_and_grouping_do_not_matter():
    lines = tsv([("beat", beat(start=0), 300), ("wild", wild(start=0), 100)]).splitlines(keepends=True)
    wanted = by_id(beacons("".join(lines)))
    random.Random(3).shuffle(lines)
    expect_equal(by_id(beacons("".join(lines))), wanted)
    expect_equal(by_id(beacons("id\twindow_s\tt_ms\tbytes\n" + "".join(lines))), wanted, "with a header")


def test_two_events_are_too_few():
    done = beacons(tsv([("pair", [1, 2], 5)]))
    only = events(done.stdout)[0]
    expect_equal((only["verdict"], only["score"], only["p_value"], only["q_value"]), ("too-few", 0, 1, 1))
    expect("period_s" not in only, only)
    expect_equal(done.stderr, "1 series of 2 events in 1 file: 0 periodic, 1 of too few events\n")


def test_options_choose_what_is_written():
    text = tsv([("wild", wild(start=0), 1), ("pair", [1, 2], 1), ("beat", beat(start=0), 1)])
    expect_equal([each["id"] for each in events(beacons(text).stdout)], ["wild", "pair", "beat"])
    expect_equal([each["id"] for each in events(beacons(text, "--periodic").stdout)], ["beat"])
    expect_equal(events(beacons(text, "--sort", "score").stdout)[0]["id"], "beat")
    expect("pair" not in by_id(beacons(text, "--min-score", "0.0001")), "a score of 0 was written")
    expect_equal(by_id(beacons(text, "--p-value", "0"))["wild"]["verdict"], "aperiodic")
    expect_equal(beacons(text, "--quiet").stderr, "")


def test_zeek_connections_and_failures_are_apart():
    failures = conn_rows(beat(5, 10), state="S0") + conn_rows(beat(5, 10, START + 5), state="REJ")
    done = beacons(zeek("conn", CONN, conn_rows(beat()) + failures + conn_rows(wild(), "2001:db8::9")))
    expect_equal(done.returncode, 0, done.stderr)
    found = by_id(done)
    expect_equal(list(found), ["10.0.0.1 -> 203.0.113.9:443/tcp", "10.0.0.1 -> 203.0.113.9:443/tcp (unanswered)",
                               "10.0.0.1 -> [2001:db8::9]:443/tcp"])
    answered, failed, _ = found.values()
    check_beat(answered)
    expect("answered" not in answered and failed["answered"] is False, failed)
    expect_equal((answered["first"], answered["last"], answered["bytes"]),
                 (START, START + 3540, sum(300 + i for i in range(60))))
    expect_equal(failed["events"], 10)


def test_zeek_names_make_the_series():
    with folder() as path:
        ends = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"]
        for name, column in (("ssl", "server_name"), ("http", "host"), ("dns", "query")):
            rows = [[time, "C", "10.0.0.1", 1, "203.0.113.9", 443, f"{name}.example"] for time in beat()]
            rows.append([START, "C", "10.0.0.1", 1, "203.0.113.9", 443, "-"])
            (path / f"{name}.log").write_text(zeek(name, ends + [column], rows))
        done = run("beacons", *sorted(path.iterdir()))
        expect_equal(done.returncode, 0, done.stderr)
        found = by_id(done)
        expect_equal(list(found), ["10.0.0.1 -> dns.example", "10.0.0.1 -> 203.0.113.9:443", "10.0.0.1 -> http.example",
                                   "10.0.0.1 -> ssl.example"])
        check_beat(found["10.0.0.1 -> ssl.example"])
        expect_equal(found["10.0.0.1 -> 203.0.113.9:443"]["events"], 3)
        expect("in 3 files" in done.stderr, done.stderr)


def test_a_log_in_two_files_is_one_series():
    with folder() as path:
        times = beat()
        (path / "a.log").write_text(zeek("conn", CONN, conn_rows(times[:30])))
        (path / "b.log").write_text(zeek("conn", CONN, conn_rows(times[30:])))
        found = events(run("beacons", path / "b.log", path / "a.log").stdout)
        expect_equal(len(found), 1)
        expect_equal(found[0]["events"], 60)
        check_beat(found[0])


def test_zeek_json_is_the_same_as_its_table():
    rows = conn_rows(beat()) + conn_rows(wild(), "203.0.113.10")
    objects = "".join(json.dumps(dict(zip(CONN, [float(row[0])] + row[1:]))) + "\n" for row in rows)
    table = beacons(zeek("conn", CONN, rows))
    expect_equal(beacons(objects).stdout, table.stdout)
    expect_equal(beacons(objects, "--format", "zeek").stdout, table.stdout)


def test_csv_and_json_lines_are_the_same():
    rows = [("10.0.0.1", 'a "quoted", name', time) for time in beat()]
    table = '"src","name",timestamp\r\n' + "".join(
        '{},"{}",{}\r\n'.format(source, name.replace('"', '""'), time) for source, name, time in rows)
    objects = "".join(json.dumps({"src": source, "name": name, "ts": time}) + "\n" for source, name, time in rows)
    done = beacons(table)
    expect_equal(done.returncode, 0, done.stderr)
    expect_equal(list(by_id(done)), ['10.0.0.1 -> a "quoted", name'])
    check_beat(events(done.stdout)[0])
    expect_equal(beacons(objects).stdout, done.stdout)


def test_calendar_times_are_seconds():
    lines = "id,time\n" + "".join(f"a,2025-11-25T12:{i:02d}:00{zone}\n" for i, zone in enumerate(["Z", "+00:00"] * 20))
    found = events(beacons(lines).stdout)[0]
    expect_equal((found["first"], found["last"], found["events"]), (START, START + 39 * 60, 40))
    check_beat(found)


def test_our_own_events_are_read():
    events_text = run("replay", "--flows", "--quiet", PCAPS / "kaspersky-office.pcap").stdout
    done = beacons(events_text)
    expect_equal(done.returncode, 0, done.stderr)
    found = by_id(done)
    expect("10.20.0.11 -> touch.kaspersky.com" in found, list(found))
    expect(any(name.endswith("(alert)") for name in found), list(found))


def test_packed_inputs_and_names_of_files_do_not_matter():
    data = zeek("conn", CONN, conn_rows(beat()))
    plain = beacons(data).stdout
    with folder() as path:
        packed = path / "picture.png"
        packed.write_bytes(gzip.compress(data[:700].encode()) + gzip.compress(data[700:].encode()))
        expect_equal(run("beacons", packed).stdout, plain, "gzip")
        expect_equal(beacons(packed.read_bytes()).stdout, plain, "gzip on standard input")
        if shutil.which("zstd"):
            (path / "plain").write_text(data)
            subprocess.run(["zstd", "-q", str(path / "plain"), "-o", str(path / "packed")], check=True)
            expect_equal(run("beacons", path / "packed").stdout, plain, "zstd")


def test_a_cut_input_gives_what_it_has():
    packed = gzip.compress(tsv([("beat", beat(2000, start=0), 300)], 1000000).encode())
    with folder() as path:
        (path / "cut.gz").write_bytes(packed[:len(packed) // 2])
        done = run("beacons", path / "cut.gz")
        expect_equal(done.returncode, 4)
        expect("cut.gz: gzip data is cut" in done.stderr, done.stderr)
        check_beat(events(done.stdout)[0])
        (path / "damaged.gz").write_bytes(packed[:20] + b"\xff" * 50)
        done = run("beacons", path / "damaged.gz")
        expect_equal(done.returncode, 3)
        expect("damaged.gz: gzip data is damaged" in done.stderr, done.stderr)


def test_broken_lines_are_counted_and_the_first_is_named():
    with folder() as path:
        broken = path / "broken.tsv"
        good = tsv([("beat", beat(start=0), 300)])
        broken.write_bytes(good.encode() + b"beat\t3600\tsoon\t1\nbeat\t3600\t1\t-1\n\xff\xfe\t1\t2\n\0\n")
        done = run("beacons", broken)
        expect_equal(done.returncode, 4)
        expect(f"{broken}:61: no time of this age: 'soon'; this and 2 more lines were skipped" in done.stderr, done.stderr)
        expect("; 3 lines skipped" in done.stderr, done.stderr)
        expect_equal([each["id"] for each in events(done.stdout)], ["beat", "\ufffd\ufffd"])
        broken.write_text(good + "beat\t3600\t\t1\n")
        expect("broken.tsv:61: no time; the line was skipped" in run("beacons", broken).stderr)


def test_unreadable_inputs_do_not_cost_the_others():
    with folder() as path:
        good, words = path / "good.tsv", path / "words.txt"
        good.write_text(tsv([("beat", beat(start=0), 300)]))
        words.write_text("no log at all\n")
        done = run("beacons", path / "missing", words, path, good)
        expect_equal(done.returncode, 3)
        expect_equal(done.stderr.splitlines(),
                     [f"telltale: {path}/missing: No such file or directory",
                      f"telltale: {words}: no format that is known (tsv, csv, json, zeek)",
                      f"telltale: {path}: Is a directory",
                      "1 series of 60 events in 1 file: 1 periodic"])
        expect_equal(len(events(done.stdout)), 1)


def test_series_are_heard_in_captures():
    for options in ([], ["--format", "capture"]):
        done = run("beacons", *options, PCAPS / "kaspersky-office.pcap")
        expect_equal(done.returncode, 0, done.stderr)
        push = [each for each in events(done.stdout) if each.get("service") == "push"]
        expect_equal(len(push), 1, done.stdout)
        expect_equal((push[0]["asset"], push[0]["channel"], push[0]["vendor"], push[0]["verdict"]),
                     ("10.20.0.12", "message", "eset", "periodic"))
        expect(149 < push[0]["period_s"] < 151, push)


def test_a_capture_by_way_of_standard_input_and_a_cut_one():
    whole = (PCAPS / "kaspersky-office.pcap").read_bytes()
    done = run("beacons", "-", input=whole)
    expect_equal(done.returncode, 0, done.stderr)
    wanted = run("beacons", PCAPS / "kaspersky-office.pcap").stdout
    expect_equal(done.stdout, wanted)
    done = run("beacons", "-", input=whole[:len(whole) - 7])
    expect_equal(done.returncode, 4)
    expect(done.stderr.startswith("telltale: standard input: "), done.stderr)
    expect(len(events(done.stdout)) > 0)
    done = run("beacons", "--format", "capture", "-", input=b"no capture at all, but long enough")
    expect_equal((done.returncode, done.stdout), (3, ""))


def test_nothing_is_no_mistake():
    for text in ("", "id,t_s\n", zeek("conn", CONN, []), "{\"event_type\":\"stats\"}\n"):
        done = beacons(text)
        expect_equal((done.returncode, done.stdout), (0, ""), text)
        expect_equal(done.stderr, "0 series of 0 events in 1 file: 0 periodic\n")


def test_limits_are_kept_and_told():
    text = tsv([("a", beat(start=0), 1), ("b", beat(start=0), 1)])
    done = beacons(text, "--max-events", "70")
    expect_equal(done.returncode, 4)
    expect_equal([each["events"] for each in events(done.stdout)], [60, 10])
    expect("50 events were left out" in done.stderr, done.stderr)
    done = beacons(text, "--max-series", "1")
    expect_equal([each["id"] for each in events(done.stdout)], ["a"])
    expect("60 events were left out" in done.stderr, done.stderr)


def test_a_bomb_costs_no_memory():
    with folder() as path:
        bomb = path / "bomb.gz"
        block = b"a\t60\t1\n" * 1000000
        bomb.write_bytes(gzip.compress(block, 1) * 10 + gzip.compress(b"x" * 50000000, 1))
        done = run("beacons", "--max-events", "1000", bomb)
        expect_equal(done.returncode, 4)
        expect_equal(events(done.stdout)[0]["events"], 1000)
        expect("9999000 events were left out" in done.stderr, done.stderr)
        expect("bomb.gz:10000001: a line of more than 256 KiB; the line was skipped" in done.stderr, done.stderr)


def test_mistakes_on_the_command_line_are_told():
    for words, sentence in (
            ([], "beacons: no file named ('telltale beacons --help')"),
            (["--colour", "x"], "beacons: unknown option '--colour'"),
            (["--periodical", "x"], "beacons: unknown option '--periodical' (did you mean '--periodic'?)"),
            (["--periodic=3", "x"], "beacons: option '--periodic' takes no value"),
            (["-xq", "x"], "beacons: unknown option '-x'"),
            (["x", "-F"], "beacons: option '--format' needs a value"),
            (["x", "--format"], "beacons: option '--format' needs a value"),
            (["-F", "xml", "x"], "beacons: --format 'xml': there are tsv, csv, json, zeek, capture"),
            (["--min-score", "2", "x"], "beacons: --min-score '2': a number from 0 to 1 is wanted"),
            (["-p", "x", "x"], "beacons: --p-value 'x': a number from 0 to 1 is wanted"),
            (["--sort", "size", "x"], "beacons: --sort 'size': first or score is wanted"),
            (["--max-events", "0", "x"], "beacons: --max-events '0': a whole number above 0 is wanted"),
            (["--max-series", "-1", "x"], "beacons: --max-series '-1': a whole number above 0 is wanted")):
        done = run("beacons", *words)
        expect_equal((done.returncode, done.stderr, done.stdout), (2, f"telltale: {sentence}\n", ""))


def test_help_has_options_and_exit_codes():
    done = run("beacons", "--help")
    expect_equal(done.returncode, 0)
    for word in ("--format", "--p-value", "--max-events", "exit codes:", "tsv, csv, json, zeek, capture"):
        expect(word in done.stdout, word)
    expect("beacons" in run("--help").stdout)


def test_a_format_that_is_wanted_is_not_guessed():
    done = beacons("a\t1\t2\n", "--format", "csv")
    expect_equal(done.returncode, 3)
    expect("standard input: line 1: no column for the time" in done.stderr, done.stderr)


def test_a_full_output_is_told():
    text = tsv([("beat", beat(start=0), 300)])
    with open("/dev/full", "wb") as full:
        done = subprocess.run([str(PROGRAM), "beacons", "-"], input=text.encode(), stdout=full,
                              stderr=subprocess.PIPE, check=False, timeout=60)
    expect_equal(done.returncode, 5)
    expect(b"standard output: No space left on device" in done.stderr, done.stderr)


if __name__ == "__main__":
    main()
