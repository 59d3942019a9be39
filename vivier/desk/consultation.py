"""The consultation desk: everything a buyer or a facilitator asks of each lot, in one pass over what is indexed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import orjson

from vivier.desk.advice import Advice, advice
from vivier.desk.around import around
from vivier.desk.assessment import Assessment, Lot, Options
from vivier.desk.candidates import SupplyAsked, candidates
from vivier.desk.consortium.lot import TOO_MANY, of_lot, too_many
from vivier.desk.consortium.need import Need
from vivier.desk.consortium.read import Studied
from vivier.desk.depth_read import observed
from vivier.desk.duties import BuyerClass, Consultation, Duty, duties
from vivier.desk.experience import Experience, Observed, experience, indexed
from vivier.desk.feasibility import DEFAULTS, Feasibility, feasibility
from vivier.desk.feasibility_text import told
from vivier.desk.hours import Hours, HoursAsked, insertion_hours
from vivier.desk.past import History, Past, history, past
from vivier.desk.supply import Candidate, Structure
from vivier.desk.understanding import Line
from vivier.engine.port import Engine
from vivier.law import labour_shares
from vivier.lexicon import Lexicon
from vivier.sourcing.find import neutral_key

METHOD_VERSION: Final = "consultation-1"
ASK_LABOUR: Final = "Part de main-d'œuvre inconnue pour ce métier : donnez-la pour estimer les heures d'insertion."
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """What holds for all the lots. ``None`` keeps the value of the parameters' table. ``seed`` of the contact lists:
    drawn from the question and the data when none is given, so that the same question gives the same list."""

    as_of: date
    options: Options = DEFAULTS
    buyer: BuyerClass = "other"
    hourly_cost: float | None = None
    effort: float | None = None
    taken_over: float = 0.0
    environmental_condition: bool | None = None
    environmental_criterion: bool | None = None
    social_condition: bool | None = None
    exception: str | None = None
    seed: str | None = None


@dataclass(frozen=True)
class LotStudy:
    """One lot. What is ``None`` could not be computed and ``notes`` or ``line`` says why (``consortium``: no group is
    needed, or too much is asked); contracts that are not indexed give no ``past``, no ``history`` and no ``experience``:
    not known, which is not none."""

    line: Line
    feasibility: Feasibility | None = None
    text: str = ""
    advice: Advice | None = None
    hours: Hours | None = None
    duties: tuple[Duty, ...] = ()
    past: Past | None = None
    history: History | None = None
    experience: Experience | None = None
    consortium: Studied | None = None
    contacts: tuple[Structure, ...] = ()
    seed: str = ""
    notes: tuple[str, ...] = field(default=())


class Desk:
    """Studies lots on one generation, reading once what several lots share."""

    def __init__(self, engine: Engine, lexicon: Lexicon, asked: Asked) -> None:
        self.engine, self.lexicon, self.asked = engine, lexicon, asked
        self.generation = engine.live("suppliers")
        self.contracts = engine.live("contracts") if indexed(engine) else None
        self._offers: dict[tuple[str, ...], Observed | None] = {}
        self._pools: dict[
            tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[Candidate, ...], tuple[Candidate, ...]]
        ] = {}

    def programme(self, lines: Iterable[Line], advance: Advance = lambda done, of: None) -> Iterator[LotStudy]:
        """Every line in order, those to correct included, not studied. ``advance`` is told the progress."""
        every = tuple(lines)
        for done, line in enumerate(every, 1):
            yield self.lot(line)
            advance(done, len(every))

    def lot(self, line: Line) -> LotStudy:
        """Study one line. Raises ``InvalidRequest`` when a setting is refused, never for the line itself."""
        if line.state == "to_correct":
            return LotStudy(line, notes=line.notes)
        trades = tuple(one.code for one in line.trades)
        territories = tuple(one.code for one in line.territories)
        pool, wider = self._pool(trades, territories)
        lot = Lot(line.amount, line.months, line.cpv, line.kind, line.category, self.asked.buyer)
        made = feasibility(
            lot, pool, self.asked.as_of, self.asked.options, around=wider, observed=self._observed(trades)
        )
        listed = _answering(made)
        sirens = {one.site.siren for one in listed if one.site.siren is not None}
        hours, asks = self._hours(line, made)
        seed = self.asked.seed or self._seed(line)
        known = self.contracts is not None
        need = self._need(made, trades, territories)
        return LotStudy(
            line,
            made,
            told(made, _names(line.trades), _names(line.territories)),
            advice(made, doubtful=line.state == "to_confirm"),
            hours,
            tuple(duties(self._consultation(line))),
            past(trades, line.cpv, line.amount, line.months, self.asked.as_of, self.engine, self.lexicon)
            if known
            else None,
            history(trades, territories, self.asked.as_of, self.engine, self.lexicon) if known else None,
            experience(sirens, trades, self.asked.as_of, self.engine) if known else None,
            None if too_many(need) else self._groups(need, territories),
            tuple(sorted(listed, key=lambda one: neutral_key(seed, one.site.id))),
            seed,
            (
                *line.notes,
                *asks,
                *((TOO_MANY,) if too_many(need) else ()),
                *(() if known else ("Marchés non indexés : ni comparaison, ni historique.",)),
            ),
        )

    def _pool(
        self, trades: tuple[str, ...], territories: tuple[str, ...]
    ) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
        """Candidates, and those who would cover the place with zones 20 km larger."""
        key = (trades, territories)
        if key not in self._pools:
            self._pools[key] = (self._all_of(candidates, *key), self._all_of(around, *key))
        return self._pools[key]

    def _need(self, made: Feasibility, trades: tuple[str, ...], territories: tuple[str, ...]) -> Need:
        """What a group must bear: every trade, in every place; members may share the places."""
        lot = made.lot
        return Need(
            trades, territories, made.as_of, made.share, lot.annual, months=lot.months, kind=lot.kind, split=True
        )

    def _groups(self, need: Need, territories: tuple[str, ...]) -> Studied | None:
        return of_lot(
            need,
            lambda trade: self._pool((trade,), territories)[0],
            self.engine,
            self.lexicon,
            self.generation.name,
        )

    def _observed(self, trades: tuple[str, ...]) -> Observed | None:
        """Offers that reserved contracts of the trades got, read once a trade."""
        if trades not in self._offers:
            self._offers[trades] = observed(trades, self.asked.as_of, self.engine, self.lexicon.gazetteer)
        return self._offers[trades]

    def _all_of(
        self,
        read: Callable[[SupplyAsked, Engine, Lexicon, str | None], tuple[Candidate, ...]],
        trades: tuple[str, ...],
        territories: tuple[str, ...],
    ) -> tuple[Candidate, ...]:
        """Candidates of several trades count only when they do all of them."""
        found = [
            read(SupplyAsked((trade,), territories, self.asked.as_of), self.engine, self.lexicon, self.generation.name)
            for trade in trades
        ]
        if len(found) == 1:
            return found[0]
        able = set.intersection(*({one.id for one in some if one.in_trade} for some in found))
        every = {one.id: one for some in found for one in some}
        return tuple(replace(one, in_trade=one.id in able) for one in every.values())

    def _hours(self, line: Line, made: Feasibility) -> tuple[Hours | None, tuple[str, ...]]:
        trade = line.trades[0].code if len(line.trades) == 1 else None
        if line.labour_share is None and (trade is None or trade not in labour_shares()):
            return None, (ASK_LABOUR,)
        known = [one.fte for one in _local(made).supply.eligible if one.fte is not None]
        asked = HoursAsked(
            line.amount,
            line.months or 12,
            line.labour_share,
            trade,
            self.asked.hourly_cost,
            self.asked.effort,
            self.asked.taken_over,
            local_fte=sum(known) if known else None,
        )
        unknown = ("Durée inconnue : heures calculées pour un an.",) if line.months is None else ()
        return insertion_hours(asked), unknown

    def _consultation(self, line: Line) -> Consultation:
        asked = self.asked
        return Consultation(
            line.launched or asked.as_of,
            line.kind,
            line.category,
            line.amount,
            asked.buyer,
            asked.social_condition,
            asked.environmental_condition,
            asked.environmental_criterion,
            exception=asked.exception,
        )

    def _seed(self, line: Line) -> str:
        said = [
            self.generation.version,
            self.asked.as_of.isoformat(),
            line.text,
            [one.code for one in (*line.trades, *line.territories)],
        ]
        return hashlib.sha256(orjson.dumps(said)).hexdigest()[:16]


def _names(choices: Iterable[object]) -> str:
    return ", ".join(getattr(one, "label", "") for one in choices)


def _local(made: Feasibility) -> Assessment:
    """The widest article of social inclusion: those who may carry insertion hours."""
    wanted = ("L2113-14", "L3113-2")
    return next((one for one in made.assessments if one.code in wanted), made.best)


def _answering(made: Feasibility) -> tuple[Structure, ...]:
    """Whom to ask: those of the article advised that can bear the lot or might, else all who may carry insertion hours."""
    if made.recommended is not None:
        split = made.of(made.recommended).split
        return (*split.able, *split.unknown)
    return _local(made).supply.eligible
