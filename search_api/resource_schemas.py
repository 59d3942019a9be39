"""The shapes of the answers on resources and on the self-assessment (see ``schemas``)."""

from __future__ import annotations

from typing import Any

from vivier.model import Model


class ResourceOut(Model):
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


class ResourceFacetValue(Model):
    """``count``: what the value gives alone."""

    value: str
    label_fr: str
    count: int
    selected: bool


class ResourceFacet(Model):
    """``general``: resources that name no value of it and answer any; they are in every count."""

    title: str
    values: list[ResourceFacetValue]
    general: int


class ResourceMeta(Model):
    """What is to be known of the answer."""

    notices: list[str]


class ResourcesAnswer(Model):
    """All the resources of a query: those that name what is asked first."""

    query: dict[str, Any]
    total: int
    results: list[ResourceOut]
    facets: dict[str, ResourceFacet]
    links: dict[str, str]
    meta: ResourceMeta


class AnswerOut(Model):
    """A possible answer; ``points`` from 0 to 100."""

    code: str
    label_fr: str
    points: float


class QuestionOut(Model):
    """A question. ``scope``: ``family`` or ``organisation``; ``low``, ``high``: the range that an unknown answer leaves."""

    code: str
    scope: str
    text: str
    help: str
    weight: float
    low: float
    high: float
    considerations: list[str]
    answers: list[AnswerOut]


class LevelOut(Model):
    """A priority, from a number of points on."""

    code: str
    label_fr: str
    meaning: str
    from_points: float


class ReasonOut(Model):
    """An answer, its part of the score, and what to do."""

    question: str
    answer: str
    part: float
    reason: str
    advice: str
    link: str | None


class UnknownOut(Model):
    """A question without an answer, and what to do to know."""

    question: str
    advice: str


class ScoreOut(Model):
    """0 to 100. ``level`` is ``null`` without any answer; not ``confirmed`` when the range spans several levels."""

    low: float
    central: float
    high: float
    level: LevelOut | None
    confirmed: bool
    reasons: list[ReasonOut]
    unknown: list[UnknownOut]


class PriorityOut(Model):
    """A family of purchases, its score, where to look and who can help."""

    code: str
    name: str
    trades: list[str]
    score: ScoreOut
    links: dict[str, str]
    resources: list[ResourceOut]


class AssessmentMeta(Model):
    """What is to be known of the answer."""

    method_versions: dict[str, str]
    notices: list[str]


class AssessmentAnswer(Model):
    """The questionnaire and, for the families asked, priorities: the most pressing first."""

    query: dict[str, Any]
    questions: list[QuestionOut]
    levels: list[LevelOut]
    families: list[PriorityOut]
    organisation: ScoreOut | None
    meta: AssessmentMeta
