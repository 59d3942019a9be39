"""The CPV nomenclature (2008): reading dirty codes, labels, hierarchy by digits.

Source of the table: eForms SDK © European Union (CC-BY 4.0), 9,454 codes without check digit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mappings import read_table
from vivier.errors import FieldError, InvalidRequest, NotFound

LENGTH = 8
# The level of a code is its number of significant digits: 2 division, 3 group, 4 class, 5 category, 6-8 finer.
DIVISION = 2
_CODE = re.compile(r"([0-9]{2,8})(?:-[0-9])?")
_SEVERAL = re.compile(r"(?<![0-9])[0-9]{8}(?![0-9])(?:\s*-\s*[0-9](?![0-9]))?")


@dataclass(frozen=True, slots=True)
class CpvCode:
    """One entry: 8-digit ``code``, French and English labels."""

    code: str
    label_fr: str
    label_en: str


def significant(code: str) -> str:
    """Significant digits: trailing zeros are removed, two digits kept at least (``30000000`` → ``30``)."""
    return code.rstrip("0").ljust(DIVISION, "0") if len(code) > DIVISION else code


def padded(prefix: str) -> str:
    """The 8-digit code of a prefix: ``905`` → ``90500000``."""
    return prefix.ljust(LENGTH, "0")


def parse_cpv(text: str, field: str = "cpv") -> str:
    """One CPV code as 8 digits. The check digit (``77310000-6``) and spaces are removed; 2 to 7 digits are a prefix.

    A well-formed code may be unknown: :class:`Cpv` says whether it is listed. Raises :class:`InvalidRequest` naming
    ``field``.
    """
    match = _CODE.fullmatch(text.strip().replace(" ", ""))
    if match is None:
        message = f"« {text} » n'est pas un code CPV : 2 à 8 chiffres attendus, par exemple 77310000 ou 7731."
        raise InvalidRequest((FieldError(field, "cpv_malformed", message, allowed=("2 à 8 chiffres",)),))
    return padded(match.group(1))


def parse_cpvs(text: str) -> tuple[str, ...]:
    """Every 8-digit code of a contract field that may hold several (« 45112710-5, 77310000 »), first seen first.

    A field holding a single shorter code is read as :func:`parse_cpv` does; one holding no code gives ``()``.
    """
    found = [parse_cpv(match) for match in _SEVERAL.findall(text)]
    if not found and _CODE.fullmatch(text.strip().replace(" ", "")):
        found = [parse_cpv(text)]
    return tuple(dict.fromkeys(found))


class Cpv:
    """Looks codes up in the table: labels, parents, prefixes. 35 codes lack a direct parent: the nearest code above is used."""

    def __init__(self, codes: Iterator[CpvCode]) -> None:
        self._codes = {entry.code: entry for entry in sorted(codes, key=lambda entry: entry.code)}
        self._sorted = list(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[CpvCode]:
        return iter(self._codes.values())

    def __contains__(self, code: str) -> bool:
        return code in self._codes

    def get(self, code: str) -> CpvCode:
        """The entry of an 8-digit code. Raises :class:`NotFound` naming the nearest listed ancestor."""
        try:
            return self._codes[code]
        except KeyError:
            raise NotFound(self._unknown(code)) from None

    def label(self, code: str) -> str:
        """French label of an 8-digit code. Raises :class:`NotFound`."""
        return self.get(code).label_fr

    def parent(self, code: str) -> str | None:
        """The nearest listed code above, climbing over missing levels; ``None`` for a division."""
        prefix = significant(code)[:-1]
        while len(prefix) >= DIVISION:
            candidate = padded(prefix)
            if candidate in self._codes and candidate != code:
                return candidate
            prefix = prefix[:-1]
        return None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Listed codes above, nearest first, ending with the division."""
        parent = self.parent(code)
        return () if parent is None else (parent, *self.ancestors(parent))

    def nearest(self, code: str) -> str | None:
        """The code itself when listed, else its nearest listed ancestor; ``None`` when even the division is unknown."""
        return code if code in self._codes else self.parent(code)

    def descendants(self, prefix: str) -> tuple[str, ...]:
        """Listed codes at or below a code or prefix, in order: ``77300000`` and ``773`` both give every ``773…``."""
        stem = significant(prefix)
        start, end = (bisect_left(self._sorted, bound) for bound in (stem, f"{stem}:"))  # ":" follows "9"
        return tuple(self._sorted[start:end])

    @cached_property
    def divisions(self) -> Mapping[str, str]:
        """The 45 divisions by their two digits, with their French labels."""
        return {code: self.label(f"{code}000000") for code in dict.fromkeys(code[:DIVISION] for code in self._sorted)}

    def _unknown(self, code: str) -> str:
        nearest = self.nearest(code)
        hint = f" ; le plus proche au-dessus est {nearest} ({self.label(nearest)})" if nearest else ""
        return f"Le code CPV {code} n'existe pas dans la nomenclature{hint}."


@lru_cache(maxsize=1)
def load_cpv() -> Cpv:
    """The table of ``mappings/tables/cpv.csv.gz``, read once."""
    return Cpv(CpvCode(row["code"], row["label_fr"], row["label_en"]) for row in read_table("cpv"))
