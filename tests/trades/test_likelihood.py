"""How likely a trade is for a structure of which no rung tells one: learnt, calibrated on a half held back, told in tenths."""

from __future__ import annotations

import pytest

from benchmarks.likelihood import calibration, error, examples, halvings, judged, learnt
from benchmarks.rungs import suppliers
from tests.shared_data import shared_data
from vivier.lexicon import load_lexicon
from vivier.text import load_analysis
from vivier.trades.likelihood import PRIOR, features, likely, parse_odds, probabilities, tenths
from vivier.trades.table import load_trades

ROW = {"part": "prior", "value": "", "trade": "maraichage", "odds": "-2.00"}
LENT = "mise-a-disposition-personnel"


def of(kind: str, naf: str | None = None, name: str = "FICTIF") -> dict[str, int]:
    return likely(features((kind,), naf, (name,), None, load_analysis()), load_trades())


def test_what_is_read_of_a_structure_is_its_kind_its_code_its_place_and_the_words_of_its_name() -> None:
    read = list(features(("EI", "ACI"), "8899B", ("Atelier du Lac", "Atelier"), "35", load_analysis()))
    assert read[:5] == [("kind", "EI"), ("kind", "ACI"), ("naf", "8899B"), ("division", "88"), ("departement", "35")]
    assert [value for part, value in read if part == "word"] == ["atelier", "du", "lac"]


def test_a_temporary_work_agency_most_likely_lends_people_and_a_workshop_does_not() -> None:
    assert of("ETTI", "7820Z")[LENT] >= 8
    assert of("ACI", "8899B").get(LENT, 0) <= 1


def test_what_nothing_tells_apart_has_the_share_of_each_trade() -> None:
    odds = parse_odds([ROW], load_trades())
    assert probabilities([("kind", "inconnu")], odds) == {"maraichage": pytest.approx(0.119, abs=1e-3)}


def test_tenths_are_the_likeliest_first_and_a_broader_trade_is_as_likely_as_the_likeliest_it_holds() -> None:
    found = tenths({"elagage-abattage": 0.42, "maraichage": 0.06, "traiteur": 0.04}, load_trades())
    assert found == {"elagage-abattage": 4, "entretien-espaces-verts": 4, "maraichage": 1}
    assert list(found)[-1] == "maraichage"


@pytest.mark.parametrize("row", [ROW | {"trade": "menage"}, ROW | {"part": "kind", "value": "EI"}])
def test_a_row_of_no_trade_or_without_a_prior_is_refused_by_name(row: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"likelihoods\.csv"):
        parse_odds([row], load_trades())


def test_probabilities_are_right_as_often_as_they_say_on_the_half_that_did_not_teach() -> None:
    shared_data("suppliers")
    pairs = []
    for teaching, judging in halvings(examples(suppliers(), load_lexicon())):
        odds, _ = learnt(teaching)
        assert set(odds) > {PRIOR}
        pairs += list(judged(judging, odds))
    assert len(pairs) > 4000
    assert error(calibration(pairs)) <= 0.05
