"""The reference engine watched from outside: which rules it uses while it serves a world.

Every method here notes something and calls the engine's own; no rule is written again, nothing is changed, and the
ledger is the engine's. What the finished ledger shows by itself is read off it at the end.
"""

import numpy as np
import simpy

from simulator.demand.contacts import NEVER_MS, Contacts
from simulator.scenario.model import CHANNELS
from simulator.service import ledger as book
from simulator.service.conversations import Choose, Conversations
from simulator.service.counsellor import NOTHING, Counsellor
from simulator.service.events import INDEX_BITS, SERVICE_ENDS, Clock
from simulator.service.ledger import Ledger
from simulator.service.plan import BUSY_CENTRE, BUSY_RING, CENTRE, FINISH, Plan
from simulator.service.reference import _Service
from simulator.service.routing import (
    CHAT,
    LIVE_CODES,
    PHONE,
    by_load,
    by_packing,
    can_take,
    choose,
    has_room,
    is_reserved,
)
from simulator.service.teams import Teams
from tests.service.seen import KINDS, Seen

_REDIALS = {
    book.ABANDONED: "try: redials after giving up",
    book.BALKED: "try: redials after balking",
    book.BLOCKED: "try: redials after no place",
}


def observed_serve(contacts: Contacts, plan: Plan, seen: Seen) -> Ledger:
    """What `reference.serve` gives, the rules it used being counted in ``seen``."""
    ledger = _ObservedService(contacts, plan, seen).run()
    for names, column, group in ((book.FATES, ledger.fate, "fate"), (book.NEXT, ledger.next, "next")):
        for name, count in zip(names, np.bincount(column, minlength=len(names)).tolist(), strict=True):
            seen.note(f"{group}: {name}", count)
    goes_on = np.isin(ledger.next, (book.NEXT_REDIAL, book.NEXT_PHONE, book.NEXT_RETURN)).sum()
    seen.note("try: beyond the horizon", int(goes_on - (ledger.attempt > 0).sum()))
    seen.note("time: overtime", int((ledger.overtime_ms > 0).sum()))
    seen.note("time: ends after the horizon", int((ledger.end_ms > plan.end_ms).sum()))
    warm = (ledger.start_ms >= 0) & (ledger.start_ms < plan.measure_from_ms) & (ledger.end_ms > plan.measure_from_ms)
    seen.note("time: in hand when the warm-up ends", int(warm.sum()))
    return ledger


def _word(channel: int) -> str:
    return "call" if channel == PHONE else "chat"


class _ObservedClock(Clock):
    """Notes events that share their instant."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen
        self._last = (-1, -1)

    def step(self) -> None:
        at_ms, priority, *_ = self._queue[0]
        kind = int(priority) >> INDEX_BITS
        last_ms, last_kind = self._last
        if at_ms == last_ms and kind == last_kind:
            self._seen.note("tie: two of a kind")
        elif at_ms == last_ms:
            for each in (kind, last_kind):
                self._seen.note(f"tie: {KINDS[each - SERVICE_ENDS]} with another kind")
        self._last = int(at_ms), kind
        super().step()


class _ObservedTeams(Teams):
    """Notes who is kept back, and who lingers."""

    def __init__(self, contacts: Contacts, plan: Plan, seen: Seen) -> None:
        super().__init__(contacts, plan)
        self._seen = seen

    def start(self, counsellor: Counsellor) -> None:
        self._seen.note("closing: a shift starts while she lingers", counsellor in self.lingering[counsellor.site])
        super().start(counsellor)

    def linger(self, counsellor: Counsellor, channels: tuple[int, ...]) -> None:
        self._seen.note("closing: lingers for a queue")
        super().linger(counsellor, channels)

    def able(self, site: int, now_ms: int) -> list[Counsellor]:
        found = super().able(site, now_ms)
        held = any(each.is_idle for each in self.on_duty[site]) and not any(each.is_idle for each in found)
        if held and self.spell_end_ms(site, now_ms) is not None:
            where = "queue: own duty work of the centre" if site == CENTRE else "site: own duty work"
            self._seen.note(f"{where} holds the last idle person")
        return found

    def _without_relief(self, site: int, team: list[Counsellor]) -> list[Counsellor]:
        found = super()._without_relief(site, team)
        self._seen.note("shift end: first free leaves, one idle stands in", len(found) < len(team))
        return found

    def lets_go_at(self, site: int, now_ms: int) -> bool:
        """Whether a spell of the site's own duty work ends now."""
        return now_ms in self._spells[site][1]


class _ObservedHands(Conversations):
    """Notes what counsellors do with what they have in hand."""

    def __init__(self, service: "_ObservedService", contacts: Contacts) -> None:
        super().__init__(service.env, contacts, service.rows, service._assign_soon)
        self._service = service
        self._seen = service.seen

    def start(self, row: int, counsellor: Counsellor) -> None:
        channel = self.rows.channel[row]
        if counsellor.message != NOTHING:
            self._seen.note(f"written: gives way to a {_word(channel)}")
        if counsellor in self._service.teams.lingering[counsellor.site]:
            self._seen.note("closing: answered by one who lingers")
        self._seen.note("closing: answered after it", not self._service.is_open[channel])
        super().start(row, counsellor)

    def take_written(self, row: int, counsellor: Counsellor) -> None:
        before = self.rows.counsellor[row]
        how = "resumed by the same" if before == counsellor.index else "resumed by another"
        self._seen.note(f"written: {'taken' if before == book.NOBODY else how}")
        super().take_written(row, counsellor)

    def put_down(self, channel: int, team: list[Counsellor]) -> None:
        held = [each.message for each in team if each.message != NOTHING]
        self._seen.note("written: laid aside at closing", sum(self.rows.channel[row] == channel for row in held))
        super().put_down(channel, team)

    def hand_on(self, counsellor: Counsellor, choose: Choose) -> None:
        def chosen(channel: int) -> Counsellor | None:
            colleague = choose(channel)
            passed = f"hands a {_word(channel)} back"
            self._seen.note(f"shift end: {'no colleague has room' if colleague is None else passed}")
            return colleague

        super().hand_on(counsellor, chosen)

    def stop(self, channel: int, counsellor: Counsellor) -> None:
        calls = channel == PHONE and counsellor.calls and self.rows.end_ms[counsellor.call] < 0
        self._seen.note("closing: hard stop of a call", bool(calls))
        self._seen.note("closing: hard stop of a chat", len(counsellor.talking) if channel == CHAT else 0)
        super().stop(channel, counsellor)

    def _end_at(self, row: int, counsellor: Counsellor, end_ms: int) -> None:
        due_ms = self.rows.due_ms[row]
        if self.rows.channel[row] == CHAT and self.rows.end_ms[row] < 0 <= due_ms:
            self._seen.note(f"hands: a chat {'slows down' if end_ms > due_ms else 'speeds up'}")
        super()._end_at(row, counsellor, end_ms)

    def _service_ends(self, event: simpy.Event) -> None:
        self._seen.note("hands: an end was replanned", self.rows.due_ms[event._value] != self.env.now)
        super()._service_ends(event)

    def _conversation_ends(self, row: int, counsellor: Counsellor) -> None:
        channel = self.rows.channel[row]
        wraps_up = self.wrap_up_ms[self.rows.person[row], channel] > 0
        self._seen.note(f"hands: wrap-up after a {_word(channel)}", wraps_up)
        super()._conversation_ends(row, counsellor)


class _ObservedService(_Service):
    """Notes who tries, waits, leaves, comes back and is next."""

    teams: _ObservedTeams

    def __init__(self, contacts: Contacts, plan: Plan, seen: Seen) -> None:
        super().__init__(contacts, plan)
        self.seen = seen
        self.env = _ObservedClock(seen)
        self.teams = _ObservedTeams(contacts, plan, seen)
        self.hands = _ObservedHands(self, contacts)
        self._rang_at_site: set[int] = set()
        known = {site.name for site in plan.sites}
        self._unknown = {code for code, name in enumerate(contacts.sites) if name not in known}

    # --- somebody tries ----------------------------------------------------------------------------------------

    def _rings(self, row: int) -> None:
        super()._rings(row)
        origin = self.origin[self.rows.person[row]]
        own = self.local[origin]
        if own != CENTRE:
            self.seen.note(f"site: {self._rang(row, own)}")
        self.seen.note("site: unknown to the plan, so the centre", origin in self._unknown)

    def _rang(self, row: int, own: int) -> str:
        """What became of a call from the municipality of a site."""
        if not self.plan.local_first:
            return "not asked first"
        if not self.site_is_open[own]:
            return "closed, so the centre"
        if self.plan.sites[own].busy == BUSY_CENTRE and self.rows.site[row] != own:
            return "busy, so the centre"
        if self.rows.fate[row] == book.ANSWERED:
            return "own site answers at once"
        return "busy, rings there" if self.plan.sites[own].busy == BUSY_RING else "busy, waits there"

    def _comes_to_centre(self, row: int) -> None:
        super()._comes_to_centre(row)
        answered = self.rows.fate[row] == book.ANSWERED
        self.seen.note("site: another open site answers", answered and self.rows.site[row] != CENTRE)

    def _colleague(self, site: int, channel: int) -> Counsellor | None:
        found = super()._colleague(site, channel)
        team, waiting = self.teams.able(site, self.env.now), self.waiting[site]
        if found is None:
            able = [each for each in team if channel in each.answers and has_room(each, channel)]
            self.seen.note("queue: kept for one more urgent", any(is_reserved(each, channel, waiting) for each in able))
            return None
        mine, other = ("most", "least") if self.plan.most_loaded else ("least", "most")
        rival = choose(team, channel, waiting, by_load if self.plan.most_loaded else by_packing)
        self.seen.note(f"hands: {mine} loaded is not {other} loaded", rival is not found)
        passed_over = (each for each in team if each.index < found.index and each.is_idle and each.message != NOTHING)
        no_question = found.is_idle and found.message == NOTHING
        self.seen.note("hands: goes to one without a question", no_question and any(True for _ in passed_over))
        return found

    # --- waiting and leaving -----------------------------------------------------------------------------------

    def _waits(self, row: int, site: int) -> bool:
        joined = super()._waits(row, site)
        person, attempt, channel = self.rows.person[row], self.rows.attempt[row], self.rows.channel[row]
        if self.rows.fate[row] == book.BLOCKED:
            late = " for one from a site's queue" if self.rows.at_ms[row] < self.env.now else ""
            self.seen.note(f"queue: no place{late}")
        if joined and site != CENTRE:
            self._rang_at_site.add(row)
        never = self.patience_ms[person, attempt, channel] >= NEVER_MS
        self.seen.note("queue: waits for ever", joined and bool(never))
        return joined

    def _gives_up(self, event: simpy.Event) -> None:
        row: int = event._value
        site = self.rows.site[row]
        if row in self.waiting[site][self.rows.channel[row]]:
            self.seen.note("queue: gives up at a site", site != CENTRE)
            late = site == CENTRE and row in self._rang_at_site
            self.seen.note("queue: gives up at the centre after a site", late)
        super()._gives_up(event)

    def _rings_out(self, event: simpy.Event) -> None:
        site = self.rows.site[event._value]
        self.seen.note("site: rings out, so the centre", site != CENTRE and event._value in self.waiting[site][PHONE])
        super()._rings_out(event)

    def _leaves(self, row: int, fate: int) -> None:
        super()._leaves(row, fate)
        person, attempt, channel = self.rows.person[row], self.rows.attempt[row], self.rows.channel[row]
        would = self.redial_u[person, attempt] < self.plan.channels[channel].redial
        self.seen.note("try: attempts are used up", would and attempt + 1 == self.max_attempts)
        self.seen.note(_REDIALS[fate], self.rows.next[row] == book.NEXT_REDIAL)

    def _meets_closed(self, row: int, fate: int) -> None:
        super()._meets_closed(row, fate)
        person, attempt, channel = self.rows.person[row], self.rows.attempt[row], self.rows.channel[row]
        if fate == book.TURNED_AWAY:
            at_closing = not self.is_open[channel]
            self.seen.note(f"try: {'turned away at closing' if at_closing else 'last admission is over'}")
        rules = self.plan.channels[channel]
        would = self.closed_u[person, attempt] < rules.come_back + (rules.phone_instead if channel != PHONE else 0)
        if would and self.rows.next[row] == book.NEXT_LOST:
            no_more = attempt + 1 == self.max_attempts
            self.seen.note(f"try: {'attempts are used up' if no_more else 'no opening to come back to'}")

    # --- who is next -------------------------------------------------------------------------------------------

    def _assign(self, event: simpy.Event) -> None:
        site: int = event._value
        before = sum(map(len, self.waiting[site].values()))
        super()._assign(event)
        taken = before - sum(map(len, self.waiting[site].values())) if site != CENTRE else 0
        self.seen.note("site: answered from its queue", taken)
        self.seen.note("site: answered when own duty work lets go", taken * self.teams.lets_go_at(site, self.env.now))

    def _assign_written(self) -> None:
        able = self.teams.able(CENTRE, self.env.now)
        spoken_for = [each for each in self.teams.on_duty[CENTRE] if each not in able]
        asked = [code for code, pile in self.hands.written.items() if pile and self.is_open[code]]
        waiting = self.waiting[CENTRE]
        left = sum(any(can_take(each, code, waiting) for code in asked) for each in spoken_for)
        self.seen.note("written: left by one who is spoken for", left)
        super()._assign_written()

    # --- shifts and opening ------------------------------------------------------------------------------------

    def _shift_ends(self, event: simpy.Event) -> None:
        counsellor = self.teams.people[event._value - len(self.teams.people)]
        finishes = self.plan.shift_end == FINISH and not counsellor.is_idle
        self.seen.note("shift end: finishes what is in hand", finishes)
        self.seen.note("written: laid aside at a shift's end", counsellor.message != NOTHING)
        super()._shift_ends(event)

    def _channel_opens(self, event: simpy.Event) -> None:
        self.seen.note("written: an opening finds questions", bool(self.hands.written.get(event._value)))
        super()._channel_opens(event)

    def _channel_closes(self, event: simpy.Event) -> None:
        channel: int = event._value
        served_out = channel in LIVE_CODES and self.plan.channels[channel].serve_out
        waits = served_out and any(queues[channel] for queues in self.waiting)
        self.seen.note("closing: a queue is served out", waits)
        super()._channel_closes(event)

    def _site_opens(self, event: simpy.Event) -> None:
        self.seen.note("site: opens while calls wait", any(queues[PHONE] for queues in self.waiting))
        super()._site_opens(event)

    def _site_closes(self, event: simpy.Event) -> None:
        site = event._value - len(CHANNELS)
        self.seen.note("site: closes on waiting calls", site != CENTRE and bool(self.waiting[site][PHONE]))
        super()._site_closes(event)
