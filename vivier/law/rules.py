"""The law of a purchase as rules (``rules.csv``): duties, thresholds, exemptions and possibilities, each a row with its article, its days and
its conditions. What a consultation owes and may do is derived from them; no advice decides it elsewhere.

A condition is true, false or unknown. One that is false makes a rule not apply; one that is unknown, or a text that we did not read
(``doubt``), leaves it to verify.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from vivier.law.parameters import parameter_on, value
from vivier.law.rows import by_code, day, or_none, rows_of, words
from vivier.law.social import RENEWABLES, certain, listed, social

Kind = Literal["marche", "concession"]
Category = Literal["travaux", "fournitures", "services"]
BuyerClass = Literal["central", "other", "entity"]
Effect = Literal["duty", "possibility", "exemption", "method", "target"]
Answer = Literal["yes", "to_verify", "no"]
ANSWERS: Final[dict[Answer, str]] = {"yes": "oui", "to_verify": "à vérifier", "no": "non"}
OF_NATURE: Final[dict[str, Category]] = {"works": "travaux", "goods": "fournitures"}
"""The category of the purchases of a trade by its nature; services for any other."""
EXCEPTIONS: Final[dict[str, str]] = {
    "immediate": "le besoin peut être satisfait par une solution immédiatement disponible",
    "unlinked": "la condition ne serait pas assez liée à l'objet du marché",
    "competition": "la condition restreindrait la concurrence ou rendrait l'exécution difficile",
    "short_works": "travaux de moins de six mois",
}
"""The grounds for leaving the social condition out: the four of L2112-2-1."""
_OF_CONCESSIONS: Final = ("unlinked", "competition")
"""The two grounds of L3114-2-1."""


def grounds(category: Category, kind: Kind = "marche", months: int | None = None) -> tuple[str, ...]:
    """The grounds that a contract admits for leaving the social condition out: those of a concession are two, and works are short under six
    ``months`` (``None``: not known yet)."""
    short = category == "travaux" and (months is None or months < value("short_works"))
    return (
        _OF_CONCESSIONS
        if kind == "concession"
        else tuple(code for code in EXCEPTIONS if code != "short_works" or short)
    )


def condition_due(category: Category, kind: Kind = "marche", months: int | None = None) -> str:
    """What a buyer is told of a lot whose lever does not discharge the social condition, with the grounds that the contract admits."""
    cases = (EXCEPTIONS[code] for code in grounds(category, kind, months))
    return (
        "Au-dessus du seuil européen, une condition sociale est obligatoire : heures d'insertion ou embauche directe, avec un facilitateur. "
        f"L'écarter se motive par l'un de ces cas : {' ; '.join(cases)}. Un critère seul n'y suffit pas."
    )


@dataclass(frozen=True)
class NeedValue:
    """The value that is compared with a threshold: the estimated value of the whole need, euros HT, every lot and renewal
    included. ``least`` and ``most`` bound it (``None``: unknown); ``text``: what ``least`` adds up, in French; ``lots``: the value of every lot, empty
    when one is unknown."""

    least: float | None = None
    most: float | None = None
    text: str = "montant inconnu"
    lots: tuple[float, ...] = ()


UNKNOWN_VALUE: Final = NeedValue()


@dataclass(frozen=True)
class Consultation:
    """The consultation as planned. ``amount``: euros HT of the lot alone, ``value``: of its whole need; ``months``: duration of the lot,
    renewals included. ``None`` is not known yet. ``renewable``: it builds or runs a plant of renewable energy; ``social_services``: it buys social or
    specific services only."""

    launched: date
    kind: Kind = "marche"
    category: Category = "services"
    value: NeedValue = UNKNOWN_VALUE
    buyer: BuyerClass = "other"
    social_condition: bool | None = None
    environmental_condition: bool | None = None
    environmental_criterion: bool | None = None
    reserved: bool = False
    exception: str | None = None
    renewable: bool = False
    social_services: bool = False
    cpv: tuple[str, ...] = ()
    amount: float | None = None
    months: int | None = None


@dataclass(frozen=True)
class Rule:
    """One row. ``at_least`` and ``below`` name the threshold that ``compares`` is held to, ``months_most``, ``months_below`` and ``share_most`` a parameter.
    A need of which one lot, by the top of its amount, reaches ``below`` is not below it. Both days are inclusive. ``settled_by``: the levers
    that discharge a duty, empty when no lever does; ``text``: what is shown of it."""

    code: str
    article: str
    scope: Kind | None
    effect: Effect
    valid_from: date
    valid_to: date | None
    categories: tuple[str, ...]
    buyers: tuple[str, ...]
    cpv: str
    compares: str
    at_least: str
    below: str
    months_most: str
    months_below: str
    share_most: str
    when: str
    settled_by: tuple[str, ...]
    doubt: str
    text: str

    def applies(self, to: Consultation) -> Answer:
        """Whether the rule holds for a consultation on its day."""
        known = tuple(self._conditions(to))
        if False in known:
            return "no"
        small = self.small_lots(to)
        sure = small is not None and small[0] <= small[1]
        return "to_verify" if None in known or (self.doubt and not sure) else "yes"

    def small_lots(self, to: Consultation) -> tuple[float, float] | None:
        """The value of all the small lots of a need, and the most that may be bought as such (R2122-8, R2123-1); ``None`` for another rule, or when a lot is
        unknown. The buyer chooses which small lots are bought so: their sum is what is bounded."""
        if not (self.share_most and self.below and to.value.lots):
            return None
        limit = threshold(self.below, to)
        return sum(lot for lot in to.value.lots if lot < limit), value(self.share_most, to.launched) * sum(
            to.value.lots
        )

    def _conditions(self, to: Consultation) -> Iterator[bool | None]:
        yield self.scope in (None, to.kind)
        yield self.valid_from <= to.launched and (self.valid_to is None or to.launched <= self.valid_to)
        yield not self.categories or to.category in self.categories
        yield not self.buyers or to.buyer in self.buyers
        if self.when == "reserved":
            yield to.reserved
        if self.when == "above_eu":
            yield _at_least(to.value, threshold("eu", to))
        if self.cpv:
            yield _object(self.cpv, to)
        if self.months_most:
            yield None if to.months is None else to.months <= value(self.months_most, to.launched)
        if self.months_below:
            yield None if to.months is None else to.months < value(self.months_below, to.launched)
        if "eu" in (self.at_least, self.below) and out_of_date(to):
            yield None
        compared = to.value if self.compares == "need" else NeedValue(to.amount, to.amount)
        if self.at_least:
            yield _reaches(compared, self.at_least, to)
        if self.below:
            limit = threshold(self.below, to)
            reached = (to.amount or 0) >= limit or _at_least(compared, limit)
            yield None if reached is None else not reached
        if self.share_most:
            yield _share(to, value(self.share_most, to.launched))


_READ: Final = {
    "scope": or_none,
    "valid_from": date.fromisoformat,
    "valid_to": day,
    "categories": words,
    "buyers": words,
    "settled_by": words,
}


@lru_cache(maxsize=1)
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """The rows of each rule by code, in the order of the table."""
    return by_code(rows_of(Rule, "rules", _READ))


@lru_cache(maxsize=64)
def reserving_rule(article: str) -> str:
    """The code of the rule under which an article reserves a contract. Raises ``StopIteration`` for an article that reserves none."""
    return next(code for code, every in rules().items() for rule in every if rule.article == article)


def row_of(code: str, to: Consultation) -> tuple[Answer, Rule]:
    """Whether a rule holds for a consultation, and the row that says so: the surest of those of its form of contract. Raises ``KeyError``
    for an unknown rule."""
    every = [rule for rule in rules()[code] if rule.scope in (None, to.kind)] or list(rules()[code])
    return min(((rule.applies(to), rule) for rule in every), key=lambda found: list(ANSWERS).index(found[0]))


def applies(code: str, to: Consultation) -> Answer:
    """Whether a rule holds for a consultation. Raises ``KeyError`` for an unknown rule."""
    return row_of(code, to)[0]


def in_force() -> date:
    """The first day of the social condition, on which the other duties of a procedure begin too."""
    return rules()["social_condition"][0].valid_from


def owed(to: Consultation) -> tuple[Rule, ...]:
    """The duties that hold for certain and that only a lever settles: none that is planned, reserved or set aside by a motive."""
    settled = to.social_condition or to.reserved or to.exception is not None
    found = (row_of(code, to) for code, every in rules().items() if any(rule.settled_by for rule in every))
    return () if settled else tuple(rule for answer, rule in found if answer == "yes")


def broken_by(lever: str, to: Consultation) -> tuple[Rule, ...]:
    """The duties that an advice would leave unsettled."""
    return tuple(rule for rule in owed(to) if lever not in rule.settled_by)


def shown(to: Consultation) -> Iterator[tuple[Rule, Answer]]:
    """The rules that hold, or may, and that have something to tell of the consultation."""
    for code, every in rules().items():
        answer, rule = row_of(code, to)
        if every[0].text and answer != "no":
            yield rule, answer


def threshold(name: str, to: Consultation) -> float:
    """A threshold of the law for a consultation, euros HT, on its day: ``eu``, ``direct`` (purchase without competition), ``small_lot``. Social and
    specific services have an EU threshold of their own (article 4 of directive 2014/24, 15 of 2014/25)."""
    if name == "eu" and has_social_threshold(to):
        return value("eu_social_entity" if to.buyer == "entity" else "eu_social", to.launched)
    return common_threshold(to) if name == "eu" else value(f"{name}_{_nature(to)}", to.launched)


def common_threshold(to: Consultation) -> float:
    """The EU threshold that annex 2 of the code gives to a consultation, euros HT, on its day: it names none for social services."""
    return value(_common(to), to.launched)


def out_of_date(to: Consultation) -> bool:
    """Whether a consultation begins after the last day of the EU thresholds that are known: they are revised every two years."""
    last = parameter_on(_common(to), to.launched).until
    return last is not None and to.launched > last


def _common(to: Consultation) -> str:
    return "eu_works" if to.category == "travaux" or to.kind == "concession" else f"eu_{to.buyer}"


def _nature(to: Consultation) -> str:
    return "works" if to.category == "travaux" else "supplies"


def _reaches(need: NeedValue, name: str, to: Consultation) -> bool | None:
    """Whether a value reaches a threshold; ``None`` when its bounds do not tell, or when two readings of the EU threshold of social services
    differ: that of annex 2 of the code, and that of the directives."""
    if _at_least(need, threshold(name, to)):
        return True
    return False if _at_least(need, common_threshold(to) if name == "eu" else threshold(name, to)) is False else None


def has_social_threshold(to: Consultation) -> bool:
    """Whether a contract is one of social or specific services only, which have an EU threshold of their own; a concession has not."""
    listed_here = to.social_services or (bool(to.cpv) and all(map(social, to.cpv)))
    return to.kind == "marche" and to.category == "services" and listed_here


def _at_least(need: NeedValue, amount: float) -> bool | None:
    """Whether a value reaches an amount; ``None`` when its bounds do not tell."""
    if need.least is not None and need.least >= amount:
        return True
    return False if need.most is not None and need.most < amount else None


def _share(to: Consultation, most: float) -> bool | None:
    """Whether the lot alone is at most a share of the whole need."""
    if to.amount is None or not to.value.most:
        return None
    return to.amount <= most * to.value.most


def _social(to: Consultation) -> bool | None:
    """Whether a consultation buys social or specific services only; ``None`` when its object is unknown, or when only the ranges of the annex,
    which are not read in their text, hold it."""
    if not to.cpv:
        return None
    return None if all(map(social, to.cpv)) and not all(map(certain, to.cpv)) else all(map(certain, to.cpv))


def _object(which: str, to: Consultation) -> bool | None:
    """Whether the CPV of a consultation are plants of renewable energy, social services, or those that the ESS may have reserved."""
    if which == "renewable":
        return to.renewable or any(cpv.startswith(RENEWABLES) for cpv in to.cpv)
    if which == "social":
        return _social(to)
    if not to.cpv:
        return None
    states = {listed(cpv) for cpv in to.cpv}
    return False if "no" in states else None if "to_confirm" in states else True
