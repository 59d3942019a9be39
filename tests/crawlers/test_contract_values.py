"""Values of contracts, made up: what can be read is read, what is doubted is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crawlers.contract_files import BUYER, HOLDER, One, Reader, marche, text


def test_a_sound_contract_has_nothing_to_doubt(one: One) -> None:
    record = one()
    assert (record.issues, record.unread, record.form) == ((), (), "decp_2022")
    assert (record.social.state, record.environmental.state) == ("yes", "no")


def test_a_byte_order_mark_is_no_content(read: Reader) -> None:
    assert len(read(b"\xef\xbb\xbf" + text(marche()).encode())[1]) == 1


def test_a_file_in_windows_1252_is_read_and_told(read: Reader) -> None:
    report, [record] = read(text(marche(objet="Rénovation à l'œuvre")).encode("cp1252"))
    assert (record.object, record.nature, record.procedure) == ("Rénovation à l'œuvre", "marche", "adaptee")
    assert report.issues == {"encoding_fallback": 1}


def test_nan_is_nothing(read: Reader) -> None:
    _, [record] = read(text(marche(montant="@")).replace('"@"', "NaN"))
    assert (record.amount, record.issues) == (None, ())


def test_control_characters_are_no_content(read: Reader) -> None:
    _, [record] = read(text(marche(objet="Fourniture @de pain")).replace("@", "\x01\x0b\n"))
    assert record.object == "Fourniture de pain"


def test_a_stray_backslash_does_not_lose_the_record(read: Reader) -> None:
    _, records = read(text(marche(objet="Travaux de l@eau"), marche(id="2025-002")).replace("@", "\\'"))
    assert records[0].object == "Travaux de l'eau"
    assert len(records) == 2


def test_entities_typographic_apostrophes_and_mangled_codes_are_decoded(one: One) -> None:
    record = one(objet="Réseau d’eau &#8211; tranche &amp;amp; pose et#8211, fin")
    assert record.object == "Réseau d'eau – tranche & pose – fin"


def test_a_contact_in_an_object_is_removed(one: One) -> None:
    record = one(objet="Nettoyage, contact quelquun@exemple.invalid ou 02 00 00 00 00")
    assert record.object == "Nettoyage, contact […] ou […]"
    assert record.issues == ("contact_removed",)


@pytest.mark.parametrize("word", ["NC", "CDL", "MQ", "Sans objet", "", "nan", "nc "])
def test_a_filler_word_is_nothing(one: One, word: str) -> None:
    record = one(idAccordCadre=word, montant=word, dureeMois=word, dateNotification=word, offresRecues=word, ccag=word)
    assert (record.framework, record.amount, record.months, record.notified, record.offers) == (None,) * 5
    assert (record.ccag, record.issues, record.unread) == (None, (), ())


def test_sans_objet_declares_no_consideration_in_the_table_only(one: One) -> None:
    record = one(considerationsSociales={"considerationSociale": ["Sans objet"]})
    assert (record.social.state, record.social.raw) == ("unknown", ())


@pytest.mark.parametrize("amount", [12311111111, 99999999999.99, 1e17, "111111", 5555555, 123456789012])
def test_an_amount_of_filling_is_kept_and_doubted(one: One, amount: Any) -> None:
    record = one(montant=amount)
    assert (record.amount, record.issues) == (float(amount), ("amount_suspect",))


@pytest.mark.parametrize(("amount", "issue"), [(1, "amount_symbolic"), (0, "amount_symbolic"), (-5, "amount_suspect")])
def test_an_amount_of_a_euro_or_less_is_doubted(one: One, amount: float, issue: str) -> None:
    assert one(montant=amount).issues == (issue,)


def test_an_amount_in_words_is_unknown_and_told(one: One) -> None:
    record = one(montant="selon devis")
    assert (record.amount, record.issues) == (None, ("amount_invalid",))


@pytest.mark.parametrize("day", ["0202-05-12", "1999-12-31", "2027-06-01", "9999-12-31"])
def test_an_impossible_day_is_unknown_and_told(one: One, day: str) -> None:
    record = one(dateNotification=day)
    assert (record.notified, record.issues) == (None, ("date_suspect",))


@pytest.mark.parametrize("day", ["2024-02-30", "hier", "20240230"])
def test_a_day_that_cannot_be_read_is_unknown_and_told(one: One, day: str) -> None:
    record = one(dateNotification=day)
    assert (record.notified, record.issues) == (None, ("date_invalid",))


@pytest.mark.parametrize("day", ["2025-03-03", "2025-03-03+01:00", "2025-03-03T10:00:00Z", "03/03/2025", "3/3/2025"])
def test_a_day_is_read_however_it_is_written(one: One, day: str) -> None:
    assert str(one(dateNotification=day).notified) == "2025-03-03"


@pytest.mark.parametrize("siret", ["300 000 007 00017", "300.000.007-00017", 30000000700017])
def test_a_siret_is_read_however_it_is_written(one: One, siret: Any) -> None:
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": "Siret", "id": siret}}])
    assert [(h.siret, h.siren, h.id_type) for h in record.holders] == [(HOLDER, HOLDER[:9], "SIRET")]


def test_a_siret_whose_first_zeros_were_lost_is_put_back(one: One) -> None:
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": "SIRET", "id": 5650171100115}}])
    assert record.holders[0].siret == "05650171100115"


@pytest.mark.parametrize("wrong", ["30000000700018", "3000000070001730000", "12345678901234"])
def test_an_identifier_with_wrong_digits_is_kept_and_joins_nothing(one: One, wrong: str) -> None:
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": "SIRET", "id": wrong}}])
    [holder] = record.holders
    assert (holder.siret, holder.siren, holder.raw_id) == (None, None, wrong)
    assert record.issues == ("holder_id_invalid",)


def test_sirets_of_la_poste_are_valid(one: One) -> None:
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": "SIRET", "id": "35600000049837"}}])
    assert (record.holders[0].siren, record.issues) == ("356000000", ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("FRW", "FRWF"),
        ("HORS_UE", "HORS-UE"),
        ("hors-ue", "HORS-UE"),
        ("TVA-intracommunautaire", "TVA"),
        ("ridet", "RIDET"),
    ],
)
def test_types_of_identifier_are_read_however_they_are_written(one: One, written: str, expected: str) -> None:
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": written, "id": "ABC-123"}}])
    assert [(h.id_type, h.raw_id) for h in record.holders] == [(expected, "ABC-123")]
    assert record.issues == ()


def test_a_french_vat_number_gives_its_siren(one: One) -> None:
    key = (12 + 3 * (300000007 % 97)) % 97
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": "TVA", "id": f"FR{key:02} 300000007"}}])
    assert (record.holders[0].siren, record.holders[0].siret) == ("300000007", None)


def test_a_missing_type_and_fourteen_digits_is_a_siret(one: One) -> None:
    record = one(titulaires=[{"titulaire": {"typeIdentifiant": "", "id": HOLDER}}])
    assert (record.holders[0].siret, record.issues) == (HOLDER, ())


def test_a_name_for_an_identifier_is_kept_unless_it_is_a_person_s(one: One) -> None:
    acts = [
        {"acteSousTraitance": {"id": 1, "sousTraitant": {"id": who}, "montant": 5}}
        for who in ("OTIS", "M. Jean DUPONT")
    ]
    record = one(actesSousTraitance=acts)
    assert [act.subcontractor.raw_id for act in record.subcontracts] == ["OTIS", None]
    assert record.issues == ("subcontractor_id_invalid",)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("SARL DES PRÉS", "SARL DES PRÉS"),
        ("NOM RETIRE", None),
        ("Mme Claire EXEMPLE", None),
        ("EXEMPLE JEAN-PIERRE", None),
        ("EXEMPLE (CLAUDE EXEMPLE)", "EXEMPLE"),
        ("M.G.B. TRAVAUX", "M.G.B. TRAVAUX"),
        ("ATELIER JEAN EXEMPLE", "ATELIER JEAN EXEMPLE"),
    ],
)
def test_the_name_of_a_person_is_not_kept(one: One, name: str, kept: str | None) -> None:
    record = one(titulaires=[{"id": HOLDER, "typeIdentifiant": "SIRET", "denominationSociale": name}])
    assert record.holders[0].name == kept
    assert ("person_name_removed" in record.issues) == (kept != name)


@pytest.mark.parametrize(("months", "expected"), [(181, 181), (0, 0), ("240", 240), (-3, -3)])
def test_a_duration_beyond_fifteen_years_or_of_nothing_is_doubted(one: One, months: Any, expected: int) -> None:
    record = one(dureeMois=months)
    assert (record.months, record.issues) == (expected, ("duration_suspect",))


def test_a_part_of_a_month_is_a_month(one: One) -> None:
    assert one(dureeMois="11,5").months == 12


@pytest.mark.parametrize(
    ("cpv", "expected", "issues"),
    [
        ("77310000-6", "77310000", ()),
        ("77310000", "77310000", ()),
        ("77319999", "77310000", ("cpv_repaired",)),
        ("77", None, ("cpv_invalid",)),
        ("00000000", None, ("cpv_invalid",)),
        (None, None, ("cpv_absent",)),
    ],
)
def test_a_cpv_climbs_to_a_listed_ancestor(one: One, cpv: str, expected: str, issues: tuple[str, ...]) -> None:
    record = one(codeCPV=cpv)
    assert (record.cpv, record.issues) == (expected, issues)


def test_no_offer_is_no_count(one: One) -> None:
    record = one(offresRecues=0)
    assert (record.offers, record.issues) == (None, ("offers_invalid",))


@pytest.mark.parametrize(("word", "expected"), [("oui", True), ("non", False), ("1", True), (0, False), ("TRUE", True)])
def test_booleans_are_read_however_they_are_written(one: One, word: Any, expected: bool) -> None:
    assert one(sousTraitanceDeclaree=word).subcontracted is expected


def test_a_value_of_no_list_is_kept_as_it_was(one: One) -> None:
    record = one(procedure="Procédure inventée", considerationsSociales={"considerationSociale": ["Clause floue"]})
    assert record.procedure is None
    assert record.unread == ("procedure: Procédure inventée", "considerationsSociales: Clause floue")
    assert (record.social.raw, record.social.state) == (("Clause floue",), "unknown")
    assert record.issues == ("value_unread",)


def test_none_with_another_value_is_a_contradiction(one: One) -> None:
    both = {"considerationSociale": ["Pas de considération sociale", "Clause sociale"]}
    record = one(considerationsSociales=both)
    assert (record.social.state, record.issues) == ("unknown", ("social_contradiction",))


@pytest.mark.parametrize("value", ["Réservé", "MARCHE RESERVE", "Concession réservé", "marché  réservé"])
def test_reserved_is_read_however_it_is_written(one: One, value: str) -> None:
    expected = () if value == "Réservé" else ("reserved",)
    assert one(considerationsSociales={"considerationSociale": [value]}).social.values == expected


@pytest.mark.parametrize(
    "value",
    [
        {"considerationSociale": ["Clause sociale", "Critère social"]},
        {"considerationsSociales": ["Clause sociale", "Critère social"]},
        ["Clause sociale", "Critère social"],
        "Clause sociale, Critère social",
        [{"considerationSociale": "Clause sociale"}, {"considerationSociale": "Critère social"}],
    ],
)
def test_a_list_is_read_however_it_is_nested(one: One, value: Any) -> None:
    assert one(considerationsSociales=value).social.values == ("clause", "criterion")


def test_an_empty_list_says_nothing(one: One) -> None:
    assert one(considerationsSociales={"considerationSociale": []}).social.state == "unknown"


def test_half_a_character_is_no_character(read: Reader) -> None:
    content = text(marche(objet="Pain @ bio", **{"cle@": 1})).replace("@", "\\ud800")
    report, [record] = read(content)
    assert (record.object, record.issues) == ("Pain \ufffd bio", ("text_damaged",))
    assert report.columns_unknown == ("cle?",)


@pytest.mark.slow
@pytest.mark.parametrize("odd", [[], {}, [[]], {"a": {"b": []}}, [1, 2], {"x": 1, "y": 2}, True, 1e999, "\n", -1])
def test_a_value_of_another_type_never_stops_a_file(one: One, odd: Any) -> None:
    for name in marche():
        if name != "acheteur":
            assert one(**{name: odd}).buyer.siret == BUYER
    deep = {"modifications": [{"modification": odd}, odd, {"titulaires": odd, "montant": odd, "id": odd}]}
    acts = {"actesSousTraitance": [{"acteSousTraitance": odd}, odd, {"sousTraitant": odd, "dureeMois": odd}]}
    assert one(**deep, **acts).buyer.siret == BUYER
