"""The opposition list at query time: a store whose readers answer as if the opposed suppliers were not in it.

The list only has keyed hashes (:mod:`vivier.privacy.opposition`), so the identifiers of a generation are hashed once and
compared. Every query then excludes the SIRETs found, so that totals, facets and exports are exact. The comparison is made again
when the list or the generation changes: a supplier that opposes after the build disappears from the next request on. The gates
read a new generation in the same way, whether or not another one is in service. Without a list, each reader costs one look at
the file system.

An operator may also hide where organisations are reached (``VIVIER_CONTACTS``): the same store leaves it out of every record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, TypeVar

from vivier.privacy.opposition import Opposition, OppositionUnreadable
from vivier.search.operators import EVERY, Collection, Measure, Not, Operator, Search, Terms, conjunction
from vivier.search.port import Answer, Building, Document, Generation, Groups, Hit, Members, Reader, Store
from vivier.settings import Contacts
from vivier.text.vocabulary import Vocabulary

T = TypeVar("T")


class WithheldStore:
    """Wraps a store. Methods that build call the wrapped store directly; readers do too when no supplier opposed."""

    def __init__(self, store: Store, opposition: Opposition, contacts: Contacts = "shown") -> None:
        self._store = store
        self._contacts = contacts
        self.name = store.name
        self._opposition = opposition
        self._hashes: frozenset[str] = frozenset()
        self._opposed: dict[str, frozenset[str]] = {}
        """Opposed SIRETs by name of generation, for the list ``_hashes``."""

    def build(self, collection: Collection) -> Building:
        return self._store.build(collection)

    def promote(self, collection: Collection, generation: str) -> Generation:
        return self._store.promote(collection, generation)

    def generations(self, collection: Collection) -> list[Generation]:
        return self._store.generations(collection)

    def remove(self, collection: Collection, generation: str) -> None:
        self._store.remove(collection, generation)

    def live(self, collection: Collection) -> Generation:
        """The live generation. Its ``meta`` names the version of the list, so that an answer cached for another version is not
        used."""
        return self._marked(self._store.live(collection))

    def open(self, collection: Collection, generation: str | None = None) -> Reader[Any]:
        reader = self._store.open(collection, generation)
        if self._contacts == "hidden" and collection in ("suppliers", "notices"):
            reader = WithoutContacts(self._marked(reader.generation), reader)
        if not self._opposition.hashes:
            return reader
        if collection == "suppliers":
            return WithheldSuppliers(self._marked(reader.generation), reader, self._opposition, self._opposed_of)
        return WithheldHolders(reader, self._opposition) if collection == "contracts" else reader

    def together(self, works: Sequence[Callable[[], T]]) -> list[T]:
        return self._store.together(works)

    def ready(self) -> list[str]:
        try:
            _ = self._opposition.hashes
        except OppositionUnreadable as error:
            return [str(error), *self._store.ready()]
        return self._store.ready()

    def warnings(self) -> list[str]:
        return self._store.warnings()

    def damaged(self, collection: Collection, generation: str) -> list[str]:
        return self._store.damaged(collection, generation)

    def close(self) -> None:
        self._store.close()

    def _marked(self, generation: Generation) -> Generation:
        marks: dict[str, str] = {} if self._contacts == "shown" else {"contacts": self._contacts}
        if generation.collection == "suppliers" and self._opposition.hashes:
            marks["opposed"] = self._opposition.version
        return replace(generation, meta={**generation.meta, **marks}) if marks else generation

    def _opposed_of(self, reader: Reader[Any]) -> frozenset[str]:
        """The opposed SIRETs of a generation of suppliers, computed once for each version of the list."""
        hashes, name = self._opposition.hashes, reader.generation.name
        if self._hashes is not hashes:
            self._hashes, self._opposed = hashes, {}
        found = self._opposed.get(name)
        if found is None:
            found = self._opposition.among(reader.group(EVERY, "identifiers", ()).values)
            self._opposed[name] = found
        return found


class WithheldSuppliers:
    """The suppliers of a generation, less those that opposed."""

    def __init__(
        self,
        generation: Generation,
        reader: Reader[Any],
        opposition: Opposition,
        opposed_of: Callable[[Reader[Any]], frozenset[str]],
    ) -> None:
        self.generation = generation
        self._reader = reader
        self._opposition = opposition
        self._opposed_of = opposed_of

    def search(self, search: Search) -> Answer[Any]:
        return self._reader.search(self._less(search))

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        found = self._reader.get(ids)
        return {id_: record for id_, record in found.items() if not self._opposition.among(_identifiers(record))}

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        return self._reader.scan(conjunction(where, self._shown), records=records)

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        return self._reader.stream(self._less(search))

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        return self._reader.group(conjunction(where, self._shown), by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        return self._reader.members(conjunction(where, self._shown), by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        return self._reader.vocabulary()

    @cached_property
    def _shown(self) -> Operator | None:
        """The operator that excludes opposed suppliers; ``None`` when no supplier of this generation opposed."""
        opposed = self._opposed_of(self._reader)
        return Not(Terms("identifiers", tuple(sorted(opposed)))) if opposed else None

    def _less(self, search: Search) -> Search:
        shown = self._shown
        if shown is None:
            return search
        return replace(
            search,
            where=conjunction(search.where, shown),
            facets=tuple(replace(facet, where=conjunction(facet.where, shown)) for facet in search.facets),
            counts=tuple((name, conjunction(where, shown)) for name, where in search.counts),
        )


class Rewritten:
    """The records of a generation, each as :meth:`rewritten` gives it."""

    def __init__(self, generation: Generation, reader: Reader[Any]) -> None:
        self.generation = generation
        self._reader = reader

    def rewritten(self, record: Document) -> Document:
        """The record as it is given; the same object when nothing changes."""
        raise NotImplementedError

    def search(self, search: Search) -> Answer[Any]:
        answer = self._reader.search(search)
        return replace(answer, hits=list(map(self._hit, answer.hits)))

    def get(self, ids: Iterable[str]) -> dict[str, Document]:
        return {id_: self.rewritten(record) for id_, record in self._reader.get(ids).items()}

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        found = self._reader.scan(where, records=records)
        return map(self._hit, found) if records else found

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        return map(self._hit, self._reader.stream(search))

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        return self._reader.group(where, by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        return self._reader.members(where, by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        return self._reader.vocabulary()

    def _hit(self, hit: Hit[Any]) -> Hit[Any]:
        record = self.rewritten(hit.record)
        return hit if record is hit.record else replace(hit, record=record)


_CONTACTS: Final = ("mailbox", "phone")


class WithoutContacts(Rewritten):
    """Suppliers and notices without the mailbox nor the number of an organisation."""

    def rewritten(self, record: Document) -> Document:
        """The record without mailbox nor phone, those of the buyer of a notice included."""
        contact = record.get("buyer_contact")
        if contact is not None and "mailbox" in contact:
            record = {**record, "buyer_contact": {name: text for name, text in contact.items() if name != "mailbox"}}
        if not record.keys().isdisjoint(_CONTACTS):
            record = {name: fact for name, fact in record.items() if name not in _CONTACTS}
        others = record.get("others", ())
        if any(other["field"] in _CONTACTS for other in others):
            record = {**record, "others": [other for other in others if other["field"] not in _CONTACTS]}
        return record


class WithheldHolders(Rewritten):
    """The contracts of a generation, whose records no longer link a holder to a structure that opposed. The identifier of the
    holder, which the buyer declared, stays."""

    def __init__(self, reader: Reader[Any], opposition: Opposition) -> None:
        super().__init__(reader.generation, reader)
        self._opposition = opposition

    def rewritten(self, record: Document) -> Document:
        """The record whose opposed holders are no longer named by a register."""
        organisations = [*record.get("holders", ()), *(act["subcontractor"] for act in record.get("subcontracts", ()))]
        opposed = self._opposition.among(holder["siret"] for holder in organisations if holder.get("siret"))
        sirens = {siret[:9] for siret in opposed}
        if not sirens:
            return record
        return {
            **record,
            "inclusive": [site for site in record.get("inclusive", ()) if site["siren"] not in sirens],
            "holders": [
                _unregistered(holder) if holder.get("siren") in sirens else holder for holder in record["holders"]
            ],
        }


def _unregistered(holder: Document) -> Document:
    """The holder without the name that came from a register. A name that the buyer declared stays."""
    return (
        {k: v for k, v in holder.items() if k not in ("name", "name_source")} if holder.get("name_source") else holder
    )


def _identifiers(record: Document) -> Iterable[str]:
    """Every SIRET of a stored record."""
    siret = record.get("siret")
    return (*record.get("identifiers", ()), *([siret["value"]] if siret else ()))
