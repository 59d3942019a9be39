"""Authored records for the tests of the indexer: fictitious structures, short to write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from indexer.assemble import Assembler
from indexer.context import Context
from indexer.joined import Merged
from indexer.legal_units import LabelsOnly
from indexer.merge import join
from indexer.stock import Assembled, Stock
from vivier.model import Address, Agreement, Model, Provenance, Record, Supplier
from vivier.runs.records import Content, Role, RunStatistics, SourceCard, put_in_force

ACI_SIRET = "90000000100017"
SITE_SIRET = "90000000100025"
OTHER_SIRET = "91000000900019"
"""Numbers that pass the checks: two sites of one SIREN, and one site of another."""


ROLES: dict[str, Role] = {"siae": "register", "finess": "register", "emplois": "platform", "rge": "label"}
"""What the test sources may be trusted for; the others have the role of their basis."""


def provenance(source: str, *, basis: str = "", updated: date | None = None) -> Provenance:
    """The provenance of a test source; a list is declared, the others are official unless told otherwise."""
    given = basis or ("declared" if source == "list" else "official")
    return Provenance.model_validate(
        {"source_id": source, "producer": "P", "dataset": source, "licence": "L", "basis": given, "updated_at": updated}
    )


def record(
    source: str,
    key: str,
    name: str = "Atelier du Drac",
    *,
    line: str | None = "3 rue du Lac",
    commune: str | None = "38421",
    post_code: str | None = None,
    town: str | None = "Grenoble",
    kind: str | None = None,
    updated: date | None = None,
    basis: str = "",
    **more: object,
) -> Record:
    """A record in Grenoble unless told otherwise."""
    address = Address(line=line, commune=commune, post_code=post_code, town=town)
    agreements = (Agreement(kind=kind),) if kind else ()
    given = {"source_id": key, "name": name, "address": address, "agreements": agreements}
    return Record.model_validate({**given, "provenance": provenance(source, basis=basis, updated=updated), **more})


def all_of(stock: Stock) -> list[Supplier]:
    """Every supplier of a stock."""
    suppliers, seen = stock.take(0, len(stock))
    stock.note(seen)
    return list(suppliers)


def stocked(records: Iterable[Record], context: Context, apart: LabelsOnly | None = None) -> Merged:
    """The suppliers of records, as a build completes them."""
    bearing, waiting = apart or LabelsOnly(), list[Record]()
    joined = join(bearing.others(records), waiting)
    stock = Assembled(joined, waiting, Assembler(), bearing, context)
    return Merged(all_of(stock), stock.counts(), joined.doubtful, joined.ledger)


def write_run(folder: Path, source: str, records: Sequence[Model], content: Content = "suppliers") -> None:
    """A run of a source in force, under the folder of records."""
    run, read = folder / source / "1", datetime(2026, 11, 24, tzinfo=UTC)
    run.mkdir(parents=True)
    (run / "records.jsonl").write_text("".join(f"{record.model_dump_json()}\n" for record in records), encoding="utf8")
    words = dict.fromkeys(("title", "producer", "dataset", "licence", "covers", "limits"), source)
    card = SourceCard.model_validate({"id": source, "content": content, "role": ROLES.get(source), **words})
    empty: dict[str, int] = {}
    statistics = RunStatistics(
        source=card,
        run="1",
        started_at=read,
        finished_at=read,
        files=(),
        seen=len(records),
        kept=len(records),
        set_aside=empty,
        skipped=empty,
        issues=empty,
    )
    (run / "statistics.json").write_text(statistics.model_dump_json(), encoding="utf8")
    put_in_force(folder, source, "1")
