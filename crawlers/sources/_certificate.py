"""What lists of certificates that a person brings share: the names of their columns, and how their holder is identified."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

from crawlers.kit import Aside, Intake, Row
from crawlers.kit.place import address_of
from crawlers.kit.values import day, identifiers, public_text, text, website
from vivier.identity import digits, fold, is_siren
from vivier.law.labels import LABELS
from vivier.model import Address, Label, Offer, Record
from vivier.model.facts import ServiceType

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": (
        "titulaire",
        "raison sociale",
        "entreprise",
        "nom",
        "company",
        "company name",
        "licence holder",
        "license holder",
        "holder",
        "société",
        "imprimeur",
        "imprimerie",
        "dénomination",
    ),
    "siret": ("siret", "numéro siret", "n° siret"),
    "siren": ("siren", "numéro siren", "n° siren"),
    "address": ("adresse", "address", "rue", "street"),
    "post_code": ("code postal", "cp", "postcode", "postal code", "zip code"),
    "town": ("ville", "commune", "town", "city", "localité"),
    "website": ("site web", "site internet", "website", "web site"),
    "from": ("valid from", "date de début", "début de validité", "date d'attribution", "delivered on", "délivré le"),
    "until": (
        "valid until",
        "expiration date",
        "expiry date",
        "date d'expiration",
        "valide jusqu'au",
        "fin de validité",
        "date de fin",
        "valable jusqu'au",
    ),
    "proof": ("lien", "url", "certificat", "certificate", "link"),
}
"""Names that files give to the columns every certificate has."""

Scope = Literal["site", "product"]


def record_of(
    row: Row,
    intake: Intake,
    code: str,
    scope: Scope,
    *,
    number: str | None,
    domain: str | None,
    offers: tuple[Offer, ...],
    year: int | None = None,
) -> Record | Aside:
    """The holder of a certificate: a site when a SIRET or an address is given, else a legal unit.

    ``year`` is the calendar year of a mark given by the year: it serves where no end is written. A row with neither a
    company number nor a place is set aside: with a name alone, nobody could tell the supplier from a namesake.
    """
    issues: list[str] = []
    name = public_text(row.take("name"), issues)
    siret, siren = _numbers(row, issues)
    address = address_of(row, issues, ("address",), "post_code", "town", lost_zeros=True)
    site, proof = website(row.take("website"), issues), website(row.take("proof"), issues)
    start, end = _term(row, year, issues)
    if name is None:
        return Aside("name_missing", "le nom du titulaire est vide")
    if siren is None and not (address.post_code or address.town):
        return Aside("identity_missing", "ni SIRET, ni SIREN, ni code postal, ni commune")
    only_unit = siret is None and address == Address()
    if only_unit and scope == "site":
        issues.append("site_unknown")
    label = Label(
        code=code,
        scope="legal_unit" if only_unit and scope == "site" else scope,
        issuer=LABELS[code].issuer,
        number=number,
        domain=domain,
        valid_from=start,
        valid_until=end,
        proof_url=proof,
    )
    return Record(
        source_id=_key(number, siret or siren or f"{fold(name)}|{address.post_code}|{fold(address.town or '')}", label),
        provenance=intake.provenance(),
        name=name[:300],
        siren=siren,
        siret=siret,
        labels=(label,),
        address=address,
        offers=() if only_unit else tuple(_during(offer, label) for offer in offers),
        website=site,
        issues=tuple(dict.fromkeys(issues)),
    )


def _term(row: Row, year: int | None, issues: list[str]) -> tuple[date | None, date | None]:
    start, end = day(row.take("from"), issues, usual="french"), day(row.take("until"), issues, usual="french")
    if year is None or end is not None:
        return start, end
    return start or date(year, 1, 1), date(year, 12, 31)


def _during(offer: Offer, label: Label) -> Offer:
    return offer.model_copy(update={"valid_from": label.valid_from, "valid_until": label.valid_until})


def certified(trade: str | None, title: str | None, service: ServiceType | None) -> tuple[Offer, ...]:
    """The offer that a certificate proves; none when the certificate names neither a trade nor a thing."""
    if trade is None and title is None:
        return ()
    return (Offer(trade=trade, title=title, evidence="certified", service_types=() if service is None else (service,)),)


def _numbers(row: Row, issues: list[str]) -> tuple[str | None, str | None]:
    alone = digits(text(row.take("siren")) or "")
    siret, siren = identifiers(row.take("siret"), issues)
    return siret, siren or (alone if is_siren(alone) else None)


def _key(number: str | None, who: str, label: Label) -> str:
    """A key that is stable from one file to the next: the number of the certificate when it has one, and its holder."""
    identity = "|".join((number or "", who, label.domain or "", str(label.valid_until or "") if number is None else ""))
    return f"{number or label.code}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
