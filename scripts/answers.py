"""Record what the service answers, and compare two records: the guard of a change that must change no answer.

    python -m scripts.answers record FOLDER [--engine opensearch] [--real DATA] [--prefix NAME]
    python -m scripts.answers compare FORMER LATTER

A record is made on an index built from the fictitious sample (or, with ``--real``, from the lists and contracts of a data
folder) as of a fixed day: one file a request, its status, its media type and its body. Requests come from the OpenAPI
document: every route, and every parameter of each with sample values, then pages, files, feeds, wrong input and verbs of the
command line. What names a build (generations, moments, addresses of dossiers) is replaced by a word.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.testclient import TestClient

from indexer.contracts.publish import publish_contracts
from indexer.demo import write_demo, write_demo_contracts, write_demo_notices
from indexer.notices.publish import publish_notices
from indexer.publish import publish
from search_api.app import create_app
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

TODAY: Final = date(2026, 11, 24)
DEMO: Final = (600, 900)
"""Fictitious suppliers and contracts of a record."""
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
"""Sample values of the parameters; a value that a route refuses is recorded as refused."""
NEEDED: Final[dict[str, dict[str, str]]] = {
    "/v1/feasibility": {"trade": "nettoyage-locaux", "territory": "departement:35", "amount": "90000", "months": "24"},
    "/v1/depth": {"trade": "nettoyage-locaux"},
    "/v1/consortia": {"trade": "nettoyage-locaux", "territory": "departement:35", "amount": "200000", "months": "24"},
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
    "/v1/feeds/preview": {"of": "contracts", "provision": "reserved"},
    "lot_months": {"lot_amount": "80000"},
    "radius_km": {"near": "-1.6778,48.1173"},
    "near": {"radius_km": "60"},
    "coverage": {"territory": "departement:35"},
    "lot_amount": {"lot_months": "24"},
}
"""What a route, or a parameter, does not go without."""
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
    "/auto-evaluation": "/v1/assessment",
}
"""Pages that take the parameters of a route."""
PLAIN_PAGES: Final = (
    "/",
    "/qualite",
    "/consultation",
    "/consultation/verifier",
    "/veille/contracts",
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
    ("/v1/consultations", {"lots": [LOT, {**LOT, "text": "tonte des pelouses", "amount": 40_000, "lot": "2"}]}),
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
    "quality",
    "generations",
)
_VOLATILE: Final = (
    (re.compile(r"(suppliers|contracts|notices|buyers)-\d{20}"), r"\1-GENERATION"),
    (re.compile(r"\d\d/\d\d/20\d\d \d\d:\d\d:\d\d UTC"), "MOMENT"),
    (re.compile(r'"request_id": "[^"]*"'), '"request_id": ""'),
    (re.compile(r'"(took_ms|took|sha256|analysis_sha256|etag)": ?[^,}\]]+'), r'"\1":0'),
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"), "MOMENT"),
    (re.compile(r"/static/([\w-]+)\.[0-9a-f]{12}\."), r"/static/\1.HASH."),
    (re.compile(r"\b(seed|graine)=[0-9a-f]{8}\b"), r"\1=SEED"),
)
Recorder = Callable[[str, str, int, str, bytes], None]


def main() -> int:
    """Run a command; 1 when two records differ."""
    parser = argparse.ArgumentParser(prog="python -m scripts.answers", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    recording = verbs.add_parser("record")
    recording.add_argument("folder", type=Path)
    recording.add_argument("--engine", choices=("embedded", "opensearch"), default="embedded")
    recording.add_argument("--real", type=Path, help="a data folder: its lists and contracts instead of the sample")
    recording.add_argument("--prefix", default="vivier-answers", help="beginning of the index names on OpenSearch")
    comparing = verbs.add_parser("compare")
    comparing.add_argument("former", type=Path)
    comparing.add_argument("latter", type=Path)
    options = parser.parse_args()
    if options.verb == "compare":
        return compare(options.former, options.latter)
    return record(options.folder, options.engine, options.prefix, options.real)


def record(folder: Path, engine: str, prefix: str, real: Path | None) -> int:
    """Build an index beside the record, ask every request, write the answers."""
    home = folder.with_name(folder.name + "-home")
    settings = Settings(home=home).model_copy(update={"engine": engine, "opensearch_prefix": prefix})
    _build(settings, real)
    folder.mkdir(parents=True)
    keep = _keeper(folder)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as opened:
        client = TestClient(create_app(opened, lexicon, today=lambda: TODAY), raise_server_exceptions=False)
        for url in _urls(client):
            answer = client.get(url, headers={"Accept-Encoding": "identity"}, follow_redirects=False)
            keep("GET", url, answer.status_code, answer.headers.get("content-type", ""), answer.content)
        for path, body in POSTS:
            answer = client.post(path, json=body, headers={"Accept-Encoding": "identity"})
            url = f"{path} {json.dumps(body, ensure_ascii=False)}"
            keep("POST", url, answer.status_code, answer.headers.get("content-type", ""), answer.content)
    for verb in VERBS:
        keep("CLI", verb, *_verb(settings, verb))
    print(f"{len(list(folder.iterdir()))} answers in {folder}")
    return 0


def compare(former: Path, latter: Path) -> int:
    """Name every request whose answer differs, and how many are the same."""
    names = sorted({path.name for folder in (former, latter) for path in folder.iterdir()})
    differing = [name for name in names if _read(former / name) != _read(latter / name)]
    for name in differing:
        print((latter if (latter / name).exists() else former) / name)
    print(f"{len(names) - len(differing)} answers are the same, {len(differing)} differ")
    return 1 if differing else 0


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _build(settings: Settings, real: Path | None) -> None:
    if real is None:
        write_demo(settings, DEMO[0], today=TODAY)
        write_demo_contracts(settings, DEMO[1], today=TODAY)
        write_demo_notices(settings, today=TODAY)
    else:
        for source, path in _real_files(real):
            _run(settings, "import", source, str(path))
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        for build in (publish, publish_contracts, publish_notices):
            build(engine, settings, lexicon, accept_drops=True)


def _real_files(data: Path) -> Iterator[tuple[str, Path]]:
    yield "esat", data / "suppliers" / "esat_liste_officielle_brut.csv"
    yield "siae", data / "suppliers" / "siae_marche_2020.csv"
    yield "asp", data / "suppliers" / "siae_asp_2019_07.csv"
    yield "geiq", data / "suppliers" / "geiq_2019_11.csv"
    yield "ess_numerique", data / "suppliers" / "ess_numerique_2026_echantillon.csv"
    for path in sorted((data / "contracts" / "decp-2022").glob("*.json")):
        yield "decp", path
    for path in sorted((data / "contracts" / "boamp").glob("*.json")):
        yield "boamp", path


def _urls(client: TestClient) -> Iterator[str]:
    """Every request to ask, each once."""
    document = client.get("/v1/openapi.json").json()["paths"]
    ids = _ids(client)
    routes = {
        path: [one["name"] for one in told["get"]["parameters"]] for path, told in document.items() if _asks(told)
    }
    plain = [path for path, told in document.items() if "get" in told and not _asks(told) and "{" not in path]
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
    """A few ids of each list, to ask sheets of."""
    key = {"suppliers": "id", "contracts": "id", "notices": "id", "buyers": "siren"}
    return {
        name: [one[id_] for one in client.get(f"/v1/{name}?per_page=4").json().get("results", []) if id_ in one]
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


def _verb(settings: Settings, line: str) -> tuple[int, str, bytes]:
    first, *words = line.split(" ")
    done = _run(settings, first, *words)
    return done.returncode, "text/plain", done.stdout + b"\n--\n" + done.stderr


def _run(settings: Settings, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {
        "VIVIER_HOME": str(settings.home),
        "VIVIER_ENGINE": settings.engine,
        "VIVIER_OPENSEARCH_PREFIX": settings.opensearch_prefix,
        "COLUMNS": "120",
    }
    command = [sys.executable, "-c", "from vivier.cli import main; main()", *words]
    return subprocess.run(command, env=environment, capture_output=True, check=False)


def _keeper(folder: Path) -> Recorder:
    """Writes answers, each under a name made of its request."""

    def keep(method: str, url: str, status: int, media: str, body: bytes) -> None:
        name = re.sub(r"[^\w.=&,-]+", "_", f"{method}{url}")[:180]
        text = f"{method} {url}\n{status} {media}\n\n".encode() + _plain(media, body)
        (folder / name).write_bytes(text)

    return keep


def _plain(media: str, body: bytes) -> bytes:
    """A body to compare: JSON a key a line, a workbook as its sheets, without what names a build."""
    if "spreadsheetml" in media and body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in sorted(book.namelist()) if not name.startswith("docProps"))
    text = body.decode("utf-8", errors="replace")
    if "json" in media and "ndjson" not in media:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=False)
    for pattern, word in _VOLATILE:
        text = pattern.sub(word, text)
    return text.encode()


if __name__ == "__main__":
    sys.exit(main())
