"""A small service for tests: four weeks, a busy evening and night, a chat that closes at 22."""

from typing import Any

from simulator.scenario import Scenario, load

BY_HOUR = [6, 5, 4, 3, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6]
"""Chats an hour that would come, hour by hour."""


def scenario(days: int = 28, **changes: Any) -> Scenario:
    """The small service, Monday 4 March 2024 and on, with some keys of its own."""
    keys: dict[str, Any] = {
        "title": "Small service",
        "period": {"first_day": "2024-03-04", "last_day": f"2024-03-{3 + days:02d}"},
        "demand": {"chat": {"per_hour": BY_HOUR}, "phone": {"per_hour": 1}},
        "channels": {
            "phone": {"work": {"mean_min": 12}, "patience": {"mean_min": 3}},
            "chat": {
                "open": {"daily": "16:00-22:00", "sat": "16:00-23:00"},
                "work": {"mean_min": 40},
                "patience": {"mean_min": 7},
                "when_closed": {"phone_instead": 0.05, "come_back": 0.05},
                "speed_by_level": [1.0, 0.8],
            },
        },
        "sites": {"centre": {"centre": True, "lines": 0}},
        "roster": {
            "centre": {
                "phone": {"hours": "always", "counsellors": 1, "answers": ["phone"]},
                "chat": {
                    "hours": {"daily": "16:00-22:00", "sat": "16:00-23:00"},
                    "counsellors": 2,
                    "answers": ["chat"],
                    "chats_at_once": 2,
                },
            }
        },
        "pay": {
            "basic_nok_per_year": 550000,
            "hours_per_year": 1445,
            "night_share": 0.25,
            "evening_nok_per_hour": 56,
            "weekend_share": 0.22,
            "on_cost_share": 0.3,
        },
    }
    return load({**keys, **changes})
