"""Prepares a result as a card of three lines: its name, its kind and place, what it does. The reasons of all are told once, below the list."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from markupsafe import Markup

from search_api.pages.facts import agreements, dated, labels, shown_brand, shown_name, town, value
from search_api.pages.render import environment
from search_api.pages.state import PageState
from search_api.pages.words import safe_url, short_kind
from search_api.suppliers.pages.seats import seat_id
from vivier.french import NO_BREAK, compact, number
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model.views import OfferView, SupplierView
from vivier.search.find import Reason
from vivier.suppliers.chosen import MOST_CHOSEN
from vivier.suppliers.find import AnswerGroup, SupplierFound
from vivier.suppliers.group_words import count
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.reasons import is_in_part, matching_offers
from vivier.suppliers.result import SupplierResult
from vivier.suppliers.rows import band_ends, best_sizes
from vivier.suppliers.sources import cards as source_cards
from vivier.suppliers.sources import list_badge
from vivier.validity import holds_on
from vivier.vocabulary import COMPONENTS

_MOST_OF_TRADES = 60
"""The most characters of two trades that a card names together, when no trade is requested."""
_LONGEST_PART = 45
"""The most characters of a trade that is a part of the one requested; a longer name loses what follows its first « et »."""
_SHOWN_TEXT = 220
_EXPIRED = " (expiré"
_UNITS = {
    "places": ("place", "places"),
    "persons": ("personne", "personnes"),
    "etp": ("ETP", "ETP"),
    "etp_insertion": ("ETP en insertion", "ETP en insertion"),
    "eur_year": ("de chiffre d'affaires", "de chiffre d'affaires"),
    "volume_eur_year": ("possibles par an", "possibles par an"),
}
"""The units of a size, singular and plural, in the order in which a card shows them."""
_EUROS = ("eur_year", "volume_eur_year")


@dataclass(frozen=True)
class Known:
    """What is known of a supplier whatever the search: all comes from its record, on one day. ``seat``: the id of the commune of its
    seat; ``codes``: its kinds; ``credentials``: its kinds and labels, each with its name in short and its state; ``since``: the year of its list when
    only old lists know it; ``phone``, ``mailbox`` and ``site`` are published; ``covered``: its credentials and sources, as HTML."""

    name: str
    town: str | None
    seat: str | None
    codes: tuple[str, ...]
    brand: str | None
    credentials: tuple[tuple[str, str, str, str], ...]
    since: str | None
    phone: str | None
    mailbox: str | None
    site: str | None
    covered: Markup


Mark = Literal["yes", "ask", "no", ""]
"""The one mark of a card: it answers the request, it is to ask, it does not answer; empty when nothing is requested."""


@dataclass(frozen=True)
class Card:
    """One result, in three lines: its name; its kind, town and distance; what it does, with a mark. ``reasons`` are
    shown once for the whole list; ``choice``: the link that adds it to the
    suppliers chosen, or takes it away when it ``is_chosen``."""

    rank: int
    id: str
    known: Known
    name: str
    kind: str
    town: str
    distance: str | None
    does: str
    mark: Mark
    reasons: tuple[Reason, ...]
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
        return [self._card(rank, result) for rank, result in enumerate(group.results, 1)]

    def _card(self, rank: int, result: SupplierResult) -> Card:
        record, plan = result.record, self._found.plan
        key = (self._found.generation.version, result.id, plan.as_of)
        known = self._shown.of(key, lambda: known_of(record, plan.as_of, self._sources))
        kind = _kind(known, plan)
        return Card(
            rank=rank,
            id=result.id,
            known=known,
            name=known.name,
            kind=kind,
            town=_town(known, plan),
            distance=_distance(result, plan, self._lexicon),
            does=_does(result, plan, self._lexicon),
            mark=_mark(result, plan, self._lexicon, kind),
            reasons=tuple(reason for reason in result.reasons if reason.code not in ("kind", "distance")),
            score=result.score,
            parts=tuple((COMPONENTS.get(part.name, part.name), part.points) for part in result.components),
            choice=self._choice(result.id),
            is_chosen=result.id in self._state.chosen,
        )


@dataclass(frozen=True)
class GroupShown:
    """A group of the answer after the first: its title, its count in words, its first cards, the page of them all."""

    code: str
    title: str
    total: int
    counted: str
    cards: list[Card]
    url: str | None


def groups_shown(made: Cards, groups: Iterable[AnswerGroup], state: PageState) -> list[GroupShown]:
    """The groups that have results. The first group is left out, as it is the list itself."""
    return [
        GroupShown(
            code=group.code,
            title=group.title,
            total=group.total,
            counted=count(group.code, group.total),
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
    description = value(record, "description")
    text = None if description is None else shortened(description)
    named = tuple(dict.fromkeys(f"{source['dataset']}, {dated(source)}" for source in sources))
    return Known(
        name=shown_name(record),
        town=town(record),
        seat=seat_id(record),
        codes=tuple(credential.code for credential in credentials),
        brand=shown_brand(record),
        credentials=(
            *((each.code, short_kind(each.code), each.state, each.validity) for each in credentials),
            *((each.code, each.name, each.state, each.validity) for each in shown_labels),
        ),
        since=None if badge is None else badge.rpartition(" ")[2],
        phone=value(record, "phone"),
        mailbox=value(record, "mailbox"),
        site=safe_url(value(record, "website")),
        covered=part.covered_of(
            credentials, shown_labels, tuple(sizes(record)), text, named, len(record.get("issues", ()))
        ),
    )


def caution(cards: Sequence[Card], zone_unpublished: int) -> str | None:
    """What is the same for most of the cards of a page, and is told once above them: the age of their lists, zones that nobody published."""
    years = sorted({card.known.since for card in cards if card.known.since is not None})
    old = sum(card.known.since is not None for card in cards)
    facts = []
    if old * 2 > len(cards):
        facts.append(f"liste{'s' if len(years) > 1 else ''} de {years[0]}" + (f" à {years[-1]}" if years[1:] else ""))
    if zone_unpublished * 2 > len(cards):
        facts.append("zones non publiées")
    return f"{', '.join(facts).capitalize()} : vérifiez en appelant." if facts else None


def _kind(known: Known, plan: SupplierPlan) -> str:
    """The kind in words, else the first label: one that the query asks for comes first. One that has ended says on which day."""
    requested = (*plan.query.kind, *plan.query.label)
    credentials = sorted(known.credentials, key=lambda each: each[0] not in requested)
    if not credentials:
        return "type inconnu"
    _, name, state, validity = credentials[0]
    return f"{name} ({validity})" if state == "ended" else name


def _town(known: Known, plan: SupplierPlan) -> str:
    """The town, without its département when the card tells a distance."""
    if known.town is None:
        return "lieu non publié"
    return known.town.rpartition(" (")[0] or known.town if _is_placed(plan) else known.town


def _is_placed(plan: SupplierPlan) -> bool:
    return plan.query.near is not None or bool(plan.territories)


def _does(result: SupplierResult, plan: SupplierPlan, lexicon: Lexicon) -> str:
    """What it does: the trade of the query when it does it, how probable it is when nobody published its trade, a near trade, else all its
    trades."""
    for reason in result.reasons:
        if reason.code == "trade_unknown":
            return f"Ce métier : {reason.text.rpartition(' : ')[2].partition(' (')[0]}"
        if reason.code == "near_trade":
            return reason.text.partition(" : ")[2].partition(" (")[0]
    trades = _trades(result.record, plan, lexicon)
    if not trades:
        return "Métiers non publiés"
    if is_in_part(matching_offers(result.record, plan, lexicon), plan):
        name = trades[0] if len(trades[0]) <= _LONGEST_PART else trades[0].partition(" et ")[0]
        return f"En partie : {name}"
    both = " · ".join(trades[:2])
    return trades[0] if plan.wanted or len(both) > _MOST_OF_TRADES else both


def _mark(result: SupplierResult, plan: SupplierPlan, lexicon: Lexicon, kind: str = "") -> Mark:
    """Whether the result answers what is requested: what is inferred, or only a part of the trade, is to ask, and what ``kind`` says to be expired, and a label that has ended
    or is for something else; what does not fit is no answer."""
    reasons = [reason for reason in result.reasons if reason.code not in ("kind", "distance")]
    kinds = [reason.fits for reason in result.reasons if reason.code == "kind"]
    if result.group == "farther" or any(
        not reason.fits and not reason.inferred and reason.code != "label" for reason in reasons
    ):
        return "no"
    if result.group != "exact" or _EXPIRED in kind or any(reason.inferred or not reason.fits for reason in reasons):
        return "ask"
    if (plan.query.kind or plan.query.article) and not any(kinds):
        return "ask"
    if is_in_part(matching_offers(result.record, plan, lexicon), plan):
        return "ask"
    return "yes" if reasons or any(kinds) else ""


Choices = Callable[[str], str | None]
"""Gives the link that adds a supplier to those chosen, or takes it away; ``None`` when no more can be chosen."""


def choices(state: PageState) -> Choices:
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


def _distance(result: SupplierResult, plan: SupplierPlan, lexicon: Lexicon) -> str | None:
    """The distance in words, only when the query gives a place and the seat is not in it; « trop loin » when it serves nobody there."""
    if not _is_placed(plan):
        return None
    if result.distance_km is None:
        return "distance inconnue"
    if result.distance_km == 0:
        return None
    far = f"{number(max(1, round(result.distance_km)))}{NO_BREAK}km"
    return f"trop loin : {far}" if _mark(result, plan, lexicon) == "no" and result.group != "other_kind" else far


def _trades(record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> tuple[str, ...]:
    everything = [*matching_offers(record, plan, lexicon), *(fact["value"] for fact in record.get("offers", ()))]
    codes = dict.fromkeys(_codes(offer for offer in everything if holds_on(offer, plan.as_of)))
    return tuple(
        lexicon.trade_names.get(code, code) for code in sorted(codes, key=lambda code: code not in plan.wanted)
    )


def _codes(offers: Iterable[OfferView]) -> Iterable[str]:
    return (offer["trade"] for offer in offers if offer.get("trade"))


def shortened(text: str, most: int = _SHOWN_TEXT) -> str:
    """The beginning of a text, cut between words."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0] + "…"
