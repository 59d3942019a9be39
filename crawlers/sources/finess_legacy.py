"""FINESS as published until May 2026 (``etalab-cs1100502``, and ``etalab-cs1100507`` with points): history and fixtures.

A first line ``finess;etalab;…;<day>``, then rows without header: ``structureet`` and 31 fields, or ``geolocalisation``, the
FINESS number, two coordinates in metres and their source, whose last word names the projection (Lambert 93, UTM overseas).
UTF-8 or Latin-1 according to the file. Départements ``9A`` to ``9J`` are overseas ones; the INSEE code is département and
commune. Only ESAT (246) and EA (247) are kept; their rows wait for their points, which come after.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawlers.kit import Aside, Draft, Intake, Outcome, Row, Skip, Source, WrongFile, settle
from crawlers.kit.csv_family import whole_rows
from crawlers.kit.files import LINE_LIMIT, check_encoding, check_file, open_text, refusing
from crawlers.kit.place import insee
from crawlers.kit.projection import PROJECTIONS, degrees
from crawlers.kit.row import show
from crawlers.kit.values import day, identifiers, naf, number, public_text, reached, text
from vivier.errors import ImportRefused
from vivier.identity import is_finess, words_of
from vivier.model import Address, Agreement, Point, Record
from vivier.runs.records import SourceCard
from vivier.territory.address import in_france

CARD = SourceCard(
    id="finess_legacy",
    role="register",
    title="FINESS historique (jusqu'en mai 2026)",
    producer="Agence du numérique en santé (ANS)",
    dataset="FINESS, extraction du fichier des établissements (etalab-cs1100502 et cs1100507)",
    licence="Licence Ouverte 2.0",
    homepage="https://www.data.gouv.fr/datasets/53699569a3a729239d2046eb/",
    covers="Les ESAT et une partie des entreprises adaptées, avec adresse, et point si le fichier en donne.",
    limits="Publication arrêtée en mai 2026, remplacée par FINESS+ ; ni places, ni métiers, ni zone d'intervention.",
    kinds=("ESAT", "EA"),
    minimum_rows=1_000,
    minimum_basis="1 504 ESAT dans la liste officielle",
)
KINDS = {"246": "ESAT", "247": "EA"}
_OVERSEAS = {"9A": "971", "9B": "972", "9C": "973", "9D": "974", "9E": "975", "9F": "976", "9J": "986"}
_SITE, _PLACE, _OPENING = "structureet", "geolocalisation", "finess;etalab;"

COLUMNS = list(
    words_of(
        """
        structureet nofinesset nofinessej rs rslongue complrs compldistrib numvoie typvoie voie compvoie lieuditbp
        commune departement libdepartement ligneacheminement telephone telecopie categetab libcategetab categagretab
        libcategagretab siret codeape codemft libmft codesph libsph dateouv dateautor datemaj numuai
        """
    )
)
_CONTACT = ("telephone", "telecopie")
_IGNORED = words_of(
    """
    structureet nofinessej complrs compldistrib libdepartement libcategetab categagretab libcategagretab codemft
    libmft codesph libsph dateouv dateautor numuai
    """
)
_KNOWN = frozenset(COLUMNS) - frozenset(_CONTACT)


@dataclass(frozen=True)
class _Site:
    """A site that waits for its point."""

    where: str
    row: Row
    cells: list[str]


def commune_code(departement: str, commune: str) -> str:
    """INSEE code of a commune: ``35`` and ``238`` is 35238; overseas ``9D`` and ``411`` is 97411."""
    overseas = _OVERSEAS.get(departement)
    return f"{overseas}{commune[-2:]}" if overseas else f"{departement}{commune}"


def place_of(cells: Sequence[str], issues: list[str]) -> Point | None:
    """The point of a ``geolocalisation`` row, by the projection its source names."""
    x, y = number(cells[2]), number(cells[3])
    projection = next((name for name in PROJECTIONS if name in cells[4].upper()), None)
    if x is None or y is None or projection is None:
        issues.append("point_invalid")
        return None
    found = degrees(x, y, projection)
    if found is None or not in_france(*found):
        issues.append("point_invalid")
        return None
    issues.append("coordinates_lambert93" if projection.startswith("L") else "coordinates_utm")
    return Point(lon=found[0], lat=found[1])


class Sites:
    """Sites kept until the end of the files, when every point is known: a few thousand among a hundred thousand rows."""

    def __init__(self) -> None:
        self.waiting: dict[str, _Site] = {}
        self.places: dict[str, list[str]] = {}

    def take(self, where: str, cells: list[str]) -> Outcome | None:
        """A row that is settled at once, or ``None`` when it must wait for its point."""
        if cells[0] == _PLACE:
            if cells[1] in self.waiting:
                self.places[cells[1]] = cells
            return None
        row = Row(dict(zip(COLUMNS, cells, strict=True)), where)
        row.ignore(("telecopie", *_IGNORED))
        if text(row.take("categetab")) not in KINDS:
            return Skip("other_category")
        if not is_finess(cells[1]):
            return Aside("finess_invalid", f"« nofinesset » vaut « {cells[1]} » : neuf caractères attendus")
        if cells[1] in self.waiting:
            return Skip("duplicate")
        self.waiting[cells[1]] = _Site(where, row, cells)
        return None

    def drafts(self, intake: Intake) -> Iterator[Draft]:
        """Every site, with its point when the files give one."""
        for site in self.waiting.values():
            outcome = settle(site.row, intake, self.convert)
            yield Draft(site.where, outcome, lambda cells=site.cells: show(COLUMNS, cells, _KNOWN))  # type: ignore[misc]

    def convert(self, row: Row, intake: Intake) -> Outcome:
        finess = str(row.take("nofinesset"))
        cells = self.waiting[finess].cells
        issues: list[str] = []
        short, long = (public_text(row.take(name), issues) for name in ("rs", "rslongue"))
        name = short or long
        if name is None:
            return Aside("name_missing", "« rs » et « rslongue » sont vides")
        siret, siren = identifiers(row.take("siret"), issues)
        return Record(
            source_id=finess,
            provenance=intake.provenance(day(row.take("datemaj"), issues)),
            name=name,
            siren=siren,
            siret=siret,
            finess=finess,
            agreements=(Agreement(kind=KINDS[cells[COLUMNS.index("categetab")].strip()]),),
            address=self._address(row, finess, issues),
            **reached(intake, (short, long), row.take("telephone")),
            naf=naf(row.take("codeape"), issues),
            issues=tuple(dict.fromkeys(issues)),
        )

    def _address(self, row: Row, finess: str, issues: list[str]) -> Address:
        line = " ".join(str(row.take(name) or "") for name in ("numvoie", "typvoie", "voie", "compvoie", "lieuditbp"))
        post, _, town = str(row.take("ligneacheminement") or "").strip().partition(" ")
        code = commune_code(str(row.take("departement") or ""), str(row.take("commune") or ""))
        commune, arrondissement = insee(code, issues)
        return Address(
            line=public_text(line, issues),
            post_code=post if len(post) == 5 and post.isdigit() else None,
            town=public_text(town, issues),
            commune=commune,
            arrondissement=arrondissement,
            point=place_of(self.places[finess], issues) if finess in self.places else None,
        )


def _opening(path: Path, first: str, intake: Intake) -> None:
    if not first.startswith(_OPENING):
        raise WrongFile(f"« {path.name} » : la première ligne devrait commencer par « {_OPENING} ».")
    issues: list[str] = []
    intake.updated_at = day(first.strip().rstrip(";").rpartition(";")[2], issues) or intake.updated_at
    intake.issues.update(issues)


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every site of every file, with the points of any of them."""
    sites = Sites()
    for path in files:
        yield from _settled(path, sites, intake)
    yield from sites.drafts(intake)


def _settled(path: Path, sites: Sites, intake: Intake) -> Iterator[Draft]:
    """The outcome of a row that need not wait: out of scope, or unusable."""
    check_file(path)
    encoding = check_encoding(path, "latin-1")
    intake.issues.update(["encoding_fallback"] if encoding == "latin-1" else [])
    with refusing(path), open_text(path, encoding) as lines:
        reader = csv.reader(lines, delimiter=";", strict=True)
        _opening(path, ";".join(next(reader, [])), intake)
        for where, cells in whole_rows(reader, path, _width):
            outcome = cells if isinstance(cells, Skip | Aside) else sites.take(where, cells)
            if outcome is not None:
                yield Draft(where, outcome, lambda cells=cells: _show(cells))  # type: ignore[misc]


def _width(first: str) -> int:
    return 6 if first == _PLACE else len(COLUMNS)


def _show(cells: list[str] | Skip | Aside) -> dict[str, object]:
    return show(COLUMNS, cells, _KNOWN) if isinstance(cells, list) else {}


def recognises(path: Path) -> bool:
    """Whether the first line is that of such an extraction."""
    try:
        check_file(path)
        with refusing(path), open_text(path, "latin-1") as lines:
            return lines.readline(LINE_LIMIT).removeprefix("ï»¿").startswith(_OPENING)
    except ImportRefused:
        return False


SOURCE = Source(card=CARD, read=read, recognises=recognises)
