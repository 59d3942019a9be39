"""Proposes, when a search finds little or nothing, the changes of the query that give more results, with their totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple, TypeVar

from vivier.french import plural
from vivier.model.base import Model
from vivier.search.find import Found, Result
from vivier.search.operators import AnyOf, Operator, Search
from vivier.search.query import SearchQuery, filters, without
from vivier.search.snapshot import Snapshot

Q = TypeVar("Q", bound=SearchQuery)
R = TypeVar("R", bound=Result[Any])
MOST_PAIRS: Final = 4
MOST_FILTERS: Final = 6
"""The most filters that are dropped two by two: six make fifteen pairs."""
TITLES: Final[Mapping[str, str]] = {
    "q": "Mots cherchés",
    "territory": "Lieu",
    "coverage": "Couverture",
    "near": "Distance",
    "polygon": "Zone dessinée",
    "status": "État",
    "ending_months": "Finit dans les mois qui viennent",
    "missed": "Passés, que je n'ai pas eus",
    "lead": "Sorte d’opportunité",
    "since": "Seulement ce qui est nouveau",
    "as_of": "À la date du",
}
"""The French names of the parameters that are not declared filters."""


class Change(NamedTuple):
    """One change of a query: the ``parameters`` that it changes (two when changing one is not enough), its French ``text`` and the
    resulting ``query``."""

    parameters: tuple[str, ...]
    text: str
    query: Any


class Relaxation(NamedTuple):
    """A change with the exact ``total`` of results of its query."""

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
        return f"{self.text} : {plural(self.total, 'résultat')}"


class Wording(NamedTuple):
    """The French sentences that say that one filter is dropped, or two, each with a placeholder for each title."""

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
    """The changes that give more results than the search did: those that widen a filter, then those that drop one of ``names``.

    When the search found nothing and no single change gives anything, filters are dropped two by two, and the pairs that give the
    fewest results, closest to the query, are returned. ``where`` gives the condition of a change; one search counts all the changes, so
    that the engine evaluates once the conditions that they share.
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
    """The French name of a parameter of a query model."""
    declared = filters(model).get(name)
    return declared.title if declared is not None else TITLES.get(name, name)
