"""The figures: the same bytes each time, nothing that depends on the machine, nothing drawn that is not there."""

import re
import sys
import warnings
from dataclasses import replace

import matplotlib

from simulator.report.figures import figures
from simulator.report.figures import whole as drawing
from simulator.study.estimates import Estimates, Key

NAMES = {"reached-by-hour", "unanswered-by-week", "answered-by-site", "demand-profile"}


def test_four_figures_as_svg_and_png(drawn):
    assert set(drawn) == {f"{name}.{kind}" for name in NAMES for kind in ("svg", "png")}
    assert all(content.startswith(b"\x89PNG") for name, content in drawn.items() if name.endswith("png"))


def test_the_same_bytes_each_time_whatever_the_user_has_set(drawn, result):
    with matplotlib.rc_context({"svg.hashsalt": None, "font.size": 30, "axes.facecolor": "red"}):
        assert figures(result, "nb") == drawn
        assert matplotlib.rcParams["font.size"] == 30


def test_no_pyplot_no_date_no_images_no_outside_links(drawn):
    assert "matplotlib.pyplot" not in sys.modules
    for name, content in drawn.items():
        if name.endswith("svg"):
            text = content.decode()
            assert "<dc:date>" not in text
            assert "<image" not in text
            assert not re.search(r"""(?:href|src)\s*=\s*["'](?!#)""", text)


def test_the_language_moves_the_words(drawn, result):
    assert figures(result, "en")["reached-by-hour.svg"] != drawn["reached-by-hour.svg"]


def test_words_of_a_planner_are_not_formulas_and_may_hold_any_sign(drawn, result):
    odd = replace(result, scenario=result.scenario | {"title": r"$\frac{1} \x 100 $ ☎ 日本 " + "long " * 40})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert set(figures(odd, "nb")) == set(drawn)


def test_a_result_without_rows_has_no_figures(result):
    nothing = Estimates((), (), result.measures._numbers[:0])
    empty = replace(result, scenario=result.scenario | {"profiles": {}}, measures=nothing)
    assert figures(empty, "nb") == {}


def test_the_bars_are_the_table(result):
    reached = drawing._by_hour(result, "persons_reached", "chat")[0]
    assert reached[22] == result.measures[Key("persons_reached", "chat", hour="22")].mean
    assert drawing._by_hour(result, "persons_reached", "sms").sum() == 0
