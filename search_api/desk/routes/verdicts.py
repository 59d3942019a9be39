"""``/v1/verdicts`` and ``/verdicts``: verdicts sealed before the awards, their scores, and what lets anybody check that none was changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, NotRequired

from fastapi import APIRouter, Request, Response
from pydantic import Field

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.desk.kept import register
from search_api.pages.render import page, version
from search_api.parameters import NoParameters
from search_api.responses import etag_of, unchanged
from vivier.bodies import Body
from vivier.desk.sealed.register import GENESIS, Line, Register
from vivier.desk.sealed.score import SealedCountBody, SealedMonthBody, SealedOffersBody, SealedScoreBody, score
from vivier.french import integer, month_name, number, percent, plural
from vivier.model.base import Model
from vivier.search.query import Day

ENOUGH: Final = 30
"""Reserved lots with a known number of offers from which a score is told."""


@dataclass(frozen=True)
class VerdictsPage:
    """``sentences``: what the results say; ``months``: a row a month; ``chances``: the calibration, empty while it is too thin."""

    sentences: tuple[str, ...]
    months: tuple[tuple[str, ...], ...]
    chances: tuple[tuple[str, ...], ...]


def verdicts_page(score: SealedScoreBody) -> VerdictsPage:
    return VerdictsPage(
        tuple(_sentences(score)),
        tuple(map(_month, score["months"])),
        tuple(_chances(score["offers"])) if score["offers"]["n"] >= ENOUGH else (),
    )


def _sentences(score: SealedScoreBody) -> Iterator[str]:
    if not score["sealed"]:
        yield "Aucun verdict n'est scellé ici."
        return
    sealed = plural(score["sealed"], "verdict scellé", "verdicts scellés")
    yield f"{sealed}, dont {integer(score['studied'])} sur un avis assez bien lu pour être étudié."
    yield f"{plural(score['settled'], 'avis a', 'avis ont')} un résultat connu : {integer(score['cancelled'])} sans suite."
    yield f"Lots réservés par l'acheteur : Vivier l'avait dit possible pour {_possible(score['reserved'])}."
    yield f"Autres lots : il l'avait dit possible pour {_possible(score['not_reserved'])}."
    if score["reserved_settled"]:
        settled = plural(score["reserved_settled"], "lot réservé réglé", "lots réservés réglés")
        yield f"Sur {settled}, {integer(score['unfruitful'])} sans suite."
    if score["winners_known"]:
        yield f"Titulaire présent dans l'annuaire : {integer(score['listed'])} sur {integer(score['winners_known'])} connus."
    yield _offers(score["offers"])


def _possible(counted: SealedCountBody) -> str:
    share = f" ({percent(counted['possible'] / counted['n'])})" if counted["n"] else ""
    return f"{integer(counted['possible'])} sur {integer(counted['n'])}{share}"


def _offers(offers: SealedOffersBody) -> str:
    if offers["brier"] is None or offers["base"] is None or offers["n"] < ENOUGH:
        known = plural(offers["n"], "lot réservé dit", "lots réservés disent")
        return f"« Au moins deux offres » n'est pas noté : {known} ses offres, il en faut {ENOUGH}."
    better = "mieux" if offers["brier"] < offers["base"] else "moins bien"
    return (
        f"« Au moins deux offres » : score de Brier {number(offers['brier'], 3)} sur {plural(offers['n'], 'lot')}, "
        f"{better} qu'une même chance pour tous ({number(offers['base'], 3)})."
    )


def _month(row: SealedMonthBody) -> tuple[str, ...]:
    counts = (row["sealed"], row["studied"], row["reserved"], row["settled"])
    return (month_name(date.fromisoformat(f"{row['month']}-01")), *map(integer, counts))


def _chances(offers: SealedOffersBody) -> Iterator[tuple[str, ...]]:
    for row in offers["calibration"]:
        mean, came = ("–" if share is None else percent(share) for share in (row["mean"], row["came"]))
        yield f"{percent(row['low'])} à {percent(row['high'])}", integer(row["n"]), mean, came


API: Final = "/v1/verdicts"
PATH: Final = "/verdicts"


class VerdictsQuery(Model):
    """The whole register in figures, with its lines of one day."""

    day: Annotated[Day | None, Field(description="jour dont les lignes du registre sont données")] = None


class SealedLineBody(Body):
    """A line of the register as sealed: ``sha256`` is that of its canonical JSON (sorted keys, no space) without this member. ``kind``: a
    ``verdict`` (absent members: the notice was not read well enough) or its ``outcome``."""

    kind: str
    number: int
    previous: str
    sha256: str
    day: str
    notice: str
    published: NotRequired[str | None]
    deadline: NotRequired[str | None]
    reserved: NotRequired[bool]
    reserved_for: NotRequired[list[str]]
    state: NotRequired[str]
    trades: NotRequired[list[str]]
    places: NotRequired[list[str]]
    lever: NotRequired[str]
    article: NotRequired[str]
    verdict: NotRequired[str]
    known: NotRequired[int]
    likely: NotRequired[float]
    two_able: NotRequired[float]
    no_offer: NotRequired[float]
    two_offers: NotRequired[float]
    code: NotRequired[str]
    method: NotRequired[str]
    generations: NotRequired[dict[str, str]]
    settled: NotRequired[str | None]
    status: NotRequired[str]
    awards: NotRequired[list[str]]
    offers: NotRequired[int | None]
    winners: NotRequired[int | None]
    listed: NotRequired[int | None]


class VerdictsAnswer(Body):
    """The scores of the register, its head (the hash of its last line), and the lines of a day."""

    lines: int
    head: str
    score: SealedScoreBody
    day: str | None
    results: list[SealedLineBody]


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        API,
        VerdictsQuery,
        "verdicts",
        "Verdicts scellés avant les résultats : scores, empreinte, lignes d'un jour",
        VerdictsAnswer,
    ).table_of(routes, context, lambda query: _answer(query, context))

    @routes.get(PATH, include_in_schema=False)
    def verdicts(request: Request) -> Response:
        context.parse(request, NoParameters)
        lines, head, scored = _read(register.find(context))
        etag = etag_of("verdicts", version(), head)
        return unchanged(request, etag) or page(
            "verdicts.html",
            {"shown": verdicts_page(scored), "lines": lines, "head": head},
            etag=etag,
        )


def _answer(query: VerdictsQuery, context: Context) -> VerdictsAnswer:
    found, day = register.find(context), None if query.day is None else query.day.isoformat()
    lines, head, scored = _read(found)
    results = [] if found is None or day is None else [line for line in found.lines() if line["day"] == day]
    return {"lines": lines, "head": head, "score": scored, "day": day, "results": results}  # type: ignore[typeddict-item]


def _read(found: Register | None) -> tuple[int, str, SealedScoreBody]:
    """The number of lines, the head and the scores of a register: an empty one where this service keeps none."""
    return (0, GENESIS, score(())) if found is None else _counted(found.path, found.mark)


@lru_cache(maxsize=2)
def _counted(path: Path, mark: tuple[int, int]) -> tuple[int, str, SealedScoreBody]:
    """The same of the file ``path``, read again when its ``mark`` changes."""
    register_of = Register(path)
    last: Line = next(iter(deque(register_of.lines(), 1)), {"number": 0, "sha256": GENESIS})
    return last["number"], last["sha256"], score(register_of.lines())
