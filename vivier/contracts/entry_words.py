"""The words of an item of a feed, the same in every format and in letters: its title, its page, its buyer, who published it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vivier.contracts.feed import Entry
from vivier.contracts.objects import object_title
from vivier.french import typographic
from vivier.names import readable_name, unnamed
from vivier.procurement import LEAD_NAMES, NOTICE_NATURES
from vivier.text.guard import plain


def object_of(entry: Entry) -> str:
    """The object of the contract or of the notice, without the characters that XML forbids."""
    return plain(typographic(object_title(entry.record)))


def entry_title(entry: Entry) -> str:
    """The kind of a lead and its object."""
    text = object_of(entry)
    return text if entry.kind is None else f"{LEAD_NAMES[entry.kind]} : {text}"


def entry_kind(entry: Entry) -> str:
    """What an item is, in French."""
    if entry.kind is not None:
        return LEAD_NAMES[entry.kind]
    return "Marché attribué" if entry.collection == "contracts" else NOTICE_NATURES[entry.record["nature"]]


def entry_path(entry: Entry) -> str:
    """The path of the page of the contract or of the notice."""
    return f"/marches/{entry.id}" if entry.collection == "contracts" else f"/avis/{entry.id}"


def buyer_name(buyer: Mapping[str, Any]) -> str:
    """The name of a buyer in readable capitals, its number when it is published without a name."""
    number = buyer.get("siret") or buyer.get("siren") or buyer.get("raw_id")
    return plain(
        readable_name(buyer.get("name", "")) or (unnamed("Acheteur", number) if number else "Acheteur inconnu")
    )


def credit_of(record: Mapping[str, Any]) -> str:
    """Who published a record, and under which licence: « DECP (DAJ, Licence Ouverte 2.0) »."""
    named = (f"{source['dataset']} ({source['producer']}, {source['licence']})" for source in record.get("sources", ()))
    return plain(" ; ".join(dict.fromkeys(named)) or "inconnue")
