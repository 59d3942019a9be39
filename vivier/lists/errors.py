"""Describes what is wrong with a line of a list: a reason code, and French text that names the field and the fix."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vivier.french import plural
from vivier.lists.schema import ListedSupplier
from vivier.privacy.contacts import scrub

_BY_TYPE: Mapping[str, tuple[str, str]] = {
    "missing": ("field_missing", "champ obligatoire absent"),
    "extra_forbidden": ("field_unknown", "champ inconnu"),
    "float_type": ("number_invalid", "un nombre est attendu"),
    "float_parsing": ("number_invalid", "un nombre est attendu"),
    "finite_number": ("number_invalid", "un nombre fini est attendu"),
    "int_type": ("number_invalid", "un entier est attendu"),
    "int_parsing": ("number_invalid", "un entier est attendu"),
    "int_from_float": ("number_invalid", "un entier est attendu"),
    "bool_type": ("value_invalid", "true ou false (oui ou non) attendu"),
    "bool_parsing": ("value_invalid", "true ou false (oui ou non) attendu"),
    "string_type": ("value_invalid", "un texte est attendu, entre guillemets"),
    "list_type": ("value_invalid", "une liste est attendue"),
    "union_tag_not_found": ("zone_invalid", "« type » manque : country, radius, territories ou undeclared"),
    "union_tag_invalid": ("zone_invalid", "« type » inconnu : country, radius, territories ou undeclared"),
    "model_type": ("value_invalid", "un objet est attendu"),
    "model_attributes_type": ("value_invalid", "un objet est attendu"),
}
_OWN: Final = frozenset(
    f"{what}_{fault}"
    for what, fault in (
        ("kind", "unknown"),
        ("label", "unknown"),
        ("trade", "unknown"),
        ("zone", "invalid"),
        ("territory", "invalid"),
        ("date", "invalid"),
        ("number", "invalid"),
        ("value", "invalid"),
    )
)
"""Errors that say the fix themselves (:mod:`vivier.lists.words`)."""
_WITH_BOUNDS: Mapping[str, str] = {
    "greater_than_equal": "au moins {ge} attendu",
    "greater_than": "plus de {gt} attendu",
    "less_than_equal": "au plus {le} attendu",
    "string_too_long": "au plus {max_length} caractères",
    "string_too_short": "au moins {min_length} caractère",
    "string_pattern_mismatch": "forme attendue : {pattern}",
    "too_short": "au moins {min_length} élément",
    "too_long": "au plus {max_length} éléments",
    "literal_error": "valeurs admises : {expected}",
}


def reason_of(error: ValidationError) -> tuple[str, str]:
    """A code, that of the first error of a line, and every error in French."""
    details = error.errors()
    explained = [_explain(detail) for detail in details[:5]]
    left = len(details) - len(explained)
    more = f" ; et {plural(left, 'autre erreur', 'autres erreurs')}" if left else ""
    return explained[0][0], " ; ".join(text for _, text in explained) + more


def _explain(detail: ErrorDetails) -> tuple[str, str]:
    reason, words = _words(detail)
    where = ".".join(str(part) for part in detail["loc"])
    value = detail.get("input")
    # These messages already hold the value, or must not show it.
    complete = detail["type"] in _OWN or reason == "field_unknown"
    shown = f" (reçu : {_shown(value)})" if isinstance(value, str | int | float) and not complete else ""
    return reason, f"champ « {where} » : {words}{shown}"


def _words(detail: ErrorDetails) -> tuple[str, str]:
    kind = detail["type"]
    if kind in _OWN:
        return kind, detail["msg"]
    if kind == "extra_forbidden":
        return "field_unknown", _BY_TYPE[kind][1] + _near(str(detail["loc"][-1]), len(detail["loc"]))
    if kind.startswith("date"):
        return "date_invalid", "date attendue sous la forme AAAA-MM-JJ"
    if kind in _WITH_BOUNDS:
        return "value_invalid", _WITH_BOUNDS[kind].format(**detail.get("ctx", {}))
    return _BY_TYPE.get(kind, ("value_invalid", detail["msg"]))


def _near(name: str, depth: int) -> str:
    near = difflib.get_close_matches(name, ListedSupplier.model_fields) if depth == 1 else []
    return f", vouliez-vous dire « {near[0]} » ?" if near else " : ôtez-le ou corrigez son nom"


def _shown(value: Any) -> str:
    return scrub(str(value))[0][:60]
