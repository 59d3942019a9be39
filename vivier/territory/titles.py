"""Reads the commune that the title of a purchase names beside its département or its post code, or after « à » within known départements.

Only these forms are read, since the name of a commune is often a plain word (« Tours », « Vire », « La Poste ») :
« 06 – MENTON – PAF », « (29830) plouguin », « Avignon (84000) », « Saint-Yrieix-la-Perche (87) », « collège Pergaud à Foug ».
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
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
_AFTER: Final = re.compile(r"(?:\bà|\b[Cc]ommune d[e']|\b[Vv]ille d[e'])\s*(?P<name>[A-ZÀ-Ý][^\d_()/:;,–|]*)")
_PLAIN: Final = frozenset(("BONS", "LOTS", "MARCHES", "PRIX"))
"""Keys of communes whose names, after « à », say how a purchase is made: « à marchés subséquents »."""
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


def commune_named(title: str, departements: Collection[str], gazetteer: Gazetteer) -> str | None:
    """The typed id of the only commune of ``departements`` that a title names after « à », « commune de » or « ville de », with a capital letter."""
    names = place_names(gazetteer)
    found: set[int] = set()
    for match in _AFTER.finditer(title):
        written = place_key(match["name"])
        for key in _candidates(written, last=False):
            rows = {row for row in names.by_name.get(key, ()) if names.departements[row] in departements}
            if rows and key not in _PLAIN:
                if written.removeprefix(key).startswith(" ET "):  # « à Colombelles et Ifs »
                    return None
                found |= rows
                break
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
