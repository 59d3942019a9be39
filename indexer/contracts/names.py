"""Gives the names of buyers and holders that no record gives, as SIRENE publishes them: names of bodies, never of a person."""

from __future__ import annotations

from pathlib import Path

from vivier.model import Organisation, Provenance
from vivier.runs.context import CARDS, context_statistics, read_names

SIRENE = "sirene"


class LegalNames:
    """Names by SIREN with their provenance; empty when SIRENE was not read. ``folder`` is that of the contexts."""

    def __init__(self, folder: Path | None = None) -> None:
        self._names = {} if folder is None else {unit.siren: unit.name for unit in read_names(folder) if unit.name}
        self._provenance = _provenance(folder) if folder is not None and self._names else None

    def __len__(self) -> int:
        return len(self._names)

    def named(self, organisation: Organisation) -> Organisation:
        """The organisation with the name that SIRENE gives, when it has none. ``name_source`` says where the name comes
        from."""
        if organisation.name is not None or organisation.siren not in self._names:
            return organisation
        return organisation.changed(name=self._names[organisation.siren], name_source=SIRENE)

    def sources(self, *organisations: Organisation) -> tuple[Provenance, ...]:
        """The provenance to credit when SIRENE gave one of the names."""
        used = any(organisation.name_source == SIRENE for organisation in organisations)
        return (self._provenance,) if used and self._provenance is not None else ()


def _provenance(folder: Path) -> Provenance:
    card, report = CARDS[SIRENE], context_statistics(folder)[SIRENE]
    return Provenance(
        source_id=SIRENE,
        producer=card.producer,
        dataset=card.dataset,
        licence=card.licence,
        url=card.homepage,
        fetched_at=report.started_at,
    )
