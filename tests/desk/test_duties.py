"""The social condition depends on the value of the whole need, never on one lot alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.desk.consultation import plan_of
from vivier.desk.method.duties import Duty, duties, renewable
from vivier.desk.read.line import Line
from vivier.desk.read.need_value import need_values
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study_settings import StudySettings
from vivier.errors import InvalidRequest
from vivier.law.rules import Consultation, NeedValue
from vivier.lexicon import load_lexicon

LAUNCHED = date(2027, 1, 15)
CLEANING = (150_000, 190_000, 48_000, 60_000, 25_000)
"""A consultation of five lots: 473 000 €, above 216 000 €."""
TO_VERIFY = "à vérifier sur la valeur de l'ensemble des lots"


def lot(amount: object = None, number: object = None, text: str = "nettoyage des locaux", **told: object) -> Line:
    """A lot in Rennes as it would be typed."""
    values = {"text": text, "place": "Rennes", "amount": amount, "lot": number, **told}
    row = Row(1, {name: str(value) for name, value in values.items() if value is not None})
    return understand(row, load_lexicon())


def works(amount: int, number: object) -> Line:
    return lot(amount, number, "gros œuvre", category="travaux")


def social(lines: Iterable[Line], stated: float | None = None, **known: object) -> list[Duty]:
    """The social condition of each lot of one request."""
    every = tuple(lines)
    return [
        with_spaces(duties(Consultation(LAUNCHED, line.kind, line.category, value, **known))[-1])  # type: ignore[arg-type]
        for line, value in zip(every, need_values(every, stated), strict=True)
    ]


def with_spaces(duty: Duty) -> Duty:
    """The duty with ordinary spaces in its sentences."""
    text, draft = (one and one.replace("\u202f", " ").replace("\u00a0", " ") for one in (duty.text, duty.draft))
    return replace(duty, text=text or "", draft=draft)


def states(lines: Iterable[Line], stated: float | None = None, **known: object) -> list[str]:
    return [one.state for one in social(lines, stated, **known)]


@pytest.mark.slow
def numbered(amounts: Iterable[object]) -> list[Line]:
    return [lot(amount, number) for number, amount in enumerate(amounts, 1)]


def test_five_cleaning_lots_above_the_threshold_together_are_all_bound() -> None:
    found = social(numbered(CLEANING))
    assert [one.state for one in found] == ["unknown"] * 5
    for one in found:
        assert "Obligatoire à partir de 216 000 € HT" in one.text and "facultative" not in one.text
        assert "la somme des 5 lots, 473 000 € HT, reconductions comprises" in one.text


def test_two_lots_of_school_works_above_the_threshold_together_are_both_bound() -> None:
    found = social([works(3_000_000, 1), works(3_000_000, 2)])
    assert [one.state for one in found] == ["unknown"] * 2
    assert all("Obligatoire à partir de 5 404 000 € HT" in one.text for one in found)


@pytest.mark.parametrize("amounts", [CLEANING, (150_000,)])
def test_lots_without_a_number_are_to_verify_and_never_optional(amounts: tuple[int, ...]) -> None:
    for one in social(lot(amount) for amount in amounts):
        assert one.state == "to_verify" and TO_VERIFY in one.text and "facultative" not in one.text


def test_one_numbered_lot_alone_is_to_verify_since_the_others_are_not_given() -> None:
    assert states([lot(150_000, 3)]) == ["to_verify"]


def test_a_lot_above_the_threshold_by_itself_is_bound_whatever_the_others() -> None:
    assert states([lot(300_000), lot(10_000)]) == ["unknown", "to_verify"]


def test_numbered_lots_below_the_threshold_together_are_optional_and_the_sum_is_told() -> None:
    (first, _) = social(numbered((100_000, 50_000)))
    assert first.state == "not_applicable"
    assert "facultative" in first.text and "la somme des 2 lots, 150 000 € HT" in first.text


def test_an_unknown_amount_makes_the_sum_a_lower_bound() -> None:
    below = social(numbered((100_000, None)))
    assert [one.state for one in below] == ["to_verify"] * 2
    assert all("1 montant connu sur 2" in one.text for one in below)
    assert states(numbered((200_000, 50_000, None))) == ["unknown"] * 3


def test_a_number_that_is_missing_from_the_request_makes_the_sum_a_lower_bound() -> None:
    assert states([lot(50_000, 1), lot(50_000, 3)]) == ["to_verify"] * 2


def test_a_yearly_amount_without_a_duration_makes_the_sum_a_lower_bound() -> None:
    yearly = lot(number=2, annual_amount=50_000)
    assert states([lot(50_000, 1), yearly]) == ["to_verify"] * 2


def test_a_number_given_twice_is_of_two_consultations_or_of_one_lot_in_two_lines() -> None:
    assert states([lot(150_000, 1), lot(150_000, 1)]) == ["to_verify"] * 2


def test_a_reference_is_no_lot_number() -> None:
    assert states([lot(150_000, "2027-014"), lot(150_000, "2027-015")]) == ["to_verify"] * 2


def test_lines_numbered_all_over_the_country_are_a_plan_of_purchases() -> None:
    near, far = lot(150_000, 2, place="Brest"), lot(150_000, 2, place="Lille")
    assert states([lot(150_000, 1), near]) == ["unknown"] * 2
    assert states([lot(150_000, 1), far]) == ["to_verify"] * 2
    assert states([lot(150_000, 1, place="France entière"), far]) == ["unknown"] * 2


@pytest.mark.parametrize("written", ["1", "01", "Lot 1", "lot n° 1", "N°1"])
def test_a_lot_number_is_read_as_it_is_usually_written(written: str) -> None:
    assert states([lot(150_000, written), lot(150_000, "Lot 2")]) == ["unknown"] * 2


def test_a_lot_of_services_beside_works_is_to_verify_when_only_both_together_pass_its_threshold() -> None:
    found = social([works(1_000_000, 1), lot(60_000, 2)])
    assert [one.state for one in found] == ["not_applicable", "to_verify"]


def test_the_total_that_the_user_states_is_the_one_compared() -> None:
    below = social([lot(150_000)], 150_000)
    assert below[0].state == "not_applicable" and "la valeur annoncée de la consultation" in below[0].text
    assert states([lot(150_000), lot(None)], 400_000) == ["unknown"] * 2


def test_a_total_below_what_the_lots_add_up_to_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="consultation_amount"):
        need_values(numbered(CLEANING), 400_000)


def test_a_condition_that_is_planned_is_enough_even_when_the_value_is_to_verify() -> None:
    assert states([lot(150_000)], social_condition=True) == ["ok"]


def test_nothing_is_known_without_any_amount() -> None:
    (one,) = social([lot(None)])
    assert one.state == "unknown" and "Montant inconnu" in one.text


def test_an_exception_is_drafted_with_the_value_that_was_compared() -> None:
    (one, *_) = social(numbered(CLEANING), exception="unlinked")
    assert one.state == "to_justify" and one.draft is not None
    assert "la somme des 5 lots, 473 000 € HT" in one.draft


@pytest.mark.slow
@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_larger_need_never_frees_from_the_condition(amount: int, more: int) -> None:
    ranks = {"not_applicable": 0, "to_verify": 1, "unknown": 2}

    def rank(least: int) -> int:
        value = NeedValue(float(least), float(least), "")
        return ranks[duties(Consultation(LAUNCHED, value=value))[-1].state]

    assert rank(amount + more) >= rank(amount)


def test_a_consultation_launched_before_the_day_cites_the_former_wording_and_owes_nothing() -> None:
    found = duties(Consultation(date(2026, 3, 1)))[2:]
    assert [one.state for one in found] == ["not_applicable"] * 3
    assert "peuvent prendre en compte" in found[0].article.rule
    assert found[0].article.title == "Conditions d'exécution environnementales"
    assert "énergie renouvelable" in found[0].text


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (date(2024, 6, 30), ["not_applicable", "not_applicable"]),
        (date(2024, 7, 1), ["unknown", "unknown"]),
        (date(2026, 8, 22), ["unknown", "unknown"]),
    ],
)
def test_a_plant_of_renewable_energy_owes_the_condition_two_years_sooner(day: date, states: list[str]) -> None:
    _, _, condition, criterion, _ = duties(Consultation(day, renewable=True))
    assert [condition.state, criterion.state] == states


def test_a_plant_of_renewable_energy_is_known_by_its_trade_or_its_cpv() -> None:
    assert renewable(["solaire"], []) and renewable([], ["09331200"]) and renewable([], ["45251160"])
    assert not renewable(["couverture"], ["45261210"])


def test_the_scheme_of_a_buyer_is_told_with_its_amount_and_is_never_said_done() -> None:
    state = duties(Consultation(LAUNCHED, buyer="central"))[0]
    assert (
        state.state == "to_verify"
        and "L'État" in state.text
        and "50\xa0000\xa0000" in state.text.replace("\u202f", "\xa0")
    )
    assert duties(Consultation(date(2023, 10, 24), buyer="central"))[0].state == "not_applicable"
    assert duties(Consultation(date(2023, 10, 24)))[0].state == "to_verify"


SERVICES = [
    ({"text": "repas scolaires"}, 750_000),
    ({"text": "repas scolaires", "cpv": "55523100"}, 750_000),
    ({"text": "repas", "cpv": "55524000"}, 750_000),
    ({"text": "portage de repas à domicile"}, 750_000),
    ({"text": "formation professionnelle"}, 750_000),
    ({"text": "formation", "cpv": "80530000", "buyer": "entity"}, 1_000_000),
    ({"text": "nettoyage des locaux"}, 216_000),
    ({"text": "nettoyage et repas scolaires", "cpv": "90910000 55523100"}, 216_000),
    ({"text": "denrées alimentaires", "cpv": "15000000"}, 216_000),
]
"""Objects, and the EU threshold of each, euros HT: social and specific services have one of their own."""


@pytest.mark.parametrize(("told", "threshold"), SERVICES)
def test_social_and_specific_services_have_their_own_threshold(told: dict[str, str], threshold: int) -> None:
    settings = StudySettings(LAUNCHED, buyer="entity" if told.get("buyer") else "other")
    for amount, state in ((threshold - 1, "to_verify"), (threshold, "unknown")):
        line = lot(amount, **told)
        (need,) = need_values([line])
        found = with_spaces(duties(plan_of(line, need, settings))[-1])
        assert found.state == state and f"{threshold:,} €".replace(",", " ") in found.text, found.text


def test_lots_of_two_thresholds_do_not_add_up() -> None:
    meals, cleaning = social([lot(200_000, 1, "repas scolaires"), lot(100_000, 2)])
    for one in (meals, cleaning):
        assert "ce lot, le seul soumis à ce seuil" in one.text
