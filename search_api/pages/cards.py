"""Prepares a result as a card: its kinds, its place, its coverage of the place of the query, its reasons, its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from search_api.pages.facts import Credential, agreements, dated, labels, town, value
from search_api.pages.state import PageState
from vivier.french import kilometres
from vivier.lexicon import Lexicon
from vivier.model.views import OfferView, SupplierView
from vivier.search.find import Reason
from vivier.suppliers.find import AnswerGroup, SupplierFound, SupplierResult
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.reasons import matching_offers
from vivier.suppliers.sources import cards as source_cards
from vivier.suppliers.sources import list_badge
from vivier.validity import holds_on
from vivier.vocabulary import COMPONENTS

_SHOWN_TRADES = 4
_SHOWN_TEXT = 220


@dataclass(frozen=True)
class Card:
    """One result, in the words of the page. ``trades``: those that meet the search first, ``more_trades`` how many others."""

    rank: int
    id: str
    name: str
    brand: str | None
    kinds: list[Credential]
    labels: list[Credential]
    town: str | None
    badge: str | None
    distance: str | None
    reasons: tuple[Reason, ...]
    trades: tuple[str, ...]
    more_trades: int
    description: str | None
    sources: tuple[str, ...]
    issues: int
    score: int
    parts: tuple[tuple[str, int], ...]


def cards(found: SupplierFound, lexicon: Lexicon) -> list[Card]:
    """The cards of a page of results, ranked from the first result of the search."""
    first = found.plan.search.offset + 1
    return [_card(rank, result, found, lexicon) for rank, result in enumerate(found.results, first)]


@dataclass(frozen=True)
class GroupShown:
    """A group of the answer after the first: its title, its count and sentence, its first cards, the page of them all."""

    code: str
    title: str
    total: int
    sentence: str
    cards: list[Card]
    url: str | None


def groups_shown(
    found: SupplierFound, groups: Iterable[AnswerGroup], state: PageState, lexicon: Lexicon
) -> list[GroupShown]:
    """The groups that have results. The first group is left out, as it is the list itself."""
    return [
        GroupShown(
            code=group.code,
            title=group.title,
            total=group.total,
            sentence=group.sentence,
            cards=[_card(rank, result, found, lexicon) for rank, result in enumerate(group.results, 1)],
            url=state.url(group=(group.code,)),
        )
        for group in groups
        if group.total and group.code != "exact"
    ]


def _card(rank: int, result: SupplierResult, found: SupplierFound, lexicon: Lexicon) -> Card:
    record, plan = result.record, found.plan
    trades = _trades(record, plan, lexicon)
    description = value(record, "description")
    return Card(
        rank=rank,
        id=result.id,
        name=record["name"]["value"],
        brand=value(record, "brand"),
        kinds=agreements(record, plan.as_of),
        labels=labels(record, plan.as_of),
        town=town(record),
        badge=list_badge(record, source_cards(found.generation), plan.as_of),
        distance=_distance(result, plan),
        reasons=tuple(reason for reason in result.reasons if reason.code not in ("kind", "distance")),
        trades=trades[:_SHOWN_TRADES],
        more_trades=max(len(trades) - _SHOWN_TRADES, 0),
        description=None if description is None else shortened(description),
        sources=tuple(dict.fromkeys(f"{source['dataset']}, {dated(source)}" for source in record.get("sources", ()))),
        issues=len(record.get("issues", ())),
        score=result.score,
        parts=tuple((COMPONENTS.get(part.name, part.name), part.points) for part in result.components),
    )


def _distance(result: SupplierResult, plan: SupplierPlan) -> str | None:
    """The distance in words, only when the query gives a place; « inconnue » when the seat is unknown."""
    if plan.query.near is None and not plan.territories:
        return None
    if result.distance_km is None:
        return "distance inconnue"
    return "siège dans le territoire" if result.distance_km == 0 else f"siège à {kilometres(result.distance_km)}"


def _trades(record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> tuple[str, ...]:
    everything = [*matching_offers(record, plan, lexicon), *(fact["value"] for fact in record.get("offers", ()))]
    codes = dict.fromkeys(_codes(offer for offer in everything if holds_on(offer, plan.as_of)))
    return tuple(lexicon.trade_names.get(code, code) for code in codes)


def _codes(offers: Iterable[OfferView]) -> Iterable[str]:
    return (offer["trade"] for offer in offers if offer.get("trade"))


def shortened(text: str, most: int = _SHOWN_TEXT) -> str:
    """The beginning of a text, cut between words."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0] + "…"
