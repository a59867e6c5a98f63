"""Reference shapes come from evidence, and the fitted one is what its anchors say, not what a test would like."""

import numpy as np
import pytest

from simulator.demand.shapes import (
    REFERENCES,
    day_and_night_coefficients,
    day_curve,
    reference_shape,
)
from simulator.evidence import evidence, number

FINE = (np.arange(24 * 60) + 0.5) / 60


@pytest.mark.parametrize("name", REFERENCES)
def test_a_shape_is_the_shares_of_a_day(name):
    shape = reference_shape(name)
    assert shape.shape == (24,)
    assert shape.min() > 0
    assert shape.sum() == pytest.approx(1, abs=1e-12)


def test_open_up_is_as_counted():
    counts = evidence("openup-arrivals-by-hour").value
    assert reference_shape("open-up") * sum(counts) == pytest.approx(np.array(counts, float))


def test_smoothness_knows_nothing_of_the_hours():
    assert np.ptp(reference_shape("smoothness")) == 0


def test_an_unknown_shape_is_refused():
    with pytest.raises(KeyError):
        reference_shape("someone-else")


def test_day_and_night_peaks_near_midnight_and_rests_in_the_morning():
    """Samaritans' and Kirkens SOS' busiest and quietest hours are no anchors: they check the curve."""
    curve = day_curve(day_and_night_coefficients(), FINE)
    assert FINE[curve.argmax()] >= 22 or FINE[curve.argmax()] <= 1
    assert 5 <= FINE[curve.argmin()] <= 9
    shape = reference_shape("day-and-night")
    assert set(np.argsort(shape)[-3:]) <= {21, 22, 23, 0}
    assert shape.max() / shape.min() > 3


def test_day_and_night_has_two_harmonics_and_no_more():
    waves = np.abs(np.fft.rfft(np.log(day_curve(day_and_night_coefficients(), FINE))))
    assert waves[1] > 1 and waves[2] > 1
    assert waves[3:].max() < 1e-9 * waves[1]


def test_anchors_are_arithmetic_on_their_evidence():
    anchors = evidence("day-and-night-anchors").value
    phone = np.mean([evidence(f"telefonseelsorge-share-by-hour-{year}").value for year in (1998, 2000)], axis=0)
    asleep = phone[:7] / phone[:7].mean()
    assert [each["ratio"] for each in anchors["telefonseelsorge"]] == pytest.approx(asleep, abs=6e-4)
    assert [each["of"][0] for each in anchors["telefonseelsorge"]] == list(range(7))
    evening, night = number("krisenchat-share-16-24"), number("krisenchat-share-00-08")
    assert anchors["krisenchat"][0]["ratio"] == pytest.approx(evening / (1 - evening - night))
    assert anchors["childline"][0]["ratio"] == pytest.approx(7 * number("childline-night-first-hour-share"))


def test_each_source_of_the_fit_pulls_alike():
    """At the optimum the pulls of the sources cancel, each averaged over its own anchors."""
    fitted = day_and_night_coefficients()

    def misfit(coefficients):
        total = 0.0
        for anchors in evidence("day-and-night-anchors").value.values():
            errors = [
                np.log(_mean(coefficients, each["of"]) / _mean(coefficients, each["over"]) / each["ratio"])
                for each in anchors
            ]
            total += np.mean(np.square(errors))
        return total

    best = misfit(fitted)
    for direction in np.vstack([np.eye(4), -np.eye(4)]):
        assert misfit(fitted + 1e-3 * direction) > best


def _mean(coefficients, stretch):
    start, end = stretch
    points = start + (np.arange((end - start) * 4) + 0.5) / 4
    return day_curve(coefficients, points).mean()


def test_the_curve_is_not_open_up():
    """Nothing of Open Up goes into the fit; the two shapes stay well apart."""
    apart = 0.5 * np.abs(reference_shape("day-and-night") - reference_shape("open-up")).sum()
    assert apart > 0.05
    assert not any("openup" in each for each in evidence("day-and-night-anchors").derived_from)
