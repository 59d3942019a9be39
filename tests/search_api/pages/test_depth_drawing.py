"""The circles of a depth map: two trades look alike only when their numbers are alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from search_api.desk.pages.filieres import PER_STRUCTURE, mark_of, svg_of
from tests.suppliers.conftest import TODAY, House, served_demo
from vivier.desk.tell.depth_map import DepthAsked, DepthMap, depth_map
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

TRADES = ("entretien-espaces-verts", "nettoyage-locaux", "deneigement", "travaux-forestiers")


@pytest.fixture(scope="module")
def demo(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served_demo(tmp_path_factory.mktemp("drawing"), lexicon) as house:
        yield house


def found(trade: str, house: House) -> DepthMap:
    return depth_map(DepthAsked((trade,), TODAY, within=("region:84",)), Snapshot(house.engine), house.lexicon)


def drawn(trade: str, house: House) -> str:
    svg = svg_of(found(trade, house), "Carte", house.lexicon.gazetteer)
    assert svg is not None
    return svg


def counts(svg: str, kind: str) -> list[int]:
    """The structures that the circles of a kind stand for, by their area."""
    radii = re.findall(rf'class="depth-{kind}"[^>]* r="([\d.]+)"', svg)
    return sorted(round((float(radius) / PER_STRUCTURE) ** 2) for radius in radii)


@pytest.mark.parametrize("trade", TRADES)
def test_the_areas_of_the_dots_are_the_numbers_of_the_table(trade: str, demo: House) -> None:
    rows = found(trade, demo).rows
    assert counts(drawn(trade, demo), "dot") == sorted(row.depth.count for row in rows if row.depth.count)


def test_what_is_probable_is_dashed_around_what_is_counted(demo: House) -> None:
    for row in found("nettoyage-locaux", demo).rows:
        mark, around = mark_of(row.depth), row.depth.around
        assert (mark.probable > mark.dot) == (around.to_check + round(around.expected[1]) > 0)


@pytest.mark.slow
def test_trades_whose_numbers_differ_do_not_look_alike(demo: House) -> None:
    numbers = {trade: tuple(row.depth.count for row in found(trade, demo).rows) for trade in TRADES}
    pictures = {trade: re.findall(r"<circle[^>]*>", drawn(trade, demo)) for trade in TRADES}
    assert len(set(numbers.values())) == 3, "two of the trades have nobody, two differ"
    for one in TRADES:
        for other in TRADES:
            assert numbers[one] == numbers[other] or pictures[one] != pictures[other]


@pytest.mark.slow
def test_what_no_list_tells_is_hatched(demo: House) -> None:
    for trade in TRADES:
        unknown = [row for row in found(trade, demo).rows if row.depth.shown in ("unlisted", "to_ask")]
        assert drawn(trade, demo).count('class="depth-doubt"') >= len(unknown)
