"""Builds an index and reports each step: suppliers, then contracts, then notices and planned purchases; seals the verdicts of the day.

Building once in this order is enough. Suppliers come first: their trades and references come from the *records* of contracts, not
from a generation. Contracts come next: their holders are matched with the suppliers in service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from vivier.cli.options import opened
from vivier.cli.terminal import (
    Advance,
    bars,
    by_count,
    say,
)
from vivier.errors import VivierError
from vivier.french import number
from vivier.lexicon import Lexicon
from vivier.runs.audit import last_notes, note
from vivier.runs.ledger import IndexStep, taken_again
from vivier.runs.quality import left_out_of
from vivier.runs.records import Content, loaded_sources
from vivier.search.operators import COLLECTIONS
from vivier.search.port import Generation, Store
from vivier.settings import Settings

if TYPE_CHECKING:
    from vivier.belief.learnt import Received


class Publish(Protocol):
    """Builds a collection from the records in force and puts it in service."""

    def __call__(
        self, engine: Store, settings: Settings, lexicon: Lexicon, *, accept_drops: bool, progress: Advance
    ) -> Generation: ...


class Publisher(NamedTuple):
    """A collection built after the suppliers, when a source of its content is loaded."""

    content: Content
    load: Callable[[], Publish]


def _contracts() -> Publish:
    from indexer.contracts.publish import publish_contracts

    return publish_contracts


def _notices() -> Publish:
    from indexer.contracts.notices.publish import publish_notices

    return publish_notices


PUBLISHERS: Final = (
    Publisher("contracts", _contracts),
    Publisher("notices", _notices),
)
"""The publishers, in the order in which they build."""

_NAMED: Final = 3
"""Number of left-out records that the message names."""


def publish(
    settings: Settings,
    sources: list[str] | None,
    *,
    accept_drops: bool,
    skip_judged: bool = False,
    today: date | None = None,
) -> None:
    """Builds every collection that has records in force. ``sources``: those of the suppliers to read (``None``: all); what
    structures declared, and holds ``today``, is always read."""
    from indexer.publish import publish as publish_suppliers
    from indexer.words import MERGE
    from vivier.lexicon import load_lexicon
    from vivier.territory.issues import ISSUES

    lexicon = load_lexicon()
    day = today or date.today()
    declared, received = _read_declared(settings, day), _received(settings, day)
    sources = sources if sources is None else [*sources, *declared]
    with opened(settings) as engine, bars() as advance:
        done = publish_suppliers(
            engine,
            settings,
            lexicon,
            sources=sources,
            accept_drops=accept_drops,
            skip_judged=skip_judged,
            progress=advance,
            received=received,
        )
        count = done.generation.documents
        say(f"{count} fournisseurs en service ({done.generation.name}).{taken_again(done.again, count)}")
        merged = (f"{MERGE.get(name, name)} : {number(count)}" for name, count in done.counts.items() if count)
        say(f"Fusion – {' ; '.join(merged)}.")
        if done.issues:
            say(f"Adresses : {by_count(done.issues, ISSUES)}.")
        _say_left_out(done.generation)
        _note_promotion(settings, done.generation, accept_drops, skip_judged)
        for publisher, built in publish_others(engine, settings, lexicon, accept_drops=accept_drops, progress=advance):
            say(f"{built.documents} {COLLECTIONS[publisher.content]} en service ({built.name}).")
            _say_left_out(built)
            _note_promotion(settings, built, accept_drops)


def _read_declared(settings: Settings, today: date) -> list[str]:
    """Reads what structures and networks declared, as sources: from the given database to runs in force. Returns those that there are."""
    from vivier.given.declared import write_runs
    from vivier.given.queue import queue_of

    queue = queue_of(settings)
    with closing(queue.database):
        return [run.source.id for run in write_runs(settings, queue, today)]


def _received(settings: Settings, today: date) -> Received:
    """The answers kept in the given database."""
    from vivier.given.lessons import received
    from vivier.given.rounds import rounds_of

    rounds = rounds_of(settings)
    with closing(rounds.database):
        return received(rounds, today)


def _note_promotion(settings: Settings, built: Generation, accept_drops: bool, skip_judged: bool = False) -> None:
    """Writes in the audit what was put in service, and the decisions on pairs that it applies for the first time."""
    chosen = {"accept_drops": accept_drops, "skip_judged": skip_judged}
    taken = {name: True for name, given in chosen.items() if given}
    note(settings, "promotion", generation=built.name, documents=built.documents, **taken)
    if built.collection == "suppliers":
        _note_decisions(settings)


def _note_decisions(settings: Settings) -> None:
    from indexer.decisions import read_decisions

    decided = list(read_decisions(settings.decisions).values())
    counted = {"merged": decided.count(True), "kept_apart": decided.count(False)}
    known = last_notes(settings, 1, "decisions")
    if counted != {name: known[0].get(name) if known else 0 for name in counted}:
        note(settings, "decisions", **counted)


def _say_left_out(built: Generation) -> None:
    left = left_out_of(built.meta)
    if left is not None and left.count:
        reasons = " ; ".join(f"{number(count)} × {reason}" for reason, count in left.reasons.items())
        named = ", ".join(record.id for record in left.examples[:_NAMED])
        say(f"Écartés de l'index : {reasons} (dont {named}).")


def publish_others(
    engine: Store, settings: Settings, lexicon: Lexicon, *, accept_drops: bool, progress: Advance
) -> Iterator[tuple[Publisher, Generation]]:
    """Builds the collections that follow the suppliers. Yields each one when it is in service."""
    for publisher in PUBLISHERS:
        if loaded_sources(settings.records, publisher.content):
            build = publisher.load()
            yield publisher, build(engine, settings, lexicon, accept_drops=accept_drops, progress=progress)


def brought_up(settings: Settings, accept_drops: bool, *, changed: bool) -> IndexStep:
    """Brings the index up to date with the records in force. A refusal is returned, not raised, because the report comes after."""
    from indexer.current import up_to_date
    from indexer.publish import publish as publish_suppliers
    from vivier.lexicon import load_lexicon

    lexicon = load_lexicon()
    _read_declared(settings, date.today())
    received = _received(settings, date.today())
    contents: list[Content] = [publisher.content for publisher in PUBLISHERS]
    try:
        with opened(settings) as engine, bars() as advance:
            live = None if changed else up_to_date(engine, settings, lexicon, contents, received)
            state: Literal["done", "unchanged"] = "done" if live is None else "unchanged"
            again = 0
            if live is None:
                done = publish_suppliers(
                    engine, settings, lexicon, accept_drops=accept_drops, progress=advance, received=received
                )
                live, again = done.generation, done.again
                _note_promotion(settings, live, accept_drops)
                for _, built in publish_others(engine, settings, lexicon, accept_drops=accept_drops, progress=advance):
                    _note_promotion(settings, built, accept_drops)
    except VivierError as error:
        return IndexStep(state="failed", reason=str(error))
    return IndexStep(state=state, generation=live.name, documents=live.documents, again=again)
