"""Prepares a result as a card: its kinds, its place, its coverage of the place of the query, its reasons, its sources."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from search_api.pages.facts import agreements, dated, labels, shown_brand, shown_name, town, value
from search_api.pages.render import environment
from search_api.pages.state import PageState
from search_api.suppliers.pages.seats import seat_id
from vivier import french
from vivier.french import NO_BREAK, compact, kilometres, number, plural
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model.views import OfferView, ProvenanceView, SupplierView
from vivier.search.find import Reason
from vivier.suppliers.chosen import MOST_CHOSEN
from vivier.suppliers.find import AnswerGroup, SupplierFound
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.reasons import matching_offers
from vivier.suppliers.result import SupplierResult
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
class Known:
    """What a card says of a supplier whatever the search: all comes from its record, on one day. ``seat``: the id of the commune of its
    seat; ``codes``: its kinds. ``kinds``, ``sizes``, ``covered`` are parts of the card, as HTML."""

    name: str
    town: str | None
    seat: str | None
    codes: tuple[str, ...]
    brand: str | None
    proof: str
    kinds: Markup
    sizes: Markup
    covered: Markup


@dataclass(frozen=True)
class Card:
    """One result, in the words of the page. ``trades``: those that meet the search first, ``more_trades`` how many others,
    ``is_silent`` whether its group says already that none is published; ``facts``: the
    two reasons that decide, ``reasons`` all of them; ``choice``: the link that adds it to the
    suppliers chosen, or takes it away when it ``is_chosen``."""

    rank: int
    id: str
    known: Known
    distance: str | None
    facts: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    trades: tuple[str, ...]
    more_trades: int
    is_silent: bool
    score: int
    parts: tuple[tuple[str, int], ...]
    choice: str | None
    is_chosen: bool


class Cards:
    """Makes the cards of a page. ``shown``: what was known of the suppliers shown lately, whom other searches show too."""

    def __init__(self, found: SupplierFound, state: PageState, lexicon: Lexicon, shown: Room[Hashable, Known]) -> None:
        self._found, self._state, self._lexicon, self._shown = found, state, lexicon, shown
        self._choice = choices(state)
        self._sources = source_cards(found.generation)

    def listed(self) -> list[Card]:
        """The cards of the results, ranked from the first result of the search."""
        return [self._card(rank, result) for rank, result in enumerate(self._found.results, self._first)]

    @property
    def _first(self) -> int:
        return self._found.plan.search.offset + 1

    def of(self, group: AnswerGroup) -> list[Card]:
        """The cards of a group of the answer."""
        return [self._card(rank, result) for rank, result in enumerate(group.results, 1)]

    def _card(self, rank: int, result: SupplierResult) -> Card:
        record, plan = result.record, self._found.plan
        key = (self._found.generation.version, result.id, plan.as_of)
        trades = _trades(record, plan, self._lexicon)
        shown = _in_one_line(trades)
        reasons = [reason for reason in result.reasons if reason.code not in ("kind", "distance")]
        return Card(
            rank=rank,
            id=result.id,
            known=self._shown.of(key, lambda: known_of(record, plan.as_of, self._sources)),
            distance=_distance(result, plan),
            facts=tuple(_facts(reasons)),
            reasons=tuple(reasons),
            trades=shown,
            more_trades=len(trades) - len(shown),
            is_silent=result.group == "to_ask",
            score=result.score,
            parts=tuple((COMPONENTS.get(part.name, part.name), part.points) for part in result.components),
            choice=self._choice(result.id),
            is_chosen=result.id in self._state.chosen,
        )


@dataclass(frozen=True)
class GroupShown:
    """A group of the answer after the first: its title, its count and sentence, its first cards, the page of them all."""

    code: str
    title: str
    total: int
    sentence: str
    cards: list[Card]
    url: str | None


def groups_shown(made: Cards, groups: Iterable[AnswerGroup], state: PageState) -> list[GroupShown]:
    """The groups that have results. The first group is left out, as it is the list itself."""
    return [
        GroupShown(
            code=group.code,
            title=group.title,
            total=group.total,
            sentence=group.sentence,
            cards=made.of(group),
            url=state.url(group=(group.code,)),
        )
        for group in groups
        if group.total and group.code != "exact"
    ]


def known_of(record: SupplierView, as_of: date, lists: Mapping[str, Mapping[str, Any]]) -> Known:
    """What a card says of a record on a day. ``lists``: the cards of the sources, by id."""
    part: Any = environment().get_template("card.html").module
    badge, sources = list_badge(record, lists, as_of), record.get("sources", ())
    credentials, shown_labels = agreements(record, as_of), labels(record, as_of)
    figures = tuple(sizes(record))[: 1 if shown_labels else _SIZES]
    description = value(record, "description")
    text = None if description is None else shortened(description)
    named = tuple(dict.fromkeys(f"{source['dataset']}, {dated(source)}" for source in sources))
    return Known(
        name=shown_name(record),
        town=town(record),
        seat=seat_id(record),
        codes=tuple(credential.code for credential in credentials),
        proof=_proof(sources, badge),
        brand=shown_brand(record),
        kinds=part.kinds_of(credentials),
        sizes=part.sizes_of(badge, figures, shown_labels),
        covered=part.covered_of(credentials, shown_labels, text, named, len(record.get("issues", ()))),
    )


def _facts(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """The two reasons that decide: the best proof of the trade, in short as the card names the trade already, or how probable it is when nobody
    published it, and the first other one, that of the place in the second
    case. Of several near trades the first is enough."""
    trade = next((reason for reason in reasons if reason.code == "trade"), None)
    if trade is not None:
        yield Reason(trade.code, f"Preuve du métier : {trade.text.partition(' : ')[2]}", trade.inferred, trade.fits)
    unknown = next((reason for reason in reasons if reason.code == "trade_unknown"), None)
    if unknown is not None:
        degree = unknown.text.rpartition(" : ")[2].partition(" (")[0]
        yield Reason(unknown.code, f"Fait ce métier : {degree}", inferred=True, fits=False)
        reasons = [reason for reason in reasons if reason.code.startswith("coverage_")]
    near = [reason for reason in reasons if reason.code == "near_trade"]
    others = [reason for reason in reasons if reason.code != "trade" and reason not in near[1:]]
    yield from map(_brief, others[: _FACTS - (trade is not None or unknown is not None)])


def _brief(reason: Reason) -> Reason:
    """A reason that begins as a sentence. A coverage is without the place, which the title of the page names; of a zone that is assumed, it says
    only how much it would cover: the circle is among the reasons."""
    _, named, text = reason.text.partition(" : ")
    if not named or not reason.code.startswith("coverage_"):
        return Reason(reason.code, reason.text[:1].upper() + reason.text[1:], reason.inferred, reason.fits)
    unpublished, assumed, supposed = text.partition(" ; nous supposons ")
    if assumed:
        text = f"{unpublished}, supposée : {supposed.rpartition(' (')[2].removesuffix(')')}"
    return Reason(reason.code, text[:1].upper() + text[1:], reason.inferred, reason.fits)


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
    return "sur place" if result.distance_km == 0 else f"à{NO_BREAK}{kilometres(result.distance_km)}"


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
