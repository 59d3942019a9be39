"""Reads the commune that the title of a purchase names beside its département or its post code.

Only these forms are read, since the name of a commune is often a plain word (« Tours », « Vire », « La Poste ») :
« 06 – MENTON – PAF », « (29830) plouguin », « Avignon (84000) », « Saint-Yrieix-la-Perche (87) ».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vivier.territory.gazetteer import Gazetteer
from vivier.territory.names import PlaceNames, place_key, place_names

_CODE: Final = r"(?P<code>\d{5}|97\d|\d{2}|2[AB])"
_NAME: Final = r"(?P<name>[^\W\d_][^\d_()/:;,–—|]*)"
_DASH: Final = r"\s*[-–—]\s+"
_FORMS: Final = (
    re.compile(rf"^\s*{_CODE}{_DASH}{_NAME}"),
    re.compile(rf"\({_CODE}\)\s*{_NAME}"),
    re.compile(rf"{_NAME}\({_CODE}\)"),
)
_MOST_WORDS: Final = 8


def commune_in_title(title: str, gazetteer: Gazetteer) -> str | None:
    """The typed id of the only commune that a title names beside its code; ``None`` when it names none, or several."""
    names = place_names(gazetteer)
    found = {
        row
        for number, form in enumerate(_FORMS)
        for match in form.finditer(title)
        if (row := _row(match["code"], match["name"], names, last=number == len(_FORMS) - 1)) is not None
    }
    return f"commune:{gazetteer.communes.codes[found.pop()]}" if len(found) == 1 else None


def _row(code: str, name: str, names: PlaceNames, *, last: bool) -> int | None:
    """The row of the longest beginning of ``name`` (its longest end when it stands before its code) that is a commune there."""
    for key in _candidates(name, last=last):
        rows = set(names.by_name.get(key, ()))
        if len(code) == 5:
            rows &= set(names.by_post_code.get(code, ()))
        else:
            rows = {row for row in rows if names.departements[row] == code}
        if len(rows) == 1:
            return rows.pop()
    return None


def _candidates(name: str, *, last: bool) -> Iterator[str]:
    words = place_key(name).split()
    words = words[-_MOST_WORDS:] if last else words[:_MOST_WORDS]
    for length in range(len(words), 0, -1):
        yield " ".join(words[-length:] if last else words[:length])
