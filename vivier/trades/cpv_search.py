"""CPV codes by the digits or the words a buyer types."""

from __future__ import annotations

from functools import lru_cache

from vivier.trades.cpv import Cpv, CpvCode, significant
from vivier.trades.table import fold


def find_cpv(text: str, table: Cpv) -> tuple[CpvCode, ...]:
    """Codes that begin with the digits given, else whose French label holds every word (or its beginning).

    Digits keep the order of the nomenclature; words put the broadest codes first. Accents and case are free.
    """
    plain = text.replace(" ", "").partition("-")[0]
    if plain.isdigit():
        return tuple(table.get(code) for code in table.descendants(plain))
    words = [f" {word}" for word in _words(text).split()]
    found = [entry for entry, label in _labels(table) if words and all(word in label for word in words)]
    return tuple(sorted(found, key=lambda entry: (len(significant(entry.code)), entry.code)))


@lru_cache(maxsize=2)
def _labels(table: Cpv) -> tuple[tuple[CpvCode, str], ...]:
    return tuple((entry, f" {_words(entry.label_fr)}") for entry in table)


def _words(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in fold(text)).split())
