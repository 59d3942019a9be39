"""Fills the templates of clauses with the figures of a lot. Nothing is left to fill: what is unknown is written as a sentence that says
what the buyer sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.bodies import Body, body_of
from vivier.clausier.table import KINDS, USES, Kind, Part, TradeClauses, Use, clauses_of, parts
from vivier.errors import NotFound
from vivier.french import NO_BREAK, day, euros, integer, number, plural
from vivier.law.articles import ARTICLES, ArticleBody, article_body
from vivier.law.labels import LABELS
from vivier.law.parameters import labour_cost_of, value
from vivier.lexicon import Lexicon
from vivier.trades.table import Trade

METHOD_VERSION: Final = "clauses-2"
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
    "L2113-14": "L3113-3",
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
    title: str
    text: object


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


@dataclass(frozen=True)
class Clause:
    """One proposed clause. ``paragraphs``: title and text of each, filled; ``labels``: codes of those that it names."""

    kind: Kind
    use: Use
    title: str
    article: str
    trade: str
    paragraphs: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]


def clauses_for(trade: str, lot: LotFigures, lexicon: Lexicon) -> tuple[Clause, ...]:
    """The clauses of a trade: social condition and criterion, environmental condition and criterion; none when no template exists.
    Raises ``NotFound`` for an unknown trade."""
    if trade not in lexicon.trades:
        raise NotFound(f"Métier inconnu : « {trade} ».")
    found = lexicon.trades.get(trade)
    asked = clauses_of(found, lexicon.trades)
    return () if asked is None else tuple(_clauses(found, asked, lot))


def _clauses(trade: Trade, asked: TradeClauses, lot: LotFigures) -> Iterator[Clause]:
    for kind in KINDS:
        for use in USES:
            shared = [part for part in parts() if part.kind == kind and part.use == use]
            raw = list(_paragraphs(shared, asked))
            if not shared:
                continue
            founded = lot.reserving if use == "reservation" and lot.reserving else shared[0].article
            article = CONCESSION.get(founded, founded) if lot.concession else founded
            values = _values(trade, asked, lot)
            yield Clause(
                kind,
                use,
                TITLES[kind, use],
                article,
                trade.code,
                tuple((title, filled(text, values)) for title, text in raw),
                tuple(dict.fromkeys(code for _, text in raw for code in labels_in(text))),
            )


def _paragraphs(shared: list[Part], asked: TradeClauses) -> Iterator[tuple[str, str]]:
    """The paragraphs of a clause before they are filled: the requirements of the trade come before the penalties."""
    for part in shared:
        if part.kind == "environmental" and part.part == "penalty":
            for rank, requirement in enumerate(asked.requirements, 1):
                yield f"Exigence {rank}", requirement
        yield part.title, part.text


def _values(trade: Trade, asked: TradeClauses, lot: LotFigures) -> dict[str, str]:
    cost, multiple = lot.hourly_cost or labour_cost_of(trade.code).cost, value("penalty_multiple")
    reserving, whom, workers = _RESERVED.get(lot.reserving or "", _RESERVED[""])
    per_100k = (
        "un nombre d'heures pour 100 000 € hors taxes écrit à l'acte d'engagement"
        if lot.per_100k is None
        else f"{number(lot.per_100k)} heures pour 100 000 € hors taxes"
    )
    return {
        "object": lot.object.strip() or trade.name,
        "trade": f"« {trade.name} »",
        "tasks": asked.tasks,
        "criterion": asked.criterion[:1].lower() + asked.criterion[1:],
        "hours": _hours(lot),
        "per_100k": per_100k,
        "penalty": euros(cost * multiple),
        "penalty_multiple": integer(multiple),
        "reserving": reserving,
        "whom": whom,
        "workers": workers,
        "half": "R3113-1, à vérifier" if lot.concession else "R2113-7",
    }


_DISABILITY: Final = ("les entreprises adaptées, les ESAT et les structures équivalentes", "de travailleurs handicapés")
_INSERTION: Final = (
    "les structures d'insertion par l'activité économique et les structures équivalentes",
    "de travailleurs défavorisés",
)
_BOTH: Final = (
    "les entreprises adaptées, les ESAT, les structures d'insertion par l'activité économique et les structures équivalentes",
    "de travailleurs handicapés ou défavorisés",
)
_RESERVED: Final[Mapping[str, tuple[str, str, str]]] = {
    "": ("de l'article L2113-12, L2113-13 ou L2113-14, que l'acheteur choisit,", *_BOTH),
    **{code: (f"de l'article {code}", *_DISABILITY) for code in ("L2113-12", "L3113-1")},
    **{code: (f"de l'article {code}", *_INSERTION) for code in ("L2113-13", "L3113-2")},
    **{code: (f"de l'article {code}", *_BOTH) for code in ("L2113-14", "L3113-3")},
}
"""How a reservation names its article, who may answer and whose work it is for, by article."""


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
        paragraphs=[{"title": title, "text": text} for title, text in clause.paragraphs],
        labels=[{"code": code, "name": LABELS[code].name} for code in clause.labels],
    )
