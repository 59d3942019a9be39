"""Prepares the facts of a record for a page, with their state at a date and their provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from search_api.pages import words
from vivier.identity import fold
from vivier.law.kinds import default_zone_km
from vivier.model.views import FactView, ProvenanceView, SupplierView
from vivier.names import readable_name
from vivier.suppliers.reasons import validity
from vivier.territory import load_gazetteer
from vivier.vocabulary import BASES

Record = SupplierView


@dataclass(frozen=True)
class Proof:
    """The provenance of a fact. ``dated``: its date in words, by the date that is known."""

    dataset: str
    producer: str
    licence: str
    basis: str
    dated: str
    url: str | None

    @property
    def short_producer(self) -> str:
        """Its producer in a line: « DILA »."""
        return words.short_producer(self.producer)


@dataclass(frozen=True)
class Credential:
    """An agreement or a label. ``state``: ``valid``, ``ended``, ``coming``, ``undated``; ``validity`` says it in words."""

    code: str
    name: str
    state: str
    validity: str
    since: str | None
    scope: str | None
    domain: str | None
    title: str | None
    audience: str | None
    number: str | None
    issuer: str | None
    url: str | None
    provenance: ProvenanceView
    of_unit: bool
    """Whether it is given to the whole legal unit, not to this site."""

    @property
    def proof(self) -> Proof:
        return proof(self.provenance)


def proof(provenance: ProvenanceView) -> Proof:
    return Proof(
        dataset=words.dataset_name(provenance["dataset"]),
        producer=provenance["producer"],
        licence=provenance["licence"],
        basis=BASES.get(provenance.get("basis", ""), ""),
        dated=dated(provenance),
        url=words.safe_url(provenance.get("url")),
    )


def dated(provenance: ProvenanceView) -> str:
    """The date of a fact in words: « donnée du 01/11/2026 », else « lue le 20/11/2026, date de la donnée non publiée »."""
    if provenance.get("updated_at"):
        return f"donnée du {words.long_day(provenance['updated_at'])}"
    if provenance.get("fetched_at"):
        return f"lue le {words.long_day(provenance['fetched_at'])}, date de la donnée non publiée"
    return "date inconnue"


def agreements(record: Record, as_of: date) -> list[Credential]:
    """The agreements of a supplier, one a kind of structure, those in force first."""
    return _sorted(_credential(fact, "kind", words.kind_name, as_of) for fact in record.get("agreements", ()))


def labels(record: Record, as_of: date) -> list[Credential]:
    """The labels of a supplier, those in force first, with the address of their proof when a page may link to it."""
    return _sorted(_credential(fact, "code", words.label_name, as_of) for fact in record.get("labels", ()))


def _credential(fact: FactView[Any], code: str, name: Callable[[str], str], as_of: date) -> Credential:
    entry = fact["value"]
    return Credential(
        code=entry[code],
        name=name(entry[code]),
        state=words.state_of(entry, as_of),
        validity=validity(entry, as_of),
        since=entry.get("valid_from"),
        scope=words.SCOPES.get(entry.get("scope", "")),
        domain=entry.get("domain"),
        title=entry.get("title"),
        audience=words.AUDIENCES.get(entry.get("audience", "")),
        number=entry.get("number"),
        issuer=entry.get("issuer"),
        url=words.safe_url(entry.get("proof_url")),
        provenance=fact["provenance"],
        of_unit=entry.get("scope") == "legal_unit",
    )


def _sorted(credentials: Iterable[Credential]) -> list[Credential]:
    return sorted(
        credentials, key=lambda credential: (credential.state == "ended", credential.name, credential.validity)
    )


def value(record: Record, name: str) -> Any:
    """The value of a fact, ``None`` when it is unknown."""
    fact: Any = record.get(name)
    return None if fact is None else fact["value"]


def shown_name(record: Record) -> str:
    """The name of a supplier in readable capitals: the index keeps what the register wrote."""
    return readable_name(record["name"]["value"])


def shown_brand(record: Record) -> str | None:
    """The brand of a supplier in readable capitals, ``None`` when it is unknown or its name says it already."""
    brand = value(record, "brand")
    in_name = brand is None or f" {fold(brand)} " in f" {fold(record['name']['value'])} "
    return None if in_name else readable_name(brand)


def town(record: Record) -> str | None:
    """The commune and département of the address, « Roubaix (59) »: the commune as INSEE writes it when its code is known."""
    address = value(record, "address") or {}
    code = address.get("commune") or address.get("post_code") or ""
    name = load_gazetteer().names["commune"].get(code) or readable_name(address.get("town") or "")
    departement = code[:3] if code.startswith(("97", "98")) else code[:2]
    return f"{name} ({departement})" if name and departement else name or None


def default_km(record: Record) -> float:
    """Radius assumed around the seat when the zone is not published, in km."""
    return default_zone_km(fact["value"]["kind"] for fact in record.get("agreements", ()))


_AGREES = dict.fromkeys(("Nature", "Catégorie", "Durée", "Procédure", "Technique", "Sous-traitance"), "e")
_AGREES |= {"Codes": "s", "Offres": "es"}
"""How « inconnu » ends after the first word of a title."""


def facts(pairs: Iterable[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    """Titles and texts; a text that is absent is « inconnu », as its title asks: « Durée », « inconnue »."""
    return tuple((title, text or words.UNKNOWN + _AGREES.get(title.split()[0], "")) for title, text in pairs)
