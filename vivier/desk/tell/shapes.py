"""What a consultation is written as: the same for the API, the pages, the tables and the dossiers."""

from __future__ import annotations

from typing import Literal

from vivier.bodies import Body
from vivier.contracts.story import RelatedBody
from vivier.desk.parts import PartsBody
from vivier.desk.tell.feasibility_shapes import AdviceBody, FeasibilityBody, StructureBody
from vivier.desk.tell.green import GreenBody
from vivier.desk.tell.sourcing import SourcingBody
from vivier.desk.tell.together import ConsortiumBody
from vivier.law.articles import ArticleBody
from vivier.law.parameters import ParameterBody


class LineAmountRangeBody(Body):
    least: float | None
    most: float | None
    framework: bool


class LineErrorsBody(Body):
    field: str
    code: str
    message: str
    allowed: list[str]


class LineBody(Body):
    line: int
    lot: str | None
    input: dict[str, str]
    state: str
    state_fr: str
    text: str
    trades: list[ChoiceBody]
    other_trades: list[ChoiceBody]
    second_trades: list[ChoiceBody]
    territories: list[ChoiceBody]
    other_territories: list[ChoiceBody]
    cpv: list[str]
    amount: float | None
    amount_range: LineAmountRangeBody | None
    months: int | None
    labour_share: float | None
    category: str
    kind: str
    launched: str | None
    settings: dict[str, object]
    errors: list[LineErrorsBody]
    notes: list[str]


class ReadingBody(Body):
    """A likely reading of a cell: what it says, and the column and the cell that say it; « - » empties it."""

    label_fr: str
    field: str
    cell: str


class RepairBody(Body):
    """A cell to repair, with its words."""

    field: str
    words: str
    message: str
    readings: list[ReadingBody]


class ChoiceBody(Body):
    code: str
    label_fr: str
    confidence: float


class ContactBody(StructureBody):
    role: str
    role_fr: str


class ContactsBody(Body):
    seed: str
    order: str
    structures: list[ContactBody]


class WaitingBody(Body):
    """A line that waits for a correction."""

    understood: LineBody
    studied: Literal[False]
    notes: list[str]


class StepsBody(Body, total=False):
    """What structures answered, and the parts of a large place: absent without any."""

    sourcing: SourcingBody
    parts: PartsBody


class StudyBody(FeasibilityBody, StepsBody):
    """The study of a lot."""

    understood: LineBody
    studied: Literal[True]
    settings: dict[str, object]
    text: str
    advice: AdviceBody
    hours: HoursBody | None
    duties: list[DutyBody]
    environment: GreenBody | None
    comparable: PastBody | None
    reserved_history: HistoryBody | None
    experience: ExperienceBody | None
    consortium: ConsortiumBody | None
    contacts: ContactsBody
    notes: list[str]


class BoardLineBody(Body):
    """What was read of a line. Not ``studied``: it waits for a correction."""

    line: int
    lot: str | None
    text: str
    state: str
    state_fr: str
    trades: list[str]
    territories: list[str]
    amount: float | None
    months: int | None
    errors: list[str]
    studied: bool


class BoardBody(BoardLineBody, total=False):
    """One row of a board; the members of a study only when the line is studied."""

    article: str | None
    lever: str
    lever_fr: str
    reason: str
    confidence: str
    confidence_fr: str
    structures: dict[str, int]
    at_least_two_able: float
    enough_structures: float
    hours: BoardHoursBody | None
    products: list[str]


class BoardTotalsBody(Body):
    lots: int
    to_correct: int
    levers: dict[str, int]
    insertion_hours: int


class BoardHoursBody(Body):
    low: int | None
    central: int | None
    high: int | None
    per_100k: float


class EffortBody(Body):
    """The insertion hours at one effort."""

    effort: float
    low: int
    central: int
    high: int


class HoursBody(Body):
    low: EstimateBody | None
    central: EstimateBody | None
    high: EstimateBody | None
    by_effort: list[EffortBody]
    per_100k: float
    labour_share: float
    labour_source: dict[str, str] | None
    hourly_cost: float
    hourly_cost_source: dict[str, str] | None
    effort: float
    newly_assigned: float
    formula: str
    parameters: list[ParameterBody]
    warnings: list[str]


class EstimateBody(Body):
    total_hours: int
    insertion_hours: int
    fte_years: float
    fte: float
    months_for_people: float
    local_share: float | None


class DutyBody(Body):
    duty: str
    article: ArticleBody | None
    state: str
    state_fr: str
    text: str
    draft: str | None


class PastProvisionsBody(Body):
    code: str
    label_fr: str
    count: int


class PastOffersBody(Body):
    known: int
    median: float | None
    one_only: int


class PastBody(Body):
    basis: str
    total: int
    alike_in_size: int | None
    social_unknown: int
    provisions: list[PastProvisionsBody]
    offers: PastOffersBody
    months_median: float | None
    listed: list[RelatedBody]


class HistoryBody(Body):
    territories: list[str]
    total: int
    in_trade: int
    listed: list[RelatedBody]


class ExperienceBody(Body):
    months: int
    contracts: int
    structures: int
    buyers: int
    reserved: int
    social: int
