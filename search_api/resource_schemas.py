"""The shapes of the answers on resources and on the self-assessment (see ``schemas``)."""

from __future__ import annotations

from collections.abc import Sequence

from vivier.bodies import Body


class ResourceOut(Body):
    """A resource. Empty ``groups`` and ``trades``: every trade; empty ``territories``: everywhere."""

    code: str
    title: str
    publisher: str
    gives: str
    url: str
    kinds: list[str]
    groups: list[str]
    trades: list[str]
    considerations: list[str]
    territories: list[str]
    status: str
    status_fr: str


class ResourceFacetValue(Body):
    """``count``: what the value gives alone."""

    value: str
    label_fr: str
    count: int
    selected: bool


class ResourceFacet(Body):
    """``general``: resources that name no value of it and answer any; they are in every count."""

    title: str
    values: list[ResourceFacetValue]
    general: int


class ResourceMeta(Body):
    """What is to be known of the answer."""

    notices: list[str]


class ResourcesAnswer(Body):
    """All the resources of a query: those that name what is asked first."""

    query: dict[str, object]
    total: int
    results: list[ResourceOut]
    facets: dict[str, ResourceFacet]
    links: dict[str, str]
    meta: ResourceMeta


class AnswerOut(Body):
    """A possible answer; ``points`` from 0 to 100."""

    code: str
    label_fr: str
    points: float


class QuestionOut(Body):
    """A question. ``scope``: ``family`` or ``organisation``; ``low``, ``high``: the range that an unknown answer leaves."""

    code: str
    scope: str
    text: str
    help: str
    weight: float
    low: float
    high: float
    considerations: Sequence[str]
    answers: list[AnswerOut]


class LevelOut(Body):
    """A priority, from a number of points on."""

    code: str
    label_fr: str
    meaning: str
    from_points: float


class ReasonOut(Body):
    """An answer, its part of the score, and what to do."""

    question: str
    answer: str
    part: float
    reason: str
    advice: str
    link: str | None


class UnknownOut(Body):
    """A question without an answer, and what to do to know."""

    question: str
    advice: str


class ScoreOut(Body):
    """0 to 100. ``level`` is ``null`` without any answer; not ``confirmed`` when the range spans several levels."""

    low: float
    central: float
    high: float
    level: LevelOut | None
    confirmed: bool
    reasons: list[ReasonOut]
    unknown: list[UnknownOut]


class PriorityOut(Body):
    """A family of purchases, its score, where to look and who can help."""

    code: str
    name: str
    trades: Sequence[str]
    score: ScoreOut
    links: dict[str, str]
    resources: list[ResourceOut]


class AssessmentMeta(Body):
    """What is to be known of the answer."""

    method_versions: dict[str, str]
    notices: list[str]


class AssessmentAnswer(Body):
    """The questionnaire and, for the families asked, priorities: the most pressing first."""

    query: dict[str, object]
    questions: list[QuestionOut]
    levels: list[LevelOut]
    families: list[PriorityOut]
    organisation: ScoreOut | None
    meta: AssessmentMeta
