"""Who could answer a lot: the structures of a trade that cover a territory and that an article lets answer, and for each of
the others the one reason why it is left out (docs/methods.md (a), (b), (d)).

One count serves one article. Only kinds that answer it for certain count: « equivalent » and « to confirm » are shown, never
counted, and labels open nothing. The unit is the legal unit (SIREN); a site without a SIREN stands for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal

from vivier.desk.method.offers import Bearing, bearing
from vivier.law.articles import contract_article
from vivier.law.kinds import KINDS, kinds_answering

METHOD_VERSION: Final = "supply-3"

ExclusionReason = Literal[
    "opposed",
    "inactive",
    "sector_mismatch",
    "kind_not_eligible",
    "agreement_expired",
    "agreement_to_check",
    "zone_none",
    "zone_partial",
    "duplicate_siren",
    "capacity_too_small",
]
EXCLUSIONS: Final[dict[ExclusionReason, str]] = {
    "opposed": "s'est opposée à figurer",
    "inactive": "fermée selon sa source",
    "sector_mismatch": "n'exerce pas ce métier à notre connaissance",
    "kind_not_eligible": "son type ne relève pas de l'article",
    "agreement_expired": "agrément expiré à la date",
    "agreement_to_check": "agrément à vérifier : sa dernière preuve est plus ancienne que sa durée légale",
    "zone_none": "sa zone ne couvre pas le territoire",
    "zone_partial": "sa zone couvre moins de la moitié de la population du territoire",
    "duplicate_siren": "autre site d'une structure déjà comptée",
    "capacity_too_small": "lot trop grand pour son chiffre d'affaires",
}
"""In the order they are looked at: a structure left out has the first reason that holds."""
NOTES: Final[dict[str, str]] = {
    "equivalent": "pourrait répondre comme structure équivalente, sur preuve de la moitié de l'effectif",
    "to_confirm": "type à confirmer pour cet article",
    "if_ess": "seulement si son statut d'entreprise de l'ESS est prouvé",
    "not_yet": "agrément qui n'a pas commencé à la date",
    "trade_unknown": "aucune source ne dit ce qu'elle fait : à interroger",
    "zone_unknown": "sa zone n'est pas publiée ; elle a son siège ici ou en couvre une partie : à interroger",
}
COVERING: Final = ("full", "wide")
_PARTLY: Final = ("partial", "overseas_unconfirmed")
_HERE: Final = ("partial", "seat_only")
ZONE_ORDER: Final = ("full", "wide", "partial", "overseas_unconfirmed", "seat_only", "touch", "none")
STALE_YEARS: Final = 3
"""A turnover older than this is flagged."""


@dataclass(frozen=True)
class Candidate:
    """One site as the gate sees it. ``kinds`` hold at the date, ``expired`` and ``coming`` do not; ``undated``: one of
    ``kinds`` has no published end; ``to_check``: nor have these, whose last proof is older than their legal term. ``zone``: coverage class of the best offer of the trade, ``declared``: that zone was
    published; ``proof``: the best evidence of the trade, ``None`` when none is told; ``checked``: when a source last said it is
    open; ``trade_known``: some source says what it does. Turnover in euros a year."""

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
    trade_known: bool = True
    zone: str = "full"
    declared: bool = True
    proof: str | None = "declared"
    turnover: float | None = None
    turnover_year: int | None = None
    fte: float | None = None
    commune: str | None = None
    distance_km: float | None = None
    networks: tuple[str, ...] = ()
    checked: date | None = None

    @property
    def unit(self) -> str:
        """What counts once."""
        return self.siren or self.id

    @property
    def possible_kinds(self) -> tuple[str, ...]:
        """The kinds that hold, and those that would if their agreement were checked."""
        return (*self.kinds, *self.to_check)

    @property
    def covers(self) -> bool:
        """Its zone, published or assumed, holds at least half of the people of the place."""
        return self.zone in COVERING

    @property
    def might_cover(self) -> bool:
        """It sits in the place or reaches a part of it by a zone that we assume: an assumption sends nobody away."""
        return not self.declared and self.zone in _HERE


@dataclass(frozen=True)
class Structure:
    """One legal unit that passes the gate: ``site`` stands for it, ``sites`` are all of its sites that pass."""

    site: Candidate
    sites: tuple[Candidate, ...]

    @property
    def turnover(self) -> float | None:
        """The largest turnover its sites publish: that of the unit, unless the source counts by site."""
        known = [site.turnover for site in self.sites if site.turnover is not None and site.turnover > 0]
        return max(known, default=None)

    @property
    def fte(self) -> float | None:
        """Full-time equivalents its sites publish, added up; ``None`` when none does."""
        known = [site.fte for site in self.sites if site.fte is not None]
        return sum(known) if known else None

    def stale(self, as_of: date) -> bool:
        """The turnover dates from more than three years before."""
        years = [s.turnover_year for s in self.sites if s.turnover == self.turnover and s.turnover_year is not None]
        return self.turnover is not None and bool(years) and max(years) < as_of.year - STALE_YEARS

    def bears(self, annual: float | None, share: float) -> Bearing:
        """Able, unable or unknown for a yearly amount."""
        return bearing(annual, self.turnover, share)

    @property
    def trade_declared(self) -> bool:
        """The trade is told by the structure, a certificate or its contracts, not read in its name, texts or jobs."""
        return self.site.proof in ("declared", "certified", "contract")


@dataclass(frozen=True)
class Excluded:
    """One candidate left out, with its reason and, for a kind, what might change it (``NOTES``)."""

    candidate: Candidate
    reason: ExclusionReason
    note: str | None = None


@dataclass(frozen=True)
class Supply:
    """The supply of one article at one date. ``candidates`` = eligible structures + excluded sites, always."""

    article: str
    as_of: date
    candidates: int
    eligible: tuple[Structure, ...]
    excluded: tuple[Excluded, ...]

    @property
    def count(self) -> int:
        """N, distinct by SIREN."""
        return len(self.eligible)

    @property
    def declared(self) -> int:
        """Those whose zone is published."""
        return sum(one.site.declared for one in self.eligible)

    @property
    def inferred(self) -> int:
        """Those whose zone is the stated default around the seat."""
        return self.count - self.declared

    @property
    def undated(self) -> int:
        """Counted though the end of their agreement is not published."""
        return sum(one.site.undated for one in self.eligible)

    @property
    def untold(self) -> int:
        """Structures that pass but for a trade that no source tells, and maybe a zone: neither counted nor held to be elsewhere."""
        return len(self._noted["trade_unknown"])

    @property
    def covering_untold(self) -> int:
        """Those of ``untold`` that cover at least half of the place."""
        return sum(self._noted["trade_unknown"].values())

    @property
    def unplaced(self) -> int:
        """Structures of the trade that pass but for a zone that nobody published: those of ``to_ask`` that are not ``untold``."""
        return self.to_ask - self.untold

    @property
    def to_ask(self) -> int:
        """Structures that are not counted and might be, were their trade or their zone told."""
        counted = {one.site.unit for one in self.eligible}
        return len(self._noted["trade_unknown"].keys() | (self._noted["zone_unknown"].keys() - counted))

    @cached_property
    def _noted(self) -> Mapping[str, Mapping[str, bool]]:
        """Structures left out with a note that they are to be asked, and whether one of their sites covers the place."""
        found: dict[str, dict[str, bool]] = {"trade_unknown": {}, "zone_unknown": {}}
        for one in self.excluded:
            if one.note in found:
                units, unit = found[one.note], one.candidate.unit
                units[unit] = units.get(unit, False) or one.candidate.covers
        return found

    @property
    def by_kind(self) -> Mapping[str, int]:
        """Structures by kind, most frequent first; one that holds two kinds of the article is told under its first."""
        legal = legal_kinds(self.article)
        found = Counter(next(kind for kind in one.site.kinds if kind in legal) for one in self.eligible)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def reasons(self) -> Mapping[str, int]:
        """Excluded sites by reason, in the order of the gate."""
        found = Counter(one.reason for one in self.excluded)
        return {reason: found[reason] for reason in EXCLUSIONS if found[reason]}

    def split(self, annual: float | None, share: float) -> Split:
        """The eligible structures by what they bear of a yearly amount."""
        groups: dict[Bearing, list[Structure]] = {"able": [], "unable": [], "unknown": []}
        for one in self.eligible:
            groups[one.bears(annual, share)].append(one)
        return Split(tuple(groups["able"]), tuple(groups["unable"]), tuple(groups["unknown"]))


@dataclass(frozen=True)
class Split:
    """Three lists: who bears the lot, who does not, and whose turnover is not known."""

    able: tuple[Structure, ...] = field(default=())
    unable: tuple[Structure, ...] = ()
    unknown: tuple[Structure, ...] = ()

    def too_small(self) -> tuple[Excluded, ...]:
        """Structures that pass the gate but cannot bear the lot, as exclusions."""
        return tuple(Excluded(one.site, "capacity_too_small") for one in self.unable)


def legal_kinds(article: str) -> tuple[str, ...]:
    """Codes of the kinds that count for an article of contracts or concessions. Raises ``KeyError`` for another."""
    return kinds_answering(contract_article(article))


def gate(candidates: Iterable[Candidate], article: str, as_of: date, opposed: Collection[str] = ()) -> Supply:
    """Who may answer under ``article``, and why the others may not. ``opposed``: SIREN, SIRET or ids that asked to be left
    out. Depends only on the kinds of the article; the order of ``candidates`` does not matter."""
    pool = sorted(candidates, key=_preference)
    legal = frozenset(legal_kinds(article))
    excluded: list[Excluded] = []
    kept: dict[str, list[Candidate]] = {}
    for one in pool:
        found = _reason(one, article, legal, opposed)
        if found is not None:
            excluded.append(found)
        else:
            kept.setdefault(one.unit, []).append(one)
    eligible = tuple(Structure(sites[0], tuple(sites)) for sites in kept.values())
    excluded += (Excluded(site, "duplicate_siren") for sites in kept.values() for site in sites[1:])
    rank = list(EXCLUSIONS)
    excluded.sort(key=lambda one: (rank.index(one.reason), one.candidate.id))
    return Supply(article, as_of, len(pool), eligible, tuple(excluded))


def _preference(one: Candidate) -> tuple[int, bool, float, str]:
    """Which site stands for its unit, and the order of a supply: fullest cover, published zone, nearest, id."""
    distance = float("inf") if one.distance_km is None else one.distance_km
    return ZONE_ORDER.index(one.zone), not one.declared, distance, one.id


def _reason(one: Candidate, article: str, legal: frozenset[str], opposed: Collection[str]) -> Excluded | None:
    if opposed and not {one.id, one.siren, one.siret}.isdisjoint(opposed):
        return Excluded(one, "opposed")
    if one.closed:
        return Excluded(one, "inactive")
    if not one.in_trade:
        to_ask = not one.trade_known and (one.covers or one.might_cover) and not legal.isdisjoint(one.possible_kinds)
        return Excluded(one, "sector_mismatch", "trade_unknown" if to_ask else None)
    if legal.isdisjoint(one.kinds):
        if not legal.isdisjoint(one.to_check):
            return Excluded(one, "agreement_to_check")
        if not legal.isdisjoint(one.expired):
            return Excluded(one, "agreement_expired")
        return Excluded(one, "kind_not_eligible", _note(one, article, legal))
    if one.covers:
        return None
    reason: ExclusionReason = "zone_partial" if one.zone in _PARTLY else "zone_none"
    return Excluded(one, reason, "zone_unknown" if one.might_cover else None)


def _note(one: Candidate, article: str, legal: frozenset[str]) -> str | None:
    """What might make a structure count, were it proved."""
    if not legal.isdisjoint(one.coming):
        return "not_yet"
    contract = contract_article(article)
    answers = {KINDS[kind].answers(contract) for kind in one.kinds if kind in KINDS}
    return next((note for note in ("equivalent", "to_confirm", "if_ess") if note in answers), None)


__all__ = [
    "EXCLUSIONS",
    "METHOD_VERSION",
    "NOTES",
    "Candidate",
    "Excluded",
    "ExclusionReason",
    "Split",
    "Structure",
    "Supply",
    "gate",
    "legal_kinds",
]
