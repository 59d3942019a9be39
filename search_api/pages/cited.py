"""The sources of a sheet, numbered as they are first cited: a section names them once, and a drawer says which fact comes from which."""

from __future__ import annotations

from dataclasses import dataclass

from search_api.pages.facts import Proof, proof
from vivier.model.views import ProvenanceView


@dataclass(frozen=True)
class Source:
    """A source of the sheet, its number, and the facts that come from it, each once."""

    number: int
    proof: Proof
    facts: tuple[str, ...]


class Cited:
    """Numbers the sources of a sheet."""

    def __init__(self) -> None:
        self._facts: dict[Proof, list[str]] = {}

    def cite(self, fact: str, provenance: ProvenanceView) -> int:
        """The number of the source of a fact."""
        source = proof(provenance)
        self._facts.setdefault(source, []).append(fact)
        return list(self._facts).index(source) + 1

    def listed(self) -> dict[int, Source]:
        return {
            number: Source(number, source, tuple(dict.fromkeys(facts)))
            for number, (source, facts) in enumerate(self._facts.items(), 1)
        }
