"""The cases of a lawyer (``legal_cases.csv``), each answered by the rules of the law and by nothing else."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mappings import read_table
from vivier.desk.method.duties import duties
from vivier.law.articles import WORDINGS
from vivier.law.rules import ANSWERS, Consultation, NeedValue, applies, broken_by, row_of, rules

CASES = list(csv.DictReader((Path(__file__).parent / "legal_cases.csv").open(encoding="utf-8"), delimiter=";"))
_LEVERS = {
    "criterion_discharges": "criterion",
    "clause_discharges": "clause",
    "none_discharges": "none",
    "direct_discharges": "direct",
}


def euros(text: str) -> float | None:
    return float(text) if text else None


def consultation(case: Mapping[str, Any]) -> Consultation:
    return Consultation(
        date.fromisoformat(case["jour"]),
        case["contrat"],
        case["nature"],
        NeedValue(euros(case["besoin_min_ht"]), euros(case["besoin_max_ht"])),
        case["acheteur"],
        reserved=case["prévu"] == "réservé",
        cpv=(case["cpv"],) if case["cpv"] else (),
        amount=euros(case["lot_ht"]),
        months=int(case["mois"]) if case["mois"] else None,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["cas"])
def test_a_case_of_the_law_is_answered_as_a_lawyer_does(case: Mapping[str, str]) -> None:
    asked, rule = consultation(case), case["règle"]
    if rule in _LEVERS:
        broken = broken_by(_LEVERS[rule], asked)
        answer, article = "non" if broken else "oui", "L2112-2-1"
        assert all(one.article == article for one in broken)
    else:
        answer, article = ANSWERS[applies(rule, asked)], row_of(rule, asked)[1].article
    assert (answer, article) == (case["réponse"], case["article"]), case["question"]


def test_every_duty_is_told() -> None:
    """Among the duties of a study, else by its text, among the other ways."""
    told = {duty.duty for duty in duties(Consultation(date(2027, 1, 1)))}
    untold = {code for code, rows in rules().items() if rows[0].effect == "duty" and not rows[0].text} - told
    assert untold == set(), "give the rule a « text », or add it to vivier/desk/method/duties.py"


def test_there_are_two_hundred_cases_and_every_rule_has_one() -> None:
    assert len(CASES) >= 200 and len({case["cas"] for case in CASES}) == len(CASES)
    assert {*rules()} <= {case["règle"] for case in CASES}
    assert all(case["fondement"] for case in CASES)


def test_every_rule_is_founded_on_a_wording_of_its_days() -> None:
    for row in read_table("rules"):
        assert row["article"] in WORDINGS, row
        since, early = (
            WORDINGS[row["article"]][0].valid_from,
            row["cpv"] == "renewable",
        )  # law 2021-1104, article 35, IV
        assert early or since <= date.fromisoformat(row["valid_from"]), row
        assert len(row["text"].split()) <= 20, row["text"]
