"""Whatever one record holds, it is set aside with its reason and the build goes on; too many stop it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from indexer.aside import SetAside, without_odd, written_here
from indexer.build import SMALLEST_SHARED, build_generation
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.demo import demo_records
from indexer.merge import merge
from indexer.publish import publish
from indexer.stock import Ready
from tests.cli.typed import run
from tests.engine.conftest import engine
from tests.indexer.records import ACI_SIRET, provenance, record, write_run
from vivier.engine import open_engine
from vivier.errors import BuildRefused, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model import ContractRecord, Notice, Offer, Organisation, Record
from vivier.privacy.opposition import Opposition
from vivier.runs.quality import quality_of, sections
from vivier.runs.quality_lists import COLLECTIONS, list_sections
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.settings import Settings

__all__ = ["engine"]
RETIRED = Offer(trade="telegraphie-optique")
"""A trade that the table no longer has: records live longer than tables."""
CONTRACTS = COLLECTIONS[0]
ENDLESS = "x" * 40_000
"""A word longer than an index keeps."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def sound(count: int = 30) -> list[Record]:
    return [record("siae", f"s{n}", f"Atelier {n}", line=f"{n} rue du Lac", kind="EI") for n in range(count)]


def odd() -> list[Record]:
    return [
        record("siae", "retired", "Télégraphe du Drac", line="40 rue du Lac", offers=(RETIRED,)),
        record("siae", "endless", "Atelier sans fin", line="41 rue du Lac", town=ENDLESS),
    ]


def contract(number: int, **more: object) -> ContractRecord:
    given = {"number": f"2026-{number}", "object": f"Entretien des espaces verts {number}", "cpv": "77310000"}
    buyer = Organisation(siren="213500018", name="Commune d'exemple")
    base = {"source_id": f"f.json#{number}", "provenance": provenance("decp"), "form": "decp_2022", "buyer": buyer}
    return ContractRecord.model_validate({**base, **given, "notified": date(2026, 3, 1), **more})


def notice(number: int, **more: object) -> Notice:
    base = {"source_id": f"26-{number}", "number": f"26-{number}", "source": "boamp", "form": "f", "nature": "call"}
    buyer = Organisation(siren="213500018", name="Commune d'exemple")
    title = {"title": f"Entretien {number}", "published": date(2026, 11, 2), "buyer": buyer}
    return Notice.model_validate({**base, **title, "provenance": provenance("boamp"), **more})


def test_sound_items_are_worked_on_once() -> None:
    calls: list[int] = []

    def work(items: Sequence[int]) -> int:
        calls.append(len(items))
        return sum(items)

    assert without_odd(range(100), work, str) == (4950, [])
    assert calls == [100]


def test_what_fails_alone_is_named_with_its_reason_and_the_rest_is_made() -> None:
    def work(items: Sequence[int]) -> float:
        return sum(1 / (item - 7) + 1 / (item - 63) for item in items)

    made, left = without_odd(range(100), work, str)
    assert made == work([item for item in range(100) if item not in (7, 63)])
    assert [(record.id, "ZeroDivisionError" in record.reason) for record in left] == [("7", True), ("63", True)]


@pytest.mark.parametrize("odd_one", [0, 3, 99])
def test_of_what_fails_beside_any_other_only_the_one_at_fault_is_left_out(odd_one: int) -> None:
    def work(items: Sequence[int]) -> int:
        if odd_one in items and len(items) > 1:
            raise ValueError("never beside another")
        return len(items)

    made, left = without_odd(range(100), work, str)
    assert made == 99 and [record.id for record in left] == [str(odd_one)]


def test_of_two_that_fail_together_one_is_left_out() -> None:
    def work(items: Sequence[int]) -> int:
        if {3, 88} <= set(items):
            raise ValueError("3 and 88")
        return len(items)

    made, left = without_odd(range(100), work, str)
    assert made == 99 and [record.id for record in left] == ["88"]


@pytest.mark.parametrize("error", [OSError("disk"), MemoryError()])
def test_what_the_machine_raises_is_the_fault_of_no_record(error: Exception) -> None:
    def work(items: Sequence[int]) -> int:
        raise error

    with pytest.raises(type(error)):
        without_odd(range(3), work, str)


def faulty(items: Sequence[int]) -> int:
    """Work with a fault of ours for one item: the fact of several values is taken for one of a single value."""
    fact: Any = ("a",)
    return sum(len(fact["value"]) if item == 7 else 1 for item in items)


def test_an_error_of_our_code_is_filed_with_its_file_and_line_and_its_traceback_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = [left for _ in range(3) for left in without_odd(range(10), faulty, str)[1]]
    assert {left.reason for left in odd} == {odd[0].reason}
    assert "(TypeError, tests/indexer/test_odd_records.py:" in odd[0].reason
    SetAside(accept=True, ours=False).add(odd, 1_000)
    assert caplog.text.count("Traceback") == 1 and "in faulty" in caplog.text


def test_an_error_of_our_code_stops_a_build_of_our_data_at_once() -> None:
    _, odd = without_odd(range(1_000), faulty, str)
    with pytest.raises(BuildRefused, match=r"Erreur de notre code sur 7 .*test_odd_records.py:\d+"):
        SetAside(accept=True, ours=True).add(odd, 1_000)
    assert written_here(["demo", "demo_avis", "declared"]) and not written_here(["demo", "esat"])


@pytest.mark.slow
def test_an_odd_supplier_is_left_out_and_the_others_are_in_service(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    write_run(settings.records, "siae", [*sound(), *odd()])
    built = publish(engine, settings, lexicon, skip_judged=True).generation
    assert built.documents == 30
    names = {hit.record["name"]["value"] for hit in engine.open("suppliers").scan(All())}
    assert "Atelier 7" in names and not names & {"Télégraphe du Drac", "Atelier sans fin"}
    left = built.meta["set_aside"]
    assert left["count"] == 2 and built.meta["tally"]["suppliers"] == built.meta["quality"]["suppliers"] == 30
    assert {"champ « text_more » : un mot dépasse 32766 octets"} < set(left["reasons"])
    assert any("telegraphie-optique" in reason for reason in left["reasons"])
    quality = quality_of(built)
    assert quality is not None
    *_, section = sections(quality, built.meta)
    assert section.id == "suppliers-ecartes" and sum(figure.count for figure in section.figures) == 2


@pytest.mark.slow
def test_an_odd_supplier_among_those_of_several_processes_is_left_out(settings: Settings, lexicon: Lexicon) -> None:
    suppliers = merge([*demo_records(SMALLEST_SHARED), *odd()]).suppliers
    with closing(open_engine(settings)) as embedded:
        built, ids = build_generation(embedded, Ready(suppliers), lexicon)
    assert built.documents == len(suppliers) - 2 == len(set(ids))
    assert built.meta["set_aside"]["count"] == 2


@pytest.mark.slow
def test_an_odd_contract_is_left_out_with_all_its_rows_and_those_of_its_buyer_stay(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    amended = [contract(99, source_id=f"f.json#{row}", amount=row) for row in (99, 100)]
    far = contract(98, started=date(9999, 1, 1), months=11)  # what may renew it comes after the last day there is
    named = contract(97).changed(number=ENDLESS)
    broken = [row.changed(cpv="7") for row in amended[1:]]
    write_run(settings.records, "siae", sound(3))
    write_run(settings.records, "decp", [*map(contract, range(30)), amended[0], *broken, far, named], "contracts")
    publish(engine, settings, lexicon, skip_judged=True)
    built = publish_contracts(engine, settings, lexicon)
    numbers = {hit.record["number"] for hit in engine.open("contracts").scan(All())}
    assert numbers == {f"2026-{number}" for number in range(30)}
    assert engine.live("buyers").documents == 1
    assert built.meta["set_aside"]["count"] == 3
    assert built.meta["tally"]["contracts"] == built.documents == 30
    *_, section = list_sections(CONTRACTS, built)
    assert section.id == "contracts-ecartes"


@pytest.mark.slow
def test_an_odd_notice_is_left_out(engine: Store, settings: Settings, lexicon: Lexicon) -> None:
    late = notice(98, deadline=datetime(9999, 12, 31, 23, 30, tzinfo=UTC))
    write_run(settings.records, "boamp", [*map(notice, range(30)), late, notice(99, title=ENDLESS)], "notices")
    built = publish_notices(engine, settings, lexicon)
    assert built.documents == built.meta["tally"]["notices"] == 30
    left = built.meta["set_aside"]
    assert {record["id"] for record in left["examples"]} == {"boamp-26-98", "boamp-26-99"}
    assert any("ne sait pas lire (OverflowError, indexer/contracts/notices/" in reason for reason in left["reasons"])


@pytest.mark.slow
def test_too_many_odd_records_stop_the_build_and_the_live_one_stays(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    write_run(settings.records, "siae", sound())
    live = publish(engine, settings, lexicon, skip_judged=True).generation
    many = [record("esat", f"o{n}", f"Ancien {n}", line=f"{n} rue du Pont", offers=(RETIRED,)) for n in range(11)]
    write_run(settings.records, "esat", many)
    with pytest.raises(BuildRefused, match=r"11 fiches écartées .*telegraphie-optique.*--accept-drops"):
        publish(engine, settings, lexicon, skip_judged=True)
    assert engine.live("suppliers").name == live.name
    assert [kept.name for kept in engine.generations("suppliers")] == [live.name]
    built = publish(engine, settings, lexicon, skip_judged=True, accept_drops=True).generation
    assert (built.documents, built.meta["set_aside"]["count"]) == (30, 11)


def test_the_only_supplier_being_odd_is_no_empty_index(settings: Settings, lexicon: Lexicon) -> None:
    write_run(settings.records, "siae", odd()[:1])
    with closing(open_engine(settings)) as embedded, pytest.raises(BuildRefused, match="1 fiche écartée"):
        publish(embedded, settings, lexicon, skip_judged=True)


@pytest.mark.slow
def test_the_command_says_what_it_left_out(tmp_path: Path) -> None:
    write_run(tmp_path / "records", "siae", [*sound(), *odd()])
    write_run(tmp_path / "records", "boamp", [*map(notice, range(3)), notice(99, title=ENDLESS)], "notices")
    done = run(tmp_path, "index", "--skip-judged")
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "30 fournisseurs en service" in done.stdout and "3 avis et projets d'achat en service" in done.stdout
    assert done.stdout.count("Écartés de l'index : 1 × ") == 2
    assert "(dont boamp-26-99)" in done.stdout
    assert done.stderr.count("Écarté de l'index : ") == 3


# --- lines of a run that are no record

CUT = b'{"source_id":"cut","name":"Atel\n'


def spoil(settings: Settings, source: str, *lines: bytes) -> None:
    """Adds lines to a run in force, as a disk that failed leaves them."""
    path = settings.records / source / "1" / "records.jsonl"
    path.write_bytes(path.read_bytes() + b"".join(lines))


@pytest.mark.slow
def test_an_unreadable_line_of_suppliers_is_counted_and_the_others_are_in_service(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    write_run(settings.records, "siae", sound())
    spoil(settings, "siae", CUT, b"[]\n", b"\xff\xfe\n")
    built = publish(engine, settings, lexicon, skip_judged=True).generation
    assert built.documents == 30
    left = built.meta["set_aside"]
    assert left["count"] == 3
    assert [example["id"] for example in left["examples"]] == ["siae, ligne 31", "siae, ligne 32", "siae, ligne 33"]
    assert all("importez de nouveau la source" in reason for reason in left["reasons"])


def test_too_many_unreadable_lines_stop_the_build(engine: Store, settings: Settings, lexicon: Lexicon) -> None:
    write_run(settings.records, "siae", sound())
    spoil(settings, "siae", *([CUT] * 20))
    with pytest.raises(BuildRefused, match="fiches écartées"):
        publish(engine, settings, lexicon, skip_judged=True)


@pytest.mark.slow
def test_an_unreadable_line_of_contracts_stops_neither_contracts_nor_suppliers(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    write_run(settings.records, "siae", sound())
    write_run(settings.records, "decp", [contract(number) for number in range(30)], "contracts")
    spoil(settings, "decp", CUT, b"[]\n", b'{"buyer":{"siret":"21350001800014","siren":"213500018"}\n')
    assert publish(engine, settings, lexicon, skip_judged=True).generation.documents == 30
    built = publish_contracts(engine, settings, lexicon)
    assert built.documents == 30
    assert built.meta["set_aside"]["count"] == 3


@pytest.mark.slow
def test_an_unreadable_line_of_notices_is_counted_once(engine: Store, settings: Settings, lexicon: Lexicon) -> None:
    write_run(settings.records, "boamp", [notice(number) for number in range(30)], "notices")
    spoil(settings, "boamp", CUT)
    built = publish_notices(engine, settings, lexicon)
    assert (built.documents, built.meta["set_aside"]["count"]) == (30, 1)


# --- what never stops a build


@pytest.mark.slow
def test_a_zone_of_an_arrondissement_beside_another_zone_is_indexed(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    both = ("arrondissement:75117", "departement:92")
    zone = {"type": "territories", "territories": both}
    offers = (Offer.model_validate({"trade": "nettoyage-locaux", "zone": zone}), Offer(trade="elagage-abattage"))
    write_run(settings.records, "siae", [record("siae", "a", commune="75056", offers=offers)])
    built = publish(engine, settings, lexicon, skip_judged=True).generation
    assert (built.documents, built.meta["set_aside"]["count"]) == (1, 0)


@pytest.mark.slow
def test_an_opposition_written_before_the_first_index_does_not_block_it(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    opposed = settings.model_copy(update={"opposition_salt": SecretStr("sel d'essai " * 4)})
    assert Opposition(opposed).add(ACI_SIRET)
    write_run(opposed.records, "siae", [*sound(), record("siae", "opposed", "Atelier retiré", siret=ACI_SIRET)])
    built = publish(engine, opposed, lexicon, skip_judged=True).generation
    assert built.documents == 30


@pytest.mark.slow
@pytest.mark.parametrize(
    "odd_values",
    [
        {"name": " "},
        {"name": "…"},
        {"name": "x" * 300},
        {"siret": "abc"},
        {"siren": "0"},
        {"line": "\x00"},
        {"commune": "99999"},
    ],
)
def test_a_record_of_odd_values_passes_the_merge_or_is_set_aside(
    engine: Store, settings: Settings, lexicon: Lexicon, odd_values: dict[str, str]
) -> None:
    write_run(settings.records, "siae", [*sound(), record("siae", "odd", **odd_values)])  # type: ignore[arg-type]
    built = publish(engine, settings, lexicon, skip_judged=True).generation
    assert built.documents + built.meta["set_aside"]["count"] == 31


# --- the merge


ENDLESS_PROOF = provenance("siae", updated=date(9999, 12, 31))
"""A proof of a day after which a legal term cannot be counted."""


@pytest.mark.slow
def test_an_odd_supplier_is_left_out_of_the_merge_and_the_others_are_in_service(
    engine: Store, settings: Settings, lexicon: Lexicon
) -> None:
    odd_one = record("siae", "endless", "Atelier sans fin", line="50 rue du Lac", kind="EI").changed(
        provenance=ENDLESS_PROOF
    )
    write_run(settings.records, "siae", [*sound(), odd_one])
    published = publish(engine, settings, lexicon, skip_judged=True)
    left = published.generation.meta["set_aside"]
    assert (published.generation.documents, left["count"]) == (30, 1)
    assert published.counts["suppliers"] == 30
    (reason,) = left["reasons"]
    assert reason.startswith("valeur que l'indexation ne sait pas lire")
    assert set(merge([*sound(), odd_one], left_out=SetAside(ours=False)).ledger.ids) >= set(merge(sound()).ledger.ids)


@pytest.mark.slow
def test_a_record_that_cannot_be_compared_is_left_out_of_the_merge() -> None:
    nameless = record("list", "nameless", kind="EI").model_copy(update={"name": None})
    left = SetAside(ours=False)
    found = merge([*sound(), nameless], left_out=left)
    assert [supplier.id for supplier in found.suppliers] == [supplier.id for supplier in merge(sound()).suppliers]
    assert left.ids == {"list:nameless"}


def test_decisions_that_contradict_each_other_stop_the_merge_and_blame_no_record() -> None:
    decisions = {frozenset({"siae:s0", "siae:s1"}): True, frozenset({"siae:s1", "siae:s2"}): True}
    with pytest.raises(InvalidRequest, match="se contredisent"):
        merge(sound(), {**decisions, frozenset({"siae:s0", "siae:s2"}): False})


@pytest.mark.slow
def test_too_many_odd_suppliers_stop_the_merge() -> None:
    every = [one.changed(provenance=ENDLESS_PROOF) for one in sound()]
    with pytest.raises(BuildRefused, match="fiches écartées"):
        merge(every, left_out=SetAside(ours=False))
    assert merge(every, left_out=SetAside(accept=True, ours=False)).suppliers == []
