"""Many years are the same bytes whoever simulates them, take no memory of their own, and end when they should."""

import tracemalloc
from contextlib import closing, contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from simulator.service.engines import ENGINES
from simulator.service.keys import Key
from simulator.study import workers as crews
from simulator.study.intervals import estimate, ratio_of_totals
from simulator.study.precision import FEWEST_YEARS, look_ahead
from simulator.study.replicate import Ending, replicate
from simulator.study.watched import Precision, PrecisionError
from simulator.study.workers import BATCHES_EACH, Crew, in_order, processes, threads
from simulator.study.years import LARGEST_BATCH, Bench, Question, Rows, batches, packed

YEARS = 70


def seen_bytes(scenario, years, **how):
    """All that was seen in some years, and all that is estimated from them."""
    with replicate(scenario, years, **how) as study:
        tops, bottoms = study.seen.of(study.seen.keys)
        rows = repr(list(estimate(study.seen).rows())).encode()
        return study.seen.years, tops.tobytes(), bottoms.tobytes(), rows


# --- the same years ----------------------------------------------------------------------------------------------


def test_the_same_bytes_whoever_serves_and_however_many_work(small):
    found = {
        seen_bytes(small, YEARS, seed=3, workers=workers, engine=engine)
        for engine in ENGINES
        for workers in (1, 2, 3, None)
    }
    assert len(found) == 1


def test_a_shorter_study_is_the_beginning_of_a_longer_one(small):
    few = seen_bytes(small, 9, workers=1)
    with replicate(small, YEARS, workers=2) as study:
        study.seen.keep(9)
        assert study.seen.of(study.seen.keys)[0].tobytes() == few[1]


def test_another_seed_is_another_study(small):
    assert seen_bytes(small, 3, seed=1)[1] != seen_bytes(small, 3, seed=2)[1]


def test_there_is_at_least_one_year(small):
    with pytest.raises(ValueError, match="at least one"):
        replicate(small, 0)


def test_an_unknown_engine_is_told(small):
    with pytest.raises(ValueError, match="quick"):
        replicate(small, 1, engine="quick")


# --- batches -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("largest", [1, 5, LARGEST_BATCH])
@pytest.mark.parametrize("years", [1, 2, 17, 500, 1000])
def test_batches_are_all_years_in_order_and_begin_where_they_always_do(years, largest):
    pieces = list(batches(years, largest))
    assert [year for piece in pieces for year in piece] == list(range(years))
    assert max(map(len, pieces)) <= largest
    more = list(batches(years + 100, largest))
    assert [piece.start for piece in pieces] == [piece.start for piece in more[: len(pieces)]]


class Slow:
    """A promise that is kept when somebody waits for it, and notes how many are open."""

    def __init__(self, open_ones, batch):
        self._open, self._batch = open_ones, batch
        open_ones.append(batch)

    def result(self, timeout=None):
        self._open.remove(self._batch)
        return Rows(np.array([list(self._batch)]), np.empty(0, int), np.empty((0, len(self._batch))))

    def done(self):
        return True


@pytest.mark.parametrize("size", [1, 2, 5])
def test_no_more_is_handed_out_than_is_taken_back(size):
    open_ones, most = [], []

    def submit(batch):
        most.append(len(open_ones) + 1)
        return Slow(open_ones, batch)

    @contextmanager
    def crew():
        yield Crew(size, submit)

    with closing(in_order(crew(), batches(500, 8))) as rows:
        assert [int(year) for each in rows for year in each.top[0]] == list(range(500))
    assert max(most) == BATCHES_EACH * size and open_ones == []


class Late:
    """A promise whose waiting ends before it is kept, and which then fails with the same error."""

    def __init__(self, error):
        self._error, self._asked = error, 0

    def result(self, timeout=None):
        self._asked += 1
        if self._asked < 3:
            raise TimeoutError("not yet")
        raise self._error

    def done(self):
        return self._asked >= 3


@pytest.mark.parametrize("error", [TimeoutError("of the work itself"), ZeroDivisionError("a defect")])
def test_waiting_goes_on_and_an_error_of_the_work_is_raised(error):
    @contextmanager
    def crew():
        yield Crew(1, lambda batch: Late(error))

    with pytest.raises(type(error), match=str(error)):
        list(in_order(crew(), [range(1)]))


def test_each_thread_has_a_simulation_of_its_own(small, dice):
    with replicate(small, 2000, make_reader=dice(), workers=4) as four:
        found = four.seen.of(four.seen.keys)
    with replicate(small, 2000, make_reader=dice(), workers=1) as one:
        assert all(map(np.array_equal, found, one.seen.of(one.seen.keys)))


def test_a_stopped_bench_gives_the_years_it_has(dice):
    bench = Bench(Question(None, "compiled", 1, dice()))
    whole = bench.rows(range(5))
    bench.stop()
    assert (whole.years, bench.rows(range(5)).years) == (5, 0)


def test_a_question_is_the_same_bytes_each_time(small):
    question = Question(small, "simpy", 1, make_reader=dict)
    assert packed(question) == packed(Question(small, "simpy", 1, make_reader=dict))


# --- memory ------------------------------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_years(small, dice):
    """Traced allocations, not the process's size: what is kept of 3 000 figures a year would be 96 MB more."""
    peaks = {}
    for years in (200, 4200):
        tracemalloc.start()
        with replicate(small, years, make_reader=dice(3000), workers=1) as study:
            estimate(study.seen)
        peaks[years] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[4200] < 1.1 * peaks[200]


# --- the end -----------------------------------------------------------------------------------------------------


def interrupt_after(years):
    """A progress report that is interrupted, as Ctrl-C does anywhere in the main thread."""

    def told(done, total, width):
        if done >= years:
            raise KeyboardInterrupt

    return told


@pytest.mark.parametrize(("engine", "workers"), [("compiled", 1), ("compiled", 3), ("simpy", 1), ("simpy", 2)])
def test_what_is_whole_is_kept(small, engine, workers):
    how = {"engine": engine, "workers": workers}
    with replicate(small, 300, progress=interrupt_after(40), keep_interrupted=True, **how) as study:
        years, tops = study.seen.years, study.seen.of(study.seen.keys)[0]
    assert study.ending == Ending(asked=300, interrupted=True)
    assert 40 <= years < 300
    assert tops.tobytes() == seen_bytes(small, years, workers=1)[1]


def test_an_interrupt_in_the_middle_of_a_year_costs_its_batch(small, monkeypatch, dice):
    from simulator.study.years import Prepared

    observe = Prepared.observe

    def interrupted(self, replication):
        if replication == 50:
            raise KeyboardInterrupt
        return observe(self, replication)

    monkeypatch.setattr(Prepared, "observe", interrupted)
    with replicate(small, 100, make_reader=dice(), workers=1, keep_interrupted=True) as study:
        assert study.seen.years == next(piece.start for piece in batches(100, LARGEST_BATCH) if 50 in piece)


@pytest.mark.parametrize(("years", "keep"), [(1, True), (40, False)])
def test_too_little_or_unasked_is_not_kept(small, dice, years, keep):
    with pytest.raises(KeyboardInterrupt):
        replicate(small, 300, make_reader=dice(), progress=interrupt_after(years), workers=1, keep_interrupted=keep)


def test_an_interrupt_after_the_last_year_is_none(small, dice):
    how = {"make_reader": dice(), "workers": 1, "keep_interrupted": True}
    with replicate(small, 30, progress=interrupt_after(30), **how) as study:
        assert study.ending == Ending(asked=30) and study.seen.years == 30


class Defect:
    """Reads no year at all."""

    keys = ()
    units = ()

    def __init__(self, scenario, plan):
        pass

    def observe(self, year):
        raise ZeroDivisionError("a defect")


@pytest.mark.parametrize(("engine", "workers"), [("compiled", 1), ("compiled", 2), ("simpy", 2)])
def test_a_defect_comes_to_light_wherever_it_happens(small, engine, workers):
    with pytest.raises(ZeroDivisionError, match="a defect"):
        replicate(small, 100, make_reader=Defect, engine=engine, workers=workers)


def test_processes_are_ended_when_nobody_waits_for_them(small):
    hired = processes(packed(Question(small, "simpy", 1, Defect)), 2)
    with pytest.raises(KeyboardInterrupt), hired as crew:
        crew.submit(range(1))
        raise KeyboardInterrupt
    assert seen_bytes(small, 3, engine="simpy", workers=2)[0] == 3  # and new ones start


def test_threads_leave_after_the_year_at_hand():
    bench = SimpleNamespace(rows=lambda batch: 1 / 0, stop=lambda: stopped.append(True))
    stopped = []
    with threads(bench, 2) as crew:
        promise = crew.submit(range(1))
        with pytest.raises(ZeroDivisionError):
            promise.result(timeout=10)
    assert stopped == [True]


# --- precision ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("engine", "workers"), [("compiled", 1), ("compiled", 2), ("simpy", 2)])
def test_precision_ends_with_the_years_that_as_many_replications_give(small, engine, workers):
    how = {"engine": engine, "workers": workers}
    with replicate(small, 1000, precision=Precision(0.06), **how) as study:
        tops = study.seen.of(study.seen.keys)[0]
        years, reached = study.seen.years, study.ending.reached
    assert study.ending.asked == 1000 and not study.ending.interrupted
    assert reached.met and reached.width <= 0.06
    assert reached.of == ("persons_reached", "unanswered", "answered/chat", "answered/phone")
    assert 3 <= years < 1000
    assert tops.tobytes() == seen_bytes(small, years, workers=1)[1]


def test_the_number_of_years_is_the_least_by_the_definition(small):
    name, key = "unanswered/phone", Key("unanswered", "phone")
    with replicate(small, 400, precision=Precision(0.08, (name,))) as study:
        years, width = study.seen.years, study.ending.reached.width
    with replicate(small, years + 60) as longer:
        top, bottom = longer.seen.of([key])
    widths = {}
    for count in range(2, years + 60):
        mean, noise = ratio_of_totals(top[:, :count], bottom[:, :count])
        widths[count] = float(noise[0] / mean[0])
    assert width == pytest.approx(widths[years], rel=1e-9)
    assert all(widths[count] <= 0.08 for count in range(years, years + look_ahead(years) + 1))
    assert widths[years - 1] > 0.08 or years == FEWEST_YEARS


def test_a_limit_that_comes_first_is_told_with_what_was_reached(small):
    with replicate(small, 10, precision=Precision(0.001)) as study:
        assert study.seen.years == 10
        ending = study.ending
    assert ending.as_manifest()["precision"] == {
        "asked": 0.001,
        "of": ["persons_reached", "unanswered", "answered/chat", "answered/phone"],
        "reached": pytest.approx(ending.reached.width, rel=1e-5),
        "met": False,
    }
    assert ending.reached.width > 0.001 and not ending.interrupted


def test_an_interrupted_search_for_precision_tells_how_far_it_came(small):
    how = {"precision": Precision(0.001), "keep_interrupted": True, "workers": 1}
    with replicate(small, 300, progress=interrupt_after(20), **how) as study:
        assert study.seen.years == 20
    assert study.ending.interrupted and not study.ending.reached.met
    with replicate(small, 20, precision=Precision(0.001)) as whole:
        assert whole.ending.reached == study.ending.reached


def test_a_figure_that_is_not_read_cannot_be_precise(small):
    with pytest.raises(PrecisionError):
        replicate(small, 3, precision=Precision(0.1, ("answered/letter",)))


def test_progress_is_told_of_every_batch(small, dice):
    told = []
    with replicate(small, 40, make_reader=dice(), workers=1, progress=lambda *each: told.append(each)):
        pass
    assert [done for done, _, _ in told] == [piece.stop for piece in batches(40, LARGEST_BATCH)]
    assert {(total, width) for _, total, width in told} == {(40, None)}


def test_the_cores_of_this_process_are_counted(monkeypatch):
    monkeypatch.setattr(crews.os, "sched_getaffinity", lambda of: {0, 3, 5}, raising=False)
    assert crews.cores() == 3
