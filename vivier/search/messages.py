"""Words validation errors in French, with the public name of the field and the values allowed."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from vivier.errors import FieldError, InvalidRequest
from vivier.french import number, plural

_TEMPLATES = {
    "int_parsing": "« {field} » doit être un nombre entier (reçu : {given}).",
    "int_from_float": "« {field} » doit être un nombre entier (reçu : {given}).",
    "float_parsing": "« {field} » doit être un nombre (reçu : {given}).",
    "float_type": "« {field} » doit être un nombre (reçu : {given}).",
    "finite_number": "« {field} » doit être un nombre fini (reçu : {given}).",
    "greater_than_equal": "« {field} » doit être au moins {ge} (reçu : {given}).",
    "less_than_equal": "« {field} » doit être au plus {le} (reçu : {given}).",
    "greater_than": "« {field} » doit être supérieur à {gt} (reçu : {given}).",
    "string_too_short": "« {field} » demande au moins {characters}.",
    "string_too_long": "« {field} » accepte au plus {characters}.",
    "too_long": "« {field} » accepte au plus {values}.",
    "too_short": "« {field} » demande au moins {values}.",
    "string_pattern_mismatch": "« {field} » n'a pas la forme attendue, {pattern} (reçu : {given}).",
    "literal_error": "« {field} » accepte : {expected} (reçu : {given}).",
    "date_from_datetime_parsing": "« {field} » est une date AAAA-MM-JJ (reçu : {given}).",
    "date_from_datetime_inexact": "« {field} » est une date AAAA-MM-JJ (reçu : {given}).",
    "date_parsing": "« {field} » est une date AAAA-MM-JJ (reçu : {given}).",
    "bool_parsing": "« {field} » vaut true ou false (reçu : {given}).",
    "missing": "« {field} » manque.",
    "extra_forbidden": "« {field} » est inconnu.",
    "json_invalid": "Le corps de la requête n'est pas du JSON lisible.",
    **dict.fromkeys(("tuple_type", "list_type", "set_type"), "« {field} » est une liste (reçu : {given})."),
    **dict.fromkeys(
        ("dict_type", "model_type", "model_attributes_type", "dataclass_type", "mapping_type"),
        "« {field} » est un objet (reçu : {given}).",
    ),
    **dict.fromkeys(("string_type", "string_unicode"), "« {field} » est un texte (reçu : {given})."),
    **dict.fromkeys(("int_type", "decimal_type", "decimal_parsing"), "« {field} » est un nombre (reçu : {given})."),
}
_OTHERWISE = "« {field} » n'a pas une valeur admise (reçu : {given})."
"""What is said of an error of the library that no question should meet."""
_OURS = ("value_error", "assertion_error")
"""Errors of the library whose message is the one that we raised."""
_OF_LIBRARY = frozenset(get_args(ErrorType)) - frozenset(_OURS)
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
"""A bound as the library writes it in the context of an error."""
_QUOTED = re.compile(r"'([^']*)'")
_CODES = {
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "greater_than": "out_of_range",
    "finite_number": "out_of_range",
    "literal_error": "unknown_value",
    "extra_forbidden": "unknown_parameter",
}

_WHY = {
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "opération refusée par le système",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EROFS: "disque en lecture seule",
    errno.EISDIR: "c'est un dossier, un fichier est attendu",
    errno.ENOTDIR: "c'est un fichier, un dossier est attendu",
    errno.EEXIST: "existe déjà",
    errno.EADDRINUSE: "port déjà pris",
    errno.EADDRNOTAVAIL: "adresse qui n'est pas de cette machine",
}


M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], values: object) -> M:
    """Validates what a body or a form gives. Raises ``InvalidRequest`` with everything to correct."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        given = values if isinstance(values, Mapping) else {}
        raise InvalidRequest(tuple(french(fault, given) for fault in error.errors())) from None


def french(error: ErrorDetails, values: Mapping[str, Any]) -> FieldError:
    """Turns one pydantic error into a :class:`FieldError`. The errors that we raise already have their French text."""
    field = ".".join(str(part) for part in error["loc"] if not isinstance(part, int)) or _first_named(
        error["msg"], values
    )
    kind = error["type"]
    template = _TEMPLATES.get(kind) or (_OTHERWISE if kind in _OF_LIBRARY else None)
    if template is None:
        return FieldError(field, kind, error["msg"])
    context = {key: _written(value) for key, value in error.get("ctx", {}).items()}
    given = str(error.get("input"))[:80] or "rien"
    bound = next((int(context[name]) for name in ("min_length", "max_length") if name in context), 0)
    of_text = kind.startswith("string_") or isinstance(error.get("input"), str | bytes | SecretStr)
    characters = plural(bound, "caractère")
    context.update(
        field=field, given=given, characters=characters, values=characters if of_text else plural(bound, "valeur")
    )
    allowed = (
        tuple(part.strip(" '") for part in context["expected"].replace(" ou ", ",").split(","))
        if "expected" in context
        else ()
    )
    context["expected"] = _QUOTED.sub(r"« \1 »", context.get("expected", ""))
    return FieldError(field, _CODES.get(kind, "invalid_value"), template.format(**context), allowed)


def _written(value: object) -> str:
    """Writes a bound or a list of choices in French: « 0,1 », « 200 », « full ou wide »."""
    text = _DECIMAL.sub(r"\1", str(value))
    figure = isinstance(value, float | Decimal) or text != str(value)
    return number(text, 12) if figure else text.replace(" or ", " ou ")


def _first_named(message: str, values: Mapping[str, Any]) -> str:
    """The parameter that an error on the whole query is about: of those given, the first that the message names."""
    named = [(message.find(name), name) for name in values if name in message]
    return min(named)[1] if named else "query"


def system(error: OSError) -> str:
    """Words an error of the system in French, with the file that it is about, if any."""
    reason = _WHY.get(error.errno or 0, error.strerror or str(error))
    return f"{error.filename} : {reason}." if error.filename else f"{reason}."
