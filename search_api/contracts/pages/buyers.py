"""Prepares a buyer for the pages: its line in the ranking with all factors, and its sheet with the coverage of each share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from search_api.contracts.pages.contracts import ContractCard, register_of, summaries
from search_api.pages.places import place_label, short_place
from search_api.pages.words import UNKNOWN, credit, long_day
from vivier import french
from vivier.contracts.buyer_sheet import BuyerSheet, Peers, Spaser
from vivier.contracts.buyers import CATEGORIES
from vivier.contracts.calls import Call
from vivier.contracts.indicators import TARGETS, IndicatorRow
from vivier.contracts.ranking import RankedBuyer
from vivier.contracts.ranking_rules import RECORDS, Record
from vivier.contracts.ranking_rules import Peers as RankedPeers
from vivier.contracts.shares import Share
from vivier.french import euros, euros_ht, kilometres, number, plural
from vivier.identity import is_siren
from vivier.lexicon import Lexicon
from vivier.model.views import BuyerContactView, ProvenanceView
from vivier.names import readable_name, unnamed


@dataclass(frozen=True)
class ShareText:
    """A share in words, with its coverage. ``verdict`` compares it with the target, or is « non concluant »."""

    share: str
    covers: str
    verdict: str
    state: str


@dataclass(frozen=True)
class BuyerCard:
    """A buyer in the ranking. ``share``: of the contracts with a consideration of the ``record`` that ranks, ``who`` as the card says it; ``factors``: titles and values out of 100. Only a buyer with a valid number (``known``) has a
    sheet. ``contact``: title, text and link of each way to write to it; ``published``: the notice that gives them, its producer
    and its day."""

    siren: str
    known: bool
    name: str
    category: str
    seat: str | None
    distance: str | None
    record: str
    share: ShareText
    who: str
    contracts: int
    reserved: int
    volume: str
    last: str
    peers: str | None
    score: str
    factors: tuple[tuple[str, str], ...]
    inclusive: int
    next_end: str | None
    call: Call | None
    contact: tuple[tuple[str, str, str], ...]
    published: str
    where: str
    when: str
    amount: str | None

    @property
    def page(self) -> str | None:
        return f"/acheteurs/{self.siren}" if self.known else None

    @property
    def brief(self) -> str:
        return self.name

    @property
    def why(self) -> str | None:
        return None if self.known else "numéro invalide : pas de fiche"


@dataclass(frozen=True)
class Row:
    """One year or one CPV division of a buyer."""

    label: str
    n: int
    social: ShareText
    environmental: ShareText
    reserved: int
    undeclared: int


@dataclass(frozen=True)
class BuyerPage:
    siren: str
    name: str
    register: str | None
    """Where its name comes from, when its contracts give none."""
    other_names: tuple[str, ...]
    category: str
    seat: str | None
    contracts: int
    period: str
    years: tuple[Row, ...]
    divisions: tuple[Row, ...]
    total: Row
    breaks: tuple[str, ...]
    peers: str
    spaser: str
    reserved: list[ContractCard]
    undeclared: list[ContractCard]
    ending: list[ContractCard]


FEW: Final = 30
"""Below so many contracts that record the consideration, a share is said to rest on few."""


def percent(value: float | None) -> str:
    """A share as a percentage, « 31,4 % »; « inconnue » when nothing is counted."""
    return "inconnue" if value is None else french.percent(value)


def share_text(share: Share, target: float | None = None) -> ShareText:
    """A share in words, always with its count and its coverage."""
    covers = f"{share.yes} sur {plural(share.recorded, 'renseigné')}, {share.n} en tout (couverture {percent(share.coverage)})"
    if not share.conclusive:
        return ShareText(
            percent(share.of_recorded), covers, "non concluant : trop peu de marchés renseignés", "undated"
        )
    if target is None:
        return ShareText(percent(share.of_recorded), covers, "", "undated")
    reached = (share.of_recorded or 0.0) >= target
    return ShareText(percent(share.of_recorded), covers, against(share, target), "valid" if reached else "undated")


def against(share: Share, target: float) -> str:
    """A share facing its target, in words: « probablement » when the interval at 95 % holds the target."""
    found, (low, high) = share.of_recorded or 0.0, share.interval
    sure = high < target or low >= target
    side = "à la cible" if found == target else "au-dessus de la cible" if found > target else "en dessous de la cible"
    doubt = "" if sure or found == target else "probablement "
    few = "peu de marchés : " if share.recorded < FEW else ""
    return f"{doubt}{side} de {percent(target)} ({few}fourchette de {percent(low)} à {percent(high)})"


def buyer_card(
    buyer: RankedBuyer, lexicon: Lexicon, ranked_by: Record, as_of: date, call: Call | None = None
) -> BuyerCard:
    record: Mapping[str, Any] = buyer.record or {}
    seat = record.get("seat")
    share = buyer.social if ranked_by == "social" else buyer.environmental
    record_factor = (
        () if call is not None else ((f"part {RECORDS[ranked_by]} (au moins, à 95 %)", buyer.record_factor),)
    )
    factors = (
        *record_factor,
        ("volume", buyer.volume_factor),
        ("proximité", buyer.proximity_factor),
        ("récence", buyer.recency_factor),
    )
    return BuyerCard(
        siren=buyer.siren,
        known=is_siren(buyer.siren),
        name=readable_name(record.get("name", "")) or unnamed("Acheteur", buyer.siren),
        category=CATEGORIES.get(record.get("category", ""), "catégorie inconnue"),
        seat=None if seat is None else place_label(seat, lexicon.gazetteer),
        distance=None if buyer.distance_km is None else kilometres(buyer.distance_km),
        record=RECORDS[ranked_by],
        share=share_text(share),
        who=f"{share.yes} sur {plural(share.recorded, 'marché')} à considération {RECORDS[ranked_by]}"
        if share.recorded
        else f"considération {RECORDS[ranked_by]} inconnue",
        contracts=buyer.contracts,
        reserved=buyer.reserved,
        volume=_volume(buyer),
        last=long_day(buyer.last),
        peers=None if buyer.peers is None else _using(buyer.peers),
        score=number(buyer.score * 100),
        factors=tuple((title, french.percent(value)) for title, value in factors),
        inclusive=buyer.inclusive,
        next_end=None if buyer.next_end is None else long_day(buyer.next_end),
        call=call,
        contact=() if call is None or call.contact is None else tuple(_contact(call.contact)),
        published="" if call is None or call.source is None else _published(call.source),
        where=" · ".join(_places(seat, buyer.distance_km, lexicon)),
        when="" if buyer.next_end is None else f"Prochaine fin {french.until(buyer.next_end, as_of)}",
        amount=None if buyer.volume is None else euros(buyer.volume),
    )


def _places(seat: str | None, km: float | None, lexicon: Lexicon) -> Iterator[str]:
    yield "siège inconnu" if seat is None else short_place(seat, lexicon.gazetteer)
    if km is not None:
        yield kilometres(km)


def _contact(contact: BuyerContactView) -> Iterator[tuple[str, str, str]]:
    """The ways that a notice gives to write to its buyer; most give one or two of the three."""
    if "mailbox" in contact:
        yield "Écrire à", contact["mailbox"], f"mailto:{contact['mailbox']}"
    if "profile" in contact:
        yield "Ses consultations", contact["profile"], contact["profile"]
    if "website" in contact:
        yield "Son site", contact["website"], contact["website"]


def _published(source: ProvenanceView) -> str:
    """Where a contact was read: « BOAMP (DILA), avis du 19/08/2026, Licence Ouverte 2.0 »."""
    dated = f", avis du {long_day(source['updated_at'])}" if "updated_at" in source else ""
    return f"{credit(source)}{dated}, {source['licence']}"


def _volume(buyer: RankedBuyer) -> str:
    """The volume of a buyer: « 120 000 € par an », with the number of known amounts when some are unknown."""
    if buyer.volume is None:
        return UNKNOWN
    partly = f" ({plural(buyer.priced, 'montant connu', 'montants connus')} sur {buyer.contracts})"
    return f"{euros_ht(buyer.volume)} par an{partly if buyer.priced < buyer.contracts else ''}"


def _using(peers: RankedPeers) -> str:
    """How many peers use a consideration: « 3 sur 8 en emploient »."""
    among = (
        f"{peers.using} sur {plural(peers.n, 'acheteur')} de sa catégorie assez renseigné{'s' if peers.n > 1 else ''}"
    )
    return f"{among}, dans ces métiers en France, {'en emploient' if peers.using > 1 else 'en emploie'}"


def buyer_page(sheet: BuyerSheet, lexicon: Lexicon, as_of: date) -> BuyerPage:
    record = sheet.record
    seat = record.get("seat")
    return BuyerPage(
        siren=record["siren"],
        name=readable_name(record.get("name", "")) or unnamed("Acheteur", record["siren"]),
        register=register_of(record),
        other_names=tuple(record.get("other_names", ())),
        category=CATEGORIES.get(record["category"], record["category"]),
        seat=None if seat is None else place_label(seat, lexicon.gazetteer),
        contracts=sheet.known,
        period=period_of(record.get("first"), record.get("last"), as_of),
        years=tuple(_rows(sheet.by_year.rows)),
        divisions=tuple(_rows(sorted(sheet.by_division.rows, key=lambda row: -row.social.share.n))),
        total=_row(sheet.by_year.total),
        breaks=sheet.by_year.notices,
        peers=_peers(sheet.peers),
        spaser=_spaser(sheet.spaser),
        reserved=summaries(sheet.reserved, lexicon, as_of),
        undeclared=summaries(sheet.undeclared, lexicon, as_of),
        ending=summaries(sheet.ending, lexicon, as_of),
    )


def period_of(first: str | None, last: str | None, as_of: date) -> str:
    """The period in which the contracts of a buyer were notified. The last contract may come after the day of the query."""
    if not first or not last:
        return "dates inconnues"
    if first > as_of.isoformat():
        return f"le premier notifié le {long_day(first)}"
    until = min(last, as_of.isoformat())
    return f"le {long_day(first)}" if first == until else f"du {long_day(first)} au {long_day(until)}"


def _rows(rows: tuple[IndicatorRow, ...] | list[IndicatorRow]) -> Iterator[Row]:
    return (_row(row) for row in rows)


def _row(row: IndicatorRow) -> Row:
    label = f"{row.label} ({row.value})" if row.value.isdigit() and len(row.value) == 2 else row.label
    return Row(
        label=label,
        n=row.social.share.n,
        social=share_text(row.social.share, TARGETS["social"]),
        environmental=share_text(row.environmental.share, TARGETS["environmental"]),
        reserved=row.reserved,
        undeclared=row.inclusive_undeclared,
    )


def quartiles(peers: Peers) -> str:
    """« un quart est à 0 % au plus, la moitié à 4 % au plus, un quart à 20 % au moins »."""
    lower, median, upper = (percent(share) for share in (peers.lower, peers.median, peers.upper))
    return f"un quart est à {lower} au plus, la moitié à {median} au plus, un quart à {upper} au moins"


def _peers(peers: Peers) -> str:
    category = CATEGORIES.get(peers.category, peers.category).lower()
    own = share_text(peers.own)
    if not peers.own.n:
        return "Aucun marché connu de cet acheteur depuis 36 mois : rien à comparer."
    mine = f"Part à considération sociale des marchés renseignés, sur 36 mois : {own.share} pour cet acheteur ; {own.covers}."
    if peers.median is None:
        return f"{mine} Trop peu d'acheteurs comparables ({category} : {peers.n}) pour le situer."
    text = f"{mine} Ses {peers.n} pairs assez renseignés ({category}) : {quartiles(peers)}."
    return text if peers.own.conclusive else f"{text} Comparaison non concluante : il a trop peu de marchés renseignés."


def _spaser(spaser: Spaser) -> str:
    if spaser.year is None:
        return "Aucune année entière connue : rien ne dit s'il doit publier un SPASER."
    amount = f"{euros_ht(spaser.amount)} notifiés en {spaser.year}, sa plus forte année entière"
    if spaser.reached:
        return f"Semble assez grand pour devoir publier un SPASER (50 millions d'euros HT par an) : {amount}. Indice, à vérifier."
    return f"Rien n'indique qu'il doive publier un SPASER (50 millions d'euros HT par an) : {amount}, d'après les marchés connus seulement."
