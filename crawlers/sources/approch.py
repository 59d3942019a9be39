"""APProch: purchases that the State and hospitals plan, before any notice
(docs/contracts.md, « A notice, a planned purchase »)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from crawlers.contracts.notices.desk import NoticeDesk
from crawlers.contracts.notices.documents import aside, first_object, json_records, usable
from crawlers.contracts.notices.raw import CodedProvision, Part, RawNotice
from crawlers.contracts.notices.values import amount_band, read_moment
from crawlers.contracts.pieces import Damaged
from crawlers.contracts.values import plain, read_flag
from crawlers.kit import Direct, Draft, FetchPlan, Intake, Skip, Source, scrub
from vivier.errors import ImportRefused
from vivier.identity import words_of
from vivier.law.articles import ReservedFor
from vivier.procurement import Provision
from vivier.runs.records import SourceCard
from vivier.trades.cpv import parse_cpvs

_HOST: Final = "data.economie.gouv.fr"
_DATASET: Final = "projets-dachats-publics"
REQUIRED: Final = ("code", "libelle", "siren_de_l_entite_acheteuse")
KNOWN: Final = frozenset(
    words_of(
        """
        code libelle statut description siren_de_l_entite_acheteuse categorie_d_achat code_s_cpv responsable
        date_previsionnelle_de_publication date_cible_de_remise_des_offres type_de_procedure lien_vers_la_consultation
        montant_estime_du_marche duree_previsionnelle_du_marche departement_s_d_execution_du_marche marche_reserve
        considerations_sociales considerations_environnementales etat_de_l_espace_d_echanges
        a_publier_sur_le_site_du_marche_de_l_inclusion nomenclature_hospitalier
        """
    )
)
"""``responsable`` is a person and is never read."""
DECLARED: Final = 0.95
METROPOLITAN: Final = 90
"""Number of départements from which a project that names them is national: some projects leave out a few of the 96, or
all those overseas."""
_DEPARTEMENT: Final = re.compile(r"\d{2,3}|2[AB]")
_AIMS: Final[tuple[tuple[str, Provision], ...]] = (
    ("marche_reserve", "reserved"),
    ("considerations_sociales", "social_unspecified"),
    ("considerations_environnementales", "environmental"),
)
_API_AIMS: Final[tuple[tuple[str, Provision], ...]] = (
    ("socialConsiderationsConcerned", "social_unspecified"),
    ("environmentalConsiderationsConcerned", "environmental"),
)
_API_CATEGORIES: Final = {"travaux": "travaux", "fournitures": "fournitures", "services": "services"}
_CATEGORIES: Final = {"Travaux": "travaux", "Fournitures": "fournitures", "Services": "services"}

CARD = SourceCard(
    id="approch",
    title="Projets d'achats publics (APProch)",
    producer="Direction des achats de l'État",
    dataset=_DATASET,
    licence="Licence Ouverte 2.0",
    homepage=f"https://{_HOST}/explore/dataset/{_DATASET}/",
    content="notices",
    memory="stream",
    covers="Achats prévus par l'État, ses établissements et des hôpitaux, avec considérations et souhait d'ouverture à l'inclusion.",
    limits="Facultatif pour les acheteurs : beaucoup de projets n'y sont pas ; dates et montants sont des prévisions.",
    cadence_days=7,
)


API_REQUIRED: Final = ("url", "label", "publicationTargetDate")
"""Keys of the objects of the API behind the site (2021–2022), which the open data set later renamed."""
API_KNOWN: Final = frozenset(
    [
        *API_REQUIRED,
        "description",
        "purchasingCategory",
        "CPVPrimary",
        "status",
        "dlro",
        "marketEstimatedAmount",
        "marketMaxDuration",
        "socialConsiderationsConcerned",
        "environmentalConsiderationsConcerned",
        "consultationLink",
        "keywords",
        "messagingActive",
        "createdAt",
        "updatedAt",
        "procedureType",
        "reservedPublicMarkets",
        "departments",
        "purchasingEntity",
    ]
)
_RESERVED: Final[Mapping[str, tuple[ReservedFor, ...]]] = {"eess": ("ESS",)}
"""Families of the codes of « reservedPublicMarkets ». Only this one was seen: another reserves without saying for whom."""
_FILLER: Final = 999.0
"""The amount that a tenth of the projects of the API have, whatever they buy."""


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    desk = NoticeDesk(intake, "approch")
    for path, twice in usable(files):
        if twice:
            yield Draft(path.name, Skip("duplicate_file"), dict)
            continue
        of_api = set(API_REQUIRED) <= set(first_object(path))
        required, known, made = (API_REQUIRED, API_KNOWN, api_project) if of_api else (REQUIRED, KNOWN, project)
        for number, record in enumerate(json_records(path, intake, required), start=1):
            where = f"{path.name}#{number}"
            if isinstance(record, Damaged):
                yield Draft(where, aside(record), dict)
                continue
            intake.unknown.update(set(record) - known)
            yield from desk.drafts(where, partial(made, record), lambda raw, record=record: _show(record))  # type: ignore[misc]


def _show(record: Mapping[str, Any]) -> Mapping[str, object]:
    return {name: scrub(str(record[name]))[0] for name in ("code", "libelle", "url", "label") if name in record}


def project(record: Mapping[str, Any]) -> RawNotice:
    """One planned purchase."""
    code = plain(record.get("code"))
    low, high = amount_band(record.get("montant_estime_du_marche"))
    named = [
        name.strip() for name in str(record.get("departement_s_d_execution_du_marche") or "").split("|") if name.strip()
    ]
    national = len({name for name in named if _DEPARTEMENT.fullmatch(name)}) >= METROPOLITAN
    return RawNotice(
        number=code,
        form="approch",
        nature="project",
        whole=Part(
            title=plain(record.get("libelle")),
            description=plain(record.get("description")),
            cpv=list(parse_cpvs(_codes(record.get("code_s_cpv")))),
            months=record.get("duree_previsionnelle_du_marche"),
            amount_min=low,
            amount_max=high,
            deadline=read_moment(record.get("date_cible_de_remise_des_offres")),
            coded=list(_coded(record)),
        ),
        planned=record.get("date_previsionnelle_de_publication"),
        buyer=("SIREN", _siren(record.get("siren_de_l_entite_acheteuse")), None),
        category=_CATEGORIES.get(plain(record.get("categorie_d_achat")) or ""),
        departements=[] if national else named,
        national=national,
        wanted_inclusive=read_flag(record.get("a_publier_sur_le_site_du_marche_de_l_inclusion"))[0],
        url=f"https://projets-achats.marches-publics.gouv.fr/project/{code}",
        issues=list(_issues(record, named)),
    )


def _issues(record: Mapping[str, Any], departements: Sequence[str]) -> Iterator[str]:
    if plain(record.get("statut")) not in (None, "Ouvert"):
        yield "project_closed"
    if any(read_flag(record.get(field))[1] for field, _ in _AIMS):
        yield "value_unread"
    if not all(map(_DEPARTEMENT.fullmatch, departements)):
        yield "place_unresolved"


def api_project(record: Mapping[str, Any]) -> RawNotice:
    """One planned purchase as an object of the API. « dont_know » is unknown: neither yes nor no."""
    url = plain(record.get("url")) or ""
    number = next((part for part in reversed(url.split("/")) if part.isdigit()), None)
    named = [code for item in record.get("departments") or () if (code := plain(item.get("department")))]
    national = "FR" in named or len({name for name in named if _DEPARTEMENT.fullmatch(name)}) >= METROPOLITAN
    amount = record.get("marketEstimatedAmount")
    filled = amount in (0, _FILLER)
    entity = record.get("purchasingEntity") or {}
    closed = plain(record.get("status")) == "close"
    return RawNotice(
        number=number,
        form="approch_api",
        nature="project",
        whole=Part(
            title=plain(record.get("label")),
            description=plain(record.get("description")),
            cpv=list(parse_cpvs(_codes(record.get("CPVPrimary")))),
            months=record.get("marketMaxDuration"),
            amount_min=None if filled else amount,
            amount_max=None if filled else amount,
            deadline=read_moment(record.get("dlro")),
            coded=list(_api_coded(record)),
        ),
        planned=record.get("publicationTargetDate"),
        buyer=(
            "SIRET" if entity.get("siret") else "SIREN",
            entity.get("siret") or entity.get("siren"),
            entity.get("label"),
        ),
        category=_API_CATEGORIES.get(plain(record.get("purchasingCategory")) or ""),
        departements=[] if national else [name for name in named if name != "FR"],
        national=national,
        url=url or None,
        issues=[code for code, found in (("project_closed", closed), ("amount_suspect", filled)) if found],
    )


def _api_coded(record: Mapping[str, Any]) -> Iterator[CodedProvision]:
    for kind in record.get("reservedPublicMarkets") or ():
        code = plain(kind.get("code")) or "reserved"
        yield CodedProvision("reserved", code, DECLARED, _RESERVED.get(code, ()), "notice_code")
    for field, provision in _API_AIMS:
        if record.get(field) == "yes":
            yield CodedProvision(provision, "yes", DECLARED, (), "notice_code")


def _codes(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _siren(value: object) -> str | None:
    """The SIREN, published as a number: its leading zeros are put back."""
    text = plain(value)
    return text.zfill(9) if text and text.isdigit() and len(text) < 10 else text


def _coded(record: Mapping[str, Any]) -> Iterator[CodedProvision]:
    for field, provision in _AIMS:
        if read_flag(record.get(field))[0]:
            yield CodedProvision(provision, "Oui", DECLARED, (), "notice_code")


def recognises(path: Path) -> bool:
    """Whether the first record is a planned purchase."""
    try:
        keys = set(first_object(path))
        return set(REQUIRED) <= keys or set(API_REQUIRED) <= keys
    except ImportRefused:
        return False


PLAN = FetchPlan(
    what=Direct(files={"projets.json": f"https://{_HOST}/api/explore/v2.1/catalog/datasets/{_DATASET}/exports/json"}),
    hosts=(_HOST,),
    documentation="https://help.opendatasoft.com/apis/ods-explore-v2/",
    verified="Jeu de données, champs et quelque 11 400 projets : dépôts publics (août 2026). Le robots.txt de data.economie.gouv.fr, lu par un "
    "tiers le 5 octobre 2026, interdit « /api/ » aux pages : l'API documentée et sous licence ouverte est lue comme sa documentation le dit.",
)
SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN, duplicates="never")
