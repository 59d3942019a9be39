"""Records of contracts shared out by buyer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from benchmarks.contract_files import write_json
from crawlers.run import import_files
from indexer.aside import Aside
from indexer.contracts import shares
from indexer.contracts.gather import read_records
from indexer.contracts.shares import Shares
from vivier.runs.records import RunDamaged, current_run
from vivier.settings import Settings

pytestmark = pytest.mark.slow

COUNT = 3_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(home=tmp_path_factory.mktemp("shares"))
    path = write_json(settings.home / "made.json", COUNT)
    import_files("decp", [path], settings, now=datetime(2026, 11, 1, tzinfo=UTC))
    return current_run(settings.records, "decp")


def lines_of(shared: Shares) -> list[list[list[bytes]]]:
    return [[[line for _, line in batch] for batch in shared.batches(share)] for share in range(shared.count)]


def test_every_record_is_in_one_share_and_a_buyer_in_one_batch(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "SIZE", 300)
    monkeypatch.setattr(shares, "_BYTES", 50_000)  # many stretches, whose edges fall inside lines
    shared = Shares({"decp": run, "again": run}, COUNT)
    found = lines_of(shared)
    told = (run / "records.jsonl").read_bytes().splitlines(keepends=True)
    assert sorted(line for share in found for batch in share for line in batch) == sorted(told * 2)
    assert (shared.lines, shared.count) == (2 * COUNT, 10)
    seen: set[str] = set()
    for batch in (batch for share in found for batch in share):
        own = {orjson.loads(line)["buyer"]["siren"] for line in batch}
        assert own.isdisjoint(seen)
        seen |= own


def test_winners_of_contracts_that_say_for_whom_they_are_reserved_are_learnt(tmp_path: Path) -> None:
    said = {"object": "Lot réservé au titre de l'article L. 2113-13", "holders": [{"siren": "123456782"}]}
    silent = {"object": "Entretien de l'article 12", "holders": [{"siren": "987654324"}]}
    lines = [{"buyer": {"siren": "200054781"}, **one} for one in (said, silent)]
    (tmp_path / "records.jsonl").write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in lines))
    assert Shares({"made": tmp_path}, 2).winners == {"123456782": ("SIAE",)}


def test_a_line_that_is_cut_is_set_aside_and_the_others_are_read(run: Path, tmp_path: Path) -> None:
    whole = (run / "records.jsonl").read_bytes()
    cut = tmp_path / "decp" / "1" / "records.jsonl"
    cut.parent.mkdir(parents=True)
    cut.write_bytes(whole[:-200])  # the last line is cut after its buyer
    shared, odd = Shares({"decp": cut.parent}, COUNT), list[Aside]()
    read = [
        record
        for share in range(shared.count)
        for batch in shared.batches(share)
        for record in read_records(batch, odd)
    ]
    assert len(read) == COUNT - 1
    assert [(left.id.partition(",")[0], "illisible" in left.reason) for left in odd] == [("decp", True)]


def test_a_run_without_its_records_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(RunDamaged, match="importez de nouveau"):
        Shares({"decp": tmp_path}, COUNT)
