"""Pages of a sourcing round: the form that opens it, the page of whoever opened it, the page where a structure answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from fastapi import Response

from search_api.desk.pages.lot import faced
from search_api.doors import Called
from search_api.given.rounds import PRIVATE
from search_api.pages.render import page
from vivier.desk.method.answers import CANS, TOGETHERS, WHYS, Answer
from vivier.desk.read.line import Line
from vivier.errors import FieldError
from vivier.french import typed
from vivier.given.asked import MOST_INVITED, OPEN_DAYS, USUAL_INVITED
from vivier.given.round import Invited, Round
from vivier.given.tell import answer_body
from vivier.law.articles import ARTICLES, reserving
from vivier.search.snapshot import Snapshot

CHOICES: Final[Mapping[str, str]] = {
    "yes": "Oui, en entier",
    "part": "Oui, en partie",
    "no": "Non",
}
"""The answers to the first question, as a structure reads them."""
assert CHOICES.keys() == CANS.keys()
QUESTIONED: Final = ("can", "volume", "start", "together", "article")
"""The fields of an answer, in the order of the questions."""
_FIRST: Final = "Répondez à la première question : oui en entier, oui en partie, ou non."
_WORDED: Final = {("can", "invalid_value"): _FIRST, ("can", "unknown_value"): _FIRST}
_TITLES: Final = {
    "volume": "volume par an",
    "avec": "adresses des autres enquêtes",
    "start": "à partir de quelle date",
    "together": "avec qui",
    "size": "nombre de structures",
    "closes_on": "dernier jour pour répondre",
    "organisation": "organisme",
    "title": "titre du dossier",
}


def opening_page(
    line: Line | None,
    fields: Mapping[str, str],
    days: int,
    last: date,
    errors: Iterable[FieldError] = (),
    *,
    offered: Sequence[Line] = (),
    others: Sequence[str] = (),
) -> Response:
    """The form that opens a round. ``fields``: what the study sent, sent again; ``days``: how long a round is kept; ``last``: the closing
    day proposed; ``offered``: other lines that may be asked together, ``others`` those chosen."""
    messages = _messages(errors)
    own = ("step", "closes_on", "size", "organisation", "tells_amount", "programme")
    values = {
        "line": line,
        "offered": offered,
        "others": others,
        "fields": dict(fields),
        "hidden": {name: value for name, value in fields.items() if name not in own},
        "days": days,
        "last": last.isoformat(),
        "usual": USUAL_INVITED,
        "most": MOST_INVITED,
        "open_days": OPEN_DAYS,
        "errors": messages,
    }
    return private_page("round_open.html", values, 422 if messages else 200)


def round_page(
    body: Mapping[str, Any],
    called: Called,
    base: str,
    snapshot: Snapshot,
    *,
    issues: bool,
    fields: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
) -> Response:
    """The page of a round. ``called``: its address and its answers; ``base``: address of the service; ``issues``: whether dossiers are issued here;
    ``fields`` and ``errors``: what was typed in the form of an answer, and what to correct."""
    messages = _messages(errors)
    values = {
        "round": body,
        "lot": faced(body["lot"], snapshot, called),
        "address": called.page,
        "base": base,
        "issues": issues,
        "fields": dict(fields or {}),
        "errors": messages,
        **_choices(body["lot"]["understood"]["kind"]),
    }
    return private_page("round.html", values, 422 if messages else 200)


def reply_page(
    read: Round,
    invited: Invited,
    lots: Sequence[tuple[Round, Line, Answer | None]],
    today: date,
    fields: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
) -> Response:
    """The page where a structure answers, or corrects its answer. ``lots``: each lot asked of it together, the one of ``read`` first."""
    line = lots[0][1]
    messages, answer = _messages(errors), read.answer_of(invited.structure)
    known = {} if answer is None else _typed(answer_body(answer))
    values = {
        "round": read,
        "open": read.is_open(today),
        "lots": [
            {"line": each.line, "text": other.text, "answer": None if given is None else answer_body(given)}
            for each, other, given in lots
        ],
        "title": read.question.settings.title,
        "invited": invited,
        "line": line,
        "answer": None if answer is None else answer_body(answer),
        "fields": dict(fields) if fields is not None else known,
        "errors": messages,
        **_choices(line.kind),
    }
    return private_page("reply.html", values, 422 if messages else 200)


def _typed(answer: Mapping[str, Any]) -> dict[str, str]:
    """An answer as the fields of its form hold it."""
    given = {name: answer[name] for name in QUESTIONED if name in answer}
    return {name: typed(value) if isinstance(value, float) else str(value) for name, value in given.items()}


def _choices(kind: str) -> dict[str, object]:
    """The closed lists of an answer. ``kind``: « marche » or « concession », which have their own articles."""
    articles = {code: ARTICLES[code].title for code in reserving(kind, prison=False)}
    return {"choices": CHOICES, "togethers": TOGETHERS, "whys": WHYS, "articles": articles}


def _messages(errors: Iterable[FieldError]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        name = error.field.rpartition(".")[2]
        found.setdefault(name, []).append(_WORDED.get((name, error.code)) or _plain(error.message, name))
    return found


def _plain(message: str, name: str) -> str:
    """A message without the technical name of its field: a page shows it beside the field."""
    _, named, rest = message.partition(f"« {name} » : ")
    return rest[:1].upper() + rest[1:] if named else message.replace(f"« {name} »", f"« {_TITLES.get(name, name)} »")


def private_page(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """A page that is read by who has its address alone."""
    made = page(template, values, status=status)
    made.headers["X-Robots-Tag"] = PRIVATE["X-Robots-Tag"]
    return made
