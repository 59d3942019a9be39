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
    trade, family = trade_of(offer, supposed=True), offer.get("family")
    if trade is not None:
        name = lexicon.trade_names.get(trade, trade)
    elif family is not None:
        name = f"{lexicon.trades.group_name(family)} (famille de métiers)"
    else:
        return SERVICE_TYPES["staffing"] if offer.get("evidence") == "statute" else UNKNOWN_TRADE
    return f"{name} (supposé)" if offer.get("evidence") == SUPPOSED else name


def proof_words(offer: OfferView, record: SupplierView) -> str:
    """How the trade of an offer is known; for a statute, with the kind and the article it rests on."""
    evidence = offer.get("evidence") or ""
    words = EVIDENCES.get(evidence, "preuve non précisée")
    return f"{words} ({_statute(record)})" if evidence == "statute" else words


def _statute(record: SupplierView) -> str:
    """« ETTI, C. trav. L5132-4, L5132-6 »; a legal basis that we have not read is « à confirmer »."""
    held = dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ()))
    kinds = [KINDS[kind] for kind in held if kind in lending("any_trade", "branch")]
    return " ; ".join(f"{kind.code}, {kind.legal_basis}{'' if kind.checked else ' à confirmer'}" for kind in kinds)
