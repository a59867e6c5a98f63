"""Cases of conversations that slow each other, and of people who answer two channels."""

from typing import Any

from simulator.service.ledger import BLOCKED
from tests.cases import reading as read
from tests.cases.case import Case, Full, chat, chats, minutes, pool, world


def chat_1(_: Any) -> Case:
    channels = chat(2 / 3, 7 / 60, [1.0, 0.8, 0.65])
    scenario = world(days=250, demand=chats(3.0), channels=channels, roster=pool(1, "chat", chats_at_once=3))
    return Case(scenario, 8, read.chat_pool(1, 3), Full(days=420, runs=60), tolerance=0.06)


def chat_2(params: Any) -> Case:
    """CHAT-3 is the same with another routing."""
    channels = chat(5 / 6, 0.1, [1.0, 0.75], routing=params["routing"])
    scenario = world(days=200, demand=chats(5.0), channels=channels, roster=pool(3, "chat", chats_at_once=2))
    return Case(scenario, 8, read.chat_pool(3, 2), Full(days=540, runs=40), tolerance=0.06)


def blend_1(_: Any) -> Case:
    both = {"hours": "always", "counsellors": 1, "answers": ["phone", "chat"], "chats_at_once": 2}
    scenario = world(
        days=300,
        demand={"phone": {"per_hour": 0.8}, "chat": {"per_hour": 1.5}},
        channels={
            "phone": {"work": minutes(0.5), "max_waiting": 0},
            "chat": {"work": minutes(0.8), "max_waiting": 0, "speed_by_level": [1.0, 0.8]},
        },
        roster={"centre": {"both": both}},
    )
    figures = {
        f"p_{name}_refused": read.share(read.fate(BLOCKED), read.on_channel(code))
        for code, name in enumerate(("phone", "chat"))
    }
    return Case(scenario, 8, figures, Full(days=590, runs=40))


CASES = {"CHAT-1": chat_1, "CHAT-2": chat_2, "CHAT-3": chat_2, "BLEND-1": blend_1}
