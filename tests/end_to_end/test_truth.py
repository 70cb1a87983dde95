# SPDX-License-Identifier: Apache-2.0
"""The made captures against their truth files: every expected contact is alerted, and nothing else is."""
import json

from harness import PCAPS, alerts, expect, main, run, Skip


def wanted(path):
    """(asset, vendor) pairs that the truth file expects to be alerted."""
    pairs = set()
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if row["row"] == "activity" and row["contact"]:
            pairs.add((row["ip"], row["vendor"]))
    return pairs


def test_every_contact_and_nothing_else():
    truths = sorted(PCAPS.glob("*.truth.jsonl"))
    if not truths:
        raise Skip("no truth files beside the captures")
    wrong = []
    for truth in truths:
        captures = [each for each in PCAPS.glob(truth.name.replace(".truth.jsonl", ".pcap*"))]
        expect(len(captures) == 1, truth.name, captures)
        found = {(each["telltale"]["asset"]["ip"], each["telltale"]["vendor"]["name"])
                 for each in alerts(run("replay", "-q", captures[0]).stdout) if each["telltale"]["kind"] == "contact"}
        pairs = wanted(truth)
        if found != pairs:
            wrong.append(f"{truth.name}: missed {sorted(pairs - found)}, too many {sorted(found - pairs)}")
    expect(not wrong, "\n".join(wrong))


def test_behaviour_shows_every_kind_that_it_is_made_for():
    rows = [json.loads(line) for line in (PCAPS / "behaviour.truth.jsonl").read_text().splitlines()]
    pairs = {(row["ip"], kind) for row in rows if row["row"] == "activity" for kind in row.get("shows", [])}
    expect(len(pairs) > 5, "the truth shows too little:", pairs)
    found = {(each["telltale"]["asset"]["ip"], each["telltale"]["kind"])
             for each in alerts(run("replay", "-q", PCAPS / "behaviour.pcap").stdout)}
    known = {kind for _, kind in found}
    wanted = {(ip, kind) for ip, kind in pairs if kind in known}
    if not wanted:
        raise Skip("the program emits contacts only")
    expect(wanted <= found, "missed", sorted(wanted - found))


if __name__ == "__main__":
    main()
