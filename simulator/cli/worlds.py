"""The commands about plausible worlds: find them, and keep what was found even when somebody ends it halfway."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.words import say

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.study.worlds import Worlds
    from simulator.study.worlds.calibrate import Inputs, State

DONE, FELL_SHORT = 0, 1
WORLDS = 300
"""As in `simulator.study.worlds.calibrate`, which would take a moment to load; a test keeps the two equal."""
MOST_WORLDS = 5000
TRUTHS, WORLDS_EACH = 40, 40
"""As in `simulator.study.worlds.coverage`."""
SAVE_EVERY_S = 10.0


def worlds_option(lang: str) -> click.Option:
    """Which worlds a scenario is run in."""
    return click.Option(["--worlds"], metavar="all|one|N|FILE", default="all", help=say("cli.option.worlds", lang))


def worlds_of(typed: str, lang: str) -> "Worlds | None":
    """The worlds that were asked for, None for the default world alone.

    Raises
    ------
    click.BadParameter
        If there are none such.
    """
    from simulator.study.worlds import WorldsError, shipped_worlds
    from simulator.study.worlds.world import are_shipped

    if typed in ("one", "1"):
        return None
    if typed == "all":
        return shipped_worlds() if are_shipped() else None
    if typed.isdigit():
        shipped = shipped_worlds()
        if not 2 <= int(typed) <= len(shipped):
            raise click.BadParameter(say("worlds.count_wrong", lang, found=typed, most=len(shipped)))
        return shipped.first(int(typed))
    try:
        return read_worlds(Path(typed))
    except OSError as error:
        why = error.strerror or str(error)
        raise click.BadParameter(say("worlds.file_unreadable", lang, file=typed, why=why)) from error
    except WorldsError as error:
        raise click.BadParameter(say("worlds.file_wrong", lang, file=typed)) from error


def for_scenario(scenario: "Scenario", typed: str, lang: str) -> "Worlds | None":
    """The worlds that were asked for, None where they say nothing of the scenario: then it is run as it stands."""
    from simulator.study.worlds.world import speak_of

    found = worlds_of(typed, lang)
    return found if found is not None and (typed != "all" or speak_of(scenario, found)) else None


def read_worlds(path: Path) -> "Worlds":
    """The worlds in a file."""
    from simulator.study.worlds import Worlds, WorldsError

    try:
        return Worlds.from_text(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise WorldsError(str(error)) from error


def calibrate_parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``calibrate`` takes."""
    return [
        _kept_option(lang),
        click.Option(["--priors"], multiple=True, metavar="FILE", help=say("cli.option.priors", lang)),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


def _kept_option(lang: str) -> click.Option:
    many = click.IntRange(2, MOST_WORLDS)
    words = say("cli.option.worlds_kept", lang)
    return click.Option(["--worlds"], type=many, default=WORLDS, show_default=True, help=words)


def calibrate(
    lang: str, worlds: int, priors: tuple[str, ...], seed: int, json_: str | None, out: str, workers: int | None
) -> int:
    """Find plausible worlds, print what the published figures say of each parameter, and keep them in a file."""
    from simulator.report.terminal import table
    from simulator.report.worlds import calibration_tables
    from simulator.service.engines import first_use
    from simulator.store import write_text_whole
    from simulator.study.worlds.calibrate import TooFewWorldsError
    from simulator.study.worlds.calibrate import calibrate as find

    inputs = _inputs(priors, seed)
    if (said := first_use()) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)
    part = Path(out) / f"calibration-{inputs.fingerprint}.part.json"
    begun = _begun(part, lang)
    keeper = _Keeper(part, worlds)
    try:
        with progress(say("worlds.title", lang), lang, quiet=json_ == "-", unit="worlds") as told:
            found = find(inputs, worlds, workers, keeper.telling(told), begun)
    except TooFewWorldsError as short:
        keeper.keep(short.state)
        kept, candidates = len(short.state.kept), short.state.candidates
        click.echo(say("worlds.too_few", lang, kept=kept, candidates=candidates, wanted=worlds), err=True)
        return FELL_SHORT
    except KeyboardInterrupt:
        keeper.keep()
        click.echo(say("worlds.interrupted", lang, file=part), err=True)
        raise
    path = Path(out) / f"worlds-{found.fingerprint}.json"
    write_text_whole(path, found.to_text())
    part.unlink(missing_ok=True)
    shown = calibration_tables(found, inputs.priors, lang)
    show(
        lang,
        json_,
        _document(found, inputs, path),
        [table(each) for each in shown],
        say("worlds.saved", lang, path=path),
    )
    return DONE


def _inputs(priors: tuple[str, ...], seed: int) -> "Inputs":
    from simulator.study.worlds.calibrate import Inputs
    from simulator.study.worlds.priors import read_priors
    from simulator.study.worlds.shapes import read_shapes

    files = [Path(each) for each in priors]
    return Inputs(priors=read_priors(files), shapes=read_shapes(files), seed=seed)


def _begun(part: Path, lang: str) -> "State":
    """How far an interrupted calibration with the same inputs came."""
    from simulator.study.worlds import WorldsError
    from simulator.study.worlds.calibrate import State

    try:
        state = State.from_json(json.loads(part.read_text("utf-8")))
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, WorldsError):
        click.echo(say("worlds.part_unreadable", lang, file=part), err=True)
        return State()
    click.echo(say("worlds.goes_on", lang, candidates=state.candidates, kept=len(state.kept)), err=True)
    return state


class _Keeper:
    """Writes now and then how far a calibration has come, so that it can be taken up again after any end."""

    def __init__(self, part: Path, wanted: int) -> None:
        self._part, self._wanted = part, wanted
        self._state: State | None = None
        self._kept_at = time.monotonic()

    def telling(self, told: Any) -> Any:
        """What the calibration tells after each candidate."""

        def seen(state: "State") -> None:
            self._state = state
            told(len(state.kept), self._wanted, None)
            if time.monotonic() - self._kept_at > SAVE_EVERY_S:
                self.keep()

        return seen

    def keep(self, state: "State | None" = None) -> None:
        """Write the latest state."""
        from simulator.store import write_text_whole

        self._state = state or self._state
        if self._state is not None:
            write_text_whole(self._part, json.dumps(self._state.as_json(), separators=(",", ":")))
        self._kept_at = time.monotonic()


def _document(found: "Worlds", inputs: "Inputs", path: Path) -> dict[str, Any]:
    from simulator.report.worlds import calibration_json

    return {"file": str(path), **calibration_json(found, inputs.priors)}


def coverage_parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``coverage`` takes."""
    many = click.IntRange(1, 1000)
    each = click.IntRange(10, MOST_WORLDS)
    words = {name: say(f"cli.option.{name}", lang) for name in ("truths", "worlds_each")}
    return [
        click.Option(["--truths"], type=many, default=TRUTHS, show_default=True, help=words["truths"]),
        click.Option(["--worlds"], type=each, default=WORLDS_EACH, show_default=True, help=words["worlds_each"]),
        click.Option(["--priors"], multiple=True, metavar="FILE", help=say("cli.option.priors", lang)),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


def coverage(
    lang: str,
    truths: int,
    worlds: int,
    priors: tuple[str, ...],
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    """Try the calibration on invented truths; print and keep what came of it."""
    from simulator.report.coverage import coverage_csv, coverage_json, coverage_table
    from simulator.report.terminal import table
    from simulator.store import write_text_whole
    from simulator.study.worlds.coverage import coverage as find

    inputs = _inputs(priors, seed)
    with progress(say("coverage.title", lang), lang, quiet=json_ == "-", unit="truths") as told:
        rows, covered = find(inputs, truths, worlds, seed, workers, told)
    path = Path(out) / f"coverage-{truths}-{seed}.csv"
    write_text_whole(path, coverage_csv(rows))
    document = coverage_json(rows, covered)
    show(lang, json_, document, [table(coverage_table(covered, lang))], say("coverage.saved", lang, path=path))
    return DONE
