# SPDX-License-Identifier: Apache-2.0
"""Runs commands and says what they took: CPU (user and system), wall clock, peak memory, instructions.

The clock of a shared machine is noisy, so compared commands run in turn (A B A B ...), and ratios are taken pair by
pair; what is shown is the median.  Instruction counts come from callgrind and repeat.
"""
import os
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Run:
    """One run of a command."""
    cpu_s: float
    wall_s: float
    peak_mib: float


def once(command):
    """Runs `command` with its output thrown away; raises where it fails."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints) as child:
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            complaints.seek(0)
            text = complaints.read().decode(errors="replace").strip()
            raise RuntimeError(f"{' '.join(command)}: exit {child.returncode}: {text}")
    return Run(usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss / 1024)


class Series:
    """The runs of several commands, in turn."""

    def __init__(self, commands, repeats):
        self.runs = {name: [] for name in commands}
        for _ in range(repeats):
            for name, command in commands.items():
                self.runs[name].append(once(command))

    def __contains__(self, name):
        return name in self.runs

    def median(self, name, field):
        return statistics.median(getattr(run, field) for run in self.runs[name])

    def least(self, name, field):
        return min(getattr(run, field) for run in self.runs[name])

    def ratio(self, above, below, field):
        """Median of the ratios pair by pair."""
        pairs = zip(self.runs[above], self.runs[below])
        return statistics.median(getattr(a, field) / max(getattr(b, field), 1e-3) for a, b in pairs)


def instructions(command):
    """Instructions of the whole run, in millions."""
    with tempfile.TemporaryDirectory() as folder:
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        done = subprocess.run(tool + command, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1)) / 1e6
