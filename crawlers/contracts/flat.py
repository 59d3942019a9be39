"""Says which column of a table holds each field of a contract, and gathers the rows of one version of one contract.

The consolidated table has one row for each version and holder, data.economie one for each amendment or act. Rows that
follow one another and have the same cells for the contract are one contract with several holders, amendments or acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from crawlers.contracts.codes import values_of
from crawlers.contracts.desk import Desk
from crawlers.contracts.documents import given_twice
from crawlers.contracts.organisations import Party
from crawlers.contracts.raw import RawContract, RawModification, RawSubcontract
from crawlers.contracts.tables import Cells, Row, Table, rows_of
from crawlers.contracts.values import read_amount, written
from crawlers.kit import ROW_ERRORS, Draft, Intake, Outcome, Skip, refused, scrub

CONTRACT: Final[dict[str, tuple[str, ...]]] = {
    "uid": ("uid",),
    "number": ("id", "id_marche"),
    "buyer_id": ("acheteur_id", "idAcheteur"),
    "buyer_name": ("acheteur_nom", "nomAcheteur"),
    "object": ("objet", "objet_marche"),
    "cpv": ("codeCPV",),
    "nature": ("nature",),
    "procedure": ("procedure",),
    "techniques": ("techniques",),
    "modalities": ("modalitesExecution",),
    "ccag": ("ccag",),
    "grouping": ("typeGroupementOperateurs",),
    "framework": ("idAccordCadre",),
    "place_code": ("lieuExecution_code", "lieuExecutionCode"),
    "place_type": ("lieuExecution_typeCode", "lieuExecutionTypeCode"),
    "place_name": ("lieuExecution_nom", "lieuExecutionNom"),
    "amount": ("montant", "montant_marche"),
    "months": ("dureeMois",),
    "notified": ("dateNotification",),
    "published": ("datePublicationDonnees",),
    "offers": ("offresRecues",),
    "subcontracted": ("sousTraitanceDeclaree",),
    "innovative": ("marcheInnovant",),
    "social": ("considerationsSociales",),
    "environmental": ("considerationsEnvironnementales",),
    "version": ("modification_id",),
    "current": ("donneesActuelles",),
    "corrected": ("montant_rationalise",),
    "anomaly": ("montant_anomalie",),
    "commune": ("acheteur_commune_code",),
    "departement": ("acheteur_departement_code",),
    "town": ("acheteur_commune_nom",),
    "lon": ("acheteur_longitude",),
    "lat": ("acheteur_latitude",),
    "category": ("acheteur_categorie",),
    **{
        f"holder_{what}_{n}": (f"titulaire_{name}_{n}", f"titulaires.{n}.{name}")
        for n in (1, 2, 3)
        for what, name in (("type", "typeIdentifiant"), ("id", "id"))
    },
}
"""Columns whose cells are the same on every row of one version of a contract."""

ROW: Final[dict[str, tuple[str, ...]]] = {
    "holder_type": (
        "titulaire_typeIdentifiant",
        "titulaires_typeIdentifiant",
        "titulaires_typeIdentifianttype_identifiant",
    ),
    "holder_id": ("titulaire_id", "titulaires_id"),
    "holder_name": ("titulaire_nom", "titulaires_denominationSociale", "titulaire_denominationSociale"),
    "modif_id": ("idModification",),
    "modif_notified": ("dateNotificationModificationModification", "dateNotificationModification"),
    "modif_published": ("datePublicationDonneesModificationModification", "datePublicationDonneesModification"),
    "modif_amount": ("montantModification",),
    "modif_months": ("dureeMoisModification",),
    "modif_holder_type": ("typeIdentifiantTitulaireModification",),
    "modif_holder_id": ("idTitulaireModification",),
    "act_type": ("typeIdentifiantSousTraitant",),
    "act_id": ("idSousTraitant",),
    "act_amount": ("montantActeSousTraitance",),
    "act_months": ("dureeMoisActeSousTraitance",),
    "act_notified": ("dateNotificationActeSousTraitance",),
}
"""Columns whose cells may differ from one row to the next: a holder, an amendment, a subcontracting act."""

WANTED: Final = {**CONTRACT, **ROW}
_WIDTH = len(CONTRACT)
_ABSENT = frozenset([None, "", "CDL", "NC", "MQ"])


@dataclass(frozen=True)
class FlatFamily:
    """A layout of contracts in a table. ``nothing_is_none``: « Sans objet » declares that there is no consideration."""

    form: str
    table: Table
    nothing_is_none: bool = False

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every contract of every file. A file given twice is skipped, by name."""
        desk = Desk(intake)
        twice = given_twice(files)
        for position, path in enumerate(files):
            if position in twice:
                yield Draft(path.name, Skip("duplicate_file"), dict)
            else:
                yield from self._contracts(rows_of(path, self.table, intake), desk)
        intake.updated_at = desk.latest

    def _contracts(self, rows: Iterator[Row], desk: Desk) -> Iterator[Draft]:
        for cells, group in groupby(rows, key=_contract_cells):
            if isinstance(cells, tuple):
                yield self._contract(cells, group, desk)
            else:
                yield from (Draft(where, cells, dict) for where, _ in group)

    def _contract(self, contract: Cells, group: Iterator[Row], desk: Desk) -> Draft:
        where, count, rests = "", 0, dict[Cells, None]()
        for place, cells in group:
            where = where or place
            count += 1
            rests[cells[_WIDTH:] if isinstance(cells, tuple) else ()] = None
        if count > 1:
            desk.intake.issues["rows_gathered"] += count - 1
        outcome: Outcome
        try:
            outcome = desk.record(self._raw(where, contract, list(rests)))
        except ROW_ERRORS as error:
            outcome = refused(error)
        return Draft(where, outcome, lambda: _show(contract))

    def _raw(self, where: str, contract: Cells, rests: list[Cells]) -> RawContract:
        (
            _, number, buyer_id, buyer_name, object_, cpv, nature, procedure, techniques, modalities, ccag, grouping,
            framework, place_code, place_type, place_name, amount, months, notified, published, offers, subcontracted,
            innovative, social, environmental, version, current, corrected, anomaly, commune, departement, town, lon, lat,
            category, *numbered,
        ) = contract  # fmt: skip
        rationalised = anomaly not in _ABSENT and read_amount(corrected)[0] is not None
        return RawContract(
            source_id=where,
            form=self.form,
            number=number,
            buyer=("SIRET", buyer_id, buyer_name),
            buyer_place=(commune, departement, town, lon, lat, category)
            if commune or departement or category
            else None,
            holders=_holders(numbered, rests),
            object=object_,
            cpv=cpv,
            nature=nature,
            procedure=procedure,
            techniques=techniques,
            modalities=modalities,
            ccag=ccag,
            grouping=grouping,
            framework=framework,
            place=(place_code, place_type, place_name) if place_code or place_name else None,
            amount=corrected if rationalised else amount,
            months=months,
            notified=notified,
            published=published,
            offers=offers,
            subcontracted=subcontracted,
            innovative=innovative,
            social=social,
            environmental=environmental,
            modifications=[m for cells in dict.fromkeys(rest[3:10] for rest in rests) if (m := _modification(cells))],
            subcontracts=[s for cells in dict.fromkeys(rest[10:] for rest in rests) if (s := _subcontract(cells))],
            version=version,
            current=current,
            nothing_is_none=self.nothing_is_none,
            issues=("amount_rationalised",) if rationalised else (),
        )


def _contract_cells(row: Row) -> Any:
    cells = row[1]
    return cells[:_WIDTH] if isinstance(cells, tuple) else cells


def _holders(numbered: Sequence[Any], rests: list[Cells]) -> list[Party]:
    found = [(numbered[at], numbered[at + 1], None) for at in (0, 2, 4) if numbered[at + 1] not in _ABSENT]
    return [*found, *((rest[0], rest[1], rest[2]) for rest in rests if rest[1] or rest[2])]


def _modification(cells: Cells) -> RawModification | None:
    if all(cell in _ABSENT for cell in cells):
        return None
    number, notified, published, amount, months, types, ids = cells
    kinds = values_of(types)
    return RawModification(
        number=number,
        notified=notified,
        published=published,
        amount=amount,
        months=months,
        holders=[
            (kinds[at] if at < len(kinds) else None, holder, None)
            for at, holder in enumerate(values_of(ids))
            if written(holder)
        ],
    )


def _subcontract(cells: Cells) -> RawSubcontract | None:
    if all(cell in _ABSENT for cell in cells):
        return None
    kind, identifier, amount, months, notified = cells
    return RawSubcontract(party=(kind, identifier, None), amount=amount, months=months, notified=notified)


def _show(contract: Cells) -> dict[str, object]:
    shown = dict(zip(CONTRACT, contract, strict=True))
    return {name: scrub(str(shown[name]))[0] for name in ("number", "buyer_id", "object") if shown[name] is not None}
