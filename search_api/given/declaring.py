"""Reads the forms about a structure: what it declares, an error reported, an opposition. Trades and places are typed in plain French."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from search_api.pages.places import Place, place_error, place_of
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.given.declaration import (
    MOST_KM,
    MOST_PLACES,
    MOST_REFUSED,
    MOST_TRADES,
    Declaration,
    checked_declaration,
)
from vivier.given.requests import Subject
from vivier.given.sirets import sirets_of
from vivier.identity import digits, fold, is_siret
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.trades.find import find_trades

TRAP: Final = "fax"
"""A field that readers never see: only programs that fill in every field fill it in."""
GUESS: Final = "guess"
"""The field of the trades that we guess, which the structure ticks when they are its own: their codes."""
ROWS: Final = tuple(range(1, MOST_TRADES + 1))
REFUSED: Final = tuple(range(1, MOST_REFUSED + 1))
Items = Sequence[tuple[str, str]]
_MOST_CHARACTERS: Final = 20_000
_PEOPLE: Final = re.compile(r"\s|(?:personne|salarié|salariée|travailleur)s?\b", re.IGNORECASE)
"""What « 1 200 personnes » has beside its figure."""


def single(items: Items) -> dict[str, str]:
    """The fields of a form that have one value, by name; line ends as people type them."""
    return {name: value.replace("\r\n", "\n").strip() for name, value in items}


def check_form(items: Items) -> None:
    """Refuses a form that a program filled in, one too long, and one with characters that nobody types. Raises ``InvalidRequest``."""
    if any(name == TRAP and value for name, value in items):
        raise InvalidRequest(
            (FieldError(TRAP, "not_empty", "« fax » : laissez ce champ vide, il est là pour les robots."),)
        )
    if sum(len(name) + len(value) for name, value in items) > _MOST_CHARACTERS:
        raise InvalidRequest((FieldError("form", "too_long", "Ce formulaire est trop long : résumez vos réponses."),))
    for name, value in items:
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", name + value):
            message = "Un champ contient des caractères illisibles : écrivez-le de nouveau."
            raise InvalidRequest((FieldError("form", "invalid_value", message),))


def subject_of(record: SupplierView, typed: str) -> Subject:
    """The structure of a sheet, of which somebody typed the SIRET. Raises ``InvalidRequest`` for a number that is forged, or another's."""
    number, own = digits(typed[:60]), sirets_of(record)
    if not own:
        message = "« siret » : cette fiche n'a pas de SIRET. Signalez-le d'abord comme une erreur."
    elif not is_siret(number):
        message = "« siret » : les quatorze chiffres de votre structure sont attendus ; ceux-là ne sont pas un SIRET."
    elif number not in own:
        message = "« siret » : ce n'est pas celui de cette structure. Cherchez votre fiche par votre SIRET."
    else:
        return subject(record, number)
    raise InvalidRequest((FieldError("siret", "siret_invalid", message),))


def subject(record: SupplierView, siret: str) -> Subject:
    """The structure of a sheet, under one of its SIRETs (empty: unknown)."""
    finess = record.get("finess")
    return Subject(record["id"], siret, record["name"]["value"], None if finess is None else finess["value"][:9])


def declared_by(record: SupplierView, items: Items, lexicon: Lexicon) -> tuple[Subject, dict[str, object]]:
    """The structure of a form, and what it declares as plain JSON. Raises ``InvalidRequest`` with everything to correct, the SIRET first."""
    errors: list[FieldError] = []
    about, content = None, {}
    try:
        about = subject_of(record, single(items).get("siret", ""))
    except InvalidRequest as error:
        errors += error.errors
    try:
        content = declaration_from(items, lexicon, _home(record, lexicon)).as_json()
    except InvalidRequest as error:
        errors += error.errors
    zone = content.get("zone", {})
    if zone.get("type") == "radius" and "around" not in zone and not _is_seated(record):
        message = "« zone » : l'adresse de cette fiche est inconnue, un rayon ne dirait rien. Dites une commune, ou des lieux."
        errors.append(FieldError("zone", "no_seat", message))
    if about is None or errors:
        raise InvalidRequest(tuple(errors))
    return about, content


def _is_seated(record: SupplierView) -> bool:
    """Whether a sheet says where its structure is."""
    address = record.get("address")
    return address is not None and ("commune" in address["value"] or "point" in address["value"])


def _home(record: SupplierView, lexicon: Lexicon) -> str | None:
    """The département of the seat that a sheet says."""
    address = record.get("address")
    code = None if address is None else lexicon.gazetteer.departement_of_seat(address["value"].get("commune"))
    return None if code is None else f"departement:{code}"


def declaration_from(items: Items, lexicon: Lexicon, home: str | None = None) -> Declaration:
    """The declaration of a form. A commune that has homonyms is the one of ``home``. Raises ``InvalidRequest`` with everything to correct, by field
    of the form."""
    fields = single(items)
    errors: list[FieldError] = []
    given: dict[str, Any] = {}
    for read in (_trades, _refused, partial(_zone, home=home)):
        try:
            given |= read(fields, items, lexicon)
        except InvalidRequest as error:
            errors += error.errors
    for name in ("staff", "volume", "cannot", "mailbox", "phone", "website"):
        if fields.get(name):
            given[name] = fields[name]
    if "staff" in given:
        given["staff"] = _PEOPLE.sub("", given["staff"])
    if "://" not in given.get("website", "://"):
        given["website"] = f"https://{given['website']}"
    references = _lines(fields.get("references", ""))
    if references:
        given["references"] = references
    if errors:
        given = {name: value for name, value in given.items() if name not in ("trades", "refused", "zone")}
        raise InvalidRequest((*errors, *_other_errors(given, lexicon)))
    return checked_declaration(given, lexicon)


def _other_errors(given: Mapping[str, Any], lexicon: Lexicon) -> tuple[FieldError, ...]:
    """What else is to correct, so that a form is corrected once."""
    try:
        checked_declaration(given, lexicon)
    except InvalidRequest as error:
        return tuple(found for found in error.errors if found.field not in ("trades", "query"))
    return ()


def _trades(fields: Mapping[str, str], items: Items, lexicon: Lexicon) -> dict[str, object]:
    found, errors = [], []
    for row in ROWS:
        text = fields.get(f"trade{row}", "")
        types = tuple(dict.fromkeys(value for name, value in items if name == f"types{row}"))
        if not text:
            continue
        code = _trade(text, lexicon)
        if code is None:
            errors.append(_unknown_trade(f"trade{row}", text, lexicon))
        else:
            found.append({"trade": code, "service_types": types})
    refuse_any(errors)
    written = {trade["trade"] for trade in found}
    ticked = dict.fromkeys(value for name, value in items if name == GUESS and value in lexicon.trade_names)
    found += [{"trade": code, "service_types": ()} for code in ticked if code not in written]
    return {"trades": tuple(found)} if found else {}


def _refused(fields: Mapping[str, str], items: Items, lexicon: Lexicon) -> dict[str, object]:
    typed = {name: text for row in REFUSED if (text := fields.get(name := f"refused{row}", ""))}
    found = {name: _trade(text, lexicon) for name, text in typed.items()}
    errors = tuple(_unknown_trade(name, typed[name], lexicon) for name, code in found.items() if code is None)
    refuse_any(errors)
    return {"refused": tuple(dict.fromkeys(found.values()))} if found else {}


def _trade(text: str, lexicon: Lexicon) -> str | None:
    """The trade of a name, or the only one whose name has these words: « élagage »."""
    words = f" {fold(text)} "
    named = [code for code, name in lexicon.trade_names.items() if words in f" {fold(name)} " and words.strip()]
    return lexicon.trades.named(text) or (named[0] if len(named) == 1 else None)


def _unknown_trade(name: str, text: str, lexicon: Lexicon) -> FieldError:
    near = [trade.name for trade in find_trades(text[:120], lexicon.trades, lexicon.analysis)][:4]
    proposed = f" Peut-être : {' ; '.join(near)}." if near else ""
    return FieldError(name, "unknown_value", f"« {text[:80]} » n'est pas un métier de la liste.{proposed}")


def _zone(fields: Mapping[str, str], items: Items, lexicon: Lexicon, home: str | None) -> dict[str, object]:
    kind = fields.get("zone", "")
    if kind in ("", "unsaid"):
        return {}
    if kind == "country":
        return {"zone": {"type": "country"}}
    if kind == "radius":
        centre = _centre(fields.get("around", ""), lexicon, home)
        circle = {"type": "radius", "km": _kilometres(fields.get("km", ""))}
        return {"zone": circle if centre is None else {**circle, "around": centre}}
    if kind == "places":
        return {"zone": {"type": "territories", "territories": _places(fields.get("places", ""), lexicon, home)}}
    raise InvalidRequest((FieldError("zone", "unknown_value", "« zone » : choisissez une des réponses proposées."),))


def _place(text: str, lexicon: Lexicon, home: str | None) -> Place:
    place, gazetteer = place_of(text, lexicon), lexicon.gazetteer
    named = (choice.territory for choice in place.choices if fold(choice.territory.name) == fold(text))
    own = [territory.id for territory in named if home in gazetteer.ancestors(territory.id)]
    return Place((own[0],)) if len(own) == 1 else place


def _centre(text: str, lexicon: Lexicon, home: str | None) -> str | None:
    """The commune in the middle of a circle; ``None`` for the seat. Raises ``InvalidRequest`` naming « around » for what is not one commune."""
    if not text:
        return None
    place = _place(text[:120], lexicon, home)
    if len(place.ids) == 1 and place.ids[0].startswith("commune:"):
        return place.ids[0].removeprefix("commune:")
    names = " ; ".join(candidate.label_fr for candidate in place.choices[:6])
    message = f"« around » : une commune est attendue.{f' Écrivez par exemple : {names}.' if names else ''}"
    raise InvalidRequest((FieldError("around", "unknown_value", message),))


def _kilometres(text: str) -> float:
    plain = text.lower().removesuffix("km").replace(",", ".").strip()
    found = float(plain) if re.fullmatch(r"\d{1,4}(\.\d{1,2})?", plain) else 0.0
    if not 0 < found <= MOST_KM:
        message = f"« km » : un nombre de kilomètres est attendu, {MOST_KM} au plus."
        raise InvalidRequest((FieldError("km", "out_of_range", message),))
    return found


def _places(text: str, lexicon: Lexicon, home: str | None) -> tuple[str, ...]:
    lines = _lines(text)
    ids: list[str] = []
    errors: list[FieldError] = []
    if not lines or len(lines) > MOST_PLACES:
        message = f"« places » : une commune, un département ou une région par ligne, {MOST_PLACES} au plus."
        raise InvalidRequest((FieldError("places", "missing" if not lines else "too_many", message),))
    for line in lines:
        place = _place(line[:120], lexicon, home)
        if place.ids:
            ids += place.ids
            continue
        error = place_error("places", line, place)
        names = " ; ".join(candidate.label_fr for candidate in place.choices[:6])
        errors.append(
            FieldError("places", error.code, f"{error.message}{f' Écrivez par exemple : {names}.' if names else ''}")
        )
    refuse_any(errors)
    return tuple(dict.fromkeys(ids))


def _lines(text: str) -> tuple[str, ...]:
    parts: Iterable[str] = (" ".join(part.split()) for part in re.split(r"[\n;]", text))
    return tuple(dict.fromkeys(part for part in parts if part))
