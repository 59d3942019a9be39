"""The consultation desk: everything a buyer or a facilitator asks of each lot, in one pass over what is indexed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

import orjson

from vivier.desk.consortium.lot import TOO_MANY, of_lot, too_many
from vivier.desk.consortium.need import Need
from vivier.desk.consortium.read import Studied
from vivier.desk.facts.around import around
from vivier.desk.facts.candidates import SupplyAsked, candidates, places
from vivier.desk.facts.depth_read import observed
from vivier.desk.facts.experience import Experience, Observed, experience, indexed
from vivier.desk.facts.past import History, Past, history, past
from vivier.desk.facts.presence import Presence, presence
from vivier.desk.method.clause import lenders
from vivier.desk.method.duties import BuyerClass, Consultation, Duty, NeedValue, duties
from vivier.desk.method.feasibility import DEFAULTS, Feasibility, Lot, Options, Pool, of_trades
from vivier.desk.method.hours import Hours, HoursAsked, insertion_hours, labour_of
from vivier.desk.method.supply import Candidate, Excluded, Structure
from vivier.desk.read.need_value import need_values
from vivier.desk.read.understanding import Line
from vivier.desk.tell.advice import Advice, advice
from vivier.desk.tell.feasibility_text import told
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.suppliers.find import neutral_key

METHOD_VERSION: Final = "consultation-3"
ASK_LABOUR: Final = "Part de main-d'œuvre inconnue pour ce métier : donnez-la pour estimer les heures d'insertion."
Advance = Callable[[int, int], None]
Role = Literal["answers", "lends", "does", "to_ask", "to_ask_zone", "to_ask_both", "to_check"]
ROLES: Final[dict[Role, str]] = {
    "answers": "peut répondre au lot, ou le pourrait",
    "lends": "met du personnel à disposition",
    "does": "exerce le métier, ou le met à disposition",
    "to_ask": "métier inconnu : à interroger",
    "to_ask_zone": "siège ici ou couvre une partie, zone non publiée : à interroger",
    "to_check": "agrément à vérifier : sa dernière preuve est plus ancienne que sa durée légale",
    "to_ask_both": "siège ici ou couvre une partie, métier inconnu et zone non publiée : à interroger",
}
"""Why a structure is on a contact list."""


@dataclass(frozen=True)
class Asked:
    """What holds for all the lots. ``None`` keeps the value of the parameters' table. ``seed`` of the contact lists:
    drawn from the question and the data when none is given, so that the same question gives the same list.
    ``consultation_amount``: euros HT of all the lots and renewals of the consultation, when the user states it."""

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
    consultation_amount: float | None = None

    @property
    def changed(self) -> dict[str, float]:
        """The user's own values, by parameter."""
        given = {
            "capacity_share": self.options.share,
            "response_central": self.options.rate,
            "hourly_cost": self.hourly_cost,
            "effort": self.effort,
        }
        return {name: number for name, number in given.items() if number is not None}


@dataclass(frozen=True)
class Contact:
    """A structure to consult, and why."""

    structure: Structure
    role: Role


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
    contacts: tuple[Contact, ...] = ()
    seed: str = ""
    notes: tuple[str, ...] = field(default=())


class Desk:
    """Studies lots on one generation, reading once what several lots share."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon, asked: Asked) -> None:
        self.snapshot, self.lexicon, self.asked = snapshot, lexicon, asked
        self.generation = snapshot.suppliers.generation
        self.contracts = snapshot.contracts.generation if indexed(snapshot) else None
        self._offers: dict[tuple[str, ...], Observed | None] = {}
        self._pools: dict[tuple[str, tuple[str, ...]], Pool] = {}
        self._presences: dict[tuple[str, ...], Presence] = {}

    def programme(self, lines: Iterable[Line], advance: Advance = lambda done, of: None) -> Iterator[LotStudy]:
        """Every line in order, those to correct included, not studied. ``advance`` is told the progress.

        Raises ``InvalidRequest`` when a setting is refused."""
        every = tuple(lines)
        needs = need_values(every, self.asked.consultation_amount)
        for done, (line, need) in enumerate(zip(every, needs, strict=True), 1):
            yield self._studied(line, need)
            advance(done, len(every))

    def lot(self, line: Line) -> LotStudy:
        """Study one line as the only one of its request. Raises ``InvalidRequest`` when a setting is refused, never for the
        line itself."""
        return next(self.programme((line,)))

    def _studied(self, line: Line, value: NeedValue) -> LotStudy:
        if line.state == "to_correct":
            return LotStudy(line, notes=line.notes)
        trades = tuple(one.code for one in line.trades)
        territories = tuple(one.code for one in line.territories)
        made = of_trades(
            self._lot(line),
            [self._pool(trade, territories) for trade in trades],
            self.asked.as_of,
            self.asked.options,
            observed=self._observed(trades),
            present=self._presence(territories),
        )
        listed = _contacts(made)
        sirens = {one.structure.site.siren for one in listed if one.role in ("answers", "lends", "does")}
        hours, asks = self._hours(line, made)
        seed = self.asked.seed or self._seed(line)
        known = self.contracts is not None
        need = self._need(made, trades, territories)
        return LotStudy(
            line,
            made,
            told(made, [one.label for one in line.trades], ", ".join(one.label for one in line.territories)),
            advice(made, hours, doubtful=line.state == "to_confirm"),
            hours,
            tuple(duties(self._consultation(line, value))),
            past(trades, line.cpv, line.amount, line.months, self.asked.as_of, self.snapshot, self.lexicon)
            if known
            else None,
            history(trades, territories, self.asked.as_of, self.snapshot, self.lexicon) if known else None,
            experience({one for one in sirens if one is not None}, trades, self.asked.as_of, self.snapshot)
            if known
            else None,
            None if too_many(need) else self._groups(need, territories),
            tuple(sorted(listed, key=lambda one: neutral_key(seed, one.structure.site.id))),
            seed,
            (
                *line.notes,
                *asks,
                *((TOO_MANY,) if too_many(need) else ()),
                *(() if known else ("Marchés non indexés : ni comparaison, ni historique.",)),
            ),
        )

    def _lot(self, line: Line) -> Lot:
        share = line.labour_share or labour_of([one.code for one in line.trades])
        return Lot(line.amount, line.months, line.cpv, line.kind, line.category, self.asked.buyer, share)

    def _pool(self, trade: str, territories: tuple[str, ...]) -> Pool:
        """Candidates of a trade, and those who would cover the place with larger zones, read once for all the lots."""
        key = (trade, territories)
        if key not in self._pools:
            asked = SupplyAsked((trade,), territories, self.asked.as_of)
            where = self.snapshot, self.lexicon
            self._pools[key] = Pool(candidates(asked, *where), around(asked, *where))
        return self._pools[key]

    def _presence(self, territories: tuple[str, ...]) -> Presence:
        """Who is on some places, read once for all the lots."""
        if territories not in self._presences:
            found, where = places(territories, self.lexicon), (self.snapshot, self.lexicon.gazetteer)
            self._presences[territories] = presence(found, self.asked.as_of, *where)
        return self._presences[territories]

    def _need(self, made: Feasibility, trades: tuple[str, ...], territories: tuple[str, ...]) -> Need:
        """What a group must bear: every trade, in every place; members may share the places."""
        lot = made.lot
        return Need(
            trades, territories, made.as_of, made.share, lot.annual, months=lot.months, kind=lot.kind, split=True
        )

    def _groups(self, need: Need, territories: tuple[str, ...]) -> Studied | None:
        return of_lot(
            need,
            lambda trade: self._pool(trade, territories).candidates,
            self.snapshot,
            self.lexicon,
        )

    def _observed(self, trades: tuple[str, ...]) -> Observed | None:
        """Offers that reserved contracts of the trades got, read once a trade."""
        if trades not in self._offers:
            self._offers[trades] = observed(trades, self.asked.as_of, self.snapshot, self.lexicon.gazetteer)
        return self._offers[trades]

    def _hours(self, line: Line, made: Feasibility) -> tuple[Hours | None, tuple[str, ...]]:
        if made.lot.labour_share is None:
            return None, (ASK_LABOUR,)
        known = [one.fte for one in (*made.hours.lending, *made.hours.doing) if one.fte is not None]
        asked = HoursAsked(
            line.amount,
            line.months or 12,
            line.labour_share,
            line.trades[0].code if len(line.trades) == 1 else None,
            self.asked.hourly_cost,
            self.asked.effort,
            self.asked.taken_over,
            local_fte=sum(known) if known else None,
        )
        unknown = ("Durée inconnue : heures calculées pour un an.",) if line.months is None else ()
        return insertion_hours(asked), unknown

    def _consultation(self, line: Line, value: NeedValue) -> Consultation:
        asked = self.asked
        return Consultation(
            line.launched or asked.as_of,
            line.kind,
            line.category,
            value,
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


def _contacts(made: Feasibility) -> tuple[Contact, ...]:
    """Whom to ask: those of the article advised that can bear the lot or might, for any of its trades, then those of the trade
    whose zone nobody published; else those who may carry hours, and those whose trade or zone nobody tells."""
    if made.recommended is not None:
        of_each = [one for some in made.by_trade for one in some if one.code == made.recommended]
        answering = [each for one in of_each for each in (*one.split.able, *one.split.unknown)]
        doubtful = [out.candidate for one in of_each for out in one.supply.excluded if _may_answer(out)]
        listed = {one.unit: _asked(one) for one in doubtful}
        return tuple((listed | {each.site.unit: Contact(each, "answers") for each in answering}).values())
    able: tuple[tuple[Role, tuple[Candidate, ...]], ...] = (("lends", made.hours.lending), ("does", made.hours.doing))
    sure = (Contact(Structure(site, (site,)), role) for role, sites in able for site in sites)
    return (*sure, *(_asked(site) for site in made.hours.to_ask))


def _may_answer(out: Excluded) -> bool:
    """Whether a structure left out might count: its zone is not published, or its agreement is to be checked."""
    here = out.candidate.covers or out.candidate.might_cover
    return out.note == "zone_unknown" or (out.reason == "agreement_to_check" and here)


def _asked(site: Candidate) -> Contact:
    """A structure to ask, with what is not known of it: its trade, its zone, both, or only whether its agreement still holds."""
    told = site.in_trade or any(kind in lenders() for kind in site.possible_kinds)
    covering: Role = "to_check" if told else "to_ask"
    role: Role = covering if site.covers else "to_ask_zone" if told else "to_ask_both"
    return Contact(Structure(site, (site,)), role)
