"""What is known of the suppliers of a generation, and of how many: the figures, and the words to show them with.

The page ``/qualite`` and ``/v1/sources`` show the same figures: both use this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vivier.french import percent
from vivier.law.kinds import KINDS
from vivier.model.base import Model
from vivier.search.port import Generation
from vivier.vocabulary import EVIDENCES, WITHOUT_TRADE

UNSTATED: Final = "unstated"
"""A trade whose source does not say how it is known."""

UNITS: Final = {
    "places": "places",
    "etp": "équivalents temps plein",
    "etp_insertion": "équivalents temps plein en insertion",
    "persons": "personnes",
    "eur_year": "€ HT par an",
    "volume_eur_year": "€ HT par an que la structure déclare pouvoir prendre",
}
PRECISIONS: Final = {
    "address": "adresse",
    "street": "rue",
    "commune": "commune (point de la mairie ou du centre)",
    "unknown": "précision inconnue",
}


class Quality(Model):
    """Counts of suppliers, written with a generation. Absent is unknown: no count stands for « none ».

    ``kinds``: by kind held, whatever its dates (a supplier may hold several). ``departements``: by typed id of the seat
    (empty: unknown), the total then each kind. ``trades``: by strongest evidence
    of a known trade, else by a rung that tells none (``WITHOUT_TRADE``). ``points``: by precision, those that have
    coordinates. ``capacities``: by unit (a supplier may have several). ``reachable``: by a telephone, a mailbox or a site,
    ``with_phone`` by a telephone; ``None`` in a generation built before they were counted.
    """

    suppliers: int
    closed: int
    without_kind: int
    with_capacity: int
    with_website: int
    with_phone: int | None = None
    reachable: int | None = None
    kinds: dict[str, int]
    departements: dict[str, dict[str, int]]
    trades: dict[str, int]
    points: dict[str, int]
    capacities: dict[str, int]


class LeftOutRecord(Model):
    """A record that a build could not take: its public id or its key, and why, in French."""

    id: str
    reason: str


class LeftOut(Model):
    """The records that a build could not take, by reason in French, the most frequent first; the first hundred are named."""

    count: int
    reasons: dict[str, int]
    examples: tuple[LeftOutRecord, ...]


@dataclass(frozen=True)
class Figure:
    """A count, and the number of which it is a part."""

    title: str
    count: int
    of: int

    @property
    def share(self) -> str:
        """« 24,7 % »; nothing when there is nothing to share."""
        return percent(self.count / self.of) if self.of else ""


@dataclass(frozen=True)
class Section:
    """Figures that go together. ``note`` says what they count and what they leave out."""

    id: str
    title: str
    note: str
    figures: tuple[Figure, ...]


def quality_of(generation: Generation) -> Quality | None:
    """The figures written with a generation; ``None`` for one built before they were."""
    figures = generation.meta.get("quality")
    return None if figures is None else Quality.model_validate(figures)


def left_out_of(meta: Mapping[str, Any]) -> LeftOut | None:
    """What the build of a generation left out; ``None`` for a generation built before this was counted."""
    summary = meta.get("set_aside")
    return None if summary is None else LeftOut.model_validate(summary)


def left_out_section(meta: Mapping[str, Any], collection: str, title: str = "") -> Iterator[Section]:
    """The records left out by reason; nothing when there is none."""
    left = left_out_of(meta)
    if left is not None and left.count:
        yield Section(
            f"{collection}-ecartes",
            f"{title}Écartés de l'index",
            "Fiches que l'indexation n'a pas su prendre, comptées par motif : elles ne sont montrées nulle part. "
            "Elles reviennent à la construction qui suit leur correction.",
            tuple(Figure(reason[:1].upper() + reason[1:], count, 0) for reason, count in left.reasons.items()),
        )


def sections(quality: Quality, meta: Mapping[str, Any]) -> Iterator[Section]:
    """The figures with their words, in the order they are shown. ``meta``: that of the generation, for its merge."""
    total = quality.suppliers
    yield Section(
        "types",
        "Types de structure",
        "Fournisseurs par type d'agrément publié, même expiré. Un fournisseur qui en a plusieurs compte dans chacun.",
        (
            *_figures(quality.kinds, {code: kind.name for code, kind in KINDS.items()}, total),
            Figure("Type inconnu", quality.without_kind, total),
        ),
    )
    proved = {rung: count for rung, count in quality.trades.items() if rung not in WITHOUT_TRADE}
    known = sum(proved.values())
    yield Section(
        "metiers",
        "Métiers, par niveau de preuve",
        "Fournisseurs dont au moins un métier est connu, comptés une fois, à leur preuve la plus forte. "
        "Un statut ou un code d'activité n'en prouve aucun et ne compte pas.",
        (
            Figure("Métier connu", known, total),
            *_figures(proved, {**EVIDENCES, UNSTATED: "preuve non précisée par la source"}, total),
            Figure("Métier inconnu", total - known, total),
        ),
    )
    yield Section(
        "metiers-inconnus",
        "Métier inconnu : ce qui s'en dit",
        "Parmi les fournisseurs de métier inconnu : ceux que leur statut dit mettre du personnel à disposition. Et ceux dont "
        "le code d'activité laisse supposer un métier, jamais tenu pour connu.",
        tuple(_figures({rung: quality.trades.get(rung, 0) for rung in WITHOUT_TRADE}, EVIDENCES, total - known)),
    )
    located = sum(quality.points.values())
    yield Section(
        "coordonnees",
        "Coordonnées, par précision",
        "Fournisseurs dont le siège a un point. Un point de commune ne dit pas où est la structure dans la commune.",
        (
            Figure("Avec coordonnées", located, total),
            *_figures(quality.points, PRECISIONS, total),
            Figure("Sans coordonnées", total - located, total),
        ),
    )
    yield Section(
        "capacite",
        "Capacité",
        "Fournisseurs dont une source publie une taille, par unité. Les unités ne se comparent pas ; "
        "un fournisseur peut en avoir plusieurs.",
        (
            Figure("Avec une capacité", quality.with_capacity, total),
            *_figures(quality.capacities, UNITS, total),
            Figure("Capacité inconnue", total - quality.with_capacity, total),
        ),
    )
    yield Section(
        "contact",
        "Comment les joindre",
        "Fournisseurs dont une source publie un téléphone, un courriel ou un site d'organisation. Aucun n'est essayé ici.",
        tuple(_contacts(quality)),
    )
    yield Section("identite", "Identité", *_identity(quality, meta.get("merge", {})))
    yield from left_out_section(meta, "suppliers")


def _contacts(quality: Quality) -> Iterator[Figure]:
    total, reachable = quality.suppliers, quality.reachable
    if reachable is not None and quality.with_phone is not None:
        yield Figure("Que l'on peut joindre", reachable, total)
        yield Figure("Avec un téléphone", quality.with_phone, total)
    yield Figure("Avec un site web", quality.with_website, total)
    if reachable is None:
        yield Figure("Site web inconnu", total - quality.with_website, total)
    else:
        yield Figure("Coordonnées à demander", total - reachable, total)


def _identity(quality: Quality, merge: Mapping[str, int]) -> tuple[str, tuple[Figure, ...]]:
    note = (
        "Les fiches des sources réunies en fournisseurs. Une paire douteuse peut être une même structure sous deux "
        "fiches : elle n'est pas réunie tant que personne n'en décide."
    )
    figures = [Figure("Fournisseurs que leur source dit fermés", quality.closed, quality.suppliers)]
    if "records" in merge:
        figures.insert(0, Figure("Fiches lues dans les sources", merge["records"], 0))
    if "doubtful" in merge:
        figures.append(Figure("Paires douteuses, à examiner", merge["doubtful"], 0))
    return note, tuple(figures)


def _figures(counts: Mapping[str, int], names: Mapping[str, str], total: int) -> Iterator[Figure]:
    """The figures in the order of the words, then those that the words do not name."""
    for code in (*names, *sorted(counts.keys() - names.keys())):
        if code in counts:
            name = names.get(code, code)
            shown = f"{code}, {name}" if code in KINDS else name
            yield Figure(shown[:1].upper() + shown[1:], counts[code], total)
