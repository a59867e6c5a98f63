"""Priors: their quantiles against scipy's distributions, and files that an analyst may get wrong."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.study.worlds.parameters import NAMES, PARAMETERS
from simulator.study.worlds.priors import Prior, PriorsError, read_priors, shipped_priors

PRIORS = shipped_priors()
SHARES = np.linspace(0.01, 0.99, 24)


def test_every_parameter_has_a_prior_and_every_prior_of_the_model_is_used():
    unused = set(PRIORS) - {each.prior for each in PARAMETERS}
    solved = {"chat-first-attempts-2023", "phone-first-attempts-2023", "attempts-per-answer"}
    solved |= {"trend-2024-in-window", "trend-2024-phone"}
    not_in_the_model = {"short-call-share", "short-call-work", "silent-share", "silent-hold"}
    assert unused - {f"prior-{name}" for name in solved | not_in_the_model} == {
        id for id in unused if id.startswith("prior-shape")
    }
    assert len(set(NAMES)) == len(NAMES)


def reference(prior: Prior):
    terms = prior.terms
    match prior.family:
        case "uniform":
            return stats.uniform(terms["low"], terms["high"] - terms["low"])
        case "loguniform":
            return stats.loguniform(terms["low"], terms["high"])
        case "triangular":
            width = terms["high"] - terms["low"]
            return stats.triang((terms["mode"] - terms["low"]) / width, terms["low"], width)
        case "lognormal":
            return stats.lognorm(terms["sigma_log"], scale=terms["median"])
    values = sorted(terms, key=float)
    return stats.rv_discrete(values=([float(each) for each in values], [terms[each] for each in values]))


@pytest.mark.parametrize("prior", PRIORS.values(), ids=PRIORS)
def test_quantiles_are_those_of_the_family(prior: Prior):
    assert [prior.quantile(u) for u in SHARES] == pytest.approx(reference(prior).ppf(SHARES))


@given(u=st.floats(1e-9, 1 - 1e-9), id=st.sampled_from(sorted(PRIORS)))
def test_quantiles_lie_in_the_support(u: float, id: str):
    low, high = PRIORS[id].support
    assert low <= PRIORS[id].quantile(u) <= high


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_file_takes_the_place_of_some_priors(tmp_path: Path):
    file = written(
        tmp_path,
        "prior-chat-work: {value: {distribution: uniform, low: 30, high: 45}, status: assumed, source: us}\n"
        "prior-balking: {value: 0.1}\n"
        "prior-chats-at-once: {value: {distribution: discrete, probabilities: {'1': 0.5, '2': 0.5}}}\n",
    )
    priors = read_priors([file])
    assert priors["prior-chat-work"].quantile(0.5) == 37.5
    assert priors["prior-chat-work"].source == "us"
    assert {priors["prior-balking"].quantile(u) for u in SHARES} == {0.1}
    assert priors["prior-chats-at-once"].support == (1, 2)
    assert priors["prior-phone-work"] == PRIORS["prior-phone-work"]


WRONG = {
    "prior-chat-wrok: {value: 3}": "prior-chat-work",
    "prior-chat-work: {valu: 3}": "value",
    "prior-chat-work: {value: {distribution: normal, mean: 3}}": "triangular",
    "prior-chat-work: {value: {distribution: uniform, low: 3}}": "high",
    "prior-chat-work: {value: {distribution: uniform, low: 9, high: 3}}": "low below high",
    "prior-chat-work: {value: {distribution: uniform, low: -9, high: 3}}": "min",
    "prior-balking: {value: {distribution: uniform, low: 0.5, high: 1.5}}": "probability",
    "prior-balking: {value: some}": "numbers",
    "prior-chats-at-once: {value: {distribution: discrete, probabilities: {'1': 0.5}}}": "add up to 1",
    "prior-chats-at-once: {value: {distribution: discrete, probabilities: {'1.5': 1}}}": "distribution",
    "prior-chat-patience: {value: {distribution: lognormal, median: 0, sigma_log: 1}}": "median",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str):
    with pytest.raises(PriorsError) as caught:
        read_priors([written(tmp_path, f"# mine\n{text}\n")])
    (problem,) = caught.value.problems
    assert problem.line == 2
    assert WRONG[text] in problem.text("en")
    assert problem.text("nb") != problem.text("en")


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path):
    with pytest.raises(PriorsError) as caught:
        read_priors(
            [written(tmp_path, "\n".join(text.replace("chat-work:", "chat-work:") for text in list(WRONG)[:2]))]
        )
    assert len(caught.value.problems) == 2
