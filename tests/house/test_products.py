"""Four products, each on those before it: a service starts and answers without those after, whose code it cannot even import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date
from inspect import get_annotations
from pathlib import Path
from typing import Final

import pytest

from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.demo import write_demo, write_demo_contracts, write_demo_notices
from indexer.publish import publish
from search_api.products import PRODUCTS
from tests.house.walk import ROOT, Import, imports, modules
from vivier.cli.command import PRODUCTS as VERBS_OF
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.search.operators import COLLECTIONS
from vivier.settings import Settings

NAMES: Final = ("suppliers", "contracts", "desk", "given")
PACKAGES: Final = {
    "suppliers": ("search_api.suppliers", "vivier.cli.suppliers"),
    "contracts": (
        "vivier.contracts",
        "search_api.contracts",
        "indexer.contracts",
        "crawlers.contracts",
        "vivier.cli.contracts",
    ),
    "desk": ("vivier.desk", "vivier.clausier", "vivier.dossiers", "search_api.desk", "vivier.cli.desk"),
    "given": ("vivier.given", "vivier.mail", "vivier.operation", "search_api.given", "vivier.cli.given"),
}
"""The packages of each product. Those of the core in ``vivier/`` are its ground: ``test_floors.py`` holds them."""
JOINERS: Final = (
    *("search_api.products", "search_api.assistants"),
    *("indexer.demo", "indexer.doctor", "indexer.upgrade", "crawlers.sources"),
    *(f"vivier.cli.{name}" for name in ("building", "command", "keeping", "serving")),
)
"""What joins products may know them all: the list, the tools of assistants, the sample, the checks of an installation, sources,
the verbs of the whole service."""
SHELF: Final = "vivier.given.shelf"
"""The verbs of the desk open the database where dossiers are issued: they are the only ones to know what keeps them."""
TODAY: Final = date(2026, 11, 24)
PAGES: Final = (
    *("/", "/fournisseurs?need=tonte+%C3%A0+Rennes", "/comparer", "/ressources", "/auto-evaluation", "/qualite"),
    *("/aide", "/a-propos", "/glossaire", "/accessibilite", "/mentions-legales", "/donnees-personnelles"),
    *("/api-et-donnees", "/espace/acheteur"),
)
"""Pages of the core, which every service has."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of every collection: what a service does not show is there all the same."""
    settings = Settings(home=tmp_path_factory.mktemp("products"))
    write_demo(settings, 60, today=TODAY)
    write_demo_contracts(settings, 60, today=TODAY)
    write_demo_notices(settings, today=TODAY)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        for build in (publish, publish_contracts, publish_notices):
            build(engine, settings, lexicon, accept_drops=True)
    return settings.home


@pytest.mark.slow
@pytest.mark.parametrize("count", range(1, 4), ids=lambda count: NAMES[count - 1])
def test_a_service_answers_without_the_products_above(home: Path, count: int) -> None:
    blocked = [package for name in NAMES[count:] for package in PACKAGES[name]]
    asked = json.dumps([blocked, NAMES[:count], str(home), PAGES, TODAY.isoformat()])
    ran = subprocess.run(
        [sys.executable, "-m", "tests.house.alone", asked],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert {url: status for url, status in answer["answers"].items() if status != 200} == {}
    assert answer["broken"] == {}
    assert answer["loaded"] == []


def test_the_products_are_declared_in_their_order() -> None:
    assert tuple(product.name for product in PRODUCTS) == NAMES == tuple(VERBS_OF)


def test_each_setting_and_each_collection_is_of_one_product() -> None:
    declared = Counter(name for product in PRODUCTS for kind in product.settings for name in get_annotations(kind))
    assert declared - Counter(["model_config"]) == Counter(Settings.model_fields.keys())
    assert [name for product in PRODUCTS for name in product.collections] == list(COLLECTIONS)


@pytest.mark.slow
def test_a_module_knows_no_product_above_its_own() -> None:
    ours = [module for module in modules() if module.startswith(("search_api", "indexer", "crawlers", "vivier.cli."))]
    found = [found for module in ours if not module.startswith(JOINERS) for found in imports(module)]
    assert [str(each) for each in found if _height(each.target) > _height(each.module) and not _is_door(each)] == []


def _is_door(found: Import) -> bool:
    """Whether an import is that of the list of products by the application that joins them, or of the shelf by a verb."""
    listed = found.module == "search_api.app" and found.target.startswith("search_api.products")
    return listed or (found.module.startswith("vivier.cli.desk.") and found.target.startswith(SHELF))


def _height(name: str) -> int:
    """The rank of the product that a module is of; -1 for the frame of HTTP and the ground."""
    found = [
        rank for rank, product in enumerate(NAMES) if any(f"{name}.".startswith(f"{own}.") for own in PACKAGES[product])
    ]
    return found[0] if found else -1
