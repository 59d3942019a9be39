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
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crawlers.kit import Aside, CsvTable, Draft, Frame, Intake, Outcome, Row, Skip, Source, WrongFile, settle
from crawlers.kit.files import check_file, open_plain, refusing
from crawlers.kit.place import insee, post_code
from crawlers.kit.values import day, identifiers, naf, number, public_text, text
from crawlers.sources._natural_person import is_natural_person
from vivier.errors import ImportRefused
from vivier.model import Address, Agreement, Capacity, Record
from vivier.runs.records import SourceCard

KINDS = {f"{kind}_DC": kind for kind in ("EI", "ACI", "AI", "ETTI", "EITI")}
"""Measures of common law, and the kind each one is an agreement of."""

ACTIVE = ("VALIDE", "PROVISOIRE")
_SUBSIDY, _PRISON = "FDI_DC", "_MP"


@dataclass(frozen=True, slots=True)
class Annexe:
    """An agreement with its dates, its state and its ETP. ``where`` is its place in the file, ``issues`` what is
    doubtful in it."""

    agreement: Agreement
    state: str
    etp: float | None
    where: str
    issues: tuple[str, ...]

    @property
    def rank(self) -> tuple[date, bool, date]:
        """Order of preference: the agreement that ends last, then a settled one before a provisional one, then the one
        that began last."""
        dated = self.agreement
        return (dated.valid_until or date.min, self.state == ACTIVE[0], dated.valid_from or date.min)

    def ended(self, today: date) -> bool:
        """Whether its last day is past."""
        return self.agreement.valid_until is not None and self.agreement.valid_until < today

    def places(self, today: date) -> tuple[Capacity, ...]:
        """The ETP of the agreement while it is in force; ``None`` for zero or an absent value."""
        start, end = self.agreement.valid_from, self.agreement.valid_until
        if end is None or end < today or (start is not None and start > today) or not self.etp or self.etp < 0:
            return ()
        return (Capacity(value=self.etp, unit="etp_insertion", status=self.state, year=end.year),)


class Annexes:
    """The agreement to keep for each structure and kind: memory grows with structures, not with their history."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._best: dict[str, dict[str, Annexe]] = {}

    def drafts(self, path: Path, intake: Intake) -> Iterator[Draft]:
        """A draft for each annexe that is not kept; those kept wait for their structure."""
        for where, found, public in ANNEXES.rows(path, intake):
            outcome = self._read(found, where, intake) if isinstance(found, Row) else found
            if outcome is not None:
                yield Draft(where, outcome, public)

    def _read(self, row: Row, where: str, intake: Intake) -> Outcome | None:
        measure = text(row.take("af_mesure_dispositif_code")) or ""
        state = text(row.take("af_etat_annexe_financiere_code")) or ""
        structure = text(row.take("af_id_structure"))
        if measure == _SUBSIDY:
            return Skip("subsidy")
        if measure.endswith(_PRISON):
            return Skip("prison_agreement")
        if measure not in KINDS:
            expected = f"{', '.join(KINDS)}, {_SUBSIDY}, …{_PRISON}"
            return Aside("kind_unknown", f"« af_mesure_dispositif_code » vaut « {measure} » ; attendu : {expected}")
        if state not in ACTIVE:
            return Skip("agreement_inactive")
        if structure is None:
            return Aside("field_missing", "« af_id_structure » est vide : nul ne sait de qui est cet agrément")
        annexe = _annexe(row, KINDS[measure], state, where)
        intake.unknown.update(row.left)
        return annexe if isinstance(annexe, Aside) else self._keep(structure, annexe)

    def _keep(self, structure: str, annexe: Annexe) -> Skip | None:
        best = self._best.setdefault(structure, {})
        other = best.get(annexe.agreement.kind)
        if other is None or annexe.rank > other.rank:
            best[annexe.agreement.kind] = annexe
        return None if other is None else Skip("agreement_older")

    def take(self, structure: str | None) -> list[Annexe]:
        """The agreements of a structure, by kind; they are given once."""
        return sorted(self._best.pop(structure or "", {}).values(), key=lambda annexe: annexe.agreement.kind)

    def orphans(self) -> Iterator[Draft]:
        """Agreements whose structure is not in the file of structures."""
        for structure, best in self._best.items():
            detail = f"« af_id_structure » {structure} n'est pas dans le fichier des structures"
            aside = Aside("structure_missing", detail)
            yield from (Draft(annexe.where, aside, dict) for annexe in best.values())


def _annexe(row: Row, kind: str, state: str, where: str) -> Annexe | Aside:
    issues: list[str] = []
    written = [row.take(name) for name in ("af_date_debut_effet", "af_date_fin_effet")]
    start, end = (day(value, issues, usual="french") for value in written)
    if "date_invalid" in issues:
        # Without its dates it would lose against an older one, which would then pass for the present one.
        return Aside("date_invalid", f"dates d'effet « {written[0]} » et « {written[1]} » : JJ/MM/AAAA attendu")
    number_of = text(row.take("af_numero_annexe_financiere"))
    agreement = Agreement(kind=kind, valid_from=start, valid_until=end, number=number_of)
    return Annexe(agreement, state, number(row.take("af_etp_postes_insertion")), where, tuple(issues))


_REQUIRED = (
    "af_id_structure",
    "af_mesure_dispositif_code",
    "af_etat_annexe_financiere_code",
    "af_date_debut_effet",
    "af_date_fin_effet",
    "af_etp_postes_insertion",
)
# Money, staff of former years, funders, dates of procedure: named here without « af_ », not used.
_IGNORED = """
numero_convention mesure_dispositif_id numero_avenant_renouvellement numero_avenant_modification
id_annexe_financiere id_avenant_modification date_depot_dde_financement etat_annexe_financiere_id
indicateur_suspension indicateur_derogation nb_effectif_total_annee_prec etp_effectif_total_annee_prec
nb_pers_agrees_pole_emploi_iae_annee_prec etp_pers_agrees_pole_emploi_iae_annee_prec nb_benef_en_inser_annee_prec
etp_benef_en_inser_annee_prec nb_sal_encadrement_tech_accomp_sociop etp_encadrement_tech_accomp_sociop_annee_prec
nb_sal_perm_encadrement_tech_sal_insertion etp_perm_encadrement_tech_sal_insertion_annee_prec nb_sal_perm_acc_sociop
etp_perm_acc_sociop_annee_prec nb_trava_non_salaries etp_trava_non_salaries
nb_presta_ext_enca_tech_accomp_sociop_annee_prec etp_presta_ext_enca_tech_accomp_sociopa_annee_prec
eff_nb_trav_indep_agrees_pole_emploi_eiti_annee_prec eff_etp_trav_indep_agrees_pole_emploi_eiti_annee_prec
eff_nb_trav_indep_avec_contrat_eiti_hors_iae_annee_prec eff_etp_trav_indep_avec_contrat_eiti_hors_iae_annee_prec
duree_heure_annuel_etp_id duree_heure_annuel_etp_code duree_heure_annuel_etp_valeur montant_unitaire_annuel_id
montant_unitaire_annuel_code montant_unitaire_annuel_valeur montant_total_annuel indic_cofinancement mt_cofinance
id_financeur_id id_financeur_code mt_total_aide mt_total_avance indic_perimetre_milieu_penitentiaire
nature_action_id nature_action_code description_action pourcentage_avance montant_cofinance mt_tot_masse_salariale
part_salaries_agrees total_produits_exploit date_cloture_exercice part_produits_exploit_vente_presta
aides_subventions_comp commune intercomm departement region etat fse plie agefiph autre_aide_publique
origine_autre_aide_publique fondation nb_prev_sorties taux_prev_sorties_dynamiques taux_prev_sorties_durable
taux_prev_sorties_trans taux_prev_sorties_positives duree_collective_hebdo prec_conv_cadre_connu
autre_conventionnement num_annexe_ei num_annexe_aci num_annexe_ai num_annexe_etti orga_conv_iae_fdi
nature_organisme_iae indic_chrs indic_organisme_formation indic_autre_conv_hors_iae autre_conv_hors_iae
indic_service_personnes indic_declaration indic_agrement_qualite indic_portee_regionale indic_fgie
indic_fond_terr_fr_active indic_garantie_bancaire indic_apport_ou_credit indic_autre_garan_banc
indic_autres_fonds_solid indic_fin_bancaire mt_tot_fin_obtenu indic_apport_capital_risque indic_apport_sifa
indic_apport_ides indic_apport_autre indic_interv_dla nom_dla nature_action_dla_id nature_action_dla_code
date_etat_brouillon date_etat_saisie_termine date_etat_rejete motif_rejet_id motif_rejet_code date_etat_provisoire
date_etat_valide date_etat_historise date_etat_dde_annulation motif_dde_annulation_id motif_dde_annulation_code
date_etat_annule date_etat_cloture date_signature date_reception_asp
"""
ANNEXES = CsvTable(
    required=_REQUIRED,
    optional=("af_numero_annexe_financiere",),
    ignored=(*(f"af_{name}" for name in _IGNORED.split()), "af_nb_banques numeric", "icf_date_debut_action_init"),
    delimiter="|",
    quoted=False,
    frame=Frame(opening=r"DEBAnnexeFinanciere(?P<day>\d{8})_", closing=r"FIN(?P<rows>\d+)", mark="FIN", day="%d%m%Y"),
    fallback="cp1252",
)


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
