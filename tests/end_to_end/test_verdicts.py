# SPDX-License-Identifier: Apache-2.0
"""Verdicts about machines: the scorer itself, and the program on an office of one day that it has never seen."""
import json
import re
import subprocess
import sys

from harness import BUILD, PCAPS, SOURCE, Skip, alerts, events, expect, expect_equal, folder, main, run

SYNTH = BUILD / "tools" / "synth" / "telltale-synth"
SCENARIOS = SOURCE / "tools" / "synth" / "scenarios"
SEEDS = (101, 102)
BARS = ("--precision", "1.0", "--recall", "0.98")


def machine(ip, installed=(), **more):
    row = {"row": "machine", "asset": "pc-" + ip.rsplit(".", 1)[1], "ip": ip, "installed": list(installed), "agents": [],
           "speaks_for": [], "embedded": [], "behind": [], "decoys": []}
    row["agents"] = [{"vendor": vendor, "starts": 40} for vendor in installed]
    return row | more


def asset_event(kind, ip, vendor, **more):
    when = more.pop("when", "2026-03-02T20:00:00.000000+0000")
    return {"event_type": "asset", "timestamp": when,
            "telltale": {"kind": kind, "asset": {"ip": ip}, "vendor": {"id": vendor}} | more}


SUMMARY = {"row": "summary", "first_ts": "2026-03-02T00:00:00.000000000Z", "last_ts": "2026-03-08T00:00:00.000000000Z"}
ONE = [machine("10.0.0.1", ["eset"]), SUMMARY]


def score(rows, found, *options):
    """Runs the scorer; returns the finished process."""
    with folder() as path:
        for name, content in (("truth", rows), ("events", found)):
            (path / name).write_text("".join(json.dumps(each) + "\n" for each in content))
        return subprocess.run([sys.executable, str(SOURCE / "tools" / "verdicts"), str(path / "truth"), str(path / "events"),
                               *options], check=False, text=True, capture_output=True, timeout=60)


def expect_score(rows, found, code, *words, options=BARS):
    done = score(rows, found, *options)
    expect_equal(done.returncode, code, done.stdout + done.stderr)
    for word in words:
        expect(word in done.stdout + done.stderr, "no", repr(word), "in", done.stdout, done.stderr)


def test_what_is_right_passes():
    expect_score(ONE, [asset_event("installed", "10.0.0.1", "eset")], 0, "1 right, 0 false, 0 missed of 1")


def test_a_role_that_is_said_counts_like_none():
    for role in ("installed", "agent"):
        expect_score(ONE, [asset_event("installed", "10.0.0.1", "eset", role=role)], 0, "1 right")


def test_a_miss_is_below_the_bar():
    expect_score(ONE, [], 1, "missed  pc-1 10.0.0.1 eset", "below the bar: recall")


def test_a_false_claim_is_below_the_bar():
    rows = [machine("10.0.0.1", ["eset"]), machine("10.0.0.2", decoys=["avast"]), SUMMARY]
    found = [asset_event("installed", "10.0.0.1", "eset"), asset_event("installed", "10.0.0.2", "avast", probability=0.9)]
    expect_score(rows, found, 1, "false   pc-2 10.0.0.2 avast: only decoys", "probability 0.9", "precision 0.500")


def test_a_claim_about_an_unknown_machine_is_false():
    found = [asset_event("installed", "10.0.0.1", "eset"), asset_event("installed", "10.9.9.9", "eset")]
    expect_score(ONE, found, 1, "no such machine")


def test_another_role_is_no_claim():
    rows = [machine("10.0.0.1", speaks_for=[{"vendor": "eset", "clients": 3}]), machine("10.0.0.2", ["eset"]), SUMMARY]
    found = [asset_event("installed", "10.0.0.1", "eset", role="speaks-for"),
             asset_event("installed", "10.0.0.2", "eset", role="embedded")]
    expect_score(rows, found, 1, "0 right, 0 false, 1 missed", "said embedded", "1 of 1 recognised, 1 wrong")


def test_who_speaks_for_others_or_carries_an_engine_has_not_installed_it():
    rows = [machine("10.0.0.1", speaks_for=[{"vendor": "eset", "clients": 3}]), machine("10.0.0.2", embedded=["eset"]),
            SUMMARY]
    found = [asset_event("installed", f"10.0.0.{number}", "eset") for number in (1, 2)]
    expect_score(rows, found, 1, "it is speaks-for", "it is embedded", "0 of 2 recognised")


def test_who_is_behind_a_server_counts_neither_way():
    rows = [machine("10.0.0.1", behind=[{"vendor": "eset", "server": "10.0.0.9"}]), SUMMARY]
    expect_score(rows, [asset_event("installed", "10.0.0.1", "eset")], 0, "0 right, 0 false, 0 missed of 0")
    expect_score(rows, [], 1, "below the bar: roles", options=("--roles", "1"))


def test_the_last_event_stands():
    found = [asset_event("installed", "10.0.0.1", "eset"), asset_event("removed", "10.0.0.1", "eset")]
    expect_score(ONE, found, 1, "said nothing", "removed is not so")
    expect_score(ONE, found + [asset_event("returned", "10.0.0.1", "eset")], 0, "1 right")


def test_an_update_changes_the_role_of_what_is_there():
    found = [asset_event("installed", "10.0.0.1", "eset"), asset_event("updated", "10.0.0.1", "eset", role="speaks-for")]
    expect_score(ONE, found, 1, "said speaks-for")
    expect_score(ONE, [asset_event("updated", "10.0.0.1", "eset", role="agent")], 1, "said nothing")


def test_what_was_removed_is_no_longer_there():
    gone = [{"vendor": "eset", "starts": 40, "removed_at": "2026-03-03T00:00:00.000000000Z", "replaced_by": "avast"}]
    rows = [machine("10.0.0.1", agents=gone), SUMMARY]
    seen = asset_event("installed", "10.0.0.1", "eset")
    expect_score(rows, [seen], 1, "removed at 2026-03-03T00:00:00", "was not noticed")
    later = asset_event("replaced", "10.0.0.1", "eset", when="2026-03-05T00:00:00.000000+0000")
    expect_score(rows, [seen, later], 0, "1 of 1 noticed", options=(*BARS, "--changes", "1"))
    early = asset_event("removed", "10.0.0.1", "eset")
    expect_score(rows, [seen, early], 1, "1 made up", options=(*BARS, "--changes", "1"))


def test_what_was_hardly_seen_need_not_be_found():
    rows = [machine("10.0.0.1", agents=[{"vendor": "eset", "starts": 2}], installed=["eset"]),
            machine("10.0.0.2", agents=[{"vendor": "eset", "starts": 40, "added_at": "2026-03-07T12:00:00.000000000Z"}],
                    installed=["eset"]), SUMMARY]
    expect_score(rows, [], 0, "0 missed of 0")
    expect_score(rows, [], 1, "1 missed of 1", options=(*BARS, "--watched", "6"))


def test_both_addresses_of_a_machine_are_one():
    rows = [machine("10.0.0.1", ["eset"], other_ip="2001:db8::1"), SUMMARY]
    expect_score(rows, [asset_event("installed", "2001:db8::1", "eset")], 0, "1 right")


def test_input_that_is_no_truth_is_refused():
    expect_score([SUMMARY], [], 2, "no line of a machine")
    expect_score(ONE, [{"event_type": "asset", "telltale": {"kind": "installed"}}], 2, "without time, address or vendor")


def play(path, scenario, seed):
    """Makes the capture of a scenario; returns it and its truth."""
    if not SYNTH.exists():
        raise Skip("telltale-synth was not built")
    capture, truth = path / f"{scenario}.pcap", path / f"{scenario}.truth.jsonl"
    subprocess.run([str(SYNTH), str(SCENARIOS / f"{scenario}.yaml"), "-s", str(seed), "-o", str(capture), "-t", str(truth)],
                   check=True, timeout=120)
    return capture, truth


def rows_of(truth):
    return [json.loads(line) for line in truth.read_text().splitlines()]


def test_every_contact_of_the_offices_and_no_other():
    for scenario in ("office-day", "office-weeks"):
        for seed in SEEDS:
            with folder() as path:
                capture, truth = play(path, scenario, seed)
                wanted = {(row["ip"], row["vendor"]) for row in rows_of(truth) if row["row"] == "activity" and row["contact"]}
                found = {(each["telltale"]["asset"]["ip"], each["telltale"]["vendor"]["name"])
                         for each in alerts(run("replay", "-q", capture).stdout) if each["telltale"]["kind"] == "contact"}
            expect(len(wanted) > 20, scenario, seed, "expects", len(wanted))
            expect(found == wanted, scenario, seed, "missed", sorted(wanted - found), "too many", sorted(found - wanted))


def test_another_seed_shifts_every_agent():
    first = []
    for seed in SEEDS:
        with folder() as path:
            _, truth = play(path, "office-day", seed)
            first.append({(row["asset"], row["label"]): row["first_ts"] for row in rows_of(truth)
                          if row["row"] == "activity" and row["starts"] > 1 and "client" not in row
                          and row.get("vendor_id")})
    both = first[0].keys() & first[1].keys()
    expect(len(both) > 100 and all(first[0][key] != first[1][key] for key in both), "the same moment in two seeds")


def test_profiles_speak_of_vendors_that_have_signatures():
    for profile in sorted((SOURCE / "tools" / "synth" / "profiles").glob("*.yaml")):
        vendor = re.search(r"^vendor: (\S+)$", profile.read_text(), re.M)
        if vendor is None:
            continue
        signature = SOURCE / "signatures" / f"{vendor[1]}.yaml"
        expect(signature.exists(), profile.name, "names", vendor[1])
        names = [re.search(r'^name: "?(.*?)"?$', text, re.M)[1] for text in (profile.read_text(), signature.read_text())]
        expect_equal(names[0], names[1], profile.name)


def verdicts(scenario, seed, *bars):
    """Plays, replays and scores; returns what is wrong, or None where the program has no verdicts yet."""
    with folder() as path:
        capture, truth = play(path, scenario, seed)
        done = run("replay", "-q", capture)
        expect_equal(done.returncode, 0, done.stderr)
        if not any(event["event_type"] == "asset" for event in events(done.stdout)):
            raise Skip("the program emits no asset events")
        (path / "events").write_text(done.stdout)
        scored = subprocess.run([sys.executable, str(SOURCE / "tools" / "verdicts"), str(truth), str(path / "events"), *bars],
                                check=False, text=True, capture_output=True, timeout=60)
    return None if scored.returncode == 0 else f"{scenario} with seed {seed}:\n{scored.stdout}{scored.stderr}"


def test_verdicts_of_a_day_reach_the_bars():
    wrong = [each for each in (verdicts("office-day", seed, *BARS) for seed in SEEDS) if each]
    expect(not wrong, "\n".join(wrong))


def test_verdicts_after_three_weeks_reach_the_bars():
    wrong = [each for each in (verdicts("office-weeks", seed, *BARS) for seed in SEEDS) if each]
    expect(not wrong, "\n".join(wrong))


def test_the_small_capture_has_a_truth_for_verdicts():
    machines = {row["asset"]: row for row in rows_of(PCAPS / "behaviour.truth.jsonl") if row["row"] == "machine"}
    expect_equal(machines["ksc"]["speaks_for"], [{"vendor": "kaspersky", "clients": 3}])
    expect_equal(machines["ksc"]["installed"], [])
    expect_equal(machines["removed"]["installed"], [])
    expect_equal(machines["replaced"]["installed"], ["eset"])
    expect_equal([each.get("returned", False) for each in machines["returns"]["agents"]], [False, True])
    expect(all("removed_at" not in each for each in machines["kept-out"]["agents"]), "kept out is not removed")


if __name__ == "__main__":
    main()
