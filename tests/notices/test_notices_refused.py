"""What is broken in a notice costs only itself, is flagged or counted, and a file of another kind is refused by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import NOW, samples
from vivier.errors import ImportRefused
from vivier.model import Notice
from vivier.runs.records import RunStatistics, current_run, read_models
from vivier.settings import Settings

FIRST = "26-900001"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def taken(settings: Settings, source: str, *files: Path) -> tuple[RunStatistics, dict[str, Notice]]:
    report = import_files(source, files, settings, now=NOW)
    return report, {one.source_id: one for one in read_models(current_run(settings.records, source), Notice)}


def page(tmp_path: Path, change: Any, name: str = "page.json") -> Path:
    """The first BOAMP record of the sample, changed, with the second as it is."""
    told = json.loads(samples("boamp")[0].read_text(encoding="utf8"))
    told["results"] = told["results"][:2]
    change(told["results"][0])
    path = tmp_path / name
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf8")
    return path


def with_body(**changes: object) -> Any:
    """A change of the market of the first record's body."""

    def change(record: dict[str, Any]) -> None:
        body = json.loads(record["donnees"])
        body["FNSimple"]["initial"]["natureMarche"] |= changes
        record["donnees"] = json.dumps(body, ensure_ascii=False)

    return change


def test_a_byte_order_mark_and_nan_are_read(settings: Settings, tmp_path: Path) -> None:
    path = page(tmp_path, lambda record: record.update(marche_public_simplifie=float("nan")))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert set(taken(settings, "boamp", path)[1]) == {FIRST, "26-900002-lot-1", "26-900002-lot-2"}


@pytest.mark.parametrize("shape", ["list", "lines", "object", "indented"])
def test_a_list_lines_or_one_object_are_read_like_an_envelope(settings: Settings, tmp_path: Path, shape: str) -> None:
    results = json.loads(samples("boamp")[0].read_text(encoding="utf8"))["results"][:2]
    texts = {
        "list": json.dumps(results),
        "indented": json.dumps(results, indent=2),
        "lines": "\n".join(map(json.dumps, results)),
        "object": json.dumps(results[0]),
    }
    path = tmp_path / "records.json"
    path.write_text(texts[shape], encoding="utf8")
    assert FIRST in taken(settings, "boamp", path)[1]


def test_a_body_given_as_an_object_is_read_like_a_text(settings: Settings, tmp_path: Path) -> None:
    path = page(tmp_path, lambda record: record.update(donnees=json.loads(record["donnees"]), criteres="sociaux"))
    told = taken(settings, "boamp", path)[1][FIRST]
    assert told.form == "boamp_fnsimple" and told.cpv == ("77310000",)
    assert "social_unspecified" in {one.provision for one in told.evidence}


def test_a_broken_record_is_set_aside_and_the_next_ones_read(settings: Settings, tmp_path: Path) -> None:
    results = json.loads(samples("boamp")[0].read_text(encoding="utf8"))["results"]
    texts = [json.dumps(one) for one in results[:5]]
    texts[1] = texts[1].replace('"objet":', '"objet" x:')
    path = tmp_path / "records.json"
    path.write_text("[" + ",\n".join(texts) + "]", encoding="utf8")
    report, told = taken(settings, "boamp", path)
    assert report.set_aside == {"record_unreadable": 1}
    assert {one.number for one in told.values()} == {"26-900001", "26-900003", "26-900004", "26-900005"}


def test_a_document_cut_before_its_end_keeps_what_precedes_and_says_so(settings: Settings, tmp_path: Path) -> None:
    text = json.dumps({"results": json.loads(samples("boamp")[0].read_text(encoding="utf8"))["results"][:5]})
    path = tmp_path / "cut.json"
    path.write_text(text[: int(len(text) * 0.9)], encoding="utf8")
    report, told = taken(settings, "boamp", path)
    assert report.set_aside == {"file_cut": 1} and FIRST in told


def test_control_characters_and_broken_entities_of_xml_are_read_through(settings: Settings, tmp_path: Path) -> None:
    text = samples("ted")[0].read_text(encoding="utf8")
    text = text.replace("Entretien des parcs", "Entretien\x02 des parcs &nbsp;d&rsquo;été &#2; & jardins &inconnue;")
    path = tmp_path / "notice.xml"
    path.write_text(text, encoding="utf8")
    told = taken(settings, "ted", path)[1]["900001-2021-lot-1"]
    assert told.title.startswith("Entretien des parcs d'été & jardins")


def test_an_external_entity_is_never_opened(settings: Settings) -> None:
    told = taken(settings, "ted", samples("ted")[0])[1]
    assert Path("/etc/hostname").read_text().strip() not in "".join(one.model_dump_json() for one in told.values())


def test_announcements_without_a_root_are_read_one_by_one(settings: Settings, tmp_path: Path) -> None:
    text = samples("boamp")[1].read_text(encoding="utf8")
    path = tmp_path / "rootless.xml"
    path.write_text(text.replace("<ANNONCES>", "").replace("</ANNONCES>", ""), encoding="utf8")
    report, told = taken(settings, "boamp", path)
    assert set(told) == {"16-900010-lot-1", "16-900010-lot-2"} and report.set_aside == {"record_unreadable": 1}


def test_filler_words_are_nothing(settings: Settings, tmp_path: Path) -> None:
    change = with_body(dureeMois="NC", valeurEstimee={"valeur": "CDL"}, description="Sans objet")
    told = taken(settings, "boamp", page(tmp_path, change))[1][FIRST]
    assert (told.months, told.amount_max, told.description) == (None, None, None)


def test_an_amount_of_twelve_digits_and_a_duration_of_decades_are_flagged(settings: Settings, tmp_path: Path) -> None:
    change = with_body(dureeMois="999", valeurEstimee={"valeur": "123456789012"})
    told = taken(settings, "boamp", page(tmp_path, change))[1][FIRST]
    assert {"amount_suspect", "duration_suspect"} <= set(told.issues)


def test_a_year_0202_is_no_date_and_a_publication_to_come_neither(settings: Settings, tmp_path: Path) -> None:
    def change(record: dict[str, Any]) -> None:
        record |= {"datelimitereponse": "0202-12-15T11:00:00+00:00", "dateparution": "2062-01-01"}
        record["donnees"] = record["donnees"].replace("dateReceptionOffres", "dateReceptionAutre")

    told = taken(settings, "boamp", page(tmp_path, change))[1][FIRST]
    assert told.deadline is None and told.published is None
    assert "date_suspect" in told.issues


def test_a_siret_with_spaces_is_read(settings: Settings, tmp_path: Path) -> None:
    def change(record: dict[str, Any]) -> None:
        record["donnees"] = record["donnees"].replace("99935001000016", "999 350 010 00016")

    assert taken(settings, "boamp", page(tmp_path, change))[1][FIRST].buyer.siret == "99935001000016"


def test_a_typographic_apostrophe_hides_no_article(settings: Settings, tmp_path: Path) -> None:
    change = with_body(
        description="Lot réservé en vertu de l’article L.\u00a02113\u201112.", reservationMarche={"non": ""}
    )
    told = taken(settings, "boamp", page(tmp_path, change))[1][FIRST]
    assert ("EA_ESAT",) in [one.reserved_for for one in told.evidence if one.signal == "article"]


def test_a_file_given_twice_is_read_once(settings: Settings, tmp_path: Path) -> None:
    twin = tmp_path / "again.json"
    shutil.copyfile(samples("approch")[0], twin)
    report, told = taken(settings, "approch", samples("approch")[0], twin)
    assert report.skipped == {"duplicate_file": 1} and len(told) == 2


def test_a_siren_published_as_a_number_gets_its_zeros_back(settings: Settings, tmp_path: Path) -> None:
    told = json.loads(samples("approch")[0].read_text(encoding="utf8"))
    told[0]["siren_de_l_entite_acheteuse"] = 5520176
    path = tmp_path / "projects.json"
    path.write_text(json.dumps(told), encoding="utf8")
    assert taken(settings, "approch", path)[1]["900001"].buyer.siren == "005520176"


DEEP = '{"a":' * 50_000 + "1" + "}" * 50_000


@pytest.mark.parametrize(
    "change",
    [
        {"donnees": DEEP},
        {"donnees": "[1]"},
        {"donnees": None},
        {"donnees": 5},
        {"donnees": '{"FNSimple": "texte"}'},
        {"donnees": '{"EFORMS": []}'},
        {"donnees": '{"FNSimple": [{"initial": []}, 3]}'},
        {"dateparution": {"a": 1}, "datelimitereponse": ["x"], "nomacheteur": ["A", {"b": 1}]},
        {"criteres": {"a": 1}, "titulaire": {"nom": "x"}, "annonce_lie": [None, {"a": 1}, "9" * 50_000]},
        {"gestion": "[1, 2]", "url_avis": ["x"], "contractfolderid": {"a": 1}, "code_departement": "9" * 50_000},
        {"nature": ["APPEL_OFFRE"], "etat": {"a": 1}, "type_procedure": ["OUVERT"], "type_marche": 3},
    ],
)
def test_a_field_of_another_kind_costs_only_itself(
    settings: Settings, tmp_path: Path, change: dict[str, object]
) -> None:
    report, told = taken(settings, "boamp", page(tmp_path, lambda record: record.update(change)))
    assert report.set_aside == {} and FIRST in told and "26-900002-lot-1" in told
    assert all(len(one) < 100 for one in (*told[FIRST].follows, *told[FIRST].departements))


@pytest.mark.parametrize("value", [DEEP, "9" * 5000, "1e999", "Infinity"])
def test_a_value_no_machine_can_hold_costs_at_most_its_record(settings: Settings, tmp_path: Path, value: str) -> None:
    results = json.loads(samples("boamp")[0].read_text(encoding="utf8"))["results"][:2]
    first = json.dumps(results[0] | {"mark": "VALUE"}).replace('"VALUE"', value)
    path = tmp_path / "records.json"
    path.write_text(f'{{"results": [{first}, {json.dumps(results[1])}]}}', encoding="utf8")
    report, told = taken(settings, "boamp", path)
    assert "26-900002-lot-1" in told
    assert report.set_aside == ({"record_unreadable": 1} if value == DEEP else {}) and (FIRST in told) == (
        value != DEEP
    )


def test_a_record_nested_without_end_costs_only_itself_however_close_the_others_are(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = json.loads(samples("boamp")[0].read_text(encoding="utf8"))["results"][:2]
    path = tmp_path / "records.json"
    deep = json.dumps(first | {"mark": "VALUE"}).replace('"VALUE"', DEEP)
    path.write_text(json.dumps(first) + deep + json.dumps(second), encoding="utf8")
    report, told = taken(settings, "boamp", path)
    assert report.set_aside == {"record_unreadable": 1} and {FIRST, "26-900002-lot-1"} <= set(told)


@pytest.mark.slow
def test_a_planned_purchase_of_endless_digits_is_set_aside(settings: Settings, tmp_path: Path) -> None:
    told = json.loads(samples("approch")[0].read_text(encoding="utf8"))
    amounts = dict.fromkeys(("montant_estime_du_marche", "duree_previsionnelle_du_marche"), "9" * 5000)
    path = tmp_path / "projects.json"
    path.write_text(json.dumps([told[0] | amounts, told[1] | {"code": "9" * 5000}]), encoding="utf8")
    report, kept = taken(settings, "approch", path)
    assert report.set_aside == {"field_missing": 1} and set(kept) == {"900001"}
    assert kept["900001"].months is None and "duration_invalid" in kept["900001"].issues


def test_a_prefix_that_only_the_root_declares_costs_nothing(settings: Settings, tmp_path: Path) -> None:
    text = samples("boamp")[1].read_text(encoding="utf8")
    text = text.replace(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', "")
    text = text.replace("<ANNONCES>", '<ANNONCES xmlns:xsi="a" xmlns:z="b">').replace(
        "<OBJET>", '<z:OBJET xsi:type="t">'
    )
    path = tmp_path / "announcements.xml"
    path.write_text(text.replace("</OBJET>", "</z:OBJET>"), encoding="utf8")
    assert set(taken(settings, "boamp", path)[1]) == {"16-900010-lot-1", "16-900010-lot-2"}


@pytest.mark.parametrize("name", ["boamp", "approch"])
@pytest.mark.parametrize("text", ["[]", "[1, 2]", "null", '"x"', '{"total_count": 0, "results": []}', "[[[]]]"])
def test_a_json_without_any_record_is_refused(settings: Settings, tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "vide.json"
    path.write_text(text, encoding="utf8")
    with pytest.raises(
        ImportRefused, match=r"« vide\.json » ne contient aucun enregistrement.*Téléchargez-le de nouveau"
    ):
        import_files(name, [path], settings, now=NOW)


@pytest.mark.parametrize("name", ["boamp", "ted", "approch"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b" \n", "vide"),
        (b"%PDF-1.4\n", "PDF"),
        (bytes(range(256)), "octets nuls"),
        (b"<!DOCTYPE html><html></html>", "page web"),
        ("[{}]".encode("utf-16"), "enregistrez-le en UTF-8"),
        (b"PK\x03\x04\x14\x00", "téléchargez-le de nouveau"),
    ],
)
def test_what_is_no_data_is_refused_with_what_to_do(
    settings: Settings, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / "autre.dat"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=rf"« autre\.dat ».*{said}"):
        import_files(name, [path], settings, now=NOW)


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        ("boamp", '{"marches": {"marche": []}}', "idweb"),
        ("boamp", "<html><body>Erreur</body></html>", "page web"),
        ("ted", "<marches><marche/></marches>", "marches"),
        ("ted", '{"results": []}', "XML"),
        ("approch", '[{"idweb": "26-1"}]', "libelle"),
        ("approch", "code;libelle\n1;x\n", "JSON"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(
    settings: Settings, tmp_path: Path, source: str, text: str, said: str
) -> None:
    path = tmp_path / "autre.dat"
    path.write_text(text, encoding="utf8")
    with pytest.raises(ImportRefused, match=said):
        import_files(source, [path], settings, now=NOW)


def test_a_file_of_one_source_given_to_another_names_the_right_one(settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="vivier import ted"):
        import_files("boamp", [samples("ted")[0]], settings, now=NOW)
