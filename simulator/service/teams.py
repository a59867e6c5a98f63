"""Who is on duty where, and who of them may start something now."""

from bisect import bisect_right
from collections import Counter

from simulator.demand.contacts import Contacts
from simulator.service.counsellor import Counsellor
from simulator.service.plan import FIRST_FREE_LEAVES, Plan


class Teams:
    """The people of every site, and the spells in which a site's own duty work needs one of them.

    Attributes
    ----------
    people
        Everybody, by index.
    on_duty
        By site, in the order of their indices.
    lingering
        By site: people whose shift ended with their channel's opening, who stay until its queue is served out.
    """

    def __init__(self, contacts: Contacts, plan: Plan) -> None:
        counted_ms = plan.measure_from_ms, plan.end_ms
        self.people = [
            Counsellor(i, each, plan.speed_thousandths, counted_ms) for i, each in enumerate(plan.counsellors)
        ]
        self.on_duty: list[list[Counsellor]] = [[] for _ in plan.sites]
        self.lingering: list[list[Counsellor]] = [[] for _ in plan.sites]
        self._first_free_leaves = plan.shift_end == FIRST_FREE_LEAVES
        names, background = list(contacts.sites), contacts.background
        self._spells: list[tuple[list[int], list[int]]] = [([], []) for _ in plan.sites]
        for code, site in enumerate(plan.sites):
            if site.name in names:
                here = slice(*background.offset[names.index(site.name) :][:2])
                self._spells[code] = background.start_ms[here].tolist(), background.end_ms[here].tolist()

    def start(self, counsellor: Counsellor) -> None:
        """Her shift starts."""
        counsellor.on_duty = True
        counsellor.answers = counsellor.rostered_answers
        team, lingering = self.on_duty[counsellor.site], self.lingering[counsellor.site]
        if counsellor in lingering:
            lingering.remove(counsellor)
        team.append(counsellor)
        team.sort(key=lambda each: each.index)

    def end(self, counsellor: Counsellor) -> None:
        """Her shift ends, whatever she has in hand."""
        counsellor.on_duty = False
        self.on_duty[counsellor.site].remove(counsellor)

    def linger(self, counsellor: Counsellor, channels: tuple[int, ...]) -> None:
        """She stays, but only for those who wait on some channels."""
        counsellor.answers = channels
        self.lingering[counsellor.site].append(counsellor)

    def able(self, site: int, now_ms: int) -> list[Counsellor]:
        """Those on duty at a site who may start something now.

        Some of the idle may be spoken for: one by the site's own duty work; and where the first who is free leaves, as
        many as still finish after their shift, of those who answer the same. If all of them are, only those with a
        conversation in hand have room.
        """
        team = self.on_duty[site]
        if self._first_free_leaves:
            team = self._without_relief(site, team)
        if self.spell_end_ms(site, now_ms) is not None and sum(each.is_idle for each in team) <= 1:
            return [each for each in team if not each.is_idle]
        return team

    def _without_relief(self, site: int, team: list[Counsellor]) -> list[Counsellor]:
        """The team without those idle who must make up for a colleague that finishes after her shift."""
        finishing = Counter(
            each.rostered_answers for each in self.people if each.site == site and not (each.is_idle or each.on_duty)
        )
        if not finishing:
            return team
        idle = Counter(each.rostered_answers for each in team if each.is_idle)
        return [
            each for each in team if not each.is_idle or idle[each.rostered_answers] > finishing[each.rostered_answers]
        ]

    def spell_end_ms(self, site: int, now_ms: int) -> int | None:
        """When the spell of own duty work ends that the site is in now; None where it is in none."""
        starts, ends = self._spells[site]
        if not starts:
            return None
        index = bisect_right(starts, now_ms) - 1
        return ends[index] if index >= 0 and ends[index] > now_ms else None
