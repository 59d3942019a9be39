"""Lets through the sites of a trade that cover a territory and meet an article, and gives each other candidate the one reason why it
is excluded (docs/methods.md (d)).

A site counts only when its kind meets the article for certain: « equivalent » and « to confirm » are shown and never counted, and
labels give no right to answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.desk.method.candidate import ZONE_ORDER, Candidate
from vivier.desk.method.excluded import EXCLUSIONS, Excluded, ExclusionReason
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply, legal_kinds
from vivier.law.articles import contract_article
from vivier.law.kinds import KINDS

_ZONE_RANK: Final = {name: rank for rank, name in enumerate(ZONE_ORDER)}


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
        return cls(len(pool), tuple(shut), tuple(rest))

    def supply(self, article: str, as_of: date) -> Supply:
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
        return Supply(article, as_of, self.size, eligible, _ordered(excluded))


def _ordered(excluded: Iterable[Excluded]) -> tuple[Excluded, ...]:
    """Exclusions by reason, in the order of the gate, then by the id of the site: a sort by id in each reason is half the time of one by both."""
    by_reason: dict[ExclusionReason, list[Excluded]] = {reason: [] for reason in EXCLUSIONS}
    for left in excluded:
        by_reason[left.reason].append(left)
    return tuple(left for some in by_reason.values() for left in sorted(some, key=_id))


def _id(left: Excluded) -> str:
    return left.candidate.id


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
        return Excluded(site, "sector_mismatch" if site.trade_known else "trade_unknown")
    return None


def _reason(site: Candidate, article: str, legal: frozenset[str]) -> Excluded | None:
    if not site.in_trade:
        to_ask = not (legal.isdisjoint(site.kinds) and legal.isdisjoint(site.to_check))
        return Excluded(site, "trade_unknown", "trade_unknown" if to_ask else None)
    if legal.isdisjoint(site.kinds):
        if not legal.isdisjoint(site.to_check):
            return Excluded(site, "agreement_to_check")
        if not legal.isdisjoint(site.expired):
            return Excluded(site, "agreement_expired")
        return Excluded(site, "kind_not_eligible", _note(site, article, legal))
    if site.covers:
        return None
    reason: ExclusionReason = "zone_partial" if site.zone == "partial" else "zone_none"
    return Excluded(site, reason, "zone_unknown" if site.might_cover else None)


def _note(site: Candidate, article: str, legal: frozenset[str]) -> str | None:
    """The code of the fact that would make a structure count, if it were proved; ``None`` when there is none."""
    if not legal.isdisjoint(site.coming):
        return "not_yet"
    contract = contract_article(article)
    answers = {KINDS[kind].answers(contract) for kind in site.kinds if kind in KINDS}
    return next((note for note in ("equivalent", "to_confirm", "if_ess") if note in answers), None)
