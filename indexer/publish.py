"""Turns records into suppliers, documents, and a generation that is checked, then promoted. Each step may be run again.

Builds the judged suppliers as a generation of their own, beside the real ones, and makes a gate of it.

The code and engine of the real generation build it in a place of its own (a temporary folder, another index prefix),
and it is removed at once: fictitious suppliers are never among real ones, not even for a moment or after a crash.

Reads the records of a build on every core, and finds which are one structure in a process of its own.

The building process keeps neither records nor what is compared of them: both would stay in its memory, and in that of the processes
forked from it, until the generation is in service.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from indexer.aside import SetAside, written_here
from indexer.assemble import Assembler
from indexer.build import build_generation
from indexer.clusters import Decisions
from indexer.context import Context
from indexer.current import lasting_failures
from indexer.decisions import read_decisions
from indexer.doubts import write_doubts
from indexer.gates import SAMPLE, check, live_meta
from indexer.gather import Gathered, Met, placed
from indexer.ids import read_ledger, write_ledger
from indexer.joined import Joined
from indexer.legal_units import Bearer, LabelsOnly, numbers_of, only_bears_labels
from indexer.lessons import declared_lessons
from indexer.made_by import made_by
from indexer.merge import compared, merge
from indexer.promotion import promote
from indexer.shelf import Shelf, written
from indexer.stock import Assembled, Ready
from indexer.traits import packed, traits_of, unpacked
from indexer.won import contracts_won
from vivier.belief.learnt import NOTHING_RECEIVED, Lessons, Received
from vivier.engine import open_engine
from vivier.errors import BuildRefused, NotFound, VivierError
from vivier.forked import apart, on_every_core, without_gc
from vivier.french import number, plural
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.runs.records import Block, RunStatistics, loaded_sources
from vivier.search.port import Generation, Store
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking, judged_records, mean, rank
from vivier.vocabulary import SAID_HERE

SMALLEST_SHARED = 2_000
"""With fewer records, one process is quicker than sharing them out."""


@dataclass(frozen=True)
class _Read:
    """A block of records read: those that make suppliers, as they are kept, with what is compared of them; those that only have labels;
    the places of those that a structure or its network declared."""

    records: list[bytes]
    traits: bytes
    labelled: list[bytes]
    bearers: list[Bearer]
    met: Met
    declared: list[int]


class Reading:
    """Records in force, put on two shelves: those that make suppliers, and those that only have labels. ``declared``: numbers of those that a
    structure or its network declared."""

    def __init__(self, gathered: Gathered, records: Shelf, labelled: Shelf) -> None:
        self._gathered, self._records, self._labelled = gathered, records, labelled
        self._traits: list[bytes] = []
        self.declared: set[int] = set()
        self.apart = LabelsOnly(labelled)

    def read(self, progress: Callable[[int, int], None] = lambda done, expected: None) -> None:
        """Reads every record. ``progress`` is called with how many are read and how many are expected. Raises ``BuildRefused`` when too
        much is left out."""
        expected = self._gathered.expected
        for block in on_every_core(self._block, self._gathered.blocks(), worth=expected >= SMALLEST_SHARED):
            self._gathered.note(block.met)
            self.declared |= {len(self._records) + place for place in block.declared}
            self._records.put(block.records)
            self._traits.append(block.traits)
            self._labelled.put(block.labelled)
            self.apart.know(block.bearers)
            progress(len(self._records) + len(self._labelled), expected)

    def joined(self, decisions: Decisions, ids: Path) -> Joined:
        """Which records are one structure (:func:`indexer.merge.join`); ``ids``: the file of the ids given before. It is asked once."""
        worth = len(self._records) >= SMALLEST_SHARED
        if len(self._labelled):
            self._add_alone(worth)
        traits, self._traits = self._traits, []
        found, odd = apart(
            lambda: compared(unpacked(traits), self._records, decisions, lambda: read_ledger(ids)),
            worth=worth,
        )
        self._gathered.left_out.add(odd, found.expected)
        return found

    def _add_alone(self, worth: bool) -> None:
        """Puts the records of labels that make suppliers with the others."""

        def alone() -> list[int]:
            return self.apart.alone({value for each in unpacked(self._traits) for value in numbers_of(each.keys)})

        making = list(map(self.apart.take, apart(alone, worth=worth)))
        self._records.put(list(map(written, making)))
        self._traits.append(packed([traits_of(number, record) for number, record in enumerate(making)]))

    def _block(self, block: Block) -> _Read:
        found, met = self._gathered.take(block)
        labelled = [record for record in found if only_bears_labels(record)]
        making = [record for record in found if not only_bears_labels(record)] if labelled else found
        return _Read(
            list(map(written, making)),
            packed([traits_of(number, record) for number, record in enumerate(making)]),
            list(map(written, labelled)),
            list(map(Bearer.of, labelled)),
            met,
            [place for place, record in enumerate(making) if record.provenance.source_id in SAID_HERE],
        )


FLOOR: Final = 0.97
"""Least mean nDCG@10 with which a generation is promoted; ``docs/relevance.md`` gives the figure of today."""
_LEFT_BEHIND: Final = timedelta(hours=1)


def check_judged(engine: Store, settings: Settings, lexicon: Lexicon) -> None:
    """Refuses to promote with code and tables that rank the judged searches badly, or that propose a supplier judged 0.

    Raises ``BuildRefused`` that names the worst search. Cost: about half a second embedded.
    """
    with judged_generation(engine.name, settings, lexicon) as snapshot:
        refuse_below(rank(snapshot, lexicon), FLOOR)


def refuse_below(rankings: tuple[Ranking, ...], floor: float) -> None:
    """Raise ``BuildRefused`` when the mean nDCG@10 is below ``floor``, or a supplier judged 0 is proposed."""
    wrong = [(ranking.judged.id, supplier) for ranking in rankings for supplier in ranking.wrong]
    figure = mean(ranking.ndcg for ranking in rankings)
    if figure >= floor and not wrong:
        return
    worst = min(rankings, key=lambda ranking: (not ranking.wrong, ranking.ndcg))
    reason = f"nDCG@10 moyen {number(figure, 3)}, plancher {number(floor, 3)}"
    if wrong:
        reason += (
            f" ; {plural(len(wrong), 'proposition')} à ne pas faire, dont « {wrong[0][1]} » pour « {wrong[0][0]} »"
        )
    raise BuildRefused(
        f"Les recherches jugées ne passent plus ({reason}). La pire : « {worst.judged.id} » ({worst.judged.about}), "
        f"nDCG@10 {number(worst.ndcg, 3)}. « --skip-judged » passe outre."
    )


@contextmanager
def judged_generation(engine: str, settings: Settings, lexicon: Lexicon) -> Iterator[Snapshot]:
    """The judged suppliers, read from an engine of that name (``embedded`` or ``opensearch``); removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vivier-judged-") as folder:
        apart = {"engine": engine, "home": Path(folder), "opensearch_prefix": f"{settings.opensearch_prefix}-judged"}
        with closing(open_engine(settings.model_copy(update=apart))) as side:
            _remove_old(side)
            generation = _built(side, lexicon)
            try:
                yield Snapshot(side, {"suppliers": generation.name})
            finally:
                side.remove("suppliers", generation.name)


def _built(side: Store, lexicon: Lexicon) -> Generation:
    suppliers = merge(placed(record, lexicon.gazetteer)[0] for record in judged_records()).suppliers
    return build_generation(side, Ready(suppliers), lexicon, lambda: {"judged": True})[0]


def _remove_old(side: Store) -> None:
    """Removes what a crash between the build and the removal left. A generation younger than an hour may be another
    gate at work: it stays."""
    for old in side.generations("suppliers"):
        if datetime.now(UTC) - old.created_at > _LEFT_BEHIND:
            with suppress(NotFound):
                side.remove("suppliers", old.name)


Progress = Callable[[str, int, int], None]
"""Called with the French name of the step, the number done and the number expected."""


@dataclass(frozen=True)
class Published:
    """What was built: the live generation, the counts of the merge and the issues met on the way. ``again``: how many documents were taken
    from the former generation."""

    generation: Generation
    counts: dict[str, int]
    issues: dict[str, int]
    again: int = 0


def publish(
    engine: Store,
    settings: Settings,
    lexicon: Lexicon,
    *,
    sources: list[str] | None = None,
    accept_drops: bool = False,
    skip_judged: bool = False,
    progress: Progress = lambda step, done, expected: None,
    received: Received = NOTHING_RECEIVED,
) -> Published:
    """Build the suppliers' generation from the records in force and put it in service.

    A supplier that cannot be indexed is set aside (:mod:`indexer.aside`). Gates: :func:`indexer.gates.check`,
    then the judged searches (:mod:`indexer.publish`) unless ``skip_judged``. ``received``: the answers that it learns from.
    Raises ``BuildRefused`` when one refuses it (what was built is removed, the live generation is untouched), and
    ``InvalidRequest`` when the decisions file is to be corrected.
    """
    left_out = SetAside(
        accept=accept_drops, ours=written_here(sources or loaded_sources(settings.records, "suppliers"))
    )
    context = Context(settings.context, lexicon.gazetteer, left_out)
    gathered = Gathered(settings.records, lexicon.gazetteer, sources, context, left_out)
    decisions = read_decisions(settings.decisions)
    with without_gc(), Shelf(settings.home) as records, Shelf(settings.home) as bearers:
        reading = Reading(gathered, records, bearers)
        reading.read(lambda done, expected: progress("Lecture", done, expected))
        joined = reading.joined(decisions, settings.ids)
        assembler = Assembler(gathered.roles, gathered.days)
        stock = Assembled(joined, records, assembler, reading.apart, context, Opposition(settings))
        unread = Counter[str]()
        won = contracts_won(settings.records, joined.sirets, lexicon, unread)
        declared = declared_lessons(stock, joined.structures, reading.declared, lexicon) if reading.declared else ()
        again: list[int] = []
        judged: dict[str, object] = {} if skip_judged else {"judged": _judged_by()}
        built, ids = build_generation(
            engine,
            stock,
            lexicon,
            lambda: (
                _meta(engine, gathered, stock.counts() | unread, reading.apart, settings) | _learnt(received) | judged
            ),
            lambda done: progress("Indexation", done, len(stock)),
            won,
            left_out,
            lessons=Lessons((*received.lessons, *declared), lexicon.trades),
            again=again.append,
        )
    with _removed_if_refused(engine, built):
        check(engine, built, ids[:: max(1, len(ids) // SAMPLE)], accept_drops=accept_drops)
        if not skip_judged and not _passed(engine):
            check_judged(engine, settings, lexicon)
    write_ledger(settings.ids, joined.ledger)  # before the ids are public: after a crash here, nobody's id has changed
    write_doubts(settings.doubts, joined.doubtful)
    return Published(promote(engine, built), stock.counts() | unread, dict(gathered.issues), sum(again))


@contextmanager
def _removed_if_refused(engine: Store, built: Generation) -> Iterator[None]:
    try:
        yield
    except (VivierError, OSError, KeyboardInterrupt):
        engine.remove("suppliers", built.name)
        raise


def _meta(
    engine: Store, gathered: Gathered, counts: dict[str, int], apart: LabelsOnly, settings: Settings
) -> dict[str, object]:
    return {
        "sources": [report.model_dump(mode="json") for report in _reports(gathered)],
        "merge": counts,
        "labels_only": apart.by_source(),
        "issues": dict(gathered.issues),
        "failures": lasting_failures(settings),
    }


def _judged_by() -> str:
    """What the judged searches depend on, but for an engine that is not in this process."""
    return f"{FLOOR} {made_by()}"


def _passed(engine: Store) -> bool:
    """Whether the judged searches were passed already, by a generation in service that the same code, tables and floor made."""
    return engine.name == "embedded" and live_meta(engine, "suppliers").get("judged") == _judged_by()


def _learnt(received: Received) -> dict[str, object]:
    """What tells the answers of a build from others, and how many of those asked answered, by kind."""
    replies = {kind: [tally.yes, tally.no] for kind, tally in sorted(received.replies.items())}
    return {"received": received.digest, "replies": replies}


def _reports(gathered: Gathered) -> list[RunStatistics]:
    return [*gathered.statistics.values(), *gathered.context.statistics.values()]
