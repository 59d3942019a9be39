"""Values of contracts, made up: what can be read is read, what is doubted is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crawlers.contract_files import BUYER, HOLDER, MakeContract, Reader, marche, text


def test_a_sound_contract_has_nothing_to_doubt(contract: MakeContract) -> None:
    record = contract()
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


def test_the_marks_of_a_page_are_no_content(contract: MakeContract) -> None:
    record = contract(objet="Nettoyage des locaux<br />Lot n°2 &lt;b&gt;vitres</b>, moins de < 5 m")
    assert record.object == "Nettoyage des locaux Lot n°2 vitres , moins de < 5 m"


def test_entities_typographic_apostrophes_and_mangled_codes_are_decoded(contract: MakeContract) -> None:
    record = contract(objet="Réseau d’eau &#8211; tranche &amp;amp; pose et#8211, fin")
    assert record.object == "Réseau d'eau – tranche & pose – fin"


def test_a_contact_in_an_object_is_removed(contract: MakeContract) -> None:
    record = contract(objet="Nettoyage, contact quelquun@exemple.invalid ou 02 00 00 00 00")
    assert record.object == "Nettoyage, contact […] ou […]"
    assert record.issues == ("contact_removed",)


@pytest.mark.parametrize("word", ["NC", "CDL", "MQ", "Sans objet", "", "nan", "nc "])
def test_a_filler_word_is_nothing(contract: MakeContract, word: str) -> None:
    record = contract(
        idAccordCadre=word, montant=word, dureeMois=word, dateNotification=word, offresRecues=word, ccag=word
    )
    assert (record.framework, record.amount, record.months, record.notified, record.offers) == (None,) * 5
    assert (record.ccag, record.issues, record.unread) == (None, (), ())


def test_sans_objet_declares_no_consideration_in_the_table_only(contract: MakeContract) -> None:
    record = contract(considerationsSociales={"considerationSociale": ["Sans objet"]})
    assert (record.social.state, record.social.raw) == ("unknown", ())


@pytest.mark.parametrize("amount", [12311111111, 99999999999.99, 1e17, "111111", 5555555, 123456789012])
def test_an_amount_of_filling_is_kept_and_doubted(contract: MakeContract, amount: Any) -> None:
    record = contract(montant=amount)
    assert (record.amount, record.issues) == (float(amount), ("amount_suspect",))


@pytest.mark.parametrize(("amount", "issue"), [(1, "amount_symbolic"), (0, "amount_symbolic"), (-5, "amount_suspect")])
def test_an_amount_of_a_euro_or_less_is_doubted(contract: MakeContract, amount: float, issue: str) -> None:
    assert contract(montant=amount).issues == (issue,)


def test_an_amount_in_words_is_unknown_and_told(contract: MakeContract) -> None:
    record = contract(montant="selon devis")
    assert (record.amount, record.issues) == (None, ("amount_invalid",))


@pytest.mark.parametrize("day", ["0202-05-12", "1999-12-31", "2027-06-01", "9999-12-31"])
def test_an_impossible_day_is_unknown_and_told(contract: MakeContract, day: str) -> None:
    record = contract(dateNotification=day)
    assert (record.notified, record.issues) == (None, ("date_suspect",))


@pytest.mark.parametrize("day", ["2024-02-30", "hier", "20240230"])
def test_a_day_that_cannot_be_read_is_unknown_and_told(contract: MakeContract, day: str) -> None:
    record = contract(dateNotification=day)
    assert (record.notified, record.issues) == (None, ("date_invalid",))


@pytest.mark.parametrize("day", ["2025-03-03", "2025-03-03+01:00", "2025-03-03T10:00:00Z", "03/03/2025", "3/3/2025"])
def test_a_day_is_read_however_it_is_written(contract: MakeContract, day: str) -> None:
    assert str(contract(dateNotification=day).notified) == "2025-03-03"


@pytest.mark.parametrize("siret", ["300 000 007 00017", "300.000.007-00017", 30000000700017])
def test_a_siret_is_read_however_it_is_written(contract: MakeContract, siret: Any) -> None:
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": "Siret", "id": siret}}])
    assert [(h.siret, h.siren, h.id_type) for h in record.holders] == [(HOLDER, HOLDER[:9], "SIRET")]


def test_a_siret_whose_first_zeros_were_lost_is_put_back(contract: MakeContract) -> None:
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": "SIRET", "id": 5650171100115}}])
    assert record.holders[0].siret == "05650171100115"


@pytest.mark.parametrize("wrong", ["30000000700018", "3000000070001730000", "12345678901234"])
def test_an_identifier_with_wrong_digits_is_kept_and_joins_nothing(contract: MakeContract, wrong: str) -> None:
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": "SIRET", "id": wrong}}])
    [holder] = record.holders
    assert (holder.siret, holder.siren, holder.raw_id) == (None, None, wrong)
    assert record.issues == ("holder_id_invalid",)


def test_sirets_of_la_poste_are_valid(contract: MakeContract) -> None:
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": "SIRET", "id": "35600000049837"}}])
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
def test_types_of_identifier_are_read_however_they_are_written(
    contract: MakeContract, written: str, expected: str
) -> None:
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": written, "id": "ABC-123"}}])
    assert [(h.id_type, h.raw_id) for h in record.holders] == [(expected, "ABC-123")]
    assert record.issues == ()


def test_a_french_vat_number_gives_its_siren(contract: MakeContract) -> None:
    key = (12 + 3 * (300000007 % 97)) % 97
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": "TVA", "id": f"FR{key:02} 300000007"}}])
    assert (record.holders[0].siren, record.holders[0].siret) == ("300000007", None)


def test_a_missing_type_and_fourteen_digits_is_a_siret(contract: MakeContract) -> None:
    record = contract(titulaires=[{"titulaire": {"typeIdentifiant": "", "id": HOLDER}}])
    assert (record.holders[0].siret, record.issues) == (HOLDER, ())


def test_a_name_for_an_identifier_is_kept_unless_it_is_a_person_s(contract: MakeContract) -> None:
    acts = [
        {"acteSousTraitance": {"id": 1, "sousTraitant": {"id": who}, "montant": 5}}
        for who in ("OTIS", "M. Jean DUPONT")
    ]
    record = contract(actesSousTraitance=acts)
    assert [act.subcontractor.raw_id for act in record.subcontracts] == ["OTIS", None]
    assert record.issues == ("subcontractor_id_invalid",)


def test_an_act_has_the_values_of_its_latest_amendment(contract: MakeContract) -> None:
    acts = [
        {"acteSousTraitance": {"id": n, "sousTraitant": {"id": "OTIS"}, "montant": 5, "dureeMois": 2}} for n in (1, 2)
    ]
    changes = [
        {
            "modificationActeSousTraitance": {
                "id": 1,
                "montant": amount,
                "dateNotificationModificationSousTraitance": day,
            }
        }
        for amount, day in ((90, "2024-09-01"), (70, "2024-03-01"))
    ]
    record = contract(actesSousTraitance=acts, modificationsActesSousTraitance=changes)
    assert [(act.amount, act.months) for act in record.subcontracts] == [(90, 2), (5, 2)]


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
def test_the_name_of_a_person_is_not_kept(contract: MakeContract, name: str, kept: str | None) -> None:
    record = contract(titulaires=[{"id": HOLDER, "typeIdentifiant": "SIRET", "denominationSociale": name}])
    assert record.holders[0].name == kept
    assert ("person_name_removed" in record.issues) == (kept != name)


def test_the_name_of_a_buyer_is_kept_even_when_it_reads_like_a_person_s(contract: MakeContract) -> None:
    record = contract(acheteur={"id": BUYER, "nom": "EXEMPLE JEAN-PIERRE"})
    assert record.buyer is not None and record.buyer.name == "EXEMPLE JEAN-PIERRE"
    assert "person_name_removed" not in record.issues


@pytest.mark.parametrize(("months", "expected"), [(181, 181), (0, 0), ("240", 240), (-3, -3)])
def test_a_duration_beyond_fifteen_years_or_of_nothing_is_doubted(
    contract: MakeContract, months: Any, expected: int
) -> None:
    record = contract(dureeMois=months)
    assert (record.months, record.issues) == (expected, ("duration_suspect",))


def test_a_part_of_a_month_is_a_month(contract: MakeContract) -> None:
    assert contract(dureeMois="11,5").months == 12


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
def test_a_cpv_climbs_to_a_listed_ancestor(
    contract: MakeContract, cpv: str, expected: str, issues: tuple[str, ...]
) -> None:
    record = contract(codeCPV=cpv)
    assert (record.cpv, record.issues) == (expected, issues)


def test_no_offer_is_no_count(contract: MakeContract) -> None:
    record = contract(offresRecues=0)
    assert (record.offers, record.issues) == (None, ("offers_invalid",))


@pytest.mark.parametrize(("word", "expected"), [("oui", True), ("non", False), ("1", True), (0, False), ("TRUE", True)])
def test_booleans_are_read_however_they_are_written(contract: MakeContract, word: Any, expected: bool) -> None:
    assert contract(sousTraitanceDeclaree=word).subcontracted is expected


def test_a_value_of_no_list_is_kept_as_it_was(contract: MakeContract) -> None:
    record = contract(procedure="Procédure inventée", considerationsSociales={"considerationSociale": ["Clause floue"]})
    assert record.procedure is None
    assert record.unread == ("procedure: Procédure inventée", "considerationsSociales: Clause floue")
    assert (record.social.raw, record.social.state) == (("Clause floue",), "unknown")
    assert record.issues == ("value_unread",)


def test_none_with_another_value_is_a_contradiction(contract: MakeContract) -> None:
    both = {"considerationSociale": ["Pas de considération sociale", "Clause sociale"]}
    record = contract(considerationsSociales=both)
    assert (record.social.state, record.issues) == ("unknown", ("social_contradiction",))


@pytest.mark.parametrize("value", ["Réservé", "MARCHE RESERVE", "Concession réservé", "marché  réservé"])
def test_reserved_is_read_however_it_is_written(contract: MakeContract, value: str) -> None:
    expected = () if value == "Réservé" else ("reserved",)
    assert contract(considerationsSociales={"considerationSociale": [value]}).social.values == expected


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
def test_a_list_is_read_however_it_is_nested(contract: MakeContract, value: Any) -> None:
    assert contract(considerationsSociales=value).social.values == ("clause", "criterion")


def test_an_empty_list_says_nothing(contract: MakeContract) -> None:
    assert contract(considerationsSociales={"considerationSociale": []}).social.state == "unknown"


def test_half_a_character_is_no_character(read: Reader) -> None:
    content = text(marche(objet="Pain @ bio", **{"cle@": 1})).replace("@", "\\ud800")
    report, [record] = read(content)
    assert (record.object, record.issues) == ("Pain \ufffd bio", ("text_damaged",))
    assert report.columns_unknown == ("cle?",)


@pytest.mark.slow
@pytest.mark.parametrize("odd", [[], {}, [[]], {"a": {"b": []}}, [1, 2], {"x": 1, "y": 2}, True, 1e999, "\n", -1])
def test_a_value_of_another_type_never_stops_a_file(contract: MakeContract, odd: Any) -> None:
    for name in marche():
        if name != "acheteur":
            assert contract(**{name: odd}).buyer.siret == BUYER
    deep = {"modifications": [{"modification": odd}, odd, {"titulaires": odd, "montant": odd, "id": odd}]}
    acts = {"actesSousTraitance": [{"acteSousTraitance": odd}, odd, {"sousTraitant": odd, "dureeMois": odd}]}
    assert contract(**deep, **acts).buyer.siret == BUYER
