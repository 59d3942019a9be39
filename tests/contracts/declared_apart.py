"""What contracts show beside a holder, against what their rows declare: no line of the product is used here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.contracts.counted_apart import LOT, Row, ever, rows_of


def undeclared(path: Path, shown: Iterable[dict[str, Any]]) -> list[str]:
    """What contracts show of a file that no row of their number declares: an amount, or a day of notification, beside a holder.

    Rows that are later versions keep the first day: they are one declaration with the first.
    """
    own: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows_of(path):
        own[row.kind, row.buyer[:9], row.number, *LOT.findall(row.object)[-1:]].append(row)
    found = []
    for one in shown:
        buyer = str(one["buyer"].get("siret") or one["buyer"].get("siren") or one["buyer"].get("raw_id") or "")
        rows = own[one["kind"], buyer[:9], one.get("number", ""), *LOT.findall(one["object"])[-1:]]
        amended = any(row.version for row in rows)
        for holder in one.get("holders", ()):
            number = str(holder.get("siret") or holder.get("siren") or holder.get("raw_id") or "").replace(" ", "")
            declaring = [row for row in rows if _names(row, number)]
            if "amount" in one and not any(float(one["amount"]) in map(_number, row.amounts) for row in declaring):
                found.append(f"{one['key']}: {one['amount']} with {number}")
            declaring = [row for row in rows if _names(row, number[:9])]
            if "notified" in one and not amended and one["notified"] not in map(_day, declaring):
                found.append(f"{one['key']}: {one['notified']} with {number}")
    return found


def _names(row: Row, number: str) -> bool:
    return any(told.replace(" ", "").startswith(number) for told in ever(row))


def _number(text: str) -> float:
    return float(re.sub(r"\s", "", text).replace(",", "."))


def _day(row: Row) -> str:
    """Days of buyers' own tables are written 31/01/2021."""
    return "-".join(reversed(row.day.split("/"))) if "/" in row.day else row.day[:10]
