"""Counts, on real files, the contracts that no record declares, and the winners and amounts that no contract shows.

Raw files are read by plain json, csv, xml and pyarrow (``tests/contracts/counted_apart.py``): no reader of the product is used.

    python -m benchmarks declared FOLDER

A contract is declared when one record gives together its holders, its amount, its duration and its day, or gave them
through its own amendments. Rows of a source that numbers versions are one record. A day of another record counts only where that
record gives the same amount and the same duration: an end is made of both. An amount that a contract lists among the other values
of its number is shown. An identifier that reads as a telephone is withheld by the import: it is not counted.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.homes import index_contracts, opened
from crawlers.run import import_files
from tests.contracts.counted_apart import LOT, Row, rows_of
from vivier.search.operators import All
from vivier.settings import Settings

Shown = Mapping[str, Any]
Key = tuple[str, ...]
TELEPHONE = re.compile(r"0[1-9](?:[ .]?\d){8}")
FILES = {
    "decp": (
        "decp-2022/*.json",
        "decp-2019/*.json",
        "decp-hybrid-examples/*.json",
        "decp-official-examples/*",
        "stream/decp-2019-plateformes/*",
    ),
    "decp_tabular": ("tabular/*.csv.gz", "tabular/*.parquet"),
    "decp_economie": ("csv-data-economie/*.csv", "stream/decp-2022-ods-2026-08/*.csv"),
    "decp_buyer_csv": ("csv-bretagne-2021/*.csv",),
}
"""Patterns of the real files, by source."""


def undeclared(rows: Iterable[Row], shown: Iterable[Shown]) -> list[str]:
    """The contracts that no record declares, each with what it shows."""
    told = _by_key(rows)
    return [
        f"{one['key']} {_label(one)}"
        for one in shown
        if not any(_declares(row, told[key_of(one)], one) for row in told[key_of(one)])
    ]


def lost_winners(rows: Iterable[Row], shown: Iterable[Shown]) -> list[str]:
    """The holders that a row in force names and that no contract of its number shows."""
    held: defaultdict[Key, set[str]] = defaultdict(set)
    for one in shown:
        held[key_of(one)].update(_number_of(holder)[:9] for holder in one.get("holders", ()))
    found = {
        f"{'|'.join(key)}: {holder}"
        for key, own in _by_key(rows).items()
        for row in own
        if not _superseded(row, own)
        for holder in _latest_holders(row)
        if _plain(holder)[:9] not in held[key] and not TELEPHONE.search(holder)
    }
    return sorted(found)


def lost_amounts(rows: Iterable[Row], shown: Iterable[Shown]) -> list[str]:
    """The amounts that a row in force gives a holder and that no contract of this holder shows, under the same number."""
    known: defaultdict[tuple[Key, str], set[float]] = defaultdict(set)
    for one in shown:
        amounts = {float(value["amount"]) for value in (one, *one.get("others", ())) if "amount" in value}
        for holder in one.get("holders", ()):
            known[key_of(one), _number_of(holder)[:9]].update(amounts)
    found = {
        f"{'|'.join(key)}: {holder} {amount}"
        for key, own in _by_key(rows).items()
        for row in own
        if not row.amendments and not _superseded(row, own)
        for holder in row.holders
        for amount in map(_figure, row.amounts[:1])
        if not math.isnan(amount) and amount not in known[key, _plain(holder)[:9]] and not TELEPHONE.search(holder)
    }
    return sorted(found)


def key_of(one: Shown) -> Key:
    """Kind, buyer, number and lot of a contract as shown."""
    buyer = one["buyer"]
    number = str(buyer.get("siret") or buyer.get("siren") or buyer.get("raw_id") or "")
    return one["kind"], number[:9], one.get("number", ""), *LOT.findall(one["object"])[-1:]


def _by_key(rows: Iterable[Row]) -> defaultdict[Key, list[Row]]:
    found: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.kind, row.buyer[:9], row.number, *LOT.findall(row.object)[-1:]].append(row)
    return found


def _declares(row: Row, rows: Sequence[Row], one: Shown) -> bool:
    """Whether a record gives all that a contract shows, by itself, its amendments or its earlier versions."""
    versions = [row, *(other for other in rows if _version_of(other, row))]
    named = {_plain(holder) for same in rows if _same_version(same, row) for holder in _latest_holders(same)}
    withheld = any(map(TELEPHONE.search, named))  # such a holder is shown by its name, or not at all
    shown = [holder for holder in one.get("holders", ()) if not withheld or holder.get("siren") or holder.get("raw_id")]
    holders = set(map(_number_of, shown))
    amounts = {_figure(text) for version in versions for text in _amounts(version)}
    months = {_months(text) for version in versions for text in _durations(version)}
    again = [
        other
        for other in rows
        if _companies(other) == _companies(row) and other.amounts == row.amounts and _months(other.months) in months
    ]
    return (
        holders <= named
        and ("amount" not in one or float(one["amount"]) in amounts)
        and ("months" not in one or int(one["months"]) in months)
        and ("notified" not in one or one["notified"] in {_day(other) for other in (*versions, *again)})
    )


def _version_of(other: Row, row: Row) -> bool:
    """Whether a row is an earlier version of another: its source numbers versions and says it is superseded."""
    return other.version is not None and row.version is not None and other.version < row.version and not other.current


def _same_version(other: Row, row: Row) -> bool:
    """Whether two rows of a table differ by their holders alone: tables have one row for each holder."""
    return other is row or (row.table and other.table and _values(other) == _values(row))


def _values(row: Row) -> tuple[object, ...]:
    return row.amounts, row.day, row.months, row.cpv, row.version, row.current


def _superseded(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a later record of its own contract takes its place: a later version, or an amendment to its very values."""
    if not row.current:
        return True
    replaced = [other for other in rows if _latest_holders(other) != other.holders and other.holders == row.holders]
    return bool(replaced) and not row.amendments


def _latest_holders(row: Row) -> list[str]:
    changed = [one["holders"] for one in sorted(row.amendments, key=lambda one: str(one["day"])) if one["holders"]]
    return changed[-1] if changed else row.holders


def _companies(row: Row) -> set[str]:
    """Holders by SIREN: a company that moves keeps its contract."""
    return {_plain(holder)[:9] for holder in row.holders}


def _amounts(row: Row) -> Iterator[str]:
    yield from row.amounts
    for change in row.amendments:
        yield from change["amounts"]


def _durations(row: Row) -> Iterator[str]:
    yield row.months
    for change in row.amendments:
        yield change["months"]


def _number_of(holder: Mapping[str, Any]) -> str:
    return _plain(str(holder.get("siret") or holder.get("raw_id") or holder.get("siren") or holder.get("name") or ""))


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def _figure(text: str) -> float:
    try:
        return float(_plain(text).replace(",", "."))
    except ValueError:
        return math.nan


def _months(text: str) -> int | None:
    figure = _figure(text)
    return None if math.isnan(figure) else math.ceil(figure)


def _day(row: Row) -> str:
    """Days of buyers' own tables are written 31/01/2021."""
    return "-".join(reversed(row.day.split("/"))) if "/" in row.day else row.day[:10]


def _label(one: Shown) -> str:
    names = ("number", "amount", "months", "notified")
    held = ", ".join(_number_of(holder) for holder in one.get("holders", ()))
    return " ".join(f"{name}={one.get(name)}" for name in names) + f" holders={held}"


def contracts_of(source: str, files: Sequence[Path]) -> list[Shown]:
    """The contracts that an index of these files alone shows."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        import_files(source, list(files), settings)
        index_contracts(settings)
        with opened(settings) as snapshot:
            return [hit.record for hit in snapshot.contracts.scan(All())]


def declared(folder: Path, show: int = 0) -> Iterator[str]:
    """The three counts of each real file of contracts under a folder, then those of the files of each source together.

    ``--show``: cases to print for each file."""
    yield f"{'file':66} {'contracts':>9} {'undeclared':>10} {'lost winners':>12} {'lost amounts':>12}"
    for source, patterns in FILES.items():
        files = sorted(path for pattern in patterns for path in folder.glob(pattern))
        for some in (*([one] for one in files), *([files] if len(files) > 1 else [])):
            rows = [row for path in some for row in rows_of(path)]
            shown = contracts_of(source, some)
            counts = undeclared(rows, shown), lost_winners(rows, shown), lost_amounts(rows, shown)
            name = str(some[0].relative_to(folder)) if len(some) == 1 else f"{source}: all files"
            yield f"{name:66} {len(shown):9} {len(counts[0]):10} {len(counts[1]):12} {len(counts[2]):12}"
            yield from (f"    {case}" for cases in counts for case in cases[:show])
