"""The judged searches stand before every promotion, and leave nothing behind."""

from __future__ import annotations

import re
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from indexer import publish as gate
from indexer.demo import write_demo
from indexer.publish import publish
from tests.house.walk import ROOT
from tests.relevance.conftest import Rankings
from tests.work import files_opened
from vivier.engine import open_engine
from vivier.engine.opensearch.client import connect
from vivier.errors import BuildRefused
from vivier.lexicon import Lexicon
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking

pytestmark = pytest.mark.slow

TABLES = ROOT / "mappings" / "tables"


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    write_demo(settings, 40)
    return settings


def reversed_(rankings: Rankings) -> Rankings:
    return tuple(Ranking(one.judged, one.found[::-1]) for one in rankings)


def test_a_good_order_passes(embedded_rankings: Rankings) -> None:
    gate.refuse_below(embedded_rankings, gate.FLOOR)


def test_a_bad_order_is_refused_and_the_worst_search_is_named(embedded_rankings: Rankings) -> None:
    with pytest.raises(BuildRefused, match=r"nDCG@10 moyen 0,\d{1,3}, plancher 0,\d{1,3}") as refused:
        gate.refuse_below(reversed_(embedded_rankings), gate.FLOOR)
    worst = min(reversed_(embedded_rankings), key=lambda one: one.ndcg)
    assert f"« {worst.judged.id} »" in str(refused.value)
    assert "--skip-judged" in str(refused.value)


def test_one_supplier_that_must_not_be_proposed_is_enough_to_refuse(embedded_rankings: Rankings) -> None:
    first, *others = (one for one in embedded_rankings if 0 in one.judged.grades.values())
    closed = next(siret for siret, grade in first.judged.grades.items() if grade == 0)
    spoilt = (Ranking(first.judged, (*first.found, closed)), *others)
    with pytest.raises(BuildRefused, match="1 proposition") as refused:
        gate.refuse_below(spoilt, 0.0)
    assert f"pour « {first.judged.id} »" in str(refused.value)


def test_a_promotion_runs_the_gate_and_a_refusal_leaves_the_live_generation(
    house: Settings, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_engine(house)) as engine:
        live = publish(engine, house, lexicon).generation
        monkeypatch.setattr(gate, "FLOOR", 1.01)
        with pytest.raises(BuildRefused, match="plancher 1,01"):
            publish(engine, house, lexicon)
        assert engine.live("suppliers").name == live.name
        assert [one.name for one in engine.generations("suppliers")] == [live.name]


def test_only_the_option_goes_round_the_gate(
    house: Settings, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "FLOOR", 1.01)
    with closing(open_engine(house)) as engine:
        built = publish(engine, house, lexicon, skip_judged=True).generation
        assert engine.live("suppliers").name == built.name


def test_no_judged_supplier_stands_among_the_real_ones(house: Settings, lexicon: Lexicon) -> None:
    with closing(open_engine(house)) as engine:
        published = publish(engine, house, lexicon)
        assert published.generation.documents == published.counts["suppliers"]
        assert "source:jugement" not in published.generation.meta["tally"]


def test_the_gate_leaves_no_folder(
    house: Settings, lexicon: Lexicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with closing(open_engine(house)) as engine:
        with gate.judged_generation("embedded", house, lexicon):
            assert len(_folders(tmp_path)) == 1
        gate.check_judged(engine, house, lexicon)
    assert _folders(tmp_path) == []


def _folders(folder: Path) -> list[Path]:
    return list(folder.glob("vivier-judged-*"))


def test_the_gate_leaves_no_index(node: Settings, lexicon: Lexicon) -> None:
    with closing(connect(node.opensearch_hosts)) as client:
        with gate.judged_generation("opensearch", node, lexicon) as snapshot:
            name = snapshot.suppliers.generation.name
            assert _indices(client, node) >= {f"{node.opensearch_prefix}-judged-{name}"}
        assert _indices(client, node) == set()


def _indices(client: object, node: Settings) -> set[str]:
    found: dict[str, object] = client.indices.get(index="*", params={"filter_path": "*.aliases"})  # type: ignore[attr-defined]
    return {name for name in found if re.search(node.opensearch_prefix, name)}


def test_the_gate_reads_no_table_again(house: Settings, lexicon: Lexicon) -> None:
    """Half a second instead of several: a publication has the tables loaded already."""
    with closing(open_engine(house)) as engine:
        gate.check_judged(engine, house, lexicon)
        opened = files_opened(lambda: gate.check_judged(engine, house, lexicon))
    assert opened != []
    assert [path for path in opened if path.startswith(str(TABLES))] == []
