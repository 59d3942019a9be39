"""What is known of the contracts and notices of a generation, from the counts made during its build (``tally``).

The page ``/qualite`` and ``/v1/sources`` show the same figures: both use this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier import procurement as words
from vivier.french import capital
from vivier.model import Model
from vivier.runs.freshness import NeverLoaded, SourceState, never_loaded, source_states
from vivier.runs.issues import doubt_text
from vivier.runs.quality import Figure, Section, left_out_section
from vivier.search.operators import Collection
from vivier.search.port import Generation
from vivier.search.snapshot import Snapshot

KNOWN: Final[Mapping[str, str]] = {
    "buyer_number": "SIREN de l'acheteur",
    "buyer_name": "Nom de l'acheteur",
    "buyer_seat": "Siège de l'acheteur",
    "holder": "Au moins un titulaire",
    "holder_name": "Nom d'un titulaire au moins",
    "place": "Lieu d'exécution résolu",
    "object": "Objet",
    "cpv": "Code CPV",
    "notified": "Date de notification",
    "published": "Date de publication",
    "ends": "Fin au plus tard",
    "deadline": "Date limite de réponse",
    "amount": "Montant",
    "offers": "Nombre d'offres reçues",
}
"""Fields whose coverage is shown, in the order shown."""
_NOT_OF: Final[Mapping[Collection, frozenset[str]]] = {
    "contracts": frozenset(("deadline",)),
    "notices": frozenset(("holder", "holder_name", "notified", "ends", "offers")),
}
"""Fields that a collection does not have."""


@dataclass(frozen=True)
class Listed:
    """A collection whose quality is shown: its name, the name of its rows, the plural of that name."""

    collection: Collection
    title: str
    unit: str


COLLECTIONS: Final = (
    Listed("contracts", "Marchés et concessions", "marché"),
    Listed("notices", "Avis et projets d'achat", "avis"),
)


def live_lists(snapshot: Snapshot) -> Iterator[tuple[Listed, Generation]]:
    """The collections in service besides the suppliers."""
    for listed in COLLECTIONS:
        for generation in snapshot.live(listed.collection):
            yield listed, generation


def list_sections(listed: Listed, generation: Generation) -> Iterator[Section]:
    """The figures of a collection with their words; none for a generation built before they were counted."""
    tally: Mapping[str, int] = generation.meta.get("tally", {})
    total = generation.documents
    if not tally:
        return
    yield Section(
        f"{listed.collection}-champs",
        f"{listed.title} : ce qui est connu",
        "Sur combien chaque renseignement est connu, quelle que soit la source qui le donne. Le reste est inconnu, non nul.",
        tuple(_fields(listed.collection, tally, total)),
    )
    if listed.collection == "contracts":
        yield Section(
            "contracts-considerations",
            "Marchés et concessions : considérations",
            "Déclarées par l'acheteur. « Non renseignée » n'est jamais comptée comme une absence.",
            tuple(_states(tally, total)),
        )
    else:
        yield Section(
            "notices-natures",
            "Avis et projets d'achat : natures",
            "Chaque lot d'un avis compte une fois. Un jumeau est l'avis du TED d'un marché que le BOAMP annonce aussi.",
            (
                *_figures(tally, "nature:", words.NOTICE_NATURES, total),
                Figure("Publiés aussi dans l’autre journal", tally.get("twins", 0), total),
            ),
        )
    flags = {name.partition(":")[2]: count for name, count in tally.items() if name.startswith("quality:")}
    yield Section(
        f"{listed.collection}-doutes",
        f"{listed.title} : à vérifier",
        "Ce dont il faut douter, gardé et signalé sur chaque fiche. Un même marché peut porter plusieurs signalements.",
        tuple(
            Figure(capital(doubt_text(code)), count, total)
            for code, count in sorted(flags.items(), key=lambda item: (-item[1], item[0]))
        ),
    )
    yield from left_out_section(generation.meta, listed.collection, f"{listed.title} : ")


class ListQuality(Model):
    """Contracts or notices in service: their sources, and counts of what is known (``figures``: titles and counts by section)."""

    collection: str
    title_fr: str
    documents: int
    index_generation: str
    results: list[SourceState]
    never_loaded: list[NeverLoaded]
    sections: list[Section]


def list_qualities(snapshot: Snapshot, today: date) -> list[ListQuality]:
    """Sources and figures of every collection in service besides the suppliers."""
    return [
        ListQuality(
            collection=listed.collection,
            title_fr=listed.title,
            documents=generation.documents,
            index_generation=generation.name,
            results=list(source_states(generation, today)),
            never_loaded=list(never_loaded(generation)),
            sections=list(list_sections(listed, generation)),
        )
        for listed, generation in live_lists(snapshot)
    ]


def _fields(collection: Collection, tally: Mapping[str, int], total: int) -> Iterator[Figure]:
    """The coverage of fields; ``None`` when the build did not count it."""
    if any(name.startswith("known:") for name in tally):
        for name, title in KNOWN.items():
            if name not in _NOT_OF[collection]:
                yield Figure(title, tally.get(f"known:{name}", 0), total)


def _states(tally: Mapping[str, int], total: int) -> Iterator[Figure]:
    for dimension, french in (("social", "sociale"), ("environmental", "environnementale")):
        for state, name in words.STATES.items():
            yield Figure(f"Considération {french} {name}", tally.get(f"{dimension}:{state}", 0), total)


def _figures(tally: Mapping[str, int], prefix: str, names: Mapping[str, str], total: int) -> Iterator[Figure]:
    for code, name in names.items():
        if f"{prefix}{code}" in tally:
            yield Figure(capital(name), tally[f"{prefix}{code}"], total)
