"""Counsellors shared by phone and chat, nobody waiting.

A call needs an idle counsellor and blocks everything else for her; otherwise she holds up to k chats. Refused
contacts are lost to the pool. Must not know about lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.service.theory import chains
from simulator.service.theory.chains import Chain, Move, State
from simulator.service.theory.chat import Routing, assign, shifted
from simulator.service.theory.checks import FloatArray, non_negative, positive, speeds, whole
from simulator.service.theory.drain import level_rates


@dataclass(frozen=True)
class BlendedMeasures:
    """Long-run measures of a shared pool.

    Attributes
    ----------
    p_phone_refused, p_chat_refused : float
        Share of calls that find no idle counsellor, and of chats that find no free slot.
    p_idle, p_on_phone : float
        Share of counsellor time with nothing in hand, and on a call.
    p_chats : tuple of float, length k
        Share of counsellor time with 1, .., k chats.
    """

    p_phone_refused: float
    p_chat_refused: float
    p_idle: float
    p_on_phone: float
    p_chats: tuple[float, ...]

    @property
    def p_one_chat(self) -> float:
        """Share of counsellor time with exactly one chat."""
        return self.p_chats[0]

    @property
    def p_two_chats(self) -> float:
        """Share of counsellor time with exactly two chats (0 with one slot)."""
        return self.p_chats[1] if len(self.p_chats) > 1 else 0.0


def blended_pool(
    phone_rate: float,
    chat_rate: float,
    phone_service_rate: float,
    chat_work_mean: float,
    speed_by_level: Sequence[float],
    counsellors: int,
    *,
    routing: Routing = "least_loaded",
) -> BlendedMeasures:
    """Stationary shared pool; exponential calls and chat work, slots = length of ``speed_by_level``."""
    non_negative(phone_rate=phone_rate, chat_rate=chat_rate)
    positive(phone_service_rate=phone_service_rate, chat_work_mean=chat_work_mean)
    speeds(speed_by_level)
    whole(1, counsellors=counsellors)
    finish = level_rates(chat_work_mean, speed_by_level)

    def moves(state: State) -> Iterator[Move]:
        levels, calls = state[:-1], state[-1]
        fuller = assign(levels, routing)
        yield ("chat_refused", chat_rate, state) if fuller is None else ("chat", chat_rate, (*fuller, calls))
        if levels[0]:
            yield "call", phone_rate, (levels[0] - 1, *levels[1:], calls + 1)
        else:
            yield "call_refused", phone_rate, state
        for level in range(1, len(levels)):
            if levels[level]:
                yield "finish", levels[level] * finish[level - 1], (*shifted(levels, level, level - 1), calls)
        if calls:
            yield "hang_up", calls * phone_service_rate, (levels[0] + 1, *levels[1:], calls - 1)

    chain = chains.explore([(counsellors, *([0] * (len(speed_by_level) + 1)))], moves)
    return _measures(chain, chains.stationary(chain.generator()), counsellors)


def _measures(chain: Chain, shares: FloatArray, counsellors: int) -> BlendedMeasures:
    by_column = [float(shares @ chain.column(i)) / counsellors for i in range(len(chain.states[0]))]
    levels = len(by_column) - 1
    all_slots_taken = np.array([not any(state[: levels - 1]) for state in chain.states])
    return BlendedMeasures(
        p_phone_refused=float(shares[chain.column(0) == 0].sum()),
        p_chat_refused=float(shares[all_slots_taken].sum()),
        p_idle=by_column[0],
        p_on_phone=by_column[-1],
        p_chats=tuple(by_column[1:-1]),
    )
