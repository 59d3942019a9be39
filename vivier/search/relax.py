"""Nothing or little found: which change of the query gives more, and how many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple, TypeVar

from vivier.engine.snapshot import Snapshot
from vivier.french import plural
from vivier.model.base import Model
from vivier.search.find import Found, Result
from vivier.search.operators import AnyOf, Operator, Search
from vivier.search.query import SearchQuery, filters, without

Q = TypeVar("Q", bound=SearchQuery)
R = TypeVar("R", bound=Result[Any])
MOST_PAIRS: Final = 4
MOST_FILTERS: Final = 6
"""Filters dropped two by two: fifteen pairs at most."""
TITLES: Final[Mapping[str, str]] = {
    "q": "Mots cherchés",
    "territory": "Territoire",
    "coverage": "Couverture",
    "near": "Autour d'un point",
    "polygon": "Polygone",
    "status": "État",
    "ending_months": "Finit dans les mois qui viennent",
    "lead": "Sorte de piste",
    "since": "Seulement ce qui est nouveau",
    "as_of": "À la date du",
}
"""Parameters that are no declared filter."""


class Change(NamedTuple):
    """One change: the ``parameters`` it touches (two when one is not enough), its French ``text`` and the ``query`` it makes."""

    parameters: tuple[str, ...]
    text: str
    query: Any


class Relaxation(NamedTuple):
    """A change with the exact ``total`` of the query it makes."""

    parameters: tuple[str, ...]
    text: str
    query: Any
    total: int

    @property
    def parameter(self) -> str:
        """The parameters, separated by commas."""
        return ",".join(self.parameters)

    @property
    def sentence(self) -> str:
        """The text with its total."""
        return f"{self.text} : {plural(self.total, 'résultat')}"


class Wording(NamedTuple):
    """How a list writes, in French, that one filter is dropped, or two: sentences with a place for each title."""

    single: str
    pair: str


def relaxations(
    found: Found[Q, R],
    snapshot: Snapshot,
    names: Sequence[str],
    wording: Wording,
    where: Callable[[Change], Operator],
    widened: Iterable[Change] = (),
) -> tuple[Relaxation, ...]:
    """The changes that give more than what was found: those that widen a filter, then those that drop one of ``names``.

    When no single one gives anything, filters are dropped two by two, and the pairs that keep closest to the query are
    given. ``where``: the condition that a change is counted by; all are counted by one search, which shares what they have in
    common.
    """

    query = found.plan.query

    def counted(changes: Iterable[Change]) -> tuple[Relaxation, ...]:
        listed = list(changes)
        counts = tuple((str(place), where(change)) for place, change in enumerate(listed))
        search = Search(where=AnyOf(()), sort=(), counts=counts, limit=0)
        totals = snapshot.of(query.collection).search(search).counts
        made = (Relaxation(*change, totals[str(place)]) for place, change in enumerate(listed))
        return tuple(relaxation for relaxation in made if relaxation.total > found.total)

    single = counted((*widened, *_dropped(query, names, wording.single, 1)))
    if single or found.total:
        return single
    pairs = counted(_dropped(query, names[:MOST_FILTERS], wording.pair, 2))
    return tuple(sorted(pairs, key=lambda pair: pair.total)[:MOST_PAIRS])


def _dropped(query: SearchQuery, names: Sequence[str], sentence: str, several: int) -> Iterator[Change]:
    for dropped in combinations(names, several):
        titles = (f"« {title_of(name, type(query))} »" for name in dropped)
        yield Change(dropped, sentence.format(*titles), without(query, *dropped))


def title_of(name: str, model: type[Model]) -> str:
    """The French name of a parameter."""
    declared = filters(model).get(name)
    return declared.title if declared is not None else TITLES.get(name, name)
