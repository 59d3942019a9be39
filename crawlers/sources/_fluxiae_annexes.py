"""The annexes financières of fluxIAE: what each agreement is, until when, for how many places (ETP)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crawlers.kit import Aside, CsvTable, Draft, Frame, Intake, Outcome, Row, Skip
from crawlers.kit.values import day, number, text
from vivier.model import Agreement, Capacity

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
