"""What each condition of a search costs: how many results there would be without it."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.contracts.plan import ListPlan
from vivier.engine.port import Engine
from vivier.search.operators import Operator, Search, conjunction


def without_each(
    plan: ListPlan, engine: Engine, generation: str | None = None, *also: Operator
) -> Iterator[tuple[str, int]]:
    """Each parameter in force and the total without it; ``also`` holds in every count. The day asked is no criterion."""
    for name in (name for name in plan.conditions if name != "as_of"):
        others = (condition for other, condition in plan.conditions.items() if other != name)
        search = Search(where=conjunction(*others, *also), limit=0)
        yield name, engine.search(plan.collection, search, generation).total
