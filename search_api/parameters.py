"""The parameters of every resource, as models; and the description of a model in OpenAPI."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Annotated, Any

import orjson
from pydantic import Field

from search_api.openapi import schema_of
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.search.query import Day, filters
from vivier.search.suggest import SuggestionType
from vivier.suppliers.query import FIELDS

_SHORT_LIST = 40
"""Longest closed list that is written as ``enum``."""


class NoParameters(Model):
    """A resource without parameters refuses any."""


class SheetQuery(Model):
    """The page of one supplier, at a date."""

    as_of: Annotated[Day | None, Field(description="date à laquelle agréments et labels sont jugés")] = None


class SheetPageQuery(SheetQuery):
    """The same as a page, which the suppliers chosen to be compared follow."""

    choix: Annotated[
        str | None, Field(max_length=400, description="structures choisies, séparées par des virgules")
    ] = None


class LotQuery(Model):
    """A lot that another page fills in: the form shows it, nothing is studied yet."""

    text: Annotated[str | None, Field(max_length=5000, description="le besoin")] = None
    pasted: Annotated[str | None, Field(max_length=5000, description="un programme, une ligne par lot")] = None
    place: Annotated[str | None, Field(max_length=200, description="le lieu, en clair")] = None
    amount: Annotated[str | None, Field(max_length=80, description="le montant HT")] = None
    months: Annotated[str | None, Field(max_length=80, description="la durée")] = None
    choix: Annotated[
        str | None, Field(max_length=400, description="structures choisies, séparées par des virgules")
    ] = None


class WriteQuery(Model):
    """A message to several structures: what is said of the need, and to whom."""

    organisation: Annotated[str, Field(max_length=120, description="organisme qui écrit, jamais une personne")] = ""
    text: Annotated[str, Field(max_length=2_000, description="le besoin")] = ""
    place: Annotated[str, Field(max_length=200, description="le lieu, en clair")] = ""
    amount: Annotated[str, Field(max_length=80, description="le montant HT")] = ""
    months: Annotated[str, Field(max_length=80, description="la durée, en mois")] = ""
    dates: Annotated[str, Field(max_length=200, description="les dates du besoin")] = ""
    closes_on: Annotated[str, Field(max_length=10, description="dernier jour pour répondre")] = ""
    questions: Annotated[str, Field(max_length=2_000, description="les questions, une par ligne")] = ""
    choix: Annotated[str, Field(max_length=2_000, description="structures choisies, séparées par des virgules")] = ""


class MergeQuery(Model):
    """The other rounds that are in the mail-merge file of one."""

    avec: Annotated[
        str, Field(max_length=2_000, description="adresses des autres enquêtes, séparées par des espaces")
    ] = ""


class ReplyQuery(Model):
    """The lot that a structure answers about, of several asked together."""

    lot: Annotated[int | None, Field(ge=1, le=100_000, description="rang du lot")] = None


class StudyQuery(Model):
    """A study, with another response rate or insertion effort than its own, or the parts of a département."""

    taux: Annotated[
        int | None, Field(ge=1, le=100, description="taux de réponse à essayer, en pour cent (1 à 100)")
    ] = None
    effort: Annotated[
        int | None, Field(ge=1, le=100, description="effort d'insertion à essayer, en pour cent (1 à 100)")
    ] = None
    parties: Annotated[bool, Field(description="étudier un département par intercommunalité")] = False


class AsOfQuery(Model):
    """A sheet at a date."""

    as_of: Annotated[Day | None, Field(description="date à laquelle on se place (par défaut aujourd'hui)")] = None


class AsOfPageQuery(AsOfQuery):
    """The same as a page, which whom it is for follows."""

    pour: Annotated[
        str | None, Field(max_length=2000, description="pour qui : la structure, ou ses métiers et son lieu")
    ] = None


class TradesQuery(Model):
    """Choose among the trades."""

    q: Annotated[str | None, Field(min_length=2, max_length=200, description="mots du métier cherché")] = None
    group: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=120)], ...],
        Field(max_length=50, description="groupes de métiers"),
        Filter("Groupe de métiers", "group", allowed=codes.groups),
    ] = ()


class NeedQuery(Model):
    """A need to understand."""

    text: Annotated[
        str,
        Field(min_length=1, max_length=5000, description="le besoin en français : « tonte des pelouses à Roubaix »"),
    ]


class CpvQuery(Model):
    """Find CPV codes by digits or by words."""

    q: Annotated[str, Field(min_length=2, max_length=200, description="début de code (« 773 ») ou mots du libellé")]
    limit: Annotated[int, Field(ge=1, le=100, description="nombre de codes rendus (1 à 100)")] = 20


class SuggestQuery(Model):
    """Complete what is typed."""

    q: Annotated[str, Field(min_length=2, max_length=120, description="début d'un nom, d'un métier ou d'un lieu")]
    types: Annotated[
        tuple[SuggestionType, ...], Field(max_length=3, description="types de suggestion voulus (par défaut tous)")
    ] = ()
    limit: Annotated[int, Field(ge=1, le=20, description="suggestions de chaque type (1 à 20)")] = 5


class TerritoriesQuery(Model):
    """Find territories by name, postal code or typed id."""

    q: Annotated[
        str, Field(min_length=1, max_length=200, description="nom, début de nom, code postal ou identifiant typé")
    ]
    limit: Annotated[int, Field(ge=1, le=50, description="nombre de territoires rendus (1 à 50)")] = 10


def openapi_parameters(model: type[Model], lexicon: Lexicon, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """The query parameters of a model, as OpenAPI describes them: made once, and not to be changed."""
    return _parameters(model, lexicon, frozenset(without))


@lru_cache(256)
def _parameters(model: type[Model], lexicon: Lexicon, without: frozenset[str]) -> list[dict[str, Any]]:
    schema = schema_of(model)
    required = schema.get("required", ())
    return [
        _parameter(name, property_, name in required, _allowed(name, model, lexicon))
        for name, property_ in schema.get("properties", {}).items()
        if name not in without
    ]


def _parameter(name: str, property_: Mapping[str, Any], required: bool, allowed: list[str]) -> dict[str, object]:
    schema = _plain(property_)
    description = schema.pop("description", "")
    if allowed:
        schema["items"] = {**schema["items"], "enum": allowed}
    parameter = {"name": name, "in": "query", "required": required, "description": description, "schema": schema}
    if schema.get("type") == "array":
        # « near=lon,lat » is one value of two numbers; lists may be repeated.
        parameter |= {"style": "form", "explode": "prefixItems" not in schema}
    return parameter


def _plain(property_: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a value when it is given: without title, default ``null`` and the ``null`` alternative."""
    schema = {name: value for name, value in property_.items() if name != "title"}
    given = [alternative for alternative in schema.pop("anyOf", ()) if alternative.get("type") != "null"]
    if schema.get("default", ...) is None:
        del schema["default"]
    return {**(given[0] if given else {}), **schema}


def _allowed(name: str, model: type[Model], lexicon: Lexicon) -> list[str]:
    declared = filters(model)
    if name == "fields":
        return list(FIELDS)
    if name == "facets":
        return [facet for facet, filter_ in declared.items() if filter_.facet]
    codes = list(declared[name].names(lexicon)) if name in declared else []
    return codes if len(codes) <= _SHORT_LIST else []


def body_items(body: object) -> list[tuple[str, str]]:
    """The members of a JSON object as the pairs of a URL, for ``parse_query``. A list gives one pair an item; ``null`` gives none.

    ``polygon`` may be a GeoJSON geometry, ``near`` a pair of numbers. Raises ``InvalidRequest``.
    """
    if not isinstance(body, dict):
        error = FieldError(
            "body", "invalid_value", 'Le corps doit être un objet JSON : {"territory": ["departement:35"]}.'
        )
        raise InvalidRequest((error,))
    return [pair for name, value in body.items() if value is not None for pair in _member_items(name, value)]


def _member_items(name: str, value: Any) -> list[tuple[str, str]]:
    if name == "polygon" and isinstance(value, dict):
        return [(name, orjson.dumps(value).decode())]
    if name == "near" and isinstance(value, list):
        return [(name, ",".join(_text(name, item) for item in value))]
    if isinstance(value, list):
        return [(name, _text(name, item)) for item in value] or [(name, "")]
    return [(name, _text(name, value))]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    shown = name[:80]
    message = f"« {shown} » attend un texte, un nombre ou une liste de textes."
    raise InvalidRequest((FieldError(shown, "invalid_value", message),))
