"""The real contracts and suppliers of the shared data, indexed once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from tests.built import copy_of
from tests.shared_data import shared_data
from vivier.contracts.find import ListFound, find_list
from vivier.contracts.query import ContractQuery
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.port import Store
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TODAY = date(2026, 11, 24)


class Contracts:
    """What is in service, asked by parameters as in a URL."""

    def __init__(self, engine: Store, lexicon: Lexicon) -> None:
        self.engine, self.lexicon = engine, lexicon

    def ask(self, **parameters: object) -> ListFound:
        pairs = [(name, str(value)) for name, value in parameters.items()]
        query = parse_parameters(pairs, self.lexicon, ContractQuery)
        return find_list(query, Snapshot(self.engine), self.lexicon, TODAY)

    def one(self, **parameters: object) -> dict[str, object]:
        found = self.ask(**parameters)
        assert found.total == 1, [result.record["object"] for result in found.results]
        return found.results[0].record

    @property
    def tally(self) -> dict[str, int]:
        counted: dict[str, int] = self.engine.live("contracts").meta["tally"]
        return counted


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contracts]:
    """The DECP 2022 files, with the suppliers of the 2020 list and of the ESAT list, indexed once a run."""
    home = copy_of("real-contracts", _build, tmp_path_factory.mktemp("contracts"))
    with closing(open_engine(Settings(home=home))) as engine:
        yield Contracts(engine, load_lexicon())


def _build(folder: Path) -> None:
    settings = Settings(home=folder)
    import_files("siae", [shared_data("suppliers/siae_marche_2020.csv")], settings)
    import_files("esat", [shared_data("suppliers/esat_liste_officielle_brut.csv")], settings)
    files: list[Path] = sorted(shared_data("contracts/decp-2022").glob("*.json"))
    import_files("decp", files, settings)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, skip_judged=True)
        publish_contracts(engine, settings, lexicon)
