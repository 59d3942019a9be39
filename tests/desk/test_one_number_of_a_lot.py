"""One notion has one value and one meaning on every page of a lot: hours, whom to compare, other ways, what is not concluded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.making import candidates_of_any_sort, structure
from tests.desk.one_trade import feasibility
from vivier.clausier.hours import HoursAsked, insertion_hours
from vivier.desk.facts.experience import Observed
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import Lot
from vivier.desk.read.need_value import need_values
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.tell.advice import advice
from vivier.desk.tell.body import hours_body
from vivier.desk.tell.feasibility_text import feasibility_text
from vivier.french import whole
from vivier.law.rules import applies
from vivier.lexicon import load_lexicon

DAY = date(2026, 11, 30)


def words(texts: object) -> str:
    return str(texts).replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")


@pytest.mark.parametrize("amount", range(15_000, 40_000, 500))
def test_the_hours_of_the_sentence_are_those_of_the_figure(amount: int) -> None:
    hours = insertion_hours(HoursAsked(float(amount), 12, labour_share=0.7))
    made = advice(feasibility(Lot(amount, 12, labour_share=0.7), [structure() for _ in range(3)], DAY), hours)
    shown = hours_body(hours, {})
    said = re.search(r"Heures d'insertion : ([\d ]+) h, de ([\d ]+) à ([\d ]+)", words(made.facts))
    assert said is not None and shown["central"] is not None
    figures = [shown[name]["insertion_hours"] for name in ("central", "low", "high")]
    assert [int(text.replace(" ", "")) for text in said.groups()] == figures


@pytest.mark.slow
@given(candidates_of_any_sort(), st.sampled_from(["L2113-12", "L2113-13", "L2113-14"]))
def test_the_structures_of_unknown_trade_have_one_number(pool: list[Candidate], code: str) -> None:
    silent = [replace(each, in_trade=False, trade_known=False) for each in pool[::2]]
    made = feasibility(Lot(120_000, 12, labour_share=0.7), [*silent, *pool[1::2]], DAY).of(code)
    assert made.prospects.count("to_ask") <= made.supply.untold
    assert made.prospects.count("known") <= made.supply.count
    assert made.supply.covering_untold <= made.supply.untold


def test_a_structure_of_the_trade_by_another_site_is_not_asked_for_its_trade() -> None:
    silent = structure(kinds=("EI",), in_trade=False, trade_known=False, siren="111111118")
    unplaced = structure(kinds=("EI",), in_trade=True, zone="partial", declared=False, siren="111111118")
    known = structure(kinds=("EI",), in_trade=True, siren="111111118")
    for other in (unplaced, known):
        made = feasibility(Lot(120_000, 12, labour_share=0.7), [silent, other], DAY).of("L2113-13")
        assert made.supply.untold == made.prospects.count("to_ask") == 0


def test_a_half_goes_up_as_the_sentences_write_it() -> None:
    assert [whole(value) for value in (12.5, 13.5, 12.49, 0.0)] == [13, 14, 12, 0]


def test_neither_a_lender_nor_an_ended_agreement_is_among_those_to_compare() -> None:
    seller = structure(kinds=("EI",), in_trade=True)
    lender = structure(kinds=("ETTI",), in_trade=True, distance_km=122.0)
    ended = structure(kinds=(), expired=("EI",), in_trade=True)
    made = feasibility(Lot(15_000, 12, labour_share=0.7), [seller, lender, ended], DAY)
    assert made.lever == "direct" and [call.prospect.site.id for call in made.first_calls] == [seller.id]
    people = feasibility(Lot(15_000, 12, labour_share=0.7, lending=True), [lender], DAY)
    assert people.lever != "direct" or [call.prospect.site.id for call in people.first_calls] == [lender.id]


def test_lenders_alone_are_no_direct_purchase_of_works() -> None:
    lenders = [structure(kinds=("ETTI",), in_trade=True) for _ in range(5)]
    assert feasibility(Lot(15_000, 12, labour_share=0.7), lenders, DAY).lever != "direct"


@pytest.mark.parametrize("amount", [2_000, 15_000, 45_000, 59_000])
@pytest.mark.parametrize("count", [0, 1, 4])
def test_no_criterion_is_offered_where_it_compares_nobody(amount: int, count: int) -> None:
    made = feasibility(Lot(amount, 12, labour_share=0.1), [structure() for _ in range(count)], DAY)
    ways = [way.code for way in made.alternatives]
    if made.lever in ("direct", "none"):
        assert "criterion" not in ways, (made.lever, made.reason)
    assert "ne départage personne" not in words(made.reason) or "criterion" not in ways


def test_how_many_structures_are_needed_says_with_and_without_calls() -> None:
    made = advice(feasibility(Lot(150_000, 12, labour_share=0.65), [structure() for _ in range(2)], DAY))
    needed = next(text for text in map(words, made.changes) if "se discute à partir de" in text)
    assert needed.startswith("Sans appeler personne") and "2 structures qui disent oui suffisent" in needed


def small(amounts: list[int], rank: int) -> tuple[str, str]:
    """The state of the rule of small lots for one lot of a consultation, and what its other way says."""
    rows = [
        {"lot": str(number), "text": "fourniture de mobilier", "place": "Rennes", "amount": str(amount), "months": "12"}
        for number, amount in enumerate(amounts, 1)
    ]
    lines = [understand(Row(number, row), load_lexicon()) for number, row in enumerate(rows, 1)]
    need = need_values(lines)[rank]
    lot = Lot(amounts[rank], 12, category="fournitures", labour_share=0.3, need=need)
    made = feasibility(lot, [], DAY)
    told = next((way.text for way in made.alternatives if way.code == "direct_lot"), "")
    return applies("direct_lot", lot.plan(DAY)), words(told)


def test_small_lots_are_concluded_when_every_amount_is_known() -> None:
    state, told = small([20_000, 10_000, 500_000, 300_000], 0)
    assert state == "yes" and "30 000 € HT ensemble, pour 166 000 € HT au plus" in told and "vérifier" not in told
    state, told = small([50_000, 50_000, 50_000, 150_000], 0)
    assert state == "to_verify" and "150 000 € HT ensemble, pour 60 000 € HT au plus : choisissez lesquels" in told
    assert small([50_000, 60_000], 0)[0] == "no"


CHANCE = r"(?:plus de |moins de )?\d[\d,]* %"


@pytest.mark.parametrize("offers", [10, 496])
def test_each_chance_of_offers_says_its_basis_and_the_rate_its_source(offers: int) -> None:
    pool = [structure(kinds=("EI",), believed=0.5) for _ in range(5)]
    response = (Observed(116, offers, 120.0), Observed(900, 1_000, 9_000.0))
    made = feasibility(Lot(400_000, 12, labour_share=0.7), pool, DAY, response=response)
    texts = words(" ".join((*advice(made).facts, feasibility_text(made, ["tonte"], "Bretagne"))))
    for sentence in re.split(r"(?<=\.) ", texts):
        if re.search(rf"offres? (?:au moins )?dans {CHANCE}", sentence):
            assert "sans appeler personne" in sentence, sentence
    assert "116 marchés, " in texts and "Tous métiers : 900 marchés" in words(texts).replace("\xa0", " ")
    assert "Ce calcul suppose que" in texts and ("plus que nous ne connaissons" in texts) == (offers > 120)
    for sentence in re.split(r"(?<=\.) ", words(made.calibration.text)):
        assert len(sentence.split()) <= 32, sentence
