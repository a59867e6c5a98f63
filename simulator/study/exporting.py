"""One simulated year as a service's own systems would export it: a contact log, or counts by hour. Nothing personal.

For trying out the import, and for showing what we would like to be given. Knows nothing of files.
"""

import numpy as np

from simulator.scenario.calendar import HOUR_MS, Calendar
from simulator.scenario.model import CHANNELS, Scenario
from simulator.service.ledger import ABANDONED, ANSWERED, BALKED, BLOCKED, MET_CLOSED, NOBODY, TURNED_AWAY, UNFINISHED
from simulator.study.replicate import simulate

_WORDS = {ANSWERED: "besvart", ABANDONED: "la på", BALKED: "snudde", BLOCKED: "avvist", TURNED_AWAY: "avvist"}
LOG_COLUMNS = ("Tidspunkt", "Kanal", "Utfall", "Ventetid (sek)", "Varighet (sek)", "Etterarbeid (sek)", "Rådgiver")
COUNT_COLUMNS = ("Dato", "Time", "Besvarte", "Tapte")
_NAMES = {"phone": "telefon", "email": "e-post"}


def contact_log(scenario: Scenario, channel: str, seed: int = 1, replication: int = 0) -> str:
    """A contact log of one simulated year: CSV with semicolons, one row for each attempt that met an open channel.

    Times are local with their offset; counsellors are opaque codes. Attempts that met a closed channel leave no trace.
    """
    year = simulate(scenario, seed, replication)
    calendar, ledger = Calendar.of(scenario), year.ledger
    mine = (ledger.channel == CHANNELS.index(channel)) & (ledger.fate != MET_CLOSED) & (ledger.fate != UNFINISHED)
    mine &= ledger.at_ms < calendar.end_ms
    lines = [";".join(LOG_COLUMNS)]
    for row in np.flatnonzero(mine):
        at = calendar.civil_time(int(ledger.at_ms[row])).isoformat(sep=" ", timespec="seconds")
        answered = ledger.fate[row] == ANSWERED
        length = _seconds(int(ledger.end_ms[row] - ledger.start_ms[row])) if answered else ""
        code = f"r{ledger.counsellor[row]}" if answered and ledger.counsellor[row] != NOBODY else ""
        after = int(year.contacts.wrap_up_ms[ledger.person[row], ledger.channel[row]])
        lengths = (_seconds(int(ledger.wait_ms[row])), length, _seconds(after) if answered else "")
        lines.append(";".join((at, _NAMES.get(channel, channel), _WORDS[int(ledger.fate[row])], *lengths, code)))
    return "\n".join(lines) + "\n"


def hourly_counts(scenario: Scenario, channel: str, seed: int = 1, replication: int = 0) -> str:
    """Answered and lost of one simulated year by hour; the hour that autumn repeats is 02A and 02B."""
    year = simulate(scenario, seed, replication)
    calendar, ledger = Calendar.of(scenario), year.ledger
    hours = calendar.hours
    size = len(hours.hour)
    mine = (ledger.channel == CHANNELS.index(channel)) & (ledger.fate != MET_CLOSED) & (ledger.fate != UNFINISHED)
    mine &= ledger.at_ms < size * HOUR_MS
    hour, answered = ledger.at_ms[mine] // HOUR_MS, ledger.fate[mine] == ANSWERED
    counts = [np.bincount(hour[rows], minlength=size) for rows in (answered, ~answered)]
    lines = [";".join(COUNT_COLUMNS)]
    for i in range(size):
        day = calendar.civil_time(i * HOUR_MS).strftime("%d.%m.%Y")
        lines.append(f"{day};{_clock(hours.hour, i)};{counts[0][i]};{counts[1][i]}")
    return "\n".join(lines) + "\n"


def _clock(hour: np.ndarray[tuple[int, ...], np.dtype[np.int64]], i: int) -> str:
    before = i > 0 and hour[i - 1] == hour[i]
    after = i + 1 < len(hour) and hour[i + 1] == hour[i]
    return f"{hour[i]:02d}{'B' if before else 'A' if after else ''}"


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f}".replace(".", ",")
