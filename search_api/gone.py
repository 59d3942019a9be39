"""Addresses that Vivier issued or published, and no longer serves. Each answers 410 with a French sentence that says what to use instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import Request, Response
from starlette.routing import Route

from search_api.problems import problem

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

_SIGN_ON: Final = "Vivier ne connecte plus personne : ouvrez /revue. Un mandataire, ou le mot de passe de l'exploitant, y donne accès."
_SIGNATURE: Final = "Vivier ne prend plus de signature par code. Votre envoi vaut sans elle ; les signatures déjà données restent montrées."
_PROGRAMME: Final = "Le choix automatique d'un programme a été retiré. L'étude donne un avis par lot."
_HOURS: Final = "Ce fichier a changé d'adresse. Ôtez « /heures » : celle du suivi, avec « .csv », le donne encore."
_MAP: Final = "Cette carte n'est plus un fichier. Prenez le tableau /v1/depth.csv, ou la carte de la page /filieres."
_FEED: Final = (
    "L'aperçu d'un flux a été retiré. Les listes /pistes, /avis et /marches se suivent par flux, agenda ou courriel."
)
_FIELDS: Final = (
    "L'histoire des champs a été retirée. La page /qualite dit ce que chaque source donne et ce qui manque."
)
_REPLAY: Final = (
    "Un dossier ne se compare plus aux données du jour. Refaites l'étude depuis « Préparer une consultation »."
)
_VERSIONS: Final = (
    "Un dossier n'a plus de versions : créez-en un autre. Notez vos échanges dans le journal de son classeur XLSX."
)

GONE: Final[tuple[tuple[str, str], ...]] = (
    (
        "/pourquoi-pas-moi",
        "Cette page est devenue un filtre des marchés : « Passés, que je n'ai pas eus » (paramètre missed).",
    ),
    ("/v1/missed", "Cette liste est devenue un filtre de /v1/contracts : donnez la structure par « missed »."),
    (
        "/v1/programmes",
        "Le choix automatique d'un programme a été retiré. Utilisez /v1/consultations : un avis par lot.",
    ),
    ("/consultation/etudes/{id}/programme", _PROGRAMME),
    ("/consultation/etudes/{id}/programme.csv", _PROGRAMME),
    ("/consultation/etudes/{id}/programme.xlsx", _PROGRAMME),
    ("/suivi-heures/{id}/heures.csv", _HOURS),
    ("/suivi-heures/{id}/heures.xlsx", _HOURS),
    (
        "/v1/consortia",
        "Cette recherche à part a été retirée. Demandez /v1/consultations : chaque lot montre ses groupements.",
    ),
    ("/verdicts", "Vivier ne note plus ses verdicts. Les indicateurs et la qualité des données restent publiés."),
    ("/v1/verdicts", "Vivier ne note plus ses verdicts. Les indicateurs et la qualité des données restent publiés."),
    ("/v1/dossiers/{id}/replay", _REPLAY),
    ("/dossiers/{id}/rejouer", _REPLAY),
    ("/v1/dossiers/{id}/versions", _VERSIONS),
    ("/dossiers/{id}/versions", _VERSIONS),
    ("/v1/depth.svg", _MAP),
    ("/v1/depth.geojson", _MAP),
    ("/veille/{of}", _FEED),
    ("/v1/feeds/preview", _FEED),
    ("/qualite/champs", _FIELDS),
    ("/v1/sources/{id}/fields", _FIELDS),
    ("/revue/entrer", _SIGN_ON),
    ("/revue/retour", _SIGN_ON),
    ("/revue/sortir", _SIGN_ON),
    ("/suivi/{id}/signer", _SIGNATURE),
    ("/r/{token}/signer", _SIGNATURE),
)
"""A path pattern (as of a route: ``/v1/dossiers/{id}/replay``), and a sentence of at most twenty words. ``docs/what-left.md`` has a row for
each room that left."""


def gone_routes() -> list[Route]:
    """The routes that answer 410. They come before all others: no pattern of a live route may answer one of these addresses."""
    return [
        Route(pattern, _answering(sentence), methods=list(_METHODS), include_in_schema=False)
        for pattern, sentence in GONE
    ]


def _answering(sentence: str) -> Callable[[Request], Response]:
    return lambda request: problem(request, 410, sentence)
