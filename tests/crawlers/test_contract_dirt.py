"""Bad contracts, made up: what can be read is read, what is doubted is told, what is something else is refused by name."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import NOW
from vivier.errors import ImportRefused
from vivier.model.contract import ContractRecord
from vivier.runs import RunStatistics, current_run, read_models
from vivier.settings import Settings

BUYER, HOLDER, OTHER = "20000000800017", "30000000700017", "40000000600017"
Reader = Callable[..., tuple[RunStatistics, list[ContractRecord]]]


def marche(**fields: Any) -> dict[str, Any]:
    """A sound contract, some of whose fields are changed (``None``: taken away)."""
    sound = {
        "id": "2025-001-01",
        "acheteur": {"id": BUYER},
        "nature": "Marché",
        "objet": "Entretien des espaces verts - Lot 1",
        "codeCPV": "77310000-6",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "44000", "typeCode": "Code postal"},
        "dureeMois": 24,
        "dateNotification": "2025-03-03",
        "datePublicationDonnees": "2025-03-20",
        "montant": 52000,
        "offresRecues": 3,
        "marcheInnovant": False,
        "ccag": "Pas de CCAG",
        "sousTraitanceDeclaree": False,
        "typeGroupementOperateurs": "Pas de groupement",
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": HOLDER}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
        "considerationsEnvironnementales": {"considerationEnvironnementale": ["Pas de considération environnementale"]},
        "modalitesExecution": {"modaliteExecution": ["Sans objet"]},
        "techniques": {"technique": ["Sans objet"]},
    }
    return {name: value for name, value in {**sound, **fields}.items() if value is not None}


def text(*records: dict[str, Any]) -> str:
    return json.dumps({"marches": {"marche": list(records), "contrat-concession": []}}, ensure_ascii=False)


@pytest.fixture
def read(settings: Settings, tmp_path: Path) -> Reader:
    def reader(content: str | bytes, name: str = "file.json", source: str = "decp") -> Any:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = import_files(source, [path], settings, now=NOW)
        return report, list(read_models(current_run(settings.records, source), ContractRecord))

    return reader


@pytest.fixture
def one(read: Reader) -> Callable[..., ContractRecord]:
    def reader(**fields: Any) -> ContractRecord:
        _, [record] = read(text(marche(**fields)))
        return record

    return reader


One = Callable[..., ContractRecord]


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
    assert [record.object for record in records][0] == "Travaux de l'eau"
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
    [("FRW", "FRWF"), ("HORS_UE", "HORS-UE"), ("hors-ue", "HORS-UE"), ("TVA-intracommunautaire", "TVA"), ("ridet", "RIDET")],
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
    acts = [{"acteSousTraitance": {"id": 1, "sousTraitant": {"id": who}, "montant": 5}} for who in ("OTIS", "M. Jean DUPONT")]
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


HOLDERS = [
    [{"titulaire": {"id": HOLDER, "typeIdentifiant": "SIRET"}}, {"titulaire": {"id": OTHER, "typeIdentifiant": "SIRET"}}],
    [{"id": HOLDER, "typeIdentifiant": "SIRET"}, {"id": OTHER, "typeIdentifiant": "SIRET"}],
    {"titulaire": [{"id": HOLDER, "typeIdentifiant": "SIRET"}, {"id": OTHER, "typeIdentifiant": "SIRET"}]},
    [[[{"id": HOLDER, "typeIdentifiant": "SIRET"}, {"id": OTHER, "typeIdentifiant": "SIRET"}]]],
    [HOLDER, OTHER],
    [{"titulaire": "typeIdentifiant"}, {"titulaire": "id"}, HOLDER, {"titulaire": {"id": OTHER}}, {"titulaire": {"id": OTHER}}],
]


@pytest.mark.parametrize("holders", HOLDERS)
def test_holders_are_read_however_they_are_nested(one: One, holders: Any) -> None:
    record = one(titulaires=holders)
    assert [holder.siret for holder in record.holders] == [HOLDER, OTHER]
    assert record.issues == ()


def test_names_of_fields_are_read_in_the_singular_flattened_or_with_stray_spaces(read: Reader) -> None:
    odd = marche(
        titulaires=None, acheteur=None, objet=None, considerationsSociales=None, lieuExecution={"code ": "44109", "type code": "code commune"}
    ) | {
        "titulaire": {"id": HOLDER, "typeIdentifiant": "SIRET"},
        "acheteur.id": BUYER,
        "Objet ": "Entretien",
        "considerationSociale": "Clause sociale",
    }  # fmt: skip
    report, [record] = read(text(odd))
    assert (record.holders[0].siret, record.buyer.siret, record.object) == (HOLDER, BUYER, "Entretien")
    assert record.social.values == ("clause",)
    assert record.place is not None and (record.place.code, record.place.code_type) == ("44109", "commune")
    assert report.columns_unknown == ()


@pytest.mark.parametrize(
    "root",
    [
        lambda m: {"marches": {"marche": [m]}},
        lambda m: {"marches": {"marche": m}},
        lambda m: {"marches": [m]},
        lambda m: {"marches": [{"marche": m}]},
        lambda m: {"marche": [m]},
        lambda m: {"generatedAt": "2025-01-01", "meta": {"a": [1]}, "marches": {"marches": [m]}},
        lambda m: {"total_count": 1, "results": [m]},
        lambda m: [m],
        lambda m: [[m]],
        lambda m: m,
    ],
)
def test_a_root_is_told_whatever_it_is(read: Reader, root: Any) -> None:
    report, [record] = read(json.dumps(root(marche(_type="Marché"))))
    assert (record.kind, record.number, report.seen) == ("marche", "2025-001-01", 1)


def test_lines_of_json_are_records(read: Reader) -> None:
    assert len(read("\n".join(json.dumps(marche(id=str(n))) for n in range(3)))[1]) == 3


def test_a_concession_is_told_by_its_list_its_type_or_its_authority(read: Reader) -> None:
    signed = {"id": "C1", "objet": "Restaurant", "dateSignature": "2025-02-01", "dateDebutExecution": "2027-02-01",
              "valeurGlobale": 90000, "concessionnaires": [{"concessionnaire": {"id": HOLDER}}],
              "considerationsSociales": {"considerationSociale": ["Concession réservée"]}}  # fmt: skip
    listed = signed | {"autoriteConcedante": {"id": BUYER}}
    typed = signed | {"_type": "Contrat de concession", "acheteur": {"id": BUYER}, "autoriteConcedante": {"id": BUYER}}
    _, records = read(json.dumps({"marches": {"contrat-concession": [listed], "marche": [marche(autoriteConcedante="")]}}))
    assert [record.kind for record in records] == ["concession", "marche"]
    _, records = read(json.dumps({"marches": [listed, typed]}))
    assert [record.kind for record in records] == ["concession", "concession"]
    assert [(str(r.notified), str(r.started), r.amount) for r in records] == [("2025-02-01", "2027-02-01", 90000.0)] * 2
    assert [r.social.values for r in records] == [("reserved",)] * 2
    assert {issue for r in records for issue in r.issues} == set()


def test_a_bad_record_is_set_aside_and_the_file_goes_on(read: Reader, settings: Settings) -> None:
    good = [json.dumps(marche(id=f"g{n}"), ensure_ascii=False) for n in range(30)]
    bad = good[0].replace('"Marché"', 'Marché"')
    report, records = read('{"marches": {"marche": [' + ",".join([*good[:10], bad, *good[10:]]) + "]}}")
    assert [record.number for record in records] == [f"g{n}" for n in range(30)]
    assert (report.seen, report.set_aside) == (31, {"record_unreadable": 1})


def test_a_record_whose_text_is_never_closed_is_set_aside_and_the_file_goes_on(read: Reader) -> None:
    good = [json.dumps(marche(id=f"g{n}")) for n in range(20)]
    bad = good[0].replace('verts - Lot 1"', "verts - Lot 1")
    report, records = read("[" + ",".join([*good[:5], bad, *good[5:]]) + "]")
    assert len(records) == 20
    assert report.set_aside == {"record_unreadable": 1}


def test_what_precedes_a_cut_is_kept_and_the_rest_is_told(read: Reader) -> None:
    whole = text(*(marche(id=f"g{n}") for n in range(30)))
    report, records = read(whole[: int(len(whole) * 0.75)])
    assert [record.number for record in records] == [f"g{n}" for n in range(len(records))]
    assert len(records) >= 21
    assert report.set_aside == {"file_cut": 1}


def test_records_across_chunks_are_whole(read: Reader) -> None:
    report, records = read(text(*(marche(id=f"g{n}", objet="é" * 997 + "\U0001f333") for n in range(2500))))
    assert (len(records), report.set_aside) == (2500, {})
    assert {len(record.object or "") for record in records} == {998}


def test_a_contract_without_buyer_is_set_aside(read: Reader) -> None:
    good = [marche(id=f"g{n}") for n in range(3)]
    report, records = read(text(*good, marche(acheteur=None), marche(acheteur={"id": "NC"})))
    assert (len(records), report.set_aside) == (3, {"buyer_missing": 2})


def test_what_is_no_object_is_set_aside(read: Reader) -> None:
    report, records = read(json.dumps({"marches": {"marche": [*[marche()] * 4, None, 12, "x", {}, marche(id="2")]}}))
    assert (len(records), report.set_aside) == (5, {"record_unreadable": 4})


def test_unknown_names_are_told(read: Reader) -> None:
    assert read(text(marche(nouveauChamp=1)))[0].columns_unknown == ("nouveauChamp",)


@pytest.mark.parametrize("depth", [900, 100_000])
def test_a_document_made_of_depths_is_refused_or_set_aside(read: Reader, depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    report, records = read('{"marches": {"marche": [' + ",".join([json.dumps(marche())] * 3 + [deep]) + "]}}")
    assert len(records) == 3
    assert sum(report.set_aside.values()) >= 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"type": "FeatureCollection", "features": [{"a": 1}]}', "trouvé : type, features"),
        ("[1, 2, 3]", "n'est pas un fichier de données essentielles"),
        ('[{"nom": "x", "prenom": "y"}]', "trouvé : nom, prenom"),
        ("bonjour", "n'est pas un fichier de données essentielles"),
        ("<html><body>503</body></html>", "racine « html »"),
        ("<?xml version='1.0'?><TED_EXPORT/>", "racine « TED_EXPORT »"),
        (b"%PDF-1.4", "document PDF"),
        (b"PAR1....", "Parquet"),
        ("   ", "est vide"),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_name(read: Reader, content: str | bytes, told: str) -> None:
    with pytest.raises(ImportRefused, match=told):
        read(content)


def test_a_file_of_another_source_is_named(read: Reader, settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="vivier import decp FICHIER"):
        read(text(marche()), source="decp_tabular")


def test_a_file_given_twice_is_read_once(settings: Settings, tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    for path in (one, two):
        path.write_text(text(marche()), encoding="utf8")
    report = import_files("decp", [one, two], settings, now=NOW)
    assert (report.seen, report.kept, report.skipped) == (2, 1, {"duplicate_file": 1})


def test_a_gzip_document_is_read(read: Reader) -> None:
    assert len(read(gzip.compress(text(marche()).encode()), name="file.json.gz")[1]) == 1


XML = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE marches [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<marches>{records}</marches>"""
MARCHE = f"""<marche><id>X1</id><acheteur><id>{BUYER}</id></acheteur><objet>{{objet}}</objet><montant>52000</montant>
<sousTraitanceDeclaree>oui</sousTraitanceDeclaree><origineUE/><titulaires><titulaire><typeIdentifiant>SIRET</typeIdentifiant>
<id>{HOLDER}</id></titulaire><titulaire><typeIdentifiant>SIRET</typeIdentifiant><id>{OTHER}</id></titulaire></titulaires>
<considerationsSociales><considerationSociale>Clause sociale</considerationSociale></considerationsSociales></marche>"""


def xml(*objects: str, encoding: str = "UTF-8") -> str:
    return XML.format(encoding=encoding, records="\n".join(MARCHE.format(objet=o) for o in objects))


def test_xml_is_read_like_json(read: Reader) -> None:
    _, [record] = read(xml("Entretien"), name="file.xml")
    assert [holder.siret for holder in record.holders] == [HOLDER, OTHER]
    assert (record.subcontracted, record.social.values, record.object) == (True, ("clause",), "Entretien")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Eau & gaz", "Eau & gaz"),
        ("Caf&eacute; &nbsp;&lt;bio&gt;", "Café <bio>"),
        ("a&#1;b\x02c", "a b c"),
        ("A &secret; B", "A &secret; B"),
        ("R&D &#233;t&#xE9;", "R&D été"),
        ("<![CDATA[Eau & gaz]]>", "Eau & gaz"),
    ],
)
def test_broken_entities_and_control_characters_of_xml_are_mended(read: Reader, written: str, read_as: str) -> None:
    _, [record] = read(xml(written), name="file.xml")
    assert record.object == read_as


def test_xml_in_latin_1_is_read_as_it_says(read: Reader) -> None:
    _, [record] = read(xml("Café", encoding="ISO-8859-1").encode("latin-1"), name="file.xml")
    assert record.object == "Café"


def test_a_bad_record_of_xml_is_set_aside_and_the_file_goes_on(read: Reader) -> None:
    objects = [f"Lot {n}" for n in range(20)]
    content = xml(*objects[:8], "<gras>Lot</maigre>", *objects[8:]).replace("Lot 12</objet>", "Lot 12")
    report, records = read(content, name="file.xml")
    assert len(records) == 19
    assert report.set_aside == {"record_unreadable": 2}


def test_what_precedes_a_cut_of_xml_is_kept_and_the_rest_is_told(read: Reader) -> None:
    report, records = read(xml(*(f"Lot {n}" for n in range(20)))[:-200], name="file.xml")
    assert (len(records), report.set_aside) == (19, {"file_cut": 1})


def test_records_of_xml_across_chunks_are_whole(read: Reader) -> None:
    report, records = read(xml(*(f"Lot {n} " + "é" * 900 for n in range(2000))), name="file.xml")
    assert (len(records), report.set_aside) == (2000, {})


HEADER = "uid,id,acheteur_id,titulaire_id,titulaire_typeIdentifiant,objet,montant,dateNotification,considerationsSociales,modification_id,donneesActuelles"


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def row(holder: str = HOLDER, social: str = "Sans objet", version: int = 0, number: str = "A1") -> str:
    return f'u,{number},{BUYER},{holder},SIRET,Entretien,52000,2025-03-03,"{social}",{version},true'


def test_rows_of_one_version_are_one_contract(read: Reader) -> None:
    report, records = read(table(row(), row(OTHER), row(OTHER, version=1)), "t.csv", "decp_tabular")
    assert [(len(r.holders), r.version) for r in records] == [(2, 0), (1, 1)]
    assert (report.seen, report.issues["rows_gathered"]) == (2, 1)


def test_sans_objet_of_the_table_is_no_and_an_empty_cell_is_unknown(read: Reader) -> None:
    social = ("Sans objet", "", "Critère social, Clause sociale", "Marché réservé")
    _, records = read(table(*(row(social=s, number=f"N{n}") for n, s in enumerate(social))), "t.csv", "decp_tabular")
    assert [record.social.state for record in records] == ["no", "unknown", "yes", "yes"]
    assert records[2].social.values == ("criterion", "clause")


def test_a_row_cut_short_is_set_aside_and_the_file_goes_on(read: Reader) -> None:
    rows = [row(number=f"N{n}") for n in range(20)]
    report, records = read(table(*rows[:9], "u,N9b,2000", *rows[9:]), "t.csv", "decp_tabular")
    assert (len(records), report.set_aside) == (20, {"cells_count": 1})


def test_a_table_without_its_columns_is_refused_by_name(read: Reader) -> None:
    with pytest.raises(ImportRefused, match="dateNotification serait|Absentes : uid"):
        read(table(row()).replace("uid,", "cle,", 1), "t.csv", "decp_tabular")


def test_a_damaged_parquet_is_refused(read: Reader) -> None:
    with pytest.raises(ImportRefused, match="Parquet coupé ou abîmé"):
        read(b"PAR1" + b"\0" * 200, "t.parquet", "decp_tabular")


def test_parquet_and_csv_of_one_table_give_the_same_records(read: Reader, tmp_path: Path) -> None:
    from benchmarks.contract_files import write_csv, write_parquet

    def told(path: Path) -> list[dict[str, Any]]:
        _, records = read(path.read_bytes(), path.name, "decp_tabular")
        return [record.model_dump(exclude={"source_id", "provenance"}) for record in records]

    in_csv = told(write_csv(tmp_path / "made.csv", 300))
    assert in_csv == told(write_parquet(tmp_path / "made.parquet", 300))
    assert len(in_csv) > 300


def test_python_literals_are_lists_and_never_run(read: Reader) -> None:
    header = "id;acheteur.id;titulaire_id_1;titulaire_typeIdentifiant_1;titulaire_id_2;objet;considerationsSociales;considerationsEnvironnementales;montant"
    lines = [
        f"INX 12;{BUYER};{HOLDER};SIRET;CDL;Entretien;['Critère social', 'Clause sociale'];CDL;45155.0",
        f"13;{BUYER};{HOLDER};SIRET;{OTHER};Entretien;[__import__('os').getcwd()];['Pas de considération environnementale'];MQ",
    ]
    _, records = read("\ufeff" + "\n".join((header, *lines)), "e.csv", "decp_economie")
    assert (records[0].number, records[0].social.values, records[0].environmental.state) == ("12", ("criterion", "clause"), "unknown")
    assert [len(record.holders) for record in records] == [1, 2]
    assert (records[1].social.state, records[1].amount, records[1].environmental.state) == ("unknown", None, "no")
