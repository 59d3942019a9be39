"""The Marché de l'inclusion, through its API: who declares which sectors, types of service, networks and clients.

The API answers a key given by its team (``VIVIER_MARCHE_TOKEN``), by pages of an offset: ``next`` is followed, since one large
limit would be cut without a word. Inactive and delisted suppliers are in it, and left out here. A sector is declared by the
supplier; « Autre… » names no trade. Prison workshops (SEP) keep their own kind. It gives no coordinates, no zone of
intervention and no size; a SIRET may stand on several rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.kit import Aside, Chains, FetchPlan, Intake, JsonPages, Outcome, Row, Skip, Source
from crawlers.kit.place import address_of
from crawlers.kit.values import day, description, identifiers, public_text, reached, text, website
from crawlers.trades import family_of_sector, trades_of_sector
from vivier.identity import words_of
from vivier.model import Agreement, Offer, Record, Reference
from vivier.model.facts import ServiceType
from vivier.runs.records import SourceCard
from vivier.suppliers.networks import network_name
from vivier.trades.words import trade_of_words

CARD = SourceCard(
    id="marche",
    role="platform",
    title="Marché de l'inclusion",
    producer="Plateforme de l'inclusion (GIP)",
    dataset="API du Marché de l'inclusion",
    licence="non précisée par le producteur",
    homepage="https://lemarche.inclusion.beta.gouv.fr",
    covers="Structures d'insertion, du handicap et ateliers en détention, avec secteurs, réseaux et références déclarés.",
    limits="Déclaré par les structures ; ni coordonnées, ni zone d'intervention, ni effectif ; clé demandée.",
    cadence_days=7,
    kinds=("EI", "AI", "ACI", "ETTI", "EITI", "GEIQ", "SEP", "EA", "EATT", "ESAT"),
    minimum_rows=5_000,
    minimum_basis="environ 11 000 structures en février 2025, dont des inactives",
)
_HOST = "lemarche.inclusion.beta.gouv.fr"
SERVICES: Mapping[str, ServiceType] = {"DISP": "staffing", "PREST": "service", "BUILD": "goods"}
_UNUSED = words_of(
    "slug nature kind_parent contact_social_website logo_url department region is_qpv labels_old created_at"
)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _services(value: object, issues: list[str]) -> tuple[ServiceType, ...]:
    codes = [text(code) or "" for code in _listed(value)]
    if set(codes) - SERVICES.keys():
        issues.append("service_unrecognised")
    return tuple(dict.fromkeys(SERVICES[code] for code in codes if code in SERVICES))


def _sectors(value: object, services: tuple[ServiceType, ...], issues: list[str]) -> Iterator[Offer]:
    for sector in _listed(value):
        name, slug = _named(sector, issues), text(sector.get("slug")) if isinstance(sector, dict) else None
        trades = trades_of_sector(slug or "")
        family = None if trades else family_of_sector(slug or "")
        if not trades and family is None and name:
            issues.append("trade_unrecognised")
        for trade in trades or (None,):
            yield Offer(trade=trade, family=family, title=name, service_types=services, evidence="declared")


def _own_offers(value: object, services: tuple[ServiceType, ...], issues: list[str]) -> Iterator[Offer]:
    for offer in _listed(value):
        name = _named(offer, issues)
        about = description(offer.get("description"), issues) if isinstance(offer, dict) else None
        if name or about:
            trade = trade_of_words(name) if name else None
            yield Offer(trade=trade, title=name, description=about, service_types=services, evidence="declared")


def _named(value: object, issues: list[str]) -> str | None:
    """The name of a sector, an offer, a network or a client, which is given as an object or as a text."""
    return public_text(value.get("name") if isinstance(value, dict) else value, issues)


def _names(value: object, issues: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (_named(item, issues) for item in _listed(value)))))


def _offers(row: Row, issues: list[str]) -> tuple[Offer, ...]:
    """Sectors and offers. Types of service are given for the structure, hence for each offer."""
    services = _services(row.take("presta_types"), issues)
    found = [
        *_sectors(row.take("sectors"), services, issues),
        *_own_offers(row.take("offers"), services, issues),
    ]
    return tuple(dict.fromkeys(found)) or ((Offer(service_types=services, evidence="declared"),) if services else ())


def convert(row: Row, intake: Intake) -> Outcome:
    """One structure under one kind."""
    row.ignore(_UNUSED)
    kind, key = text(row.take("kind")), text(row.take("id"))
    if row.take("is_active") is not True:
        return Skip("inactive")
    if kind not in CARD.kinds:
        return Aside("kind_unknown", f"« kind » vaut « {kind} » ; attendu : {', '.join(CARD.kinds)}")
    issues: list[str] = []
    name, brand = public_text(row.take("name"), issues), public_text(row.take("brand"), issues)
    if name is None or key is None:
        return Aside("name_missing", "« id » ou « name » est vide")
    siret, siren = identifiers(row.take("siret"), issues)
    return Record(
        source_id=key,
        provenance=intake.provenance(day(row.take("updated_at"), issues)),
        name=name,
        brand=brand if brand != name else None,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind),),
        address=address_of(row, issues, ("address",), "post_code", "city"),
        offers=_offers(row, issues),
        networks=tuple(dict.fromkeys(map(network_name, _names(row.take("networks"), issues)))),
        references=tuple(Reference(client=name) for name in _names(row.take("client_references"), issues)),
        website=website(row.take("contact_website"), issues),
        description=description(row.take("description"), issues),
        **reached(intake, (name, brand), row.take("contact_email"), row.take("contact_phone")),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = JsonPages(
    convert=convert,
    required=("id", "name", "siret", "kind", "is_active"),
    known=("id", "name", "brand", "siret", "kind", "address", "city", "post_code", "is_active", "updated_at", *_UNUSED),
    contact=("contact_email", "contact_phone", "contact_first_name", "contact_last_name", "email", "phone"),
    reach=("contact_email", "contact_phone"),
)


PLAN = FetchPlan(
    what=Chains(starts=(f"https://{_HOST}/api/siae/?limit=200&offset=0",)),
    hosts=(_HOST, "lemarche.inclusion.gouv.fr"),
    delay=1.0,
    key_setting="marche_token",
    verified="Pages, clé de 64 caractères et champs : sérialiseur du producteur (août 2026). Aucune trace de robots.txt.",
    unseen="La licence, que le producteur ne dit pas ; l'adresse sans « beta », que dix fichiers publics donnent, si la nôtre y renvoie.",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, plan=PLAN, basis="declared")
