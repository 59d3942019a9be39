"""Exports of figures: ranked buyers, and indicators by group. They have the same files, guard and « Lisez-moi » as the lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from vivier.contracts.columns import COLUMNS, END_OF_ROW, ListColumn, ListLine
from vivier.contracts.figures import row_body
from vivier.contracts.indicators import METHOD_VERSION as INDICATORS_METHOD
from vivier.contracts.indicators import IndicatorsQuery, indicators
from vivier.contracts.leads_query import BuyersQuery
from vivier.contracts.profile import Profile
from vivier.contracts.ranking import METHOD_VERSION as BUYERS_METHOD
from vivier.contracts.ranking import Ranking
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.lists import THINGS, ListDocument, parameter_rows, tail_of
from vivier.lexicon import Lexicon
from vivier.search.columns import Cell
from vivier.search.query import refuse_paging
from vivier.search.snapshot import Snapshot
from vivier.suppliers.sources import SourcesSeen, cards
from vivier.suppliers.whole import MAX_ROWS

_FIGURES: Final = (
    ("yes", "déclarent", "marchés qui déclarent au moins une considération"),
    ("no", "déclarent n'en avoir aucune", "marchés"),
    ("unknown", "non renseignée", "marchés qui n'en disent rien, ou se contredisent"),
    ("coverage", "couverture", "renseignés sur tous"),
    ("share_recorded", "part des renseignés", "oui sur renseignés"),
)


def _of(dimension: str, name: str) -> Any:
    def read(line: ListLine) -> Cell:
        value: Cell = line.record[dimension][name]
        return value

    return read


def _interval(dimension: str, end: int) -> Any:
    return lambda line: line.record[dimension]["interval_95"][end]


def _columns_of(dimension: str, french: str) -> Iterator[ListColumn]:
    for name, header, meaning in _FIGURES:
        yield ListColumn(f"{dimension}_{name}", f"Cons. {french} : {header}", meaning, _of(dimension, name))
    for end, side in enumerate(("low", "high")):
        word = "basse" if side == "low" else "haute"
        yield ListColumn(
            f"{dimension}_{side}", f"Cons. {french} : borne {word}", "Wilson, 95 %", _interval(dimension, end)
        )
    yield ListColumn(
        f"{dimension}_conclusive",
        f"Cons. {french} : concluant",
        "1 assez de marchés renseignés, 0 non",
        lambda line: int(line.record[dimension]["conclusive"]),
    )
    yield ListColumn(
        f"{dimension}_amount_yes",
        f"Cons. {french} : montant des marchés qui déclarent (€ HT)",
        "toute la durée, accords-cadres au maximum ; hors définition du PNAD",
        lambda line: line.record[dimension]["amounts"]["yes"],
    )


INDICATOR_COLUMNS: Final = (
    ListColumn("value", "Groupe", "valeur du groupe ; « total » : tous ensemble", lambda line: line.id),
    ListColumn("label", "Libellé", "en français", lambda line: line.record["label"]),
    ListColumn("n", "Marchés", "tous", lambda line: line.record["social"]["n"]),
    *_columns_of("social", "sociale"),
    *_columns_of("environmental", "environnementale"),
    ListColumn("reserved", "Marchés réservés", "déclarés", lambda line: line.record["reserved"]),
    ListColumn("criterion", "À critère social", "déclarés", lambda line: line.record["criterion"]),
    ListColumn("clause", "À clause sociale", "déclarés", lambda line: line.record["clause"]),
    ListColumn(
        "inclusive_undeclared",
        "Remportés par une structure inclusive sans considération déclarée",
        "titulaire connu comme structure inclusive, sans considération sociale déclarée",
        lambda line: line.record["inclusive_undeclared"],
    ),
    ListColumn(
        "with_amount",
        "Marchés au montant connu",
        "sur lesquels reposent les montants",
        lambda line: line.record["social"]["amounts"]["contracts_with_amount"],
    ),
    *END_OF_ROW,
)


_CHUNK: Final = 200
"""Number of buyers read at a time."""
_SHARES: Final = (
    "Une considération « non renseignée » n'est jamais comptée comme une absence : la couverture dit ce que la part couvre.",
    "Sous cinq marchés renseignés, ou moins de la moitié, une part n'est pas concluante : ni rang, ni comparaison.",
)


def prepare_buyers(
    query: BuyersQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> ListDocument:
    """An export of every buyer of a ranking. Raises ``InvalidRequest`` (paging, more than ``MAX_ROWS``), ``NotFound``."""
    refuse_paging(query)
    as_of = query.as_of or today
    ranking = Ranking(query, profile, snapshot, lexicon, as_of)
    _bounded(len(ranking))
    generation = snapshot.contracts.generation
    tail = tail_of("buyers", query, as_of, BUYERS_METHOD)

    def lines() -> Iterator[ListLine]:
        for start in range(0, len(ranking), _CHUNK):
            for rank, buyer in enumerate(ranking.buyers(start, start + _CHUNK), start + 1):
                record: Mapping[str, Any] = buyer.record or {}
                yield ListLine(rank, buyer.siren, record, (), buyer.distance_km, lexicon, tail, ranked=buyer)

    fallen = tuple(f"Hors de ce classement : {rule.count} {rule.text}." for rule in ranking.left_out)
    remarks = (*ranking.notices, f"Marchés notifiés depuis {query.months} mois.", *fallen, *_SHARES)
    parameters = parameter_rows(query, tail, len(ranking), THINGS["buyers"], generation.name)
    return ListDocument(
        "buyers", COLUMNS["buyers"], as_of, len(ranking), SourcesSeen(cards(generation)), parameters, remarks, lines
    )


def prepare_indicators(query: IndicatorsQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ListDocument:
    """An export of indicators: one row a group, then one for the total. Raises ``InvalidRequest``, ``NotFound``."""
    refuse_paging(query)
    as_of = query.as_of or today
    found = indicators(query, snapshot, lexicon, today, MAX_ROWS)
    _bounded(found.groups)
    generation = snapshot.contracts.generation
    tail = tail_of("indicators", query, as_of, INDICATORS_METHOD)
    sources = [
        {
            **{name: run["source"][name] for name in ("producer", "dataset", "licence")},
            "source_id": run["source"]["id"],
            "updated_at": run.get("updated_at"),
        }
        for run in generation.meta.get("sources", ())
    ]

    def lines() -> Iterator[ListLine]:
        for rank, row in enumerate((*found.rows, found.total), 1):
            yield ListLine(rank, row.value, {**row_body(row), "sources": sources}, (), None, lexicon, tail)

    under = "comptés" if query.subsequent else "non comptés quand leur accord-cadre est présent"
    remarks = (*found.notices, f"Marchés subséquents : {under}.", *_SHARES)
    parameters = parameter_rows(query, tail, len(found.rows) + 1, THINGS["indicators"], generation.name)
    seen = SourcesSeen(cards(generation))
    return ListDocument("indicators", INDICATOR_COLUMNS, as_of, len(found.rows) + 1, seen, parameters, remarks, lines)


def _bounded(rows: int) -> None:
    if rows > MAX_ROWS:
        message = f"Un export contient au plus {MAX_ROWS} lignes ; cette demande en trouve {rows} : précisez-la."
        raise InvalidRequest((FieldError("query", "too_many_rows", message),))
