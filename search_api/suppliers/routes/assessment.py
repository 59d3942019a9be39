"""``/v1/assessment`` and the page ``/auto-evaluation``. Neither needs an index, and nothing is stored."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from search_api.context import Context, url_items
from search_api.openapi import problems, typed
from search_api.pages.choices import filled
from search_api.pages.render import page
from search_api.pages.state import address, grouped
from search_api.parameters import openapi_parameters
from search_api.resource_schemas import AssessmentAnswer, LevelOut, PriorityOut, QuestionOut, ScoreOut
from search_api.responses import JSON, negotiate, table_response
from search_api.suppliers.pages.assessment import (
    LINK_WORDS,
    PATH,
    SHOWN_REASONS,
    assessment_form,
    links_of,
    resources_of,
    shown,
)
from search_api.suppliers.routes.resources import resource_body
from vivier.bodies import body_of
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.query import parse_parameters
from vivier.self_assessment import (
    METHOD_VERSION,
    NOTICE,
    Assessment,
    AssessmentQuery,
    Level,
    Priority,
    Question,
    Score,
    assess,
    levels,
    questions,
)

API = "/v1/assessment"
TITLES = {"family": "Familles d'achat", "answer": "Réponses", "territory": "Territoire"}
FORM_ANCHORS = frozenset(("family", "territory"))


def router(context: Context) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["auto-évaluation"])

    @routes.get(
        API,
        summary="Auto-évaluation par famille d'achat : questions, priorités, raisons et ressources",
        responses={200: {"model": typed(AssessmentAnswer)}, **problems(406, 422)},
        openapi_extra={"parameters": openapi_parameters(AssessmentQuery, context.lexicon)},
    )
    def assessment(request: Request) -> Response:
        negotiate(request, JSON)
        query, territory = _read(context.parse(request, AssessmentQuery), context.lexicon)
        return table_response(request, _body(query, territory, context.lexicon))

    @routes.get(PATH, include_in_schema=False)
    def questionnaire(request: Request) -> Response:
        items = filled(url_items(request))
        try:
            query, territory = _read(parse_parameters(items, context.lexicon, AssessmentQuery), context.lexicon)
            return _page(query, assess(query, context.lexicon), territory, items, context.lexicon)
        except InvalidRequest as error:
            return _refused(items, error.errors, context.lexicon)

    return routes


def _read(query: AssessmentQuery, lexicon: Lexicon) -> tuple[AssessmentQuery, str | None]:
    """The query, and the long form of its territory if it has one. Raises ``InvalidRequest``."""
    if not query.territory:
        return query, None
    territory, _ = lexicon.gazetteer.parse(query.territory[0])
    return query.model_copy(update={"territory": (territory.id,)}), territory.id


def _body(query: AssessmentQuery, territory: str | None, lexicon: Lexicon) -> AssessmentAnswer:
    found = assess(query, lexicon)
    return {
        "query": query.model_dump(mode="json"),
        "questions": [_question(question) for question in questions()],
        "levels": [_level(level) for level in levels()],
        "families": [_priority(priority, territory, lexicon) for priority in found.families],
        "organisation": None if found.organisation is None else _score(found.organisation),
        "meta": {"method_versions": {"assessment": METHOD_VERSION}, "notices": [NOTICE]},
    }


def _question(question: Question) -> QuestionOut:
    return body_of(
        QuestionOut,
        question,
        answers=[{"code": a.code, "label_fr": a.label, "points": a.points} for a in question.answers],
    )


def _level(level: Level) -> LevelOut:
    return {
        "label_fr": level.label,
        "code": level.code,
        "from_points": level.from_points,
        "meaning": level.meaning,
    }


def _priority(priority: Priority, territory: str | None, lexicon: Lexicon) -> PriorityOut:
    return {
        "code": priority.family.code,
        "name": priority.family.name,
        "trades": priority.family.trades,
        "score": _score(priority.score),
        "links": links_of(priority.family, territory),
        "resources": [resource_body(resource) for resource in resources_of(priority, territory, lexicon)],
    }


def _score(score: Score) -> ScoreOut:
    return {
        "low": round(score.low, 1),
        "central": round(score.central, 1),
        "high": round(score.high, 1),
        "level": None if score.level is None else _level(score.level),
        "confirmed": score.confirmed,
        "reasons": [
            {
                "question": reason.question.code,
                "answer": reason.answer.code,
                "part": round(reason.part, 1),
                "reason": reason.answer.reason,
                "advice": reason.answer.advice,
                "link": None if reason.answer.link == "none" else reason.answer.link,
            }
            for reason in score.reasons
        ],
        "unknown": [{"question": question.code, "advice": question.to_find} for question in score.unknown],
    }


def _page(
    query: AssessmentQuery, found: Assessment, territory: str | None, items: list[tuple[str, str]], lexicon: Lexicon
) -> Response:
    values = {
        "form": assessment_form(grouped(items), lexicon),
        "families": shown(found, territory, lexicon) if query.answer else [],
        "organisation": found.organisation,
        "api": address(API, items) or API,
        **_always(()),
    }
    return page("assessment.html", values)


def _refused(items: list[tuple[str, str]], errors: tuple[FieldError, ...], lexicon: Lexicon) -> Response:
    """The page 422: every error in a summary, the other inputs as typed, no result."""
    form = assessment_form(grouped(items), lexicon, errors)
    values = {"form": form, "families": [], "organisation": None, "api": API, **_always(errors)}
    return page("assessment.html", values, status=422)


def _always(errors: tuple[FieldError, ...]) -> dict[str, object]:
    return {
        "errors": [(error, TITLES.get(error.field, error.field)) for error in errors],
        "anchors": FORM_ANCHORS,
        "levels": levels(),
        "link_words": LINK_WORDS,
        "shown_reasons": SHOWN_REASONS,
        "about": NOTICE,
        "need": "",
        "sources": (),
    }
