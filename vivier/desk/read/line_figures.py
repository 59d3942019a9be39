"""Reads the figures of a line of a programme: amount, duration, share of labour, date, and the category of purchase."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.desk.read import cells
from vivier.desk.read.programme import Row
from vivier.errors import FieldError, InvalidRequest
from vivier.needs import Need
from vivier.trades.table import fold

Category = Literal["travaux", "fournitures", "services"]
CATEGORIES: Final[tuple[Category, ...]] = ("travaux", "fournitures", "services")
_OF_NATURE: Final[dict[str, Category]] = {"works": "travaux", "goods": "fournitures"}
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Figures:
    """The figures of a line. ``amount``: euros HT over the whole duration; ``months``: renewals included. ``None`` is unknown,
    never zero. ``partial``: the amount is that of one year, and the duration is unknown."""

    errors: tuple[FieldError, ...] = ()
    doubts: tuple[str, ...] = ()
    amount: float | None = None
    months: int | None = None
    labour_share: float | None = None
    launched: date | None = None
    partial: bool = False


def read_figures(row: Row, need: Need) -> Figures:
    """Reads the figures of a line from its columns, else from its text. Never raises: errors are in ``errors``."""
    errors: list[FieldError] = []
    doubts: list[str] = []

    def read(name: str) -> object:
        try:
            return _READERS[name](row.get(name))
        except InvalidRequest as error:
            errors.extend(error.errors)
            return None

    months = read("months") or read("years")
    amount, yearly, taxed = _tuple(read("amount"))
    if amount is None:
        amount, _, taxed = _tuple(read("annual_amount"))
        yearly = amount is not None
    if not (row.get("amount") or row.get("annual_amount")) and len(need.amounts) == 1:
        stated = need.amounts[0]
        amount, yearly, taxed = stated.euros, stated.per_year, stated.tax == "TTC"
        doubts.append(f"Montant lu dans l'objet : {stated.spans[0].text}.")
    if months is None and not (row.get("months") or row.get("years")) and len(need.durations) == 1:
        longest = round(need.durations[0].max_months)
        months = longest if 1 <= longest <= cells.MOST_MONTHS else None
    if taxed:
        errors.append(FieldError("amount", "with_tax", "Montant TTC : donnez le montant hors taxes."))
    length = months if isinstance(months, int) else None
    partial = amount is not None and yearly and length is None
    if amount is not None and yearly:
        amount = amount * max(length or 12, 1) / 12
        doubts += ["Montant annuel sans durée : compté pour un an."] if partial else []
    share, launched = read("labour_share"), read("launched")
    return Figures(
        tuple(errors),
        tuple(doubts),
        amount,
        length,
        share if isinstance(share, float) else None,
        launched if isinstance(launched, date) else None,
        partial,
    )


def _tuple(read: object) -> tuple[float | None, bool, bool]:
    return read if isinstance(read, tuple) else (None, False, False)


def _launched(text: str) -> date | None:
    if not text:
        return None
    french = _DAY.fullmatch(text.strip())
    try:
        if french is not None:
            return date(int(french[3]), int(french[2]), int(french[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        message = f"Date « {text[:40]} » illisible : écrivez-la 15/03/2027."
        raise InvalidRequest((FieldError("launched", "invalid_value", message),)) from None


_READERS: Final = {
    "amount": lambda text: cells.euros(text, "amount"),
    "annual_amount": lambda text: cells.euros(text, "annual_amount"),
    "months": lambda text: cells.months(text, "months"),
    "years": lambda text: cells.months(text, "years", years=True),
    "labour_share": lambda text: cells.share(text, "labour_share"),
    "launched": _launched,
}


def category_of(row: Row, cpv: tuple[str, ...], natures: tuple[str, ...]) -> tuple[Category, bool]:
    """The category, and whether it is only inferred from the trades. It is the one of the column, else that of the CPV, else that
    of ``natures``, the main nature of each trade, or services when these differ."""
    written = fold(row.get("category"))
    for name in CATEGORIES:
        if name[:-1] in written:
            return name, False
    if cpv:
        division = int(cpv[0][:2])
        return (
            "travaux" if division == 45 else "fournitures" if division < 45 or division == 48 else "services"
        ), False
    supposed = {_OF_NATURE.get(nature, "services") for nature in natures}
    return (supposed.pop() if len(supposed) == 1 else "services"), True
