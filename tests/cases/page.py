"""`docs/cases.md`: every published queueing case in the scenario language, written from `said` so that it stays true.

Write it anew with ``python -m tests.cases.page``.
"""

import io
import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.cases.said import cases

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "cases.md"

INTRODUCTION = """# The published queueing cases in the scenario language

Each case of `tests/cases/public.json` that the engines simulate, as a scenario. `tests/service/test_cases.py` runs
them as they are in the reference engine; `tests/service/test_cases_full.py` runs them in the compiled engine for so
long that every figure is as narrow as its case asks (SIN-1 and SSJ-1: as 20 000 days give). The formulas behind them
are in `simulator/service/theory/`. This page is written by `python -m tests.cases.page`.

Three things to know:

- Demand is given by `per_hour` (one number, or equal steps through the day) instead of a profile, and
  `max_attempts: 1` means that nobody tries again. `timezone: UTC` keeps days at 24 hours.
- A case that staffs by *level* per interval, with "exhaustive" shift ends, is said with
  `shift_end: first_free_leaves`: people stand in for each other, and nobody idle starts while as many are busy as are
  on duty. With `finish`, the default, each named person finishes her own, which is another model with other numbers.
- From Python: `year = simulate(load(text), seed=1, replication=0)` gives `year.ledger` (one row per attempt),
  `year.contacts` and `year.plan`; `tests/cases/reading.py` shows how each figure is read off them. Recorded contacts
  with given handling and patience (the traces) go through `simulator replay LOG.csv SCENARIO.yaml`.
"""


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return round(float(value), 6) if isinstance(value, float) else value


def _shortened(rates: Any) -> Any:
    """A long list of rates as its first steps and a word: the page is for reading."""
    return [*rates[:6], f"... {len(rates)} steps in all"] if isinstance(rates, list) and len(rates) > 48 else rates


def _yaml(scenario: dict[str, Any]) -> str:
    document = _plain(scenario)
    for demand in document["demand"].values():
        if isinstance(demand, dict) and "per_hour" in demand:
            demand["per_hour"] = _shortened(demand["per_hour"])
    writer = YAML()
    writer.width = 110
    writer.default_flow_style = None
    text = io.StringIO()
    writer.dump(document, text)
    return text.getvalue()


def page() -> str:
    """The text of the page."""
    records = json.loads((Path(__file__).parent / "public.json").read_text("utf-8"))
    said = cases({record["id"]: record for record in records})
    parts = [INTRODUCTION]
    for record in records:
        if record["id"] in said:
            parts.append(
                f"## {record['id']}: {record['feature']}\n\n```yaml\n{_yaml(dict(said[record['id']].scenario))}```\n"
            )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
