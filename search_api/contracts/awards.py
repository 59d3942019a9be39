"""What contracts tell on pages of suppliers (:class:`search_api.doors.Contracts`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from search_api.context import Context
from search_api.doors import NO_AWARDS, Awards
from vivier.contracts.find import find_list
from vivier.contracts.query import ContractQuery
from vivier.contracts.won import won
from vivier.errors import NotFound
from vivier.french import day, euros, plural
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.sources import cards


def bars(figures: Sequence[float]) -> tuple[float, ...]:
    """The length of the bar of each figure, in hundredths of the longest."""
    longest = max(figures, default=0)
    return tuple(round(100 * figure / longest, 1) if longest else 0.0 for figure in figures)


def awards(siren: str | None, as_of: date, context: Context) -> Awards:
    """The contracts of a company, for its sheet: none without a SIREN, or when the index has no contract."""
    if siren is None:
        return NO_AWARDS
    try:
        found = won(siren, context.snapshot, as_of)
    except NotFound:
        return NO_AWARDS
    sources = frozenset(cards(context.generation("contracts"))) if found.all.contracts else frozenset[str]()
    return Awards({"won": found, "bars": bars([year.contracts for year in found.years])}, found.latest, sources)


def compared(siren: str, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> tuple[str, ...] | None:
    """How many contracts a company is known to have won, and the last; ``None`` when the index has no contract."""
    with suppress(NotFound):
        query = ContractQuery(holder=(siren,), sort="notified", per_page=1, facets=(), as_of=as_of)
        found = find_list(query, snapshot, lexicon, as_of)
        if not found.total:
            return ("aucun connu",)
        last = found.results[0].record
        amount = f", {euros(last['amount'])}" if last.get("amount") is not None else ""
        when = f" ({day(last['notified'])}{amount})" if last.get("notified") else ""
        known = plural(found.total, "marché connu", "marchés connus")
        return known, f"dernier : {last.get('object', 'objet inconnu')}{when}"
    return None
