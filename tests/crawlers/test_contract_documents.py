"""Documents of contracts, made up: whatever their shape and whatever is broken in them, and what is no such document."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from tests.crawlers.contract_files import BUYER, HOLDER, OTHER, MakeContract, Reader, marche, text
from tests.crawlers.samples import NOW
from vivier.errors import ImportRefused
from vivier.model.contract import ContractRecord
from vivier.settings import Settings

HOLDERS = [
    [
        {"titulaire": {"id": HOLDER, "typeIdentifiant": "SIRET"}},
        {"titulaire": {"id": OTHER, "typeIdentifiant": "SIRET"}},
    ],
    [{"id": HOLDER, "typeIdentifiant": "SIRET"}, {"id": OTHER, "typeIdentifiant": "SIRET"}],
    {"titulaire": [{"id": HOLDER, "typeIdentifiant": "SIRET"}, {"id": OTHER, "typeIdentifiant": "SIRET"}]},
    [[[{"id": HOLDER, "typeIdentifiant": "SIRET"}, {"id": OTHER, "typeIdentifiant": "SIRET"}]]],
    [HOLDER, OTHER],
    [
        {"titulaire": "typeIdentifiant"},
        {"titulaire": "id"},
        HOLDER,
        {"titulaire": {"id": OTHER}},
        {"titulaire": {"id": OTHER}},
    ],
]


@pytest.mark.parametrize("holders", HOLDERS)
def test_holders_are_read_however_they_are_nested(contract: MakeContract, holders: Any) -> None:
    record = contract(titulaires=holders)
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
    _, records = read(
        json.dumps({"marches": {"contrat-concession": [listed], "marche": [marche(autoriteConcedante="")]}})
    )
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


@pytest.mark.slow
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
    first, two = tmp_path / "one.json", tmp_path / "two.json"
    for path in (first, two):
        path.write_text(text(marche()), encoding="utf8")
    report = import_files("decp", [first, two], settings, now=NOW)
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


@pytest.mark.slow
def test_records_of_xml_across_chunks_are_whole(read: Reader) -> None:
    report, records = read(xml(*(f"Lot {n} " + "é" * 900 for n in range(2000))), name="file.xml")
    assert (len(records), report.set_aside) == (2000, {})


@pytest.mark.slow
def test_records_are_what_the_model_accepts(read: Reader) -> None:
    from benchmarks.contract_files import contract

    for record in _straight(
        *(contract(number) for number in range(400)), marche(montant="NaN"), marche(dureeMois=1e17)
    ):
        assert ContractRecord.model_validate(record.model_dump()) == record


def _straight(*raws: dict[str, Any]) -> list[ContractRecord]:
    """Records as the reader makes them, before they are written."""
    from crawlers.contracts.desk import Desk
    from crawlers.contracts.nested import raw_contract
    from crawlers.kit import Intake
    from crawlers.sources.decp import CARD

    desk = Desk(Intake(CARD, NOW))
    found = [desk.record(raw_contract(raw, "made", None)) for raw in raws]
    return [record for record in found if isinstance(record, ContractRecord)]


@pytest.mark.slow
def test_memory_does_not_grow_with_a_document() -> None:
    import tracemalloc

    from crawlers.contracts.json_records import JsonRecords
    from crawlers.contracts.pieces import Stretch

    record = json.dumps(marche(objet="x" * 900))
    chunk = ",".join([record] * 500)

    def chunks(count: int) -> Iterator[str]:
        yield "["
        for _ in range(count):
            yield chunk + ","
        yield "]"

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            pieces = JsonRecords(chunks(count))
            read = sum(piece.rows if isinstance(piece, Stretch) else 1 for piece in pieces)
            assert read == 500 * count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(48) < 1.2 * peak(12)
