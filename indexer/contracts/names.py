"""Names of legal units by SIREN, each with its source: SIRENE, inclusive structures, and what contracts and notices write.

A name met once names the same SIREN everywhere. Names of bodies only: those of persons were left out when records were read.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

import orjson

from vivier.contracts.buyers import TABLES, BuyerSeat
from vivier.model import Organisation, Provenance
from vivier.model.context import LegalName
from vivier.runs.context import CARDS, context_statistics, read_names
from vivier.runs.records import RunStatistics, SourceCard, current_run, loaded_sources, read_statistics
from vivier.settings import Settings

SIRENE: Final = "sirene"
_WRITTEN: Final = re.compile(
    rb'"siren":"(\d{9})"(?:,"raw_id":"[^"\\]*")?(?:,"id_type":"[^"\\]*")?,"name":"((?:[^"\\]|\\.)+)"'
)
"""An organisation that has a SIREN and a name, in a line of records."""
_SITE: Final = re.compile(r"\s+\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Layer:
    """The names that one source gives, by SIREN."""

    provenance: Provenance
    names: Mapping[str, str]


@dataclass(frozen=True)
class Names:
    """Names by SIREN, each with the id of its source, and the provenance of each source."""

    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    provenances: Mapping[str, Provenance] = field(default_factory=dict)

    @classmethod
    def of(cls, layers: Iterable[Layer], hidden: Container[str] = ()) -> Names:
        """The names of several sources, the most trusted first. The SIRENs ``hidden`` are given none."""
        known: dict[str, tuple[str, str]] = {}
        provenances: dict[str, Provenance] = {}
        for layer in layers:
            source = layer.provenance.source_id
            provenances[source] = layer.provenance
            for siren, name in layer.names.items():
                if siren not in known and siren not in hidden:
                    known[siren] = (name, source)
        return cls(known, provenances)

    def __len__(self) -> int:
        return len(self.known)

    def named(self, organisation: Organisation) -> Organisation:
        """The organisation with the name known for its SIREN, when it has none. ``name_source`` says where the name comes from."""
        found = self.known.get(organisation.siren or "") if organisation.name is None else None
        return organisation if found is None else organisation.changed(name=found[0], name_source=found[1])

    def sources(self, *organisations: Organisation) -> tuple[Provenance, ...]:
        """The provenances to credit for names that other sources gave to these organisations."""
        used = dict.fromkeys(organisation.name_source for organisation in organisations if organisation.name_source)
        return tuple(self.provenances[source] for source in used if source in self.provenances)


def named_by_tables(buyer: Organisation, seat: BuyerSeat) -> Organisation:
    """The buyer with the name that the tables give to its SIREN, when it has none."""
    if buyer.name is not None or seat.name is None:
        return buyer
    return buyer.changed(name=seat.name, name_source=TABLES)


class WrittenNames:
    """Gathers the names that lines of records write, as first written for each SIREN. What stands at the end in brackets is the name
    of a site, and is left out."""

    def __init__(self) -> None:
        self._first: dict[bytes, bytes] = {}

    def add(self, line: bytes) -> None:
        """Adds the names of a line. They stay as bytes: most were met before."""
        if b'"name":"' in line:
            for siren, written in _WRITTEN.findall(line):
                self._first.setdefault(siren, written)

    def by_siren(self) -> dict[str, str]:
        return {siren.decode(): _plain(written) for siren, written in self._first.items()}


def _plain(written: bytes) -> str:
    name: str = orjson.loads(b'"' + written + b'"') if b"\\" in written else written.decode()
    return without_site(name)


def without_site(name: str) -> str:
    """The name without what stands at its end in brackets, which is the name of a site."""
    return _SITE.sub("", name) or name


def names_of_records(file: Path) -> dict[str, str]:
    names = WrittenNames()
    with file.open("rb") as lines:
        for line in lines:
            names.add(line)
    return names.by_siren()


def names_known(
    settings: Settings, inclusive: Iterable[Layer], read: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> Names:
    """The names of SIRENE, of inclusive structures, then of the contracts and notices in force. ``read``: the names of the sources
    that were already read. A SIREN that SIRENE knows and does not name may be a person's: nothing else names it."""
    units = list(read_names(settings.context))
    hidden = {unit.siren for unit in units if not unit.name}
    return Names.of((*_sirene(settings, units), *inclusive, *_record_layers(settings, read)), hidden)


def _record_layers(settings: Settings, read: Mapping[str, Mapping[str, str]]) -> Iterator[Layer]:
    for content in ("contracts", "notices"):
        for source in loaded_sources(settings.records, content):
            folder = current_run(settings.records, source)
            run = read_statistics(folder)
            names = read[source] if source in read else names_of_records(folder / "records.jsonl")
            yield Layer(provenance_of(run.source, run), names)


def _sirene(settings: Settings, units: Iterable[LegalName]) -> Iterator[Layer]:
    names = {unit.siren: unit.name for unit in units if unit.name}
    if names:
        yield Layer(provenance_of(CARDS[SIRENE], context_statistics(settings.context)[SIRENE]), names)


def provenance_of(card: SourceCard, run: RunStatistics) -> Provenance:
    """Where the names of a run come from: its producer, its licence and the day of its data."""
    return Provenance(
        source_id=card.id,
        producer=card.producer,
        dataset=card.dataset,
        licence=card.licence,
        url=card.homepage,
        updated_at=None if run.updated_at is None else date.fromisoformat(run.updated_at),
        fetched_at=run.started_at,
    )
