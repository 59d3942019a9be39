"""Context on disk: what crawlers read around suppliers and the indexer applies to them. Runs as those of sources.

::

    context/<name>/<run>/facts.jsonl        one Establishment, Located or Area a line
    context/<name>/<run>/names.jsonl        LegalName of buyers and holders (sirene)
    context/<name>/<run>/statistics.json    RunStatistics
    context/<name>/current                  name of the run in force
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from vivier.identity import digest_of, fold
from vivier.model.base import Model
from vivier.model.context import Area, Establishment, LegalName, Located
from vivier.model.place import Address
from vivier.runs.records import RunStatistics, SourceCard, Unreadable, current_run, parsed_lines, read_statistics

CARDS: Final[dict[str, SourceCard]] = {
    card.id: card
    for card in (
        SourceCard(
            id="sirene",
            title="SIRENE : état des établissements",
            producer="INSEE ; API Recherche d'entreprises (DINUM)",
            dataset="Base SIRENE des entreprises et de leurs établissements",
            licence="Licence Ouverte 2.0",
            homepage="https://www.data.gouv.fr/datasets/base-sirene-des-entreprises-et-de-leurs-etablissements-siren-siret/",
            covers="Ouverture, successeur, catégorie juridique, tranche d'effectif, chiffre d'affaires, diffusion ; noms d'acheteurs et de titulaires.",
            limits="Le chiffre d'affaires est celui de l'unité légale et n'est publié que par une partie d'entre elles.",
            cadence_days=30,
        ),
        SourceCard(
            id="ban",
            title="Base adresse nationale : points des adresses",
            producer="IGN, service de géocodage de la Géoplateforme",
            dataset="Base adresse nationale (géocodage)",
            licence="Licence Ouverte 2.0",
            homepage="https://geoservices.ign.fr/documentation/services/services-geoplateforme/geocodage",
            covers="Le point des adresses publiées sans coordonnées, avec le score de la recherche.",
            limits="Un score d'au plus 0,75 ou une réponse à la commune ne donnent pas de point.",
        ),
        SourceCard(
            id="zones",
            title="Zones prioritaires : QPV, FRR, ZRR",
            producer="ANCT",
            dataset="Quartiers prioritaires, France ruralités revitalisation, zones de revitalisation rurale",
            licence="non précisée par le producteur",
            covers="Communes en FRR ou en ZRR, contours des QPV.",
            limits="Un QPV ne se constate que sur un point à l'adresse ; une commune classée en partie n'est pas signalée.",
        ),
    )
}
"""Registers that say something of suppliers and are no source of them."""

F = TypeVar("F", bound=Model)
FACTS: Final = "facts.jsonl"
NAMES: Final = "names.jsonl"
KINDS: Final[dict[str, type[Model]]] = {"sirene": Establishment, "ban": Located, "zones": Area}


def address_key(address: Address) -> str | None:
    """The key of an address for the geocoder: its line, post code and town folded; ``None`` without a line."""
    if not address.line:
        return None
    parts = (fold(address.line), address.post_code or "", fold(address.town or ""), address.commune or "")
    return digest_of("|".join(parts).encode())


def has_context(context: Path, name: str) -> bool:
    """Whether there is a run of this context in force."""
    return (context / name / "current").exists()


def read_facts(context: Path, name: str, kind: type[F], unreadable: Unreadable | None = None) -> Iterator[F]:
    """The facts of the run in force; none when there is no run. A line that cannot be read is given to ``unreadable`` and left out;
    without it, the first one raises ``RunDamaged``."""
    if not has_context(context, name):
        return
    yield from _read(current_run(context, name) / FACTS, kind, unreadable)


def read_names(context: Path) -> Iterator[LegalName]:
    """The names of buyers and holders that SIRENE gave; none when it was not read. A line that cannot be read raises ``RunDamaged``."""
    if has_context(context, "sirene"):
        yield from _read(current_run(context, "sirene") / NAMES, LegalName, None)


def _read(file: Path, kind: type[F], unreadable: Unreadable | None) -> Iterator[F]:
    if file.exists():
        yield from parsed_lines(file, kind.model_validate_json, unreadable)


def context_statistics(context: Path) -> dict[str, RunStatistics]:
    """The report of each context in force."""
    return {name: read_statistics(current_run(context, name)) for name in CARDS if has_context(context, name)}


def write_facts(folder: Path, facts: Iterable[Model], file: str = FACTS) -> int:
    """Writes the facts of a run. Returns their number."""
    count = 0
    with (folder / file).open("w", encoding="utf8") as lines:
        for fact in facts:
            lines.write(fact.model_dump_json(exclude_none=True) + "\n")
            count += 1
    return count
