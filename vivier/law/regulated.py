"""Professions that the law reserves to those who are registered (``regulated.csv``): legal advice, statutory audit, acts of notaries. No inclusive
structure sells them: such a lot is out of the scope of the directory, and no lever is advised for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vivier.law.products import ReadStatus, any_of
from vivier.law.rows import Rows, phrases, rows_of, words
from vivier.text.folding import fold


@dataclass(frozen=True)
class Profession:
    """One row. ``trades``: those that an object of the profession is read as; ``cpv``: beginnings of codes; ``words``: phrases of its objects, when no code is
    written; ``exclusions``: words that make it something else, or a mix (« paie », « numérisation »)."""

    code: str
    name: str
    article: str
    trades: tuple[str, ...]
    cpv: tuple[str, ...]
    words: tuple[str, ...]
    exclusions: tuple[str, ...]
    status: ReadStatus
    source: str

    def is_bought(self, cpvs: Sequence[str], trades: Collection[str], text: str) -> bool:
        """Whether a purchase is of the profession: all its CPV codes are, or its object says so and no other trade is read."""
        if cpvs and self.cpv and all(cpv.startswith(self.cpv) for cpv in cpvs):
            return True
        plain = fold(text).lower()
        if not set(trades) <= set(self.trades) or any_of(self.exclusions).search(plain):
            return False
        return bool(any_of(self.words).search(plain))

    def is_part(self, cpvs: Sequence[str], trades: Collection[str], text: str) -> bool:
        """Whether a purchase mixes the profession with another trade: one of its CPV codes, or its object and its trades, say both."""
        if cpvs:
            return any(cpv.startswith(self.cpv) for cpv in cpvs) if self.cpv else False
        others = set(trades).difference(self.trades)
        return 0 < len(others) < len(set(trades)) and bool(any_of(self.words).search(fold(text).lower()))

    @property
    def text(self) -> str:
        """What a lot of the profession is answered."""
        return (
            f"{self.name} : profession réglementée ({self.article}), réservée à ceux qui y sont inscrits ou habilités."
        )


_READ: Final = {"trades": words, "cpv": words, "words": phrases, "exclusions": phrases}
REGULATED: Final[Mapping[str, Profession]] = Rows(
    lambda: {profession.code: profession for profession in rows_of(Profession, "regulated", _READ)}
)
"""Regulated professions by code."""


def profession_of(cpvs: Sequence[str], trades: Collection[str], text: str) -> Profession | None:
    """The regulated profession that a purchase is of; ``None`` for any other."""
    return next((each for each in REGULATED.values() if each.is_bought(cpvs, trades, text)), None)


def outside_of(cpvs: Sequence[str], trades: Collection[str], text: str) -> str:
    """What a lot that buys a regulated profession, alone or with another trade, is answered; empty for any other."""
    alone = profession_of(cpvs, trades, text)
    if alone is not None:
        return alone.text
    mixed = next((each for each in REGULATED.values() if each.is_part(cpvs, trades, text)), None)
    return "" if mixed is None else f"{mixed.text} Séparez les lots : le reste s'étudie seul."
