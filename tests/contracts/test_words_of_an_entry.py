"""What a contract is told by: its buyer, its credit, its page, who held an inclusive one, the labels that it may ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.search_api.pages.html import plain
from vivier.contracts.calls import _bought
from vivier.contracts.entry_words import buyer_name, credit_of
from vivier.contracts.figures import rounded
from vivier.contracts.held_labels import HeldLabel, given_labels, held_labels, is_ordinary
from vivier.contracts.provisions import buys_employment
from vivier.law.labels import LABELS
from vivier.model.contract import Organisation

DAY = date(2026, 11, 24)
ASKABLE = next(code for code, label in LABELS.items() if label.asks != "nothing" and label.family == "social")
SILENT = next(code for code, label in LABELS.items() if label.asks == "nothing" and label.family == "social")
GREEN = next(code for code, label in LABELS.items() if label.family == "environnemental")


@pytest.mark.parametrize(
    ("buyer", "name"),
    [
        ({"name": "VILLE DE LILLE"}, "Ville de Lille"),
        ({"siret": "21590350100017"}, "Acheteur au SIRET 215 903 501 00017 (nom non publié)"),
        ({"name": "", "siren": "215903501"}, "Acheteur au SIREN 215 903 501 (nom non publié)"),
        ({"raw_id": "X1"}, "Acheteur au numéro X1 (nom non publié)"),
        ({}, "Acheteur inconnu"),
    ],
)
def test_a_buyer_is_told_by_its_name_else_by_its_number(buyer: dict[str, str], name: str) -> None:
    assert plain(buyer_name(buyer)).replace("\u00a0", " ") == name


def test_a_record_is_credited_to_each_of_its_sources_once() -> None:
    source = {"dataset": "DECP", "producer": "DAJ", "licence": "LO 2.0"}
    other = source | {"dataset": "BOAMP"}
    assert credit_of({"sources": [source, other, source]}) == "DECP (DAJ, LO 2.0) ; BOAMP (DAJ, LO 2.0)"
    assert credit_of({}) == "inconnue"


def test_an_inclusive_purchase_is_of_its_holders_and_sure_by_a_siret() -> None:
    held: list[dict[str, Any]] = [
        {"name": "A", "siren": "1", "kinds": ["EI"], "match": "siren"},
        {"name": "B", "siren": "2", "kinds": ["EI", "EA"], "match": "siren"},
        {"name": "C", "siren": "3", "kinds": ["ACI"], "match": "siret", "subcontractor": True},
    ]
    record: Any = {"inclusive": held, "title": "Tonte", "object": "Tonte", "notified": "2026-11-01"}
    found = _bought("c1", record)
    assert (found.holder, found.kinds, found.sure) == ("A ; B", ("EI", "EA"), False)
    assert found.notified == date(2026, 11, 1)
    held[0]["match"] = "siret"
    del record["notified"]
    again = _bought("c1", record)
    assert again.sure and again.notified is None
    held[1]["siren"], record["holders"] = "1", [{"siren": "1", "name": "AB"}, {"siren": "3", "name": "C"}]
    assert _bought("c1", record).holder == "AB"


def test_only_a_label_in_force_that_a_contract_may_ask_for_is_held() -> None:
    assert given_labels([HeldLabel(ASKABLE), HeldLabel(SILENT), HeldLabel("?"), HeldLabel(ASKABLE)]) == (
        HeldLabel(ASKABLE),
    )
    label = {"code": ASKABLE, "domain": "d", "valid_until": "2026-11-24"}
    record: Any = {"labels": [{"value": label}]}
    nothing: Any = {}
    assert held_labels(record, DAY) == (HeldLabel(ASKABLE, "d"),) and held_labels(nothing, DAY) == ()
    assert held_labels(record, date(2026, 11, 25)) == ()


@pytest.mark.parametrize(
    ("codes", "kinds", "ordinary"),
    [
        ([], [], False),
        (["?"], [], False),
        ([GREEN], [], True),
        ([GREEN], ["EI"], False),
        ([GREEN, SILENT], [], False),
        ([ASKABLE], [], True),
    ],
)
def test_a_company_is_ordinary_by_its_labels_when_none_lets_suppose_a_kind(
    codes: list[str], kinds: list[str], ordinary: bool
) -> None:
    assert is_ordinary(codes, kinds) is ordinary


def test_employment_itself_is_bought_by_its_words_or_its_codes() -> None:
    assert buys_employment(["Formation professionnelle et insertion"], ()) or buys_employment((), ["80500000"])
    assert not buys_employment([None, "", "Tonte des pelouses"], ["77310000"])


def test_a_share_is_told_to_four_decimals_and_an_unknown_one_stays_so() -> None:
    assert (rounded(0.123456), rounded(None), rounded(0.0)) == (0.1235, None, 0.0)


@pytest.mark.parametrize(
    ("organisation", "number"),
    [
        (Organisation(siren="732829320", raw_id="X1"), "732829320"),
        (Organisation(raw_id="X1"), "X1"),
        (Organisation(raw_id="00000000000000"), None),
        (Organisation(name="Commune"), None),
    ],
)
def test_zeros_number_nobody(organisation: Organisation, number: str | None) -> None:
    assert organisation.number == number
