"""Applies the answers of structures to a lot: an answer replaces what was assumed of the structure that gave it (docs/methods.md (d)).

« Yes » makes it certain that the structure does the trade, serves the place and bears the lot; « part » that it takes some of it; « no »
that it cannot. A volume is its capacity. What the law asks does not come from an answer: the kind of the structure stays that of the
sources, and only an agreement that was to be checked is taken as valid. What a structure that publishes no trade answers also teaches of others
of its kind (:mod:`vivier.belief.learnt`). Pure functions: the same answers give the same verdict, whatever
their order, and one more « yes » never lowers a probability nor the lever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from vivier.belief.learnt import PART, Tally, tallies, updated
from vivier.belief.steps import LEAST
from vivier.desk.facts.presence import Presence
from vivier.desk.method.candidate import Can, Candidate
from vivier.desk.method.feasibility import Feasibility, Pool, judged
from vivier.desk.method.lever import Lever
from vivier.desk.method.verdict import UNSEEN, Lot, Options, Response

METHOD_VERSION: Final = "answers-1"
CANS: Final[dict[Can, str]] = {
    "yes": "peut faire ce lot",
    "part": "peut en prendre une partie",
    "no": "ne peut pas",
}
By = Literal["structure", "facilitator"]
BYS: Final[dict[By, str]] = {
    "structure": "répondu par un lien que l'acheteur a distribué",
    "facilitator": "noté par le facilitateur",
}
"""Who typed an answer. Whoever opened a round can draw the link of each structure again: an answer by it proves no more."""
Why = Literal["trade", "far", "large"]
WHYS: Final[dict[Why, str]] = {
    "trade": "ce n'est pas son métier",
    "far": "c'est trop loin",
    "large": "c'est trop gros",
}
"""Why a structure cannot do a lot; only the first tells something of its trade."""
Together = Literal["alone", "inclusive", "company"]
TOGETHERS: Final[dict[Together, str]] = {
    "alone": "seule",
    "inclusive": "avec d'autres structures inclusives",
    "company": "avec une entreprise",
}


@dataclass(frozen=True)
class Answer:
    """The answer of one structure for one lot. ``structure``: the id of its site; ``volume``: euros a year that it can take; ``start``: the
    day from which; ``article``: the one under which it says that it answers, which is told and proves nothing; ``why``: why it cannot; ``None`` is not said.
    No person: ``by`` is the role of who typed it, on the day ``given_on``. ``signed_on``, ``signed_by``: in former versions a code signed it, sent
    on that day to the mailbox that this register publishes."""

    structure: str
    can: Can
    given_on: date
    by: By
    volume: float | None = None
    start: date | None = None
    together: Together | None = None
    article: str | None = None
    why: Why | None = None
    signed_on: date | None = None
    signed_by: str | None = None


@dataclass(frozen=True)
class State:
    """What a lot is advised to be, under the ``article`` that its own advice uses. ``by_article``: the odds under each article that some state of
    the same answers uses, so that one that is given up is compared with itself."""

    lever: Lever
    reserving: str | None
    article: str
    by_article: Mapping[str, ArticleOdds]

    @property
    def able(self) -> float:
        return self.by_article[self.article].able

    @property
    def offers(self) -> float:
        return self.by_article[self.article].offers

    @property
    def confirmed(self) -> int:
        return self.by_article[self.article].confirmed


@dataclass(frozen=True)
class ArticleOdds:
    """Probability that two structures are able, and that two offers come, under an article; ``confirmed``: structures that said that they can do
    the lot under it."""

    able: float
    offers: float
    confirmed: int


@dataclass(frozen=True)
class Step:
    """One answer and what it changed. ``name``: of the structure in the data, ``None`` when it is no longer there: the answer then
    changes nothing."""

    answer: Answer
    name: str | None
    siren: str | None
    siret: str | None
    before: State
    after: State


def answered(pools: Sequence[Pool], answers: Iterable[Answer]) -> tuple[Pool, ...]:
    """The candidates of each trade, once the answers are applied. A structure that can do the lot can do each of its trades."""
    by_site = {answer.structure: answer for answer in answers}
    if not by_site:
        return tuple(pools)
    known = {site.id: site for pool in pools for site in pool.candidates}
    units = {known[id_].unit: answer for id_, answer in by_site.items() if id_ in known}
    declined = frozenset(unit for unit, answer in units.items() if answer.can == "no")
    able = {id_: _able(known[id_], answer) for id_, answer in by_site.items() if id_ in known and answer.can != "no"}
    found = []
    for pool in pools:
        sites = {site.id: _of(site, declined, able) for site in (*pool.candidates, *able.values())}
        taught = _taught(pool, units)
        found.append(
            Pool(
                tuple(_learning(site, taught) for site in sites.values()),
                tuple(_learning(_of(site, declined, {}), taught) for site in pool.around),
            )
        )
    return tuple(found)


def _taught(pool: Pool, answers: Mapping[str, Answer]) -> Mapping[str, Tally]:
    """What the answers of the structures that publish no trade teach of others of their kinds, each legal unit once."""
    unknown = (site for site in pool.candidates if not (site.in_trade or site.trade_known))
    silent = {site.unit: site for site in unknown if site.unit in answers}
    every = ((site, teaches(answers[unit].can, answers[unit].why)) for unit, site in silent.items())
    return tallies((site.possible_kinds, *counts) for site, counts in every if counts is not None)


def _learning(site: Candidate, taught: Mapping[str, Tally]) -> Candidate:
    """The site with what the answers of others teach of its trade, when nothing tells it."""
    if not taught or site.in_trade or site.refused or site.can is not None:
        return site
    before = site.believed or LEAST
    believed = updated(before, site.possible_kinds, taught, site.answers)
    return site if believed == before else site.but(believed=believed)


_TEACHES: Final[Mapping[Can, tuple[float, float]]] = {"yes": (1.0, 0.0), "part": (PART, 0.0), "no": (0.0, 1.0)}


def teaches(can: Can, why: Why | None) -> tuple[float, float] | None:
    """What an answer counts for, as « yes » and as « no », of the trade of the lot; ``None`` when it was refused for another reason."""
    return _TEACHES[can] if why in (None, "trade") else None


def _of(site: Candidate, declined: frozenset[str], able: Mapping[str, Candidate]) -> Candidate:
    """The candidate after the answers. A refusal holds for every site of the legal unit."""
    if site.unit in declined:
        return site.but(can="no")
    return able.get(site.id, site)


def _able(site: Candidate, answer: Answer) -> Candidate:
    """A site that can do the lot, or a part of it: its trade, its place and an agreement that was to be checked are no longer in
    doubt. What sources say of its trade and zone stays as it is."""
    return replace(
        site,
        can=answer.can,
        volume=answer.volume,
        in_trade=True,
        trade_known=True,
        kinds=site.possible_kinds,
        to_check=(),
        refused=False,
    )


def steps(
    lot: Lot,
    pools: Sequence[Pool],
    answers: Sequence[Answer],
    as_of: date,
    options: Options,
    response: Response = UNSEEN,
    present: Presence | None = None,
) -> Iterator[Step]:
    """What each answer changed, in their order: the verdict with the answers before it, then with it too. Raises the errors of
    :func:`vivier.desk.method.feasibility.of_trades`."""

    read = _weighing(pools, answers, lot, as_of, options, response)

    sites = {site.id: site for pool in pools for site in pool.candidates}
    made = [judged(lot, read, as_of, options, response=response, present=present)]
    for n, answer in enumerate(answers, 1):
        found = answered(read, answers[:n])
        known = answer.structure in sites
        made.append(judged(lot, found, as_of, options, response=response, present=present) if known else made[-1])
    articles = {each.best.code for each in made}
    states = [_state(each, articles) for each in made]
    for answer, before, after in zip(answers, states[:-1], states[1:], strict=True):
        site = sites.get(answer.structure)
        name, siren, siret = (None, None, None) if site is None else (site.name, site.siren, site.siret)
        yield Step(answer, name, siren, siret, before, after)


def _weighing(
    pools: Sequence[Pool], answers: Sequence[Answer], lot: Lot, as_of: date, options: Options, response: Response
) -> tuple[Pool, ...]:
    """The candidates that weigh on a verdict: those counted, those that could answer or carry hours, and those that answered. The others
    are left out of it whatever anybody answers, so that each step has fewer to read."""
    made = judged(lot, pools, as_of, options, response=response)
    weighing = {site.unit for site in (*made.hours.lending, *made.hours.doing, *made.hours.to_ask)}
    for assessment in (found for some in made.by_trade for found in some):
        weighing |= {left.candidate.unit for left in assessment.supply.could}
        weighing |= {structure.site.unit for structure in assessment.supply.eligible}
    asked_of = {answer.structure for answer in answers}
    weighing |= {site.unit for pool in pools for site in pool.candidates if site.id in asked_of}
    return tuple(Pool(tuple(site for site in pool.candidates if site.unit in weighing)) for pool in pools)


def _state(made: Feasibility, articles: Iterable[str]) -> State:
    """The state of a lot under the article that it uses, with its odds under the ``articles`` of the other states."""
    by_article = {}
    for article in sorted(articles):
        found = made.of(article)
        odds = found.prospects.able.two, found.prospects.offers.two
        by_article[article] = ArticleOdds(*odds, found.confirmed)
    return State(made.lever, made.recommended or made.to_confirm, made.best.code, by_article)


def verdict_if(
    lot: Lot,
    pools: Sequence[Pool],
    answers: Sequence[Answer],
    as_of: date,
    options: Options,
    response: Response = UNSEEN,
) -> Lever:
    """The lever once these answers are given: what one more call would lead to."""
    return judged(lot, answered(pools, answers), as_of, options, response=response).lever
