"""Recognises the holders that are inclusive structures: by SIRET the very site, by SIREN perhaps a sister site
(docs/contracts.md, « Evidence of a provision »)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from indexer.contracts.names import Layer
from vivier.errors import NotFound
from vivier.identity import fold
from vivier.law.articles import ReservedFor
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.model import InclusiveHolder, Organisation, Provenance
from vivier.search.operators import Exists, Same
from vivier.search.port import Store

BY_SIRET, BY_SIREN = 0.95, 0.5
MOST_SISTERS: Final = 20
"""Sites of one SIREN listed for a holder, at most; all their kinds count."""


@dataclass(frozen=True)
class _Site:
    id: str
    name: str
    provenance: Mapping[str, Any]
    agreements: tuple[tuple[str, str | None, str | None], ...]

    def kinds_on(self, day: date | None) -> tuple[str, ...]:
        """Kinds valid on a day. An agreement without dates counts, and so does any agreement when the contract has no date."""
        on = None if day is None else day.isoformat()
        return tuple(
            dict.fromkeys(
                kind
                for kind, start, end in self.agreements
                if on is None or ((start is None or start <= on) and (end is None or end >= on))
            )
        )


class InclusiveIndex:
    """The structures in service, by SIRET and by SIREN."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._by_siret: dict[str, list[_Site]] = {}
        self._by_siren: dict[str, list[_Site]] = {}
        for record in records:
            site = _site(record)
            siret, siren = _value(record, "siret"), _value(record, "siren")
            if siret is not None:
                self._by_siret.setdefault(siret, []).append(site)
            if siren or siret:
                self._by_siren.setdefault(siren or str(siret)[:9], []).append(site)

    def __len__(self) -> int:
        return sum(map(len, self._by_siren.values()))

    def names(self) -> Iterator[Layer]:
        """The name of each SIREN whose sites all have the same, by source."""
        names: defaultdict[str, dict[str, str]] = defaultdict(dict)
        provenances: dict[str, Mapping[str, Any]] = {}
        for siren, sites in self._by_siren.items():
            if len({fold(site.name) for site in sites}) == 1:
                provenance = sites[0].provenance
                source = provenances.setdefault(provenance["source_id"], provenance)["source_id"]
                names[source][siren] = sites[0].name
        for source in sorted(names):
            yield Layer(Provenance.model_validate(provenances[source]), names[source])

    def known(self, holder: Organisation, day: date | None, *, subcontractor: bool = False) -> list[InclusiveHolder]:
        """The structures that a holder is, or whose sister site it may be; empty when none is known."""
        if holder.siren is None:
            return []
        sites = self._by_siret.get(holder.siret or "", [])
        match, confidence = ("siret", BY_SIRET) if sites else ("siren", BY_SIREN)
        found = [(site, site.kinds_on(day)) for site in sites or self._by_siren.get(holder.siren, [])]
        return [
            InclusiveHolder(
                siren=holder.siren,
                supplier_id=site.id,
                name=site.name,
                kinds=kinds,
                match=match,
                confidence=confidence,
                subcontractor=subcontractor,
            )
            for site, kinds in found[:MOST_SISTERS]
            if kinds
        ]


def inclusive_index(engine: Store) -> InclusiveIndex:
    """The structures of the suppliers' live generation that have an agreement; empty when none is in service."""
    try:
        engine.live("suppliers")
    except NotFound:
        return InclusiveIndex(())
    return InclusiveIndex(hit.record for hit in engine.open("suppliers").scan(Same("agreements", (Exists("kind"),))))


def families_of(holders: Iterable[InclusiveHolder]) -> tuple[ReservedFor, ...]:
    """The families of reservation that the kinds of the holders belong to."""
    found = (FAMILY_OF_KIND.get(kind) for holder in holders for kind in holder.kinds)
    return tuple(sorted({family for family in found if family is not None}))


def _site(record: Mapping[str, Any]) -> _Site:
    agreements = tuple(
        (fact["value"]["kind"], fact["value"].get("valid_from"), fact["value"].get("valid_until"))
        for fact in record.get("agreements", ())
    )
    return _Site(record["id"], record["name"]["value"], record["name"]["provenance"], agreements)


def _value(record: Mapping[str, Any], name: str) -> str | None:
    fact = record.get(name)
    return None if fact is None else str(fact["value"])
