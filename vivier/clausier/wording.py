"""Fills the templates of clauses with the figures of a lot. Nothing is left to fill: what is unknown is written as a sentence that says
what the buyer sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from vivier.bodies import Body, body_of
from vivier.clausier.table import (
    KINDS,
    STAGES,
    USES,
    Kind,
    Part,
    Stage,
    TradeClauses,
    Use,
    clauses_of,
    parts,
    reservations,
)
from vivier.errors import NotFound
from vivier.french import NO_BREAK, day, euros, integer, number, plural
from vivier.law.articles import ARTICLES, ArticleBody, article_body
from vivier.law.labels import LABELS
from vivier.law.parameters import labour_cost_of, value
from vivier.lexicon import Lexicon
from vivier.trades.table import Trade

METHOD_VERSION: Final = "clauses-3"
WHAT: Final = (
    "Proposition de rédaction de Vivier, à adapter et à faire relire par le juriste de l'acheteur. Elle n'engage personne et ne vaut pas "
    "conseil juridique."
)
CONCESSION: Final[Mapping[str, str]] = {
    "L2112-2": "L3114-2",
    "R2152-7": "L3124-5",
    "L2152-7": "L3124-5",
    "L2113-12": "L3113-1",
    "L2113-13": "L3113-2",
    "L2113-13-1": "L3113-2-1",
}
"""The article of concessions that holds where an article of contracts does."""
TITLES: Final[Mapping[tuple[Kind, Use], str]] = {
    ("social", "condition"): "Clause sociale d'insertion",
    ("social", "criterion"): "Critère social",
    ("social", "reservation"): "Réservation du marché",
    ("environmental", "condition"): "Condition environnementale",
    ("environmental", "criterion"): "Critère environnemental",
}
NO_HOURS: Final = (
    "Le titulaire fait faire par des personnes éligibles le nombre d'heures de travail écrit à l'acte d'engagement. L'acheteur le fixe "
    "d'après le montant et la part de main-d'œuvre du lot."
)
_LABELS: Final = re.compile(r"\{([A-Z0-9_]+)\}(?: ou \{([A-Z0-9_]+)\})?")
_NO_BREAK: Final = re.compile(r"(?<=«) | (?=[»;:%€])")
_FIGURE: Final = re.compile(r"\{([a-z0-9_]+)\}")


class ClauseParagraphsBody(Body):
    stage: str
    stage_fr: str
    title: str
    text: object
    basis: str


class ClauseLabelsBody(Body):
    code: str
    name: object


class ClauseBody(Body):
    kind: str
    use: str
    title: str
    trade: str
    article: ArticleBody
    paragraphs: list[ClauseParagraphsBody]
    labels: list[ClauseLabelsBody]


@dataclass(frozen=True)
class LotFigures:
    """What a clause takes from a lot. ``hours``: insertion hours over the contract; ``per_100k``: hours for 100,000 € ordered;
    ``months``: duration; ``start``: planned launch; ``hourly_cost``: euros; ``reserving``: the article that reserves. ``None``: unknown."""

    object: str = ""
    hours: float | None = None
    per_100k: float | None = None
    months: int | None = None
    start: date | None = None
    hourly_cost: float | None = None
    concession: bool = False
    reserving: str | None = None


class Paragraph(NamedTuple):
    """A paragraph of a clause, filled. ``stage``: where it is pasted; ``basis``: the text that it rests on, or the choice of ours."""

    stage: Stage
    title: str
    text: str
    basis: str


@dataclass(frozen=True)
class Clause:
    """One proposed clause. ``labels``: codes of those that it names."""

    kind: Kind
    use: Use
    title: str
    article: str
    trade: str
    paragraphs: tuple[Paragraph, ...]
    labels: tuple[str, ...]


OPEN_TASKS: Final = "les tâches de ces prestations qui s'apprennent au poste, sans diplôme ni habilitation préalable"
CLOSED_TASKS: Final = "les postes d'appui à ces prestations, et ceux qu'une formation ouvre pendant le marché"
"""Tasks of a trade without a template, by whether some of its posts need no qualification."""


def clauses_for(trade: str, lot: LotFigures, lexicon: Lexicon) -> tuple[Clause, ...]:
    """The clauses of a trade: social condition and criterion of any, its reservation under the article of the lot, environmental
    condition and criterion when the trade has a template. Raises ``NotFound`` for an unknown trade."""
    if trade not in lexicon.trades:
        raise NotFound(f"Métier inconnu : « {trade} ».")
    found = lexicon.trades.get(trade)
    return tuple(_clauses(found, clauses_of(found, lexicon.trades), lot))


def _clauses(trade: Trade, template: TradeClauses | None, lot: LotFigures) -> Iterator[Clause]:
    values = _values(trade, template, lot)
    for kind in KINDS:
        for use in USES:
            shared = [part for part in parts() if part.kind == kind and part.use == use]
            if (
                not shared
                or (kind == "environmental" and template is None)
                or (use == "reservation" and not values["reserving"])
            ):
                continue
            raw = list(_paragraphs(shared, template))
            article = values["reserving"] if use == "reservation" else _of_form(shared[0].article, lot)
            yield Clause(
                kind,
                use,
                TITLES[kind, use],
                article,
                trade.code,
                tuple(
                    Paragraph(stage, title, filled(text, values), filled(basis, values))
                    for stage, title, text, basis in raw
                ),
                tuple(dict.fromkeys(code for _, _, text, _ in raw for code in labels_in(text))),
            )


def _of_form(article: str, lot: LotFigures) -> str:
    """The article that founds a clause for the form of contract of a lot."""
    return CONCESSION.get(article, article) if lot.concession else article


def _paragraphs(shared: list[Part], template: TradeClauses | None) -> Iterator[Paragraph]:
    """The paragraphs of a clause before they are filled: the requirements of the trade come before their proofs."""
    for part in shared:
        if template is not None and (part.kind, part.use, part.stage) == ("environmental", "condition", "proof"):
            for rank, requirement in enumerate(template.requirements, 1):
                yield Paragraph("contract", f"Exigence {rank}", requirement, "Choix de Vivier pour ce métier.")
        yield Paragraph(part.stage, part.title, part.text, part.basis)


def _values(trade: Trade, template: TradeClauses | None, lot: LotFigures) -> dict[str, str]:
    cost, multiple = lot.hourly_cost or labour_cost_of(trade.code).cost, value("penalty_multiple")
    reserved = reservations().get(_of_form(lot.reserving or "", lot))
    per_100k = (
        "un nombre d'heures pour 100 000 € hors taxes écrit à l'acte d'engagement"
        if lot.per_100k is None
        else f"{number(lot.per_100k)} heures pour 100 000 € hors taxes"
    )
    criterion = "" if template is None else template.criterion
    return {
        "object": lot.object.strip() or trade.name,
        "trade": f"« {trade.name} »",
        "tasks": template.tasks if template is not None else OPEN_TASKS if trade.open_posts else CLOSED_TASKS,
        "criterion": criterion[:1].lower() + criterion[1:],
        "hours": _hours(lot),
        "per_100k": per_100k,
        "penalty": euros(cost * multiple),
        "penalty_multiple": integer(multiple),
        "founding": _of_form("L2112-2", lot),
        "criteria": _of_form("R2152-7", lot),
        "reserving": reserved.article if reserved else "",
        "whom": reserved.whom if reserved else "",
        "staff": reserved.staff if reserved else "",
        "status_proof": reserved.proof if reserved else "",
        "staff_basis": reserved.basis if reserved else "",
    }


def _hours(lot: LotFigures) -> str:
    if lot.hours is None or round(lot.hours) < 1:
        return NO_HOURS
    months = "le mois" if lot.months == 1 else f"les {integer(lot.months)} mois" if lot.months else "la durée"
    during = f"Sur {months} du marché{', reconductions comprises' if lot.months else ''}"
    start = f", à compter de son lancement prévu le {day(lot.start)}" if lot.start else ""
    hours = plural(round(lot.hours), "heure")
    return f"{during}{start}, le titulaire fait faire au moins {hours} de travail par des personnes éligibles."


def labels_in(text: str) -> tuple[str, ...]:
    """The codes of the labels that a template names."""
    return tuple(code for match in _LABELS.finditer(text) for code in match.groups() if code)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A template filled. A label is followed by « ou équivalent ». Raises ``KeyError`` for a field that is neither a figure nor a label."""
    figures = _FIGURE.sub(lambda match: values[match[1]], text)
    named = _LABELS.sub(
        lambda match: f"{', '.join(LABELS[code].name for code in match.groups() if code)} ou équivalent", figures
    )
    return _NO_BREAK.sub(NO_BREAK, named)


def clause_body(clause: Clause) -> ClauseBody:
    """A clause as plain JSON."""
    return body_of(
        ClauseBody,
        clause,
        article=article_body(ARTICLES[clause.article]),
        paragraphs=[{**part._asdict(), "stage_fr": STAGES[part.stage]} for part in clause.paragraphs],
        labels=[{"code": code, "name": LABELS[code].name} for code in clause.labels],
    )


def clauses_text(clauses: Sequence[ClauseBody]) -> str:
    """Clauses as a text to paste: each stage under its name, then what each paragraph rests on."""
    lines: list[str] = [WHAT]
    for clause in clauses:
        lines += ["", "", f"{clause['title'].upper()} ({clause['article']['code']})"]
        for stage, paragraphs in groupby(clause["paragraphs"], key=itemgetter("stage_fr")):
            lines += ["", stage]
            lines += [f"{part['title']}. {part['text']}\n    [Source : {part['basis']}]" for part in paragraphs]
    return "\n".join(lines) + "\n"
