"""Answers of the API Recherche d'entreprises → what it says of the SIRET asked. ``dirigeants`` are never read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from crawlers.kit import FetchPlan, WrongFile
from crawlers.kit.files import check_file, open_json, refusing
from crawlers.kit.values import naf, number, text
from crawlers.plan import Chains
from vivier.identity import is_siret
from vivier.model.context import Establishment

HOST = "recherche-entreprises.api.gouv.fr"
DELAY = 0.15
"""Seconds between two requests: the API allows seven a second."""


def plan_of(sirets: Iterable[str]) -> FetchPlan:
    """The plan of one direct look-up for each SIRET, without the managers."""
    parameters = {"minimal": "true", "include": "siege,matching_etablissements,finances,complements", "per_page": "1"}
    starts = tuple(f"https://{HOST}/search?{urlencode({'q': siret, **parameters})}" for siret in sirets)
    return FetchPlan(
        what=Chains(starts=starts),
        hosts=(HOST,),
        delay=DELAY,
        verified="Paramètres, champs et 7 demandes par seconde : code de l'API et de ses essais (juillet 2026).",
        unseen="robots.txt : aucun dans son dépôt.",
    )


def read_answer(path: Path, queried: str | None, today: date) -> Iterator[Establishment]:
    """The establishments that one answer names.

    ``queried`` is the SIRET looked up: when the answer does not name it, it is given as unknown to SIRENE.
    """
    found = [fact for result in _results(path) for fact in _establishments(result, today)]
    yield from found
    if queried is not None and queried not in {fact.siret for fact in found}:
        yield Establishment(siret=queried, known=False, read_on=today)


def is_answer(path: Path) -> bool:
    """Whether a file begins like an answer of the API."""
    with open_json(path) as file:
        return file.read(1) == b"{"


def _results(path: Path) -> list[dict[str, object]]:
    check_file(path)
    with refusing(path), open_json(path) as file:
        content = file.read()
    try:
        page = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise WrongFile(f"« {path.name} » n'est pas du JSON complet ({error.msg}, ligne {error.lineno}).") from error
    results = page.get("results") if isinstance(page, dict) else None
    if not isinstance(results, list):
        raise WrongFile(
            f"« {path.name} » n'est pas une réponse de l'API Recherche d'entreprises : « results » attendu."
        )
    return [result for result in results if isinstance(result, dict)]


def _establishments(result: dict[str, object], today: date) -> Iterator[Establishment]:
    sites = result.get("matching_etablissements")
    listed = [site for site in sites if isinstance(site, dict)] if isinstance(sites, list) else []
    seat = result.get("siege")
    unit = _unit(result)
    for site in {str(s.get("siret")): s for s in ([seat] if isinstance(seat, dict) else []) + listed}.values():
        siret = text(site.get("siret"))
        if siret is not None and is_siret(siret):
            yield Establishment(siret=siret, read_on=today, **_site(site, result), **unit)


def _site(site: dict[str, object], result: dict[str, object]) -> dict[str, Any]:
    state = text(site.get("etat_administratif")) or text(result.get("etat_administratif"))
    shown = text(site.get("statut_diffusion_etablissement")) or text(result.get("statut_diffusion"))
    return {
        "closed": None if state is None else state in ("F", "C"),
        "naf": naf(site.get("activite_principale"), []),
        "headcount": band(site.get("tranche_effectif_salarie")),
        "headcount_year": year(site.get("annee_tranche_effectif_salarie")),
        "diffusion": shown if shown in ("O", "P", "N") else None,
    }


def _unit(result: dict[str, object]) -> dict[str, Any]:
    more = result.get("complements")
    mission = more.get("est_societe_mission") if isinstance(more, dict) else None
    turnover = _turnover(result.get("finances"))
    return {
        "legal_category": text(result.get("nature_juridique")),
        "legal_name": text(result.get("nom_raison_sociale")),
        "turnover": turnover[1] if turnover else None,
        "turnover_year": turnover[0] if turnover else None,
        "mission": mission if isinstance(mission, bool) else None,
    }


def _turnover(finances: Any) -> tuple[int, float] | None:
    """The newest year whose turnover is published; a negative one is no turnover."""
    if not isinstance(finances, dict):
        return None
    years = {year(key): number(of.get("ca")) for key, of in finances.items() if isinstance(of, dict)}
    known = [(when, sold) for when, sold in years.items() if when is not None and sold is not None and sold >= 0]
    return max(known, default=None)


def band(value: object) -> str | None:
    """The code of a headcount band; ``NN`` (not an employer, or not known) is not one."""
    written = text(value)
    return written if written is not None and written.isdigit() and len(written) == 2 else None


def year(value: object) -> int | None:
    """A year of four digits."""
    written = text(value) or ""
    return int(written) if len(written) == 4 and written.isdigit() else None
