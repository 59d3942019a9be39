"""The opposition list at query time: an engine that answers as if the opposed suppliers were not in it.

Only keyed hashes are known (:mod:`vivier.privacy.opposition`), so the identifiers of the generation asked are hashed once and compared;
the SIRETs found are then a condition of every question, so that totals, facets and exports are exact. That is done again when
the list or the generation changes: a supplier opposed after the build is gone from the next answer on. A generation under the
gates is read likewise, whether or not another one is in service. A house without a list pays one look at the file system a
question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from vivier.engine.port import Answer, Building, Engine, Generation, Groups, Hit, Members
from vivier.privacy.opposition import Opposition, OppositionUnreadable
from vivier.search.operators import EVERY, Collection, Measure, Not, Operator, Search, Terms, conjunction
from vivier.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class _Found:
    """The opposed ``sirets`` of some ``generations`` of suppliers, by a list of ``hashes``."""

    hashes: frozenset[str] = frozenset()
    generations: frozenset[str] = frozenset()
    sirets: frozenset[str] = frozenset()


class WithheldEngine:
    """Wraps an engine; the collections other than suppliers, and what builds, pass through."""

    def __init__(self, engine: Engine, opposition: Opposition) -> None:
        self._engine = engine
        self.name = engine.name
        self._opposition = opposition
        self._found = _Found()

    def build(self, collection: Collection) -> Building:
        return self._engine.build(collection)

    def promote(self, collection: Collection, generation: str) -> Generation:
        return self._engine.promote(collection, generation)

    def generations(self, collection: Collection) -> list[Generation]:
        return self._engine.generations(collection)

    def remove(self, collection: Collection, generation: str) -> None:
        self._engine.remove(collection, generation)

    def live(self, collection: Collection) -> Generation:
        """The live generation; its ``meta`` says which list withholds from it, so that a cached answer is not good for another."""
        live = self._engine.live(collection)
        hashes = self._opposition.hashes if collection == "suppliers" else frozenset()
        return replace(live, meta={**live.meta, "opposed": self._opposition.version}) if hashes else live

    def search(self, collection: Collection, search: Search, generation: str | None = None) -> Answer:
        answer = self._engine.search(collection, self._without(collection, search, generation), generation)
        if collection != "contracts" or not self._opposition.hashes:
            return answer
        return replace(answer, hits=[self._told(collection, hit) for hit in answer.hits])

    def get(
        self, collection: Collection, ids: Iterable[str], generation: str | None = None
    ) -> dict[str, dict[str, Any]]:
        found = self._engine.get(collection, ids, generation)
        if not self._opposition.hashes:
            return found
        if collection != "suppliers":
            return {id_: self._unnamed(collection, record) for id_, record in found.items()}
        return {id_: record for id_, record in found.items() if not self._opposition.among(_identifiers(record))}

    def scan(
        self, collection: Collection, where: Operator, *, records: bool = True, generation: str | None = None
    ) -> Iterator[Hit]:
        where = conjunction(where, self._shown(collection, generation))
        hits = self._engine.scan(collection, where, records=records, generation=generation)
        return map(partial(self._told, collection), hits) if collection == "contracts" else hits

    def stream(self, collection: Collection, search: Search, generation: str | None = None) -> Iterator[Hit]:
        hits = self._engine.stream(collection, self._without(collection, search, generation), generation)
        return map(partial(self._told, collection), hits) if collection == "contracts" else hits

    def aggregate(
        self, collection: Collection, where: Operator, by: str, total: str | None = None, path: str | None = None
    ) -> dict[str, tuple[int, float]]:
        return self._engine.aggregate(collection, conjunction(where, self._shown(collection, None)), by, total, path)

    def group(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        measures: tuple[Measure, ...],
        generation: str | None = None,
        among: tuple[str, ...] | None = None,
    ) -> Groups:
        shown = conjunction(where, self._shown(collection, generation))
        return self._engine.group(collection, shown, by, measures, generation, among)

    def members(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        values: tuple[str, ...],
        path: str | None = None,
        entry: Operator = EVERY,
        generation: str | None = None,
    ) -> Members:
        shown = conjunction(where, self._shown(collection, generation))
        return self._engine.members(collection, shown, by, values, path, entry, generation)

    def vocabulary(self, collection: Collection, generation: str | None = None) -> Vocabulary:
        return self._engine.vocabulary(collection, generation)

    def ready(self) -> list[str]:
        try:
            _ = self._opposition.hashes
        except OppositionUnreadable as error:
            return [str(error), *self._engine.ready()]
        return self._engine.ready()

    def close(self) -> None:
        self._engine.close()

    def _told(self, collection: Collection, hit: Hit) -> Hit:
        """A contract no longer says that its holder is a structure that opposed; the declared number of the holder stays."""
        record = self._unnamed(collection, hit.record)
        return hit if record is hit.record else replace(hit, record=record)

    def _unnamed(self, collection: Collection, record: dict[str, Any]) -> dict[str, Any]:
        if collection != "contracts" or not self._opposition.hashes:
            return record
        organisations = [*record.get("holders", ()), *(act["subcontractor"] for act in record.get("subcontracts", ()))]
        opposed = self._opposition.among(one["siret"] for one in organisations if one.get("siret"))
        sirens = {siret[:9] for siret in opposed}
        if not sirens:
            return record
        return {
            **record,
            "inclusive": [one for one in record.get("inclusive", ()) if one["siren"] not in sirens],
            "holders": [_unregistered(one) if one.get("siren") in sirens else one for one in record["holders"]],
        }

    def _without(self, collection: Collection, search: Search, generation: str | None) -> Search:
        shown = self._shown(collection, generation)
        return (
            search
            if shown is None
            else replace(
                search,
                where=conjunction(search.where, shown),
                facets=tuple(replace(facet, where=conjunction(facet.where, shown)) for facet in search.facets),
                counts=tuple((name, conjunction(where, shown)) for name, where in search.counts),
            )
        )

    def _shown(self, collection: Collection, generation: str | None) -> Operator | None:
        """The condition of not being opposed; ``None`` when nobody is."""
        opposed = self._opposed(collection, generation)
        return Not(Terms("identifiers", tuple(sorted(opposed)))) if opposed else None

    def _opposed(self, collection: Collection, generation: str | None) -> frozenset[str]:
        """Opposed SIRETs of the generation asked (``None``: the live one), and of those asked before: a promotion may fall
        between this and the answer."""
        hashes = self._opposition.hashes if collection == "suppliers" else frozenset()
        if not hashes:
            return frozenset()
        name = generation or self._engine.live(collection).name
        found = self._found
        if found.hashes is not hashes:
            found = _Found(hashes, sirets=self._opposition.among(found.sirets))
        if name not in found.generations:
            identifiers = self._engine.group(collection, EVERY, "identifiers", (), name).values
            sirets = found.sirets | self._opposition.among(identifiers)
            self._found = found = _Found(hashes, found.generations | {name}, sirets)
        return found.sirets


def _unregistered(holder: dict[str, Any]) -> dict[str, Any]:
    """Without the name a register gave it; what the buyer declared stays."""
    return (
        {k: v for k, v in holder.items() if k not in ("name", "name_source")} if holder.get("name_source") else holder
    )


def _identifiers(record: dict[str, Any]) -> Iterable[str]:
    """Every SIRET of a stored record."""
    siret = record.get("siret")
    return (*record.get("identifiers", ()), *([siret["value"]] if siret else ()))
