"""The need that a group of structures must bear, and the parts of an answer (docs/methods.md (f))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from vivier.desk.consortium.search import Demand
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.structure import Structure
from vivier.desk.method.supply import Supply
from vivier.errors import FieldError, refuse_any
from vivier.law.articles import article_on
from vivier.law.kinds import lending

METHOD_VERSION: Final = "consortium-1"
PARAMETERS: Final = ("capacity_share",)
MOST_MEMBERS: Final = 4
MOST_TRADES: Final = 6
MOST_PARTS: Final = 40

Cell = tuple[str, str]
"""A trade in a part of the territory."""
Role = Literal["prestation", "staffing"]
ROLES: Final[dict[Role, str]] = {"prestation": "prestation", "staffing": "mise à disposition de personnel"}
CapacityState = Literal["enough", "unknown", "not_asked"]
CAPACITIES: Final[dict[CapacityState, str]] = {
    "enough": "suffisante",
    "unknown": "inconnue, au moins en partie",
    "not_asked": "non comptée, faute de montant",
}
AUTO, CLAUSE = "auto", "clause"
NOT_SOUGHT: Final = "not_sought"
"""Reason of a block whose nearest structure was not looked for."""
NARROWER: Final = {"marche": ("L2113-12", "L2113-13", "L2113-14"), "concession": ("L3113-1", "L3113-2", "L3113-3")}
"""The articles by kind of contract, the narrowest first: the last one joins the two families of structures, without prison work."""


@dataclass(frozen=True)
class Need:
    """The need that a group must bear. Every trade is required, in every part. ``amounts``: euros HT a year for each trade whose
    amount is known; ``annual``: euros HT a year for all trades, ``None`` when unknown. ``split``: members may serve different
    parts. ``article``: a given article, ``auto`` (the narrowest that all members meet) or ``clause`` (no reservation: structures
    that are only « equivalent » may be members). ``complement``: the group must both carry out work and lend workers.
    ``known``: members must have a known capacity."""

    trades: tuple[str, ...]
    parts: tuple[str, ...]
    as_of: date
    share: float
    annual: float | None = None
    amounts: Mapping[str, float] = field(default_factory=dict)
    months: int | None = None
    kind: Literal["marche", "concession"] = "marche"
    article: str = AUTO
    most: int = MOST_MEMBERS
    split: bool = False
    complement: bool = False
    known: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Each trade in each part: the group must cover them all."""
        return tuple((trade, part) for trade in self.trades for part in self.parts)

    @property
    def total(self) -> float | None:
        """Euros a year to bear: ``annual``, else the sum of the amounts of the trades when all are known."""
        if self.annual is None and len(self.amounts) == len(self.trades):
            return sum(self.amounts.values())
        return self.annual

    def demands(self) -> tuple[Demand, ...]:
        """Each amount with the trades that it pays for. The rest of ``annual`` is for the trades without an amount."""
        demands = [Demand(frozenset((trade,)), amount) for trade, amount in self.amounts.items()]
        others = frozenset(self.trades) - set(self.amounts)
        if others and self.annual is not None:
            demands.append(Demand(others, max(self.annual - sum(self.amounts.values()), 0.0)))
        return tuple(demands)


@dataclass(frozen=True)
class Unit:
    """A legal unit that may be a member. ``cells``: trades and parts that it covers; ``capacity``: euros a year that it can bear,
    ``None`` when unknown; ``counted``: it meets the article for certain, without further proof."""

    structure: Structure
    cells: frozenset[Cell]
    capacity: float | None
    counted: bool = True

    @property
    def site(self) -> Candidate:
        """The site that represents the unit."""
        return self.structure.site

    @property
    def id(self) -> str:
        """The id of the site that represents the unit."""
        return self.site.id

    @property
    def trades(self) -> tuple[str, ...]:
        return tuple(sorted({trade for trade, _ in self.cells}))

    @property
    def role(self) -> Role:
        """``staffing`` when every kind of the unit lends workers, else ``prestation``."""
        return (
            "staffing"
            if self.site.kinds and set(lending("any_trade", "branch")).issuperset(self.site.kinds)
            else "prestation"
        )


@dataclass(frozen=True)
class Together:
    """The past work that two structures (SIREN, in order) share: ids of the contracts that they hold as a group, ids of the lots
    that each won in the same consultation. A contract with several holders and no group (a framework) is not evidence."""

    pair: tuple[str, str]
    contracts: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


Joint = Mapping[tuple[str, str], Together]
Supplies = Mapping[str, Mapping[Cell, Supply]]
"""The supply of each cell, by article considered."""


@dataclass(frozen=True)
class Group:
    """A group, members in the order of ids. ``article``: the article that it could be reserved under, ``None`` for no reservation;
    ``legal``: French sentences that qualify the article. ``slack``: euros a year above the tightest amount, ``None`` when a
    capacity is unknown."""

    members: tuple[Unit, ...]
    article: str | None
    legal: tuple[str, ...]
    capacity: CapacityState
    bears: float
    slack: float | None
    together: tuple[Together, ...]
    distance_km: float | None

    @property
    def unknown(self) -> int:
        """Number of members whose capacity is unknown."""
        return sum(member.capacity is None for member in self.members)


@dataclass(frozen=True)
class Block:
    """Why there is no group. ``cell``: the trade and part that no structure covers; ``nearest``: the nearest structure that would
    cover it with a larger zone, a valid agreement or another kind; ``why``: the code of that reason (``EXCLUSIONS``, ``NOTES``);
    ``amount``: most euros a year that the allowed number of members can bear, counting known capacities."""

    code: Literal["uncovered", "split", "article", "capacity", "complement", "size"]
    cell: Cell | None = None
    nearest: Candidate | None = None
    why: str | None = None
    amount: float | None = None


@dataclass(frozen=True)
class Consortium:
    """At most five groups, best first, or the reasons why there is none. ``eligible``: number of structures that cover at least
    one cell; ``optimal``: every group of these sizes was compared."""

    need: Need
    groups: tuple[Group, ...]
    blocks: tuple[Block, ...]
    eligible: int
    optimal: bool

    @property
    def alone(self) -> bool:
        """Whether one structure suffices."""
        return bool(self.groups) and len(self.groups[0].members) == 1


def check(need: Need) -> None:
    """Checks a need. Raises ``InvalidRequest`` with every value to correct."""
    errors = []
    total = sum(need.amounts.values())
    strange = sorted(set(need.amounts) - set(need.trades))
    if strange:
        message = f"« trade_amount » : métier « {strange[0][:80]} » absent de « trade »."
        errors.append(FieldError("trade_amount", "unknown_code", message))
    if need.annual is not None and total > need.annual * (1 + 1e-9):
        message = "Les montants par métier dépassent le montant du lot : corrigez l'un ou les autres."
        errors.append(FieldError("trade_amount", "impossible_combination", message))
    elif (
        need.annual is not None
        and not strange
        and len(need.amounts) == len(need.trades)
        and total < need.annual * (1 - 1e-9)
    ):
        message = "Les montants de tous les métiers n'atteignent pas celui du lot : corrigez l'un ou les autres."
        errors.append(FieldError("trade_amount", "impossible_combination", message))
    if len(need.trades) > MOST_TRADES:
        message = f"« trade » : {MOST_TRADES} métiers au plus pour un groupement (reçu : {len(need.trades)})."
        errors.append(FieldError("trade", "too_many", message))
    if len(need.parts) > MOST_PARTS:
        message = (
            f"« territory » : {len(need.parts)} parties de territoire, {MOST_PARTS} au plus. Donnez un lieu plus petit."
        )
        errors.append(FieldError("territory", "too_many", message))
    if need.article not in (AUTO, CLAUSE) and need.article.startswith("L3") != (need.kind == "concession"):
        message = f"« article » : {need.article} n'est pas un article de {'concession' if need.kind == 'concession' else 'marché'}."
        errors.append(FieldError("article", "impossible_combination", message))
    refuse_any(errors)


def articles_of(need: Need) -> tuple[str, ...]:
    """The articles whose structures are considered: the requested one, else the widest in force. A clause does not need an article in
    force."""
    if need.article not in (AUTO, CLAUSE):
        return (need.article,)
    *single, union = NARROWER[need.kind]
    joined = need.article == CLAUSE or article_on(union, need.as_of).holds_on(need.as_of)
    return (union,) if joined else tuple(single)
