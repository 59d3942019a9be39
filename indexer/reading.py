"""Reads the records of a build on every core, and finds which are one structure in a process of its own.

The building process keeps neither records nor what is compared of them: both would stay in its memory, and in that of the processes
forked from it, until the generation is in service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indexer.clusters import Decisions
from indexer.gather import Gathered, Met
from indexer.ids import read_ledger
from indexer.joined import Joined
from indexer.legal_units import Bearer, LabelsOnly, numbers_of, only_bears_labels
from indexer.merge import compared
from indexer.shelf import Shelf, written
from indexer.traits import packed, traits_of, unpacked
from vivier.forked import apart, on_every_core
from vivier.runs.records import Block
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
