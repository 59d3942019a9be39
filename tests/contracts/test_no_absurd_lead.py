"""No lead makes its sender ridiculous: every class of absurd lead that a reader found is impossible over a real quarter of notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.cases import cases
from benchmarks.homes import STREAM, opened, real_home
from benchmarks.stream import HALVES, judgements, leads_on
from tests.shared_data import shared_data
from vivier.contracts.insertion import insertion_reason
from vivier.contracts.opportunities import meant_trades
from vivier.contracts.profile import profile_of_record
from vivier.lexicon import Lexicon
from vivier.search.operators import Search, Terms
from vivier.search.snapshot import Snapshot
from vivier.trades.table import STAFFING


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    data = shared_data("contracts", "stream").parents[1]
    with real_home(STREAM, data) as settings, opened(settings) as snapshot:
        yield snapshot


@pytest.mark.long
def test_no_lead_of_a_real_quarter_is_absurd(stream: Snapshot, lexicon: Lexicon) -> None:
    """Nothing judged absurd is shown; a public body is shown nothing; without a trade told, a lead is reserved to the family, buys insertion or has a
    written clause for who lends people, or hires people from an agency; who lends is shown no works without one."""
    grades, seen = judgements(), 0
    for row in cases("stream_profiles"):
        record = stream.suppliers.search(Search(Terms("identifiers", (row["structure"],)), limit=1)).hits[0].record
        for day in HALVES[row["half"]]:
            profile = profile_of_record(record, lexicon, day).sure
            for lead in leads_on(day, row["structure"], stream, lexicon):
                seen += 1
                assert grades.get((row["structure"], lead.id)) != "absurd", (row, lead.id)
                assert not profile.public
                provisions = {piece["provision"] for piece in lead.record.get("evidence", ())}
                reserved = set(lead.record.get("reserved_for", ()))
                if "title" in lead.record and reserved:
                    assert not profile.families or reserved & {*profile.families, "unknown"}, (row, lead.id)
                bought = bool(list(insertion_reason(lead.record, profile.families, lexicon)))
                hired = not {"ETTI", "EATT"}.isdisjoint(profile.kinds) and STAFFING in meant_trades(
                    stream.of("notices"), (lead.id,)
                )
                told = {"reserved", "clause"} & provisions or bought or hired
                if not profile.wanted and "title" in lead.record:
                    assert told, (row, lead.id)
                if profile.lends and lead.record.get("category") == "travaux" and lead.kind == "open_notice":
                    assert told, (row, lead.id)
    assert seen
