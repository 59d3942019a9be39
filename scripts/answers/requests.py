"""Lists the requests of a record: every route, every parameter with sample values, pages, files, wrong input, verbs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.testclient import TestClient

VALUES: Final[dict[str, tuple[str, ...]]] = {
    "q": ("entretien espaces verts", "atelier", "zzz"),
    "territory": ("departement:35", "region:84", "commune:69123", "FR"),
    "buyer_territory": ("departement:69",),
    "coverage": ("full", "partial"),
    "near": ("-1.6778,48.1173",),
    "radius_km": ("40",),
    "polygon": ('{"type":"Polygon","coordinates":[[[-2,47.5],[-1,47.5],[-1,48.5],[-2,48.5],[-2,47.5]]]}',),
    "seat": ("departement:35", "commune:35238"),
    "trade": ("entretien-espaces-verts", "nettoyage-locaux"),
    "cpv": ("77310000", "90910000"),
    "service_type": ("service",),
    "evidence": ("declared",),
    "min_evidence": ("declared",),
    "kind": ("ESAT", "EI,ACI"),
    "article": ("L2113-12", "L2113-13"),
    "label": ("RGE", "IMPRIM_VERT"),
    "network": ("gesat",),
    "departement": ("departement:35",),
    "region": ("region:53",),
    "zone": ("qpv",),
    "turnover_min": ("100000",),
    "turnover_max": ("900000",),
    "staff_min": ("10",),
    "staff_max": ("50",),
    "lot_amount": ("80000",),
    "not_kind": ("ESAT",),
    "not_label": ("RGE",),
    "wish_kind": ("EA",),
    "wish_label": ("RGE",),
    "wish_trade": ("nettoyage-locaux",),
    "not_trade": ("nettoyage-locaux",),
    "as_of": ("2026-01-15",),
    "sort": ("name", "distance", "notified", "amount", "deadline", "rank", "volume"),
    "page": ("2",),
    "per_page": ("3",),
    "fields": ("name,kinds",),
    "facets": ("kind",),
    "buyer_category": ("commune",),
    "division": ("77",),
    "category": ("services",),
    "provision": ("reserved", "social"),
    "reserved_for": ("SIAE",),
    "published_from": ("2026-06-01",),
    "holder_kind": ("ESAT",),
    "inclusive": ("true",),
    "social": ("yes", "unknown"),
    "environmental": ("no",),
    "framework": ("true",),
    "renewed": ("yes",),
    "year": ("2025",),
    "amount_min": ("10000",),
    "amount_max": ("100000",),
    "offers_min": ("2",),
    "offers_max": ("3",),
    "notified_from": ("2025-01-01",),
    "ends_to": ("2027-06-30",),
    "ending_months": ("12",),
    "status": ("open", "closed"),
    "deadline_from": ("2026-12-01",),
    "wanted_inclusive": ("true",),
    "lead": ("renewal",),
    "since": ("2026-10-01",),
    "turnover": ("500000",),
    "ends_before_months": ("12",),
    "months": ("24",),
    "by": ("year", "departement", "region", "epci"),
    "subsequent": ("true",),
    "of": ("contracts", "leads"),
    "weeks": ("4",),
    "amount": ("80000", "400000"),
    "share": (".2",),
    "labour_share": (".6",),
    "rate": (".2",),
    "prison": ("true",),
    "taken_over": (".5",),
    "group": ("espaces-verts",),
    "within": ("region:53",),
    "members": ("3",),
    "split_territory": ("true",),
    "text": (
        "tonte des pelouses du lycée à Roubaix",
        "nettoyage de bureaux à Rennes",
        "ESAT blanchisserie en Bretagne",
    ),
    "types": ("trade",),
    "limit": ("3",),
    "consideration": ("social",),
    "family": ("L2113-13",),
    "contract": ("concession",),
    "unheard_of": ("1",),
}
"""Sample values of the parameters. When a route refuses a value, the refusal is recorded."""
NEEDED: Final[dict[str, dict[str, str]]] = {
    "/v1/feasibility": {"trade": "nettoyage-locaux", "territory": "departement:35", "amount": "90000", "months": "24"},
    "/v1/depth": {"trade": "nettoyage-locaux"},
    "/v1/insertion_hours": {"amount": "190000", "months": "48", "labour_share": "0.8"},
    "/v1/needs": {"text": "nettoyage de vitres dans le Rhône"},
    "/v1/suggest": {"q": "atel"},
    "/v1/territories": {"q": "renn"},
    "/v1/cpv": {"q": "nettoyage"},
    "/v1/leads": {"trade": "nettoyage-locaux", "territory": "departement:35"},
    "/v1/buyers": {"territory": "region:53"},
    "/v1/feeds/leads": {"trade": "nettoyage-locaux", "territory": "departement:35"},
    "/v1/feeds/contracts": {"provision": "reserved"},
    "/v1/feeds/notices": {"provision": "reserved"},
    "lot_months": {"lot_amount": "80000"},
    "radius_km": {"near": "-1.6778,48.1173"},
    "near": {"radius_km": "60"},
    "coverage": {"territory": "departement:35"},
    "lot_amount": {"lot_months": "24"},
}
"""Parameters that a route, or another parameter, requires."""
PAGES: Final = {
    "/fournisseurs": "/v1/suppliers",
    "/marches": "/v1/contracts",
    "/avis": "/v1/notices",
    "/projets": "/v1/projects",
    "/pistes": "/v1/leads",
    "/acheteurs": "/v1/buyers",
    "/indicateurs": "/v1/indicators",
    "/filieres": "/v1/depth",
    "/ressources": "/v1/resources",
}
"""Pages that accept the parameters of a route."""
PLAIN_PAGES: Final = (
    "/",
    "/qualite",
    "/consultation",
    "/consultation/verifier",
    "/auto-evaluation",
    "/auto-evaluation?family=proprete&answer=proprete:volume:large",
    "/nowhere",
    "/docs",
)
LOT: Final = {"text": "nettoyage des bureaux", "place": "Rennes", "amount": 90_000, "months": 24, "lot": "1"}

POSTS: Final[tuple[tuple[str, Any], ...]] = (
    ("/v1/suppliers", {"kind": ["ESAT"], "territory": ["departement:35"]}),
    ("/v1/suppliers.csv", {"kind": ["ESAT"]}),
    ("/v1/suppliers.geojson", {"q": "atelier"}),
    ("/v1/suppliers", {"kind": 3}),
    ("/v1/feasibility", {"trade": "nettoyage-locaux", "territory": ["departement:35"], "amount": 90_000, "months": 24}),
    ("/v1/insertion_hours", {"amount": 190_000, "months": 48, "trade": "nettoyage-locaux"}),
    ("/v1/needs", {"text": "collecte de DEEE à Grenoble"}),
    (
        "/v1/consultations",
        {"lots": [LOT, {**LOT, "text": "tonte des pelouses", "amount": 40_000, "lot": "2"}], "seed": "s1"},
    ),
    ("/v1/consultations", {"lots": [{"text": "informatique", "place": "Saint-Denis"}]}),
    ("/v1/dossiers", {"lots": [LOT]}),
)
VERBS: Final = (
    "search esat kind=ESAT territory=departement:35",
    "search kind=ESATT",
    "resolve tonte des pelouses du lycée à Roubaix",
    "contracts propreté territory=departement:35",
    "notices propreté status=open",
    "projects propreté",
    "leads trade=nettoyage-locaux territory=departement:35",
    "buyers territory=region:53 sort=volume",
    "indicators by=year",
    "explain demo-00001 kind=ESAT",
    "sources",
    "generations",
)


def urls(client: TestClient) -> Iterator[str]:
    """Every URL to request, each once."""
    document = client.get("/v1/openapi.json").json()["paths"]
    ids = _ids(client)
    routes = {
        path: [parameter["name"] for parameter in route["get"]["parameters"]]
        for path, route in document.items()
        if _asks(route)
    }
    plain = [path for path, route in document.items() if "get" in route and not _asks(route) and "{" not in path]
    yield from dict.fromkeys(_of_routes(routes, ids))
    yield from (path for path in (*plain, *PLAIN_PAGES) if path not in ("/health",))
    for page, path in PAGES.items():
        yield from _of_route(page, routes.get(path, []), NEEDED.get(path, {}))
    for kind, some in ids.items():
        for page in {"suppliers": ("/fournisseurs",), "contracts": ("/marches",), "buyers": ("/acheteurs",)}.get(
            kind, ()
        ):
            yield from (f"{page}/{quote(id_)}" for id_ in some)


def _asks(route: dict[str, Any]) -> bool:
    return "get" in route and bool(route["get"].get("parameters"))


def _ids(client: TestClient) -> dict[str, list[str]]:
    """A few ids of each list, to request their sheets."""
    key = {"suppliers": "id", "contracts": "id", "notices": "id", "buyers": "siren"}
    return {
        name: [
            result[id_] for result in client.get(f"/v1/{name}?per_page=4").json().get("results", []) if id_ in result
        ]
        for name, id_ in key.items()
    }


def _of_routes(routes: dict[str, list[str]], ids: dict[str, list[str]]) -> Iterator[str]:
    for path, names in routes.items():
        if "{" in path:
            kind = path.split("/")[2]
            yield from (re.sub(r"\{\w+\}", quote(id_), path, count=1) for id_ in (*ids.get(kind, ()), "nobody"))
        elif path.rpartition(".")[2] in ("csv", "xlsx", "jsonl", "geojson", "atom", "ics", "svg", "json"):
            yield from _of_file(path)
        else:
            yield from _of_route(path, names, NEEDED.get(path, {}))


def _of_file(path: str) -> Iterator[str]:
    needed = NEEDED.get(path.rpartition(".")[0], {})
    for more in ({}, {"territory": "departement:35"}, {"q": "entretien"}, {"unheard_of": "1"}):
        yield _url(path, needed | more)


def _of_route(path: str, names: Iterable[str], needed: dict[str, str]) -> Iterator[str]:
    yield _url(path, needed)
    for name in (*names, "unheard_of"):
        for value in VALUES.get(name, ()):
            yield _url(path, needed | NEEDED.get(name, {}) | {name: value})


def _url(path: str, parameters: dict[str, str]) -> str:
    return f"{path}?{urlencode(parameters, safe=':,;')}" if parameters else path
