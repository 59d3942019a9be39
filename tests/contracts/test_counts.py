"""Every real file of contracts, indexed alone, against a count made without a line of the product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.declared import lost_winners, undeclared
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from tests.contracts.counted_apart import Count, count, rows_of
from tests.shared_data import shared_data
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.search.operators import All
from vivier.settings import Settings

FILES = (
    *(
        pytest.param(("decp", f"decp-2022/{name}.json"), marks=pytest.mark.slow)
        for name in ("bons_marches_sample_json", "demantis", "dematis13", "dematis18", "dematis19", "dematis26")
    ),
    ("decp", "decp-2022/dematis16.json"),
    ("decp", "decp-2019/decp_21590163800019_2019-01-01_2021-12-31.json"),
    ("decp", "decp-hybrid-examples/decp_test_2019.json"),
    ("decp", "decp-hybrid-examples/decp_test_2022.json"),
    ("decp", "decp-official-examples/Contrat-concession-modification.xml"),
    ("decp", "decp-official-examples/Contrat-concession.xml"),
    ("decp", "decp-official-examples/Marche.xml"),
    ("decp", "decp-official-examples/concessions.json"),
    ("decp", "decp-official-examples/concessions_avec_modifications.json"),
    ("decp", "decp-official-examples/marches_avec_modifications.json"),
    ("decp", "decp-official-examples/marches_concessions.json"),
    pytest.param(("decp_tabular", "tabular/decp_2024H2_travaux_cpv4521.csv.gz"), marks=pytest.mark.slow),
    ("decp_tabular", "tabular/decp_mini_2026-08.parquet"),
    ("decp_economie", "csv-data-economie/decp_augmente_valides_2022.csv"),
    ("decp_buyer_csv", "csv-bretagne-2021/marches.csv"),
)


@dataclass(frozen=True)
class Indexed:
    """One file alone in an index: its records as counted when read, the tally of the generation, its contracts."""

    seen: int
    tally: dict[str, int]
    contracts: list[dict[str, Any]]


@pytest.fixture(scope="module", params=FILES, ids=lambda one: one[1])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Indexed]]:
    source, name = request.param
    path = shared_data("contracts", name)
    settings = Settings(home=tmp_path_factory.mktemp("counts"))
    read = import_files(source, [path], settings)
    engine = open_engine(settings)
    try:
        tally = publish_contracts(engine, settings, load_lexicon()).meta["tally"]
        yield path, Indexed(read.seen, tally, [hit.record for hit in engine.open("contracts").scan(All(()))])
    finally:
        engine.close()


def figures(indexed: Indexed) -> Count:
    """The same figures from the index of this file alone."""
    tally, records = indexed.tally, indexed.contracts
    return Count(
        records=indexed.seen,
        contracts=tally["contracts"],
        social=_states(tally, "social"),
        environmental=_states(tally, "environmental"),
        reserved=sum(
            "reserved" in one.get("social", {}).get("values", ()) for one in records if one.get("social_state") == "yes"
        ),
        holders=sum(len(one.get("holders", ())) for one in records),
        amended=sum(bool(one.get("modifications")) for one in records),
    )


def _states(tally: dict[str, int], name: str) -> tuple[int, int, int]:
    yes, no, unknown = (tally.get(f"{name}:{state}", 0) for state in ("yes", "no", "unknown"))
    return yes, no, unknown


def test_the_index_of_a_file_holds_what_another_count_finds(file: tuple[Path, Indexed]) -> None:
    path, indexed = file
    assert figures(indexed) == count(path)


def test_one_record_of_the_file_declares_each_contract(file: tuple[Path, Indexed]) -> None:
    path, indexed = file
    assert undeclared(rows_of(path), indexed.contracts) == []


def test_every_holder_in_force_stands_in_a_contract(file: tuple[Path, Indexed]) -> None:
    path, indexed = file
    assert lost_winners(rows_of(path), indexed.contracts) == []
