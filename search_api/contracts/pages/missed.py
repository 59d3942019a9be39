"""Prepares a purchase that was not won for the page: what it was, who won it, the fact that would have opened it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from search_api.contracts.pages.contracts import Party, buyer_party, holders
from search_api.contracts.pages.leads import page_of
from search_api.pages.words import credit
from vivier.contracts.leads_query import LeadsQuery, ProfileQuery
from vivier.contracts.missed import Missed
from vivier.contracts.objects import object_title
from vivier.contracts.reasons import reserved_text
from vivier.french import euros_ht, kilometres, long_day
from vivier.model.views import ContractView
from vivier.search.query_url import url_of


@dataclass(frozen=True)
class MissedCard:
    """One purchase. ``again``: the opportunities of today with the same fact, ``None`` when a page cannot ask it; ``what``: reserved, with a
    social clause, or with an environmental provision."""

    title: str
    page: str
    buyer: Party
    holders: tuple[Party, ...]
    what: str
    when: str
    amount: str
    distance: str
    text: str
    again: str | None
    lots: int
    sources: tuple[str, ...]


def missed_card(missed: Missed) -> MissedCard:
    """The card of a purchase."""
    record = missed.record
    contract = missed.collection == "contracts"
    day = record.get("notified") if contract else record.get("published")
    amount = record.get("amount") if contract else record.get("amount_max")
    return MissedCard(
        title=object_title(record),
        page=page_of(missed.id, contract),
        buyer=buyer_party(record["buyer"]),
        holders=tuple(holders(cast(ContractView, record))) if contract else (),
        what=_what(missed),
        when=f"{'notifié' if contract else 'paru'} le {long_day(str(day))}" if day else "date inconnue",
        amount=euros_ht(float(str(amount))) if amount is not None else "montant inconnu",
        distance="" if missed.distance_km is None else f"à {kilometres(missed.distance_km)}",
        text=missed.text,
        again=_again(missed),
        lots=missed.lots,
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
    )


def _what(missed: Missed) -> str:
    evidence = missed.record.get("evidence", ())
    if any(piece["provision"] == "reserved" for piece in evidence):
        text = reserved_text(missed.record.get("reserved_for", ()))
        return text[:1].upper() + text[1:]
    if any(piece["provision"] == "clause" for piece in evidence):
        return "Clause sociale"
    return "Considération environnementale"


def _again(missed: Missed) -> str | None:
    """The opportunities that the same fact gives today."""
    if missed.query is None:
        return None
    own = {name: getattr(missed.query, name) for name in ProfileQuery.model_fields if name not in ("page", "per_page")}
    return url_of("/pistes", LeadsQuery(**own))
