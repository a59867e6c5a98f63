"""The solved profiles that are shipped: one folder for each reference shape they were tilted from.

``profiles/<reference>/<name>.csv`` is a profile such as ``chat-2023``; ``profiles/<reference>/origins.csv`` says which
share of all persons lives in each site's municipalities. Knows nothing of how they were solved.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from simulator.demand.errors import ProfileError
from simulator.demand.profile import Profile, parse_profile
from simulator.demand.tables import UnreadableError, parse_number, read_table

ORIGINS = "origins.csv"
_MOST_SITES = 1000


def _folder(reference: str) -> Traversable:
    return files("simulator.demand") / "profiles" / reference


@lru_cache
def shipped_names(reference: str) -> tuple[str, ...]:
    """Names of the profiles shipped with a reference shape."""
    folder = _folder(reference)
    found = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return tuple(sorted(name.removesuffix(".csv") for name in found if name.endswith(".csv") and name != ORIGINS))


@lru_cache
def shipped_profile(reference: str, name: str) -> Profile:
    """Read the shipped profile ``name`` that was tilted from a reference shape.

    Raises
    ------
    KeyError
        If none of that name is shipped.
    """
    if name not in shipped_names(reference):
        raise KeyError(f"{reference}/{name}")
    file = f"{name}.csv"
    return parse_profile((_folder(reference) / file).read_text("utf-8"), f"{reference}/{file}")


@lru_cache
def shipped_origins(reference: str) -> Mapping[str, float]:
    """Share of all persons who live in each site's municipalities, by the site's key; empty where none are shipped.

    Raises
    ------
    ProfileError
        If the file is not a table of sites with a share between 0 and 1 each.
    """
    file = _folder(reference) / ORIGINS
    shares = parse_origins(file.read_text("utf-8"), f"{reference}/{ORIGINS}") if file.is_file() else {}
    return MappingProxyType(shares)


def parse_origins(text: str, file: str = ORIGINS) -> Mapping[str, float]:
    """Make the shares from the text of a table ``site,share``; errors as in `shipped_origins`."""
    try:
        table = read_table(text, file, {"site": "site", "share": "share"}, _MOST_SITES)
    except UnreadableError as error:
        raise ProfileError([error.problem]) from error
    shares: dict[str, float] = {}
    problems = list(table.problems)
    for row in table.rows:
        site, share = row.cells["site"], parse_number(row.cells["share"])
        if share is None or not 0 <= share <= 1 or site in shares:
            problems.append(table.problem(row.line, "share", "origin_wrong", found=row.cells["share"]))
        else:
            shares[site] = share
    if problems:
        raise ProfileError(problems)
    return shares


def write_origins(shares: Mapping[str, float], path: Path) -> None:
    """Write the shares of the sites' municipalities as ``site,share``, ten decimals, in UTF-8 with LF."""
    rows = (f"{site},{share:.10f}\n" for site, share in shares.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("site,share\n" + "".join(rows), encoding="utf-8", newline="\n")
