"""The reference engine: contacts meet a plan in SimPy, and every rule of the service is here and nowhere else.

It is the definition that any faster engine must reproduce to the last bit. It draws nothing: all that is random lies
in the contacts. It knows no civil time, no file and no measure.
"""

from bisect import bisect_right
from collections import OrderedDict
from heapq import heappop

import numpy as np
import simpy

from simulator.demand.contacts import NEVER_MS, Contacts
from simulator.scenario.model import CHANNELS
from simulator.service import ledger as book
from simulator.service.conversations import Conversations
from simulator.service.counsellor import NOTHING, Counsellor
from simulator.service.events import (
    ARRIVES,
    ASSIGN,
    CLOSES,
    GIVES_UP,
    OPENS,
    RINGS_OUT,
    SHIFT,
    At,
    Clock,
    run_until,
)
from simulator.service.ledger import Ledger
from simulator.service.plan import BUSY_CENTRE, BUSY_RING, CENTRE, HAND_BACK, Plan, local_sites
from simulator.service.recording import Recorder
from simulator.service.routing import (
    LIVE_CODES,
    PHONE,
    by_load,
    by_packing,
    can_take,
    choose,
    next_live,
)
from simulator.service.teams import Teams


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
        self.env = Clock()
        self.contacts = contacts
        self.plan = plan
        self.rows = Recorder()
        self.teams = Teams(contacts, plan)
        self.hands = Conversations(self.env, contacts, self.rows, self._assign_soon)
        self.waiting: list[dict[int, OrderedDict[int, None]]] = [
            {channel: OrderedDict() for channel in LIVE_CODES} for _ in plan.sites
        ]
        self.is_open = [False] * len(CHANNELS)
        self.closes_ms = [0] * len(CHANNELS)
        self.site_is_open = [False] * len(plan.sites)
        self.order = by_packing if plan.most_loaded else by_load
        self.max_attempts = contacts.max_attempts
        self._open_draws()

    def _open_draws(self) -> None:
        """Views of the contacts' arrays that give plain Python numbers when indexed."""
        contacts = self.contacts
        self.local = local_sites(contacts.sites, self.plan)
        self.arrival_ms = contacts.arrival_ms.data
        self.first_channel = contacts.channel.data
        self.origin = contacts.origin.data
        self.patience_ms = contacts.patience_ms.data
        self.redial_delay_ms = contacts.redial_delay_ms.data
        self.return_delay_ms = contacts.return_delay_ms.data
        self.balk_u = contacts.balk_u.data
        self.closed_u = contacts.closed_u.data
        self.redial_u = contacts.redial_u.data
        self.opens_ms = [channel.open_ms[:, 0].tolist() for channel in self.plan.channels]

    # --- the run -----------------------------------------------------------------------------------------------

    def run(self) -> Ledger:
        self._schedule_plan()
        self._schedule_arrival(0)
        run_until(self.env, self.plan.end_ms)
        return self.rows.ledger(self.plan, self.teams.people)

    def _schedule_plan(self) -> None:
        env, people = self.env, len(self.teams.people)
        for counsellor in self.teams.people:
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
        person, attempt = self.rows.person[row], self.rows.attempt[row] + 1
        At(self.env, at_ms, ARRIVES, person, lambda _: self._tries(person, attempt, channel))

    def _tries(self, person: int, attempt: int, channel: int) -> None:
        row = self.rows.write(person, attempt, channel, self.env.now)
        if channel not in LIVE_CODES and self.plan.channels[channel].exists:
            self.hands.send(row)
            self._assign_soon(CENTRE)
        elif channel not in LIVE_CODES or not self.is_open[channel]:
            self._meets_closed(row, book.MET_CLOSED)
        elif self.env.now >= self.closes_ms[channel] - self.plan.channels[channel].last_admission_ms:
            self._meets_closed(row, book.TURNED_AWAY)
        elif channel == PHONE:
            self._rings(row)
        else:
            self._comes_to_centre(row)

    def _rings(self, row: int) -> None:
        """A call: the caller's own site first if it is open, then the centre."""
        site = self.local[self.origin[self.rows.person[row]]] if self.plan.local_first else CENTRE
        if site == CENTRE or not self.site_is_open[site]:
            self._comes_to_centre(row)
            return
        free = self._free_for(site, PHONE)
        if free is not None:
            self.hands.start(row, free)
        elif self.plan.sites[site].busy == BUSY_CENTRE:
            self._comes_to_centre(row)
        elif self._waits(row, site) and self.plan.sites[site].busy == BUSY_RING:
            At(self.env, self.env.now + self.plan.sites[site].ring_ms, RINGS_OUT, row, self._rings_out)

    def _comes_to_centre(self, row: int) -> None:
        """Answered at once by the centre, or (a call, if the network allows) by any open site; else waits."""
        channel = self.rows.channel[row]
        self.rows.site[row] = CENTRE
        free = self._free_for(CENTRE, channel)
        if free is None and channel == PHONE and self.plan.overflow_to_open_site:
            sites = (site for site in range(1, len(self.plan.sites)) if self.site_is_open[site])
            free = next((each for site in sites if (each := self._free_for(site, PHONE)) is not None), None)
        if free is not None:
            self.hands.start(row, free)
        else:
            self._waits(row, CENTRE)

    def _free_for(self, site: int, channel: int) -> Counsellor | None:
        """Who of a site takes somebody who comes now; nobody where others wait before her."""
        return None if self.waiting[site][channel] else self._colleague(site, channel)

    def _colleague(self, site: int, channel: int) -> Counsellor | None:
        """Who of a site has room for one more of a channel now."""
        return choose(self.teams.able(site, self.env.now), channel, self.waiting[site], self.order)

    # --- waiting and leaving -----------------------------------------------------------------------------------

    def _waits(self, row: int, site: int) -> bool:
        """Join the queue, unless it is full or the person turns in the door; whether she joined.

        Who comes from a site's queue does not turn, for the same number decides again, and her patience runs on.
        """
        person, attempt, channel = self.rows.person[row], self.rows.attempt[row], self.rows.channel[row]
        rules, queue = self.plan.channels[channel], self.waiting[site][channel]
        self.rows.site[row] = site
        if 0 <= rules.max_waiting <= len(queue):
            self._leaves(row, book.BLOCKED)
        elif self.balk_u[person, attempt] < rules.balking:
            self._leaves(row, book.BALKED)
        else:
            queue[row] = None
            patience_ms = self.patience_ms[person, attempt, channel]
            if patience_ms < NEVER_MS:
                At(self.env, self.rows.at_ms[row] + patience_ms, GIVES_UP, row, self._gives_up)
            self._wake_after_spell(site)
            return True
        return False

    def _wake_after_spell(self, site: int) -> None:
        """A call that waits at a site is looked at again when the site's own duty work lets go."""
        end_ms = self.teams.spell_end_ms(site, self.env.now)
        if end_ms is not None:
            At(self.env, end_ms, ASSIGN, site, self._assign)

    def _gives_up(self, event: simpy.Event) -> None:
        row: int = event._value
        site = self.rows.site[row]
        if self.waiting[site][self.rows.channel[row]].pop(row, NOTHING) is None:
            self._leaves(row, book.ABANDONED)
            self._queue_has_shrunk(site)

    def _rings_out(self, event: simpy.Event) -> None:
        row: int = event._value
        site = self.rows.site[row]
        if site != CENTRE and self.waiting[site][PHONE].pop(row, NOTHING) is None:
            self._comes_to_centre(row)
            self._queue_has_shrunk(site)

    def _queue_has_shrunk(self, site: int) -> None:
        """Who was kept for somebody that no longer waits here may be free for others, or go home."""
        self._send_home(site)
        self._assign_soon(site)

    def _leaves(self, row: int, fate: int) -> None:
        """Unanswered by an open channel: try again, or be lost."""
        person, attempt, channel = self.rows.person[row], self.rows.attempt[row], self.rows.channel[row]
        again = attempt + 1 < self.max_attempts and self.redial_u[person, attempt] < self.plan.channels[channel].redial
        self.rows.leaves(row, fate, book.NEXT_REDIAL if again else book.NEXT_LOST, self.env.now)
        if again:
            self._tries_again(row, channel, self.env.now + self.redial_delay_ms[person, attempt, channel])

    def _meets_closed(self, row: int, fate: int) -> None:
        """Phone instead, come back after the next opening, or be lost."""
        person, attempt, channel = self.rows.person[row], self.rows.attempt[row], self.rows.channel[row]
        rules, u = self.plan.channels[channel], self.closed_u[person, attempt]
        instead = rules.phone_instead if channel != PHONE else 0.0
        if attempt + 1 >= self.max_attempts or u >= instead + rules.come_back:
            self.rows.leaves(row, fate, book.NEXT_LOST, self.env.now)
        elif u < instead:
            self.rows.leaves(row, fate, book.NEXT_PHONE, self.env.now)
            self._tries_again(row, PHONE, self.env.now)
        else:
            opens_ms = self.opens_ms[channel]
            index = bisect_right(opens_ms, self.env.now)
            returns = index < len(opens_ms)
            self.rows.leaves(row, fate, book.NEXT_RETURN if returns else book.NEXT_LOST, self.env.now)
            if returns:
                self._tries_again(row, channel, opens_ms[index] + self.return_delay_ms[person, attempt, channel])

    # --- who is next -------------------------------------------------------------------------------------------

    def _assign_soon(self, site: int) -> None:
        """Look at those who wait once all services that end now have ended and all shifts have changed."""
        if any(self.waiting[site].values()) or (site == CENTRE and any(self.hands.written.values())):
            At(self.env, self.env.now, ASSIGN, site, self._assign)

    def _assign(self, event: simpy.Event) -> None:
        site: int = event._value
        waiting = self.waiting[site]
        while any(waiting.values()):
            staff = self.teams.able(site, self.env.now) + self.teams.lingering[site]
            found = next_live(staff, waiting, self.order)
            if found is None:
                self._wake_after_spell(site)
                break
            counsellor, channel = found
            self.hands.start(waiting[channel].popitem(last=False)[0], counsellor)
        if site == CENTRE:
            self._assign_written()
        self._send_home(site)

    def _assign_written(self) -> None:
        for counsellor in self.teams.able(CENTRE, self.env.now):
            for channel in counsellor.answers:
                pile = self.hands.written.get(channel)
                if pile and self.is_open[channel] and can_take(counsellor, channel, self.waiting[CENTRE]):
                    self.hands.take_written(heappop(pile), counsellor)

    # --- shifts and opening ------------------------------------------------------------------------------------

    def _shift_starts(self, event: simpy.Event) -> None:
        counsellor = self.teams.people[event._value]
        counsellor.account(self.env.now)
        self.teams.start(counsellor)
        self._assign_soon(counsellor.site)

    def _shift_ends(self, event: simpy.Event) -> None:
        counsellor = self.teams.people[event._value - len(self.teams.people)]
        self.hands.make_room(counsellor)
        self.teams.end(counsellor)
        if self.plan.shift_end == HAND_BACK and not counsellor.is_idle:
            after_all_shifts = 2 * len(self.teams.people) + counsellor.index
            At(self.env, self.env.now, SHIFT, after_all_shifts, self._hands_on)
        kept_by = self._queues_to_serve_out(counsellor)
        if kept_by:
            self.teams.linger(counsellor, kept_by)

    def _hands_on(self, event: simpy.Event) -> None:
        """Once all shifts have changed: what a leaver has in hand passes to colleagues with room."""
        counsellor = self.teams.people[event._value - 2 * len(self.teams.people)]
        counsellor.account(self.env.now)
        self.hands.hand_on(counsellor, lambda channel: self._colleague(counsellor.site, channel))

    def _queues_to_serve_out(self, counsellor: Counsellor) -> tuple[int, ...]:
        """Her channels whose closed queue must be served out: for them her shift goes on until it is empty."""
        return tuple(
            channel
            for channel in counsellor.answers
            if channel in LIVE_CODES
            and self.plan.channels[channel].serve_out
            and self.closes_ms[channel] <= self.env.now
            and self.waiting[counsellor.site][channel]
        )

    def _send_home(self, site: int) -> None:
        """Who lingers for queues that are empty now goes home."""
        for counsellor in list(self.teams.lingering[site]):
            if not any(self.waiting[site][channel] for channel in counsellor.answers):
                self.teams.lingering[site].remove(counsellor)

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
            self.hands.put_down(channel, self.teams.on_duty[CENTRE])
            return
        for site, queues in enumerate(self.waiting):
            rows = [] if rules.serve_out else list(queues[channel])
            for row in rows:
                del queues[channel][row]
                self._meets_closed(row, book.TURNED_AWAY)
            if rows:
                self._queue_has_shrunk(site)
        if rules.hard_stop:
            for counsellor in self.teams.people:
                self.hands.stop(channel, counsellor)

    def _site_opens(self, event: simpy.Event) -> None:
        self.site_is_open[event._value - len(CHANNELS)] = True

    def _site_closes(self, event: simpy.Event) -> None:
        """Calls that wait at a site when it closes go to the centre."""
        site = event._value - len(CHANNELS)
        self.site_is_open[site] = False
        queue = self.waiting[site][PHONE]
        while site != CENTRE and queue:
            self._comes_to_centre(queue.popitem(last=False)[0])
        self._queue_has_shrunk(site)
