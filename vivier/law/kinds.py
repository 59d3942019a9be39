"""Kinds of structure (``kinds.csv``) and the articles each counts for (``eligibility.csv``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Final, Literal, cast

from mappings import read_table
from vivier.law.articles import ARTICLE_OF_FAMILY, ReservedFor
from vivier.law.rows import Readers, Rows, day, rows_of

Eligibility = Literal["yes", "no", "to_confirm", "equivalent", "if_ess"]
Family = Literal["IAE", "emploi", "handicap", "prison", "ess"]
Lends = Literal["any_trade", "branch", "contacts", ""]
"""Whether a kind lends people (*mise à disposition*): whatever the trade, within the branch it was made for, by putting
independent workers in contact with clients; empty when it does not."""
CLAUSE_ARTICLE: Final = "L2112-2"
"""The article whose row of ``eligibility.csv`` says whether a kind carries the insertion hours of a clause."""


@dataclass(frozen=True)
class Kind:
    """A kind of structure. ``articles`` says which article it answers, those without a row being « no »; ``zone_km`` is the
    radius in km assumed around the seat when no zone of intervention is published (an assumption of ours, shown as such);
    ``status`` and ``source`` are of the legal basis; a bound of validity is ``None`` when it is not recorded. ``term_years`` is
    the longest time for which the law grants the agreement, with its own status and source; ``None``: unknown or without end."""

    code: str
    name: str
    family: Family
    legal_basis: str
    zone_km: float
    lends: Lends
    valid_from: date | None
    valid_to: date | None
    status: str
    source: str
    term_years: int | None
    term_status: str
    term_source: str
    articles: dict[str, Eligibility] = field(hash=False)

    @property
    def checked(self) -> bool:
        """Whether we read the legal basis; otherwise the kind is shown « à confirmer »."""
        return self.status == "seen"

    def answers(self, article: str) -> Eligibility:
        """Whether the kind counts for an article of contracts."""
        return self.articles.get(article, "no")


def _eligibility() -> dict[str, dict[str, Eligibility]]:
    found: dict[str, dict[str, Eligibility]] = {}
    for row in read_table("eligibility"):
        found.setdefault(row["kind"], {})[row["article"]] = cast(Eligibility, row["eligibility"])
    return found


_READ: Final[Readers] = {
    "zone_km": float,
    "valid_from": day,
    "valid_to": day,
    "term_years": lambda text: int(text) if text else None,
}


def _read() -> Mapping[str, Kind]:
    eligibility = _eligibility()
    made = rows_of(lambda **row: Kind(**row, articles=eligibility.get(row["code"], {})), "kinds", _READ)
    return {kind.code: kind for kind in made}


KINDS: Final[Mapping[str, Kind]] = Rows(_read)
"""Kinds by code. ESUS is a label, « régie de quartier » a network: neither opens a reservation by itself."""
FAMILY_OF_KIND: Final[Mapping[str, ReservedFor]] = Rows(
    lambda: {
        code: cast(ReservedFor, family)
        for code, kind in KINDS.items()
        for family, article in ARTICLE_OF_FAMILY.items()
        if kind.answers(article) == "yes"
    }
)
"""The family of reservation of a kind, derived from its eligibility when it is a plain « yes ».

A GEIQ, whose equivalence the buyer judges, and a structure « to confirm » have no family by themselves.
"""


@cache
def kinds_answering(article: str) -> tuple[str, ...]:
    """Codes of the kinds that count for ``article`` (plain « yes » only: « to confirm » never counts)."""
    return tuple(code for code, kind in KINDS.items() if kind.answers(article) == "yes")


@cache
def lending(*how: Lends) -> tuple[str, ...]:
    """Codes of the kinds that lend people in one of the ways given."""
    return tuple(code for code, kind in KINDS.items() if kind.lends in how)


def proved_until(kind: str, proof: date) -> date | None:
    """The last day of the legal term of an agreement that a source proves on day ``proof``; ``None``: no term is known.

    The agreement may end sooner: nothing says when it began. It cannot last longer without being granted again.
    """
    known = KINDS.get(kind)
    if known is None or known.term_years is None:
        return None
    try:
        return proof.replace(year=proof.year + known.term_years)
    except ValueError:  # 29 February
        return proof.replace(year=proof.year + known.term_years, day=28)


DEFAULT_ZONE_KM: Final = 30.0
"""Radius assumed around the seat of a structure without a known kind, in km (assumption, shown as such)."""


def default_zone_km(kinds: Iterable[str]) -> float:
    """Radius in km assumed when no zone is published: the largest stated for the kinds held."""
    return _widest_km(tuple(kinds))


@lru_cache(maxsize=1_000)
def _widest_km(kinds: tuple[str, ...]) -> float:
    return max((KINDS[kind].zone_km for kind in kinds if kind in KINDS), default=DEFAULT_ZONE_KM)
