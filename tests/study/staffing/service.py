"""A small evening service whose simulated years take a moment each."""

EVENING = """
title: A small evening service
period: {first_day: 2024-01-01, last_day: 2024-01-28}
demand:
  chat: {per_hour: [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,6,9,12,12,8,6]}
channels:
  chat:
    open: {daily: "18:15-22:15", sat: "18:15-23:15"}
    work: {mean_min: 20}
    patience: {mean_min: 5}
    balking: 0.1
    redial: {probability: 0.3, mean_min: 10}
    speed_by_level: [1.0, 0.8]
roster:
  centre:
    chat:
      {hours: "18:15-23:15", counsellors: {value: 3, status: assumed, source: guess}, answers: [chat], chats_at_once: 2}
"""
