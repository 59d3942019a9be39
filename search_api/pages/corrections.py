"""Words what is to correct for a reader of a page: the names of its fields and of their values, never those of the API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from search_api.pages.words import FORM_TITLES, TITLES, allowed_values, title_of, value_label
from vivier.errors import FieldError
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.suppliers.query import SupplierQuery

_WHOLE: Final[Mapping[tuple[str, str], str]] = {
    ("near", "impossible_combination"): "Écrivez aussi la distance, en km, autour de ce lieu.",
    ("radius_km", "impossible_combination"): "Écrivez aussi le lieu autour duquel compter cette distance.",
    ("near", "point"): "Ce point n'est pas lisible : écrivez plutôt un lieu.",
    ("near", "swapped"): "La latitude est donnée avant la longitude : écrivez plutôt un lieu.",
    ("sort", "impossible_combination"): "Pour trier par distance, écrivez un lieu.",
    ("coverage", "impossible_combination"): "Écrivez aussi le lieu à couvrir.",
    ("lot_months", "impossible_combination"): "Écrivez aussi le montant du lot.",
    ("seed", "impossible_combination"): "Choisissez aussi l'ordre « neutre ».",
    (
        "query",
        "profile_missing",
    ): "Pour qui ? Écrivez le nom ou le SIRET d'une structure, ou bien un métier et un lieu.",
    (
        "page",
        "too_deep",
    ): "Cette page est trop loin dans la liste : ajoutez un critère, ou téléchargez la liste entière.",
}
"""Errors of which a page has a simpler correction, by field and code."""
_RULES: Final = (
    (
        re.compile(
            r"« (?P<field>[^»]+) » doit être un nombre(?P<whole> entier)? \(reçu : (?P<given>.*)\)\.", re.DOTALL
        ),
        "Écrivez un nombre{whole} en chiffres, par exemple 30, au lieu de « {given} ».",
    ),
    (
        re.compile(
            r"« (?P<field>[^»]+) » doit être (?P<bound>au (?:plus|moins) .+) \(reçu : (?P<given>.*)\)\.", re.DOTALL
        ),
        "Écrivez un nombre d'{bound}, au lieu de « {given} ».",
    ),
    (
        re.compile(r"« (?P<field>[^»]+) » demande (?P<least>au moins \d+) caractères\."),
        "Écrivez {least} lettres ou chiffres.",
    ),
    (
        re.compile(r"« (?P<field>[^»]+) » est une date AAAA-MM-JJ \(reçu : (?P<given>.*)\)\.", re.DOTALL),
        "Écrivez un jour comme 2026-11-30 (année, mois, jour), au lieu de « {given} ».",
    ),
    (
        re.compile(r"Code inconnu « (?P<given>[^»]*) » pour « trade »\.(?P<hint>.*)"),
        "Métier inconnu, « {given} ».{hint}",
    ),
)
"""What the general messages of :mod:`vivier.search.messages` become beside a field."""
_QUOTED: Final = re.compile(r"« (?P<name>[a-z_]+) »(?: \((?P<code>[a-z_]+)\))?")
_BRACKETED: Final = re.compile(r" \((?P<code>[a-z]+_[a-z_]+|kind|trade|territory|near|sort)\)")


def plain_errors(
    errors: Iterable[FieldError], lexicon: Lexicon, model: type[Model] = SupplierQuery
) -> tuple[FieldError, ...]:
    """The errors with the words of a page: « écrivez un nombre en chiffres » for « « radius_km » doit être un nombre »."""
    return tuple(replace(error, message=_plain(error, lexicon, model)) for error in errors)


def beside(error: FieldError) -> str:
    """The words of an error beside its field, on a form that is no search: without the code of the field."""
    if error.code == "unknown_parameter":
        return _unknown_parameter(error)
    general = _general(error.message)
    if general is not None:
        return general
    _, own, rest = error.message.partition(f"« {error.field} » : ")
    if own:
        return rest[:1].upper() + rest[1:]
    return _QUOTED.sub(lambda found: f"« {FORM_TITLES.get(found['name'], found['name'])} »", error.message)


def _unknown_parameter(error: FieldError) -> str:
    hint = f" Vouliez-vous dire « {error.suggestion} » ?" if error.suggestion else ""
    return f"L'adresse contient « {error.field} », que cette page ne connaît pas : retirez-le.{hint}"


def _general(message: str) -> str | None:
    """What a general message becomes beside a field; ``None`` for another message."""
    for rule, words in _RULES:
        found = rule.fullmatch(message)
        if found is not None:
            return words.format(**{name: part or "" for name, part in found.groupdict().items()})
    return None


def _plain(error: FieldError, lexicon: Lexicon, model: type[Model]) -> str:
    field = "radius_km" if error.field == "rayon" else error.field
    whole = _WHOLE.get((error.field, error.code))
    if whole is not None:
        return whole
    if error.code == "unknown_parameter":
        return _unknown_parameter(error)
    general = _general(error.message)
    if general is not None:
        return general
    values = _labels(field, lexicon, model)
    named = _QUOTED.sub(lambda found: _named(found["name"], values, model), error.message)
    chosen = named.replace(f"« {title_of(field, model)} » accepte : ", "Choisissez : ")
    return _BRACKETED.sub(lambda found: "" if found["code"] in _names(model) else found[0], chosen)


def _named(name: str, values: Mapping[str, str], model: type[Model]) -> str:
    """A quoted code as the page calls it, a field or one of its values; other words as they are."""
    if name in values:
        return f"« {values[name]} »"
    return f"« {title_of(name, model)} »" if name in _names(model) else f"« {name} »"


def _labels(field: str, lexicon: Lexicon, model: type[Model]) -> dict[str, str]:
    if field not in model.model_fields:
        return {}
    return {code: value_label(field, code, lexicon, model) for code in allowed_values(field, model)}


@cache
def _names(model: type[Model]) -> frozenset[str]:
    return frozenset((*model.model_fields, *TITLES))
