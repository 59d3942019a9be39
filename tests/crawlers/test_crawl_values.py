"""Cleaning of single values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.kit.place import insee, point, post_code
from crawlers.kit.values import identifiers, number, text, website
from crawlers.sources.emplois import offers_of_jobs
from crawlers.trades import TOO_MANY, trades_of_rome
from vivier.identity import is_siren, is_siret
from vivier.privacy.contacts import scrub
from vivier.territory.address import in_france
from vivier.trades.table import load_trades


@pytest.mark.parametrize(
    "contact",
    [
        "jean.dupont@example.org",
        "Jean.Dupont+achats@mail.example.co.uk",
        "contact [at] example.org",
        "contact(at)example.org",
        "contact@EXAMPLE.ORG",
        "contact(arobase)example(point)org",
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "06\u00a012\u00a034\u00a056\u00a078",
        "01 234 567 89",
        "+33 6 12 34 56 78",
        "+33(0)6 12 34 56 78",
        "0033612345678",
        "+262 692 12 34 56",
        "0262 12 34 56",
    ],
)
def test_contacts_are_removed_from_text(contact: str) -> None:
    assert scrub(f"Appelez {contact}, merci.") == ("Appelez […], merci.", 1)


@pytest.mark.parametrize(
    "words",
    [
        "SIRET 012 345 678 00012",
        "SIRET 01234567800012",
        "SIREN 012 345 678",
        "FINESS 010008951",
        "du 01/02/2003 au 05/06/2007",
        "CA de 1 250 000 € en 2025",
        "NF EN 15804+A2 2019",
        "3 équipes de 12 personnes, 35000 Rennes",
        "coordonnées 48.11480 1.67789",
        "loi 2014-856 du 31 juillet 2014",
    ],
)
def test_what_is_no_contact_is_left_alone(words: str) -> None:
    assert scrub(words) == (words, 0)


@pytest.mark.slow
@given(st.text())
def test_no_address_sign_between_words_survives(words: str) -> None:
    assert "a@b.fr" not in scrub(f"{words} a@b.fr {words}")[0]


@pytest.mark.parametrize(
    ("written", "lost", "expected"),
    [
        ("77554456201361", 0, ("77554456201361", "775544562", [])),
        ("775 544 562 01361", 0, ("77554456201361", "775544562", ["siret_spaces"])),
        ("775\u202f544\u00a0562 01361", 0, ("77554456201361", "775544562", ["siret_spaces"])),
        ("77554456201361.0", 0, ("77554456201361", "775544562", ["siret_decimal"])),
        (77554456201361.0, 0, ("77554456201361", "775544562", ["siret_decimal"])),
        ("991002700011", 3, ("00991002700011", "009910027", ["siret_zeros"])),
        ("7.7554456201361E+13", 0, (None, None, ["siret_scientific"])),
        ("991002700011", 0, (None, None, ["siret_invalid"])),
        ("99910030899902", 0, (None, "999100308", ["siret_antenna"])),
        ("12345678901234", 0, (None, None, ["siret_invalid"])),
        ("38269518700000", 0, (None, "382695187", ["siret_invalid"])),
        ("8,25E+13", 3, (None, None, ["siret_scientific"])),
        ("00000000000000", 0, (None, None, ["siret_invalid"])),  # foreign firms of RGE: it passes Luhn
        ("0", 3, (None, None, ["siret_invalid"])),
        ("", 0, (None, None, ["siret_absent"])),
        (None, 0, (None, None, ["siret_absent"])),
        ("35600000049837", 0, ("35600000049837", "356000000", [])),
    ],
)
def test_a_siret_is_kept_only_when_it_is_one(written: str | None, lost: int, expected: tuple[object, ...]) -> None:
    issues: list[str] = []
    assert (*identifiers(written, issues, lost_zeros=lost), issues) == expected


def test_only_zeros_are_nobody_s_number() -> None:
    assert not is_siren("000000000") and not is_siret("00000000000000")


@pytest.mark.slow
@given(st.text(max_size=20), st.integers(0, 3))
def test_whatever_is_written_only_a_valid_siret_comes_out(written: str, lost: int) -> None:
    siret, siren = identifiers(written, [], lost_zeros=lost)
    assert siret is None or (is_siret(siret) and siret[:9] == siren)


@pytest.mark.parametrize(
    ("pair", "expected", "issue"),
    [
        (("-1.67", "48.11"), (-1.67, 48.11), []),
        (("0.0", "49.31"), (0.0, 49.31), []),
        ((0, 49.31), (0.0, 49.31), []),
        (("48,11", "-1,67"), (-1.67, 48.11), ["coordinates_swapped"]),
        (("55.45", "-20.93"), (55.45, -20.93), []),
        (("0", "0"), None, ["point_invalid"]),
        (("352012.25", "6789012.5"), (-1.678317, 48.1086795), ["coordinates_lambert93"]),
        (("6789012,5", "352012,25"), (-1.678317, 48.1086795), ["coordinates_lambert93"]),
        (("338000", "7675000"), None, ["point_invalid"]),
        (("nan", "inf"), None, ["point_invalid"]),
        (("13.4", "52.5"), None, ["point_invalid"]),
        ((None, ""), None, []),
    ],
)
def test_a_point_is_decided_by_value(
    pair: tuple[object, object], expected: tuple[float, float] | None, issue: list[str]
) -> None:
    issues: list[str] = []
    found = point((pair,), issues)
    assert (found and (found.lon, found.lat), issues) == (expected, issue)


@pytest.mark.slow
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_no_pair_is_a_place_both_ways_round(lon: float, lat: float) -> None:
    assert not (in_france(lon, lat) and in_france(lat, lon))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("75120", ("75056", "75120")),
        ("69389", ("69123", "69389")),
        ("13201", ("13055", "13201")),
        ("75121", ("75121", None)),
        ("1047", ("01047", None)),
        ("2a004", ("2A004", None)),
        ("97411", ("97411", None)),
        ("ABC", (None, None)),
    ],
)
def test_commune_and_arrondissement_out_of_an_insee_code(code: str, expected: tuple[str | None, str | None]) -> None:
    assert insee(code, [], lost_zeros=True) == expected


def test_a_post_code_gets_its_zero_back_only_where_zeros_are_known_to_be_lost() -> None:
    assert post_code("1150", [], lost_zeros=True) == "01150"
    assert post_code("1150", []) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1 250 000,50 €", 1250000.5),
        ("12", 12),
        ("-3.5", -3.5),
        (7, 7),
        (0, 0),
        ("1.234.567", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_as_written_in_france(written: object, value: float | None) -> None:
    assert number(written) == value


@pytest.mark.parametrize(
    "written", ["ftp://a.fr", "www.a.fr", "javascript:alert(1)", "https://", "http://[", "https://u:p@a.fr"]
)
def test_only_plain_web_addresses_are_kept(written: str) -> None:
    issues: list[str] = []
    assert website(written, issues) is None
    assert issues == ["website_invalid"]


def test_control_characters_and_runs_of_spaces_leave_text() -> None:
    assert text(" a\x00b\t \u2028 c\n") == "a b c"
    assert text(" \x07 ") is None


@pytest.mark.parametrize(
    "written", ["K2204", "k2204", "Nettoyage de locaux (K2204)", " Nettoyage de locaux  ( K2204 ) "]
)
def test_a_job_tells_its_trade_whichever_way_its_rome_code_is_written(written: str) -> None:
    job = {"rome": written, "recrutement_ouvert": True, "appellation_modifiee": "Agent d'entretien"}
    issues: list[str] = []
    assert [offer.trade for offer in offers_of_jobs([job], issues)] == list(trades_of_rome("K2204"))
    assert issues == []


@pytest.mark.parametrize("written", ["Domptage (Z9999)", "Nettoyage de locaux", "K2204 bis", None, {"code": "K2204"}])
def test_a_job_whose_rome_code_is_not_known_is_kept_without_trade(written: object) -> None:
    job = {"rome": written, "recrutement_ouvert": True, "appellation_modifiee": "Dompteur"}
    issues: list[str] = []
    assert [(offer.trade, offer.title) for offer in offers_of_jobs([job], issues)] == [(None, "Dompteur")]
    assert issues == ["rome_without_trade"]


def test_a_rome_code_points_to_few_trades() -> None:
    codes = {code for trade in load_trades() for code in trade.rome}
    assert all(len(trades_of_rome(code)) <= TOO_MANY for code in codes)
    assert sum(bool(trades_of_rome(code)) for code in codes) >= 0.98 * len(codes)


def test_a_cleaner_proves_office_cleaning_not_hospital_cleaning() -> None:
    assert "nettoyage-locaux" in trades_of_rome("k2204")
    assert "bionettoyage" not in trades_of_rome("K2204")
    assert trades_of_rome("Z9999") == ()
