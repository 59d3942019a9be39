"""Prepares a result as a card: its kinds, its place, its coverage of the place of the query, its reasons, its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from search_api.pages.facts import Credential, agreements, dated, labels, shown_brand, shown_name, town, value
from search_api.pages.seats import seat_id
from search_api.pages.state import PageState
from vivier import french
from vivier.french import compact, kilometres, number, plural
from vivier.lexicon import Lexicon
from vivier.model.views import OfferView, ProvenanceView, SupplierView
from vivier.search.find import Reason
from vivier.suppliers.chosen import MOST_CHOSEN
from vivier.suppliers.find import AnswerGroup, SupplierFound, SupplierResult
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.reasons import matching_offers
from vivier.suppliers.rows import band_ends, best_sizes
from vivier.suppliers.sources import cards as source_cards
from vivier.suppliers.sources import list_badge
from vivier.validity import holds_on
from vivier.vocabulary import COMPONENTS

_TRADES_LINE = 60
"""Letters of the names of trades that stand on one line of a card."""
_SHOWN_TEXT = 220
_SHOWN_DATASET = 42
_FACTS = 2
_SIZES = 2
_UNITS = {
    "places": ("place", "places"),
    "persons": ("salarié", "salariés"),
    "etp": ("ETP", "ETP"),
    "etp_insertion": ("ETP en insertion", "ETP en insertion"),
    "eur_year": ("de chiffre d'affaires", "de chiffre d'affaires"),
    "volume_eur_year": ("possibles par an", "possibles par an"),
}
"""The units of a size, singular and plural, in the order in which a card shows them."""
_EUROS = ("eur_year", "volume_eur_year")


@dataclass(frozen=True)
class Card:
    """One result, in the words of the page. ``trades``: those that meet the search first, ``more_trades`` how many others,
    ``is_silent`` whether its group says already that none is published; ``facts``: the
    two reasons that decide, ``reasons`` all of them; ``sizes``: what is known of its size; ``seat``: the id of the commune of its seat; ``choice``: the link that adds it to the
    suppliers chosen, or takes it away when it ``is_chosen``."""

    rank: int
    id: str
    name: str
    brand: str | None
    kinds: list[Credential]
    labels: list[Credential]
    town: str | None
    seat: str | None
    badge: str | None
    distance: str | None
    facts: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    sizes: tuple[str, ...]
    trades: tuple[str, ...]
    more_trades: int
    is_silent: bool
    description: str | None
    proof: str
    sources: tuple[str, ...]
    issues: int
    score: int
    parts: tuple[tuple[str, int], ...]
    choice: str | None
    is_chosen: bool


def cards(found: SupplierFound, state: PageState, lexicon: Lexicon) -> list[Card]:
    """The cards of a page of results, ranked from the first result of the search."""
    first, choice = found.plan.search.offset + 1, choices(state)
    return [_card(rank, result, found, state, choice, lexicon) for rank, result in enumerate(found.results, first)]


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
    choice = choices(state)
    return [
        GroupShown(
            code=group.code,
            title=group.title,
            total=group.total,
            sentence=group.sentence,
            cards=[_card(rank, result, found, state, choice, lexicon) for rank, result in enumerate(group.results, 1)],
            url=state.url(group=(group.code,)),
        )
        for group in groups
        if group.total and group.code != "exact"
    ]


def _card(
    rank: int, result: SupplierResult, found: SupplierFound, state: PageState, choice: Choices, lexicon: Lexicon
) -> Card:
    record, plan = result.record, found.plan
    trades = _trades(record, plan, lexicon)
    shown = _in_one_line(trades)
    badge = list_badge(record, source_cards(found.generation), plan.as_of)
    shown_labels = labels(record, plan.as_of)
    description = value(record, "description")
    reasons = [reason for reason in result.reasons if reason.code not in ("kind", "distance")]
    sources = record.get("sources", ())
    return Card(
        rank=rank,
        id=result.id,
        name=shown_name(record),
        brand=shown_brand(record),
        kinds=agreements(record, plan.as_of),
        labels=shown_labels,
        town=town(record),
        seat=seat_id(record),
        badge=badge,
        distance=_distance(result, plan),
        facts=tuple(_facts(reasons)),
        reasons=tuple(reasons),
        sizes=tuple(sizes(record))[: 1 if shown_labels else _SIZES],
        trades=shown,
        more_trades=len(trades) - len(shown),
        is_silent=result.group == "to_ask",
        description=None if description is None else shortened(description),
        proof=_proof(sources, badge),
        sources=tuple(dict.fromkeys(f"{source['dataset']}, {dated(source)}" for source in sources)),
        issues=len(record.get("issues", ())),
        score=result.score,
        parts=tuple((COMPONENTS.get(part.name, part.name), part.points) for part in result.components),
        choice=choice(result.id),
        is_chosen=result.id in state.chosen,
    )


def _facts(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """The two reasons that decide: the best proof of the trade, in short as the card names the trade already, and the first other one."""
    trade = next((reason for reason in reasons if reason.code == "trade"), None)
    if trade is not None:
        yield replace(trade, text=f"Preuve du métier : {trade.text.partition(' : ')[2]}")
    others = [reason for reason in reasons if reason.code not in ("trade", "trade_unknown")]
    yield from map(_brief, others[: _FACTS - (trade is not None)])


def _brief(reason: Reason) -> Reason:
    """A coverage without the place, which the title of the page names; of a zone that is assumed, only how much it would cover: the circle is
    among the reasons."""
    _, named, text = reason.text.partition(" : ")
    if not named or not reason.code.startswith("coverage_"):
        return reason
    unpublished, assumed, supposed = text.partition(" ; nous supposons ")
    if assumed:
        text = f"{unpublished}, supposée : {supposed.rpartition(' (')[2].removesuffix(')')}"
    return replace(reason, text=text[:1].upper() + text[1:])


Choices = Callable[[str], str | None]
"""Gives the link that adds a supplier to those chosen, or takes it away; ``None`` when no more can be chosen."""


def choices(state: PageState) -> Choices:
    """The links of the cards of a page."""
    url, chosen = state.urls_choosing(), state.chosen

    def choice(id_: str) -> str | None:
        if id_ in chosen:
            return url(other for other in chosen if other != id_)
        return None if len(chosen) == MOST_CHOSEN else url((*chosen, id_))

    return choice


def sizes(record: SupplierView) -> Iterator[str]:
    """What is known of a size, one text a unit, from the number of places: « 108 places », « 12 à 19 salariés »."""
    best = best_sizes(fact["value"] for fact in record.get("capacities", ()))
    for unit, (singular, several) in _UNITS.items():
        if unit in best:
            size = best[unit]
            ends = band_ends(size)
            figure = " à ".join(compact(end) if unit in _EUROS else number(end) for end in ends)
            yield f"{figure} {singular if ends[-1] < 2 else several}"


def _in_one_line(names: Sequence[str]) -> tuple[str, ...]:
    """The first names that stand together on a line, one at least."""
    length = 0
    for count, name in enumerate(names):
        length += len(name) + 3
        if count and length > _TRADES_LINE:
            return tuple(names[:count])
    return tuple(names)


def _proof(sources: Sequence[ProvenanceView], badge: str | None) -> str:
    """The first source in short, with its day unless a badge tells its age; how many others say the same."""
    if not sources:
        return "Source inconnue"
    first = sources[0]
    day = "date inconnue"
    if first.get("updated_at"):
        day = french.day(first["updated_at"])
    elif first.get("fetched_at"):
        day = f"lue le {french.day(first['fetched_at'])}"
    more = f" et {plural(len(sources) - 1, 'autre source')}" if len(sources) > 1 else ""
    return f"{shortened(first['dataset'], _SHOWN_DATASET)}{more}{f', {day}' if badge is None else ''}"


def _distance(result: SupplierResult, plan: SupplierPlan) -> str | None:
    """The distance in words, only when the query gives a place; « inconnue » when the seat is unknown."""
    if plan.query.near is None and not plan.territories:
        return None
    if result.distance_km is None:
        return "distance inconnue"
    return "sur place" if result.distance_km == 0 else f"à {kilometres(result.distance_km)}"


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
