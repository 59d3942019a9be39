"""Gives suppliers what answers teach of their trades: those of rounds and of leads, which the caller reads, and what structures declare."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from indexer.joined import Structure
from indexer.stock import Stock
from vivier.belief.learnt import UNLISTED, VOUCHED, Lesson, Lessons
from vivier.lexicon import Lexicon
from vivier.model import Learnt, Supplier
from vivier.suppliers.refused import refused_of
from vivier.territory.address import departement_of
from vivier.vocabulary import SAID_HERE


def with_learnt(supplier: Supplier, lessons: Lessons, lexicon: Lexicon) -> Supplier:
    """The supplier with what answers teach of its trades: of one that publishes a trade, its own answers alone."""
    silent = all(fact.value.trade is None for fact in supplier.offers)
    found = lessons.of(_unit(supplier), _kinds(supplier) if silent else (), _departement(supplier, lexicon))
    if not found:
        return supplier
    learnt = (
        Learnt(trade=code, yes=round(tally.yes, 3), no=round(tally.no, 3)) for code, tally in sorted(found.items())
    )
    return supplier.model_copy(update={"learnt": tuple(learnt)})


def declared_lessons(
    stock: Stock, structures: Iterable[Structure], declared: Container[int], lexicon: Lexicon
) -> Iterator[Lesson]:
    """What the structures teach of others of their kind by what they, or their networks, declare. ``declared``: numbers of these records."""
    for place, structure in enumerate(structures):
        if any(number in declared for number in (*structure.members, *structure.added)):
            suppliers, _ = stock.take(place, place + 1)
            for supplier in suppliers:
                yield from _declared(supplier, lexicon)


def _declared(supplier: Supplier, lexicon: Lexicon) -> Iterator[Lesson]:
    """A trade that the declaration lists, one that it refuses, and a trade that it leaves out."""
    offers = [
        (fact.value.trade, fact.provenance.source_id in SAID_HERE)
        for fact in supplier.offers
        if fact.value.trade is not None
    ]
    listed = tuple(dict.fromkeys(trade for trade, here in offers if here and trade in lexicon.trades))
    refused = refused_of(supplier.not_offered, lexicon.trades)
    silent = all(here for _, here in offers)
    if not listed and not refused:
        return
    done = {each.code for trade in listed for each in (lexicon.trades.get(trade), *lexicon.trades.ancestors(trade))}
    others = tuple(each.code for each in lexicon.trades if each.code not in done | refused)
    who = _unit(supplier), _kinds(supplier), _departement(supplier, lexicon)
    stated = [(listed, 1.0, 0.0), (tuple(sorted(refused - done)), 0.0, 1.0)]
    for trades, yes, no in [*stated, (others, 0.0, UNLISTED)] if listed else stated:
        yield Lesson(*who, trades, yes, no, VOUCHED, silent)


def _unit(supplier: Supplier) -> str:
    return supplier.id if supplier.siren is None else supplier.siren.value


def _kinds(supplier: Supplier) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact.value.kind for fact in supplier.agreements))


def _departement(supplier: Supplier, lexicon: Lexicon) -> str | None:
    return None if supplier.address is None else departement_of(supplier.address.value, lexicon.gazetteer)
