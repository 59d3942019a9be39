"""Hears for whom the object of a lot says that it is reserved, with the words that leads hear, and where it buys insertion through a work."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from vivier.contracts.objects import folded
from vivier.contracts.provisions import reservations_of
from vivier.contracts.reservation import best_founded, named
from vivier.french import enumerated
from vivier.law.articles import ARTICLES, ReservedFor, reserving
from vivier.needs.boilerplate import through_work

FAMILY_NAMES: Final[Mapping[ReservedFor, str]] = {
    "EA_ESAT": "aux EA et ESAT",
    "SIAE": "aux structures d'insertion",
    "ESS": "à l'économie sociale et solidaire",
    "PRISON": "au travail en prison",
}
_BY: Final = re.compile(
    r"\bpar (?:une?|des|les) (?:(?P<ea>e\.?s\.?a\.?t\b|etablissements? (?:et services? )?d'aide par le travail\b|entreprises? adaptees?\b(?! (?:aux?|a)\b))"
    r"|siae\b|(?:structures?|chantiers?|entreprises?|ateliers?) d'insertion\b)"
)
_MAY: Final = re.compile(r"\b(?:sous-trait\w*|pourr\w+|peu(?:t|vent)|possib\w+|clauses?|heures?|eventuel\w*)\b")
"""Beside such words, who works is named for a part, or for a chance."""


@dataclass(frozen=True)
class Reserved:
    """What an object says of its reservation. ``families``: for whom, empty when it does not say; ``through``: it says no reservation, and
    buys insertion through a work, which SIAE do."""

    families: frozenset[ReservedFor]
    through: bool = False

    def article(self, kind: str) -> str | None:
        """The article that reserves a ``kind`` (« marche », « concession ») for these families together, ``None`` without one."""
        codes = reserving(kind, prison=True)
        return next((code for code in codes if frozenset(ARTICLES[code].families) == self.families), None)

    def remark(self, kind: str) -> str:
        """The French sentence told on the lot."""
        if not self.families:
            return "L'objet dit le lot réservé, sans dire à qui."
        whom = enumerated([name for family, name in FAMILY_NAMES.items() if family in self.families])
        code = self.article(kind)
        if code is None:
            return (
                f"L'objet réserve le lot {whom} : aucun article ne réserve une concession à ces deux familles ensemble."
            )
        begins = "achète de l'insertion par un travail, qui revient" if self.through else "réserve le lot"
        return f"L'objet {begins} {whom} : l'étude suit l'article {code}."


def reserved_in(text: str) -> Reserved | None:
    """What an object says of its reservation; ``None`` when it says nothing of it."""
    plain = folded(text)
    possible = _MAY.search(plain) is not None
    if reservations_of(text) and not (possible and "reserv" not in plain):
        return Reserved(_together(named(best_founded(reservations_of(text, reserved=True)))))
    by = None if possible else _BY.search(plain)
    if by is not None:
        return Reserved(frozenset({"EA_ESAT" if by["ea"] else "SIAE"}))
    return Reserved(frozenset({"SIAE"}), through=True) if through_work().search(plain) else None


def _together(families: Collection[ReservedFor]) -> frozenset[ReservedFor]:
    """The families of one article: the ESS beside narrower families adds nothing."""
    narrow = frozenset(families) - {"ESS"}
    return narrow or frozenset(families)
