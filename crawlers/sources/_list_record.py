"""Turns a supplier of a list into a record: cleans values, removes contacts, checks identifiers."""

from __future__ import annotations

from crawlers.kit import Aside, Intake
from crawlers.kit.place import insee, point
from crawlers.kit.values import description, free_text, identifiers, naf, public_text, text, website
from vivier.identity import digits, is_finess, is_siren
from vivier.lists.schema import ListedAddress, ListedKind, ListedLabel, ListedOffer, ListedSupplier, ListedTerritories
from vivier.model import (
    Address,
    Agreement,
    Capacity,
    Label,
    NotOffered,
    Offer,
    Record,
    Reference,
    TerritoriesZone,
    UndeclaredZone,
    Zone,
)
from vivier.suppliers.networks import network_name


def record_of(listed: ListedSupplier, intake: Intake, issues: list[str]) -> Record | Aside:
    """The record of a listed supplier. The reader sets its key."""
    name = public_text(listed.name, issues)
    if name is None or not any(character.isalnum() for character in name):
        return Aside("name_missing", "champ « name » : un nom est attendu")
    siret, siren = _numbers(listed, issues)
    return Record(
        source_id="",
        provenance=intake.provenance(listed.updated_at),
        name=name,
        brand=public_text(listed.brand, issues),
        acronym=public_text(listed.acronym, issues),
        siren=siren,
        siret=siret,
        finess=_finess(listed.finess, issues),
        agreements=tuple(_agreement(kind) for kind in listed.kinds),
        labels=tuple(_label(label, issues) for label in listed.labels),
        address=_address(listed.address, issues),
        offers=tuple(_offer(offer, issues) for offer in listed.offers),
        not_offered=tuple(NotOffered(trade=code) for code in dict.fromkeys(listed.not_done)),
        capacities=_capacities(listed),
        networks=_networks(listed, issues),
        references=_references(listed, issues),
        website=website(listed.website, issues),
        description=description(listed.description, issues),
        naf=naf(listed.naf, issues),
        closed=listed.closed,
        issues=tuple(dict.fromkeys(issues)),
    )


def _numbers(listed: ListedSupplier, issues: list[str]) -> tuple[str | None, str | None]:
    siret, siren = identifiers(listed.siret, issues) if listed.siret else (None, None)
    if siren is None and listed.siren:
        written = digits(listed.siren)
        siren = written if is_siren(written) else None
        if siren is None:
            issues.append("siren_invalid")
    return siret, siren


def _finess(written: str | None, issues: list[str]) -> str | None:
    number = (text(written) or "").replace(" ", "").upper()
    if not number or is_finess(number):
        return number or None
    issues.append("finess_invalid")
    return None


def _agreement(kind: ListedKind) -> Agreement:
    return Agreement(kind=kind.kind, valid_from=kind.valid_from, valid_until=kind.valid_until, number=kind.number)


def _label(label: ListedLabel, issues: list[str]) -> Label:
    return Label(
        code=label.code,
        scope=label.scope,
        domain=public_text(label.domain, issues),
        number=text(label.number),
        issuer=public_text(label.issuer, issues),
        valid_from=label.valid_from,
        valid_until=label.valid_until,
        suspended=label.suspended,
        proof_url=website(label.proof_url, issues),
    )


def _address(address: ListedAddress, issues: list[str]) -> Address:
    commune, arrondissement = insee(address.insee, issues)
    place = point(((address.lon, address.lat),), issues)
    return Address(
        line=public_text(address.line, issues),
        post_code=address.post_code,
        town=public_text(address.town, issues),
        commune=commune,
        arrondissement=arrondissement,
        point=place,
        precision=address.precision if place is not None else "unknown",
    )


def _offer(offer: ListedOffer, issues: list[str]) -> Offer:
    return Offer(
        trade=offer.trade,
        service_types=tuple(dict.fromkeys(offer.service_types)),
        zone=_zone(offer),
        evidence="declared" if offer.trade else None,
        title=free_text(offer.title, issues),
        description=description(offer.description, issues),
    )


def _networks(listed: ListedSupplier, issues: list[str]) -> tuple[str, ...]:
    written = filter(None, (public_text(network, issues) for network in listed.networks))
    return tuple(dict.fromkeys(map(network_name, written)))


def _zone(offer: ListedOffer) -> Zone:
    if isinstance(offer.zone, ListedTerritories):
        if not offer.zone.territories:
            return UndeclaredZone()
        return TerritoriesZone(territories=tuple(dict.fromkeys(offer.zone.territories)))
    return offer.zone


def _capacities(listed: ListedSupplier) -> tuple[Capacity, ...]:
    simple = (
        (listed.turnover, Capacity(value=listed.turnover or 0, unit="eur_year", year=listed.turnover_year)),
        (listed.volume, Capacity(value=listed.volume or 0, unit="volume_eur_year")),
        (listed.staff, Capacity(value=listed.staff or 0, unit="persons")),
        (listed.etp, Capacity(value=listed.etp or 0, unit="etp")),
        (listed.etp_insertion, Capacity(value=listed.etp_insertion or 0, unit="etp_insertion")),
        (listed.places, Capacity(value=listed.places or 0, unit="places")),
    )
    return (*(capacity for given, capacity in simple if given is not None), *listed.capacities)


def _references(listed: ListedSupplier, issues: list[str]) -> tuple[Reference, ...]:
    pairs = [(public_text(ref.client, issues), free_text(ref.title, issues), ref.year) for ref in listed.references]
    return tuple(Reference(client=client, title=title, year=year) for client, title, year in pairs if client)
