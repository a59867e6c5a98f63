"""Peak memory against the number of years, each study in a process of its own.

``python -m benchmarks.memory YEARS LAST_DAY`` is that process: it prints its peak in kibibytes. The years are spread
over threads, so there is nobody else to count.
"""

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.size import FULL, Size
from benchmarks.table import Row

TITLE = "Peak memory of 2024-actual on two workers"
MOST_MB, MOST_GROWTH = 1000.0, 1.1
_KIB = 1024


def rows(size: Size) -> list[Row]:
    """The peak of few and of many years, and how much it grew."""
    few, many = size.years_kept
    peaks = {years: peak_mb(years, size.last_day) for years in (few, many)}
    return [
        Row(f"{few} years", value=peaks[few], unit="MB"),
        Row(f"{many} years", value=peaks[many], unit="MB", most=MOST_MB),
        Row(f"{many} years / {few} years", value=peaks[many] / peaks[few], most=MOST_GROWTH),
    ]


def peak_mb(years: int, last_day: str) -> float:
    """Peak memory of a study in megabytes (of a million bytes)."""
    command = [sys.executable, "-m", "benchmarks.memory", str(years), last_day]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) * _KIB / 1e6


def main() -> None:
    """The process that is looked at."""
    from benchmarks.year import scenario_of
    from simulator.study.replicate import replicate

    years, last_day = int(sys.argv[1]), sys.argv[2]
    replicate(scenario_of(replace(FULL, last_day=last_day)), years, workers=2).seen.close()
    print(peak_kib())


def peak_kib() -> int:
    """Peak memory of this process. Linux hands the peak of whoever starts a process down to it in `getrusage`."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // _KIB if sys.platform == "darwin" else peak


if __name__ == "__main__":
    main()
