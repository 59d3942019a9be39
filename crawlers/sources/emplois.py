"""Les emplois de l'inclusion: the public API of structures (IAE and GEIQ), one chain of JSON pages per département.

The list is not filtered on agreements in force: a structure of the IAE that is there may have none (``agreement_not_stated``), and
only the day of its row dates it. EA and EATT left every public endpoint on 11 May 2026. ``OPCS`` is a clause operator, not a
supplier. A job that is open is evidence of a trade (level 4, « job »); a closed one is not. Anonymous rate: 12 requests a minute.

Pages of ``/api/v1/marche/``, which les-emplois gives to services that have a token, are read too, from files or online with
``VIVIER_EMPLOIS_TOKEN`` (sent as ``Token …``, the writing of its framework: not verified by us). They are flat, without jobs, with points; a structure of the IAE whose agreement is not in force (``convention_is_active``) is left out by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawlers.kit import Aside, Chains, FetchPlan, Intake, JsonPages, Outcome, Row, Skip, Source
from crawlers.kit.place import address_of
from crawlers.kit.values import day, description, free_text, identifiers, public_text, reached, text, website
from crawlers.sources._emplois_marche import IAE, KINDS, PAGES
from crawlers.trades import trades_of_rome
from vivier.identity import words_of
from vivier.model import Agreement, Offer, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="emplois",
    title="Les emplois de l'inclusion",
    producer="Plateforme de l'inclusion (GIP)",
    dataset="API publique des structures",
    licence="non précisée par le producteur",
    homepage="https://emplois.inclusion.beta.gouv.fr",
    role="platform",
    covers="Structures d'insertion par l'activité économique et GEIQ, avec les métiers des postes ouverts.",
    limits="Ni coordonnées géographiques, ni capacité, ni zone d'intervention ; ne dit pas si la convention est en cours ; sans les "
    "entreprises adaptées, sauf pages à jeton.",
    cadence_days=7,
    in_force=False,
    kinds=KINDS,
    minimum_rows=2_000,
    minimum_basis="environ 3 850 structures de l'IAE dans la liste nationale de 2019 à 2021",
)
_PUBLIC = (*IAE, "GEIQ")
"""Kinds of the public pages: EA and EATT left them."""

_ROME = re.compile(r"(?:^|\(\s*)(?P<code>[A-Z]\d{4})(?:\s*\))?$")
_HOST = "emplois.inclusion.beta.gouv.fr"
_METROPOLE = [f"{n:02}" for n in range(1, 96) if n != 20]
_DEPARTEMENTS = (*_METROPOLE, "2A", "2B", "971", "972", "973", "974", "975", "976", "977", "978")


def _is_open(job: Any) -> bool:
    # The flag may come as a boolean or as the text "True" / "False".
    return isinstance(job, dict) and str(job.get("recrutement_ouvert")).lower() == "true"


def rome_of(written: Any) -> str:
    """The ROME code of a job, written alone (« K2204 ») or after its name (« Nettoyage de locaux (K2204) »); empty when none."""
    found = _ROME.search((text(written) or "").upper())
    return found["code"] if found else ""


def _job_offers(jobs: Any, issues: list[str]) -> Iterator[Offer]:
    for job in filter(_is_open, jobs if isinstance(jobs, list) else []):
        title = free_text(job.get("appellation_modifiee"), issues)
        trades = trades_of_rome(rome_of(job.get("rome")))
        if not trades:
            issues.append("rome_without_trade")
        for trade in trades or (None,):
            yield Offer(trade=trade, evidence="job", title=title)


def offers_of_jobs(jobs: Any, issues: list[str]) -> tuple[Offer, ...]:
    """One offer per trade of the open jobs; the title is the first job's own words."""
    distinct: dict[tuple[str | None, str | None], Offer] = {}
    for offer in _job_offers(jobs, issues):
        distinct.setdefault((offer.trade, offer.title if offer.trade is None else None), offer)
    return tuple(distinct.values())


def convert(row: Row, intake: Intake) -> Outcome:
    """One structure under one kind."""
    row.ignore(("cree_le", "bloque_candidatures", "departement"))
    kind = text(row.take("type"))
    if kind == "OPCS":
        return Skip("not_a_supplier")
    if kind not in _PUBLIC:
        return Aside("kind_unknown", f"« type » vaut « {kind} » ; attendu : {', '.join(_PUBLIC)}, OPCS")
    issues: list[str] = []
    name = public_text(row.take("raison_sociale"), issues)
    if name is None:
        return Aside("name_missing", "« raison_sociale » est vide")
    return _record(row, intake, kind, name, issues)


def _record(row: Row, intake: Intake, kind: str, name: str, issues: list[str]) -> Record | Aside:
    written = text(row.take("siret"))
    siret, siren = identifiers(written, issues)
    key = text(row.take("id")) or (f"{written}-{kind}" if siret else None)
    if key is None:
        return Aside("siret_invalid", f"ni « id » ni « siret » valide (« {written} »)")
    brand = public_text(row.take("enseigne"), issues)
    if kind in IAE:
        issues.append("agreement_not_stated")
    return Record(
        source_id=key,
        provenance=intake.provenance(day(row.take("mis_a_jour_le"), issues)),
        name=name,
        brand=brand if brand != name else None,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind),),
        address=address_of(row, issues, ("addresse_ligne_1", "addresse_ligne_2"), "code_postal", "ville"),
        offers=offers_of_jobs(row.take("postes"), issues),
        website=website(row.take("site_web"), issues),
        description=description(row.take("description"), issues),
        **reached(intake, (name, brand), row.take("courriel"), row.take("telephone")),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = JsonPages(
    convert=convert,
    required=("siret", "type", "raison_sociale", "code_postal", "ville"),
    known=words_of(
        """
        id cree_le mis_a_jour_le siret type raison_sociale enseigne bloque_candidatures addresse_ligne_1
        addresse_ligne_2 code_postal ville departement
        """
    ),
    contact=("telephone", "courriel"),
    reach=("telephone", "courriel"),
    variant=PAGES,
)
PLAN = FetchPlan(
    what=Chains(
        starts=tuple(f"https://{_HOST}/api/v1/siaes/?departement={code}&page_size=100" for code in _DEPARTEMENTS)
    ),
    hosts=(_HOST,),
    delay=5.0,
    key_setting="emplois_token",
    key_scheme="Token",
    with_key=Chains(starts=(f"https://{_HOST}/api/v1/marche/?page_size=100",)),
    verified="Adresse, pages, champs, « Nettoyage de locaux (K2204) » et 12 demandes par minute : code du producteur (gip-inclusion/les-emplois, août 2026). Aucune trace de robots.txt.",
    unseen="La licence, que le producteur ne dit pas.",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, plan=PLAN)
