"""The shapes of the decision on a programme, as plain JSON."""

from __future__ import annotations

from vivier.bodies import Body


class TargetsBody(Body):
    """What the programme must reach; ``null``: no target."""

    share: float | None
    hours: float | None
    rounds: int | None


class SolverBody(Body):
    """The certificate: ``best`` useful hours, the ``bound`` that no plan passes, the ``gap`` between both as a share."""

    name: str
    optimal: bool
    best: float
    bound: float
    gap: float
    text: str


class DecisionTotalsBody(Body):
    lines: int
    amount: float
    reserved_amount: float
    reserved_expected: float
    reserved_share: float | None
    useful_hours: int
    expected_hours: int
    changed: int
    to_confirm: int
    unknown_hours: int


class MissingBody(Body):
    """What the targets lack however the lines are decided."""

    amount: float
    hours: float


class InTurnBody(Body):
    """The same programme decided line by line; ``gain``: hours more of the plan, as a share of its hours."""

    useful_hours: int
    gain: float | None


class SupposedBody(Body):
    """A structure whose capacity is counted for a line: a supposition, never a choice of supplier."""

    name: str
    known_capacity: bool


class DecidedLineBody(Body):
    line: int
    lot: str | None
    text: str
    amount: float | None
    months: int
    start: str | None
    lever: str
    lever_fr: str
    own_lever: str
    own_lever_fr: str
    changed: bool
    why: str | None
    why_fr: str
    hours: int | None
    probability: float
    expected_hours: int
    supposed: list[SupposedBody]


class FreedBody(Body):
    """What one more structure frees: at least these hours when ``sure`` is false."""

    what: str
    annual_amount: float
    hours: int
    lines: int
    sure: bool


class MonthBody(Body):
    """Expected hours of a month: of clauses, and of contracts that structures hold."""

    month: str
    clause: int
    reserved: int


class AskBody(Body):
    """What to ask of a line, in euros a year."""

    line: int
    reused: float
    recycled: float


class FamilyBody(Body):
    """A family of products of AGEC, in euros a year. ``shares``: of re-use, then of recycled matter, ``null`` when not read; ``missing``: what no line may
    be asked."""

    code: str
    family: str
    article: str
    lines: list[int]
    unknown_lines: list[int]
    annual: float
    shares: list[float] | None
    owed: list[float] | None
    missing: list[float] | None
    ask: list[AskBody]
    text: list[str]
    source: str


class WaitingLineBody(Body):
    line: int
    name: str
    text: str
    state_fr: str


class DecisionBody(Body):
    """The decision on a programme."""

    targets: TargetsBody
    solver: SolverBody
    totals: DecisionTotalsBody
    missing: MissingBody
    line_by_line: InTurnBody
    summary: list[str]
    lines: list[DecidedLineBody]
    freed: list[FreedBody]
    families: list[FamilyBody]
    months: list[MonthBody]
    supposed_start: int
    waiting: list[WaitingLineBody]
    limits: list[str]
