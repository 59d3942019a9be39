"""Self-assessment by purchase family: turns answers to a short questionnaire into priorities, with their reasons.

Questions, answers, points, weights, levels and advice are tables (``mappings/tables/assessment_*.csv``); all are judgements of
ours. The score of a family is the weighted mean of the points of its answers, 0 to 100: the higher, the more urgent the action.
A question without an answer counts neither as the worst answer nor as the best: it gives a range, from its lowest to its highest
points, and the score shown is the middle of the range. A pure function: nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import Field

from mappings import read_table
from vivier.errors import FieldError, refuse_any
from vivier.law.rows import phrases
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.filters import Filter
from vivier.trades.cpv import load_cpv

NOTICE: Final = (
    "Aide à la réflexion : points et poids sont des choix de Vivier, lisibles dans ses tables. Rien n'est enregistré : "
    "les réponses sont dans l'adresse de la page. Ne vaut pas conseil juridique."
)
MAX_FAMILIES: Final = 8
MAX_ANSWERS: Final = 100
Scope = Literal["family", "organisation"]
SCOPES: Final[tuple[Scope, ...]] = ("family", "organisation")
LINKS: Final = ("none", "suppliers", "depth", "resources")


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible answer: its points (0 to 100), its reason, the advice, and the page that the advice links to (:data:`LINKS`)."""

    code: str
    label: str
    points: float
    reason: str
    advice: str
    link: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a family or on the organisation. ``to_find``: advice for a user who does not know the answer."""

    code: str
    scope: Scope
    text: str
    help: str
    weight: float
    considerations: tuple[str, ...]
    to_find: str
    answers: tuple[Answer, ...]

    @property
    def low(self) -> float:
        """The fewest points that an answer gives."""
        return min(answer.points for answer in self.answers)

    @property
    def high(self) -> float:
        """The most points that an answer gives."""
        return max(answer.points for answer in self.answers)

    def answer(self, code: str) -> Answer | None:
        """The answer with this code; ``None`` when there is none."""
        return next((answer for answer in self.answers if answer.code == code), None)


@dataclass(frozen=True, slots=True)
class Level:
    """A priority, which begins at ``from_points``."""

    code: str
    from_points: float
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Family:
    """A purchase family: a group of trades, or a division of the CPV (two digits)."""

    code: str
    name: str
    trades: tuple[str, ...]
    cpv: str | None


@dataclass(frozen=True)
class Reason:
    """An answer and its part of the score: ``points`` × ``weight`` ÷ the weights of all the questions."""

    question: Question
    answer: Answer
    part: float


@dataclass(frozen=True)
class Score:
    """A score out of 100, with its reasons. ``level`` is that of ``central``, ``None`` without any answer.

    It is not ``confirmed`` when the range from ``low`` to ``high`` spans several levels.
    """

    low: float
    central: float
    high: float
    level: Level | None
    confirmed: bool
    reasons: tuple[Reason, ...]
    unknown: tuple[Question, ...]


@dataclass(frozen=True)
class Priority:
    """A family and its score."""

    family: Family
    score: Score


@dataclass(frozen=True)
class Assessment:
    """Families by decreasing score, then by name; those without an answer come last.

    ``organisation`` is ``None`` when none of its questions has an answer.
    """

    families: tuple[Priority, ...]
    organisation: Score | None


def _families(lexicon: Lexicon) -> Mapping[str, str]:
    return {code: family.name for code, family in families(lexicon).items()}


class AssessmentQuery(Model):
    """The families assessed and the answers given."""

    family: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=120)], ...],
        Field(max_length=MAX_FAMILIES, description="familles d'achat : groupe de métiers (« proprete ») ou division CPV (« 90 »)"),
        Filter("Famille d'achat", "family", allowed=_families),
    ] = ()  # fmt: skip
    answer: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=120)], ...],
        Field(max_length=MAX_ANSWERS, description="réponses : « famille:question:réponse », ou « question:réponse » pour l'organisation ; sans réponse, inconnu"),
    ] = ()  # fmt: skip
    territory: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=120)], ...],
        Field(
            max_length=1, description="territoire des liens et des ressources : departement:35, region:53… (un seul)"
        ),
    ] = ()


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    """The questionnaire, in its order. Raises ``ValueError`` naming the wrong row."""
    answers: dict[str, list[Answer]] = {}
    for row in read_table("assessment_answers"):
        answers.setdefault(row["question"], []).append(_answer(row))
    return tuple(_question(row, tuple(answers.get(row["code"], ()))) for row in read_table("assessment_questions"))


@lru_cache(maxsize=1)
def levels() -> tuple[Level, ...]:
    """The priorities, the lowest first."""
    rows = read_table("assessment_levels")
    made = (Level(row["code"], float(row["from_points"]), row["label"], row["meaning"]) for row in rows)
    return tuple(sorted(made, key=lambda level: level.from_points))


@lru_cache(maxsize=2)
def families(lexicon: Lexicon) -> Mapping[str, Family]:
    """Every family by code: the groups of trades, then the CPV divisions that have a trade."""
    groups = {
        group.code: Family(group.code, group.name, tuple(trade.code for trade in group.trades), None)
        for group in lexicon.trades.groups()
    }
    mapped = (row["division"] for row in read_table("cpv_scope") if row["status"] == "mapped")
    return groups | {division: _division(division, lexicon) for division in mapped}


def assess(query: AssessmentQuery, lexicon: Lexicon) -> Assessment:
    """The priorities. Raises ``InvalidRequest`` for an answer that cannot be read, is given twice, or is for a family that was not
    requested."""
    given = _read(query)
    known = families(lexicon)
    ranked = [Priority(known[code], score("family", given.get(code, {}))) for code in query.family]
    ranked.sort(key=lambda priority: (not priority.score.reasons, -priority.score.central, priority.family.name))
    organisation = given.get("", {})
    return Assessment(tuple(ranked), score("organisation", organisation) if organisation else None)


def score(scope: Scope, given: Mapping[str, str]) -> Score:
    """The score of the answers (question → code) to the questions of a scope."""
    selected = [question for question in questions() if question.scope == scope]
    total = sum(question.weight for question in selected)
    reasons, unknown, low, high = [], [], 0.0, 0.0
    for question in selected:
        answer = question.answer(given.get(question.code, ""))
        least, most = (question.low, question.high) if answer is None else (answer.points, answer.points)
        low += least * question.weight / total
        high += most * question.weight / total
        if answer is None:
            unknown.append(question)
        else:
            reasons.append(Reason(question, answer, answer.points * question.weight / total))
    reasons.sort(key=lambda reason: -reason.part)
    return _scored(low, high, tuple(reasons), tuple(unknown))


def _scored(low: float, high: float, reasons: tuple[Reason, ...], unknown: tuple[Question, ...]) -> Score:
    low, high = round(low, 6), round(high, 6)  # 64.99999999 is not another level than 65
    central = round((low + high) / 2, 6)
    level = level_of(central) if reasons else None
    return Score(low, central, high, level, level_of(low) == level_of(high), reasons, unknown)


def level_of(points: float) -> Level:
    """The priority of a score."""
    return [level for level in levels() if level.from_points <= points][-1]


def _read(query: AssessmentQuery) -> dict[str, dict[str, str]]:
    """Answers by family (``""``: the organisation), then by question. Raises ``InvalidRequest`` with every error."""
    given: dict[str, dict[str, str]] = {}
    errors: list[FieldError] = []
    for text in dict.fromkeys(query.answer):
        family, _, named = text.rpartition(":")[0].rpartition(":")
        code = text.rpartition(":")[2]
        wrong = _wrong(text, family, named, code, query.family)
        if wrong is None and named in given.get(family, {}):
            wrong = f"Deux réponses à « {named} »{f' pour « {family} »' if family else ''} : gardez-en une."
        if wrong is not None:
            errors.append(FieldError("answer", "invalid_value", wrong))
        else:
            given.setdefault(family, {})[named] = code
    refuse_any(errors)
    return given


def _wrong(text: str, family: str, named: str, code: str, requested: Iterable[str]) -> str | None:
    """The French reason why an answer is refused; ``None`` when it is accepted."""
    shown = text[:80]
    question = next((candidate for candidate in questions() if candidate.code == named), None)
    if question is None:
        listed = ", ".join(known.code for known in questions())
        return f"« {shown} » ne nomme aucune question : {listed}."
    if question.answer(code) is None:
        listed = ", ".join(answer.code for answer in question.answers)
        return f"« {shown} » : réponses admises à « {named} » : {listed}."
    if question.scope == "organisation" and family:
        return f"« {shown} » : « {named} » concerne l'organisation, écrivez « {named}:{code} »."
    if question.scope == "family" and family not in requested:
        return f"« {shown} » : écrivez « famille:{named}:{code} », avec une famille demandée (family)."
    return None


def _answer(row: Mapping[str, str]) -> Answer:
    points = float(row["points"])
    if not 0 <= points <= 100 or row["link"] not in LINKS:
        raise ValueError(f"assessment_answers.csv, {row['question']}, {row['code']}: points or link")
    return Answer(row["code"], row["label"], points, row["reason"], row["advice"], row["link"])


def _question(row: Mapping[str, str], answers: tuple[Answer, ...]) -> Question:
    scope = next((name for name in SCOPES if name == row["scope"]), None)
    weight = float(row["weight"])
    if scope is None or weight <= 0 or len({answer.code for answer in answers}) < max(2, len(answers)):
        raise ValueError(
            f"assessment_questions.csv, {row['code']}: scope, weight, or answers (two at least, each once)"
        )
    considerations = phrases(row["considerations"])
    return Question(row["code"], scope, row["text"], row["help"], weight, considerations, row["to_find"], answers)


def _division(code: str, lexicon: Lexicon) -> Family:
    label = load_cpv().label(code + "000000")
    return Family(code, f"{label} (CPV {code})", tuple(trade.code for trade, _ in lexicon.trades.by_cpv(code)), code)
