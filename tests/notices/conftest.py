"""The real notices of the shared data, read and indexed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawlers.contracts.notices.desk import NoticeDesk
from crawlers.contracts.notices.documents import EFORMS, xml_records
from crawlers.contracts.notices.eforms import read_eforms
from crawlers.contracts.pieces import Piece
from crawlers.kit import Intake
from crawlers.run import import_files
from crawlers.sources.ted import CARD
from indexer.contracts.notices.publish import publish_notices
from tests.shared_data import shared_data
from vivier.contracts.find import ListFound, find_list
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query import NoticeQuery
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model import Notice
from vivier.runs.records import RunStatistics, current_run, read_models
from vivier.search.port import Store
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def real_files() -> dict[str, list[Path]]:
    """The real files of each source."""
    contracts = shared_data("contracts")
    return {
        "boamp": [*sorted(contracts.glob("boamp/*.json")), *sorted(contracts.glob("boamp/xml-legacy/*.xml"))],
        "ted": [*sorted(contracts.glob("ted-r209/*.xml")), *sorted(contracts.glob("eforms/*/*.xml"))],
        "approch": sorted(contracts.glob("approch/*.json")),
    }


def example_files() -> list[Path]:
    """The examples of the eForms kit: no notice was ever published of them."""
    return sorted(shared_data("contracts").glob("eforms/sdk-examples/*.xml"))


def example_records() -> list[Notice]:
    """What the reader makes of the examples, which the source sets aside."""
    intake = Intake(CARD, NOW)
    desk = NoticeDesk(intake, "ted")
    pieces = (piece for path in example_files() for piece in xml_records(path, intake, EFORMS))
    read = [one for piece in pieces if isinstance(piece, Piece) for one in desk.records(read_eforms(piece.value))]
    return [one for one in read if isinstance(one, Notice)]


class Notices:
    """What is in service, asked by parameters as in a URL, and the records it was made of."""

    def __init__(self, engine: Store, lexicon: Lexicon, settings: Settings, reports: dict[str, RunStatistics]) -> None:
        self.engine, self.lexicon, self.settings, self.reports = engine, lexicon, settings, reports

    def ask(self, **parameters: object) -> ListFound:
        pairs = [(name, str(value)) for name, value in parameters.items()]
        query = parse_parameters(pairs, self.lexicon, NoticeQuery)
        return find_list(query, Snapshot(self.engine), self.lexicon, TODAY)

    def leads(self, **parameters: object) -> Leads:
        pairs = [(name, str(value)) for name, value in parameters.items()]
        query = parse_parameters(pairs, self.lexicon, LeadsQuery)
        return find_leads(
            query,
            profile_of(query, Snapshot(self.engine), self.lexicon, TODAY),
            Snapshot(self.engine),
            self.lexicon,
            TODAY,
        )

    def records(self, source: str) -> list[Notice]:
        return list(read_models(current_run(self.settings.records, source), Notice))

    def told(self, key: str) -> dict[str, object]:
        """The published notice of a key."""
        return self.engine.open("notices").get([key])[key]

    @property
    def tally(self) -> dict[str, int]:
        counted: dict[str, int] = self.engine.live("notices").meta["tally"]
        return counted


@pytest.fixture(scope="session")
def notices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notices]:
    """Every real notice and project."""
    settings = Settings(home=tmp_path_factory.mktemp("notices"))
    reports = {source: import_files(source, files, settings, now=NOW) for source, files in real_files().items()}
    lexicon, engine = load_lexicon(), open_engine(settings)
    publish_notices(engine, settings, lexicon)
    yield Notices(engine, lexicon, settings, reports)
    engine.close()
