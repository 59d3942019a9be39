"""FINESS+ structures and activités (ANS): ESAT (category 246) and some EA (247), with their places.

Real files and published schema spell several keys differently; both are read, codes flat or ``{code}``. The rules, in
order: category, then closed, then inactive; geographic address (usage 03) first; coordinates decided by value;
SIRET shared by several sites or wrong is no reason to lose a site, whose identity is its FINESS number.

Places of FINESS+ activités.

Only activities in force count; of each the largest number outside any *habilitation* share; summed over the activities.
Installed (08) is used when the sum is positive, else authorised (09), else 01 — the meaning of these codes is disputed by
re-users, so the raw status stays beside the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from crawlers.kit import (
    Aside,
    Discover,
    Draft,
    FetchPlan,
    Intake,
    Outcome,
    Row,
    Skip,
    Source,
    WrongFile,
    leading_values,
    settle,
    stream_items,
    without_contacts,
)
from crawlers.kit.files import check_json
from crawlers.kit.place import insee, point, post_code
from crawlers.kit.values import day, identifiers, iso_date, number, public_text, reached, text
from vivier.errors import ImportRefused
from vivier.identity import is_finess, is_siren
from vivier.model import Address, Agreement, Capacity, Point, Precision, Record
from vivier.runs.records import SourceCard

_GEOGRAPHIC = "03"
_COORDINATES = ("coordonneeX", "coordonneeY", "directionLongitude", "directionLatitude")


def _usage(item: Mapping[str, Any]) -> str | None:
    usage = item.get("usageAdresse")
    return text(usage.get("code")) if isinstance(usage, Mapping) else text(usage)


def chosen(items: object, issues: list[str]) -> dict[str, object]:
    """The geographic address; without one, the first that has a commune code (issue ``address_fallback``)."""
    known = [dict(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    for item in known:
        if _usage(item) == _GEOGRAPHIC:
            return item
    issues.append("address_fallback")
    return next((item for item in known if item.get("cogCommune")), {})


def precision_of(key: str | None, place: Point | None) -> Precision:
    """The precision of the point, from the BAN key: ``35238`` commune, ``35238_1234`` street, ``35238_1234_00012`` address."""
    if place is None or key is None:
        return "unknown"
    by_parts: dict[int, Precision] = {0: "commune", 1: "street"}
    return by_parts.get(key.count("_"), "address")


def _line(row: Row, issues: list[str]) -> str | None:
    # A damaged street name (« CAEERINETTE » for « Catherinette ») is kept as published: repairing it would be a guess.
    parts = [row.take(key) for key in ("numeroVoie", "typeVoie", "libelleVoie", "complementVoie", "lieuDit")]
    return public_text(" ".join(str(part) for part in parts if part), issues)


def address_of(items: object, intake: Intake, issues: list[str]) -> Address:
    """The address of a site, its point decided by value between the two published pairs."""
    row = Row(chosen(items, issues), "").watch(intake.columns, "adresse.", intake.declared)
    row.ignore(("usageAdresse", "complementPointGeographique"))
    where = row.inner("coordonneesGeographique")
    x, y, lon, lat = (where.take(key) for key in _COORDINATES)
    place = point(((x, y), (lon, lat)), issues)
    commune, arrondissement = insee(row.take("cogCommune"), issues)
    address = Address(
        line=_line(row, issues),
        post_code=post_code(row.take("codePostal"), issues),
        town=public_text(row.take("ligneAcheminement"), issues),
        commune=commune,
        arrondissement=arrondissement,
        point=place,
        precision=precision_of(text(where.take("cleInInteropBAN")), place),
    )
    where.ignore(("scoreBAN",))
    intake.unknown.update(f"adresse.{key}" for key in row.left)
    intake.unknown.update(f"adresse.coordonneesGeographique.{key}" for key in where.left)
    return address


STATUSES = ("08", "09", "01")
"""Codes of status, in the order they are tried."""


def in_force(activity: Mapping[str, Any], today: date) -> bool:
    """Whether an activity is in state ``A`` without an effective end before ``today``."""
    about = activity.get("caracteristiquesGeneriques")
    if not isinstance(about, Mapping):
        return False
    end = iso_date(about.get("dateFinEffectiveActivite"))
    return code(about.get("etatObjet")) == "A" and (end is None or end >= today)


def largest(capacities: list[Any], status: str) -> float:
    """The largest number under a status, outside habilitation shares when there is one."""
    known = [item for item in capacities if isinstance(item, Mapping) and code(item.get("statutCapacite")) == status]
    whole = [item for item in known if not item.get("habilitation")]
    return max((number(item.get("nombre")) or 0.0 for item in whole or known), default=0.0)


def places_of(activities: list[Any], today: date) -> Capacity | None:
    """The places of one site. ``None`` when they are unknown: zero and an absent value say nothing."""
    current = [a.get("capacite") or [] for a in activities if isinstance(a, Mapping) and in_force(a, today)]
    for status in STATUSES:
        total = sum(largest(capacities, status) for capacities in current if isinstance(capacities, list))
        if total > 0:
            return Capacity(value=total, unit="places", status=status)
    return None


def capacities_of(path: Path, today: date) -> Iterator[tuple[str, Capacity]]:
    """FINESS number and places of every site of an activities file whose places are known."""
    for legal in stream_items(path, "pmej.item"):
        for site in (legal.get("ege") if isinstance(legal, Mapping) else None) or []:
            activities = site.get("activitesExercees") if isinstance(site, Mapping) else None
            places = places_of(activities, today) if isinstance(activities, list) else None
            if places is not None:
                yield str(site.get("numFinessEge")), places


CARD = SourceCard(
    id="finess",
    title="FINESS+ : ESAT et entreprises adaptées",
    producer="Agence du numérique en santé (ANS)",
    dataset="FINESS+ structures et activités",
    licence="Licence Ouverte 2.0 selon la page, ODbL selon l'API du catalogue : à vérifier avant rediffusion",
    homepage="https://www.data.gouv.fr/datasets/finess-structures-1/",
    role="register",
    covers="Tous les ESAT, une partie des entreprises adaptées, avec adresse, point et places.",
    limits="Ni métiers ni zone d'intervention ; entreprises adaptées incomplètes ; sens du statut de capacité discuté.",
    cadence_days=7,
    exhaustive=True,
    kinds=("ESAT", "EA"),
    minimum_rows=1_000,
    minimum_basis="1 504 ESAT dans la liste officielle",
)
KINDS = {"246": "ESAT", "247": "EA"}
_CONTACT = frozenset({"contact", "telecom", "telephone", "telecopie", "courriel"})
_IGNORED = ("modefixationtarifaire", "modeFixationTarifaire", "typeBudget", "roleEge")
_IGNORED_IDENTITY = ("egeId", "complementDenominationEg", "espic", "dateOuverture", "datePremiereAutorisation")


def code(value: object) -> str | None:
    """A code, flat or as ``{code, system}``."""
    return text(value.get("code")) if isinstance(value, Mapping) else text(value)


def _event_day(value: object, issues: list[str]) -> date | None:
    return day(value.get("dateEvenement") if isinstance(value, Mapping) else value, issues)


def out_of_scope(kind: str | None, closing: date | None, state: str | None, today: date) -> Skip | None:
    """Rule 1: category, then closed on or before the day of the file, then inactive. A future closing is still active."""
    if kind is None:
        return Skip("other_category")
    if closing is not None and closing <= today:
        return Skip("closed")
    return None if state == "A" else Skip("inactive")


class Sites:
    """Turns the sites of a file of structures into records, with the places read from the file of activities."""

    def __init__(self, today: date, places: Mapping[str, Capacity]) -> None:
        self.today = today
        self.places = places
        self.legal_siren: str | None = None

    def of(self, legal: Mapping[str, Any]) -> list[Any]:
        """The sites of one legal entity. Its SIREN serves for those that have no SIRET."""
        about = legal.get("informationsGeneralesPMEJ") or legal.get("informationsGeneralesPmej") or {}
        siren = text(about.get("siren")) if isinstance(about, Mapping) else None
        self.legal_siren = siren if siren and is_siren(siren) else None
        sites = legal.get("ege")
        return sites if isinstance(sites, list) else []

    def convert(self, row: Row, intake: Intake) -> Outcome:
        row.ignore(_IGNORED)
        kind = KINDS.get(
            code(row.take_first("categorieentiteGeographiqueExercice", "categorieEntiteGeographiqueExercice")) or ""
        )
        identity = row.inner("informationsGeneralesEGE")
        issues: list[str] = []
        closing = day(identity.take("dateFermeture"), issues)
        skip = out_of_scope(kind, closing, code(row.take("etatObjet")), self.today)
        if skip is not None or kind is None:
            return skip or Skip("other_category")
        return self._record(row, identity, Agreement(kind=kind, valid_until=closing), issues, intake)

    def _record(self, row: Row, identity: Row, agreement: Agreement, issues: list[str], intake: Intake) -> Outcome:
        # A closing date that cannot be read may be past: the record then says neither open nor closed.
        closed = None if "date_invalid" in issues else False
        finess = text(identity.take("numFinessEge")) or ""
        short, long = (public_text(identity.take(key), issues) for key in ("nomEgeCourt", "nomEgeLong"))
        siret, siren = identifiers(row.take("siret") or identity.take("siret"), issues)
        identity.ignore((*_IGNORED_IDENTITY, "siret"))
        intake.unknown.update(f"informationsGeneralesEGE.{key}" for key in identity.left)
        if not is_finess(finess):
            return Aside("finess_invalid", f"« numFinessEge » vaut « {finess} » : neuf caractères attendus")
        name = short or long
        if name is None:
            return Aside("name_missing", "« nomEgeCourt » et « nomEgeLong » sont vides")
        updated = _event_day(row.take("dateDerniereMaj"), issues)
        return Record(
            source_id=finess,
            provenance=intake.provenance(updated),
            name=name,
            siren=siren or self.legal_siren,
            siret=siret,
            finess=finess,
            agreements=(agreement,),
            address=address_of(row.take("adresse"), intake, issues),
            capacities=(self.places[finess],) if finess in self.places else (),
            **reached(intake, (short, long), *_contacts(row.take("contact"))),
            closed=closed,
            issues=tuple(dict.fromkeys(issues)),
        )


def _contacts(value: object) -> Iterator[object]:
    """The mailboxes and numbers of a site; two numbers are written « a/b »."""
    for contact in value if isinstance(value, list) else ():
        telecom = contact.get("telecom") if isinstance(contact, Mapping) else None
        if isinstance(telecom, Mapping):
            yield telecom.get("courriel")
            yield from str(telecom.get("telephone") or "").split("/")


def _nature(path: Path) -> str:
    """``structures`` or ``activites``, from the first legal entity that has sites."""
    check_json(path)
    for legal in stream_items(path, "pmej.item"):
        for site in (legal.get("ege") if isinstance(legal, Mapping) else None) or []:
            if not isinstance(site, Mapping):
                continue
            if "informationsGeneralesEGE" in site:
                return "structures"
            if "activitesExercees" in site:
                return "activites"
    raise WrongFile(
        f"« {path.name} » n'est pas un fichier FINESS+ : attendu « pmej », « ege », puis « informationsGeneralesEGE » "
        "(structures) ou « activitesExercees » (activités)."
    )


def _file_day(path: Path, intake: Intake) -> date:
    return iso_date(leading_values(path, "pmej").get("generatedAt")) or intake.now.date()


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Sites of the structures files, in either order with the activities files."""
    natures = {path: _nature(path) for path in files}
    structures = [path for path in files if natures[path] == "structures"]
    if not structures:
        raise ImportRefused(
            "Il manque le fichier FINESS+ des structures (« finess-structures-… ») : les activités seules ne suffisent pas."
        )
    places: dict[str, Capacity] = {}
    for path in files:
        if natures[path] == "activites":
            places.update(capacities_of(path, _file_day(path, intake)))
    for path in structures:
        intake.updated_at = _file_day(path, intake)
        yield from _read_structures(path, Sites(intake.updated_at, places), intake)


def _read_structures(path: Path, sites: Sites, intake: Intake) -> Iterator[Draft]:
    for position, legal in enumerate(stream_items(path, "pmej.item"), start=1):
        if not isinstance(legal, Mapping):
            detail = "un objet JSON est attendu dans « pmej »"
            yield Draft(f"{path.name}, entité {position}", Aside("value_invalid", detail), dict)
            continue
        for site in sites.of(legal):
            yield _draft(f"{path.name}, entité {position}", site, sites, intake)


def _draft(where: str, site: Any, sites: Sites, intake: Intake) -> Draft:
    if not isinstance(site, Mapping) or not isinstance(site.get("informationsGeneralesEGE"), Mapping):
        return Draft(where, Aside("fields_missing", "champ absent : informationsGeneralesEGE"), dict)
    return Draft(where, settle(Row(dict(site), where), intake, sites.convert, keyed=True), lambda: _show(site))


def _show(site: Mapping[str, Any]) -> dict[str, object]:
    identity = site["informationsGeneralesEGE"]
    known = ("numFinessEge", "siret", "nomEgeCourt", "nomEgeLong", "dateFermeture")
    return {key: without_contacts(identity.get(key), _CONTACT.__contains__) for key in known}


def recognises(path: Path) -> bool:
    """Whether the document is one of the two FINESS+ files."""
    try:
        _nature(path)
    except ImportRefused:
        return False
    return True


PLAN = FetchPlan(
    what=Discover(
        datasets=(
            "https://www.data.gouv.fr/api/1/datasets/finess-structures-1/",
            "https://www.data.gouv.fr/api/1/datasets/finess-activites-1/",
        ),
        patterns=(
            r"finess-structures-(?:journalier|mensuel)-(\d{6,8})\.json(?:\.gz)?",
            r"finess-activites-(?:journalier|mensuel)-(\d{6,8})\.json(?:\.gz)?",
        ),
    ),
    hosts=("data.gouv.fr",),
    verified="Titres, hôte, sha1, clés des deux fichiers, coordonnées interverties : cinq dépôts publics (août et septembre 2026).",
    unseen="La place et le temps : 50 et 58 Mo compressés, 2,2 Go ouverts.",
)

SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN)
