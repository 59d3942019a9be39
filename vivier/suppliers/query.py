"""Declares the parameters of a search for suppliers, one line each. No other module repeats this list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from vivier.law.articles import ARTICLE_NAMES
from vivier.lexicon import Lexicon
from vivier.needs.asked import parse_asked
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.search.point import Point, check_circle
from vivier.search.query import (
    MAX_DEPTH,
    WORDS,
    Amount,
    Codes,
    Day,
    Names,
    SearchQuery,
    check_depth,
    check_nearest,
    check_ranges,
    list_unknowns,
)
from vivier.suppliers.networks import networks_meant, parse_network
from vivier.trades.cpv import parse_cpv
from vivier.vocabulary import EVIDENCES, SERVICE_TYPES, ZONES

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
    "contacts": "courriel et téléphone de l'organisation",
    "description": "présentation",
    "sources": "sources du fournisseur",
}
"""Parts of a result that ``fields`` may choose, with their French names; ``id``, ``coverage``, ``distance_km`` and ``reasons`` are always
included."""


Group = Literal["exact", "label_unknown", "near_trade", "to_ask", "other_kind", "farther"]
"""The groups of an answer (:mod:`vivier.suppliers.groups`)."""


class SupplierQuery(SearchQuery):
    """A search for suppliers. Values of one parameter are alternatives; different parameters all hold.

    Trade, service type and territory hold on the same offer of a supplier.
    """

    model_config = ConfigDict(json_schema_extra=list_unknowns)
    PARTS: ClassVar[Mapping[str, str]] = FIELDS
    collection = "suppliers"

    q: Annotated[
        str | None, Field(min_length=2, max_length=200, description="mots cherchés : nom, métier, SIREN, SIRET…"), WORDS
    ] = None
    need: Annotated[
        str | None,
        Field(
            max_length=5_000,
            description="besoin écrit en français, lu en paramètres : « nettoyage de bureaux à Paris » ; un paramètre donné à côté l'emporte",
        ),
        WORDS,
    ] = None
    territory: Annotated[
        Codes, Field(description="territoires à servir : commune:35238, epci:243500139, departement:35, region:53, FR")
    ] = ()
    coverage: Annotated[
        Literal["full", "wide", "partial", "seat", "any"] | None,
        Field(
            description="couverture : full (tout), wide (au moins la moitié), partial, seat (aussi ceux dont le siège est là et "
            "la zone déclarée ailleurs), any (dont « touche »)"
        ),
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
        Filter("Type de prestation", "service_type", "offers", SERVICE_TYPES, dated=True, facet=True),
    ] = ()
    evidence: Annotated[
        Codes,
        Field(description="preuve du métier admise"),
        Filter("Preuve du métier", "evidence", "offers", EVIDENCES, dated=True, facet=True),
    ] = ()
    min_evidence: Annotated[
        Codes,
        Field(
            description="preuve du métier la plus faible admise : « job » admet aussi contract, certified et declared"
        ),
        Filter("Preuve du métier au moins", "evidence", "offers", EVIDENCES, codes.evidence_from, dated=True),
    ] = ()
    kind: Annotated[
        Codes,
        Field(description="types de structure, voir /v1/kinds"),
        Filter("Type de structure", "kind", "agreements", codes.kinds, dated=True, proof="proved_until", facet=True),
    ] = ()
    article: Annotated[
        Codes,
        Field(description="article de réservation"),
        Filter(
            "Article de réservation",
            "kind",
            "agreements",
            ARTICLE_NAMES,
            codes.kinds_of_article,
            dated=True,
            proof="proved_until",
        ),
    ] = ()
    label: Annotated[
        Codes,
        Field(description="labels valides à la date, voir /v1/labels"),
        Filter("Label", "code", "labels", codes.labels, dated=True, facet=True),
    ] = ()
    network: Annotated[
        Codes,
        Field(description="réseaux, par leur nom ou leur sigle : Hosmoz, UNEA, Coorace… (liste fermée)"),
        Filter("Réseau", "networks", expand=networks_meant, parse=parse_network, facet=True),
    ] = ()
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
        Codes, Field(description="zone prioritaire du siège"), Filter("Zone", "zones", None, ZONES, facet=True)
    ] = ()
    turnover_min: Annotated[
        Amount | None,
        Field(description="chiffre d'affaires annuel minimal, € HT"),
        Filter("Chiffre d'affaires minimal", "turnover", bound="gte", unknown="le chiffre d'affaires"),
    ] = None
    turnover_max: Annotated[
        Amount | None,
        Field(description="chiffre d'affaires annuel maximal, € HT"),
        Filter("Chiffre d'affaires maximal", "turnover", bound="lte", unknown="le chiffre d'affaires"),
    ] = None
    staff_min: Annotated[
        Amount | None,
        Field(description="effectif minimal, personnes"),
        Filter("Effectif minimal", "staff", bound="gte", unknown="l'effectif"),
    ] = None
    staff_max: Annotated[
        Amount | None,
        Field(description="effectif maximal, personnes"),
        Filter("Effectif maximal", "staff_to", bound="lte", unknown="l'effectif"),
    ] = None
    volume_min: Annotated[
        Amount | None,
        Field(description="volume que la structure déclare pouvoir prendre, minimal, € HT par an"),
        Filter("Volume déclaré minimal", "volume", bound="gte", unknown="le volume possible"),
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
    wish_kind: Annotated[
        Codes,
        Field(description="types de structure souhaités : classés d'abord, sans rien exclure"),
        Filter("Type de structure souhaité", "kind", "agreements", codes.kinds, dated=True, wish=True),
    ] = ()
    wish_label: Annotated[
        Codes,
        Field(description="labels souhaités : classés d'abord, sans rien exclure"),
        Filter("Label souhaité", "code", "labels", codes.labels, dated=True, wish=True),
    ] = ()
    wish_trade: Annotated[
        Codes,
        Field(
            max_length=4,
            description="métiers souhaités ensemble : ceux qui en font le plus sont classés d'abord, sans rien exclure",
        ),
        Filter("Métier souhaité", "trade", "offers", codes.trades, dated=True, wish=True),
    ] = ()
    group: Annotated[
        tuple[Group, ...],
        Field(
            max_length=6,
            description="groupes de réponses : exact (font ce métier), label_unknown (font ce métier, label à vérifier), near_trade (métier proche, à appeler), to_ask (métier non publié, à appeler), "
            "other_kind (font ce métier, d'un autre type), farther (trop loin)",
        ),
    ] = ()
    groups: Annotated[
        Literal["totals", "results"],
        Field(
            description="ce que la réponse dit des groupes après le premier : totals (leur nombre), results (aussi ceux qui "
            "complètent la page, et les comptes par valeur)"
        ),
    ] = "totals"
    include_unknown: Annotated[
        Names, Field(description="garde aussi les fournisseurs dont ce chiffre est inconnu")
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
    seed: Annotated[str | None, Field(max_length=64, description="graine du tirage au sort (sort=neutral)")] = None
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
        check_ranges(self)
        return self


def parse_query(
    items: Iterable[tuple[str, str]], lexicon: Lexicon, model: type[SupplierQuery] = SupplierQuery
) -> SupplierQuery:
    """Reads a query from the (name, value) pairs of a URL. Raises ``InvalidRequest`` with every error at once, in French, by public name."""
    return parse_asked(items, lexicon, model)
