"""Reads the figures of a line of a programme: amount and duration, from its cells, else from its text; and the category of purchase."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from vivier.desk.read import cells
from vivier.desk.read.amounts import Amount, amount_of
from vivier.desk.read.programme import Row
from vivier.errors import FieldError, InvalidRequest
from vivier.french import euros_ht
from vivier.law.rules import OF_NATURE, Category
from vivier.needs import Need
from vivier.needs.figures import durations
from vivier.needs.folded import folded
from vivier.needs.model import AmountMatch
from vivier.trades.table import fold

CATEGORIES: Final[tuple[Category, ...]] = ("travaux", "fournitures", "services")
_LEAD: Final = re.compile(
    r"(?:\b(?:entre|de|max\w*|plafond\w*|mini\w*|environ|moins de|plus de|jusqu'à)\b|\benv\.|<|>)[^;,()]{0,25}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Figures:
    """The figures of a line. ``amount``: over the whole duration; ``months``: renewals included. ``None`` is unknown, never zero.
    ``partial``: the amount is that of one year, and the duration is unknown. ``remarks``: readings that are certain, and told."""

    errors: tuple[FieldError, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    amount: Amount | None = None
    months: int | None = None
    partial: bool = False


def read_figures(row: Row, need: Need) -> Figures:
    """Reads the figures of a line from its columns, else from its text. Never raises: errors are in ``errors``."""
    errors: list[FieldError] = []
    doubts: list[str] = []
    remarks: list[str] = []
    months = _months(row, need, errors, remarks)
    amount = _amount(row, errors, remarks)
    if amount is None and not any(row.get(name) for name in _AMOUNTS) and len(need.amounts) == 1:
        amount = _in_text(need.amounts[0], row.get("text"))
        doubts.append(f"Montant lu dans l'objet : {need.amounts[0].spans[0].text}.")
    if amount is None:
        return Figures(tuple(errors), tuple(doubts), tuple(remarks), None, months)
    if amount.taxed:
        errors.append(FieldError("amount", "with_tax", "Montant TTC : donnez le montant hors taxes."))
    remarks += amount.mentions
    if amount.months is not None and months not in (None, amount.months):
        doubts.append(f"Le montant compte {amount.months} mois, la durée en dit {months} : à vérifier.")
    months = months or amount.months
    partial = amount.yearly and months is None
    if amount.yearly:
        amount = amount.times(max(months or 12, 1) / 12)
        doubts += ["Montant annuel sans durée : compté pour un an."] if partial else []
    return Figures(tuple(errors), tuple(doubts), tuple(remarks), amount, months, partial)


_AMOUNTS: Final = ("amount", "annual_amount", "minimum", "maximum")


def _amount(row: Row, errors: list[FieldError], remarks: list[str]) -> Amount | None:
    """The amount of the columns: the bounds of a framework first, then the whole amount, then that of a year."""
    found: dict[str, Amount] = {}
    for name in _AMOUNTS:
        try:
            read = amount_of(row.get(name), name)
        except InvalidRequest as error:
            errors.extend(error.errors)
        else:
            found |= {} if read is None else {name: read}
    bounds = _bounds(found, errors)
    whole = found.get("amount") or (replace(found["annual_amount"], yearly=True) if "annual_amount" in found else None)
    if bounds is not None and whole is not None:
        remarks.append(
            f"Estimation de {euros_ht(whole.counted)} laissée de côté : les bornes de l'accord-cadre sont comptées."
        )
    return bounds or whole


def _bounds(found: dict[str, Amount], errors: list[FieldError]) -> Amount | None:
    """The bounds of a framework, in columns of their own: read as « mini 50 000 maxi 200 000 » in one cell is."""
    least, most = found.get("minimum"), found.get("maximum")
    if most is None and (least is None or least.counted == 0):
        return None
    low = f"mini {least.counted:.2f}" if least is not None and least.counted > 0 else "sans mini"
    high = f"maxi {most.counted:.2f}" if most is not None else "sans maxi"
    described = tuple(read for read in (least, most) if read is not None)
    try:
        made = amount_of(f"{low}, {high}", "maximum")
    except InvalidRequest as error:
        errors.extend(error.errors)
        return None
    taxed, yearly = any(read.taxed for read in described), any(read.yearly for read in described)
    return None if made is None else replace(made, taxed=taxed, yearly=yearly)


def _in_text(match: AmountMatch, text: str) -> Amount:
    """The amount of an object, with the words before it that make it a range or a maximum: « entre 50 000 et 80 000 € »."""
    span = match.spans[0]
    lead = _LEAD.search(text[max(0, span.start - 35) : span.start])
    if lead is not None:
        try:
            made = amount_of(lead[0] + text[span.start : span.end], "amount")
        except InvalidRequest:
            made = None
        if made is not None:
            return made
    return Amount(match.euros, match.euros, False, match.per_year, match.tax == "TTC")


def _months(row: Row, need: Need, errors: list[FieldError], remarks: list[str]) -> int | None:
    """The duration of its columns, else the one written after the amount, else that of the text."""
    for name in ("months", "years"):
        try:
            months, mentions = cells.months(row.get(name), name, years=name == "years")
        except InvalidRequest as error:
            errors.extend(error.errors)
            continue
        remarks += mentions
        if months is not None:
            return months
    if row.get("months") or row.get("years"):
        return None
    beside = list(durations(folded(row.get("amount"))))
    spans = beside if len(beside) == 1 else list(need.durations)
    longest = round(spans[0].max_months) if len(spans) == 1 else 0
    return longest if 1 <= longest <= cells.MOST_MONTHS else None


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
    supposed = {OF_NATURE.get(nature, "services") for nature in natures}
    return (supposed.pop() if len(supposed) == 1 else "services"), True
