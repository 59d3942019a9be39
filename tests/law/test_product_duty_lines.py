"""Sixty lines of programmes, each judged as a buyer before any was read: the families of AGEC and of EGAlim that they bear."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.law.products import product_duties
from vivier.lexicon import load_lexicon

DAY = date(2026, 11, 29)
LEAST_RIGHT = 57


def lines() -> list[Mapping[str, str]]:
    with (Path(__file__).parent / "product_duty_lines.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def duties_of(text: str, cpv: str = "") -> set[str]:
    line = understand(Row(1, {"text": text, "cpv": cpv} if cpv else {"text": text}), load_lexicon())
    trades = [choice.code for choice in line.trades]
    found = product_duties(line.cpv, trades, DAY, line.text)
    return {duty.code for duty in found if duty.law in ("agec", "egalim")}


def test_the_duties_of_a_programme_are_those_that_a_buyer_expects() -> None:
    judged = lines()
    wrong = [line["object"] for line in judged if duties_of(line["object"], line["cpv"]) != set(line["duties"].split())]
    assert len(judged) == 60 and len(judged) - len(wrong) >= LEAST_RIGHT, wrong


@pytest.mark.parametrize(
    ("text", "cpv", "duties"),
    [
        ("Bacs roulants", "34928480", {"agec_bins"}),
        ("Mobilier urbain", "", {"agec_street"}),
        ("Mobilier de bureau", "", {"agec_furniture"}),
        ("Entretien du mobilier urbain", "", set()),
        ("Blanchisserie du linge hospitalier", "", set()),
        ("Vêtements de travail : location et entretien", "", set()),
        ("Couture et retouche de vêtements", "", set()),
        ("Réparation de véhicules", "", set()),
        ("Fourniture et pose de mobilier", "", {"agec_furniture"}),
    ],
)
def test_a_product_is_of_one_family_and_a_service_of_none(text: str, cpv: str, duties: set[str]) -> None:
    assert duties_of(text, cpv) == duties
