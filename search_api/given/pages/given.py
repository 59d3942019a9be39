"""Pages by which people say something of a structure: complete its sheet, report an error, oppose; follow a request; decide on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fastapi import Response

from search_api.given.declaring import GUESS, REFUSED, ROWS, TRAP, Items, single
from search_api.given.pages.rounds import private_page
from search_api.given.rounds import PRIVATE
from search_api.pages.places import place_label
from search_api.pages.words import safe_url, zone_text
from vivier.check import Check, State
from vivier.errors import FieldError, NotFound
from vivier.exports.delimited import csv_line
from vivier.french import euros_ht, number, plural
from vivier.given.declaration import FACTS, MOST_KM, MOST_PLACES, MOST_REFERENCES, Declared
from vivier.given.declared import LICENCE
from vivier.given.members import MOST_ROWS
from vivier.given.queue import IN_FORCE_DAYS
from vivier.given.requests import BYS, KINDS, STATES, Request, Subject
from vivier.lexicon import Lexicon
from vivier.mail.answers import ANSWER_DAYS
from vivier.runs.ledger import Ledger
from vivier.search.columns import Cell
from vivier.vocabulary import SERVICE_TYPES

_TITLES: Final = {
    "siret": "SIRET",
    "trades": "métiers",
    "refused": "métiers que vous ne faites pas",
    "staff": "effectif",
    "volume": "volume par an",
    "cannot": "ce que vous ne faites pas",
    "references": "références",
    "mailbox": "courriel de l'organisation",
    "phone": "téléphone de l'organisation",
    "website": "site",
    "right": "ce qui est vrai",
    "source": "où le vérifier",
    "fact": "ce qui est faux",
    "role": "à quel titre",
    "why": "motif",
    "address": "adresse où recevoir la réponse",
    "reason": "motif",
    "network": "réseau",
    "file": "fichier",
    "km": "rayon",
    "around": "autour de",
    "places": "lieux",
    "zone": "zone",
    TRAP: "fax",
}
_NAMED: Final = re.compile(r"« ([a-z]+) »")
_HEADED: Final = re.compile(r"« ([a-z]+) » : ")
NOTHING: Final[Mapping[str, str]] = {}
COLUMNS_READ: Final[Mapping[str, str]] = {
    "Nom": "le nom, pour vous relire : celui des registres est gardé",
    "SIRET": "les quatorze chiffres de la structure",
    "FINESS": "son numéro FINESS, quand plusieurs structures ont ce SIRET",
    "Métiers": "noms ou codes de la table des métiers",
    "Types de prestation": "prestation, fourniture, mise à disposition",
    "Zone d'intervention": "France, « 30 km » autour du siège, ou des territoires comme departement:35|commune:35238",
    "Effectif": "personnes employées",
    "Volume": "euros HT qu'elle peut prendre par an, en plus de ce qu'elle fait",
    "Ne fait pas": "métiers qu'elle ne fait pas, plus précis compris",
    "Références": "organisations clientes",
    "Site web": "adresse en http:// ou https://",
}
"""Columns of the list of a network, in French, as the page tells them."""
_FIELDS: Final = {"trades": "trade1", "refused": "refused1", "query": "trade1", "form": "siret"}
"""The field of the form beside which an error of another name is shown."""


def declare_page(
    subject: Subject,
    items: Items,
    lexicon: Lexicon,
    action: str,
    errors: Iterable[FieldError] = (),
    network: str | None = None,
    reached: str | None = None,
    *,
    seat: tuple[float, float] | None = None,
    sent: bool = False,
    guesses: Iterable[tuple[str, str]] = (),
) -> Response:
    """The form by which a structure completes its sheet. ``network``: who vouches for it, when it came by an invitation; ``reached``: the
    mailbox of a register to which a link may be written; ``sent``: it was; ``seat``: longitude and latitude; ``guesses``: code and name
    of the trades that it probably does."""
    values = {
        "subject": subject,
        "seat": seat,
        "action": action,
        "network": network,
        "reached": reached,
        "sent": sent,
        "fields": single(items),
        "types": {row: [value for name, value in items if name == f"types{row}"] for row in ROWS},
        "guesses": list(guesses),
        "guess": GUESS,
        "ticked": [value for name, value in items if name == GUESS],
        "rows": ROWS,
        "refused": REFUSED,
        "more_refused": any(single(items).get(f"refused{row}") for row in REFUSED[2:]),
        "more": any(single(items).get(f"trade{row}") for row in ROWS[1:]),
        "service_types": SERVICE_TYPES,
        "trades": list(lexicon.trade_names.values()),
        "most_km": MOST_KM,
        "most_places": MOST_PLACES,
        "most_references": MOST_REFERENCES,
        "months": IN_FORCE_DAYS // 30,
        "licence": LICENCE,
    }
    return _form("declare.html", values, errors)


def report_page(subject: Subject, items: Items, errors: Iterable[FieldError] = (), *, answers: bool) -> Response:
    """The form by which anybody reports an error. ``answers``: the service can write the decision to an address."""
    values = {"subject": subject, "fields": single(items), "facts": FACTS, **_answered(answers)}
    return _form("report.html", values, errors)


def oppose_page(subject: Subject, items: Items, errors: Iterable[FieldError] = (), *, answers: bool) -> Response:
    """The form by which a structure asks to appear no more. ``answers``: as in :func:`report_page`."""
    return _form("oppose.html", {"subject": subject, "fields": single(items), **_answered(answers)}, errors)


def _answered(answers: bool) -> dict[str, object]:
    return {"answers": answers, "answer_days": ANSWER_DAYS}


def follow_page(request: Request, sheet: str | None, lexicon: Lexicon, address: str) -> Response:
    """The page of who sent a request. ``sheet``: the address of the sheet, ``None`` when it is no longer shown; ``address``: of the page itself."""
    values = {
        "request": request,
        "address": address,
        "sheet": sheet,
        "lines": content_lines(request, lexicon),
        **_words(),
    }
    return private_page("follow.html", values)


def review_page(
    waiting: Sequence[Request], decided: Sequence[Request], totals: tuple[int, int], *, watched: bool
) -> Response:
    """The queue, for the operator. ``totals``: how many wait, and how many are in force, of which the first are shown; ``watched``: whether
    the state of the service can be read."""
    subjects = Counter(request.subject.supplier for request in waiting if request.subject.supplier)
    values = {
        "waiting": waiting,
        "subjects": subjects,
        "decided": decided,
        "totals": totals,
        "watched": watched,
    }
    return private_page("review.html", values | _words())


def operated_page(checks: Iterable[Check], night: Ledger | None) -> Response:
    """The state of the service, for the operator: what is to be repaired first, with what to type; then what the last update read."""
    return private_page("operated.html", {"state": State.of(checks), "night": night} | _words())


def decide_page(
    request: Request,
    others: str,
    sheet: str | None,
    lexicon: Lexicon,
    token: str,
    reason: str,
    errors: Iterable[FieldError],
) -> Response:
    """A request, with the buttons that decide on it. ``others``: those that wait on its subject, in French; ``sheet``: as in :func:`follow_page`;
    ``token``: of the forms."""
    values = {
        "request": request,
        "others": others,
        "sheet": sheet,
        "lines": content_lines(request, lexicon),
        "token": token,
        "reason": reason,
        **_words(),
    }
    return _form("decide.html", values, errors)


def content_lines(request: Request, lexicon: Lexicon) -> list[tuple[str, str, str | None]]:
    """What a request says, line by line: title, text, and its link when the text is a web address."""
    content = request.content
    if not content:
        return []
    if request.kind == "declaration":
        return list(declared_lines(request.declared, lexicon))
    if request.kind == "members":
        return list(_members_lines(content))
    if request.kind == "sender":
        return [
            ("Se présente comme", content["organisation"], None),
            ("Objet du premier message", content["subject"], None),
            ("Messages qui attendent", number(content["count"]), None),
        ]
    if request.kind == "report":
        return [
            ("Ce qui est faux", FACTS.get(content["fact"], content["fact"]), None),
            ("Ce qui est vrai", content["right"], None),
            ("Où le vérifier", content["source"], safe_url(content["source"])),
        ]
    return [("À quel titre", content["role"], None), *([("Motif", content["why"], None)] if content.get("why") else [])]


def _members_lines(content: Mapping[str, Any]) -> Iterable[tuple[str, str, str | None]]:
    yield "Lignes gardées", number(content["kept"]), None
    yield "Lignes mises de côté", number(len(content["left"])), None
    if content["unread"]:
        yield "Colonnes laissées", ", ".join(content["unread"]), None


def members_page(
    action: str,
    network: str | None,
    fields: Mapping[str, str] = NOTHING,
    errors: Iterable[FieldError] = (),
    token: str | None = None,
) -> Response:
    """The form by which a network sends the list of its members. ``network``: the one of the link; ``None`` when the operator sends it, by a form that has a
    ``token``."""
    values = {
        "action": action,
        "network": network,
        "token": token,
        "fields": fields,
        "most_rows": MOST_ROWS,
        "columns": COLUMNS_READ.items(),
        "licence": LICENCE,
        "months": IN_FORCE_DAYS // 30,
    }
    return _form("members.html", values, errors)


def refusals_csv(request: Request) -> Response:
    """The rows of a list that were set aside, as a CSV. Raises ``NotFound`` for a request that is no list, or whose content is erased."""
    if request.kind != "members" or not request.content:
        raise NotFound("Cette demande n'a pas, ou n'a plus, de lignes mises de côté.")
    left = request.content["left"]
    rows: list[list[Cell]] = [
        ["ligne", "motif", "à corriger"],
        *([row["line"], row["reason"], row["text"]] for row in left),
    ]
    headers = {"Content-Disposition": 'attachment; filename="lignes-mises-de-cote.csv"', **PRIVATE}
    written = "\ufeff" + "".join(csv_line(row) for row in rows)
    return Response(written.encode(), headers=headers, media_type="text/csv; charset=utf-8; header=present")


def declared_lines(declaration: Declared, lexicon: Lexicon) -> Iterable[tuple[str, str, str | None]]:
    """What a structure declares, line by line."""
    for each in declaration.trades:
        types = ", ".join(SERVICE_TYPES[code] for code in each.service_types)
        yield "Métier", f"{lexicon.trade_names.get(each.trade, each.trade)}{f' ({types})' if types else ''}", None
    if declaration.zone.type == "territories":
        yield "Zone", ", ".join(place_label(id_, lexicon.gazetteer) for id_ in declaration.zone.territories), None
    elif declaration.zone.type != "undeclared":
        yield "Zone", zone_text(declaration.zone.model_dump(), 0, lexicon), None
    if declaration.staff is not None:
        yield "Effectif", plural(declaration.staff, "personne"), None
    if declaration.volume is not None:
        yield "Volume possible par an", euros_ht(declaration.volume), None
    for code in declaration.refused:
        yield "Ne fait pas ce métier", lexicon.trade_names.get(code, code), None
    if declaration.cannot:
        yield "Ne fait pas", declaration.cannot, None
    if declaration.mailbox is not None:
        yield "Courriel de l'organisation", declaration.mailbox, f"mailto:{declaration.mailbox}"
    if declaration.phone is not None:
        yield "Téléphone de l'organisation", declaration.phone, f"tel:+33{declaration.phone.replace(' ', '')[1:]}"
    for client in declaration.references:
        yield "Référence", client, None
    if declaration.website is not None:
        yield "Site", declaration.website, safe_url(declaration.website)


def _words() -> dict[str, object]:
    return {"kinds": KINDS, "states": STATES, "bys": BYS}


def messages_of(errors: Iterable[FieldError]) -> dict[str, list[str]]:
    """The messages of each field of a form, without its technical name."""
    found: dict[str, list[str]] = {}
    for error in errors:
        name = error.field.partition(".")[0]
        found.setdefault(_FIELDS.get(name, name), []).append(_plain(error.message, name))
    return found


def _plain(message: str, name: str) -> str:
    """A message without the technical name of a field at its head, nor elsewhere: a page shows it beside the field."""
    headed = _HEADED.match(message)
    if headed is not None and headed[1] in (name, *_TITLES):
        message = message[headed.end() :]
        message = message[:1].upper() + message[1:]
    return _NAMED.sub(lambda found: f"« {_TITLES.get(found[1], found[1])} »", message)


def _form(template: str, values: Mapping[str, Any], errors: Iterable[FieldError]) -> Response:
    messages = messages_of(errors)
    return private_page(template, {**values, "errors": messages, "trap": TRAP}, 422 if messages else 200)
