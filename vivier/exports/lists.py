"""Exports of contracts, notices and leads (for buyers and indicators, see :mod:`vivier.exports.figures`). They have the same files,
guard and « Lisez-moi » as those of suppliers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from vivier.contracts.columns import COLUMNS, ListColumn, ListLine
from vivier.contracts.find import METHOD_VERSIONS, find_list, stream_list
from vivier.contracts.leads import METHOD_VERSION, find_leads
from vivier.contracts.leads_query import MOST_LEADS, LeadsQuery
from vivier.contracts.profile import Profile
from vivier.contracts.query import ListQuery
from vivier.errors import FieldError, InvalidRequest
from vivier.french import day
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.search.columns import Cell
from vivier.search.query import refuse_paging
from vivier.search.query_url import pairs, url_of
from vivier.search.snapshot import Snapshot
from vivier.suppliers.sources import SourcesSeen, cards
from vivier.suppliers.whole import MAX_ROWS, ExportIncomplete

THINGS = {
    "contracts": "Marchés",
    "notices": "Avis",
    "leads": "Opportunités",
    "buyers": "Acheteurs",
    "indicators": "Groupes",
}
FILE_NAMES = {
    "contracts": "marches",
    "notices": "avis",
    "leads": "opportunites",
    "buyers": "acheteurs",
    "indicators": "indicateurs",
}
_READING = (
    "« non renseignée » n'est pas « absente » : la source ne dit rien. Une fin est toujours « au plus tard ».",
    "Montants hors taxes sur toute la durée, reconductions comprises ; un accord-cadre est à son maximum.",
)


@dataclass(frozen=True)
class ListDocument:
    """An export ready to be written. Its rows can be read once."""

    of: str
    columns: tuple[ListColumn, ...]
    as_of: date
    total: int
    sources: SourcesSeen
    parameters: tuple[tuple[str, Cell], ...]
    remarks: tuple[str, ...]
    _lines: Callable[[], Iterator[ListLine]]

    @property
    def things(self) -> str:
        """French name of the rows."""
        return THINGS[self.of]

    def rows(self) -> Iterator[list[Cell]]:
        """Every row, in order. Raises the errors of :meth:`each`."""
        return (row for _, row in self.each())

    def each(self) -> Iterator[tuple[ListLine, list[Cell]]]:
        """Every line with its row, in order. Raises ``ExportIncomplete`` at the end when there are not ``total`` of them."""
        count = 0
        for line in self._lines():
            count += 1
            self.sources.add(line.record)
            yield line, [column.read(line) for column in self.columns]
        if count != self.total:
            raise ExportIncomplete(f"Export incomplet : {count} lignes lues sur {self.total}. Recommencez.")


def prepare_list(of: str, query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ListDocument:
    """An export of contracts or notices. Raises ``InvalidRequest`` (paging, more than ``MAX_ROWS``), ``NotFound``."""
    refuse_paging(query)
    generation = snapshot.of(query.collection).generation
    found = find_list(query.model_copy(update={"facets": (), "per_page": 1}), snapshot, lexicon, today)
    if found.total > MAX_ROWS:
        message = (
            f"Un export contient au plus {MAX_ROWS} lignes ; cette recherche en trouve {found.total} : précisez-la."
        )
        raise InvalidRequest((FieldError("query", "too_many_rows", message),))
    as_of = found.plan.as_of
    tail = tail_of(of, query, as_of, " ".join(METHOD_VERSIONS.values()))

    def lines() -> Iterator[ListLine]:
        everything = stream_list(query.model_copy(update={"facets": ()}), snapshot, lexicon, today)
        for rank, result in enumerate(everything, 1):
            yield ListLine(rank, result.id, result.record, result.reasons, result.distance_km, lexicon, tail)

    left_out = (
        f"Hors de ces lignes, faute de « {name} » connu : {count}."
        for name, count in found.unknown_excluded.items()
        if count
    )
    remarks = (*found.plan.notices, *left_out, *_READING)
    parameters = parameter_rows(query, tail, found.total, THINGS[of], generation.name)
    return ListDocument(of, COLUMNS[of], as_of, found.total, SourcesSeen(cards(generation)), parameters, remarks, lines)


def prepare_leads(
    query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> ListDocument:
    """An export of the first thousand leads, best first. A remark gives the total when there are more."""
    refuse_paging(query)
    whole = query.model_copy(update={"page": 1, "per_page": MOST_LEADS})
    found = find_leads(whole, profile, snapshot, lexicon, today)
    generations = snapshot.live("contracts", "notices")
    known = {id_: card for generation in generations for id_, card in cards(generation).items()}
    tail = tail_of("leads", query, found.as_of, METHOD_VERSION)

    def lines() -> Iterator[ListLine]:
        for rank, lead in enumerate(found.leads, 1):
            due = None if lead.due is None else lead.due.isoformat()
            yield ListLine(
                rank, lead.id, lead.record, lead.reasons, lead.distance_km, lexicon, tail, lead.kind, due, lead.score
            )

    cut = () if found.total <= MOST_LEADS else (f"{MOST_LEADS} premières opportunités sur {found.total}.",)
    missing = tuple(
        {"notices": "Avis non chargés.", "contracts": "Marchés non chargés."}[collection]
        for collection in found.missing
    )
    parameters = parameter_rows(
        query, tail, len(found.leads), THINGS["leads"], " ".join(generation.name for generation in generations)
    )
    remarks = (*cut, *missing, *(f"{rule.text}." for rule in found.left_out), *_READING)
    return ListDocument(
        "leads", COLUMNS["leads"], found.as_of, len(found.leads), SourcesSeen(known), parameters, remarks, lines
    )


def tail_of(of: str, query: Model, as_of: date, methods: str) -> tuple[str, str, str]:
    """The end of every row: the query, the day, the methods."""
    return url_of(f"/v1/{of}", query.model_copy(update={"as_of": as_of})), as_of.isoformat(), methods


def parameter_rows(
    query: Model, tail: tuple[str, str, str], total: int, things: str, generation: str
) -> tuple[tuple[str, Cell], ...]:
    """Titles and values of the query for the « Lisez-moi », with all that is needed to repeat it."""
    return (
        ("Adresse qui la refait", tail[0]),
        *((f"Paramètre {name}", value) for name, value in pairs(query)),
        ("À la date du", day(tail[1])),
        (things, total),
        ("Génération de l'index", generation),
        ("Méthodes", tail[2]),
    )
