"""The reference engine: contacts meet a plan in SimPy, and every rule of the service is here and nowhere else.

It is the definition that any faster engine must reproduce to the last bit. It draws nothing: all that is random lies
in the contacts. It knows no civil time, no file and no measure.
"""

from bisect import bisect_right
from collections import OrderedDict
from heapq import heappop, heappush

import numpy as np
import simpy

from simulator.demand.contacts import NEVER_MS, Contacts
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service import ledger as book
from simulator.service.counsellor import NOTHING, THOUSANDTHS, Counsellor
from simulator.service.events import (
    ARRIVES,
    ASSIGN,
    CLOSES,
    GIVES_UP,
    OPENS,
    RINGS_OUT,
    SERVICE_ENDS,
    SHIFT,
    At,
    run_until,
)
from simulator.service.ledger import Ledger
from simulator.service.plan import BUSY_CENTRE, BUSY_RING, CENTRE, Plan, covered_ms, local_sites
from simulator.service.routing import (
    CHAT,
    LIVE_CODES,
    PHONE,
    by_load,
    by_packing,
    can_take,
    choose,
    has_room,
    next_live,
)


def serve(contacts: Contacts, plan: Plan) -> Ledger:
    """What happens to each contact under a plan.

    Parameters
    ----------
    contacts
        Who tries, when, and all their draws.
    plan
        Opening, people and rules. Its epoch must be that of the contacts.

    Returns
    -------
    Ledger
        One row per attempt, in the order in which they happened.

    Raises
    ------
    ValueError
        If contacts and plan do not start at the same instant.
    """
    if contacts.epoch_ms != plan.epoch_ms:
        raise ValueError("contacts and plan start at different instants")
    return _Service(contacts, plan).run()


class _Service:
    """One run: the queues, the people, and what is written down."""

    def __init__(self, contacts: Contacts, plan: Plan) -> None:
        self.env = simpy.Environment(initial_time=0)
        self.contacts = contacts
        self.plan = plan
        self.horizon_ms = plan.end_ms
        sites = range(len(plan.sites))
        self.people = [Counsellor(i, each, plan.speed_thousandths) for i, each in enumerate(plan.counsellors)]
        self.teams: list[list[Counsellor]] = [[] for _ in sites]
        self.lingering: list[list[Counsellor]] = [[] for _ in sites]
        self.waiting: list[dict[int, OrderedDict[int, None]]] = [
            {channel: OrderedDict() for channel in LIVE_CODES} for _ in sites
        ]
        self.written: dict[int, list[int]] = {code: [] for code in range(len(LIVE), len(CHANNELS))}
        self.is_open = [False] * len(CHANNELS)
        self.closes_ms = [0] * len(CHANNELS)
        self.site_is_open = [False] * len(plan.sites)
        self.order = by_packing if plan.most_loaded else by_load
        self.max_attempts = contacts.max_attempts
        self._open_draws()
        self._open_books()

    def _open_draws(self) -> None:
        """Views of the contacts' arrays that give plain Python numbers when indexed."""
        contacts = self.contacts
        self.local = local_sites(contacts.sites, self.plan)
        self.arrival_ms = contacts.arrival_ms.data
        self.first_channel = contacts.channel.data
        self.origin = contacts.origin.data
        self.work_ms = contacts.work_ms.data
        self.wrap_up_ms = contacts.wrap_up_ms.data
        self.patience_ms = contacts.patience_ms.data
        self.redial_delay_ms = contacts.redial_delay_ms.data
        self.return_delay_ms = contacts.return_delay_ms.data
        self.balk_u = contacts.balk_u.data
        self.closed_u = contacts.closed_u.data
        self.redial_u = contacts.redial_u.data
        self.opens_ms = [channel.open_ms[:, 0].tolist() for channel in self.plan.channels]
        background, names = contacts.background, list(contacts.sites)
        self.spells: list[tuple[list[int], list[int]]] = [([], []) for _ in self.plan.sites]
        for code, site in enumerate(self.plan.sites):
            if site.name in names:
                here = slice(*background.offset[names.index(site.name) :][:2])
                self.spells[code] = background.start_ms[here].tolist(), background.end_ms[here].tolist()

    def _open_books(self) -> None:
        self.person: list[int] = []
        self.attempt: list[int] = []
        self.channel: list[int] = []
        self.at_ms: list[int] = []
        self.fate: list[int] = []
        self.next: list[int] = []
        self.site: list[int] = []
        self.counsellor: list[int] = []
        self.wait_ms: list[int] = []
        self.start_ms: list[int] = []
        self.end_ms: list[int] = []
        self.held_by: list[Counsellor | None] = []
        self.due_ms: list[int] = []
        self.left_ms: list[int] = []

    # --- the run -----------------------------------------------------------------------------------------------

    def run(self) -> Ledger:
        self._schedule_plan()
        self._schedule_arrival(0)
        run_until(self.env, self.horizon_ms)
        return self._ledger()

    def _schedule_plan(self) -> None:
        env, people = self.env, len(self.people)
        for counsellor in self.people:
            for start, end in self.plan.counsellors[counsellor.index].shifts_ms.tolist():
                At(env, start, SHIFT, counsellor.index, self._shift_starts)
                At(env, end, SHIFT, people + counsellor.index, self._shift_ends)
        for code, channel in enumerate(self.plan.channels):
            for start, end in channel.open_ms.tolist():
                At(env, start, OPENS, code, self._channel_opens)
                At(env, end, CLOSES, code, self._channel_closes)
        for code, site in enumerate(self.plan.sites):
            for start, end in site.open_ms.tolist():
                At(env, start, OPENS, len(CHANNELS) + code, self._site_opens)
                At(env, end, CLOSES, len(CHANNELS) + code, self._site_closes)

    def _schedule_arrival(self, person: int) -> None:
        if person < len(self.arrival_ms):
            At(self.env, self.arrival_ms[person], ARRIVES, person, self._arrives)

    # --- somebody tries ----------------------------------------------------------------------------------------

    def _arrives(self, event: simpy.Event) -> None:
        person: int = event._value
        self._schedule_arrival(person + 1)
        self._tries(person, 0, self.first_channel[person])

    def _tries_again(self, row: int, channel: int, at_ms: int) -> None:
        person, attempt = self.person[row], self.attempt[row] + 1
        At(self.env, at_ms, ARRIVES, person, lambda _: self._tries(person, attempt, channel))

    def _tries(self, person: int, attempt: int, channel: int) -> None:
        row = self._write(person, attempt, channel)
        if channel not in LIVE_CODES and self.plan.channels[channel].exists:
            self._is_sent(row, channel)
        elif channel not in LIVE_CODES or not self.is_open[channel]:
            self._meets_closed(row, book.MET_CLOSED)
        elif self.env.now >= self.closes_ms[channel] - self.plan.channels[channel].last_admission_ms:
            self._meets_closed(row, book.TURNED_AWAY)
        elif channel == PHONE:
            self._rings(row)
        else:
            self._comes_to_centre(row)

    def _write(self, person: int, attempt: int, channel: int) -> int:
        self.person.append(person)
        self.attempt.append(attempt)
        self.channel.append(channel)
        self.at_ms.append(self.env.now)
        self.fate.append(book.UNFINISHED)
        self.next.append(book.NEXT_NONE)
        self.site.append(CENTRE)
        self.counsellor.append(book.NOBODY)
        self.wait_ms.append(0)
        self.start_ms.append(-1)
        self.end_ms.append(-1)
        self.held_by.append(None)
        self.due_ms.append(-1)
        self.left_ms.append(0)
        return len(self.person) - 1

    def _is_sent(self, row: int, channel: int) -> None:
        """A written question waits for ever, and for an idle counsellor."""
        self.left_ms[row] = self.work_ms[self.person[row], channel]
        heappush(self.written[channel], row)
        self._assign_soon(CENTRE)

    def _rings(self, row: int) -> None:
        """A call: the caller's own site first if it is open, then the centre."""
        site = self.local[self.origin[self.person[row]]] if self.plan.local_first else CENTRE
        if site == CENTRE or not self.site_is_open[site]:
            self._comes_to_centre(row)
            return
        free = self._free_at_site(site) if not self.waiting[site][PHONE] else None
        if free is not None:
            self._starts(row, free)
        elif self.plan.sites[site].busy == BUSY_CENTRE:
            self._comes_to_centre(row)
        elif self._waits(row, site) and self.plan.sites[site].busy == BUSY_RING:
            At(self.env, self.env.now + self.plan.sites[site].ring_ms, RINGS_OUT, row, self._rings_out)

    def _comes_to_centre(self, row: int, moved: bool = False) -> None:
        """Answered at once by the centre, or (a call, if the network allows) by any open site; else waits."""
        channel, waiting = self.channel[row], self.waiting[CENTRE]
        self.site[row] = CENTRE
        free = None if waiting[channel] else choose(self.teams[CENTRE], channel, waiting, self.order)
        if free is None and channel == PHONE and self.plan.overflow_to_open_site:
            sites = (site for site in range(1, len(self.teams)) if self.site_is_open[site])
            free = next((each for site in sites if (each := self._free_at_site(site)) is not None), None)
        if free is not None:
            self._starts(row, free)
        else:
            self._waits(row, CENTRE, moved)

    def _free_at_site(self, site: int) -> Counsellor | None:
        """The first idle person of a site, unless the site's own duty work needs all who are idle."""
        idle = [each for each in self.teams[site] if has_room(each, PHONE)]
        return idle[0] if len(idle) > (self._spell_end_ms(site) is not None) else None

    def _spell_end_ms(self, site: int) -> int | None:
        """When the spell of own duty work ends that the site is in now; None where it is in none."""
        starts, ends = self.spells[site]
        index = bisect_right(starts, self.env.now) - 1
        return ends[index] if index >= 0 and ends[index] > self.env.now else None

    # --- waiting and leaving -----------------------------------------------------------------------------------

    def _waits(self, row: int, site: int, moved: bool = False) -> bool:
        """Join the queue, unless it is full or the person turns in the door; whether she joined.

        Who is moved from a site's queue has made up her mind to wait already, and her patience runs on.
        """
        person, attempt, channel = self.person[row], self.attempt[row], self.channel[row]
        rules, queue = self.plan.channels[channel], self.waiting[site][channel]
        self.site[row] = site
        if 0 <= rules.max_waiting <= len(queue):
            self._leaves(row, book.BLOCKED)
        elif not moved and self.balk_u[person, attempt] < rules.balking:
            self._leaves(row, book.BALKED)
        else:
            queue[row] = None
            patience_ms = self.patience_ms[person, attempt, channel]
            if not moved and patience_ms < NEVER_MS:
                At(self.env, self.at_ms[row] + patience_ms, GIVES_UP, row, self._gives_up)
            if site != CENTRE:
                self._wake_after_spell(site)
            return True
        return False

    def _wake_after_spell(self, site: int) -> None:
        """A call that waits at a site is looked at again when the site's own duty work lets go."""
        end_ms = self._spell_end_ms(site)
        if end_ms is not None:
            At(self.env, end_ms, ASSIGN, site, self._assign)

    def _gives_up(self, event: simpy.Event) -> None:
        row: int = event._value
        site = self.site[row]
        if self.waiting[site][self.channel[row]].pop(row, NOTHING) is None:
            self._leaves(row, book.ABANDONED)
            self._send_home(site)

    def _rings_out(self, event: simpy.Event) -> None:
        row: int = event._value
        if self.site[row] != CENTRE and self.waiting[self.site[row]][PHONE].pop(row, NOTHING) is None:
            self._comes_to_centre(row, moved=True)

    def _leaves(self, row: int, fate: int) -> None:
        """Unanswered by an open channel: try again, or be lost."""
        person, attempt, channel = self.person[row], self.attempt[row], self.channel[row]
        again = (
            attempt + 1 < self.max_attempts and self.redial_u[person, attempt] < self.plan.channels[channel].redial
        )
        self._fares(row, fate, book.NEXT_REDIAL if again else book.NEXT_LOST)
        if again:
            self._tries_again(row, channel, self.env.now + self.redial_delay_ms[person, attempt, channel])

    def _meets_closed(self, row: int, fate: int) -> None:
        """Phone instead, come back after the next opening, or be lost."""
        person, attempt, channel = self.person[row], self.attempt[row], self.channel[row]
        rules, u = self.plan.channels[channel], self.closed_u[person, attempt]
        instead = rules.phone_instead if channel != PHONE else 0.0
        if attempt + 1 >= self.max_attempts or u >= instead + rules.come_back:
            self._fares(row, fate, book.NEXT_LOST)
        elif u < instead:
            self._fares(row, fate, book.NEXT_PHONE)
            self._tries_again(row, PHONE, self.env.now)
        else:
            opens_ms = self.opens_ms[channel]
            index = bisect_right(opens_ms, self.env.now)
            returns = index < len(opens_ms)
            self._fares(row, fate, book.NEXT_RETURN if returns else book.NEXT_LOST)
            if returns:
                self._tries_again(row, channel, opens_ms[index] + self.return_delay_ms[person, attempt, channel])

    def _fares(self, row: int, fate: int, then: int) -> None:
        self.fate[row] = fate
        self.next[row] = then
        self.wait_ms[row] = self.env.now - self.at_ms[row]

    # --- conversations -----------------------------------------------------------------------------------------

    def _starts(self, row: int, counsellor: Counsellor) -> None:
        """A counsellor takes a live contact; a written question in her hands goes back to its pile."""
        now, channel = self.env.now, self.channel[row]
        counsellor.account(now, self.horizon_ms)
        self._lay_aside(counsellor)
        self.fate[row] = book.ANSWERED
        self.site[row] = counsellor.site
        self.counsellor[row] = counsellor.index
        self.wait_ms[row] = now - self.at_ms[row]
        self.start_ms[row] = now
        work_ms = self.work_ms[self.person[row], channel]
        if channel == CHAT:
            self._takes_chat(row, counsellor, work_ms * THOUSANDTHS)
        else:
            self._takes_call(row, counsellor, now + work_ms)

    def _takes_call(self, row: int, counsellor: Counsellor, end_ms: int) -> None:
        counsellor.calls, counsellor.call = 1, row
        self._ends_at(row, counsellor, end_ms)

    def _takes_chat(self, row: int, counsellor: Counsellor, remaining: int) -> None:
        counsellor.progress(self.env.now)
        counsellor.chats += 1
        counsellor.talking[row] = remaining
        self.held_by[row] = counsellor
        self._replans(counsellor)

    def _replans(self, counsellor: Counsellor) -> None:
        """The pace may have changed: every chat in conversation gets its new end."""
        for row in counsellor.talking:
            end_ms = counsellor.end_of_ms(row, self.env.now)
            if end_ms != self.due_ms[row]:
                self._ends_at(row, counsellor, end_ms)

    def _ends_at(self, row: int, counsellor: Counsellor, end_ms: int) -> None:
        self.held_by[row] = counsellor
        self.due_ms[row] = end_ms
        At(self.env, end_ms, SERVICE_ENDS, row, self._service_ends)

    def _service_ends(self, event: simpy.Event) -> None:
        row: int = event._value
        counsellor = self.held_by[row]
        if counsellor is None or self.due_ms[row] != self.env.now:
            return  # the end was replanned after this event was made
        if self.channel[row] not in LIVE_CODES:
            self._is_replied(row, counsellor)
        elif self.end_ms[row] < 0:
            self._conversation_ends(row, counsellor)
        else:
            self._lets_go(row, counsellor)

    def _conversation_ends(self, row: int, counsellor: Counsellor) -> None:
        now, channel = self.env.now, self.channel[row]
        self.end_ms[row] = now
        if channel == CHAT:
            counsellor.progress(now)
            del counsellor.talking[row]
        wrap_up_ms = self.wrap_up_ms[self.person[row], channel]
        if wrap_up_ms > 0:
            self._ends_at(row, counsellor, now + wrap_up_ms)
        else:
            self._lets_go(row, counsellor)

    def _lets_go(self, row: int, counsellor: Counsellor) -> None:
        """The counsellor's hands are free of this contact; those who wait may be next."""
        counsellor.account(self.env.now, self.horizon_ms)
        self.held_by[row] = None
        if self.channel[row] == CHAT:
            counsellor.progress(self.env.now)
            counsellor.chats -= 1
            self._replans(counsellor)
        else:
            counsellor.calls, counsellor.call = 0, NOTHING
        self._assign_soon(counsellor.site)

    # --- written questions -------------------------------------------------------------------------------------

    def _takes_written(self, row: int, counsellor: Counsellor) -> None:
        counsellor.account(self.env.now, self.horizon_ms)
        counsellor.message = row
        if self.start_ms[row] < 0:
            self.start_ms[row] = self.env.now
            self.wait_ms[row] = self.env.now - self.at_ms[row]
            self.counsellor[row] = counsellor.index
        self._ends_at(row, counsellor, self.env.now + self.left_ms[row])

    def _lay_aside(self, counsellor: Counsellor) -> None:
        """Somebody live needs her, or her shift is over: the question keeps its remaining work and may change hands."""
        row = counsellor.message
        if row != NOTHING:
            self.left_ms[row] = self.due_ms[row] - self.env.now
            self.held_by[row] = None
            counsellor.message = NOTHING
            heappush(self.written[self.channel[row]], row)
            self._assign_soon(counsellor.site)

    def _is_replied(self, row: int, counsellor: Counsellor) -> None:
        counsellor.account(self.env.now, self.horizon_ms)
        counsellor.message = NOTHING
        self.held_by[row] = None
        self.fate[row] = book.ANSWERED
        self.end_ms[row] = self.env.now
        self._assign_soon(counsellor.site)

    # --- who is next -------------------------------------------------------------------------------------------

    def _assign_soon(self, site: int) -> None:
        """Look at those who wait once all services that end now have ended and all shifts have changed."""
        if any(self.waiting[site].values()) or (site == CENTRE and any(self.written.values())):
            At(self.env, self.env.now, ASSIGN, site, self._assign)

    def _assign(self, event: simpy.Event) -> None:
        site: int = event._value
        if site == CENTRE:
            self._assign_centre()
        else:
            queue = self.waiting[site][PHONE]
            while queue and (free := self._free_at_site(site)) is not None:
                self._starts(queue.popitem(last=False)[0], free)
            if queue:
                self._wake_after_spell(site)

    def _assign_centre(self) -> None:
        waiting = self.waiting[CENTRE]
        while any(waiting.values()):
            staff = self.teams[CENTRE] + self.lingering[CENTRE]
            found = next_live(staff, waiting, self.order, self._may_take)
            if found is None:
                break
            counsellor, channel = found
            self._starts(waiting[channel].popitem(last=False)[0], counsellor)
        self._assign_written()
        self._send_home(CENTRE)

    def _may_take(self, counsellor: Counsellor, channel: int) -> bool:
        """Who only lingers to serve out a queue takes from such queues only."""
        return counsellor.on_duty or self.plan.channels[channel].serve_out

    def _assign_written(self) -> None:
        for counsellor in self.teams[CENTRE]:
            for channel in counsellor.answers:
                pile = self.written.get(channel)
                if pile and self.is_open[channel] and can_take(counsellor, channel, self.waiting[CENTRE]):
                    self._takes_written(heappop(pile), counsellor)

    # --- shifts and opening ------------------------------------------------------------------------------------

    def _shift_starts(self, event: simpy.Event) -> None:
        counsellor = self.people[event._value]
        counsellor.account(self.env.now, self.horizon_ms)
        counsellor.on_duty, counsellor.lingers = True, False
        if counsellor in self.lingering[counsellor.site]:
            self.lingering[counsellor.site].remove(counsellor)
        self.teams[counsellor.site].append(counsellor)
        self.teams[counsellor.site].sort(key=lambda each: each.index)
        self._assign_soon(counsellor.site)

    def _shift_ends(self, event: simpy.Event) -> None:
        counsellor = self.people[event._value - len(self.people)]
        counsellor.account(self.env.now, self.horizon_ms)
        self._lay_aside(counsellor)
        counsellor.on_duty = False
        self.teams[counsellor.site].remove(counsellor)
        if self.plan.hand_back:
            self._hands_back(counsellor)
        if self._is_kept_by_queue(counsellor):
            self.lingering[counsellor.site].append(counsellor)

    def _is_kept_by_queue(self, counsellor: Counsellor) -> bool:
        """A shift that ends with its channel's opening goes on until the queue it must serve out is empty."""
        return any(
            channel in LIVE_CODES
            and self.plan.channels[channel].serve_out
            and self.closes_ms[channel] <= self.env.now
            and self.waiting[counsellor.site][channel]
            for channel in counsellor.answers
        )

    def _send_home(self, site: int) -> None:
        queues = self.waiting[site]
        self.lingering[site] = [
            each
            for each in self.lingering[site]
            if any(c in LIVE_CODES and self.plan.channels[c].serve_out and queues[c] for c in each.answers)
        ]

    def _hands_back(self, counsellor: Counsellor) -> None:
        """Conversations pass to colleagues with room; wrap-up, and what finds no room, she finishes herself."""
        team, waiting = self.teams[counsellor.site], self.waiting[counsellor.site]
        row = counsellor.call
        if row != NOTHING and self.end_ms[row] < 0:
            colleague = choose(team, PHONE, waiting, self.order)
            if colleague is not None:
                counsellor.calls, counsellor.call = 0, NOTHING
                self._receives(colleague)
                self._takes_call(row, colleague, self.due_ms[row])
        counsellor.progress(self.env.now)
        for row in list(counsellor.talking):
            colleague = choose(team, CHAT, waiting, self.order)
            if colleague is not None:
                remaining = counsellor.talking.pop(row)
                counsellor.chats -= 1
                self._receives(colleague)
                self._takes_chat(row, colleague, remaining)
        self._replans(counsellor)

    def _receives(self, colleague: Counsellor) -> None:
        colleague.account(self.env.now, self.horizon_ms)
        self._lay_aside(colleague)

    def _channel_opens(self, event: simpy.Event) -> None:
        channel: int = event._value
        windows = self.plan.channels[channel].open_ms
        self.is_open[channel] = True
        self.closes_ms[channel] = int(windows[np.searchsorted(windows[:, 0], self.env.now), 1])
        self._assign_soon(CENTRE)

    def _channel_closes(self, event: simpy.Event) -> None:
        channel: int = event._value
        rules = self.plan.channels[channel]
        self.is_open[channel] = False
        if channel not in LIVE_CODES:
            return
        for site, queues in enumerate(self.waiting):
            rows = [] if rules.serve_out else list(queues[channel])
            for row in rows:
                del queues[channel][row]
                self._meets_closed(row, book.TURNED_AWAY)
            if rows:
                self._assign_soon(site)
        if rules.hard_stop:
            self._stops_all(channel)

    def _stops_all(self, channel: int) -> None:
        for counsellor in self.people:
            rows = list(counsellor.talking) if channel == CHAT else [counsellor.call] * counsellor.calls
            for row in rows:
                if self.end_ms[row] < 0:
                    self.end_ms[row] = self.env.now
                    counsellor.progress(self.env.now)
                    counsellor.talking.pop(row, None)
                    self._lets_go(row, counsellor)

    def _site_opens(self, event: simpy.Event) -> None:
        self.site_is_open[event._value - len(CHANNELS)] = True

    def _site_closes(self, event: simpy.Event) -> None:
        """Calls that wait at a site when it closes go to the centre."""
        site = event._value - len(CHANNELS)
        self.site_is_open[site] = False
        queue = self.waiting[site][PHONE]
        while site != CENTRE and queue:
            self._comes_to_centre(queue.popitem(last=False)[0], moved=True)

    # --- the books ---------------------------------------------------------------------------------------------

    def _ledger(self) -> Ledger:
        for row, fate in enumerate(self.fate):
            if fate == book.UNFINISHED and self.start_ms[row] < 0:
                self.wait_ms[row] = self.horizon_ms - self.at_ms[row]
        codes, ints = np.int16, np.int64
        staffed = [covered_ms(each.shifts_ms, 0, self.horizon_ms) for each in self.plan.counsellors]
        return Ledger(
            person=np.array(self.person, ints),
            attempt=np.array(self.attempt, codes),
            channel=np.array(self.channel, codes),
            at_ms=np.array(self.at_ms, ints),
            fate=np.array(self.fate, codes),
            next=np.array(self.next, codes),
            site=np.array(self.site, codes),
            counsellor=np.array(self.counsellor, codes),
            wait_ms=np.array(self.wait_ms, ints),
            start_ms=np.array(self.start_ms, ints),
            end_ms=np.array(self.end_ms, ints),
            busy_ms=np.array([each.busy_ms for each in self.people], ints),
            overtime_ms=np.array([each.overtime_ms for each in self.people], ints),
            staffed_ms=np.array(staffed, ints),
            slot_ms=np.array([each.slot_ms for each in self.people], ints),
        )
