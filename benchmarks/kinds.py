"""Measures searches of the API that nobody asked before, by kind of search, in this process: the totals of the other groups alone, and
``groups=results``. Each has its own questions, dealt in turn."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import date
from itertools import cycle
from pathlib import Path

from benchmarks.corpus import indexed
from benchmarks.report import Report, milliseconds
from search_api.context import Context, one_request
from search_api.responses import etag_of, json_response
from search_api.suppliers.routes.suppliers import answer_body
from vivier.desk.warm import warm
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.withheld import WithheldStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import parse_query

QUESTIONS = 20
WARM_UP = 3
TRADES = ("entretien-espaces-verts", "nettoyage-locaux", "traiteur", "blanchisserie", "menuiserie", "conserverie")
KINDS = ("ESAT", "EA", "EI", "ACI")
VARIANTS: dict[str, dict[str, str]] = {"totals": {}, "results": {"groups": "results"}}


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures each kind, in milliseconds of processor."""
    settings = indexed(folder, count)
    lexicon, today = load_lexicon(), date.today()
    with ExitStack() as until_the_end:
        engine = until_the_end.enter_context(closing(EmbeddedStore(settings.generations)))
        context = Context(WithheldStore(engine, Opposition(settings)), lexicon, lambda: today)
        series = {variant: (asked, context) for variant, asked in VARIANTS.items()}
        for several in questions(lexicon, WARM_UP, seed=0).values():
            for parameters in several:
                for asked, context in series.values():
                    seconds({**parameters, **asked}, context)
        warm(Snapshot(engine), lexicon, today)
        every: dict[str, list[float]] = {name: [] for name in series}
        for kind, several in questions(lexicon, QUESTIONS * len(series), seed=1).items():
            times: dict[str, list[float]] = {name: [] for name in series}
            for parameters, (name, (asked, context)) in zip(several, cycle(series.items()), strict=False):
                times[name].append(seconds({**parameters, **asked}, context))
            row(report, kind, times)
            every = {name: [*every[name], *times[name]] for name in series}
        row(report, "all", every)


def questions(lexicon: Lexicon, count: int, seed: int) -> dict[str, list[dict[str, str]]]:
    """Searches drawn for each kind: trades, départements, towns of over 5,000 people."""
    drawn, gazetteer = random.Random(seed), lexicon.gazetteer
    communes = gazetteer.communes
    people = zip(communes.codes, communes.population, communes.is_arrondissement, strict=True)
    towns = [code for code, inhabitants, within in people if inhabitants > 5_000 and not within]
    departements = sorted(gazetteer.names["departement"])

    def place() -> str:
        return f"departement:{drawn.choice(departements)}"

    def circle() -> dict[str, str]:
        lon, lat = gazetteer.reference_point(f"commune:{drawn.choice(towns)}") or (2.35, 48.85)
        return {"near": f"{lon:.4f},{lat:.4f}", "radius_km": "40", "kind": drawn.choice(KINDS)}

    kinds: dict[str, Callable[[], dict[str, str]]] = {
        "trade + département + kind": lambda: {
            "trade": drawn.choice(TRADES),
            "territory": place(),
            "kind": drawn.choice(KINDS),
        },
        "trade + département": lambda: {"trade": drawn.choice(TRADES), "territory": place()},
        "commune + trade, distance": lambda: {
            "trade": drawn.choice(TRADES),
            "territory": f"commune:{drawn.choice(towns)}",
            "sort": "distance",
        },
        "commune": lambda: {"territory": f"commune:{drawn.choice(towns)}"},
        "département + kind": lambda: {"territory": place(), "kind": drawn.choice(KINDS)},
        "radius + kind": circle,
    }
    return {name: [make() for _ in range(count)] for name, make in kinds.items()}


def seconds(parameters: dict[str, str], context: Context) -> float:
    """Seconds of processor to answer a search, from its query to the bytes of its answer."""
    query = parse_query(parameters.items(), context.lexicon)
    begun = time.process_time()
    with one_request():
        json_response(answer_body(query, context), etag_of("bench"))
    return time.process_time() - begun


def row(report: Report, kind: str, times: dict[str, list[float]]) -> None:
    """One line: median and 95th percentile of each series."""
    cells = {name: " · ".join(milliseconds(taken)) for name, taken in times.items()}
    report.add(case=kind, **{f"{name}: p50 · p95 ms": cell for name, cell in cells.items()})
