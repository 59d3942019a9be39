"""Computes the value of the whole need, which is compared with EU thresholds, from the lots of one request.

The value of a need is that of all its lots, renewals included (art. R2121-1 of the *code de la commande publique*), and for
works that of the whole operation (R2121-5), according to public pages on these articles: we did not read the articles
themselves. A lot alone is only a lower bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vivier.desk.method.duties import NeedValue
from vivier.desk.read.understanding import Line
from vivier.errors import FieldError, InvalidRequest
from vivier.french import euros_ht, plural
from vivier.trades.table import fold

_NUMBER: Final = re.compile(r"(?:lot\s*)?(?:n\s*[°ºo.]\s*)?(?:(\d{1,3})\s*(bis|ter|[a-z])?|([a-z]))")
_RENEWALS: Final = "reconductions comprises"


def need_values(lines: Sequence[Line], stated: float | None = None) -> list[NeedValue]:
    """The value of the need of each lot of one request, in order. ``stated``: euros HT of the whole consultation, given by the
    user.

    Without it, lots whose numbers are all different belong to one consultation and add up; any other lot is alone.
    Raises ``InvalidRequest`` naming « consultation_amount » when it is less than the sum of the lots.
    """
    if stated is not None:
        return [_stated(stated, lines)] * len(lines)
    together = _together(lines)
    return [_summed(line, together, lines) if line in together else _alone(line) for line in lines]


def _stated(total: float, lines: Sequence[Line]) -> NeedValue:
    known = round(sum(line.amount or 0 for line in lines), 2)
    if total < known:
        message = (
            f"« consultation_amount » : {euros_ht(total)}, moins que la somme des lots donnés ({euros_ht(known)}). "
            "Donnez la valeur de tous les lots, reconductions comprises."
        )
        raise InvalidRequest((FieldError("consultation_amount", "out_of_range", message),))
    return NeedValue(total, total, f"la valeur annoncée de la consultation, {euros_ht(total)}, {_RENEWALS}")


def _alone(line: Line) -> NeedValue:
    if line.amount is None:
        return NeedValue(None, None, "montant inconnu")
    return NeedValue(line.amount, None, f"ce lot seul, {euros_ht(line.amount)}, {_RENEWALS}")


def _summed(line: Line, together: Sequence[Line], lines: Sequence[Line]) -> NeedValue:
    """The need is at least the sum of the lots under the same threshold, and at most that of all lots when none is missing."""
    alike = [other for other in together if _threshold(other) == _threshold(line)]
    known = [other.amount for other in alike if other.amount is not None]
    every = [other.amount for other in together if other.amount is not None]
    least = sum(known) if known else None
    most = sum(every) if _all_given(together, lines) else None
    return NeedValue(least, most, _sum_text(sum(known), len(known), len(alike), len(together)))


def _sum_text(total: float, known: int, alike: int, together: int) -> str:
    scope = "" if alike == together else " soumis au même seuil"
    which = f"la somme des {alike} lots{scope}" if alike > 1 else "ce lot, le seul soumis à ce seuil"
    some = "" if known == alike else f" ({plural(known, 'montant connu', 'montants connus')} sur {alike})"
    return f"{which}, {euros_ht(total)}{some}, {_RENEWALS}, si les lots numérotés sont d'une même consultation"


def _together(lines: Sequence[Line]) -> list[Line]:
    """The lots that have a number, if there are two at least and their numbers are all different; else none."""
    numbers = [(number, line) for line in lines if (number := _number(line)) is not None]
    return [line for _, line in numbers] if 1 < len(numbers) == len({number for number, _ in numbers}) else []


def _all_given(together: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Whether every line of the request has a number and a whole amount, and no number is missing up to the last."""
    ranks = {int(rank) for line in together if (rank := (_number(line) or ("",))[0]).isdecimal()}
    whole = all(line.amount is not None and not line.partial_amount for line in together)
    return whole and len(together) == len(lines) and max(ranks, default=0) <= len(ranks)


def _threshold(line: Line) -> tuple[str, bool]:
    """Key of the EU threshold of a lot: works have their own, supplies and services share one."""
    return line.kind, line.category == "travaux"


def _number(line: Line) -> tuple[str, str] | None:
    """Parses « 2 », « Lot n° 2 », « 2 bis » or « B » into a number and its suffix; ``None`` for another text, such as a
    reference."""
    found = _NUMBER.fullmatch(fold(line.row.get("lot")))
    if found is None:
        return None
    rank, suffix, letter = found.groups()
    return (str(int(rank)), suffix or "") if rank else (letter, "")
