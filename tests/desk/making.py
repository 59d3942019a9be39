"""Candidates made up for the properties of the desk."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import strategies as st

from vivier.desk.method.candidate import ZONE_ORDER, Candidate
from vivier.law.kinds import KINDS

ARTICLES = ("L2113-12", "L2113-13", "L2113-14", "L2113-15", "L2113-13-1", "L3113-1", "L3113-2", "L3113-3", "L3113-2-1")
_NUMBERS = count(1)


def structure(**known: Any) -> Candidate:
    """An ESAT that serves the whole place, with what the case changes."""
    number = next(_NUMBERS)
    return Candidate(**{"id": f"v{number:06d}", "name": f"Structure {number}", "kinds": ("ESAT",), **known})


def structures(turnovers: list[float | None], **known: Any) -> list[Candidate]:
    """One structure a turnover."""
    return [structure(turnover=turnover, **known) for turnover in turnovers]


@st.composite
def _candidate(draw: st.DrawFn) -> Candidate:
    kinds = st.lists(st.sampled_from(sorted(KINDS)), max_size=2, unique=True).map(tuple)
    return Candidate(
        id=f"v{draw(st.integers(0, 10**9))}",
        name="Structure",
        siren=draw(st.none() | st.sampled_from(["111111118", "222222226", "333333334"])),
        kinds=draw(kinds),
        expired=draw(kinds),
        closed=draw(st.booleans()),
        in_trade=draw(st.booleans()),
        zone=draw(st.sampled_from(ZONE_ORDER)),
        declared=draw(st.booleans()),
        nationwide=draw(st.booleans()),
        turnover=draw(st.none() | st.floats(0, 1e8)),
        distance_km=draw(st.none() | st.floats(0, 1000)),
    )


def candidates_of_any_sort() -> st.SearchStrategy[list[Candidate]]:
    """Candidates with every kind of reason to be left out, ids distinct."""
    return st.lists(_candidate(), max_size=25, unique_by=lambda one: one.id)


def turnovers() -> st.SearchStrategy[list[float | None]]:
    """Turnovers of eligible structures, unknown ones among them."""
    return st.lists(st.none() | st.floats(1, 1e8), max_size=60)
