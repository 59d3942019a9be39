"""Every real file of contracts: what is read equals what a plain count of the raw file gives."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from crawlers.kit import Intake
from crawlers.registry import source_of
from crawlers.run import import_files
from tests.crawlers.samples import NOW
from tests.shared_data import shared_data
from vivier.model.contract import ContractRecord
from vivier.runs.records import RunStatistics, current_run, read_models
from vivier.settings import Settings

WEEK = ("bons_marches_sample_json", "demantis", "dematis13", "dematis16", "dematis18", "dematis19", "dematis26")
RECORDS = {
    "decp-2022/bons_marches_sample_json.json": 136,
    "decp-2022/demantis.json": 141,
    "decp-2022/dematis13.json": 137,
    "decp-2022/dematis16.json": 143,
    "decp-2022/dematis18.json": 74,
    "decp-2022/dematis19.json": 87,
    "decp-2022/dematis26.json": 71,
    "decp-2019/decp_21590163800019_2019-01-01_2021-12-31.json": 159,
    "decp-hybrid-examples/decp_test_2019.json": 2,
    "decp-hybrid-examples/decp_test_2022.json": 5,
    "decp-official-examples/concessions.json": 2,
    "decp-official-examples/concessions_avec_modifications.json": 2,
    "decp-official-examples/marches_avec_modifications.json": 2,
    "decp-official-examples/marches_concessions.json": 4,
}
XML = {"Contrat-concession": 2, "Contrat-concession-modification": 2, "Marche": 2}


def contracts(*parts: str) -> Path:
    return shared_data("contracts", *parts)


def read(settings: Settings, source_id: str, *paths: Path) -> tuple[RunStatistics, list[ContractRecord]]:
    report = import_files(source_id, paths, settings, now=NOW)
    return report, list(read_models(current_run(settings.records, source_id), ContractRecord))


def tell(records: list[ContractRecord]) -> Counter[str]:
    """The figures compared."""
    counts: Counter[str] = Counter()
    for record in records:
        counts[record.kind] += 1
        counts[f"social {record.social.state}"] += 1
        counts[f"environmental {record.environmental.state}"] += 1
        counts["reserved"] += "reserved" in record.social.values
        counts["holders"] += len(record.holders)
        counts["amended"] += bool(record.modifications)
        counts["subcontracts"] += bool(record.subcontracts)
    return +counts


def raw_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    marches = json.loads(path.read_text(encoding="utf-8-sig"))["marches"]
    if isinstance(marches, list):
        yield from (("marche", raw) for raw in marches)
    else:
        yield from (("marche", raw) for raw in marches.get("marche", []))
        yield from (("concession", raw) for raw in marches.get("contrat-concession", []))


def state(value: Any) -> str:
    found = [text.startswith("Pas de") for text in next(iter((value or {"": []}).values()))]
    return "unknown" if not found or (any(found) and not all(found)) else "no" if all(found) else "yes"


def plain_count(path: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for kind, raw in raw_records(path):
        counts[kind] += 1
        counts[f"social {state(raw.get('considerationsSociales'))}"] += 1
        counts[f"environmental {state(raw.get('considerationsEnvironnementales'))}"] += 1
        counts["reserved"] += "réservé" in json.dumps(raw.get("considerationsSociales"), ensure_ascii=False)
        holders = [h.get("titulaire") or h.get("concessionnaire") or h for h in holders_of(kind, raw)]
        counts["holders"] += len({holder["id"].replace(" ", "") for holder in holders})
        counts["amended"] += bool(raw.get("modifications"))
        counts["subcontracts"] += bool(raw.get("actesSousTraitance"))
    return +counts


def holders_of(kind: str, raw: dict[str, Any]) -> list[dict[str, Any]]:
    return raw.get("concessionnaires" if kind == "concession" else "titulaires") or []


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDS)
def test_a_json_file_gives_what_a_plain_count_gives(settings: Settings, name: str) -> None:
    path = contracts(*name.split("/"))
    report, records = read(settings, "decp", path)
    assert (report.seen, report.kept, report.set_aside) == (RECORDS[name], RECORDS[name], {})
    assert tell(records) == plain_count(path)
    assert report.columns_unknown == ()
    assert "value_unread" not in report.issues


@pytest.mark.parametrize("name", XML)
def test_an_xml_file_gives_what_a_plain_count_gives(settings: Settings, name: str) -> None:
    path = contracts("decp-official-examples", f"{name}.xml")
    _, records = read(settings, "decp", path)
    root = etree.parse(path).getroot()
    assert len(records) == XML[name] == len(root)
    assert tell(records)["holders"] == len(root.findall("*/titulaires/titulaire") + root.findall("*/*/concessionnaire"))
    assert tell(records)["amended"] == len(root.findall("*/modifications"))
    assert tell(records)["social yes"] == len(root.findall("*/considerationsSociales"))


@pytest.mark.slow
def test_the_week_of_one_platform_holds_789_records(settings: Settings) -> None:
    report, records = read(settings, "decp", *(contracts("decp-2022", f"{name}.json") for name in WEEK))
    files = [contracts("decp-2022", f"{name}.json") for name in WEEK]
    drafts = source_of("decp").read(files, Intake(source_of("decp").card, NOW))
    rows = [draft.outcome for draft in drafts if isinstance(draft.outcome, ContractRecord)]
    assert (report.kept, report.rows) == (789, 653)  # files of one platform repeat one another
    assert tell(rows) == sum(map(plain_count, files), Counter())
    assert tell(records)["reserved"] == 7
    assert len({record.buyer.siret for record in records}) == 120
    assert len({record.buyer.siren for record in records}) == 117
    assert len({holder.siret or holder.raw_id for record in records for holder in record.holders}) >= 560


def test_a_json_record_and_the_same_in_xml_are_one(settings: Settings) -> None:
    _, in_json = read(settings, "decp", contracts("decp-official-examples", "concessions_avec_modifications.json"))
    _, in_xml = read(settings, "decp", contracts("decp-official-examples", "Contrat-concession-modification.xml"))
    fields = ("kind", "holders", "nature", "procedure", "months", "amount", "social", "environmental", "started")
    assert [getattr(in_json[1], name) for name in fields] == [getattr(in_xml[1], name) for name in fields]


@pytest.mark.slow
def test_the_extract_of_2024_is_read_row_by_row(settings: Settings) -> None:
    path = contracts("tabular", "decp_2024H2_travaux_cpv4521.csv.gz")
    report, records = read(settings, "decp_tabular", path)
    with gzip.open(path, "rt", encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4343 == report.kept + report.issues["rows_gathered"]
    assert tell(records)["social unknown"] == tell(records)["environmental unknown"] == report.kept
    assert tell(records)["holders"] == 4343
    assert {record.number for record in records} == {row["id"] for row in rows}
    assert report.columns_unknown == ()


@pytest.mark.slow
def test_the_table_of_2026_is_read_from_parquet(settings: Settings) -> None:
    import pyarrow.parquet

    path = contracts("tabular", "decp_mini_2026-08.parquet")
    report, records = read(settings, "decp_tabular", path)
    rows = pyarrow.parquet.read_table(path).to_pylist()
    assert len(rows) == 38 == report.kept + report.issues["rows_gathered"]
    assert report.columns_unknown == ()
    in_force = [row for row in rows if row["donneesActuelles"]]
    assert sum(len(record.holders) for record in records if record.current) == len(in_force)
    unknown = [record for record in records if record.social.state == "unknown"]
    assert len(unknown) == sum(row["considerationsSociales"] is None for row in rows) == 1
    [corrected] = [record for record in records if "amount_rationalised" in record.issues]
    assert (corrected.buyer.siret, corrected.amount) == ("79438073300020", 115_000)


def test_versions_of_a_contract_are_told_apart(settings: Settings) -> None:
    _, records = read(settings, "decp_tabular", contracts("tabular", "decp_mini_2026-08.parquet"))
    versions = [record for record in records if record.number == "2025_017_PI0"]
    assert {str(record.notified): record.current for record in versions} == {"2026-06-03": True, "2026-04-17": False}
    assert [len(record.holders) for record in versions if record.current] == [5]


def test_a_contract_given_by_two_files_of_the_table_is_two_records_of_one_holder(settings: Settings) -> None:
    _, records = read(settings, "decp_tabular", contracts("tabular", "decp_mini_2026-08.parquet"))
    twice = [record for record in records if record.number == "2025f6WcA9kpfE00"]
    assert len(twice) == 2
    assert len({(record.object, record.holders, record.buyer.name, record.buyer.siren) for record in twice}) == 1
    assert (twice[0].buyer.name, twice[0].buyer.siren, len(twice[0].holders)) == (None, None, 1)


def test_the_export_of_data_economie_is_read(settings: Settings) -> None:
    report, [record] = read(settings, "decp_economie", contracts("csv-data-economie", "decp_augmente_valides_2022.csv"))
    assert report.columns_unknown == ()
    assert (record.social.state, record.environmental.state, len(record.holders)) == ("no", "no", 1)
    assert (record.amount, record.months, record.offers, record.cpv) == (829_684.85, 60, 1, "66515200")
    assert (record.subcontracted, record.innovative, record.framework) == (None, None, None)


@pytest.mark.slow
def test_the_file_of_a_region_is_read(settings: Settings) -> None:
    path = contracts("csv-bretagne-2021", "marches.csv")
    report, records = read(settings, "decp_buyer_csv", path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter="|"))
    assert len(rows) == 195 == report.kept + report.issues["rows_gathered"] == tell(records)["holders"]
    assert tell(records)["social unknown"] == tell(records)["environmental unknown"] == report.kept
    assert report.columns_unknown == ()
    [record] = [record for record in records if record.number == "202112"]
    assert (record.amount, str(record.notified), record.cpv) == (17_760.00, "2021-01-08", "71221000")
    assert record.object == "MOE OP19P9C3 - QUIMPER EREA Louise Michel – Rénovation pôle laverie"
    assert {holder.name for record in records for holder in record.holders}.isdisjoint({"NOM RETIRE"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "buyer", "number", "holders"),
    [
        ("dematis16", "28130003800029", "2024-FCS01-00", [("reserved",), ("none",)]),
        ("dematis18", "20007273400011", "2024-0000013-3", [("criterion", "reserved")]),
        ("dematis19", "90273830100016", "24-1034593-1", [("reserved",)]),
    ],
)
def test_reserved_contracts_of_the_reference_are_read(
    settings: Settings, file: str, buyer: str, number: str, holders: list[tuple[str, ...]]
) -> None:
    _, records = read(settings, "decp", contracts("decp-2022", f"{file}.json"))
    found = [record for record in records if (record.buyer.siret, record.number) == (buyer, number)]
    assert sorted(tuple(sorted(record.social.values)) for record in found) == sorted(holders)


@pytest.mark.slow
def test_fillers_of_a_framework_are_nothing(settings: Settings) -> None:
    _, records = read(settings, "decp", contracts("decp-2022", "dematis26.json"))
    by_number = {record.number: record for record in records}
    assert by_number["24-241110-1"].framework is None
    assert by_number["24-002"].framework is None
    assert by_number["24-241072-1"].grouping == "solidaire"


@pytest.mark.slow
def test_a_foreign_identifier_is_kept_and_joins_nothing(settings: Settings) -> None:
    _, records = read(settings, "decp", contracts("decp-2022", "dematis16.json"))
    [holder] = [h for r in records if r.number == "24-1033423-6" for h in r.holders if h.id_type == "RIDET"]
    assert (holder.raw_id, holder.id_type, holder.siret, holder.siren) == ("8449726326", "RIDET", None, None)
