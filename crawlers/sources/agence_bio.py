"""Agence Bio: notified operators, with their certificates, productions and places of activity (JSON pages by ``debut``).

Facts and traps: a page may be shorter than asked and the last one is empty; an operator may come back on another page; the
identity is ``numeroBio``, since some have no SIRET. ``gerant`` is a person and is never kept; neither is a name that is that
person's. The address is the active one of activity, else the active head office, never the first of the list. ``AB`` is
certified, ``C1`` to ``C3`` are years of conversion whose goods are not sold as organic. ``mixite`` says that the operator
also makes goods that are not organic. ``departementId`` is an internal number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from crawlers.kit import Aside, Draft, FetchPlan, Intake, Outcome, Row, Skip, Source
from crawlers.kit.item_pages import ItemPages
from crawlers.kit.sole import is_person
from crawlers.kit.values import identifiers, iso_date, naf, public_text, text, website
from crawlers.plan import Offsets
from crawlers.sources._bio_label import Operator, labels_of
from crawlers.sources._bio_offer import offers_of
from crawlers.sources._bio_place import address_of
from vivier.model import Record
from vivier.runs.records import SourceCard

_HOST = "opendata.agencebio.org"
CARD = SourceCard(
    id="agence_bio",
    role="label",
    title="Opérateurs de l'agriculture biologique",
    producer="Agence Bio, à partir des organismes certificateurs",
    dataset="Annuaire des opérateurs bio (API opérateurs)",
    licence="non précisée par le producteur",
    homepage="https://www.agencebio.org",
    covers="Producteurs, préparateurs, distributeurs et restaurateurs bio, avec productions, certificats et lieu d'activité.",
    limits="Ni capacité ni zone d'intervention ; le certificat n'a pas de date de fin tant qu'il est engagé.",
    cadence_days=7,
    exhaustive=True,
    minimum_rows=20_000,
    minimum_basis="plus de 60 000 exploitations certifiées selon l'Agence Bio, chiffre non vérifié par nous",
)
PAGES = ItemPages(
    items="items",
    total="nbTotal",
    required=("raisonSociale", "siret", "numeroBio", "adressesOperateurs", "certificats"),
    known=("numeroBio", "dateMaj", "certificats", "productions", "activites"),
    contact=("telephone", "email", "gerant", "telephoneCommerciale"),
)
_IGNORED = ("id", "telephone", "email", "telephoneCommerciale", "reseau")


def convert(row: Row, intake: Intake) -> Outcome:
    """One operator."""
    row.ignore(_IGNORED)
    key = text(row.take("numeroBio"))
    if key is None:
        return Aside("operator_number_missing", "« numeroBio » est vide : c'est l'identifiant de l'opérateur")
    issues: list[str] = []
    operator = Operator.read(row, key, intake, issues)
    labels = labels_of(operator, issues)
    offers = offers_of(operator, labels, intake.now.date(), issues)
    if not (labels or offers):
        return Skip("not_certified")
    return _record(row, intake, key, issues, labels=labels, offers=offers)


def _record(row: Row, intake: Intake, key: str, issues: list[str], **facts: object) -> Outcome:
    manager = text(row.take("gerant"))
    legal, trade = (public_text(row.take(field), issues) for field in ("raisonSociale", "denominationcourante"))
    shown = [name for name in (legal, trade) if name and not is_person(name, manager)]
    if not (legal or trade):
        return Aside("name_missing", "« raisonSociale » et « denominationcourante » sont vides")
    if len(shown) < len([name for name in (legal, trade) if name]):
        issues.append("person_name_removed")
    siret, siren = identifiers(row.take("siret"), issues)
    name = shown[0][:300] if shown else f"Opérateur bio n° {key}"
    updated = iso_date(row.take("dateMaj"))
    return Record.model_validate(
        {
            "source_id": key,
            "provenance": intake.provenance(updated),
            "name": name,
            "brand": shown[-1] if shown and shown[-1] != name else None,
            "siren": siren,
            "siret": siret,
            "address": address_of(row.take("adressesOperateurs"), intake, issues),
            "website": _website(row.take("siteWebs"), issues),
            "naf": naf(row.take("codeNAF"), issues),
            **facts,
            "issues": tuple(dict.fromkeys(issues)),
        }
    )


def _website(sites: object, issues: list[str]) -> str | None:
    listed = [site for site in sites if isinstance(site, dict)] if isinstance(sites, list) else []
    active = (site.get("url") for site in listed if site.get("active") is not False and site.get("url"))
    return next((found for url in active if (found := website(url, issues))), None)


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every operator of every page."""
    return PAGES.read(files, intake, convert)


PLAN = FetchPlan(
    what=Offsets(address=f"https://{_HOST}/api/gouv/operateurs/?nb=1000&debut={{offset}}", items="items"),
    hosts=(_HOST,),
    delay=1.0,
    verified="Adresse, « nb » et « debut », « items » et noms des champs : annuaire des entreprises (août 2026). Aucune trace de robots.txt.",
    unseen="La licence, que le producteur ne dit pas.",
)

SOURCE = Source(card=CARD, read=read, recognises=PAGES.recognises, plan=PLAN)
