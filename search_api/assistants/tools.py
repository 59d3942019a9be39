"""The tools that an assistant may call. A tool is one resource of the API, read with GET: same parameters, same refusals, same answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from search_api.parameters import (
    AsOfQuery,
    NeedQuery,
    NoParameters,
    TerritoriesQuery,
    TradesQuery,
    body_items,
    openapi_parameters,
)
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.desk.read.queries import FeasibilityQuery
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.suppliers.query import SupplierQuery

Pairs = list[tuple[str, str]]
_ID: Final = re.compile(r"(?!\.+\Z)[\w.:-]{1,80}", re.ASCII)
_EXCLUDED: Final = 10
"""Structures set aside that the study of a lot names, article by article; the others are counted."""
_PAGE: Final = 5
"""Results of a page unless the call asks for another number: an assistant reads all that it is given."""


@dataclass(frozen=True)
class Tool:
    """A resource of the API as a tool."""

    name: str
    title: str
    about: str
    """What it answers and when to call it, in French."""
    path: str
    parameters: type[Model] = NoParameters
    key: str | None = None
    """Name of the identifier that ends the path; ``None`` when the path is whole."""
    key_about: str = ""
    shorten: Callable[[dict[str, Any]], dict[str, Any]] = dict
    """Cuts the lists of an answer that no assistant could read whole, and says how long they are."""

    def schema(self, lexicon: Lexicon) -> dict[str, Any]:
        """The JSON Schema of its arguments: those of the resource as OpenAPI describes them."""
        described = openapi_parameters(self.parameters, lexicon)
        properties = {
            parameter["name"]: {**parameter["schema"], "description": parameter["description"]}
            for parameter in described
        }
        required = [parameter["name"] for parameter in described if parameter["required"]]
        if self.paged:
            properties["per_page"] = {**properties["per_page"], "default": _PAGE}
        if self.key is not None:
            properties = {self.key: {"type": "string", "description": self.key_about}, **properties}
            required = [self.key, *required]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    @property
    def paged(self) -> bool:
        """Whether it answers by pages."""
        return "per_page" in self.parameters.model_fields

    def request(self, arguments: Mapping[str, Any]) -> tuple[str, Pairs]:
        """The path and the parameters of the call. Raises ``InvalidRequest`` for an identifier that is missing or unreadable, and for
        an argument that no URL can write; the resource itself judges the rest."""
        given = dict(arguments)
        path = self.path if self.key is None else f"{self.path}/{quote(self._identifier(given.pop(self.key, None)))}"
        if self.paged and given.get("per_page") is None:
            given["per_page"] = _PAGE
        return path, [_written(name, value) for name, value in body_items(given)]

    def _identifier(self, given: object) -> str:
        if isinstance(given, str) and _ID.fullmatch(given):
            return given
        fault = "manque" if given is None else "est illisible"
        message = f"« {self.key} » {fault}. Donnez : {self.key_about}."
        raise InvalidRequest((FieldError(str(self.key), "invalid_value", message),))


def _written(name: str, value: str) -> tuple[str, str]:
    """A pair that a URL can write. Raises ``InvalidRequest`` for half a character (a lone surrogate), which JSON may hold."""
    try:
        f"{name}{value}".encode()
    except UnicodeEncodeError:
        shown = name.encode(errors="replace").decode()[:80]
        message = f"« {shown} » a un caractère incomplet. Écrivez-le en UTF-8."
        raise InvalidRequest((FieldError(shown, "invalid_value", message),)) from None
    return name, value


def _study(body: dict[str, Any]) -> dict[str, Any]:
    """A study whose lists of excluded structures are cut: they were 113 kB of 127 for one lot of the real lists."""
    return {**body, "articles": [_article(article) for article in body["articles"]]}


def _article(article: dict[str, Any]) -> dict[str, Any]:
    excluded = article["excluded"]
    return {**article, "excluded": excluded[:_EXCLUDED], "excluded_count": len(excluded)}


TOOLS: Final = (
    Tool(
        "understand_need",
        "Comprendre un besoin",
        "À appeler en premier quand le besoin est écrit en français. Rend les métiers, le lieu, le type de structure, le montant et la "
        "durée compris, et les paramètres à donner à « search_suppliers » (membre « query »).",
        "/v1/needs",
        NeedQuery,
    ),
    Tool(
        "find_territories",
        "Trouver un territoire",
        "Rend l'identifiant typé (commune:35238, departement:35) d'un lieu donné par son nom ou son code postal.",
        "/v1/territories",
        TerritoriesQuery,
    ),
    Tool(
        "find_trades",
        "Trouver un métier",
        "Rend les codes de métiers que « trade » accepte, d'après des mots ou un groupe.",
        "/v1/trades",
        TradesQuery,
    ),
    Tool(
        "search_suppliers",
        "Chercher des fournisseurs",
        "Fournisseurs inclusifs et éco-labellisés, par besoin écrit en français (« need »), métier, territoire, type de structure, label. Chaque résultat dit pourquoi "
        "il répond ; « groups » compte ceux dont le métier n'est pas connu et qu'il faut interroger.",
        "/v1/suppliers",
        SupplierQuery,
    ),
    Tool(
        "get_supplier",
        "La fiche d'un fournisseur",
        "Tout ce qui est su d'un fournisseur, chaque fait avec sa source.",
        "/v1/suppliers",
        key="id",
        key_about="identifiant du fournisseur, tel que « search_suppliers » le rend",
    ),
    Tool(
        "find_leads",
        "Opportunités pour un fournisseur",
        "Avis ouverts, marchés à renouveler, projets d'achat et clauses à placer, pour un fournisseur de l'index (« supplier ») ou pour "
        "des métiers, un lieu et un type de structure.",
        "/v1/leads",
        LeadsQuery,
    ),
    Tool(
        "rank_buyers",
        "Acheteurs à appeler",
        "Acheteurs publics classés pour un fournisseur ou un métier, chaque facteur du rang à côté, ou trouvés par leur nom.",
        "/v1/buyers",
        BuyersQuery,
    ),
    Tool(
        "get_buyer",
        "La fiche d'un acheteur",
        "Bilan d'un acheteur public : achats réservés, part sociale, pairs, titulaires, marchés qui finissent.",
        "/v1/buyers",
        AsOfQuery,
        key="siren",
        key_about="SIREN de l'acheteur (9 chiffres), tel que « rank_buyers » le rend",
    ),
    Tool(
        "study_lot",
        "Un lot peut-il être réservé ?",
        "Pour un lot (métier ou CPV, lieu, montant, durée) : article par article, qui peut répondre, chances d'avoir des offres, verdict, "
        f"et ce qui le changerait. « excluded » nomme {_EXCLUDED} structures écartées au plus, « excluded_count » les compte toutes.",
        "/v1/feasibility",
        FeasibilityQuery,
        shorten=_study,
    ),
    Tool(
        "list_sources",
        "Les sources des données",
        "Producteur, licence, date des données, lignes gardées et écartées de chaque source, et ce qui n'a jamais été chargé.",
        "/v1/sources",
    ),
)
"""Every tool, in the order in which an assistant reads them."""
