"""What the law reserves to a registered profession is never told as a purchase from an inclusive structure."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.search_api.corpus import TODAY
from vivier.desk.consultation import answered_outside
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.law.articles import WORDINGS
from vivier.law.regulated import REGULATED, profession_of
from vivier.law.rules import NeedValue
from vivier.lexicon import Lexicon

LOTS = Path(__file__).parents[1] / "relevance" / "desk_lots.jsonl"


@pytest.mark.parametrize("code", REGULATED)
def test_every_object_of_a_regulated_profession_is_out_of_scope_with_its_article(code: str, lexicon: Lexicon) -> None:
    profession = REGULATED[code]
    for phrase in profession.words:
        for amount in ("5000", "45000", "900000"):
            line = understand(Row(1, {"text": phrase, "place": "Lyon", "amount": amount, "months": "12"}), lexicon)
            assert line.state == "outside" and not line.counted, (phrase, line.trades)
            assert "profession réglementée" in line.outside and REGULATED[code].article in line.outside


@pytest.mark.parametrize("cpv", ["79100000", "79110000", "79111000", "79140000", "79212300"])
def test_a_cpv_of_a_regulated_profession_says_it_without_a_word(cpv: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "prestations diverses", "cpv": cpv, "place": "Lyon", "amount": "30000"}), lexicon)
    assert line.state == "outside"


@pytest.mark.parametrize(
    "text",
    [
        "externalisation de la paie",
        "saisie comptable et facturation",
        "numérisation des actes notariés",
        "formation au contentieux des marchés",
        "nettoyage des locaux du tribunal",
        "conseil en organisation",
        "archivage des dossiers d'avocat",
    ],
)
def test_what_beside_a_regulated_profession_is_not_stays_in_scope(text: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": text, "place": "Lyon", "amount": "30000", "months": "12"}), lexicon)
    assert line.outside == "" and line.counted, (line.outside, line.errors)


@pytest.mark.parametrize(
    ("text", "cpv", "article"),
    [
        ("conseil juridique et formation", "", "loi 71-1130"),
        ("assistance juridique et gardiennage", "", "loi 71-1130"),
        ("avocat, et impression de dossiers", "", "loi 71-1130"),
        ("prestations diverses", "79111000 80500000", "loi 71-1130"),
    ],
)
def test_a_lot_that_mixes_a_regulated_profession_is_to_be_split(
    text: str, cpv: str, article: str, lexicon: Lexicon
) -> None:
    line = understand(Row(1, {"text": text, "cpv": cpv, "place": "Lille", "amount": "90000"}), lexicon)
    assert line.state == "outside" and article in line.outside and "Séparez les lots" in line.outside
    said = [*answered_outside(line, NeedValue(90_000), StudySettings(TODAY))]
    assert "Séparez les lots" in said[0]


def test_the_judged_lot_of_legal_advice_is_answered_nothing_with_the_motive(lexicon: Lexicon) -> None:
    lots = (json.loads(row) for row in LOTS.read_text("utf8").splitlines())
    lot = next(lot for lot in lots if lot["object"].startswith("Conseil juridique"))
    values = {"text": lot["object"], "place": "Lyon", "amount": str(lot["amount_eur"]), "months": str(lot["months"])}
    line = understand(Row(1, values), lexicon)
    assert line.state == "outside"
    said = " ".join(answered_outside(line, NeedValue(45_000, 45_000), StudySettings(TODAY)))
    assert "71-1130, article 54" in said and "Ni réservation" in said


def test_a_mix_with_another_trade_is_not_all_of_the_profession() -> None:
    assert profession_of((), ["juridique-comptable", "nettoyage-locaux"], "avocat et nettoyage") is None


def test_a_profession_is_a_part_of_a_purchase_only_beside_another_trade() -> None:
    legal = REGULATED["legal"]
    own = legal.trades[0]
    for trades, part in (
        ((own,), False),
        ((own, "nettoyage-locaux"), True),
        (("nettoyage-locaux",), False),
        ((), False),
    ):
        assert legal.is_part((), trades, "conseil juridique") is part, trades
    assert not legal.is_part((), (own, "nettoyage-locaux"), "ménage")
    assert legal.is_part(("79100000", "90910000"), (), "") and not legal.is_part(("90910000",), (), "")
    assert not REGULATED["bailiff"].is_part(("79100000",), (), "huissier")
    assert legal.is_bought(("79100000",), (), "") and not legal.is_bought(("79100000", "90910000"), (own,), "ménage")


def test_a_wording_holds_from_its_first_to_its_last_day() -> None:
    wording = next(each for every in WORDINGS.values() for each in every if each.valid_to is not None)
    last, day = wording.valid_to, timedelta(days=1)
    assert last is not None and wording.holds_on(wording.valid_from) and wording.holds_on(last)
    assert not wording.holds_on(wording.valid_from - day) and not wording.holds_on(last + day)
