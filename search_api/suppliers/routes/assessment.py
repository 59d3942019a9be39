"""The page ``/auto-evaluation``. It needs no index, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from search_api.asked import of_pages
from search_api.context import Context, url_items
from search_api.pages.choices import Adder, Values, adder, filled, messages_by_field, place_options
from search_api.pages.controls import Option, split
from search_api.pages.render import page
from search_api.pages.state import RESULTS, address, grouped
from search_api.suppliers.pages.resources import PATH as RESOURCES
from search_api.suppliers.pages.resources import ResourceCard, resource_card
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.resources import Resource, resources_for
from vivier.search.query import parse_parameters
from vivier.self_assessment import (
    NOTICE,
    Assessment,
    AssessmentQuery,
    Family,
    Priority,
    Question,
    Score,
    assess,
    families,
    levels,
    questions,
)

PATH = "/auto-evaluation"
DEPTH = "/filieres"
LINK_WORDS = {
    "suppliers": "Voir les fournisseurs",
    "depth": "Voir la profondeur de l'offre",
    "resources": "Voir les ressources",
}
SHOWN_REASONS = 3
SHOWN_RESOURCES = 4


@dataclass(frozen=True)
class FormQuestion:
    """A question in the form: its options, of which the chosen one is checked, and the id of its field."""

    id: str
    question: Question
    options: Sequence[Option]


@dataclass(frozen=True)
class Part:
    """The questions on one family, or on the organisation."""

    id: str
    title: str
    questions: Sequence[FormQuestion]


@dataclass(frozen=True)
class Shown:
    """A family with its score, the links of its advice and the resources beside it."""

    family: Family
    score: Score
    links: Mapping[str, str]
    resources: Sequence[ResourceCard]


@dataclass(frozen=True)
class AssessmentForm:
    """The whole form: families to choose, a place, then the questions on the families chosen."""

    groups: Sequence[Option]
    others: Adder
    territory: Adder
    parts: Sequence[Part]
    errors: Mapping[str, tuple[str, ...]]


def assessment_form(values: Values, lexicon: Lexicon, errors: Sequence[FieldError] = ()) -> AssessmentForm:
    """The form filled with the values as typed. Unknown families and answers are dropped: error messages report them."""
    known = families(lexicon)
    wrong = messages_by_field(errors)
    chosen = [code for code in split(values.get("family", ())) if code in known]
    answers = frozenset(split(values.get("answer", ())))
    groups = [Option(f.code, f.name, f.code in chosen) for f in known.values() if f.cpv is None]
    divisions = [Option(f.code, f"{f.cpv} – {f.name.rpartition(' (CPV')[0]}", False) for f in known.values() if f.cpv]
    cpv_given = {"family": tuple(code for code in chosen if known[code].cpv is not None)}
    parts = [_part(f"{code}:", known[code].name, "family", answers) for code in chosen]
    return AssessmentForm(
        groups=groups,
        others=adder("family", "Division CPV", [("Divisions CPV", divisions)], cpv_given, wrong, lexicon),
        territory=adder("territory", "Territoire", place_options(lexicon), values, wrong, lexicon),
        parts=(*parts, _part("", "Votre organisation", "organisation", answers)) if parts else (),
        errors=wrong,
    )


def _part(prefix: str, title: str, scope: str, answers: frozenset[str]) -> Part:
    place = prefix.removesuffix(":") or "organisation"
    fields = [
        FormQuestion(
            f"q-{place}-{question.code}",
            question,
            [_option(f"{prefix}{question.code}:{a.code}", a.label, answers) for a in question.answers],
        )
        for question in questions()
        if question.scope == scope
    ]
    return Part(place, title, fields)


def _option(value: str, label: str, answers: frozenset[str]) -> Option:
    return Option(value, label, value in answers)


def shown(found: Assessment, territory: str | None, lexicon: Lexicon) -> list[Shown]:
    """The families of an assessment, as the page shows them."""
    return [
        Shown(
            priority.family,
            priority.score,
            links_of(priority.family, territory),
            [resource_card(resource, lexicon) for resource in resources_of(priority, territory, lexicon)],
        )
        for priority in found.families
    ]


def links_of(family: Family, territory: str | None) -> dict[str, str]:
    """URLs of the links in advice, by name (see ``vivier.self_assessment.LINKS``)."""
    place = [("territory", territory)] if territory is not None else []
    trades = [("trade", code) for code in family.trades[:50]]
    what = [("cpv", family.cpv)] if family.cpv is not None else trades
    about = trades if family.cpv is not None else [("group", family.code)]
    return {
        "suppliers": address(RESULTS, [*what, *place]) or RESULTS,
        "depth": DEPTH,
        "resources": address(RESOURCES, [*about, *place]) or RESOURCES,
    }


def resources_of(priority: Priority, territory: str | None, lexicon: Lexicon) -> tuple[Resource, ...]:
    """Resources for a family, chosen by the considerations of its heaviest reasons."""
    heavy = [reason for reason in priority.score.reasons if reason.part > 0][:SHOWN_REASONS]
    wanted = dict.fromkeys(name for reason in heavy for name in reason.question.considerations)
    return resources_for(lexicon, priority.family.trades[:50], wanted, territory, limit=SHOWN_RESOURCES)


TITLES = {"family": "Familles d'achat", "answer": "Réponses", "territory": "Territoire"}
FORM_ANCHORS = frozenset(("family", "territory"))


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(PATH)
    def questionnaire(request: Request) -> Response:
        items = filled(url_items(request))
        try:
            query, territory = _read(parse_parameters(items, context.lexicon, AssessmentQuery), context.lexicon)
            return _page(query, assess(query, context.lexicon), territory, items, context.lexicon)
        except InvalidRequest as error:
            return _refused(items, error.errors, context.lexicon)


def _read(query: AssessmentQuery, lexicon: Lexicon) -> tuple[AssessmentQuery, str | None]:
    """The query, and the long form of its territory if it has one. Raises ``InvalidRequest``."""
    if not query.territory:
        return query, None
    territory, _ = lexicon.gazetteer.parse(query.territory[0])
    return query.model_copy(update={"territory": (territory.id,)}), territory.id


def _page(
    query: AssessmentQuery, found: Assessment, territory: str | None, items: list[tuple[str, str]], lexicon: Lexicon
) -> Response:
    values = {
        "form": assessment_form(grouped(items), lexicon),
        "families": shown(found, territory, lexicon) if query.answer else [],
        "organisation": found.organisation,
        **_always(()),
    }
    return page("assessment.html", values)


def _refused(items: list[tuple[str, str]], errors: tuple[FieldError, ...], lexicon: Lexicon) -> Response:
    """The page 422: every error in a summary, the other inputs as typed, no result."""
    form = assessment_form(grouped(items), lexicon, errors)
    values = {"form": form, "families": [], "organisation": None, **_always(errors)}
    return page("assessment.html", values, status=422)


def _always(errors: tuple[FieldError, ...]) -> dict[str, object]:
    return {
        "errors": [(error, TITLES.get(error.field, error.field)) for error in errors],
        "anchors": FORM_ANCHORS,
        "levels": levels(),
        "link_words": LINK_WORDS,
        "shown_reasons": SHOWN_REASONS,
        "about": NOTICE,
    }
