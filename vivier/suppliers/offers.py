"""Words an offer in French: its trade, and the evidence of this trade."""

from __future__ import annotations

from datetime import date

from vivier.law.kinds import KINDS, lending
from vivier.lexicon import Lexicon
from vivier.model.views import OfferView, SupplierView
from vivier.search.operators import AnyOf, Operator, Terms
from vivier.trades.table import STAFFING
from vivier.validity import holds_on
from vivier.vocabulary import EVIDENCES, SERVICE_TYPES, SUPPOSED

UNKNOWN_TRADE = "métier inconnu"


def known_or_by_law(trades: tuple[str, ...]) -> Operator:
    """Matches an offer of some trades: who lends people is known by the kind of its service and by the statute of its kind too."""
    known = Terms("trade", trades)
    if STAFFING not in trades:
        return known
    return AnyOf((known, Terms("evidence", ("statute",)), Terms("service_type", ("staffing",))))


def lends(offer: OfferView) -> bool:
    """Whether an offer is to lend people: by the kind of its service, else by the statute of its supplier."""
    return offer.get("evidence") == "statute" or "staffing" in offer.get("service_types", ())


def trade_of(offer: OfferView, supposed: bool = False) -> str | None:
    """Code of the trade of an offer, ``None`` when it has none. ``supposed``: a trade that is only supposed counts too."""
    return offer.get("trade") or (offer.get("supposed_trade") if supposed else None)


def title_of(offer: OfferView, lexicon: Lexicon) -> str:
    """The French title of an offer: its trade, known or supposed, else its family, else the lending of staff, else « métier inconnu »."""
    trade, family, evidence = trade_of(offer, supposed=True), offer.get("family"), offer.get("evidence")
    if trade is not None:
        return f"{lexicon.trade_names.get(trade, trade)}{' (supposé)' if evidence == SUPPOSED else ''}"
    if family is not None:
        words = "famille de métiers supposée" if evidence == SUPPOSED else "famille de métiers"
        return f"{lexicon.trades.group_name(family)} ({words})"
    return SERVICE_TYPES["staffing"] if evidence == "statute" else UNKNOWN_TRADE


def proof_words(offer: OfferView, record: SupplierView) -> str:
    """The French words for the evidence of the trade of an offer: for a statute, with the kind and its legal basis; for one of the
    trades of a sector, with the sector declared."""
    evidence = offer.get("evidence") or ""
    words = EVIDENCES.get(evidence, "preuve non précisée")
    if evidence == "statute":
        return f"{words} ({_statute(record)})"
    return f"{words}, secteur « {offer['title']} »" if _is_of_sector(offer, record) else words


def supposed_trades(record: SupplierView, lexicon: Lexicon, as_of: date) -> tuple[str, ...]:
    """What no source tells of the trades of a supplier, in French, each worded as supposed: the trade or the family that its activity
    code lets suppose, and the lending of staff that its statute provides."""
    found: list[str] = []
    for fact in record.get("offers", ()):
        offer = fact["value"]
        evidence = offer.get("evidence")
        if evidence not in (SUPPOSED, "statute") or not holds_on(offer, as_of):
            continue
        if evidence == SUPPOSED:
            found.append(_supposed(offer, lexicon))
        else:
            found.append(f"{SERVICE_TYPES['staffing']} (supposée d'après le statut : {_statute(record)})")
    return tuple(dict.fromkeys(found))


def _supposed(offer: OfferView, lexicon: Lexicon) -> str:
    trade, family = offer.get("supposed_trade"), offer.get("family", "")
    if trade is not None:
        return f"{lexicon.trade_names.get(trade, trade)} (supposé d'après le code d'activité)"
    return f"{lexicon.trades.group_name(family)} (famille supposée d'après le code d'activité)"


def _is_of_sector(offer: OfferView, record: SupplierView) -> bool:
    """Whether the supplier declared a sector that we read as several trades: the words then show the sector declared."""
    if offer.get("evidence") != "declared" or "title" not in offer:
        return False
    alike = (fact["value"] for fact in record.get("offers", ()) if fact["value"].get("title") == offer["title"])
    return len({same["trade"] for same in alike if "trade" in same and same.get("evidence") == "declared"}) > 1


def _statute(record: SupplierView) -> str:
    """The kinds that lend staff, with their legal basis: « ETTI, C. trav. L5132-4, L5132-6 ». A legal basis that we have not read is
    « à confirmer »."""
    codes = dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ()))
    kinds = [KINDS[kind] for kind in codes if kind in lending("any_trade", "branch")]
    return " ; ".join(f"{kind.code}, {kind.legal_basis}{'' if kind.checked else ' à confirmer'}" for kind in kinds)
