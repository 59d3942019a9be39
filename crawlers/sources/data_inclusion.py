"""data.inclusion, the open dump of structures (JSON array, CSV or Parquet): the only open list of IAE and ESAT with coordinates.

Kinds are read from ``reseaux_porteurs`` (``ei``, ``aci``, ``ai``, ``etti``, ``eiti``, ``geiq``, ``ea``, ``eatt``, ``esat``);
several values are several kinds; networks of suppliers are kept as such. Most rows are social services: skipped by name. The
same body comes from several sources under different ids: each row is a record, the merge decides. EA and EATT left the feed
of les-emplois on 11 May 2026: their rows of before are kept and marked as stale (``agreement_stale``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from crawlers.kit import (
    Aside,
    CsvFamily,
    Draft,
    FetchPlan,
    Intake,
    JsonItems,
    Outcome,
    Resources,
    Row,
    Skip,
    Source,
)
from crawlers.kit.files import open_plain
from crawlers.kit.parquet import is_parquet, open_parquet, parquet_items
from crawlers.kit.place import insee, point, post_code
from crawlers.kit.values import day, description, identifiers, public_text, reached, text, website
from vivier.errors import ImportRefused
from vivier.model import Address, Agreement, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="data_inclusion",
    role="platform",
    title="data.inclusion : structures d'insertion",
    producer="Plateforme de l'inclusion (GIP), à partir de plusieurs producteurs",
    dataset="Référentiel de l'offre d'insertion, structures",
    licence="à vérifier sur la page du jeu de données : non lue par nous",
    homepage="https://www.data.gouv.fr/datasets/referentiel-de-loffre-dinsertion-liste-des-structures-et-services-dinsertion/",
    covers="Structures d'insertion et ESAT parmi les structures sociales recensées, avec adresse et point.",
    limits="Ni métiers, ni zone d'intervention, ni capacité ; entreprises adaptées plus mises à jour depuis mai 2026.",
    cadence_days=7,
    kinds=("EI", "ACI", "AI", "ETTI", "EITI", "GEIQ", "EA", "EATT", "ESAT"),
    minimum_rows=2_000,
    minimum_basis="environ 3 850 structures de l'IAE dans la liste nationale de 2019 à 2021, et 1 504 ESAT",
)
EA_LEFT = date(2026, 5, 11)
"""Day from which les-emplois gives no EA nor EATT any more."""

_KINDS = {kind.lower(): kind for kind in CARD.kinds}
_NETWORKS = {
    "chantier-ecole": "Chantier École",
    "coorace": "Coorace",
    "emmaus": "Emmaüs",
    "federation-des-acteurs-de-la-solidarite": "Fédération des acteurs de la solidarité",
    "unea": "Union nationale des entreprises adaptées",
}
"""Networks of suppliers among those of the vocabulary; the others are administrations and social services."""

_MILLISECONDS = re.compile(r"\d{12,13}(?:\.0)?")
"""A number of milliseconds, from 1973 to 2286: no other way to write a day has so many digits."""

_DUMP = "4fc64287-e869-4550-8fb9-b1e0b7809ffa"


def codes_of(networks: object) -> list[str]:
    """``reseaux_porteurs``: a JSON list, or its text in a CSV (``{ei,aci}``, ``["ei"]``, ``ei|aci``)."""
    written = networks if isinstance(networks, list) else re.split(r"[\[\]{}\"',;|\s]+", text(networks) or "")
    return [code for item in written if (code := (text(item) or "").lower())]


def kinds_of(networks: object) -> tuple[str, ...]:
    """Kinds among the networks of a structure."""
    return tuple(dict.fromkeys(_KINDS[code] for code in codes_of(networks) if code in _KINDS))


def _address(row: Row, issues: list[str]) -> Address:
    lines = [public_text(row.take(name), issues) for name in ("adresse", "complement_adresse")]
    commune, arrondissement = insee(row.take("code_insee"), issues)
    return Address(
        line=", ".join(line for line in lines if line) or None,
        post_code=post_code(row.take("code_postal"), issues),
        town=public_text(row.take("commune"), issues),
        commune=commune,
        arrondissement=arrondissement,
        point=point(((row.take("longitude"), row.take("latitude")),), issues),
    )


def is_stale(kinds: Sequence[str], updated: date | None) -> bool:
    """Whether an EA or EATT was last updated before the feed stopped."""
    return any(kind in ("EA", "EATT") for kind in kinds) and (updated is None or updated < EA_LEFT)


def updated_on(written: object, issues: list[str]) -> date | None:
    """The day of ``date_maj``: a date, or milliseconds since 1970 (UTC), as pandas writes dates in JSON."""
    number = text(written) or ""
    if not _MILLISECONDS.fullmatch(number):
        return day(written, issues)
    return datetime.fromtimestamp(float(number) / 1000, UTC).date()


def convert(row: Row, intake: Intake) -> Outcome:
    """One structure, under every kind it holds."""
    row.ignore(_IGNORED)
    issues: list[str] = []
    written = row.take("reseaux_porteurs")
    kinds = kinds_of(written)
    if not kinds:
        return Skip("not_a_supplier")
    key, name = text(row.take("id")), public_text(row.take("nom"), issues)
    if key is None:
        return Aside("field_missing", "« id » est vide : il sert d'identifiant")
    if name is None:
        return Aside("name_missing", "« nom » est vide")
    siret, siren = identifiers(row.take("siret"), issues)
    updated = updated_on(row.take("date_maj"), issues)
    if is_stale(kinds, updated):
        issues.append("agreement_stale")
    return Record(
        source_id=key,
        provenance=intake.provenance(updated, website(row.take("lien_source"), issues)),
        name=name,
        siren=siren,
        siret=siret,
        agreements=tuple(Agreement(kind=kind) for kind in kinds),
        address=_address(row, issues),
        networks=tuple(_NETWORKS[code] for code in codes_of(written) if code in _NETWORKS),
        website=website(row.take("site_web"), issues),
        description=description(row.take("description"), issues),
        **reached(intake, (name,), *(row.take(field) for field in _CONTACT)),
        issues=tuple(dict.fromkeys(issues)),
    )


_REQUIRED = ("id", "nom", "siret", "commune", "code_postal", "longitude", "latitude", "date_maj", "reseaux_porteurs")
_OPTIONAL = ("adresse", "complement_adresse", "code_insee", "lien_source", "site_web", "description")
_IGNORED = ("source", "horaires_accueil", "accessibilite_lieu", "adresse_certifiee", "score_qualite")
_CONTACT = ("telephone", "courriel")

ITEMS = JsonItems(
    convert=convert, required=_REQUIRED, known=(*_REQUIRED, *_OPTIONAL, *_IGNORED), contact=_CONTACT, reach=_CONTACT
)
ROWS = CsvFamily(
    convert=convert, required=_REQUIRED, optional=_OPTIONAL, ignored=_IGNORED, contact=_CONTACT, reach=_CONTACT
)


def _is_json(path: Path) -> bool:
    with open_plain(path) as file:
        return file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every structure of every file, whichever of the three forms each file has."""
    for path in files:
        if is_parquet(path):
            yield from ITEMS.drafts(path, parquet_items(path), intake)
        else:
            yield from (ITEMS if _is_json(path) else ROWS).read([path], intake)


def recognises(path: Path) -> bool:
    """Whether the first structure has the columns of the dump."""
    return ITEMS.recognises(path) or ROWS.recognises(path) or _is_parquet_dump(path)


def _is_parquet_dump(path: Path) -> bool:
    try:
        return is_parquet(path) and set(_REQUIRED) <= set(open_parquet(path).schema_arrow.names)
    except ImportRefused:
        return False


PLAN = FetchPlan(
    what=Resources(files={"structures-inclusion.json": _DUMP}),
    hosts=("data.gouv.fr",),
    verified="Identifiant, jour, noms des colonnes et dates en millisecondes : code du producteur (gip-inclusion/data-inclusion, juin 2026).",
    unseen="L'adresse que le catalogue donne aujourd'hui, et la licence de la page du jeu de données.",
)

SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN)
