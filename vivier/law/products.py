"""Duties on what is bought (``product_duties.csv``): families of products of AGEC article 58, canteens, tyres, vehicles, paper, energy.

A share that nobody read is unknown: the row says so, and gives no figure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final, Literal

from vivier.french import percent
from vivier.law.rows import Rows, day, rows_of, words
from vivier.text.folding import fold

ReadStatus = Literal["seen", "second-hand", "unverified", "not_read"]
STATUS_WORDS: Final[Mapping[ReadStatus, str]] = {
    "seen": "lu",
    "second-hand": "lu chez un tiers",
    "unverified": "de mémoire, à vérifier",
    "not_read": "part non lue",
}
_AGEC: Final = "agec"
_SERVICE: Final = re.compile(
    r"(?:^|:)\s*(?:maintenance|entretien|reparation|location|verification|controle|nettoyage|lavage|collecte|formation|travaux|transport|impression|"
    r"prestations?|services?|assistance|etudes?|maitrise|blanchiss\w+|laverie|pressing|couture|retouches?|garage|recyclage|gestion|infogerance)\b"
)
"""Words by which an object, or what follows its colon, begins when it buys a service, not goods [ours]. The shares of AGEC bear on supplies, and on works
and services that also buy some (decree 2024-134, article 1)."""
_COARSEST: Final = 3
"""Digits of the coarsest CPV that a duty may bite on: a division says too little of what is bought."""


@dataclass(frozen=True)
class ProductDuty:
    """A duty on a family of products. ``shares``: by first year, the least shares (0–1) of re-use and of recycled matter in the yearly
    spending; empty when not read. ``cpv``: beginnings of codes; ``words``: nouns of the goods, when no code is written; ``trades``: those that mean
    the family when no noun is; ``reuse_first``: re-used goods of the family are on the market (a judgement of ours)."""

    code: str
    law: str
    family: str
    article: str
    since: date | None
    shares: Mapping[int, tuple[float, float]]
    threshold: str
    dispense: str
    cpv: tuple[str, ...]
    trades: tuple[str, ...]
    words: tuple[str, ...]
    reuse_first: bool
    status: ReadStatus
    source: str

    def shares_on(self, launched: date) -> tuple[float, float] | None:
        """The shares of re-use and of recycled matter on a day; ``None`` is not read, or not yet due."""
        years = [year for year in self.shares if year <= launched.year]
        return self.shares[max(years)] if years else None

    def due_on(self, launched: date) -> bool:
        """Whether the duty holds on a day; a duty whose first day is not read is taken to hold."""
        return self.since is None or self.since <= launched

    def text(self, launched: date) -> str:
        """The duty on a day, in French."""
        shares = self.shares_on(launched)
        least = self.threshold
        if shares is not None:
            least = f"{percent(shares[0])} en réemploi et {percent(shares[1])} en matières recyclées, par an"
        return f"{self.family} : {least}."


def _shares(text: str) -> Mapping[int, tuple[float, float]]:
    read = (part.replace(":", "/").split("/") for part in text.split())
    return {int(year): (float(reuse) / 100, float(recycled) / 100) for year, reuse, recycled in read}


_READ: Final = {
    "since": day,
    "shares": _shares,
    "cpv": words,
    "trades": words,
    "words": lambda text: tuple(part for part in text.split("|") if part),
    "reuse_first": "yes".__eq__,
}
PRODUCT_DUTIES: Final[Mapping[str, ProductDuty]] = Rows(
    lambda: {duty.code: duty for duty in rows_of(ProductDuty, "product_duties", _READ)}
)
"""Duties on products by code."""


def product_duties(
    cpvs: Iterable[str], trades: Collection[str], launched: date, text: str = ""
) -> tuple[ProductDuty, ...]:
    """The duties that bite on a purchase on a day: by its CPV codes, else by the goods that its object ``text`` names, else by its trades. A
    product is of one family of AGEC: the narrowest beginning of its code, the longest of its nouns."""
    due = [duty for duty in PRODUCT_DUTIES.values() if duty.due_on(launched)]
    written = [cpv.rstrip("0") for cpv in cpvs]
    if written:
        found = {code for cpv in written for code in _bitten(due, cpv)}
    elif named := _named(due, text):
        found = {named.code}
    else:
        goods = not _SERVICE.search(fold(text).lower())
        found = {duty.code for duty in due if set(trades) & set(duty.trades) and (goods or duty.law != _AGEC)}
    return tuple(duty for duty in due if duty.code in found)


@lru_cache(maxsize=32_768)
def names_purchase(text: str) -> bool:
    """Whether a text names goods that bear a duty, or a service on goods, which bears none."""
    plain = fold(text).lower()
    return _SERVICE.search(plain) is not None or _named(PRODUCT_DUTIES.values(), text) is not None


def _bitten(due: Iterable[ProductDuty], cpv: str) -> Iterator[str]:
    """Codes of the duties on a CPV without its last zeros: of AGEC, its family, or those that it holds a part of when it is in none."""
    depths = {duty.code: _depth(duty, cpv) for duty in due}
    families = [duty.code for duty in due if duty.law == _AGEC and depths[duty.code]]
    family = max(families, key=lambda code: depths[code], default=None)
    for duty in due:
        if duty.law == _AGEC and family is not None:
            if duty.code == family:
                yield duty.code
        elif depths[duty.code] or _is_part(duty, cpv):
            yield duty.code


def _depth(duty: ProductDuty, cpv: str) -> int:
    """The digits of the narrowest beginning of a family that a code is under; 0 for none."""
    return max((len(start) for start in duty.cpv if cpv.startswith(start)), default=0)


def _is_part(duty: ProductDuty, cpv: str) -> bool:
    """Whether a code holds a part of a family."""
    return len(cpv) >= _COARSEST and any(start.startswith(cpv) for start in duty.cpv)


def _named(due: Iterable[ProductDuty], text: str) -> ProductDuty | None:
    """The family whose noun an object names, the longest; none for a service on goods (« entretien du mobilier urbain »)."""
    plain = fold(text).lower()
    if _SERVICE.search(plain):
        return None
    found = [(len(noun), duty) for duty in due for noun in duty.words if any_of((noun,)).search(plain)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


@cache
def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these phrases, each of its words in the plural or not."""
    each = (" ".join(re.escape(word) + "[sx]?" for word in fold(phrase).lower().split()) for phrase in phrases)
    return re.compile(rf"\b(?:{'|'.join(each)})\b") if phrases else re.compile(r"(?!)")
