"""The ASP's « fluxIAE » (delivered, not open): structures and their yearly agreements (*annexes financières*), joined.

``|`` between cells, quotation marks are characters like others, a first line ``DEB…`` gives the day and a last line ``FIN<n>``
the number of rows, which is checked. A file called ``.gz`` may be a zip. Identity is (ASP number, kind). An annexe counts
when its state is ``VALIDE`` or ``PROVISOIRE``; the one that ends last gives the dates, and the places while it is in force.
``FDI_DC`` is a subsidy; ``…_MP`` is work in prison, which this source does not turn into a kind. The present SIRET
(``structure_siret_actualise``) is used when it differs from the one signed with. Rows counted are the annexes, and the
structures that have none in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from crawlers.kit import Aside, CsvTable, Draft, Frame, Intake, Outcome, Row, Skip, Source, WrongFile, settle
from crawlers.kit.files import check_file, open_plain, refusing
from crawlers.kit.place import insee, post_code
from crawlers.kit.values import identifiers, naf, public_text, text
from crawlers.sources._fluxiae_annexes import ANNEXES, Annexe, Annexes
from crawlers.sources._natural_person import is_natural_person
from vivier.errors import ImportRefused
from vivier.model import Address, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="fluxiae",
    role="register",
    title="fluxIAE : structures et annexes financières",
    producer="Agence de services et de paiement (ASP)",
    dataset="fluxIAE, structures et annexes financières",
    licence="fichier remis, non ouvert : pas de rediffusion sans accord",
    covers="Structures d'insertion conventionnées, avec les dates et les ETP d'insertion de leurs annexes financières.",
    limits="Ni métiers ni zone d'intervention ; fichier remis par l'ASP, non publié.",
    cadence_days=7,
    exhaustive=True,
    kinds=("EI", "ACI", "AI", "ETTI", "EITI"),
    minimum_rows=2_000,
    minimum_basis="environ 3 850 structures de l'IAE dans la liste nationale de 2019 à 2021",
)
_UNKNOWN = ("capacity_unknown",)
_PLACE = "structure_adresse_admin_"
_LINE = ("numero", "cplt_num_voie", "type_voie", "nom_voie", "cplt_adresse")


def _address(row: Row, issues: list[str]) -> Address:
    line = " ".join(str(row.take(_PLACE + name) or "") for name in _LINE)
    commune, arrondissement = insee(row.take(_PLACE + "code_insee"), issues, lost_zeros=True)
    return Address(
        line=public_text(line, issues),
        post_code=post_code(row.take(_PLACE + "cp"), issues, lost_zeros=True),
        town=public_text(row.take(_PLACE + "commune"), issues),
        commune=commune,
        arrondissement=arrondissement,
    )


def _siret(row: Row, issues: list[str]) -> tuple[str | None, str | None]:
    """The present SIRET when it is valid, else the one the agreement was signed with."""
    signed, present = text(row.take("structure_siret_signature")), text(row.take("structure_siret_actualise"))
    if present is None or present == signed:
        return identifiers(signed, issues)
    found = identifiers(present, issues)
    if found[0] is None:
        return identifiers(signed, issues)
    issues.append("siret_replaced")
    return found


_MANAGED = tuple(
    f"structure_adresse_gestion_{name}"
    for name in ("numero_apt", "entree", "numero", "cplt_num_voie", "type_voie", "nom_voie", "cplt_adresse")
)
STRUCTURES = CsvTable(
    required=(
        "structure_id_siae",
        "structure_siret_signature",
        "structure_siret_actualise",
        "structure_denomination",
        "structure_categorie_juridique_code",
        *(_PLACE + name for name in ("numero", "type_voie", "nom_voie", "cp", "commune", "code_insee")),
    ),
    optional=("structure_code_naf", _PLACE + "cplt_num_voie", _PLACE + "cplt_adresse"),
    ignored=(
        "structure_date_creation",
        "structure_date_modification",
        "structure_categorie_juridique_id",
        "structure_idcc_id",
        "structure_idcc_code",
        _PLACE + "numero_apt",
        _PLACE + "entree",
        *_MANAGED,
        *(f"structure_adresse_gestion_{name}" for name in ("cp", "commune", "code_insee")),
    ),
    contact=(
        "structure_adresse_admin_telephone",
        "structure_adresse_gestion_telephone",
        "structure_identifiant_corresp_technique",
        "structure_adresse_mail_corresp_technique",
        "structure_adresse_nom_corresp_technique",
        "structure_adresse_prenom_corresp_technique",
    ),
    delimiter="|",
    quoted=False,
    frame=Frame(opening=r"DEBStructure(?P<day>\d{8})_", closing=r"FIN(?P<rows>\d+)", mark="FIN", day="%d%m%Y"),
    fallback="cp1252",
)


class Join:
    """Joins structures, as they come, to their agreements, read before."""

    def __init__(self, annexes: Annexes) -> None:
        self.annexes = annexes
        self.agreements: list[Annexe] = []

    def structure(self, row: Row, intake: Intake) -> Outcome:
        """Reads the fields of a structure that all its agreements share. The agreements are taken even when the
        structure is set aside."""
        number = text(row.take("structure_id_siae"))
        self.agreements = self.annexes.take(number)
        issues: list[str] = []
        name = public_text(row.take("structure_denomination"), issues)
        if is_natural_person(text(row.take("structure_categorie_juridique_code"))):
            return Skip("sole_trader")
        if number is None:
            return Aside("field_missing", "« structure_id_siae » est vide : il sert d'identifiant")
        if name is None:
            return Aside("name_missing", "« structure_denomination » est vide")
        siret, siren = _siret(row, issues)
        return Record(
            source_id=number,
            provenance=intake.provenance(),
            name=name,
            siren=siren,
            siret=siret,
            address=_address(row, issues),
            naf=naf(row.take("structure_code_naf"), issues),
            issues=tuple(dict.fromkeys(issues)),
        )

    def drafts(self, path: Path, intake: Intake) -> Iterator[Draft]:
        """One draft per agreement; a structure without agreement is one draft too."""
        for where, found, public in STRUCTURES.rows(path, intake):
            self.agreements = []
            outcome = settle(found, intake, self.structure) if isinstance(found, Row) else found
            if isinstance(outcome, Record):
                yield from (Draft(where, self._under(outcome, annexe), public) for annexe in self.agreements)
                if not self.agreements:
                    yield Draft(where, Skip("no_agreement"), public)
            else:
                yield Draft(where, outcome, public)
                yield from (Draft(where, outcome, public) for _ in self.agreements[1:])

    def _under(self, record: Record, annexe: Annexe) -> Record:
        places = annexe.places(self.annexes.today)
        issues = (*record.issues, *annexe.issues, *(() if places or annexe.ended(self.annexes.today) else _UNKNOWN))
        return record.model_copy(
            update={
                "source_id": f"{record.source_id}-{annexe.agreement.kind}",
                "agreements": (annexe.agreement,),
                "capacities": places,
                "issues": tuple(dict.fromkeys(issues)),
            }
        )


def _nature(path: Path) -> CsvTable:
    """Which of the two files this is, from its first line."""
    check_file(path)
    with refusing(path), open_plain(path) as file:
        first = file.read(200).decode("latin-1").removeprefix("\xef\xbb\xbf")
    for family in (STRUCTURES, ANNEXES):
        if family.frame is not None and family.frame.fits(first):
            return family
    raise WrongFile(
        f"« {path.name} » n'est pas un fichier fluxIAE : première ligne DEBStructure… ou DEBAnnexeFinanciere…."
    )


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """The agreements of every structure, the files being given in any order."""
    natures = {path: _nature(path) for path in files}
    annexes = [path for path in files if natures[path] is ANNEXES]
    structures = [path for path in files if natures[path] is STRUCTURES]
    if not annexes or not structures:
        missing = "des structures" if annexes else "des annexes financières"
        raise ImportRefused(
            f"Il manque le fichier fluxIAE {missing} : donnez ensemble fluxIAE_Structure_… et fluxIAE_AnnexeFinanciere_…."
        )
    agreements = Annexes(intake.now.date())
    for path in annexes:
        yield from agreements.drafts(path, intake)
    join = Join(agreements)
    for path in structures:
        yield from join.drafts(path, intake)
    yield from agreements.orphans()


def recognises(path: Path) -> bool:
    """Whether the file is one of the two."""
    return STRUCTURES.recognises(path) or ANNEXES.recognises(path)


SOURCE = Source(card=CARD, read=read, recognises=recognises)
