"""Draws what a buyer does: one sentence, its shares as bars, its place among its peers, what is known of its contracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from search_api.contracts.pages.buyers import against, percent
from search_api.contracts.pages.contracts import ContractCard
from search_api.contracts.pages.indicators import DIMENSIONS, Chart, chart_of, listed
from search_api.contracts.pages.leads import ics_of, page_of
from search_api.contracts.pages.timeline import Item, Timeline, timeline
from vivier.contracts.announced import period_of, period_text
from vivier.contracts.buyer_sheet import ENDING_MONTHS, BuyerSheet, Peers
from vivier.contracts.indicators import TARGETS
from vivier.contracts.objects import object_title
from vivier.contracts.shares import Share
from vivier.french import number, plural

STRIP: Final = 640.0
_LEFT, _SPAN = 20.0, 600.0
END: Final = "Fin de marché"
ANNOUNCED: Final = "Avis annoncé"


@dataclass(frozen=True)
class Bars:
    """One consideration by year. ``code`` names it in the page."""

    code: str
    name: str
    target: str
    chart: Chart


@dataclass(frozen=True)
class Strip:
    """The peers of a buyer on a line from 0 to 100 %. ``own`` is ``None`` when the buyer records too few contracts to stand on it."""

    ticks: tuple[float, ...]
    lower: float
    median: float
    upper: float
    own: float | None
    text: str
    width = STRIP


@dataclass(frozen=True)
class Part:
    """How many contracts say something, out of all: ``share`` in [0, 1]."""

    name: str
    text: str
    share: float


@dataclass(frozen=True)
class Pictures:
    """What stands above the tables of a buyer. ``peers`` is ``None`` when too few compare; ``announced``: title, page and period of the calls
    that the buyer announces."""

    sentence: str
    bars: tuple[Bars, ...]
    peers: Strip | None
    known: tuple[Part, ...]
    ends: Timeline
    announced: tuple[tuple[str, str, str], ...]


def pictures(sheet: BuyerSheet, ending: Sequence[ContractCard], as_of: date) -> Pictures:
    """The pictures of a buyer on a day."""
    return Pictures(
        sentence=_sentence(sheet),
        bars=tuple(
            Bars(code, name, percent(TARGETS[code]), chart_of(listed(sheet.by_year), code, name, "year"))
            for code, name in DIMENSIONS
        ),
        peers=_strip(sheet.peers),
        known=tuple(_known(sheet)),
        ends=timeline(_due(sheet, ending, as_of), (END, ANNOUNCED), as_of),
        announced=tuple(
            (object_title(notice), page_of(notice["key"], contract=False), period_text(*period_of(notice)))
            for notice in sheet.announced
        ),
    )


def _due(sheet: BuyerSheet, ending: Sequence[ContractCard], as_of: date) -> Iterator[Item]:
    """What ends, and the calls that the buyer announces, from the first month of their period to come."""
    yield from (_item(card) for card in ending if card.ends is not None)
    for notice in sheet.announced:
        first, last = period_of(notice)
        page = page_of(notice["key"], contract=False)
        when = period_text(first, last)
        yield Item(max(first, as_of), ANNOUNCED, object_title(notice), page, "nouvel avis annoncé", when=when)


def _item(card: ContractCard) -> Item:
    holders = ", ".join(holder.name for holder in card.holders) or "titulaire inconnu"
    page = page_of(card.id, contract=True)
    beside = " ; ".join(reason.text for reason in card.reasons if reason.code != "ends")  # the line says it
    return Item(
        date.fromisoformat(str(card.ends)), END, card.object, page, holders, ics_of("contracts", card.id), beside
    )


def _sentence(sheet: BuyerSheet) -> str:
    """What the buyer does with social considerations since three years, and what ends soon."""
    recent = sheet.peers.own
    share, when = (recent, "notifiés depuis trois ans") if recent.n else (sheet.by_year.total.social.share, "connus")
    ends = len(sheet.ending)
    ending = (
        f" {plural(ends, 'marché finit', 'marchés finissent')} dans les {number(ENDING_MONTHS)} mois." if ends else ""
    )
    return f"{_social(share, when)}{ending}"


def _social(share: Share, when: str) -> str:
    if not share.n:
        return "Aucun marché connu à cette date."
    if not share.recorded:
        return f"Aucun de ses {plural(share.n, 'marché')} {when} ne dit s’il comporte une considération sociale."
    if not share.conclusive:
        enough = f"{number(share.recorded)} {'disent' if share.recorded > 1 else 'dit'}"
        return f"Sur ses {plural(share.n, 'marché')} {when}, {enough} s’ils comportent une considération sociale : trop peu pour conclure."
    return (
        f"{percent(share.of_recorded)} de ses marchés {when} et renseignés comportent une considération sociale : "
        f"{against(share, TARGETS['social'])}."
    )


def _x(share: float) -> float:
    return round(_LEFT + share * _SPAN, 1)


def _strip(peers: Peers) -> Strip | None:
    if peers.lower is None or peers.median is None or peers.upper is None:
        return None
    own = peers.own.of_recorded if peers.own.conclusive else None
    where = (
        ""
        if own is None
        else f" Cet acheteur : {percent(own)}, {number(peers.own.yes)} sur {plural(peers.own.recorded, 'renseigné')}."
    )
    text = (
        f"{plural(peers.n, 'acheteur comparable', 'acheteurs comparables')}, un trait chacun. Un quart est sous {percent(peers.lower)}, "
        f"la moitié sous {percent(peers.median)}, un quart au-dessus de {percent(peers.upper)}.{where}"
    )
    ticks = tuple(dict.fromkeys(_x(share) for share in peers.shares))
    return Strip(ticks, _x(peers.lower), _x(peers.median), _x(peers.upper), None if own is None else _x(own), text)


def _known(sheet: BuyerSheet) -> list[Part]:
    total, gives = sheet.by_year.total, sheet.gives
    counted = (
        ("Considération sociale : oui ou non", total.social.share.recorded, total.social.share.n),
        (
            "Considération environnementale : oui ou non",
            total.environmental.share.recorded,
            total.environmental.share.n,
        ),
        ("Montant", gives.amounts, gives.n),
        ("Date de fin", gives.ends, gives.n),
        ("Nombre d’offres reçues", gives.offers, gives.n),
    )
    return [Part(name, f"{number(n)} sur {number(of)}", n / of) for name, n, of in counted if of]
