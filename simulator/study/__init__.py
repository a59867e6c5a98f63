"""Questions asked of many simulated years: run, compare, back-test, replay, the overview, and solving demand."""

from simulator.study.backtest import backtest
from simulator.study.compare import compare
from simulator.study.estimates import Estimate, Estimates, Result
from simulator.study.overview import overview
from simulator.study.replay import replay
from simulator.study.replicate import replicate, simulate
from simulator.study.run import run

__all__ = [
    "Estimate",
    "Estimates",
    "Result",
    "backtest",
    "compare",
    "overview",
    "replay",
    "replicate",
    "run",
    "simulate",
]
