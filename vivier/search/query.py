"""What a buyer may ask of suppliers. Every parameter is one declared line; nothing else knows the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from rapidfuzz import fuzz, process

from vivier.errors import FieldError, InvalidRequest
from vivier.french import number
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.search.messages import french
from vivier.search.point import Point, check_circle
from vivier.search.polygon import polygon_rings
from vivier.trades.cpv import parse_cpv

MAX_VALUES = 50
MAX_DEPTH = 10_000
MAX_POLYGON_VERTICES = 500
DEEPER = "précisez la recherche (l'export complet n'a pas cette limite)"

Codes = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=120)], ...], Field(max_length=MAX_VALUES)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
"""A day asked: with bounds, so that months may be counted from it both ways."""

FIELDS: dict[str, str] = {
    "name": "nom et sigle",
    "identifiers": "SIREN, SIRET, FINESS",
    "kinds": "types de structure et agréments",
    "labels": "labels, portée et validité",
    "address": "adresse, point, zones prioritaires",
    "offers": "métiers, types de prestation, zones",
    "capacities": "effectif, places, chiffre d'affaires",
    "networks": "réseaux",
    "references": "références clients",
    "website": "site",
    "description": "présentation",
    "sources": "sources du fournisseur",
}
"""Parts of a result that ``fields`` may choose; ``id``, ``coverage``, ``distance_km`` and ``reasons`` always come."""


def check_depth(page: int, per_page: int, deepest: int = MAX_DEPTH, instead: str = DEEPER) -> None:
    """No page goes beyond ``deepest`` results; ``instead`` says what to do."""
    if page * per_page > deepest:
        raise PydanticCustomError("too_deep", f"page × per_page ne peut dépasser {number(deepest)} : {instead}.")


def check_nearest(sort: str, near: object, territory: object) -> None:
    """The nearest first: of what?"""
    if sort == "distance" and near is None and not territory:
        raise PydanticCustomError(
            "impossible_combination", "sort=distance demande un point (near) ou un territoire (territory)."
        )


class SupplierQuery(Model):
    """A search for suppliers. Values of one parameter are alternatives; different parameters all hold.

    Trade, service type and territory hold on the same offer of a supplier.
    """

    q: Annotated[
        str | None, Field(min_length=2, max_length=200, description="mots cherchés : nom, métier, SIREN, SIRET…")
    ] = None
    territory: Annotated[
        Codes, Field(description="territoires à servir : commune:35238, epci:243500139, departement:35, region:53, FR")
    ] = ()
    coverage: Annotated[
        Literal["full", "wide", "partial", "any"] | None,
        Field(description="couverture : full (tout), wide (au moins la moitié), partial, any (dont « touche »)"),
    ] = None
    near: Annotated[Point | None, Field(description="point « lon,lat » autour duquel se trouve le siège")] = None
    radius_km: Annotated[
        float | None, Field(ge=0.1, le=200, allow_inf_nan=False, description="rayon autour de near, en km (0,1 à 200)")
    ] = None
    polygon: Annotated[
        str | None, Field(max_length=40_000, description="polygone GeoJSON (lon, lat) où se trouve le siège")
    ] = None
    seat: Annotated[Codes, Field(description="territoire de l'adresse du siège"), Filter("Siège dans", "seat")] = ()
    trade: Annotated[
        Codes,
        Field(description="métiers, voir /v1/trades"),
        Filter("Métier", "trade", "offers", codes.trades, dated=True, facet=True),
    ] = ()
    cpv: Annotated[
        Codes,
        Field(description="codes CPV (2 à 8 chiffres, clé ignorée), par les métiers qui leur correspondent"),
        Filter("Code CPV", "trade", "offers", expand=codes.trades_of_cpv, parse=parse_cpv, dated=True),
    ] = ()
    service_type: Annotated[
        Codes,
        Field(description="type de prestation"),
        Filter("Type de prestation", "service_type", "offers", codes.service_types, dated=True, facet=True),
    ] = ()
    evidence: Annotated[
        Codes,
        Field(description="preuve du métier admise"),
        Filter("Preuve du métier", "evidence", "offers", codes.evidences, dated=True, facet=True),
    ] = ()
    min_evidence: Annotated[
        Codes,
        Field(
            description="preuve du métier la plus faible admise : « job » admet aussi contract, certified et declared"
        ),
        Filter("Preuve du métier au moins", "evidence", "offers", codes.evidences, codes.evidence_from, dated=True),
    ] = ()
    kind: Annotated[
        Codes,
        Field(description="types de structure, voir /v1/kinds"),
        Filter("Type de structure", "kind", "agreements", codes.kinds, dated=True, facet=True),
    ] = ()
    article: Annotated[
        Codes,
        Field(description="article de réservation"),
        Filter("Article de réservation", "kind", "agreements", codes.articles, codes.kinds_of_article, dated=True),
    ] = ()
    label: Annotated[
        Codes,
        Field(description="labels valides à la date, voir /v1/labels"),
        Filter("Label", "code", "labels", codes.labels, dated=True, facet=True),
    ] = ()
    network: Annotated[Codes, Field(description="réseaux"), Filter("Réseau", "networks", facet=True)] = ()
    departement: Annotated[
        Codes,
        Field(description="département du siège : departement:35"),
        Filter("Département du siège", "departement", allowed=codes.departements, facet=True),
    ] = ()
    region: Annotated[
        Codes,
        Field(description="région du siège : region:53"),
        Filter("Région du siège", "region", allowed=codes.regions, facet=True),
    ] = ()
    zone: Annotated[
        Codes, Field(description="zone prioritaire du siège"), Filter("Zone", "zones", None, codes.zones, facet=True)
    ] = ()
    turnover_min: Annotated[
        Amount | None,
        Field(description="chiffre d'affaires annuel minimal, € HT"),
        Filter("Chiffre d'affaires minimal", "turnover", bound="gte"),
    ] = None
    turnover_max: Annotated[
        Amount | None,
        Field(description="chiffre d'affaires annuel maximal, € HT"),
        Filter("Chiffre d'affaires maximal", "turnover", bound="lte"),
    ] = None
    staff_min: Annotated[
        Amount | None,
        Field(description="effectif minimal, personnes"),
        Filter("Effectif minimal", "staff", bound="gte"),
    ] = None
    staff_max: Annotated[
        Amount | None,
        Field(description="effectif maximal, personnes"),
        Filter("Effectif maximal", "staff_to", bound="lte"),
    ] = None
    lot_amount: Annotated[
        Amount | None, Field(description="montant du lot sur toute sa durée, € HT : ordonne par capacité")
    ] = None
    lot_months: Annotated[
        int | None, Field(ge=1, le=180, description="durée du lot en mois, reconductions comprises")
    ] = None
    not_kind: Annotated[
        Codes,
        Field(description="types de structure exclus"),
        Filter("Type de structure exclu", "kind", "agreements", codes.kinds, dated=True, negative=True),
    ] = ()
    not_label: Annotated[
        Codes,
        Field(description="labels exclus"),
        Filter("Label exclu", "code", "labels", codes.labels, dated=True, negative=True),
    ] = ()
    not_trade: Annotated[
        Codes,
        Field(description="métiers exclus"),
        Filter("Métier exclu", "trade", "offers", codes.trades, dated=True, negative=True),
    ] = ()
    include_unknown: Annotated[
        tuple[Literal["turnover", "staff"], ...],
        Field(description="garde aussi les fournisseurs dont ce chiffre est inconnu"),
    ] = ()
    as_of: Annotated[
        Day | None,
        Field(
            description="date à laquelle agréments, labels et métiers certifiés doivent valoir (par défaut aujourd'hui)"
        ),
    ] = None
    sort: Annotated[
        Literal["relevance", "distance", "name", "updated", "neutral"], Field(description="ordre des résultats")
    ] = "relevance"
    seed: Annotated[str | None, Field(max_length=64, description="graine de l'ordre neutre (sort=neutral)")] = None
    page: Annotated[int, Field(ge=1, le=MAX_DEPTH, description="page, à partir de 1")] = 1
    per_page: Annotated[int, Field(ge=1, le=100, description="résultats par page (1 à 100)")] = 20
    fields: Annotated[
        tuple[str, ...], Field(max_length=20, description="parties du résultat voulues : " + ", ".join(FIELDS))
    ] = ()
    facets: Annotated[
        tuple[str, ...] | None, Field(max_length=10, description="comptes voulus par valeur (paramètres à facette)")
    ] = None

    @model_validator(mode="after")
    def _combinations(self) -> SupplierQuery:
        check_circle(self.near, self.radius_km)
        check_depth(self.page, self.per_page)
        check_nearest(self.sort, self.near, self.territory)
        if self.coverage is not None and not self.territory:
            raise PydanticCustomError("impossible_combination", "« coverage » demande un territoire (territory).")
        if self.lot_months is not None and self.lot_amount is None:
            raise PydanticCustomError("impossible_combination", "« lot_months » demande un montant (lot_amount).")
        if self.seed is not None and self.sort != "neutral":
            raise PydanticCustomError("impossible_combination", "« seed » demande sort=neutral.")
        for name in ("turnover", "staff"):
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if low is not None and high is not None and low > high:
                raise PydanticCustomError("impossible_combination", f"« {name}_min » dépasse « {name}_max ».")
        return self


@cache
def filters(model: type[Model] = SupplierQuery) -> Mapping[str, Filter]:
    """The filters declared on a query model, by parameter name. Read once a model, shared: not to be changed."""
    found = {}
    for name, info in model.model_fields.items():
        declared = [meta for meta in info.metadata if isinstance(meta, Filter)]
        if declared:
            found[name] = declared[0]
    return found


Q = TypeVar("Q", bound=Model)


def parse_query(
    items: Iterable[tuple[str, str]], lexicon: Lexicon, model: type[SupplierQuery] = SupplierQuery
) -> SupplierQuery:
    """A query from the pairs of a URL. ``InvalidRequest`` holds every error at once, in French, by public name."""
    return parse_parameters(items, lexicon, model)


def parse_parameters(items: Iterable[tuple[str, str]], lexicon: Lexicon, model: type[Q]) -> Q:
    """The same for any declared set of parameters: one model a resource, an empty one where none is accepted."""
    values, errors = _gather(items, model)
    query: Q | None = None
    try:
        query = model.model_validate(values)
    except ValidationError as error:
        errors += [french(one, values) for one in error.errors()]
    errors += _code_errors(values, lexicon, model)
    errors += _place_errors(values, lexicon)
    if errors:
        raise InvalidRequest(tuple(errors))
    assert query is not None
    return query


def _place_errors(values: Mapping[str, Any], lexicon: Lexicon) -> list[FieldError]:
    """Territories and polygons that cannot be read, said with the other errors."""
    errors: list[FieldError] = []
    for name in ("territory", "seat", "buyer_territory"):
        for text in values.get(name, ()):
            errors += _refusals(lambda text=text, name=name: lexicon.gazetteer.expand(text, name))  # type: ignore[misc]
    if "polygon" in values:
        errors += _refusals(lambda: polygon_rings(values["polygon"]))
    return errors


def _refusals(read: Callable[[], object]) -> tuple[FieldError, ...]:
    try:
        read()
    except InvalidRequest as refused:
        return refused.errors
    return ()


def _gather(items: Iterable[tuple[str, str]], model: type[Model]) -> tuple[dict[str, Any], list[FieldError]]:
    """Group repeated parameters; refuse unknown names and repeated single values. Codes may be separated by commas."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    several = _lists(model)
    for name, text in items:
        if name not in model.model_fields:
            errors.append(_unknown_parameter(name, model))
        elif name in several:
            values[name] = values.get(name, ()) + tuple(part.strip() for part in text.split(",") if part.strip())
        elif name in values:
            errors.append(FieldError(name, "repeated", f"« {name} » ne peut être donné qu'une fois."))
        else:
            values[name] = text
    for name in several & values.keys():
        values[name] = tuple(dict.fromkeys(values[name]))
    return values, errors


@cache
def _lists(model: type[Model]) -> frozenset[str]:
    """The parameters that may be repeated."""
    return frozenset(name for name, info in model.model_fields.items() if _is_list(info.annotation))


def _is_list(annotation: object) -> bool:
    return "tuple[" in str(annotation) and "..." in str(annotation)


def _unknown_parameter(name: str, model: type[Model]) -> FieldError:
    found = process.extractOne(name, list(model.model_fields), scorer=fuzz.ratio, score_cutoff=60)
    suggestion = found[0] if found else None
    hint = f" Vouliez-vous dire « {suggestion} » ?" if suggestion else " Paramètres admis : voir /docs."
    shown = name[:80]
    return FieldError(shown, "unknown_parameter", f"Paramètre inconnu « {shown} ».{hint}", suggestion=suggestion)


def _code_errors(values: Mapping[str, Any], lexicon: Lexicon, model: type[Model]) -> list[FieldError]:
    errors: list[FieldError] = []
    declared = filters(model)
    for name, given in values.items():
        if name in declared and isinstance(given, tuple):
            errors += declared[name].check(name, given, lexicon)
    errors += _choice_errors("fields", values.get("fields", ()), FIELDS)
    facets = {name: filter_.title for name, filter_ in declared.items() if filter_.facet}
    errors += _choice_errors("facets", values.get("facets", ()), facets)
    return errors


def _choice_errors(name: str, given: Iterable[str], allowed: Mapping[str, str]) -> list[FieldError]:
    return [
        FieldError(
            name,
            "unknown_value",
            f"« {value[:80]} » n'est pas admis pour « {name} » : {', '.join(allowed)}.",
            tuple(allowed),
        )
        for value in given
        if value not in allowed
    ]
