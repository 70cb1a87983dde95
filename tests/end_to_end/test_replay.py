# SPDX-License-Identifier: Apache-2.0
"""The replay command as its user meets it: inputs, messages, exit codes."""
import gzip
import hashlib
import os
import pty
import shutil
import signal
import subprocess
import time

from harness import PCAPS, PROGRAM, alerts, events, expect, expect_equal, folder, main, run, Skip

OFFICE = PCAPS / "kaspersky-office.pcap"


def vendors(text):
    return {alert["telltale"]["vendor"]["id"] for alert in alerts(text)}


def test_alerts_name_vendor_place_and_law():
    done = run("replay", OFFICE)
    expect_equal(done.returncode, 0, done.stderr)
    found = [alert["telltale"] for alert in alerts(done.stdout) if alert["telltale"]["vendor"]["id"] == "kaspersky"]
    expect(found, "no alert about the vendor")
    expect_equal(found[0]["vendor"]["jurisdiction"], "RU")
    places = {(each["endpoint"].get("city"), each["endpoint"].get("country"), each["endpoint"].get("asn")) for each in found}
    expect(("Moscow", "RU", 200107) in places, "places:", places)
    expect_equal({each["endpoint"]["registered_country"] for each in found if "asn" in each["endpoint"]
                  and each["endpoint"]["asn"] == 200107}, {"CH"})


def test_same_input_gives_the_same_bytes():
    digests = {hashlib.sha256(run("replay", "--flows", OFFICE).stdout.encode()).hexdigest() for _ in range(3)}
    expect_equal(len(digests), 1)


def test_sequence_has_no_holes_and_ids_are_unique():
    found = events(run("replay", "--flows", PCAPS).stdout)
    expect_equal([event["telltale"]["seq"] for event in found], list(range(len(found))))
    ids = [event["telltale"]["event_id"] for event in found if event["event_type"] == "alert"]
    expect_equal(len(ids), len(set(ids)))


def test_standard_output_holds_events_only():
    done = run("replay", OFFICE)
    for event in events(done.stdout):
        expect(event["event_type"] in ("alert", "asset", "stats"))
    expect("Kaspersky" in done.stderr, "no summary:", done.stderr)


def test_quiet_says_nothing():
    expect_equal(run("replay", "--quiet", OFFICE).stderr, "")


def test_standard_input_and_packed_files_give_the_same():
    plain = run("replay", OFFICE).stdout
    data = OFFICE.read_bytes()
    expect_equal(run("replay", "-", input=data).stdout, plain, "stdin")
    with folder() as path:
        packed = path / "office.pcap.gz"
        packed.write_bytes(gzip.compress(data))
        expect_equal(run("replay", packed).stdout, plain, "gzip")
        if shutil.which("zstd"):
            subprocess.run(["zstd", "-q", str(OFFICE), "-o", str(path / "office.zst")], check=True)
            expect_equal(run("replay", path / "office.zst").stdout, plain, "zstd")


def test_folder_is_one_run():
    with folder() as path:
        shutil.copy(OFFICE, path / "a.pcap")
        (path / "notes.txt").write_text("not a capture")
        done = run("replay", path)
        expect_equal(done.returncode, 0, done.stderr)
        expect_equal(vendors(done.stdout), vendors(run("replay", OFFICE).stdout))


def test_cut_file_gives_partial_results_and_says_so():
    data = OFFICE.read_bytes()
    with folder() as path:
        cut = path / "cut.pcap"
        cut.write_bytes(data[:len(data) * 3 // 4 + 5])
        done = run("replay", cut)
        expect_equal(done.returncode, 4)
        expect(str(cut) in done.stderr, done.stderr)
        expect(alerts(done.stdout), "nothing found in three quarters of the file")


def test_missing_and_foreign_files_are_unreadable_but_others_are_read():
    with folder() as path:
        (path / "x.pcap").write_bytes(b"hello, this is no capture at all")
        done = run("replay", path / "none.pcap", path / "x.pcap", OFFICE)
        expect_equal(done.returncode, 3)
        expect("none.pcap" in done.stderr and "x.pcap" in done.stderr, done.stderr)
        expect(alerts(done.stdout), "the readable file was not read")


def test_wrong_filter_is_refused_with_its_place():
    done = run("replay", "-f", "tcp and prot 80", OFFICE)
    expect_equal(done.returncode, 2)
    expect("9" in done.stderr and "prot" in done.stderr, done.stderr)


def test_filter_chooses_packets():
    done = run("replay", "-f", "udp port 53", OFFICE)
    expect_equal(done.returncode, 0, done.stderr)
    stats = [event for event in events(done.stdout) if event["event_type"] == "stats"][0]["stats"]
    expect_equal(stats["decoder"]["tcp"], 0)
    expect(stats["capture"]["filtered"] > 0)


def test_fail_on_alert():
    expect_equal(run("replay", "--fail-on-alert", OFFICE).returncode, 1)
    expect_equal(run("replay", "--fail-on-alert", PCAPS / "noise.pcap").returncode, 0)


def test_wrong_options_are_explained():
    for words, part in ((["replay"], "no capture"), (["replay", "--flow", "x", "--evnts"], "evnts"),
                        (["reply", "x"], "replay"), (["replay", "--set", "flow.flws_max=1", "x"], "flows_max"),
                        (["replay", "--signatures", "/nowhere", "x"], "/nowhere"),
                        (["replay", "--geo", "/nowhere.mmdb", "x"], "/nowhere.mmdb"),
                        (["sensor"], "-i"), (["signatures", "chek"], "check")):
        done = run(*words)
        expect_equal(done.returncode, 2, words)
        expect(part in done.stderr, words, done.stderr)
        expect_equal(done.stdout, "", words)


def test_every_command_has_help():
    for words in (["--help"], ["replay", "--help"], ["sensor", "--help"], ["signatures", "--help"], ["config", "--help"]):
        done = run(*words)
        expect_equal(done.returncode, 0, words)
        expect("usage:" in done.stdout, words)
        expect(all(len(line) <= 120 for line in done.stdout.splitlines()), words)


def test_full_disk_is_said_and_has_its_exit_code():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    done = run("replay", "--events", "/dev/full", OFFICE)
    expect_equal(done.returncode, 5, done.stderr)
    expect("/dev/full" in done.stderr, done.stderr)


def test_closed_pipe_is_no_crash():
    with subprocess.Popen([str(PROGRAM), "replay", "--flows", str(PCAPS)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdout.close()
        expect_equal(process.wait(120), 5)


def test_no_database_is_said_once_and_all_else_works():
    with folder() as path:
        os.symlink(PCAPS.parent / "signatures", path / "signatures")
        done = run("replay", OFFICE, env={**os.environ, "TELLTALE_DATA": str(path)})
        expect_equal(done.returncode, 0)
        expect_equal(done.stderr.count("no geo database"), 1, done.stderr)
        expect_equal(vendors(done.stdout), vendors(run("replay", "--no-geo", OFFICE).stdout))


def test_hostile_names_are_escaped_everywhere():
    done = run("replay", PCAPS / "hostile-names.pcap", "--flows")
    expect_equal(done.returncode, 0, done.stderr)
    for text in (done.stdout, done.stderr):
        for character in text:
            expect(character == "\n" or character >= " ", "control character", repr(character))
        expect("\x7f" not in text and "\x9b" not in text)
    events(done.stdout)


def test_events_file_is_appended_and_rotated():
    with folder() as path:
        file = path / "events.json"
        run("replay", "--events", file, OFFICE)
        once = file.read_text()
        run("replay", "--events", file, OFFICE)
        expect_equal(file.read_text(), once + once)
        run("replay", "--events", file, "--set", "events.rotate=4KiB", "--flows", OFFICE)
        expect((path / "events.json.1").exists(), "not rotated")
        for each in path.iterdir():
            events(each.read_text())


def test_policy_concern_sets_severity_and_exceptions_silence():
    with folder() as path:
        policy = path / "site.yaml"
        policy.write_text("policy:\n  jurisdictions_of_concern: [RU]\n  vendors_of_concern: [eset]\n"
                          "  regimes: [us-bod-17-01]\n"
                          "  suppress:\n    - {vendor: bitdefender, reason: licensed}\n")
        found = [each for each in alerts(run("replay", "-c", policy, OFFICE, PCAPS / "vendors-mixed.pcap").stdout)]
        law = {each["telltale"]["vendor"]["id"]: (each["alert"]["severity"], each["telltale"]["policy"].get("concern"))
               for each in found}
        expect_equal(law["kaspersky"], (1, "jurisdiction"))
        expect("bitdefender" not in law, law)
        expect_equal([each["telltale"]["policy"]["regimes"] for each in found
                      if each["telltale"]["vendor"]["id"] == "kaspersky"][0], ["us-bod-17-01"])


def test_unknown_vendor_in_the_policy_is_refused_with_place_and_hint():
    with folder() as path:
        policy = path / "site.yaml"
        policy.write_text("policy:\n  vendors_of_concern: [kasperski]\n")
        done = run("config", "check", policy)
        expect_equal(done.returncode, 2)
        expect("site.yaml:2:" in done.stderr and "kaspersky" in done.stderr, done.stderr)


def test_sample_configuration_is_accepted_and_changes_nothing():
    with folder() as path:
        sample = path / "sample.yaml"
        sample.write_text(run("config", "sample").stdout)
        expect_equal(run("config", "check", sample).returncode, 0)
        default = [event for event in alerts(run("replay", OFFICE).stdout)]
        again = [event for event in alerts(run("replay", "-c", sample, OFFICE).stdout)]
        for event in default + again:
            event["telltale"]["policy"].pop("version")
        expect_equal(again, default)


def test_interrupt_ends_cleanly_with_what_was_found():
    with subprocess.Popen([str(PROGRAM), "replay", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdin.write(OFFICE.read_bytes())
        process.stdin.flush()
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        out = process.stdout.read().decode()
        process.stdin.close()
        expect(process.wait(30) in (0, 4), process.returncode)
        expect(alerts(out) and '"event_type":"stats"' in out, out)


def test_progress_only_on_a_terminal():
    try:
        leader, follower = pty.openpty()
    except OSError as error:
        raise Skip(f"no pseudo-terminals: {error}") from error
    with subprocess.Popen([str(PROGRAM), "replay", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=follower) as process:
        os.close(follower)
        data = OFFICE.read_bytes()
        head, body = data[:24], data[24:]
        process.stdin.write(head)
        for _ in range(60):
            try:
                process.stdin.write(body)
                process.stdin.flush()
            except BrokenPipeError:
                break
            time.sleep(0.02)
        process.stdin.close()
        shown = b""
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        process.wait(60)
    os.close(leader)
    expect(b"packets" in shown, shown[:200])


def test_explain_tells_product_names_from_web_sites():
    good = run("signatures", "explain", "ds.kaspersky.com")
    expect_equal(good.returncode, 0)
    expect("kaspersky" in good.stdout and "cloud_reputation" in good.stdout, good.stdout)
    site = run("signatures", "explain", "www.kaspersky.com")
    expect("website" in site.stdout, site.stdout)
    address = run("signatures", "explain", "77.74.181.1")
    expect("Moscow" in address.stdout and "AS200107" in address.stdout, address.stdout)
    expect_equal(run("signatures", "explain", "no name").returncode, 2)


def test_signature_mistakes_are_placed():
    with folder() as path:
        (path / "acme.yaml").write_text("vendor: acme\nname: Acme\njurisdiction: US\nrevised: 2026-01-01\n"
                                        "sources: {a: test}\nservices:\n  - id: up\n    name: Up\n    purpose: updat\n"
                                        "    confidence: seen\n    source: a\n    hosts: [up.acme.example]\n")
        done = run("signatures", "check", path)
        expect_equal(done.returncode, 2)
        expect("acme.yaml:9:" in done.stderr and "did you mean 'update'" in done.stderr, done.stderr)


if __name__ == "__main__":
    main()
