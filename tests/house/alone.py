"""Serves some products while the code of the others cannot be imported, asks pages and the API, and prints what was answered."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from html import unescape
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from starlette.testclient import TestClient

_BROKEN = (404, 405, 500, 503)
_API = ("/v1/suppliers?trade=entretien-espaces-verts", "/v1/openapi.json", "/ready", "/docs", "/sitemap.xml")


class Absent(MetaPathFinder):
    """Refuses to import some packages, as if they were not installed."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Raises ``ImportError`` for what is absent."""
        if self.holds(fullname):
            raise ImportError(f"{fullname} is absent")
        return None

    def holds(self, name: str) -> bool:
        """Whether a module is absent."""
        return any(f"{name}.".startswith(f"{package}.") for package in self._packages)


def asked(client: TestClient, pages: Sequence[str]) -> dict[str, Any]:
    """The status of pages and of the API, and the links of pages that lead nowhere."""
    first = client.get("/v1/suppliers?per_page=1").json()["results"][0]["id"]
    answers, links = {}, dict[str, str]()
    for url in (*pages, f"/fournisseurs/{first}", f"/comparer?choix={first}"):
        answer = client.get(url)
        answers[url] = answer.status_code
        links |= {unescape(link).partition("#")[0]: url for link in re.findall(r'href="(/[^"]*)"', answer.text)}
    # of the links to one page, the first with the same parameters: what is absent is absent for any of their values
    shown = {(urlsplit(link).path, *sorted(parse_qs(urlsplit(link).query))): link for link in reversed(links)}.values()
    broken = {
        f"{links[link]} -> {link}": status for link in shown if (status := client.get(link).status_code) in _BROKEN
    }
    for url in (*_API, f"/v1/suppliers/{first}"):
        answers[url] = client.get(url).status_code
    sitemap = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    broken |= {f"sitemap -> {url}": 404 for url in sitemap if client.get(urlsplit(url).path or "/").status_code == 404}
    return {"answers": answers, "broken": broken}


def main() -> None:
    """Reads what to serve, and prints what was answered."""
    blocked, names, home, pages, today = json.loads(sys.argv[1])
    absent = Absent(blocked)
    sys.meta_path.insert(0, absent)
    from starlette.testclient import TestClient

    from search_api.app import create_app
    from vivier.engine import open_engine
    from vivier.lexicon import load_lexicon
    from vivier.settings import Settings

    products = tuple(getattr(import_module(f"search_api.{name}.product"), name.upper()) for name in names)
    with closing(open_engine(Settings(home=Path(home)))) as engine:
        app = create_app(engine, load_lexicon(), products=products, today=lambda: date.fromisoformat(today))
        with TestClient(app) as client:
            answered = asked(client, pages)
    print(json.dumps({**answered, "loaded": sorted(name for name in sys.modules if absent.holds(name))}))


if __name__ == "__main__":
    main()
