"""The sourcing dossier (methods (j)): the question, the answer, what they rest on, and a hash anyone can compute again.

The canonical form is JSON in UTF-8, keys sorted, no spaces, without ``sha256`` itself. The same input on the same data gives
the same bytes: nothing in it depends on the clock but the date of the analysis, which is part of the question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from vivier.desk import advice, clause, duties, feasibility, hours, offers, past, supply, understanding
from vivier.desk.body import study_body, totals
from vivier.desk.consortium import need as consortium
from vivier.desk.consultation import METHOD_VERSION, Desk, LotStudy
from vivier.engine.port import Generation
from vivier.errors import FieldError, InvalidRequest
from vivier.law import NOTICE
from vivier.law import told as parameters_told

FORMAT: Final = "vivier-dossier-1"
METHODS: Final[Mapping[str, str]] = {
    "consultation": METHOD_VERSION,
    "programme": understanding.METHOD_VERSION,
    "supply": supply.METHOD_VERSION,
    "feasibility": feasibility.METHOD_VERSION,
    "offers": offers.METHOD_VERSION,
    "clause": clause.METHOD_VERSION,
    "advice": advice.METHOD_VERSION,
    "hours": hours.METHOD_VERSION,
    "duties": duties.METHOD_VERSION,
    "past": past.METHOD_VERSION,
    "consortium": consortium.METHOD_VERSION,
}
PARAMETERS: Final = tuple(
    dict.fromkeys((*feasibility.PARAMETERS, *advice.PARAMETERS, *hours.PARAMETERS, *duties.PARAMETERS))
)
"""Every parameter a consultation rests on."""
LIMITS: Final = (
    NOTICE,
    "Service non officiel. L'absence d'une structure de la liste ne prouve pas l'absence d'offre.",
    "Les taux de réponse sont des hypothèses ; l'indépendance des réponses est une simplification.",
    "Les échanges avec des opérateurs ne doivent pas fausser la concurrence (R2111-1, R2111-2) : posez les mêmes questions à toutes.",
)
QUESTIONS: Final = (
    "Réalisez-vous cette prestation sur ce territoire ?",
    "Quel volume annuel pouvez-vous prendre, seule ou en groupement ?",
    "Quel délai et quelles conditions vous faut-il pour répondre ?",
    "Quelles clauses ou quels critères vous sembleraient adaptés ?",
)
"""The same for every structure."""


def issue(title: str, desk: Desk, studies: Iterable[LotStudy]) -> dict[str, Any]:
    """The dossier of lots studied at one desk, with its hash."""
    lots = [study_body(study, desk.asked) for study in studies]
    body: dict[str, Any] = {
        "format": FORMAT,
        "title": title,
        "as_of": desk.asked.as_of.isoformat(),
        "question": _question(desk),
        "methods": dict(METHODS),
        "parameters": parameters_told(PARAMETERS, desk.asked.changed),
        "data": [_data(one) for one in (desk.generation, desk.contracts) if one is not None],
        "totals": totals(lots),
        "lots": lots,
        "questionnaire": list(QUESTIONS),
        "contact_log": [],
        "limits": list(LIMITS),
    }
    return sealed(body)


def sealed(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same with its hash. Numbers and texts only as JSON has them, so that who reads the file finds the same hash."""
    plain: dict[str, Any] = orjson.loads(
        orjson.dumps({name: value for name, value in body.items() if name != "sha256"})
    )
    return {**plain, "sha256": digest(plain)}


def digest(body: Mapping[str, Any]) -> str:
    """The hash of a dossier, its own ``sha256`` left out: independent of the order of the keys."""
    return hashlib.sha256(canonical(body)).hexdigest()


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed."""
    return orjson.dumps({name: body[name] for name in body if name != "sha256"}, option=orjson.OPT_SORT_KEYS)


def opened(content: bytes) -> dict[str, Any]:
    """A dossier from its JSON. Raises ``InvalidRequest`` naming « dossier »."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _refused(
            "unreadable", "Ce n'est pas du JSON lisible : donnez le fichier .json du dossier, entier."
        ) from None
    if not isinstance(body, dict) or body.get("format") != FORMAT or not isinstance(body.get("sha256"), str):
        raise _refused(
            "not_a_dossier", "Ce JSON n'est pas un dossier de Vivier : il y manque « format » ou « sha256 »."
        )
    return body


def verified(body: Mapping[str, Any]) -> bool:
    """The hash told is the one of the content."""
    return bool(digest(body) == body["sha256"])


def _refused(code: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("dossier", code, message),))


def _question(desk: Desk) -> dict[str, Any]:
    asked = desk.asked
    return {
        "buyer": asked.buyer,
        "capacity_share": asked.options.share,
        "response_rate": asked.options.rate,
        "hourly_cost": asked.hourly_cost,
        "effort": asked.effort,
        "taken_over": asked.taken_over,
        "environmental_condition": asked.environmental_condition,
        "environmental_criterion": asked.environmental_criterion,
        "social_condition": asked.social_condition,
        "exception": asked.exception,
        "seed": asked.seed,
    }


def _data(generation: Generation) -> dict[str, Any]:
    """One collection as it was: generation, and each source with its producer, licence and dates."""
    return {
        "collection": generation.collection,
        "generation": generation.version,
        "documents": generation.documents,
        "sources": [
            {
                **{name: run["source"].get(name) for name in ("id", "producer", "dataset", "licence", "homepage")},
                "fetched_at": run.get("fetched_at"),
                "updated_at": run.get("updated_at"),
                "kept": run.get("kept"),
            }
            for run in generation.meta.get("sources", ())
        ],
    }
