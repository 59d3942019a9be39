"""The same notices in both engines: the same lists, facets, states and leads, in the same order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from tests.crawlers.samples import NOW, samples
from tests.engine.conftest import opened
from tests.notices.conftest import Notices
from vivier.lexicon import load_lexicon
from vivier.search.port import Store
from vivier.settings import Settings

LISTS: tuple[dict[str, object], ...] = (
    {},
    {"q": "espaces verts"},
    {"q": "26-900001"},
    {"q": "hôpital fictif"},
    {"provision": "reserved", "sort": "deadline"},
    {"reserved_for": "SIAE,EA_ESAT"},
    {"reserved_for": "unknown"},
    {"status": "open", "as_of": "2026-11-24", "sort": "deadline"},
    {"status": "closed", "as_of": "2026-12-20"},
    {"status": "corrected", "as_of": "2026-11-24"},
    {"status": "planned"},
    {"territory": "departement:35"},
    {"trade": "entretien-espaces-verts", "sort": "published"},
    {"cpv": "77"},
    {"near": "-1.68,48.11", "radius_km": "50"},
    {"deadline_from": "2026-12-01", "deadline_to": "2026-12-15"},
)
LEADS: tuple[dict[str, object], ...] = (
    {"territory": "FR", "as_of": "2026-11-24"},
    {"territory": "departement:35", "trade": "entretien-espaces-verts", "kind": "ACI", "as_of": "2026-11-24"},
    {"near": "-4.48,48.39", "radius_km": "30", "kind": "ESAT", "as_of": "2026-11-24", "turnover": "300000"},
    {"territory": "departement:35", "as_of": "2026-11-24", "turnover": "1000"},
    {"territory": "departement:35", "as_of": "2026-12-30", "also": "expired,national,too_large", "turnover": "1000"},
    {"territory": "FR", "as_of": "2026-11-24", "per_page": "1", "page": "2"},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The authored samples of the three sources, imported."""
    settings = Settings(home=tmp_path_factory.mktemp("both"))
    for source in ("boamp", "ted", "approch"):
        import_files(source, samples(source), settings, now=NOW)
    return settings


def served(engine: Store, settings: Settings) -> Notices:
    lexicon = load_lexicon()
    publish_notices(engine, settings, lexicon)
    return Notices(engine, lexicon, settings, {})


@pytest.fixture(scope="module")
def embedded(
    home: Settings, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Notices]:
    with opened("embedded", request, tmp_path_factory.mktemp("embedded")) as engine:
        yield served(engine, home)


@pytest.fixture(scope="module")
def node(
    home: Settings, opensearch_url: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Notices]:
    with opened("opensearch", request, tmp_path_factory.mktemp("node")) as engine:
        yield served(engine, home)


@pytest.mark.parametrize("asked", LISTS, ids=str)
def test_a_list_is_the_same_on_both_engines(embedded: Notices, node: Notices, asked: dict[str, object]) -> None:
    one, other = embedded.ask(**asked), node.ask(**asked)
    assert [(found.id, found.score) for found in one.results] == [(found.id, found.score) for found in other.results]
    assert (one.total, one.answer.facets) == (other.total, other.answer.facets)
    assert [found.reasons for found in one.results] == [found.reasons for found in other.results]


@pytest.mark.parametrize("asked", LEADS, ids=str)
def test_leads_are_the_same_on_both_engines(embedded: Notices, node: Notices, asked: dict[str, object]) -> None:
    one, other = embedded.leads(**asked), node.leads(**asked)
    assert one == other


def test_a_correction_takes_the_place_of_the_call_and_keeps_what_it_does_not_restate(embedded: Notices) -> None:
    opened = embedded.ask(status="open", as_of="2026-11-24", q="espaces verts", source="boamp")
    assert [one.id for one in opened.results] == ["boamp-26-900006"]
    correction = opened.results[0].record
    assert correction["deadline"] == "2026-12-22T11:00:00Z" and correction["cpv"] == ["77310000"]
    assert correction["reserved_for"] == ["SIAE"] and correction["linked"] == ["boamp-26-900001"]
    assert embedded.told("boamp-26-900001")["status"] == "corrected"


def test_a_notice_of_both_journals_is_one_lead(embedded: Notices) -> None:
    assert embedded.told("ted-900002-2026-lot-1")["twin"] == "boamp-26-900002-lot-1"
    found = embedded.leads(territory="departement:29", lead="open_notice", as_of="2026-11-24")
    assert [one.id for one in found.leads if "90000" in one.id and "lot-1" in one.id] == ["boamp-26-900002-lot-1"]


def test_what_was_indexed_is_described(embedded: Notices) -> None:
    live = embedded.engine.live("notices")
    assert live.meta["tally"]["notices"] == live.documents == 15
    assert live.meta["tally"]["twins"] == 1
    assert {one["source"]["id"] for one in live.meta["sources"]} == {"boamp", "ted", "approch"}
