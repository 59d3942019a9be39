"""Shares of contracts with a social or environmental consideration, by year, territory, buyer category or CPV division.

Unit: one contract (lot) in its current version, in the year of its first notification; contracts under a framework that is
itself in the set are left out by default, as the parent already counts. No curve is drawn across a series break.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from vivier.contracts.find import list_plan
from vivier.contracts.query import ContractQuery
from vivier.contracts.shares import Share
from vivier.french import plural
from vivier.lexicon import Lexicon
from vivier.search.operators import All, Exists, Measure, Not, Operator, Terms, conjunction
from vivier.search.port import Groups
from vivier.search.query import filters
from vivier.search.snapshot import Snapshot

METHOD_VERSION: Final = "indicators-1"
MOST_ROWS: Final = 1_000
"""Groups in one answer; the file has them all."""
By = Literal["year", "departement", "region", "buyer_category", "division", "category", "kind", "buyer"]
TARGETS: Final[Mapping[str, float]] = {"social": 0.30, "environmental": 1.0}
"""PNAD 2022-2025: in number of contracts notified in the year 2025."""
BREAKS: Final = (
    (2022, "Avant 2022, les critères et les marchés réservés n'étaient pas comptés (recensement OECP ≥ 90 000 €)."),
    (2024, "Depuis 2024, les données essentielles (≥ 40 000 €) remplacent le recensement (≥ 90 000 €)."),
    (
        2026,
        "Depuis le 22 août 2026, la considération environnementale est obligatoire : sa part ne distingue plus les acheteurs.",
    ),
)


WITHOUT_MEANING: Final = ("page", "per_page", "facets", "sort")
"""Parameters of a list that indicators refuse: they would change nothing."""


class IndicatorsQuery(ContractQuery):
    """Indicators of the contracts that meet the filters of a search."""

    by: Annotated[
        By,
        Field(
            description="année, département, région, catégorie d'acheteur, division CPV, type d'achat, contrat, acheteur"
        ),
    ] = "year"
    subsequent: Annotated[
        bool, Field(description="compter aussi les marchés subséquents dont l'accord-cadre est présent")
    ] = False

    @model_validator(mode="after")
    def _whole(self) -> IndicatorsQuery:
        wrong = [f"« {name} »" for name in WITHOUT_MEANING if name in self.model_fields_set]
        if wrong:
            raise PydanticCustomError(
                "not_applicable",
                "{names} : sans objet ici, tous les groupes sont rendus. Retirez-le.",
                {"names": ", ".join(wrong)},
            )
        return self


@dataclass(frozen=True)
class Dimension:
    """One consideration in one group. Amounts are euros over whole durations, doubted ones left out (« hors définition
    PNAD »); ``amount_known`` counts the contracts whose amounts are summed."""

    share: Share
    amount_yes: float
    amount_recorded: float
    amount_all: float
    amount_known: int


@dataclass(frozen=True)
class IndicatorRow:
    """One group: ``inclusive_undeclared`` are contracts won by a known inclusive structure (same site) though no social
    consideration is declared: a second signal, never merged with the first."""

    value: str
    label: str
    social: Dimension
    environmental: Dimension
    reserved: int
    criterion: int
    clause: int
    inclusive_undeclared: int


@dataclass(frozen=True)
class Indicators:
    """Rows in the order of their values, the whole set, and the breaks the series cross. ``groups`` counts all groups: beyond
    :data:`MOST_ROWS`, only those with most contracts are listed, and ``notices`` say so."""

    by: By
    rows: tuple[IndicatorRow, ...]
    total: IndicatorRow
    notices: tuple[str, ...]
    groups: int


def indicators(
    query: IndicatorsQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    most: int = MOST_ROWS,
) -> Indicators:
    """The indicators of a query, for the ``most`` largest groups. Raises ``InvalidRequest``, ``NotFound`` when no contract is
    indexed."""
    plan = list_plan(query, snapshot, lexicon, today)
    where = conjunction(plan.search.where, None if query.subsequent else Not(Exists("parent")))
    found, whole = snapshot.together(
        lambda: snapshot.contracts.group(where, query.by, measures()),
        lambda: snapshot.contracts.group(where, "kind", measures()),
    )
    places = largest(found.measures["n"], most)
    labels = _labels(query.by, [found.values[i] for i in places], snapshot, lexicon)
    rows = tuple(_row(found, i, found.values[i], labels.get(found.values[i], found.values[i])) for i in places)
    total = _total(whole)
    notices = _notices(query.by, found, total)
    if len(found.values) > len(rows):
        notices = (
            *notices,
            f"Les {len(rows)} groupes qui ont le plus de marchés, sur {len(found.values)} ; l'ensemble les compte tous.",
        )
    return Indicators(query.by, rows, total, notices, len(found.values))


def largest(counts: npt.NDArray[np.float64], most: int) -> list[int]:
    """Positions of the ``most`` largest counts, in increasing order; of equal counts the first are chosen."""
    if len(counts) <= most:
        return list(range(len(counts)))
    return sorted(int(i) for i in np.lexsort((np.arange(len(counts)), -counts))[:most])


def measures() -> tuple[Measure, ...]:
    """What is counted and summed in each group."""
    counted: dict[str, Operator] = {
        "n": All(),
        **{f"{d}_{s}": Terms(d, (s,)) for d in ("social", "environmental") for s in ("yes", "no", "unknown")},
        **{value: Terms("provisions", (value,)) for value in ("reserved", "criterion", "clause")},
        "undeclared": conjunction(Terms("inclusive", ("siret",)), Not(Terms("social", ("yes",)))),
        "known": Exists("amount"),
    }
    summed: dict[str, Operator] = {
        "amount": All(),
        **{f"amount_{d}_yes": Terms(d, ("yes",)) for d in ("social", "environmental")},
        **{f"amount_{d}_recorded": Terms(d, ("yes", "no")) for d in ("social", "environmental")},
    }
    return (
        *(Measure(name, where=where) for name, where in counted.items()),
        *(Measure(name, "sum", "amount", where) for name, where in summed.items()),
    )


def _row(found: Groups, i: int, value: str, label: str) -> IndicatorRow:
    def figure(name: str) -> float:
        return float(found.measures[name][i])

    return _indicator_row(value, label, {name: figure(name) for name in found.measures})


def _total(found: Groups) -> IndicatorRow:
    return _indicator_row("total", "Ensemble", {name: float(column.sum()) for name, column in found.measures.items()})


def _indicator_row(value: str, label: str, figures: Mapping[str, float]) -> IndicatorRow:
    def dimension(name: str) -> Dimension:
        share = Share(*(int(figures[f"{name}_{state}"]) for state in ("yes", "no", "unknown")))
        return Dimension(
            share,
            figures[f"amount_{name}_yes"],
            figures[f"amount_{name}_recorded"],
            figures["amount"],
            int(figures["known"]),
        )

    return IndicatorRow(
        value=value,
        label=label,
        social=dimension("social"),
        environmental=dimension("environmental"),
        reserved=int(figures["reserved"]),
        criterion=int(figures["criterion"]),
        clause=int(figures["clause"]),
        inclusive_undeclared=int(figures["undeclared"]),
    )


def _labels(by: By, values: list[str], snapshot: Snapshot, lexicon: Lexicon) -> Mapping[str, str]:
    if by == "buyer":
        records = snapshot.buyers.get(values)
        return {siren: buyer["name"] for siren, buyer in records.items() if buyer.get("name")}
    filter_ = filters(ContractQuery).get(by)
    return {} if filter_ is None else filter_.names(lexicon)


def _notices(by: By, found: Groups, total: IndicatorRow) -> tuple[str, ...]:
    """The contracts that no group counts, and the breaks a series by year crosses."""
    missing = total.social.share.n - int(found.measures["n"].sum())
    left = (
        (f"{plural(missing, 'marché')} sans cette valeur : dans l'ensemble, dans aucun groupe.",) if missing > 0 else ()
    )
    years = sorted(int(value) for value in found.values if by == "year" and value.isdigit())
    return (*left, *(text for year, text in BREAKS if years and years[0] < year <= years[-1]))
