"""Finds the structures that could answer a lot: those of a trade that cover a territory and meet an article, and for each other
candidate the one reason why it is excluded (docs/methods.md (a), (b), (d)).

A count is for one article. Kinds count only when they meet the article for certain: « equivalent » and « to confirm » are shown
and never counted, and labels give no right to answer. The unit is the legal unit (SIREN); a site without a SIREN counts as a
unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

from vivier.desk.method.offers import Bearing, bearing, cap_of
from vivier.law.articles import contract_article
from vivier.law.kinds import KINDS, kinds_answering
from vivier.law.parameters import value

METHOD_VERSION: Final = "supply-6"

Can = Literal["yes", "part", "no"]
"""What a structure answers when it is asked whether it can do a lot: the whole of it, a part of it, or nothing."""
ExclusionReason = Literal[
    "opposed",
    "inactive",
    "declined",
    "trade_refused",
    "sector_mismatch",
    "kind_not_eligible",
    "agreement_expired",
    "agreement_to_check",
    "zone_none",
    "zone_partial",
    "duplicate_siren",
    "capacity_too_small",
    "volume_too_small",
    "part_only",
]
EXCLUSIONS: Final[dict[ExclusionReason, str]] = {
    "opposed": "s'est opposée à figurer",
    "inactive": "fermée selon sa source",
    "declined": "a répondu qu'elle ne peut pas faire ce lot",
    "trade_refused": "déclare ne pas faire ce métier",
    "sector_mismatch": "n'exerce pas ce métier à notre connaissance",
    "kind_not_eligible": "son type ne relève pas de l'article",
    "agreement_expired": "agrément expiré à la date",
    "agreement_to_check": "agrément à vérifier : sa dernière preuve est plus ancienne que sa durée légale",
    "zone_none": "sa zone ne couvre pas le territoire",
    "zone_partial": "sa zone couvre moins de la moitié de la population du territoire",
    "duplicate_siren": "autre site d'une structure déjà comptée",
    "capacity_too_small": "lot trop grand pour son chiffre d'affaires",
    "volume_too_small": "lot plus grand que le volume qu'elle déclare pouvoir prendre",
    "part_only": "a répondu qu'elle ne peut en prendre qu'une partie",
}
"""In the order in which they are checked: an excluded candidate has the first reason that applies."""
_RANK: Final = {reason: rank for rank, reason in enumerate(EXCLUSIONS)}
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
_ZONE_RANK: Final = {name: rank for rank, name in enumerate(ZONE_ORDER)}
STALE_YEARS: Final = 3
"""Years after which a turnover is flagged as old."""


@dataclass(frozen=True)
class Candidate:
    """One site as the gate reads it. ``kinds``: kinds valid at the date; ``expired`` and ``coming``: kinds that are not valid yet or
    any more; ``undated``: one of ``kinds`` has no published end; ``to_check``: kinds without a published end whose last proof is
    older than their legal term. ``zone``: coverage class of the best offer of the trade;
    ``declared``: that zone is published; ``nationwide``: it is the whole country, from a seat outside the place; ``proof``: the best evidence of the trade, ``None`` when there is none; ``checked``: the
    last day on which a source gave it as open; ``trade_known``: a source gives its trade; ``likely``: probability of the trade of the lot when
    none does, 0 when nothing lets suppose it; ``usual``: share of the structures of its kind that do it, when no source gives its trade. ``turnover`` in
    euros a year.

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
    likely: float = 0.0
    usual: float = 0.0
    can: Can | None = None
    volume: float | None = None
    refused: bool = False

    def but(self, **changes: Any) -> Candidate:
        """A copy with some values changed: ``dataclasses.replace`` takes ten times as long, and a lot makes thousands."""
        made = object.__new__(Candidate)
        made.__dict__.update(self.__dict__, **changes)
        return made

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
        """What is left of a zone that is the whole country at the distance of the place: it is a declaration, not a presence. 1 up to
        ``zone_near_km``, then half for each ``zone_half_km``; 1 for any other zone, and when the distance is unknown."""
        if not self.nationwide or self.takes or self.distance_km is None:
            return 1.0
        return float(0.5 ** (max(self.distance_km - value("zone_near_km"), 0.0) / value("zone_half_km")))

    @property
    def might_cover(self) -> bool:
        """Whether it has its seat in the place, or reaches a part of it, with an assumed zone. An assumption never excludes a site:
        it is to be asked."""
        return not self.declared and self.zone in _HERE and not self.takes


@dataclass(frozen=True)
class Structure:
    """One legal unit that passes the gate. ``site`` represents it; ``sites`` are all of its sites that pass."""

    site: Candidate
    sites: tuple[Candidate, ...]

    @cached_property
    def place(self) -> float:
        """Probability that it serves the place, by its nearest site."""
        return max(site.far for site in self.sites)

    @cached_property
    def turnover(self) -> float | None:
        """The largest turnover that its sites publish, in euros a year: that of the unit, unless the source counts by site."""
        known = [site.turnover for site in self.sites if site.turnover is not None and site.turnover > 0]
        return max(known, default=None)

    @property
    def fte(self) -> float | None:
        """The sum of the full-time equivalents that its sites publish; ``None`` when none does."""
        known = [site.fte for site in self.sites if site.fte is not None]
        return sum(known) if known else None

    def stale(self, as_of: date) -> bool:
        """Whether the turnover is more than three years older than ``as_of``."""
        years = [s.turnover_year for s in self.sites if s.turnover == self.turnover and s.turnover_year is not None]
        return self.turnover is not None and bool(years) and max(years) < as_of.year - STALE_YEARS

    @cached_property
    def can(self) -> Can | None:
        """What the structure answered for this lot, the most favourable of its sites; ``None`` when it gave no answer."""
        given = {site.can for site in self.sites}
        return "yes" if "yes" in given else "part" if "part" in given else None

    @cached_property
    def volume(self) -> float | None:
        """Euros a year that the structure said it can take, in its answer when it gave one, else on its sheet; ``None`` when it did not say."""
        answering = [site for site in self.sites if site.can is not None] or self.sites
        return max((site.volume for site in answering if site.volume is not None), default=None)

    def bears(self, annual: float | None, share: float) -> Bearing:
        """Whether the structure can bear a yearly amount in euros. What it says replaces what its turnover lets suppose: a volume is its
        capacity; without one, it bears the lot that it answered it can do, and not the one of which it takes a part."""
        if self.can is None:
            return bearing(annual, self.turnover, share, self.volume)
        if self.volume is not None and annual is not None:
            return "able" if annual <= self.volume else "unable"
        return "able" if self.can == "yes" else "unable"

    def cap(self, annual: float | None, share: float) -> float | None:
        """The largest yearly amount in euros that the structure can bear: the volume that it says, else what its turnover lets
        suppose, and at least the lot that it said it can do. ``None`` is unknown."""
        known = cap_of(self.turnover, share, self.volume)
        if self.volume is not None or self.can != "yes" or annual is None:
            return known
        return annual if known is None else max(known, annual)

    @property
    def trade_declared(self) -> bool:
        """Whether the trade comes from the structure, a certificate or its contracts, and was not inferred from its name, texts or
        jobs."""
        return self.site.takes or self.site.proof in ("declared", "certified", "contract")

    @property
    def zone_declared(self) -> bool:
        """Whether the zone is published, or the structure said that it serves the place."""
        return self.site.takes or self.site.declared


@dataclass(frozen=True)
class Excluded:
    """One excluded candidate, with its reason and a note on what might change it (``NOTES``)."""

    candidate: Candidate
    reason: ExclusionReason
    note: str | None = None

    @property
    def could_answer(self) -> bool:
        """Whether it could count, if its trade, its zone or its agreement were confirmed."""
        if self.note in ("trade_unknown", "zone_unknown"):
            return True
        return self.reason == "agreement_to_check" and (self.candidate.covers or self.candidate.might_cover)


@dataclass(frozen=True)
class Supply:
    """The supply of one article at one date. ``candidates`` is always the number of eligible structures plus excluded sites."""

    article: str
    as_of: date
    candidates: int
    eligible: tuple[Structure, ...]
    excluded: tuple[Excluded, ...]

    @property
    def count(self) -> int:
        """Number of eligible structures, distinct by SIREN."""
        return len(self.eligible)

    @cached_property
    def could(self) -> tuple[Excluded, ...]:
        """The excluded sites that could count, if what is not known of them were confirmed."""
        return tuple(left for left in self.excluded if left.could_answer)

    @property
    def declared(self) -> int:
        """Number of eligible structures whose zone is published, or that said that they serve the place."""
        return sum(structure.zone_declared for structure in self.eligible)

    @property
    def inferred(self) -> int:
        """Number of eligible structures whose zone is the assumed default around the seat."""
        return self.count - self.declared

    @property
    def undated(self) -> int:
        """Number of eligible structures whose agreement has no published end."""
        return sum(structure.site.undated for structure in self.eligible)

    @property
    def untold(self) -> int:
        """Number of structures excluded only because no source gives their trade, or neither trade nor zone. They are not counted,
        and not taken for structures of another trade."""
        return len(self._noted["trade_unknown"])

    @property
    def covering_untold(self) -> int:
        """Number of structures of ``untold`` that cover at least half of the place."""
        return sum(self._noted["trade_unknown"].values())

    @property
    def unplaced(self) -> int:
        """Number of structures of the trade excluded only because their zone is not published: ``to_ask`` less ``untold``."""
        return self.to_ask - self.untold

    @property
    def to_ask(self) -> int:
        """Number of structures that are not counted and might be, if their trade or zone were published."""
        counted = {structure.site.unit for structure in self.eligible}
        return len(self._noted["trade_unknown"].keys() | (self._noted["zone_unknown"].keys() - counted))

    @cached_property
    def _noted(self) -> Mapping[str, Mapping[str, bool]]:
        """Structures to ask, by note, and whether one of their sites covers the place."""
        found: dict[str, dict[str, bool]] = {"trade_unknown": {}, "zone_unknown": {}}
        for left in self.excluded:
            if left.note in found:
                units, unit = found[left.note], left.candidate.unit
                units[unit] = units.get(unit, False) or left.candidate.covers
        return found

    @property
    def by_kind(self) -> Mapping[str, int]:
        """Number of structures by kind, most frequent first. A structure with two kinds of the article counts under the first."""
        legal = legal_kinds(self.article)
        found = Counter(next(kind for kind in structure.site.kinds if kind in legal) for structure in self.eligible)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def reasons(self) -> Mapping[str, int]:
        """Number of excluded sites by reason, in the order of the gate."""
        found = Counter(left.reason for left in self.excluded)
        return {reason: found[reason] for reason in EXCLUSIONS if found[reason]}

    def split(self, annual: float | None, share: float) -> Split:
        """The eligible structures in three lists, by their capacity for a yearly amount in euros."""
        groups: dict[Bearing, list[Structure]] = {"able": [], "unable": [], "unknown": []}
        for structure in self.eligible:
            groups[structure.bears(annual, share)].append(structure)
        return Split(tuple(groups["able"]), tuple(groups["unable"]), tuple(groups["unknown"]))


@dataclass(frozen=True)
class Split:
    """Three lists of structures: those that can bear the lot, those that cannot, and those whose turnover is unknown."""

    able: tuple[Structure, ...] = field(default=())
    unable: tuple[Structure, ...] = ()
    unknown: tuple[Structure, ...] = ()

    def too_small(self) -> tuple[Excluded, ...]:
        """Structures that pass the gate but cannot bear the lot, as exclusions."""
        return tuple(Excluded(structure.site, _too_small(structure)) for structure in self.unable)


def _too_small(structure: Structure) -> ExclusionReason:
    if structure.can is not None:
        return "part_only"
    return "capacity_too_small" if structure.volume is None else "volume_too_small"


def legal_kinds(article: str) -> tuple[str, ...]:
    """Codes of the kinds that count for an article of contracts or concessions. Raises ``KeyError`` for another article."""
    return kinds_answering(contract_article(article))


def gate(candidates: Iterable[Candidate], article: str, as_of: date, opposed: Collection[str] = ()) -> Supply:
    """The structures that may answer under ``article``, and the reason why each other candidate may not. ``opposed``: SIREN, SIRET
    or ids of structures that asked to be left out. The order of ``candidates`` does not matter."""
    return Gate.of(candidates, opposed).supply(article, as_of)


@dataclass(frozen=True)
class Gate:
    """Candidates once what holds under every article is looked at. ``size``: number of candidates; ``shut``: those that no article counts
    nor asks; ``rest``: the others, the site that represents a unit before its others."""

    size: int
    shut: tuple[Excluded, ...]
    rest: tuple[Candidate, ...]

    @classmethod
    def of(cls, candidates: Iterable[Candidate], opposed: Collection[str] = ()) -> Gate:
        """The gate of some candidates, in any order."""
        pool = sorted(candidates, key=_preference)
        shut, rest = [], []
        for site in pool:
            left = _shut(site, opposed)
            if left is None:
                rest.append(site)
            else:
                shut.append(left)
        return cls(len(pool), tuple(sorted(shut, key=_rank)), tuple(rest))

    def supply(self, article: str, as_of: date) -> Supply:
        """The supply of one article."""
        legal = frozenset(legal_kinds(article))
        excluded = list(self.shut)
        passed: dict[str, list[Candidate]] = {}
        for site in self.rest:
            found = _reason(site, article, legal)
            if found is not None:
                excluded.append(found)
            else:
                passed.setdefault(site.unit, []).append(site)
        eligible = tuple(Structure(sites[0], tuple(sites)) for sites in passed.values())
        excluded += (Excluded(site, "duplicate_siren") for sites in passed.values() for site in sites[1:])
        return Supply(article, as_of, self.size, eligible, tuple(sorted(excluded, key=_rank)))


def _rank(left: Excluded) -> tuple[int, str]:
    """Sort key of exclusions: their reason in the order of the gate, then the id of the site."""
    return _RANK[left.reason], left.candidate.id


def _preference(site: Candidate) -> tuple[bool, int, bool, bool, float, str]:
    """Sort key that chooses the site that represents its unit, and orders a supply: the one that answered, then fullest cover, published
    zone, a zone that names places, nearest, id."""
    distance = float("inf") if site.distance_km is None else site.distance_km
    return site.can is None, _ZONE_RANK[site.zone], not site.declared, site.nationwide, distance, site.id


def _shut(site: Candidate, opposed: Collection[str]) -> Excluded | None:
    """Why a site is out whatever the article, without anything to ask it; ``None`` when that depends on the article."""
    if opposed and not {site.id, site.siren, site.siret}.isdisjoint(opposed):
        return Excluded(site, "opposed")
    if site.closed:
        return Excluded(site, "inactive")
    if site.can == "no":
        return Excluded(site, "declined")
    if site.refused:
        return Excluded(site, "trade_refused")
    if not site.in_trade and (site.trade_known or not (site.covers or site.might_cover)):
        return Excluded(site, "sector_mismatch")
    return None


def _reason(site: Candidate, article: str, legal: frozenset[str]) -> Excluded | None:
    if not site.in_trade:
        to_ask = not (legal.isdisjoint(site.kinds) and legal.isdisjoint(site.to_check))
        return Excluded(site, "sector_mismatch", "trade_unknown" if to_ask else None)
    if legal.isdisjoint(site.kinds):
        if not legal.isdisjoint(site.to_check):
            return Excluded(site, "agreement_to_check")
        if not legal.isdisjoint(site.expired):
            return Excluded(site, "agreement_expired")
        return Excluded(site, "kind_not_eligible", _note(site, article, legal))
    if site.covers:
        return None
    reason: ExclusionReason = "zone_partial" if site.zone in _PARTLY else "zone_none"
    return Excluded(site, reason, "zone_unknown" if site.might_cover else None)


def _note(site: Candidate, article: str, legal: frozenset[str]) -> str | None:
    """The code of the fact that would make a structure count, if it were proved; ``None`` when there is none."""
    if not legal.isdisjoint(site.coming):
        return "not_yet"
    contract = contract_article(article)
    answers = {KINDS[kind].answers(contract) for kind in site.kinds if kind in KINDS}
    return next((note for note in ("equivalent", "to_confirm", "if_ess") if note in answers), None)


__all__ = [
    "EXCLUSIONS",
    "METHOD_VERSION",
    "NOTES",
    "Can",
    "Candidate",
    "Excluded",
    "ExclusionReason",
    "Gate",
    "Split",
    "Structure",
    "Supply",
    "gate",
    "legal_kinds",
]
