"""The consultation desk: studies each lot of a consultation for a buyer or a facilitator, in one pass over the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import orjson

from vivier.clausier.hours import Hours, HoursAsked, insertion_hours, labour_of, most_of
from vivier.clausier.staff import staff_notes
from vivier.desk.facts.candidates import places
from vivier.desk.facts.experience import Experience, experience, indexed
from vivier.desk.facts.holders import holders
from vivier.desk.facts.past import History, Past, history, past
from vivier.desk.facts.pools import Pools
from vivier.desk.facts.presence import Presence, presence
from vivier.desk.facts.response import response
from vivier.desk.facts.together import TOO_MANY, Studied, of_lot, too_many
from vivier.desk.method.answers import Answer, Step, answered, steps, verdict_if
from vivier.desk.method.contacts import CAPABLE, Contact, contacts_of
from vivier.desk.method.duties import Duty, duties, renewable
from vivier.desk.method.feasibility import Feasibility, Lot, Pool, judged, of_trades
from vivier.desk.method.green import Green
from vivier.desk.method.lever import Lever
from vivier.desk.method.together import Shared
from vivier.desk.method.verdict import Response
from vivier.desk.parts import LotPart, parts
from vivier.desk.read.amounts import Amount
from vivier.desk.read.line import Line
from vivier.desk.read.need_value import need_values
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.advice import Advice, advice
from vivier.desk.tell.feasibility_text import feasibility_text
from vivier.french import plural
from vivier.identity import digest_of
from vivier.law.articles import ReservedFor
from vivier.law.products import ProductDuty, product_duties
from vivier.law.rules import Consultation, NeedValue, applies, broken_by
from vivier.law.social import social_services
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.neutral import neutral_key
from vivier.trades.near import joined
from vivier.trades.table import STAFFING, open_posts, trained_posts

METHOD_VERSION: Final = "consultation-5"
MOST_IN_PARTS: Final = 50
"""Lots of a programme up to which each is also studied through the parts of its place; beyond, the page of each lot does."""
Codes = tuple[str, ...]
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class LotStudy:
    """The study of one lot. A part that could not be computed is ``None``, and ``notes`` or ``line`` says why. ``consortium`` is
    also ``None`` when no group is needed or when the lot has too many trades or places. When contracts are not indexed, ``past``,
    ``history`` and ``experience`` are ``None``: unknown, which is not « none ». ``steps``: the answers of structures, and what each changed; ``parts``: the lot
    in each part of its place, when it is a région or the country; ``green``: the environmental lever;
    ``pooled``: code and name of the trade of each pool, sibling trades having one."""

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
    contacts: tuple[Contact, ...] = ()
    seed: str = ""
    steps: tuple[Step, ...] = ()
    parts: tuple[LotPart, ...] = ()
    notes: tuple[str, ...] = field(default=())
    pooled: tuple[tuple[str, str], ...] = ()
    green: Green | None = None


@dataclass(frozen=True)
class Glance:
    """What a board tells of one lot: its verdict and its hours. ``notes``: what must be told of the hours; ``products``: the duties on
    its products. A line to correct has only ``line``."""

    line: Line
    feasibility: Feasibility | None = None
    advice: Advice | None = None
    hours: Hours | None = None
    notes: tuple[str, ...] = ()
    products: tuple[ProductDuty, ...] = ()


class Desk:
    """Studies lots on one snapshot. Data that several lots share are read once."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon, settings: StudySettings) -> None:
        self.snapshot, self.lexicon, self.settings = snapshot, lexicon, settings
        self.generation = snapshot.suppliers.generation
        self.contracts = snapshot.contracts.generation if indexed(snapshot) else None
        self._pools = Pools(snapshot, lexicon, settings.as_of)
        self._offers: dict[tuple[str, ...], Response] = {}
        self._presences: dict[tuple[str, ...], Presence] = {}

    def programme(
        self,
        lines: Iterable[Line],
        advance: Advance = lambda done, of: None,
        answers: Mapping[int, Sequence[Answer]] = {},
    ) -> Iterator[LotStudy]:
        """The study of every line, in order. A line to correct is returned without a study. ``advance`` is called after each line
        with the number of lines done and the total. ``answers``: what structures answered, by number of line.

        Raises ``InvalidRequest`` when a setting is refused."""
        every = tuple(lines)
        needs = need_values(every, self.settings.consultation_amount)
        for done, (line, need) in enumerate(zip(every, needs, strict=True), 1):
            yield self._studied(line, need, tuple(answers.get(line.row.line, ())), in_parts=len(every) <= MOST_IN_PARTS)
            advance(done, len(every))

    def board(
        self,
        lines: Iterable[Line],
        advance: Advance = lambda done, of: None,
        answers: Mapping[int, Sequence[Answer]] = {},
    ) -> Iterator[Glance]:
        """The verdict and the hours of every line, in order, with what structures answered, without contracts, groups nor contacts: a tenth of the
        time of :meth:`programme`. Raises ``InvalidRequest`` when a setting is refused."""
        every = tuple(lines)
        needs = need_values(every, self.settings.consultation_amount)
        for done, (line, need) in enumerate(zip(every, needs, strict=True), 1):
            yield self._glance(line, need, tuple(answers.get(line.row.line, ())), whole=False)
            advance(done, len(every))

    def line_of(self, lines: Iterable[Line], number: int, answers: Sequence[Answer] = ()) -> LotStudy:
        """The study of the line of this number, as one of its programme, with what structures answered. Raises ``StopIteration`` for a
        number that no line has, and
        ``InvalidRequest`` when a setting is refused."""
        every = tuple(lines)
        needs = need_values(every, self.settings.consultation_amount)
        line, need = next(pair for pair in zip(every, needs, strict=True) if pair[0].row.line == number)
        return self._studied(line, need, tuple(answers))

    def lot(self, line: Line, answers: Sequence[Answer] = ()) -> LotStudy:
        """Studies one line as the only one of its request. Raises ``InvalidRequest`` when a setting is refused, never for the
        line itself."""
        return next(self.programme((line,), answers={line.row.line: answers}))

    def levers_after(self, study: LotStudy, answers: Sequence[Answer], more: Iterable[Answer]) -> Iterator[Lever]:
        """The lever of a lot that was studied after each of ``more``, given alone after ``answers``: what one call would lead to."""
        assert study.feasibility is not None
        line, lot, settings = study.line, study.feasibility.lot, self.settings.of(study.line)
        response = self._response(tuple(choice.code for choice in line.trades))
        for answer in more:
            yield verdict_if(lot, self._pools_of(line), (*answers, answer), settings.as_of, settings.options, response)

    def _studied(self, line: Line, value: NeedValue, answers: tuple[Answer, ...], *, in_parts: bool = True) -> LotStudy:
        if not line.counted:
            return LotStudy(line, notes=(*line.notes, *answered_outside(line, value, self.settings)))
        glance, settings = self._glance(line, value, answers), self.settings.of(line)
        made, verdict = glance.feasibility, glance.advice
        assert made is not None and verdict is not None
        trades = tuple(choice.code for choice in line.trades)
        territories = tuple(choice.code for choice in line.territories)
        changed = tuple(self._steps(line, made.lot, answers)) if answers else ()
        listed = contacts_of(made)
        sirens = {contact.structure.site.siren for contact in listed if contact.role in CAPABLE}
        seed = self.settings.seed or self._seed(line)
        known = self.contracts is not None
        shared = Shared(trades, territories, made.as_of, made.share, made.lot.annual, made.lot.kind)
        pooled = self._names_of(line)
        return LotStudy(
            line,
            made,
            feasibility_text(
                made, [name for _, name in pooled], ", ".join(choice.label for choice in line.territories)
            ),
            verdict,
            glance.hours,
            tuple(duties(plan_of(line, value, settings))),
            past(trades, line.cpv, line.amount, line.months, self.settings.as_of, self.snapshot, self.lexicon)
            if known
            else None,
            history(trades, territories, self.settings.as_of, self.snapshot, self.lexicon) if known else None,
            experience({siren for siren in sirens if siren is not None}, trades, self.settings.as_of, self.snapshot)
            if known
            else None,
            None if too_many(shared) else self._groups(shared, answers),
            tuple(sorted(listed, key=lambda contact: neutral_key(seed, contact.structure.site.id))),
            seed,
            changed,
            self._parts(line, made.lot, answers, trades, territories) if in_parts else (),
            (
                *line.notes,
                *_gone(changed),
                *glance.notes,
                *((TOO_MANY,) if too_many(shared) else ()),
                *(() if known else ("Cette installation ne contient pas de marchés : ni comparaison, ni historique.",)),
            ),
            pooled,
            self._green(line, trades, territories),
        )

    def _green(self, line: Line, trades: tuple[str, ...], territories: tuple[str, ...]) -> Green:
        """The environmental lever of a lot."""
        settings = self.settings.of(line)
        launched = settings.launched or settings.as_of
        duties = product_duties(line.cpv, trades, launched, line.text)
        return holders(trades, territories, duties, settings.as_of, self.snapshot, self.lexicon)

    def _glance(self, line: Line, need: NeedValue, answers: tuple[Answer, ...] = (), *, whole: bool = True) -> Glance:
        """The verdict and the hours of a line. ``whole``: with its alternatives and what would change it, which take most of the time."""
        if not line.counted:
            return Glance(line)
        settings = self.settings.of(line)
        trades = tuple(choice.code for choice in line.trades)
        territories = tuple(choice.code for choice in line.territories)
        pools = self._pools_of(line) if whole else self._pools_of(line, self._pools.near)
        made = (of_trades if whole else judged)(
            _lot(line, need, settings, self.lexicon),
            answered(pools, answers),
            settings.as_of,
            settings.options,
            response=self._response(trades),
            present=self._presence(territories),
        )
        hours, notes = _hours(line, settings, _local_fte(made))
        return Glance(
            line,
            made,
            advice(made, hours, [name for _, name in self._names_of(line)], doubtful=line.state == "to_confirm"),
            hours,
            notes,
            product_duties(line.cpv, trades, settings.launched or settings.as_of, line.text),
        )

    def _steps(self, line: Line, lot: Lot, answers: tuple[Answer, ...]) -> Iterator[Step]:
        """What each answer changed."""
        settings = self.settings.of(line)
        response = self._response(tuple(choice.code for choice in line.trades))
        return steps(lot, self._pools_of(line), answers, settings.as_of, settings.options, response)

    def _parts(
        self,
        line: Line,
        lot: Lot,
        answers: tuple[Answer, ...],
        trades: tuple[str, ...],
        territories: tuple[str, ...],
    ) -> tuple[LotPart, ...]:
        settings, gazetteer = self.settings.of(line), self.lexicon.gazetteer

        def read(part: str) -> tuple[Pool, ...]:
            return answered([self._pools.of_part(some, part) for some in joined(trades, self.lexicon.trades)], answers)

        return parts(
            lot,
            territories,
            read,
            settings.as_of,
            settings.options,
            self._response(trades),
            gazetteer,
            wanted=settings.by_part,
        )

    def _pools_of(self, line: Line, read: Callable[[Codes, Codes], Pool] | None = None) -> tuple[Pool, ...]:
        """The candidates of each trade of a line, before any answer. Sibling trades have one pool: who does one may do the others."""
        territories = tuple(choice.code for choice in line.territories)
        groups = joined(_codes(line), self.lexicon.trades)
        return tuple((read or self._pools.of)(trades, territories) for trades in groups)

    def _names_of(self, line: Line) -> tuple[tuple[str, str], ...]:
        """The code and the name of what each pool of a line does."""
        labels = {choice.code: choice.label for choice in line.trades}
        groups = joined(_codes(line), self.lexicon.trades)
        return tuple((codes[0], " et ".join(labels[code] for code in codes)) for codes in groups)

    def _presence(self, territories: tuple[str, ...]) -> Presence:
        """The inclusive sites of some places, counted once for all lots."""
        if territories not in self._presences:
            found, where = places(territories, self.lexicon), (self.snapshot, self.lexicon.gazetteer)
            self._presences[territories] = presence(found, self.settings.as_of, *where)
        return self._presences[territories]

    def _groups(self, shared: Shared, answers: Sequence[Answer]) -> Studied | None:
        """The groups for a lot. Their members are read trade by trade."""
        pools = answered([self._pools.of((trade,), shared.parts) for trade in shared.trades], answers)
        return of_lot(shared, dict(zip(shared.trades, pools, strict=True)), self.snapshot, self.lexicon)

    def _response(self, trades: tuple[str, ...]) -> Response:
        """The offers that reserved contracts received, read once for each set of trades."""
        if trades not in self._offers:
            self._offers[trades] = response(trades, self.settings.as_of, self.snapshot, self.lexicon)
        return self._offers[trades]

    def _seed(self, line: Line) -> str:
        question = [
            self.generation.version,
            self.settings.as_of.isoformat(),
            line.text,
            [choice.code for choice in (*line.trades, *line.territories)],
        ]
        return digest_of(orjson.dumps(question))


def _codes(line: Line) -> tuple[str, ...]:
    return tuple(choice.code for choice in line.trades)


def _lot(line: Line, need: NeedValue, settings: StudySettings, lexicon: Lexicon) -> Lot:
    codes = [choice.code for choice in line.trades]
    share = settings.labour_share or labour_of(codes)
    posts = open_posts(codes, lexicon.trades), trained_posts(codes, lexicon.trades)
    known = line.amount, line.months, line.cpv, line.kind, line.category
    settled = settings.social_condition is True or settings.exception is not None
    most = most_of(_hours(line, settings)[0])
    services = social_services(codes, line.cpv)
    reserved_for = line.reserved.families if line.reserved else frozenset[ReservedFor]()
    return Lot(
        *(*known, settings.buyer, share, *posts, settings.launched, need, settled, most),
        *(STAFFING in codes, services, reserved_for),
    )


def _local_fte(made: Feasibility) -> float | None:
    """Full-time equivalents of the structures that carry hours, when one publishes hers."""
    known = [site.fte for site in (*made.hours.lending, *made.hours.doing) if site.fte is not None]
    return sum(known) if known else None


def _hours(line: Line, settings: StudySettings, local_fte: float | None = None) -> tuple[Hours, tuple[str, ...]]:
    """The insertion hours of a lot and what must be told of them. Of a range, they go from its least amount to its greatest. Without
    a least amount none is sure: they are counted for 100,000 €."""
    trades = [choice.code for choice in line.trades]
    staff = staff_notes(trades, settings.taken_over)
    query = HoursAsked(
        None,
        line.months or 12,
        settings.labour_share,
        None,
        settings.hourly_cost,
        settings.effort,
        settings.taken_over or 0.0,
        local_fte=local_fte,
        trades=tuple(trades),
    )
    unknown = ("Durée inconnue : heures calculées pour un an.",) if line.months is None else ()
    return _hours_of_range(query, line.money), (*unknown, *staff)


def _hours_of_range(query: HoursAsked, money: Amount | None) -> Hours:
    """Low hours of the least amount, high hours of the greatest, central hours of the middle; of one amount, all three."""
    if money is None or money.least is None:
        return insertion_hours(query)
    most = money.most if money.most is not None and not money.framework else money.least
    made = insertion_hours(replace(query, amount=(money.least + most) / 2))
    low, high = (insertion_hours(replace(query, amount=bound)) for bound in (money.least, most))
    return replace(made, low=low.low, high=high.high)


def plan_of(line: Line, value: NeedValue, settings: StudySettings) -> Consultation:
    """The consultation of a lot as the rules of the law look at it."""
    return Consultation(
        settings.launched or settings.as_of,
        line.kind,
        line.category,
        value,
        settings.buyer,
        settings.social_condition,
        settings.environmental_condition,
        settings.environmental_criterion,
        exception=settings.exception,
        renewable=renewable((choice.code for choice in line.trades), line.cpv),
        social_services=social_services(_codes(line), line.cpv),
    )


def answered_outside(line: Line, value: NeedValue, settings: StudySettings) -> Iterator[str]:
    """What is answered of a lot that no inclusive structure sells, and the duty that it keeps."""
    if line.state != "outside":
        return
    yield f"{line.outside} Ni réservation, ni clause d'insertion : aucune structure inclusive ne vend cela."
    plan = plan_of(line, value, settings.of(line))
    if broken_by("none", plan):
        yield "Au-dessus du seuil européen, la condition sociale reste due : prévoyez-la, ou motivez son absence."
    if "yes" in (applies("environmental_condition", plan), applies("environmental_criterion", plan)):
        yield "Une condition d'exécution et un critère environnementaux sont dus aussi (L2112-2, L2152-7 ; concession : L3114-2, L3124-5)."


def _gone(changed: tuple[Step, ...]) -> Iterator[str]:
    """The number of answers of structures that the data no longer have: they count nowhere."""
    n = sum(step.name is None for step in changed)
    if n:
        yield f"{plural(n, 'réponse')} d'une structure qui n'est plus dans les données autour de ce lot : non comptée{'s' if n > 1 else ''}."
