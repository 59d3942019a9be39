"""The fictitious notices agree with the fictitious suppliers and turn around the day given."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from indexer.contracts.notices.publish import publish_notices
from indexer.demo import SEED, demo_records
from indexer.demo.notices import NOTICES, PROJECTS, demo_notices
from indexer.demo.write import CONTRACTS_ID, write_demo_notices
from vivier.contracts.status import status_condition
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.model import BuyerPlace, ContractRecord, Notice, Organisation, Provenance, Record
from vivier.runs.records import RunStatistics, SourceCard, put_in_force
from vivier.search.operators import Search
from vivier.settings import Settings

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 24)
WORDS = {"producer": "Vivier (fictif)", "dataset": "fictif", "licence": "fictif"}


def suppliers() -> list[Record]:
    return list(demo_records(60, SEED, TODAY))


def contracts() -> list[ContractRecord]:
    """Two invented buyers."""
    places = (("999350010", "35"), ("999290018", "29"))
    return [
        ContractRecord(
            source_id=siren,
            provenance=Provenance(source_id=CONTRACTS_ID, **WORDS),
            form="decp_2022",
            buyer=Organisation(siren=siren, name=f"Acheteur {departement} (fictif)"),
            buyer_place=BuyerPlace(departement=departement),
            object="Achat",
        )
        for siren, departement in places
    ]


def made(today: date = TODAY) -> list[Notice]:
    return list(demo_notices(suppliers(), contracts(), SEED, today))


def test_there_are_forty_notices_and_ten_projects_always_the_same() -> None:
    told = made()
    assert len([one for one in told if one.nature != "project"]) == NOTICES == 40
    assert len([one for one in told if one.nature == "project"]) == PROJECTS == 10
    assert told == made() and len({one.source_id for one in told}) == 50


def test_dates_turn_around_the_day_given() -> None:
    later = TODAY + timedelta(days=100)
    for day in (TODAY, later):
        calls = [one for one in made(day) if one.nature == "call"]
        assert all(one.published < day < one.deadline.date() for one in calls if one.published and one.deadline)
        assert all(one.planned > day for one in made(day) if one.planned)


@pytest.mark.slow
def test_everything_asked_is_sold_by_a_supplier_of_the_demo_and_said_fictitious() -> None:
    assert all("(fictif)" in one.title and "(fictif)" in (one.buyer.name or "") for one in made())


def test_they_are_indexed_and_the_corrected_cancelled_and_awarded_ones_are_not_open(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    _run(settings, "demo", suppliers())
    _run(settings, CONTRACTS_ID, contracts())
    assert write_demo_notices(settings).kept == 50
    engine = open_engine(settings)
    generation = publish_notices(engine, settings, load_lexicon())
    opened = engine.open("notices").search(Search(where=status_condition("open", TODAY), limit=0)).total
    engine.close()
    assert generation.documents == 50
    # 34 calls: one corrected, one cancelled, four awarded; the correction is open in its turn
    assert opened == 34 - 6 + 1
    assert generation.meta["tally"]["status:awarded"] == 4


def _run(settings: Settings, source: str, records: list[Record] | list[ContractRecord]) -> None:
    folder = settings.records / source / "one"
    folder.mkdir(parents=True)
    lines = (one.model_dump_json(exclude_none=True) for one in records)
    (folder / "records.jsonl").write_text("\n".join(lines), encoding="utf8")
    card = SourceCard(id=source, title=source, covers="x", limits="x", **WORDS)
    report = RunStatistics(
        source=card, run="one", started_at="2026-11-24T00:00:00Z", finished_at="2026-11-24T00:00:00Z", files=(), seen=1,
        kept=1, set_aside={}, skipped={}, issues={},
    )  # fmt: skip
    (folder / "statistics.json").write_text(report.model_dump_json(), encoding="utf8")
    put_in_force(settings.records, source, "one")
