"""How a clause is worded: the figures of a lot, its hours, its labels, the staff that is taken over."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from vivier.clausier.query import ClauseQuery
from vivier.clausier.staff import staff_notes, staff_transfers
from vivier.clausier.table import reservations, trade_clauses
from vivier.clausier.wording import NO_HOURS, LotFigures, _hours, _values, filled, labels_in
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon

DAY = date(2026, 11, 30)


def test_the_figures_of_a_lot_are_those_given_else_those_of_its_hours() -> None:
    given: dict[str, Any] = {"object": "Écoles", "months": 24, "start": DAY, "article": "L3113-1", "kind": "concession"}
    lot = {"amount": 600_000, "labour_share": 0.5, "taken_over": 0.2, "hourly_cost": 40}
    made = ClauseQuery(trade="nettoyage-locaux", **given, **lot).figures()
    hours = 600_000 * 0.5 / 40 * 0.05 * 0.8
    assert made == LotFigures("Écoles", made.hours, made.per_100k, 24, DAY, 40, True, "L3113-1")
    assert (made.hours, made.per_100k) == pytest.approx((hours, hours / 6))
    assert ClauseQuery(trade="zzz", hourly_cost=40).figures() == LotFigures(hourly_cost=40)
    framework = ClauseQuery(trade="zzz", labour_share=0.5).figures()
    assert framework == LotFigures(per_100k=framework.per_100k, hourly_cost=30)
    assert framework.per_100k == pytest.approx(2_500 / 30)


@pytest.mark.parametrize(
    ("lot", "text"),
    [
        (
            LotFigures(hours=162.4, months=24, start=date(2027, 3, 15)),
            "Sur les 24 mois du marché, reconductions comprises, à compter de son lancement prévu le 15/03/2027, le titulaire fait "
            "faire au moins 162 heures de travail par des personnes éligibles.",
        ),
        (
            LotFigures(hours=2_000),
            "Sur la durée du marché, le titulaire fait faire au moins 2 000 heures de travail par des personnes éligibles.",
        ),
        (
            LotFigures(hours=1.4, months=1),
            "Sur le mois du marché, reconductions comprises, le titulaire fait faire au moins 1 heure de travail par des personnes "
            "éligibles.",
        ),
        (LotFigures(months=24), NO_HOURS),
    ],
)
def test_hours_are_worded_with_what_is_known_of_the_lot(lot: LotFigures, text: str) -> None:
    assert re.sub(r"[\u00a0\u202f]", " ", _hours(lot)) == text


def test_a_template_is_filled_with_the_figures_of_the_lot_or_with_what_the_buyer_sets(lexicon: Lexicon) -> None:
    trade = lexicon.trades.get("nettoyage-locaux")
    asked = trade_clauses()["nettoyage-locaux"]
    every = "les structures d'insertion par l'activité économique et les structures équivalentes"
    unknown = {
        "object": trade.name,
        "trade": f"« {trade.name} »",
        "tasks": asked.tasks,
        "criterion": asked.criterion[0].lower() + asked.criterion[1:],
        "hours": NO_HOURS,
        "per_100k": "un nombre d'heures pour 100 000 € hors taxes écrit à l'acte d'engagement",
        "penalty": "60\u00a0€",
        "penalty_multiple": "2",
        "founding": "L2112-2",
        "criteria": "R2152-7",
        **dict.fromkeys(("reserving", "whom", "staff", "status_proof", "staff_basis"), ""),
    }
    assert _values(trade, asked, LotFigures()) == unknown
    lot = LotFigures(" Écoles ", 30, 1.5, 12, None, 40, True, "L3113-2")
    assert _values(trade, asked, lot) == unknown | {
        "object": "Écoles",
        "hours": _hours(lot),
        "per_100k": "1,5 heures pour 100 000 € hors taxes",
        "penalty": "80\u00a0€",
        "founding": "L3114-2",
        "criteria": "L3124-5",
        "reserving": "L3113-2",
        "whom": every,
        "staff": reservations()["L3113-2"].staff,
        "status_proof": reservations()["L3113-2"].proof,
        "staff_basis": reservations()["L3113-2"].basis,
    }


def test_a_label_of_a_template_is_named_once_open_to_an_equivalent() -> None:
    text = "Le bois « {what} » porte {PEFC} ou {FSC} ; l'encre {NF_ENV} : 5 %"
    names = {code: LABELS[code].name for code in ("PEFC", "FSC", "NF_ENV")}
    assert labels_in(text) == ("PEFC", "FSC", "NF_ENV")
    told = f"Le bois « massif » porte {names['PEFC']}, {names['FSC']} ou équivalent ; l'encre {names['NF_ENV']} ou équivalent : 5 %"
    assert filled(text, {"what": "massif"}) == re.sub(r"(?<=«) | (?=[»;:%])", "\u00a0", told)
    with pytest.raises(KeyError):
        filled("{what}", {})


def test_staff_taken_over_is_asked_for_where_it_is_usual_and_its_share_unknown() -> None:
    (note,) = staff_notes(["traiteur", "nettoyage-locaux"], None)
    rule = staff_transfers()["nettoyage-locaux"]
    assert f"({rule.rule}{'' if rule.status == 'seen' else ', à confirmer'})" in note
    assert "Avec 70\u00a0% de personnel repris il en resterait 30\u00a0%." in note
    assert staff_notes(["nettoyage-locaux"], 0.0) == staff_notes(["traiteur"], None) == ()
    doubts = {code: ", à confirmer" in staff_notes([code], None)[0] for code in staff_transfers()}
    assert doubts == {code: rule.status != "seen" for code, rule in staff_transfers().items()}
