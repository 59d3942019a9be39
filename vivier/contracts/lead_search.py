"""The search of one kind of lead: which contracts and notices are leads for a profile, and the parts of their score.

``score = Σ w·x`` over sector, territory, provision, size, timing and evidence (docs/methods.md (i)). As for suppliers, each
part is a ladder of conditions that the engine evaluates in whole points, so that both engines rank alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from vivier.contracts.acts import due_field
from vivier.contracts.eligible import (
    CLAUSE,
    HELD_BY_INCLUSIVE,
    OWN_HOLDER,
    SOCIAL,
    TRIAL,
    bearable,
    built_once,
    inside,
    larger_than,
    not_refused,
    of_trade,
    open_to,
    qualified,
    unfit,
)
from vivier.contracts.held_labels import GREEN, label_words, names_label, trades_of_labels
from vivier.contracts.insertion import insertion_bought
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.months import LEAST_LEFT_MONTHS, add_months
from vivier.contracts.profile import NATIONAL, Profile, with_broader
from vivier.contracts.query_profile import own_filters
from vivier.contracts.status import not_renewed, status_condition
from vivier.lexicon import Lexicon
from vivier.procurement import LeadKind
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Near,
    Not,
    Operator,
    Part,
    Range,
    Search,
    Sort,
    Terms,
    conjunction,
)
from vivier.search.scoring import CAPACITY_SHARE, ladder_part

WEIGHTS: Final[Mapping[str, float]] = {
    "sector": 0.30,
    "territory": 0.20,
    "provision": 0.20,
    "size": 0.15,
    "timing": 0.10,
    "evidence": 0.05,
}
COLLECTIONS: Final[Mapping[LeadKind, Collection]] = {
    "open_notice": "notices",
    "expiring_contract": "contracts",
    "planned_project": "notices",
    "clause_holder": "contracts",
}
ANY_TRADE: Final = 0.5
"""Value (0–1) of every trade when the profile names none: neither for nor against."""
SURE_SECTOR: Final = 0.9
"""Value (0–1) of the likeliest supposed trade; that of a known trade is 1, of a broader one a half."""
_WITHOUT_FRAMEWORK: Final = Terms("framework", ("no",))
_STEPS_KM: Final = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)


def lead_search(kind: LeadKind, query: LeadsQuery, profile: Profile, lexicon: Lexicon, as_of: date) -> Search:
    """The search of one kind of lead, of equal ones the soonest first. Its ``counts`` say what looks like a lead and is left out."""
    lead = _LeadSearch(kind, query, profile, lexicon, as_of)
    origins = () if profile.zone.point is None else (profile.zone.point,)
    return Search(
        where=lead.where(),
        counts=tuple(lead.left_out()),
        parts=tuple(lead.parts()),
        sort=(Sort("score"), Sort(due_field(kind))),
        origins=origins,
    )


class _LeadSearch:
    """The conditions and the parts of one kind of lead. Each rule that leaves records out can be lifted, to count them."""

    def __init__(self, kind: LeadKind, query: LeadsQuery, profile: Profile, lexicon: Lexicon, as_of: date) -> None:
        self._kind, self._query, self._lexicon, self._as_of, self._whole = kind, query, lexicon, as_of, profile
        self._profile = profile if "supposed" in query.also else profile.sure
        self._collection = COLLECTIONS[kind]

    def where(self) -> Operator:
        """The condition of being a lead."""
        return conjunction(self._found(), self._inside(), self._bearable())

    def left_out(self) -> Iterator[tuple[str, Operator]]:
        """The records that only one rule leaves out: (name of the count, condition)."""
        here = conjunction(self._for_me(), self._inside())
        for name, condition in self._beside():
            yield name, conjunction(here, condition)
        if self._profile.zone.local and self._collection == "notices" and "national" not in self._query.also:
            yield "national", conjunction(self._found(), NATIONAL, self._bearable())
        if self._profile.public:
            yield "public_body", self._with(replace(self._profile, public=False))
        elif self._profile.supposed != self._whole.supposed:
            # All other conditions are those of the leads shown; what the supplier holds is shown whatever its trade.
            shown = self._for_me() if self._kind == "expiring_contract" else self._sector() or All()
            yield "supposed", conjunction(self._with(self._whole), Not(shown))
        if self._kind == "open_notice" and "expired" not in self._query.also:
            closed = All((status_condition("closed", self._as_of), Not(Terms("twin", ("yes",)))))
            yield "expired", conjunction(here, closed, self._bearable())
        if "too_large" not in self._query.also and self._bearable() is not None:
            yield "too_large", conjunction(self._found(), self._inside(), Not(self._bearable() or All()))

    def _with(self, profile: Profile) -> Operator:
        """What a lead would be for another profile, its weakly supposed trades as the others."""
        also = self._query.model_copy(update={"also": (*self._query.also, "supposed")})
        return _LeadSearch(self._kind, also, profile, self._lexicon, self._as_of).where()

    def _found(self) -> Operator:
        return conjunction(self._for_me(), self._of_kind())

    def _for_me(self) -> Operator:
        """What suits the profile, its place and size left out."""
        sector, own = self._sector(), self._profile.siren
        if not self._any_trade:
            sector = conjunction(sector, Not(unfit(self._profile, self._lexicon, self._collection)))
        if self._kind == "expiring_contract" and own is not None:
            sector = AnyOf((sector or All(), Terms("holders", (own,))))  # it does what it holds, whatever it publishes
        return conjunction(
            sector,
            not_refused(self._profile, self._lexicon),
            open_to(self._profile),
            own_filters(self._query, self._lexicon, self._as_of),
            self._since(),
            self._without(),
        )

    def _inside(self) -> Operator:
        return inside(self._profile, self._collection, national="national" in self._query.also)

    def _bearable(self) -> Operator | None:
        """The contract of the holder of a clause may be of any size, for who works some hours of it."""
        if self._kind == "clause_holder" or "too_large" in self._query.also:
            return None
        own, most = bearable(self._profile, self._collection), self._query.lot_amount_most
        if own is not None and self._profile.lends:
            own = AnyOf((own, CLAUSE))
        typed = None if most is None else Not(larger_than(most, self._collection))
        return None if own is None and typed is None else conjunction(own, typed)

    def _of_kind(self) -> Operator:
        match self._kind:
            case "open_notice":
                # A notice that BOAMP and TED publish is listed once.
                return All((self._called(), Not(Terms("twin", ("yes",)))))
            case "planned_project":
                day = self._as_of.isoformat()
                return All((status_condition("planned", self._as_of), Range("planned", gte=day, missing=True)))
            case "expiring_contract":
                return All((self._tendered_again(), Not(TRIAL)))
            case "clause_holder":
                return AnyOf(()) if self._profile.ordinary else All((self._owed(), Not(TRIAL)))

    def _called(self) -> Operator:
        wanted = status_condition("open", self._as_of)
        if "expired" not in self._query.also:
            return wanted
        return AnyOf((wanted, status_condition("closed", self._as_of)))

    def _tendered_again(self) -> Operator:
        return All((self._ending(), Not(self._one_off())))

    def _one_off(self) -> Operator:
        """Works without a framework: a building once built is not built again [ours, from the reading of real leads]."""
        return All((AnyOf((Terms("category", ("travaux",)), built_once(self._lexicon))), _WITHOUT_FRAMEWORK))

    def _owed(self) -> Operator:
        return conjunction(self._due(), Not(self._qualified())) if self._any_trade else self._due()

    def _due(self) -> Operator:
        return All((self._clause_running(), Not(OWN_HOLDER), Not(HELD_BY_INCLUSIVE)))

    @property
    def _any_trade(self) -> bool:
        """Whether a clause of any trade concerns the supplier."""
        return self._kind == "clause_holder" and self._profile.staffing

    def _qualified(self) -> Operator:
        return qualified(self._profile, self._lexicon)

    def _clause_running(self) -> Operator:
        """Contracts with a holder and a social clause that run long enough to work some hours on. Those about to end are another kind of lead."""
        last = add_months(self._as_of, LEAST_LEFT_MONTHS)
        running = (Range("ends", gte=last.isoformat()), Range("notified", lte=self._as_of.isoformat()))
        return All((*running, CLAUSE, Exists("holders"), Not(self._tendered_again())))

    def _ending(self) -> Operator:
        """Contracts that end in the window and are not renewed yet."""
        first = add_months(self._as_of, self._query.ends_after_months)
        last = add_months(self._as_of, self._query.ends_before_months)
        return All(
            (
                Range("ends", gte=first.isoformat(), lte=last.isoformat()),
                Range("notified", lte=self._as_of.isoformat()),
                not_renewed(self._as_of),
            )
        )

    def _beside(self) -> Iterator[tuple[str, Operator]]:
        if self._kind == "expiring_contract":
            yield "one_off", All((self._ending(), self._one_off()))
            yield "trial", All((self._tendered_again(), TRIAL))
        if self._kind == "clause_holder" and not self._profile.ordinary:
            yield "own_holder", All((self._clause_running(), OWN_HOLDER))
            if self._any_trade:
                yield "no_open_post", All((self._due(), self._qualified()))
            yield "trial", All((self._owed(), TRIAL))

    def _sector(self) -> Operator | None:
        """A clause of any trade concerns a supplier that lends people."""
        return None if self._any_trade else of_trade(self._profile, self._lexicon, self._collection)

    def _without(self) -> Operator | None:
        """Leaves out what the query sets aside: a lead, or every lot of a consultation."""
        names = self._query.without
        return Not(AnyOf((Terms("id", names), Terms("consultation", names)))) if names else None

    def _since(self) -> Operator | None:
        if self._query.since is None:
            return None
        since = self._query.since.isoformat()
        if self._collection == "contracts":
            return AnyOf((Range("notified", gte=since), Range("changed_on", gte=since)))
        return Range("published", gte=since)

    def parts(self) -> Iterator[Part]:
        yield ladder_part("sector", WEIGHTS["sector"], self._sector_steps())
        yield ladder_part("territory", WEIGHTS["territory"], territory_steps(self._profile))
        yield ladder_part(
            "provision", WEIGHTS["provision"], provision_steps(self._profile, self._lexicon, self._collection)
        )
        yield ladder_part("size", WEIGHTS["size"], _size_steps(self._collection, self._profile))
        yield ladder_part("timing", WEIGHTS["timing"], _timing_steps(self._kind, self._as_of))
        yield ladder_part("evidence", WEIGHTS["evidence"], _evidence_steps(self._collection))

    def _sector_steps(self) -> Iterator[tuple[Operator, float]]:
        profile = self._profile
        if not profile.wanted:
            yield All(), ANY_TRADE
        elif profile.trades:
            yield Terms("meant_trades", profile.trades), 1.0
            yield Terms("trades", (*profile.trades, *with_broader(profile.trades, self._lexicon))), 0.5
        else:
            most = profile.supposed[0][1]
            for code, probability in profile.supposed:
                yield Terms("meant_trades", (code,)), SURE_SECTOR * probability / most


def territory_steps(profile: Profile) -> Iterator[tuple[Operator, float]]:
    zone = profile.zone
    if zone.point is not None:
        for km in _STEPS_KM:
            yield Near("location", *zone.point, km), math.exp(-km / 50)
        if zone.territories:
            yield Terms("territory", zone.territories), 0.3
        return
    yield (Terms("territory", zone.territories), 1.0) if zone.territories else (All(), 0.5)


def provision_steps(profile: Profile, lexicon: Lexicon, collection: Collection) -> Iterator[tuple[Operator, float]]:
    """A label is worth what the purchase says of it: named, called for by an environmental provision of its trades, or by one of another trade.
    Social provisions are worth nothing to an ordinary company."""
    if profile.labels:
        for code in sorted({label.code for label in profile.labels} & label_words().keys()):
            yield names_label(code, lexicon, collection), 1.0
        yield All((GREEN, Terms("meant_trades", trades_of_labels(profile.labels, lexicon)))), 0.8
        yield GREEN, 0.5
    if profile.ordinary:
        return
    if profile.families:
        yield Terms("reserved_for", profile.families), 1.0
    if "SIAE" in profile.families:
        yield insertion_bought(lexicon, collection), 1.0
    yield Terms("reserved_for", ("unknown",)), 0.8
    yield Terms("provisions", ("criterion",)), 0.6
    yield Terms("provisions", ("clause", "social_unspecified")), 0.5


def _size_steps(collection: Collection, profile: Profile) -> Iterator[tuple[Operator, float]]:
    """Compares a year of the lot with 30 % of the turnover. When one of the two is unknown, the part counts half."""
    if profile.means is None:
        yield All(), 0.5
        return
    field = "annual_amount" if collection == "contracts" else "amount_max"
    small = All((Exists(field), Not(larger_than(profile.means * CAPACITY_SHARE, collection))))
    yield small, 1.0
    yield Not(Exists(field)), 0.5


def _timing_steps(kind: LeadKind, as_of: date) -> Iterator[tuple[Operator, float]]:
    match kind:
        case "open_notice":
            for days, worth in ((21, 1.0), (10, 0.7), (0, 0.3)):
                yield Range("deadline", gte=(as_of + timedelta(days=days)).isoformat()), worth
        case "planned_project":
            yield Range("planned", lte=add_months(as_of, 6).isoformat()), 1.0
            yield All(), 0.5
        case "expiring_contract":
            for months, worth in ((9, 1.0), (12, 0.7), (18, 0.4)):
                yield Range("ends", lte=add_months(as_of, months).isoformat()), worth
        case "clause_holder":
            yield Range("ends", gte=add_months(as_of, 6).isoformat()), 1.0
            yield All(), 0.4


def _evidence_steps(collection: Collection) -> Iterator[tuple[Operator, float]]:
    if collection == "contracts":
        yield Terms("declared_provisions", (*SOCIAL, "environmental")), 1.0
    yield Exists("provisions"), 0.6
