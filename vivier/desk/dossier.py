"""The form of a sourcing dossier (docs/methods.md (j)): versions, limits, questionnaire, and a hash that anyone can compute
again.

The canonical form is JSON in UTF-8 with sorted keys, no spaces, and without ``sha256`` itself. The same input on the same data
gives the same bytes: only the date of the analysis depends on the clock, and it is part of the question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from vivier.clausier import hours, wording
from vivier.desk.consultation import METHOD_VERSION
from vivier.desk.facts import past
from vivier.desk.method import answers, clause, duties, feasibility, green, offers, supply, together
from vivier.desk.read import understanding
from vivier.desk.tell import advice, conclusion
from vivier.errors import FieldError, InvalidRequest
from vivier.law.articles import NOTICE

FORMAT: Final = "vivier-dossier-3"
"""The format of a dossier. No other is read."""
METHODS: Final[Mapping[str, str]] = {
    "consultation": METHOD_VERSION,
    "programme": understanding.METHOD_VERSION,
    "supply": supply.METHOD_VERSION,
    "feasibility": feasibility.METHOD_VERSION,
    "offers": offers.METHOD_VERSION,
    "clause": clause.METHOD_VERSION,
    "answers": answers.METHOD_VERSION,
    "advice": advice.METHOD_VERSION,
    "hours": hours.METHOD_VERSION,
    "duties": duties.METHOD_VERSION,
    "past": past.METHOD_VERSION,
    "together": together.METHOD_VERSION,
    "conclusion": conclusion.METHOD_VERSION,
    "clauses": wording.METHOD_VERSION,
    "green": green.METHOD_VERSION,
}
PARAMETERS: Final = tuple(
    dict.fromkeys((*feasibility.PARAMETERS, *advice.PARAMETERS, *hours.PARAMETERS, *duties.PARAMETERS))
)
"""Every parameter that a consultation uses."""
LIMITS: Final = (
    NOTICE,
    "Service non officiel. L'absence d'une structure de la liste ne prouve pas l'absence d'offre.",
    "Les taux de réponse sont des hypothèses ; l'indépendance des réponses est une simplification.",
    "Les échanges avec des opérateurs ne doivent pas fausser la concurrence (R2111-1, R2111-2) : posez les mêmes questions à toutes.",
)
QUESTIONS: Final = (
    "Pouvez-vous réaliser cette prestation sur ce territoire : en entier, en partie, ou non ?",
    "Quel volume pouvez-vous prendre, en euros hors taxes par an ?",
    "À partir de quelle date ?",
    "Seule, avec d'autres structures inclusives, ou avec une entreprise ?",
    "Au titre de quel article pourriez-vous répondre à un marché réservé ?",
)
"""The questionnaire, the same for every structure."""


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with only the types of JSON, so that a reader of the file computes the same hash."""
    made: dict[str, object] = orjson.loads(orjson.dumps(body))
    return made


def digest(body: Mapping[str, Any]) -> str:
    """The hash of a dossier without its ``sha256``. It does not depend on the order of the keys."""
    return hashlib.sha256(canonical(body)).hexdigest()


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed."""
    return orjson.dumps({name: body[name] for name in body if name != "sha256"}, option=orjson.OPT_SORT_KEYS)


def opened(content: bytes) -> dict[str, object]:
    """Reads a dossier from its JSON. Raises ``InvalidRequest`` naming « dossier »."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _refused(
            "unreadable", "Ce n'est pas du JSON lisible : donnez le fichier .json du dossier, entier."
        ) from None
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in ("format", "sha256")):
        raise _refused(
            "not_a_dossier", "Ce JSON n'est pas un dossier de Vivier : il y manque « format » ou « sha256 »."
        )
    if body["format"] != FORMAT:
        message = (
            f"Ce dossier est au format « {body['format'][:40]} ». Vivier ne lit que « {FORMAT} » : refaites l'étude."
        )
        raise _refused("other_format", message)
    try:
        canonical(body)
    except orjson.JSONEncodeError:
        raise _refused("unreadable", "Ce JSON est trop imbriqué pour être un dossier de Vivier.") from None
    return body


def verified(body: Mapping[str, Any]) -> bool:
    """Whether the hash in the dossier is that of its content."""
    return bool(digest(body) == body["sha256"])


def _refused(code: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldError("dossier", code, message),))
