"""Contracts from the network: every month of the catalogue, files of a stable address, redirects followed."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from crawlers.run import import_files
from tests.crawlers.contract_files import marche, text
from tests.crawlers.partial import crawl
from tests.crawlers.samples import samples
from tests.world import World, served
from vivier.model.contract import ContractRecord
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings

pytestmark = pytest.mark.slow

DATASET = "/api/1/datasets/donnees-essentielles-de-la-commande-publique-fichiers-consolides/"
EXPORT = "/api/explore/v2.1/catalog/datasets/decp-2022-marches-valides/exports/csv?delimiter=%3B&use_labels=false"


def months(*names: str) -> World:
    """A catalogue of monthly files, with yearly ones and a notice beside, in no order."""
    world = World()
    resources = [{"title": "notice.pdf", "url": "https://static.data.gouv.fr/notice.pdf"}]
    for name in names:
        body = text(marche(id=name)).encode()
        world.pages[f"/resources/decp-{name}.json"] = body
        sha1 = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        url = f"https://static.data.gouv.fr/resources/decp-{name}.json"
        resources.append({"title": f"decp-{name}.json", "url": url, "checksum": {"type": "sha1", "value": sha1}})  # type: ignore[dict-item]
    world.pages[DATASET] = json.dumps({"resources": resources}).encode()
    return world


def numbers(settings: Settings, source_id: str) -> list[str]:
    return [contract.number or "" for contract in read_models(current_run(settings.records, source_id), ContractRecord)]


def test_every_month_of_the_catalogue_is_read_oldest_first(settings: Settings) -> None:
    with served(months("2025-02", "2025", "2024-12", "2025-01")) as world:
        report = crawl("decp", settings, mirror=world.url)
    assert sorted(numbers(settings, "decp")) == ["2024-12", "2025-01", "2025-02"]
    assert report.files == ("decp-2024-12.json", "decp-2025-01.json", "decp-2025-02.json")
    assert (settings.raw / "decp" / report.run / "decp-2025-01.json").read_bytes() == world.pages[
        "/resources/decp-2025-01.json"
    ]


def test_months_that_did_not_change_are_not_sent_again(settings: Settings) -> None:
    with served(months("2025-01", "2025-02")) as world:
        crawl("decp", settings, mirror=world.url)
        world.requests.clear()
        world.pages["/resources/decp-2025-03.json"] = text(marche(id="2025-03")).encode()
        catalogue = json.loads(world.pages[DATASET])
        catalogue["resources"].append(
            {"title": "decp-2025-03.json", "url": "https://static.data.gouv.fr/resources/decp-2025-03.json"}
        )
        world.pages[DATASET] = json.dumps(catalogue).encode()
        crawl("decp", settings, mirror=world.url)
    assert sorted(numbers(settings, "decp")) == ["2025-01", "2025-02", "2025-03"]
    assert (world.count(304), world.count(200)) == (2, 2)


def test_the_export_of_data_economie_is_asked_at_its_address(settings: Settings) -> None:
    body = samples("decp_economie")[0].read_bytes()
    with served(World(pages={EXPORT: gzip.compress(body, mtime=0)})) as world:
        report = crawl("decp_economie", settings, mirror=world.url)
    assert report.kept == import_files("decp_economie", samples("decp_economie"), settings).kept == 3
