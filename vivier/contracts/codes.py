"""The closed lists of codes the filters of contracts and notices accept, with their French names."""

from __future__ import annotations

from collections.abc import Mapping

from vivier import procurement
from vivier.contracts.buyers import CATEGORIES
from vivier.lexicon import Lexicon
from vivier.trades.cpv import load_cpv, parse_cpv, significant


def provisions(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.PROVISIONS


def reserved_for(lexicon: Lexicon) -> Mapping[str, str]:
    return {**procurement.RESERVED_FOR, "unknown": "réservé, type non précisé"}


def states(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.STATES


def contract_kinds(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.CONTRACT_KINDS


def procedures(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.PROCEDURES


def categories(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.CATEGORIES


def buyer_categories(lexicon: Lexicon) -> Mapping[str, str]:
    return CATEGORIES


def inclusive_matches(lexicon: Lexicon) -> Mapping[str, str]:
    return {
        "siret": "titulaire connu comme structure inclusive",
        "siren": "autre site du titulaire connu comme inclusif",
    }


def yes_no(lexicon: Lexicon) -> Mapping[str, str]:
    return {"yes": "oui", "no": "non"}


def notice_natures(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.NOTICE_NATURES


def notice_sources(lexicon: Lexicon) -> Mapping[str, str]:
    return procurement.NOTICE_SOURCES


def divisions(lexicon: Lexicon) -> Mapping[str, str]:
    """The 45 CPV divisions by their two digits."""
    return load_cpv().divisions


def cpv_stem(lexicon: Lexicon, code: str) -> tuple[str, ...]:
    """A code as its significant digits, which the index holds at every level: « 77300000 » and « 773 » are one subtree."""
    return (significant(parse_cpv(code)),)
