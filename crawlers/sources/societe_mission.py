"""Sociétés à mission: a quality written in a company's statutes, recorded by SIRENE.

Two forms are read: pages of the API Recherche d'entreprises (one connection, well under its 7 requests a second), and the
SIRENE stock of legal units unpacked to CSV, row by row, since it holds every company of the country. Only companies said
« société à mission » are kept, as a flag of the legal unit without date. Names of people, of which SIRENE is full, are not
read; sole traders and companies that oppose their diffusion are left out.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawlers.kit import Aside, CsvFamily, Draft, FetchPlan, Intake, JsonPages, Numbered, Outcome, Row, Skip, Source
from crawlers.kit.files import check_file, open_plain
from crawlers.kit.values import text
from crawlers.sources._legal_unit import siren_of, unit_label, unit_record
from vivier.identity import words_of
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="societe_mission",
    role="companies",
    title="Sociétés à mission",
    producer="INSEE, base SIRENE",
    dataset="API Recherche d'entreprises, ou stock SIRENE des unités légales",
    licence="Licence Ouverte 2.0 (base SIRENE) : à vérifier sur la page du jeu de données",
    homepage="https://recherche-entreprises.api.gouv.fr",
    covers="Les entreprises (SIREN) que SIRENE dit sociétés à mission.",
    limits="Sans date ni domaine ; vaut pour l'entreprise entière ; ne dit rien de la mission ni de son suivi.",
    cadence_days=30,
    tolerance=0.01,
    minimum_rows=300,
    minimum_basis="plancher prudent : la taille de la liste n'est pas connue de nous",
)
_HOST = "recherche-entreprises.api.gouv.fr"


def _outcome(siren: object, name: object, form: str, active: bool, concerned: bool, intake: Intake) -> Outcome:
    if not concerned:
        return Skip("not_concerned")
    if form.startswith("1"):
        return Skip("sole_trader")
    if not active:
        return Skip("unit_ceased")
    number = siren_of(siren, "siren", lost_zeros=3)
    if isinstance(number, Aside):
        return number
    return unit_record(number, intake, name=name, labels=(unit_label("SOCIETE_MISSION"),))


def convert_page(row: Row, intake: Intake) -> Outcome:
    """One company of the API."""
    mission = row.inner("complements").take("est_societe_mission")
    name = row.take_first("nom_raison_sociale", "nom_complet")
    row.ignore(_UNUSED)
    if text(row.take("statut_diffusion")) not in (None, "O"):
        return Skip("not_public")
    active = text(row.take("etat_administratif")) == "A"
    return _outcome(row.take("siren"), name, text(row.take("nature_juridique")) or "", active, mission is True, intake)


def convert_stock(row: Row, intake: Intake) -> Outcome:
    """One legal unit of the stock."""
    mission = text(row.take("societeMissionUniteLegale")) in ("O", "true", "True")
    if mission and text(row.take("statutDiffusionUniteLegale")) not in (None, "O"):
        return Skip("not_public")
    active = row.take("etatAdministratifUniteLegale") == "A"
    form = text(row.take("categorieJuridiqueUniteLegale")) or ""
    return _outcome(row.take("siren"), row.take("denominationUniteLegale"), form, active, mission, intake)


_UNUSED = words_of(
    """
    sigle nombre_etablissements nombre_etablissements_ouverts siege activite_principale categorie_entreprise
    caractere_employeur annee_categorie_entreprise date_creation date_fermeture date_mise_a_jour
    date_mise_a_jour_insee date_mise_a_jour_rne section_activite_principale tranche_effectif_salarie
    annee_tranche_effectif_salarie matching_etablissements finances
    """
)
PAGES = JsonPages(
    convert=convert_page,
    required=("siren", "etat_administratif", "complements"),
    known=("siren", "nom_complet", "nom_raison_sociale", "nature_juridique", "etat_administratif"),
    contact=("dirigeants",),
)
STOCK = CsvFamily(
    convert=convert_stock,
    required=("siren", "etatAdministratifUniteLegale", "societeMissionUniteLegale"),
    optional=("denominationUniteLegale", "statutDiffusionUniteLegale", "categorieJuridiqueUniteLegale"),
    ignored=words_of(
        """
        unitePurgeeUniteLegale dateCreationUniteLegale sigleUniteLegale identifiantAssociationUniteLegale
        trancheEffectifsUniteLegale anneeEffectifsUniteLegale dateDernierTraitementUniteLegale
        nombrePeriodesUniteLegale categorieEntreprise anneeCategorieEntreprise dateDebut
        denominationUsuelle1UniteLegale denominationUsuelle2UniteLegale denominationUsuelle3UniteLegale
        activitePrincipaleUniteLegale activitePrincipaleNAF25UniteLegale nomenclatureActivitePrincipaleUniteLegale
        nicSiegeUniteLegale economieSocialeSolidaireUniteLegale caractereEmployeurUniteLegale
        """
    ),
    contact=words_of(
        """
        sexeUniteLegale prenom1UniteLegale prenom2UniteLegale prenom3UniteLegale prenom4UniteLegale
        prenomUsuelUniteLegale pseudonymeUniteLegale nomUniteLegale nomUsageUniteLegale
        """
    ),
)


def _is_json(path: Path) -> bool:
    check_file(path)
    with open_plain(path) as file:
        return file.read(256).removeprefix(BOM_UTF8).lstrip()[:1] == b"{"


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Pages of the API, or the stock, whichever the files are."""
    pages = [path for path in files if _is_json(path)]
    yield from PAGES.read(pages, intake)
    yield from STOCK.read([path for path in files if path not in pages], intake)


def recognises(path: Path) -> bool:
    """Whether the file is one of the two forms."""
    return PAGES.recognises(path) or STOCK.recognises(path)


PLAN = FetchPlan(
    what=Numbered(
        address=f"https://{_HOST}/search?est_societe_mission=true&etat_administratif=A&per_page=25&page={{page}}"
    ),
    hosts=(_HOST,),
    delay=0.5,
    verified="Paramètres, pages de 25, limite de 10 000, 7 demandes par seconde : code de l'API et de ses essais (juillet 2026).",
    unseen="robots.txt : aucun dans son dépôt.",
)

SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN)
