"""Computes the value of the whole need, which is compared with EU thresholds, from the lots of one request.

The value of a need is that of all its lots, renewals included (art. R2121-1 of the *code de la commande publique*), and for
works that of the whole operation (R2121-5), according to public pages on these articles: we did not read the articles
themselves. A lot alone is only a lower bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vivier.desk.read.line import Line
from vivier.errors import FieldError, InvalidRequest
from vivier.french import euros_ht, plural
from vivier.law.rules import NeedValue
from vivier.law.social import social_services
from vivier.territory import load_gazetteer
from vivier.trades.table import fold

_NUMBER: Final = re.compile(r"(?:lot\s*)?(?:n\s*[°ºo.]\s*)?(?:(\d{1,3})\s*(bis|ter|[a-z])?|([a-z]))")
_RENEWALS: Final = "reconductions comprises"


def need_values(lines: Sequence[Line], stated: float | None = None) -> list[NeedValue]:
    """The value of the need of each lot of one request, in order. ``stated``: euros HT of the whole consultation, given by the
    user.

    Without it, lots that name the same consultation add up; so do those that name none, whose numbers are all different and whose
    places are in one région: lines numbered all over the country are a plan of purchases. Any other lot is alone. A range counts with both its bounds; a framework agreement with its maximum (R2121-8, not read by us).
    Raises ``InvalidRequest`` naming « consultation_amount » when it is less than the sum of the lots.
    """
    if stated is not None:
        return [_stated(stated, lines)] * len(lines)
    named: dict[str, list[Line]] = {}
    for line in lines:
        named.setdefault(_consultation(line), []).append(line)
    together = {name: every if name else _together(every) for name, every in named.items()}
    return [
        _summed(line, together[name], named[name]) if line in together[name] else _alone(line)
        for line in lines
        for name in (_consultation(line),)
    ]


def _consultation(line: Line) -> str:
    """The consultation that a lot says it is part of, as a key; empty when it says none."""
    return " ".join(fold(line.row.get("consultation")).split())


def _bounds(line: Line) -> tuple[float | None, float | None]:
    """The least and greatest value of a lot: the maximum of a framework counts whole."""
    money = line.money
    if money is None:
        return None, None
    if money.framework and money.most is not None:
        return money.most, money.most
    return money.least or 0.0, money.most


def _stated(total: float, lines: Sequence[Line]) -> NeedValue:
    known = round(sum(_bounds(line)[0] or 0 for line in lines), 2)
    if total < known:
        message = (
            f"« consultation_amount » : {euros_ht(total)}, moins que la somme des lots donnés ({euros_ht(known)}). "
            "Donnez la valeur de tous les lots, reconductions comprises."
        )
        raise InvalidRequest((FieldError("consultation_amount", "out_of_range", message),))
    return NeedValue(total, total, f"la valeur annoncée de la consultation, {euros_ht(total)}, {_RENEWALS}")


def _alone(line: Line) -> NeedValue:
    least, most = _bounds(line)
    if least is None:
        return NeedValue(None, None, "montant inconnu")
    return NeedValue(least, None, f"ce lot seul, {_span(least, most)}, {_RENEWALS}")


def _span(least: float, most: float | None) -> str:
    """« 50 000 à 80 000 € HT », « au moins 50 000 € HT » or one amount."""
    if most is None:
        return f"au moins {euros_ht(least)}"
    return euros_ht(least) if least == most else f"de {euros_ht(least)} à {euros_ht(most)}"


def _summed(line: Line, together: Sequence[Line], lines: Sequence[Line]) -> NeedValue:
    """The need is at least the sum of the lots under the same threshold, and at most that of all lots when none is missing."""
    alike = [other for other in together if _threshold(other) == _threshold(line)]
    known = [_bounds(other) for other in alike if other.money is not None]
    least = sum(low or 0.0 for low, _ in known)
    highs = [high for _, high in known]
    most = None if None in highs else sum(high or 0.0 for high in highs)
    every = sum(_bounds(other)[1] or 0.0 for other in together) if _all_given(together, lines) else None
    scope = "" if len(alike) == len(together) else " soumis au même seuil"
    which = f"la somme des {len(alike)} lots{scope}" if len(alike) > 1 else "ce lot, le seul soumis à ce seuil"
    some = (
        ""
        if len(known) == len(alike)
        else f" ({plural(len(known), 'montant connu', 'montants connus')} sur {len(alike)})"
    )
    name = line.row.get("consultation")
    whose = f"de la consultation « {name[:80]} »" if name else "si les lots numérotés sont d'une même consultation"
    text = f"{which}, {_span(least, most)}{some}, {_RENEWALS}, {whose}"
    lots = () if every is None else tuple(_bounds(other)[1] or 0.0 for other in together)
    return NeedValue(least if known else None, every, text, lots)


def _together(lines: Sequence[Line]) -> list[Line]:
    """The lots that have a number, if there are two at least, all different, in one région; else none."""
    numbers = [(number, line) for line in lines if (number := _number(line)) is not None]
    alike = len({region for _, line in numbers for region in _regions(line)}) <= 1
    return [line for _, line in numbers] if alike and 1 < len(numbers) == len({number for number, _ in numbers}) else []


def _regions(line: Line) -> set[str]:
    """The régions of the places of a lot; none for the whole country."""
    places = (load_gazetteer().get(choice.code) for choice in line.territories)
    return {id for place in places for id in (place.id, *place.parents) if id.startswith("region:")}


def _all_given(together: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Whether every line has a number of its own and a known greatest amount, and no number is missing up to the last."""
    numbers = [_number(line) for line in together]
    ranks = {int(number[0]) for number in numbers if number is not None and number[0].isdecimal()}
    whole = all(_bounds(line)[1] is not None and not line.partial_amount for line in together)
    alone = None not in numbers and len(set(numbers)) == len(numbers) == len(lines)
    return whole and alone and max(ranks, default=0) <= len(ranks)


def _threshold(line: Line) -> tuple[str, bool, bool]:
    """Key of the EU threshold of a lot: works and social services have their own, supplies and other services share one."""
    services = line.category == "services" and social_services([choice.code for choice in line.trades], line.cpv)
    return line.kind, line.category == "travaux", services


def _number(line: Line) -> tuple[str, str] | None:
    """Parses « 2 », « Lot n° 2 », « 2 bis » or « B » into a number and its suffix; ``None`` for another text, such as a
    reference."""
    found = _NUMBER.fullmatch(fold(line.row.get("lot")))
    if found is None:
        return None
    rank, suffix, letter = found.groups()
    return (str(int(rank)), suffix or "") if rank else (letter, "")
