"""Every figure of the quality panel adds up to the suppliers it counts, and unknown is told apart from none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from indexer.build import strongest
from indexer.demo import write_demo
from indexer.publish import Published, publish
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.model import Supplier
from vivier.runs.quality import Quality, quality_of, sections
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.settings import Settings


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Settings]]:
    settings = Settings(home=tmp_path_factory.mktemp("quality"))
    write_demo(settings, 400)
    with closing(open_engine(settings)) as opened:
        yield opened, settings


@pytest.fixture(scope="module")
def published(engine: tuple[Store, Settings]) -> Published:
    return publish(*engine, load_lexicon(), sources=["demo"], skip_judged=True)


@pytest.fixture(scope="module")
def suppliers(engine: tuple[Store, Settings], published: Published) -> list[Supplier]:
    """The suppliers of the generation."""
    hits = engine[0].open("suppliers", published.generation.name).scan(All())
    return [Supplier.model_validate(hit.record) for hit in hits]


@pytest.fixture(scope="module")
def quality(published: Published) -> Quality:
    found = quality_of(published.generation)
    assert found is not None
    return found


@pytest.mark.slow
def test_figures_are_those_of_the_suppliers(suppliers: list[Supplier], published: Published, quality: Quality) -> None:
    assert quality.suppliers == len(suppliers) == published.generation.documents
    for kind in ("ESAT", "EI", "ACI"):
        holders = [s for s in suppliers if kind in {a.value.kind for a in s.agreements}]
        assert quality.kinds[kind] == len(holders) > 0
    assert quality.with_website == sum(s.website is not None for s in suppliers)
    assert quality.with_phone == sum(s.phone is not None for s in suppliers) > 0
    assert quality.reachable == sum(any((s.phone, s.mailbox, s.website)) for s in suppliers)
    assert quality.with_capacity == sum(bool(s.capacities) for s in suppliers)
    assert sum(quality.points.values()) == sum(s.address is not None and s.address.value.point is not None for s in suppliers)  # fmt: skip
    assert quality.without_kind == sum(not s.agreements for s in suppliers)


@pytest.mark.slow
def test_departements_add_up_to_the_whole(quality: Quality) -> None:
    assert sum(kinds["total"] for kinds in quality.departements.values()) == quality.suppliers
    for kind, count in quality.kinds.items():
        assert sum(kinds.get(kind, 0) for kinds in quality.departements.values()) == count


@pytest.mark.slow
def test_each_section_says_what_it_counts_and_out_of_how_many(published: Published, quality: Quality) -> None:
    shown = {section.id: section for section in sections(quality, published.generation.meta)}
    for name in ("metiers", "coordonnees", "capacite", "contact"):
        figures = shown[name].figures
        assert {figure.of for figure in figures} == {quality.suppliers}
        assert figures[0].count + figures[-1].count == quality.suppliers
        assert shown[name].note.startswith("Fournisseurs dont")
    assert sum(figure.count for figure in shown["metiers"].figures[1:]) == quality.suppliers
    assert [figure.title for figure in shown["identite"].figures][-1] == "Paires douteuses, à examiner"


def test_the_strongest_evidence_counts_and_an_offer_without_trade_proves_none() -> None:
    job, declared = {"trade_own": "a", "evidence": "job"}, {"trade_own": "b", "evidence": "declared"}
    assert strongest([job, declared]) == "declared"
    assert strongest([{"evidence": "job"}]) is None
    assert strongest([{"trade_own": "a"}]) == "unstated"
    assert strongest([{"trade_own": "a"}, job]) == "job"


def test_known_and_unknown_add_up_in_each_section() -> None:
    counted = Quality(
        suppliers=100,
        closed=3,
        without_kind=7,
        with_capacity=31,
        with_website=12,
        with_phone=9,
        reachable=20,
        kinds={"ESAT": 60, "AUTRE": 5},
        departements={"": {"total": 2}},
        trades={"declared": 40, "name": 11, "activity": 20},
        points={"address": 50, "commune": 9},
        capacities={"etp": 31},
    )
    found = {section.id: section.figures for section in sections(counted, {"merge": {"records": 140, "doubtful": 4}})}
    for name, known in (("metiers", 51), ("coordonnees", 59), ("capacite", 31), ("contact", 20)):
        first, last = found[name][0], found[name][-1]
        assert (first.count, last.count, last.of) == (known, 100 - known, 100), name
    assert {(figure.count, figure.of) for figure in found["metiers-inconnus"]} >= {(20, 49)}
    assert [figure.count for figure in found["identite"]] == [140, 3, 4]
