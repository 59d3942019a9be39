"""The suppliers of a build, made a few at a time where their documents are made: no process holds them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from indexer.aside import ODD, Aside, SetAside, aside
from indexer.assemble import Assembler
from indexer.context import Context
from indexer.joined import Joined, Structure, counted, linked
from indexer.legal_units import LabelsOnly
from indexer.merge import assembled
from indexer.registers import in_context
from indexer.traits import Records
from vivier.model import Supplier
from vivier.privacy.opposition import Opposition
from vivier.vocabulary import SAID_HERE


@dataclass
class Seen:
    """What was met while suppliers were made: it is small, and sent back to the building process.

    ``suppliers``: how many were made; ``sirens``: how many have each SIREN; ``labels``: numbers of the records of labels given out;
    ``found``: counts of registers; ``opposed`` and ``alone``: how many were left out for these reasons.
    """

    suppliers: int = 0
    sirens: Counter[str] = field(default_factory=Counter)
    labels: set[int] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)
    opposed: int = 0
    alone: int = 0
    odd: list[Aside] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Adds what was met elsewhere, but the odd suppliers."""
        self.suppliers += other.suppliers
        self.sirens.update(other.sirens)
        self.labels |= other.labels
        self.found.update(other.found)
        self.opposed += other.opposed
        self.alone += other.alone


class Stock(Protocol):
    """The suppliers of a build, by their place from 0."""

    def __len__(self) -> int: ...

    def take(self, start: int, stop: int) -> tuple[Sequence[Supplier], Seen]:
        """The suppliers of these places, without those left out. It runs in any process."""

    def note(self, seen: Seen) -> None:
        """Takes note, in the building process, of what a :meth:`take` has seen."""


@dataclass(frozen=True)
class Ready:
    """Suppliers that are there already."""

    suppliers: Sequence[Supplier]

    def __len__(self) -> int:
        return len(self.suppliers)

    def take(self, start: int, stop: int) -> tuple[Sequence[Supplier], Seen]:
        return self.suppliers[start:stop], Seen()

    def note(self, seen: Seen) -> None:
        """There is nothing to note."""


class Assembled:
    """Suppliers assembled from kept records, completed by labels of legal units and by registers, without those that opposed.

    A supplier that only its own declaration knows is left out too: a declaration completes a sheet, it never makes one.
    """

    def __init__(
        self,
        joined: Joined,
        keeping: Records,
        assembler: Assembler,
        apart: LabelsOnly,
        context: Context,
        opposition: Opposition | None = None,
    ) -> None:
        self._joined, self._keeping, self._assembler = joined, keeping, assembler
        self._apart, self._context = apart, context
        self._opposition = opposition if opposition is not None and opposition.hashes else None
        self._seen = Seen()

    def __len__(self) -> int:
        return len(self._joined.structures)

    def take(self, start: int, stop: int) -> tuple[Sequence[Supplier], Seen]:
        seen = Seen()
        made = (self._made(structure, seen) for structure in self._joined.structures[start:stop])
        return [supplier for supplier in made if supplier is not None], seen

    def note(self, seen: Seen) -> None:
        self._seen.add(seen)
        self._apart.given |= seen.labels

    def counts(self) -> dict[str, int]:
        """The counts of the merge, of labels and of registers, once every supplier was taken."""
        seen = self._seen
        counts = counted(self._joined, seen.suppliers, linked(seen.sirens)) | self._apart.counts()
        counts |= dict(sorted(seen.found.items()))
        if self._opposition is not None:
            counts |= {"opposed": seen.opposed}
        if seen.alone:
            counts |= {"declared_alone": seen.alone}
        return counts

    def _made(self, structure: Structure, seen: Seen) -> Supplier | None:
        supplier = assembled(structure, self._keeping, self._assembler)
        if isinstance(supplier, Aside):
            seen.odd.append(supplier)
            return None
        if supplier.siren is not None:
            seen.sirens[supplier.siren.value] += 1
        supplier, given = self._apart.completed(supplier)
        seen.labels |= given
        try:
            completed = in_context(supplier, self._context, seen.found)
        except ODD as error:
            seen.odd.append(aside(supplier.id, error))
            return None
        return completed if completed is not None and self._is_kept(completed, seen) else None

    def _is_kept(self, supplier: Supplier, seen: Seen) -> bool:
        """Opposition comes after the merge, because a record without SIRET goes with the one that has it."""
        if self._opposition is not None and self._opposition.among(supplier.identifiers):
            seen.opposed += 1
            return False
        if all(source.source_id in SAID_HERE for source in supplier.sources):
            seen.alone += 1
            return False
        seen.suppliers += 1
        return True


def all_of(stock: Stock, left_out: SetAside | None = None) -> list[Supplier]:
    """Every supplier of a stock, in this process; those that cannot be made are added to ``left_out``."""
    suppliers, seen = stock.take(0, len(stock))
    stock.note(seen)
    if left_out is not None:
        left_out.add(seen.odd, len(stock))
    return list(suppliers)
