"""The columns of the export of indicators. Shares are in [0, 1], amounts in euros; unknown is an empty cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vivier.contracts.columns import END_OF_ROW, ListColumn, ListLine
from vivier.search.columns import Cell

_FIGURES: Final = (
    ("yes", "déclarent", "marchés qui déclarent au moins une considération"),
    ("no", "déclarent n'en avoir aucune", "marchés"),
    ("unknown", "non renseignée", "marchés qui n'en disent rien, ou se contredisent"),
    ("coverage", "couverture", "renseignés sur tous"),
    ("share_recorded", "part des renseignés", "oui sur renseignés"),
    ("share_all", "part de tous", "oui sur tous : un plancher"),
    ("share_ceiling", "plafond", "part si tous les non renseignés étaient oui"),
)


def _of(dimension: str, name: str) -> Any:
    def read(line: ListLine) -> Cell:
        value: Cell = line.record[dimension][name]
        return value

    return read


def _interval(dimension: str, end: int) -> Any:
    return lambda line: line.record[dimension]["interval_95"][end]


def _amount(dimension: str, name: str) -> Any:
    return lambda line: line.record[dimension]["amounts"][name]


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
    for name, header in (
        ("yes", "des marchés qui déclarent"),
        ("recorded", "des marchés renseignés"),
        ("all", "de tous les marchés"),
    ):
        yield ListColumn(
            f"{dimension}_amount_{name}",
            f"Cons. {french} : montant {header} (€ HT)",
            "toute la durée, accords-cadres au maximum ; hors définition du PNAD",
            _amount(dimension, name),
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
