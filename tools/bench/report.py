# SPDX-License-Identifier: Apache-2.0
"""The table of the benchmark, for the terminal and for docs/benchmarks.md."""
import datetime
import os
import platform
from dataclasses import dataclass, field

HEAD = ["#", "case", "Telltale", "yardstick", "reach", "stretch", "reached", "verdict"]

NOTES = """## How it is measured

`tools/bench/run` writes this page; its [README](../tools/bench/README.md) says how to repeat it. Compared commands run in
turn (A B A B ...), ratios are taken pair by pair, and the median is shown. CPU is user and system seconds of the whole
process, start-up included; all files are in the page cache. Everything that Telltale does by default is on: all shipped
signatures, the shipped geo database, name memory, recognition of copies, events. Quote ratios: single times move by 10 %
on a quiet machine and by far more on a busy one, and no test depends on one.

Instruction counts (callgrind) do repeat, and show a change of 1 % where a stopwatch cannot show 5 %.

## What to know before quoting

- ndpiReader is a demonstration program. It is single-threaded on files, scans payloads for readable strings and keeps every
  flow to the end; `-q` prints little. It recognises more protocols by name than Telltale asks for.
- Suricata reassembles streams, writes application logs and extracts files: far more than telling flows apart. It is compared
  only where both write flow records.
- The libpcap loop does nothing with a packet; it reads with a small buffer, as programs that use libpcap on files do.
- Small flows, elephants and growth are synthetic.
"""


@dataclass
class Row:
    """One line of the table.  `factor` is what the targets speak of; more is better unless `lower`."""
    number: str
    case: str
    ours: str
    yardstick: str
    factor: float
    reach: float
    stretch: float
    unit: str = "x"
    lower: bool = False

    def verdict(self):
        good = (lambda target: self.factor <= target) if self.lower else (lambda target: self.factor >= target)
        if good(self.stretch):
            return "stretch"
        return "reach" if good(self.reach) else "missed"

    def place(self):
        """Where the row stands in the table; rows without a number come last."""
        return int(self.number) if self.number.isdigit() else 99

    def cells(self):
        def text(value):
            return f"{value:g} {self.unit}" if self.unit != "x" else f"{value:g}x"
        factor = round(self.factor, 2 if self.factor < 10 else 1 if self.factor < 100 else 0)
        return [self.number, self.case, self.ours, self.yardstick, text(self.reach), text(self.stretch), text(factor),
                self.verdict()]


@dataclass
class Report:
    """All that a run found out."""
    rows: list = field(default_factory=list)
    runs: list = field(default_factory=list)  # (capture, command, CPU s, wall s, peak MiB, Mpps)
    counts: list = field(default_factory=list)  # (capture, program, million instructions)
    captures: list = field(default_factory=list)  # (name, what it is)
    versions: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    def add(self, row):
        self.rows.append(row)
        print("  ".join(row.cells()), flush=True)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def machine():
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}"


def page(report):
    """The text of docs/benchmarks.md."""
    today = datetime.date.today().isoformat()
    load = os.getloadavg()[2]
    parts = ["# Benchmarks\n",
             f"Measured {today}: {machine()}; load while measuring {load:.1f}. {'; '.join(report.versions)}.\n",
             table(HEAD, [row.cells() for row in sorted(report.rows, key=Row.place)])]
    if report.counts:
        parts += ["## Instructions of the whole run\n",
                  table(["capture", "program", "million"], [(c, p, f"{n:,.0f}") for c, p, n in report.counts])]
    if report.runs:
        parts += ["## Times behind the ratios\n",
                  table(["capture", "command", "CPU s", "wall s", "peak MiB", "Mpps (CPU)"], report.runs)]
    parts += ["## Captures\n", table(["name", "what"], report.captures)]
    if report.skipped:
        parts += ["## Not measured here\n", "\n".join(f"- {line}" for line in report.skipped) + "\n"]
    return "\n".join(parts) + "\n" + NOTES
