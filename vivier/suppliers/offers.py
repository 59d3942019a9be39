"""An offer in words: what it is of, and how that is known."""

from __future__ import annotations

from vivier.law.kinds import KINDS, lending
from vivier.lexicon import Lexicon
from vivier.model.views import OfferView, SupplierView
from vivier.vocabulary import EVIDENCES, SERVICE_TYPES, SUPPOSED

UNKNOWN_TRADE = "métier inconnu"


def trade_of(offer: OfferView, supposed: bool = False) -> str | None:
    """Code of the trade of an offer; the one that is only supposed counts when ``supposed``."""
    return offer.get("trade") or (offer.get("supposed_trade") if supposed else None)


def title_of(offer: OfferView, lexicon: Lexicon) -> str:
    """What an offer is of: its trade, known or supposed, its family, the people it lends, or « métier inconnu »."""
    trade, family, evidence = trade_of(offer, supposed=True), offer.get("family"), offer.get("evidence")
    if trade is not None:
        return f"{lexicon.trade_names.get(trade, trade)}{' (supposé)' if evidence == SUPPOSED else ''}"
    if family is not None:
        words = "famille de métiers supposée" if evidence == SUPPOSED else "famille de métiers"
        return f"{lexicon.trades.group_name(family)} ({words})"
    return SERVICE_TYPES["staffing"] if evidence == "statute" else UNKNOWN_TRADE


def proof_words(offer: OfferView, record: SupplierView) -> str:
    """How the trade of an offer is known; for a statute, with the kind and the article it rests on; for one of the
    trades of a sector, with the sector declared."""
    evidence = offer.get("evidence") or ""
    words = EVIDENCES.get(evidence, "preuve non précisée")
    if evidence == "statute":
        return f"{words} ({_statute(record)})"
    return f"{words}, secteur « {offer['title']} »" if _is_of_sector(offer, record) else words


def _is_of_sector(offer: OfferView, record: SupplierView) -> bool:
    """Whether what was declared is a sector that we read as several trades: then the sector is what is told."""
    if offer.get("evidence") != "declared" or "title" not in offer:
        return False
    alike = (fact["value"] for fact in record.get("offers", ()) if fact["value"].get("title") == offer["title"])
    return len({same["trade"] for same in alike if "trade" in same and same.get("evidence") == "declared"}) > 1


def _statute(record: SupplierView) -> str:
    """« ETTI, C. trav. L5132-4, L5132-6 »; a legal basis that we have not read is « à confirmer »."""
    held = dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ()))
    kinds = [KINDS[kind] for kind in held if kind in lending("any_trade", "branch")]
    return " ; ".join(f"{kind.code}, {kind.legal_basis}{'' if kind.checked else ' à confirmer'}" for kind in kinds)
