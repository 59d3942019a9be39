"""Builds a generation of suppliers. It is neither checked nor put in service here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from indexer.aside import Aside, SetAside, without_odd
from indexer.document import TEXT_FIELDS, DocumentMaker, written
from indexer.enrich import enriched
from indexer.gates import tally
from indexer.lessons import with_learnt
from indexer.made_by import made_by
from indexer.stock import Seen, Stock
from indexer.won import NOTHING_WON, Won, with_references
from vivier.belief.holds import EVERY, NO_KIND, Bucket, size_of
from vivier.belief.learnt import Lessons
from vivier.errors import VivierError
from vivier.forked import on_every_core
from vivier.law.kinds import KINDS
from vivier.law.labels import key_of
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.runs.quality import UNSTATED, Quality
from vivier.search.port import Document, Former, Generation, Store
from vivier.territory.reach import load_reach_index
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary, WordCounter
from vivier.trades.words import load_trade_words
from vivier.validity import periods
from vivier.vocabulary import EVIDENCES, WITHOUT_TRADE

T = TypeVar("T")

CHUNK = 250
SMALLEST_SHARED = 2_000
"""With fewer suppliers, one process is quicker than sharing them out."""


class Outline(NamedTuple):
    """What is counted of a document: its département, its strongest evidence of a trade, its staff, its words as they are written."""

    departement: str
    evidence: str | None
    staff: float | None
    words: Mapping[str, str]

    @classmethod
    def of(cls, document: Document, words: Mapping[str, str] = MappingProxyType({})) -> Outline:
        evidence = strongest(document["offers"], str(document.get("updated", "")))
        return cls(str(document.get("departement", "")), evidence, document.get("staff"), words)


@dataclass(frozen=True)
class Made:
    """Documents, their texts analysed, and the words they use. ``rows``: for each supplier the row of the former generation that is its
    document, ``None`` when a new one was made; ``outlines``: of all of them."""

    documents: list[Document]
    words: list[AnalysedTexts]
    rows: list[int | None]
    outlines: list[Outline]
    vocabulary: Vocabulary = NO_VOCABULARY


class ChunkMaker:
    """Makes the documents of a chunk of suppliers, and counts their words. ``former``: the generation whose documents may be used again."""

    def __init__(
        self, lexicon: Lexicon, won: Won = NOTHING_WON, lessons: Lessons | None = None, former: Former | None = None
    ) -> None:
        self._lexicon, self._trades, self._won, self._lessons = lexicon, lexicon.trades, won, lessons
        self._maker = DocumentMaker(lexicon, load_reach_index())
        self._trade_words = load_trade_words()
        self._reader = TextReader(lexicon.analysis)
        self._counter = WordCounter(lexicon.analysis)
        self._analyzers = text_analyzers("suppliers")
        self._former = former

    def make(self, suppliers: Sequence[Supplier]) -> Made:
        """Documents in the order of ``suppliers``."""
        ready = [self._taught(self._enriched(supplier)) for supplier in suppliers]
        records = list(map(written, ready))
        rows = list(map(self._row, ready, records))
        fresh = [place for place, row in enumerate(rows) if row is None]
        documents = self._maker.make_many([ready[place] for place in fresh], [records[place] for place in fresh])
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        new = iter(map(self._outline, documents, words))
        outlines = [next(new) if row is None else self._outline_of(row) for row in rows]
        for outline in outlines:
            self._counter.add_words(outline.words)
        return Made(documents, words, rows, outlines, self._counter.take())

    def _outline(self, document: Document, analysed: AnalysedTexts) -> Outline:
        texts, words = ([text for field in TEXT_FIELDS for text in known[field]] for known in (document, analysed))
        return Outline.of(document, self._counter.words_of(texts, words))

    def _outline_of(self, row: int) -> Outline:
        assert self._former is not None
        return Outline(*self._former.outline_of(row))

    def _row(self, supplier: Supplier, record: bytes) -> int | None:
        return None if self._former is None else self._former.row_of(supplier.id, record)

    def _taught(self, supplier: Supplier) -> Supplier:
        return with_learnt(supplier, self._lessons, self._lexicon) if self._lessons else supplier

    def _enriched(self, supplier: Supplier) -> Supplier:
        won = self._won.get(supplier.siret.value) if supplier.siret is not None else None
        if won is None:
            return enriched(supplier, self._trades, self._trade_words)
        return enriched(with_references(supplier, won), self._trades, self._trade_words, won.trades)


def make_documents(
    stock: Stock,
    lexicon: Lexicon,
    then: Callable[[Sequence[Supplier], Made], T],
    won: Won = NOTHING_WON,
    left_out: SetAside | None = None,
    lessons: Lessons | None = None,
    former: Former | None = None,
) -> Iterator[T]:
    """What ``then`` returns for suppliers and their documents, in order, by chunks of at most 250, on every core when
    there are many.

    ``then`` runs in the process that makes the documents: only its result comes back. A supplier that it cannot take,
    or of which no document can be made, is added to ``left_out``, and so is one that the stock cannot make.
    """
    maker, left = ChunkMaker(lexicon, won, lessons, former), SetAside() if left_out is None else left_out

    def made(chunk: Sequence[Supplier]) -> T:
        return then(chunk, maker.make(chunk))

    def work(start: int) -> tuple[T, list[Aside], Seen]:
        suppliers, seen = stock.take(start, start + CHUNK)
        result, odd = without_odd(suppliers, made, lambda supplier: supplier.id)
        return result, [*seen.odd, *odd], seen

    chunks = range(0, len(stock), CHUNK)
    for result, odd, seen in on_every_core(work, chunks, worth=len(stock) >= SMALLEST_SHARED):
        stock.note(seen)
        left.add(odd, len(stock))
        yield result


def as_they_are(suppliers: Sequence[Supplier], made: Made) -> list[Document]:
    """The documents themselves, as JSON, for a person who wants to read them."""
    documents: list[Document] = orjson.loads(orjson.dumps(made.documents))
    return documents


_STRENGTH = {evidence: rank for rank, evidence in enumerate((*EVIDENCES, UNSTATED))}


class QualityCount:
    """Counts suppliers, and the outlines of their documents: the département found and the trades inferred from texts."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._parts: dict[str, Counter[str]] = defaultdict(Counter)
        self._departements: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, suppliers: Sequence[Supplier], outlines: Iterable[Outline]) -> None:
        for supplier, outline in zip(suppliers, outlines, strict=True):
            self._add_supplier(supplier, outline)

    def merge(self, other: QualityCount) -> None:
        """Adds the counts of another."""
        self._counts.update(other._counts)
        for own, others in ((self._parts, other._parts), (self._departements, other._departements)):
            for name, counts in others.items():
                own[name].update(counts)

    def _add_supplier(self, supplier: Supplier, outline: Outline) -> None:
        kinds = {agreement.value.kind for agreement in supplier.agreements}
        units = {capacity.value.unit for capacity in supplier.capacities}
        address = supplier.address.value if supplier.address is not None else None
        self._counts.update(
            suppliers=1,
            closed=supplier.closed is not None and supplier.closed.value,
            without_kind=not kinds,
            with_capacity=bool(units),
            with_website=supplier.website is not None,
            with_phone=supplier.phone is not None,
            reachable=any(way is not None for way in (supplier.phone, supplier.mailbox, supplier.website)),
        )
        self._parts["kinds"].update(kinds)
        self._parts["capacities"].update(units)
        self._departements[outline.departement].update(("total", *kinds))
        if outline.evidence is not None:
            self._parts["trades"][outline.evidence] += 1
        if address is not None and address.point is not None:
            self._parts["points"][address.precision] += 1

    def figures(self) -> Quality:
        """The figures counted so far."""
        counts: dict[str, Any] = {name: self._counts[name] for name in _COUNTS}
        counts |= {name: dict(sorted(self._parts[name].items())) for name in _PARTS}
        return Quality(
            **counts,
            departements={id_: dict(sorted(kinds.items())) for id_, kinds in sorted(self._departements.items())},
        )


_COUNTS = ("suppliers", "closed", "without_kind", "with_capacity", "with_website", "with_phone", "reachable")
_PARTS = ("kinds", "trades", "points", "capacities")


def strongest(offers: Iterable[dict[str, Any]], day: str = "") -> str | None:
    """The strongest evidence of a trade among the offers that did not end before ``day`` (ISO, the day of the newest
    source); a rung that tells no trade when there is no other. ``None`` when nothing is known."""
    valid = [offer for offer in offers if offer.get("valid_until", day) >= day]
    found = [offer.get("evidence", UNSTATED) for offer in valid if "trade_own" in offer]
    found = found or [offer["evidence"] for offer in valid if offer.get("evidence") in WITHOUT_TRADE]
    return min(found, key=lambda evidence: _STRENGTH.get(evidence, len(_STRENGTH)), default=None)


LABEL_LIST: Final = 0.9
"""The share of labelled suppliers from which a source is a list of labels: its suppliers are there for their label."""


class HoldingCount:
    """Counts suppliers by the sources that name them, as only the end tells which sources are lists of labels."""

    def __init__(self) -> None:
        self._every: Counter[tuple[str, str]] = Counter()
        self._holding: Counter[tuple[str, str, str]] = Counter()
        self._sources: Counter[str] = Counter()
        self._labelled: Counter[str] = Counter()

    def add(self, suppliers: Sequence[Supplier], outlines: Iterable[Outline], lexicon: Lexicon) -> None:
        for supplier, outline in zip(suppliers, outlines, strict=True):
            sources = sorted({provenance.source_id for provenance in supplier.sources})
            self._sources.update(sources)
            self._labelled.update(sources if supplier.labels else ())
            named = " ".join(sources)
            keys = _in_force(supplier)
            for bucket in _buckets(supplier, outline.staff, lexicon):
                self._every[named, bucket.key] += 1
                self._holding.update((named, key, bucket.key) for key in keys)

    def merge(self, other: HoldingCount) -> None:
        """Adds the counts of another."""
        self._every.update(other._every)
        self._holding.update(other._holding)
        self._sources.update(other._sources)
        self._labelled.update(other._labelled)

    def figures(self) -> dict[str, object]:
        """The counts, without the suppliers that lists of labels alone name, for :meth:`vivier.belief.holds.Holdings.of`."""
        lists = {name for name, count in self._sources.items() if self._labelled[name] >= LABEL_LIST * count}
        every: Counter[str] = Counter()
        holding: dict[str, Counter[str]] = {}
        for (named, bucket), count in self._every.items():
            if not lists.issuperset(named.split()):
                every[bucket] += count
        for (named, key, bucket), count in self._holding.items():
            if not lists.issuperset(named.split()):
                holding.setdefault(key, Counter())[bucket] += count
        return {
            "every": dict(sorted(every.items())),
            "holding": {key: dict(sorted(counts.items())) for key, counts in sorted(holding.items())},
        }


def _in_force(supplier: Supplier) -> set[str]:
    """The labels of a supplier, or their families, that hold on the last day when one of its sources was read."""
    fetched = (provenance.fetched_at for provenance in supplier.sources)
    read = max((moment.date() for moment in fetched if moment is not None), default=None)
    labels = (fact.value for fact in supplier.labels)
    return {
        key_of(label.code)
        for label in labels
        if any(read is None or period.holds_on(read) for period in periods((label,)))
    }


def _buckets(supplier: Supplier, staff: float | None, lexicon: Lexicon) -> Iterator[Bucket]:
    """The buckets of a supplier: one for all activities, and one for each group of its trades."""
    own = {agreement.value.kind for agreement in supplier.agreements}
    kind = next((code for code in KINDS if code in own), NO_KIND)
    size = size_of(staff)
    trades = {offer.value.trade for offer in supplier.offers if offer.value.trade is not None}
    groups = {lexicon.trades.get(trade).group for trade in trades}
    yield from (Bucket(kind, group, size) for group in (EVERY, *sorted(groups)))


@dataclass(frozen=True)
class _Figures:
    """What is counted of some documents where they are made. ``again``: how many were made for the former generation."""

    again: int
    ids: list[str]
    tally: Counter[str]
    quality: QualityCount
    holding: HoldingCount
    vocabulary: Vocabulary


def build_generation(
    engine: Store,
    stock: Stock,
    lexicon: Lexicon,
    meta: Callable[[], dict[str, object]] = dict,
    progress: Callable[[int], None] = lambda done: None,
    won: Won = NOTHING_WON,
    left_out: SetAside | None = None,
    lessons: Lessons | None = None,
    again: Callable[[int], None] = lambda count: None,
) -> tuple[Generation, list[str]]:
    """Builds the generation of a stock of suppliers beside the live one, and gives the ids in it. A build that fails leaves nothing
    behind. A supplier whose record is that of the generation in service takes its document from it: the result is the same.

    The figures by which generations are compared and those of quality are added to ``meta``, asked for once all suppliers were made, with
    what is ``left_out``. ``progress`` is called with the number indexed; ``won`` gives the trades of the contracts won, by SIRET;
    ``lessons``: what answers teach of trades; ``again`` is called with how many documents were taken from the generation in service.
    """
    left = SetAside() if left_out is None else left_out
    counter, quality, counts, ids = WordCounter(lexicon.analysis), QualityCount(), Counter[str](), list[str]()
    holding = HoldingCount()
    building, reused = engine.build("suppliers"), 0

    def prepared(chunk: Sequence[Supplier], made: Made) -> tuple[Any, _Figures]:
        preparation, counted, holders = building.preparation(), QualityCount(), HoldingCount()
        new = [tuple(outline) for row, outline in zip(made.rows, made.outlines, strict=True) if row is None]
        preparation.add(made.documents, made.words, new)
        preparation.reuse(made.rows)
        counted.add(chunk, made.outlines)
        holders.add(chunk, made.outlines, lexicon)
        names = [supplier.id for supplier in chunk]
        figures = _Figures(len(chunk) - len(new), names, tally(chunk), counted, holders, made.vocabulary)
        return preparation.part(), figures

    try:
        former = building.reuse(made_by())
        for part, figures in make_documents(stock, lexicon, prepared, won, left, lessons, former):
            reused += figures.again
            counter.merge(figures.vocabulary)
            quality.merge(figures.quality)
            holding.merge(figures.holding)
            counts.update(figures.tally)
            ids += figures.ids
            progress(building.add_part(part))
        described = {
            "tally": dict(sorted(counts.items())),
            "holding": holding.figures(),
            "quality": quality.figures().model_dump(mode="json"),
            "set_aside": left.summary(),
        }
        again(reused)
        return building.finish({**meta(), **described}, counter.vocabulary()), ids
    except (VivierError, OSError, KeyboardInterrupt):
        building.abandon()
        raise
