"""Simultaneous events, one rule at a time: a handful of contacts whose fate turns on what comes first.

A simulated year has hardly two events in one millisecond, so a changed order among them would move no figure of it.
Here everything that matters is tied, mostly at minute 10; the rules are those of docs/design.md, section 4. Each tie is
served by both engines. `crowd` holds whole days that are full of ties beside these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario import load
from simulator.service.ledger import Ledger
from simulator.service.plan import Plan
from simulator.service.planning import make_plan
from simulator.study.baseline.by_hand import Person, Spells, contacts_by_hand

ALL_DAY = "00:00-24:00"
TEN, MIDDLE, LAST, LATER = "00:00-00:10", "00:05-00:10", "00:05-01:00", "00:10-01:00"
"""Windows around minute 10."""
RINGING = {"busy": "centre_after_ring", "ring_s": 300}
"""A site where a call rings for five minutes."""


@dataclass(frozen=True)
class Tie:
    """A service, and people whose fate shows one rule.

    Attributes
    ----------
    name
        Of the rule, as it is reported; ``regress.tie.<name>`` says it in words.
    scenario
        What the service is, without title and period.
    people, spells
        See `by_hand`.
    """

    name: str
    scenario: Mapping[str, Any]
    people: tuple[Person, ...]
    spells: Spells = field(default_factory=dict)

    def served(self, serve: Any) -> tuple[Plan, Ledger]:
        """What an engine makes of it."""
        day = {"first_day": "2024-01-15", "last_day": "2024-01-15"}
        scenario = load({"title": self.name, "timezone": "UTC", "period": day, **self.scenario})
        plan = make_plan(scenario)
        return plan, serve(contacts_by_hand(scenario, self.people, self.spells), plan)


def _shift(hours: str, *answers: str, people: int = 1, chats: int = 1) -> dict[str, Any]:
    return {"hours": hours, "counsellors": people, "answers": list(answers), "chats_at_once": chats}


def _rules(**parts: Any) -> dict[str, Any]:
    return {"work": {"mean_min": 1}, **parts}


def _service(channels: Mapping[str, Any], *shifts: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    centre = {f"shift {number}": each for number, each in enumerate(shifts)}
    return {"channels": dict(channels), "roster": {"centre": centre}, **parts}


def _sites(**others: Mapping[str, Any]) -> dict[str, Any]:
    return {"centre": {"centre": True, "lines": 0}, **{name: {"share": 0.1, **each} for name, each in others.items()}}


PHONE = {"phone": _rules()}
SHORT_PHONE = {"phone": _rules(open=TEN)}
ONE = _shift(ALL_DAY, "phone")


def _call(at: int, work: int = 10, **fields: Any) -> Person:
    return Person(at, work, **fields)


def _chat(at: int, work: int = 10, **fields: Any) -> Person:
    return Person(at, work, "chat", **fields)


def _leaves_after(minutes: int) -> dict[str, Any]:
    return {"patience": (minutes, minutes)}


def ties() -> Iterator[Tie]:
    """Every rule of what comes first; those inside a kind of event lead, for others may rest on them."""
    yield from _inside_a_kind()
    yield from _of_services()
    yield from _of_shifts()
    yield from _of_leaving()
    yield from _of_sites()
    yield from _of_closing()


def _of_services() -> Iterator[Tie]:
    yield Tie("service-ends-before-giving-up", _service(PHONE, ONE), (_call(0), _call(2, **_leaves_after(8))))
    yield Tie("waiting-before-arriving", _service(PHONE, ONE), (_call(0), _call(9), _call(10)))
    yield Tie("service-ends-before-arrival", _service({"phone": _rules(max_waiting=0)}, ONE), (_call(0), _call(10)))
    yield Tie(
        "all-services-end-before-assignment",
        _service({"phone": _rules(), "chat": _rules()}, _shift(ALL_DAY, "phone", "chat", chats=2)),
        (_chat(0), _chat(0), _chat(1, 5), _call(2, 5)),
    )


def _of_shifts() -> Iterator[Tie]:
    yield Tie(
        "service-ends-before-shift-ends",
        _service(PHONE, _shift(TEN, "phone"), _shift(LAST, "phone"), shift_end="hand_back"),
        (_call(0, wrap_up=5),),
    )
    yield Tie(
        "shift-ends-before-assignment",
        _service(PHONE, _shift(TEN, "phone")),
        (_call(0), _call(2, **_leaves_after(20))),
    )
    yield Tie("shift-starts-before-giving-up", _service(PHONE, _shift(LATER, "phone")), (_call(2, **_leaves_after(8)),))
    yield Tie(
        "shift-starts-before-shift-ends",
        _service(PHONE, _shift(TEN, "phone"), _shift(LATER, "phone"), shift_end="hand_back"),
        (_call(5),),
    )
    yield Tie(
        "all-shifts-change-before-handing-back",
        _service(PHONE, _shift(TEN, "phone"), _shift(MIDDLE, "phone"), shift_end="hand_back"),
        (_call(4),),
    )
    yield Tie("shift-starts-before-arrival", _service(PHONE, _shift(LATER, "phone")), (_call(10, **_leaves_after(0)),))
    yield Tie("shift-ends-before-arrival", _service(PHONE, _shift(TEN, "phone")), (_call(10, **_leaves_after(0)),))
    chat_shifts = [_shift(LATER, "chat", chats=2), _shift(TEN, "chat"), _shift(LATER, "chat", chats=2)]
    yield Tie(
        "all-shifts-change-before-assignment",
        _service({"chat": _rules()}, *chat_shifts),
        (_chat(0, 9), _chat(1, 5), _chat(8, 5), _chat(9, 5)),
    )


def _of_leaving() -> Iterator[Tie]:
    yield Tie(
        "giving-up-before-arrival",
        _service({"phone": _rules(max_waiting=1)}, ONE),
        (_call(0, 20), _call(1, **_leaves_after(9)), _call(10)),
    )
    yield Tie(
        "giving-up-before-closing",
        _service(SHORT_PHONE, ONE),
        (_call(0, 20), _call(2, **_leaves_after(8)), _call(3, **_leaves_after(8))),
    )
    yield Tie(
        "giving-up-before-ringing-out",
        _service(PHONE, ONE, sites=_sites(north=RINGING)),
        (_call(0, 30, origin="north"), _call(5, origin="north", **_leaves_after(5))),
    )


def _of_sites() -> Iterator[Tie]:
    rings = _sites(north=RINGING)
    yield Tie(
        "service-ends-before-ringing-out",
        _service(PHONE, ONE, sites=rings),
        (_call(0, origin="north"), _call(5, origin="north")),
    )
    yield Tie(
        "ringing-out-before-closing",
        _service(SHORT_PHONE, ONE, sites=rings),
        (_call(0, 30, origin="north"), _call(5, origin="north")),
    )
    yield Tie(
        "ringing-out-before-arrival",
        _service(PHONE, ONE, sites=rings),
        (_call(0, 30, origin="north"), _call(5, origin="north"), _call(10)),
    )
    yield Tie(
        "channels-close-before-sites",
        _service(SHORT_PHONE, ONE, sites=_sites(north={"busy": "wait", "open": TEN})),
        (_call(0, 30, origin="north"), _call(5, origin="north")),
    )
    yield Tie(
        "site-closes-before-another-opens",
        _service(
            PHONE,
            _shift("00:30-01:00", "phone"),
            sites=_sites(north={"busy": "wait", "open": TEN}, south={"open": LATER}),
            network={"centre_overflow": "any_open_site"},
        ),
        (_call(0, 20, origin="north"), _call(5, origin="north")),
    )
    yield Tie(
        "site-opens-before-arrival-and-closes-before-it",
        _service(PHONE, ONE, sites=_sites(north={"open": LATER})),
        (_call(10, 5, origin="north"), _call(60, 5, origin="north")),
    )
    yield Tie(
        "own-duty-work-ends-before-assignment",
        _service(PHONE, ONE, sites=_sites(north={"busy": "wait", "lines": 2})),
        (
            _call(0, 30, origin="north"),
            _call(5, origin="north", **_leaves_after(5)),
            _call(10, origin="north", **_leaves_after(60)),
        ),
        {"north": [(0, 10)]},
    )


def _of_closing() -> Iterator[Tie]:
    yield Tie("assignment-before-closing", _service(SHORT_PHONE, ONE), (_call(0), _call(2), _call(3)))
    yield Tie(
        "service-ends-before-hard-stop",
        _service(
            {"phone": _rules(open=TEN, closing={"conversations": "hard_stop"})}, ONE, _shift("00:01-24:00", "phone")
        ),
        (_call(0, 10, wrap_up=5), _call(1, 10, wrap_up=5)),
    )
    yield Tie(
        "shift-ends-with-the-channel-it-serves-out",
        _service({"phone": _rules(open=TEN, closing={"serve_out_queue": True})}, _shift(TEN, "phone")),
        (_call(0, 11), _call(2, 5), _call(3, 5, **_leaves_after(7))),
    )
    yield Tie(
        "last-admission-at-its-instant",
        _service({"phone": _rules(open=TEN, closing={"last_admission_min": 5})}, ONE),
        (_call(4, 1), _call(5, 1), _call(6, 1)),
    )
    yield Tie(
        "opening-before-arrival-and-closing-before-it",
        _service({"phone": _rules(open=LATER)}, ONE),
        (_call(9), _call(10), _call(60)),
    )
    yield Tie(
        "opening-before-return",
        _service({"phone": _rules(open=LATER, when_closed={"come_back": 1})}, ONE),
        (_call(5, back=(0, None)),),
    )
    closes = {"phone": _rules(open=LATER), "chat": _rules(open=TEN, when_closed={"phone_instead": 1})}
    yield Tie(
        "closing-and-opening-before-arrival",
        _service(closes, ONE, _shift(ALL_DAY, "chat")),
        (_chat(0, 30), _chat(5, 10, phone_work=5), _call(10, 5)),
    )


def _inside_a_kind() -> Iterator[Tie]:
    yield Tie(
        "counsellors-by-index",
        _service(PHONE, _shift(ALL_DAY, "phone", people=3)),
        (_call(0, 30), _call(0), _call(0), _call(5), _call(6), _call(10, 1)),
    )
    loads = _shift(ALL_DAY, "chat", people=3, chats=2)
    calls = (_chat(0, 5), _chat(0, 10), _chat(0, 10), _chat(5, 5), _chat(6), _chat(10), _chat(10))
    yield Tie("least-loaded-by-index", _service({"chat": _rules()}, loads), calls)
    yield Tie("most-loaded-by-index", _service({"chat": _rules(routing="most_loaded")}, loads), calls)
    yield Tie("persons-by-index", _service(PHONE, ONE), (_call(0, 5), _call(0, 4), _call(0, 3)))
    yield Tie(
        "returns-by-person",
        _service({"phone": _rules(redial={"probability": 1, "mean_min": 1})}, _shift("00:20-01:00", "phone")),
        (
            _call(0, 3, patience=(5, None), redial=(15, None)),
            _call(1, 4, patience=(1, None), redial=(18, None)),
            _call(20, 5),
        ),
    )
    yield Tie(
        "channels-by-the-order-of-the-shift",
        _service({"phone": _rules(), "chat": _rules()}, _shift(ALL_DAY, "chat", "phone")),
        (_call(0, 10), _call(2, 5), _chat(3, 5)),
    )
    yield Tie(
        "sites-by-index",
        _service(
            PHONE,
            _shift(LATER, "phone"),
            sites=_sites(north={}, south={}),
            network={"local_first": False, "centre_overflow": "any_open_site"},
        ),
        (_call(5), _call(5), _call(5)),
    )
