"""A candidate: one site as the gate of a lot reads it, for one trade and one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from vivier.belief.comes import nationwide
from vivier.law.parameters import value

Can = Literal["yes", "part", "no"]
"""What a structure answers when it is asked whether it can do a lot: the whole of it, a part of it, or nothing."""
COVERING: Final = ("full", "wide")
_HERE: Final = ("partial", "seat_only")
ZONE_ORDER: Final = ("full", "wide", "partial", "seat_only", "touch", "none")
"""Coverage classes, the fullest first."""


@dataclass(frozen=True)
class Candidate:
    """One site as the gate reads it. ``kinds``: kinds valid at the date; ``expired`` and ``coming``: kinds that are not valid yet or
    any more; ``undated``: one of ``kinds`` has no published end; ``to_check``: kinds without a published end whose last proof is
    older than their legal term. ``zone``: coverage class of the best offer of the trade;
    ``in_part``: its offers are all of narrower trades; ``declared``: that zone is published; ``nationwide``: it is the whole country, from a seat outside the place; ``proof``: the best evidence of the trade, ``None`` when there is none; ``checked``: the
    last day on which a source gave it as open; ``trade_known``: a source gives its trade; ``believed``: probability of the trade of the lot when
    none does (:mod:`vivier.belief`), ``None`` when nobody observed it: it is then neither a no nor a supply; ``answers``: the most answers that it already counts, of any trade; ``replies``: the share of those of its kind that
    answered when they were asked, ``None`` when no round says it. ``turnover`` in euros a year.

    ``can``: the answer of the structure for this lot, ``None`` when it gave none (:mod:`vivier.desk.method.answers`); ``volume``: euros a
    year that it said it can take, in this answer, else on its sheet; ``refused``: it declares that it does not do the trade."""

    id: str
    name: str
    siren: str | None = None
    siret: str | None = None
    kinds: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    to_check: tuple[str, ...] = ()
    undated: bool = False
    closed: bool = False
    in_trade: bool = True
    in_part: bool = False
    trade_known: bool = True
    zone: str = "full"
    declared: bool = True
    nationwide: bool = False
    proof: str | None = "declared"
    turnover: float | None = None
    turnover_year: int | None = None
    fte: float | None = None
    commune: str | None = None
    distance_km: float | None = None
    networks: tuple[str, ...] = ()
    checked: date | None = None
    believed: float | None = None
    answers: float = 0.0
    replies: float | None = None
    can: Can | None = None
    volume: float | None = None
    refused: bool = False

    def but(self, **changes: Any) -> Candidate:
        """A copy with some values changed: ``dataclasses.replace`` takes ten times as long, and a lot makes thousands."""
        made = object.__new__(Candidate)
        made.__dict__.update(self.__dict__, **changes)
        return made

    @property
    def reply_rate(self) -> float:
        """The probability that it answers when it is asked: that of its kind, else ``asked_answers``."""
        return value("asked_answers") if self.replies is None else self.replies

    @property
    def unit(self) -> str:
        """The key of the legal unit, which counts once: SIREN, else id."""
        return self.siren or self.id

    @property
    def possible_kinds(self) -> tuple[str, ...]:
        """The kinds valid at the date, then those that would be if their agreement were checked."""
        return (*self.kinds, *self.to_check)

    @property
    def covers(self) -> bool:
        """Whether its zone, published or assumed, covers at least half of the people of the place; or it said that it serves it."""
        return self.zone in COVERING or self.takes

    @property
    def takes(self) -> bool:
        """Whether it answered that it takes the lot, or a part of it: its trade and its place are then no assumption."""
        return self.can in ("yes", "part")

    @property
    def far(self) -> float:
        """What is left of a zone that is the whole country at the distance of the place (:func:`vivier.belief.comes.nationwide`); 1 for any
        other zone, and when the distance is unknown."""
        if not self.nationwide or self.takes or self.distance_km is None:
            return 1.0
        return nationwide(self.distance_km)

    @property
    def might_cover(self) -> bool:
        """Whether it has its seat in the place, or reaches a part of it, with an assumed zone. An assumption never excludes a site:
        it is to be asked."""
        return not self.declared and self.zone in _HERE and not self.takes
