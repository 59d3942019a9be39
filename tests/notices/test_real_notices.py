"""Worked cases on the real files, and counts made another way (docs/contracts.md, « A notice, a planned purchase »)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped]

from tests.notices.conftest import Notices, example_files, example_records, real_files
from vivier.contracts.provisions import families_of

pytestmark = pytest.mark.slow

BOXES = ("RESTRICTED_SHELTERED_WORKSHOP", "RESTRICTED_SHELTERED_PROGRAM", "RESERVED_ORGANISATIONS_SERVICE_MISSION")


def local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def lots_in(text: bytes) -> int:
    """Records a TED or BOAMP file must give, counted on the bare XML: its lots, one when it has none."""
    root = etree.fromstring(text)
    forms = [one for one in root.iter() if local(one) == "FORM_SECTION"]
    if forms:
        french = [one for one in forms[0] if one.get("LG") == "FR"] or list(forms[0])
        return max(1, sum(local(one) == "OBJECT_DESCR" for one in french[0].iter()))
    if local(root) == "ANNONCE":
        lots, decided = (root.findall(f".//{name}") for name in ("OBJET/LOTS/LOT", "ATTRIBUTION/DECISION[NUM_LOT]"))
        return len(lots) or (len(decided) if len(decided) > 1 else 1)
    lots = [one for one in root if local(one) == "ProcurementProjectLot"]
    schemes = [next((id_.get("schemeName") for id_ in lot if local(id_) == "ID"), None) for lot in lots]
    return max(1, sum(scheme != "LotsGroup" for scheme in schemes))


def reserved_files() -> set[str]:
    """Numbers of the R2.0.9 files with a ticked box."""
    ted = [path for path in real_files()["ted"] if "ted-r209" in path.parts]
    assert len(ted) == 103
    return {
        re.sub(r"^0*(\d+)[-_]", r"\1-", path.stem)
        for path in ted
        if any(local(one) in BOXES for one in etree.parse(path).iter())
    }


def test_every_file_gives_its_lots_and_nothing_is_set_aside(notices: Notices) -> None:
    for source, files in real_files().items():
        report = notices.reports[source]
        published = [path for path in files if path not in example_files()]
        expected = sum(
            lots_in(path.read_bytes()) if path.suffix == ".xml" else len(_results(path.read_bytes()))
            for path in published
        )
        examples = len(files) - len(published)
        assert (report.seen, report.kept) == (expected + examples, expected), source
        assert report.set_aside == {}, source
        assert report.skipped == ({"notice_unpublished": examples} if examples else {}), source


def test_the_eight_examples_of_the_kit_are_no_notice(notices: Notices) -> None:
    assert len(example_files()) == 8
    assert notices.reports["ted"].skipped == {"notice_unpublished": 8}
    published = {one.source_id for one in notices.records("ted")}
    assert published.isdisjoint(one.source_id for one in example_records())


def _results(content: bytes) -> list[Any]:
    told = json.loads(content)
    return list(told["results"]) if "results" in told else [told]


def test_there_are_as_many_notices_as_files(notices: Notices) -> None:
    told = {source: len({one.number for one in notices.records(source)}) for source in ("boamp", "ted", "approch")}
    assert told == {"boamp": 2 + 10, "ted": 103 + 2, "approch": 1}


def test_the_six_reserved_notices_of_the_old_format_are_those_with_a_box(notices: Notices) -> None:
    found = {
        one.number
        for one in notices.records("ted")
        if one.form.startswith("ted_") and any(told.provision == "reserved" for told in one.evidence)
    }
    assert len(found) == 6
    assert found == reserved_files()


def test_nothing_personal_is_kept(notices: Notices) -> None:
    for source in ("boamp", "ted", "approch"):
        for path in (notices.settings.records / source).rglob("*.jsonl"):
            written = path.read_text(encoding="utf8")
            assert not re.search(r"CONTACT RETIRE|courriel-retire\.invalid|TEL RETIRE|NOM RETIRE|@", written), path.name


# --- records of BOAMP's interface, 19 August 2026


def test_a_social_criterion_ticked_at_publication_is_no_reservation(notices: Notices) -> None:
    told = notices.told("boamp-26-81222-lot-1")
    provisions = {(one["provision"], one["signal"]) for one in told["evidence"]}  # type: ignore[attr-defined]
    assert provisions == {("social_unspecified", "boamp_criteria"), ("environmental", "boamp_criteria")}
    assert (told["amount_max"], told["cpv"], told["deadline"]) == (168000.0, ["90910000"], "2026-09-30T09:00:00Z")
    assert "reserved_for" not in told


def test_a_simple_national_form_is_read_with_its_criteria(notices: Notices) -> None:
    told = notices.told("boamp-26-81510")
    assert {one["provision"] for one in told["evidence"]} == {"environmental"}  # type: ignore[attr-defined]
    weights = {one["name"]: one["weight"] for one in told["criteria"]}  # type: ignore[attr-defined]
    assert weights["Qualité environnementale"] == 10
    assert (told["amount_max"], told["months"], told["buyer"]["siret"]) == (220000.0, 4, "21830123200011")  # type: ignore[index]
    assert told["buyer_seat"] == "commune:83123"


# --- old announcements


def test_a_service_reserved_to_a_profession_is_no_reservation(notices: Notices) -> None:
    of_profession = [one for one in notices.records("boamp") if one.form == "boamp_legacy"]
    assert len({one.number for one in of_profession}) == 10
    assert not [one.number for one in of_profession for told in one.evidence if told.provision == "reserved"]


def test_an_environmental_condition_of_an_old_announcement_is_seen_on_both_lots(notices: Notices) -> None:
    lots = [one for one in notices.records("boamp") if one.number == "16-186394"]
    assert [one.lot for one in lots] == ["1", "2"]
    for lot in lots:
        assert {one.provision for one in lot.evidence} == {"environmental"}
        assert {one.signal for one in lot.evidence} == {"boamp_criteria", "words"}


# --- TED R2.0.9


def test_lots_ticked_without_an_article_are_reserved_for_whom_their_titles_name(notices: Notices) -> None:
    found = notices.ask(q="210534-2022", per_page=10)
    assert found.total == 3
    read = {one.record["lot"]: one.record["reserved_for"] for one in found.results}
    assert read == {"1": ["EA_ESAT"], "2": ["SIAE"], "3": ["EA_ESAT"]}
    for result in found.results:
        assert ["ESS"] in [one.get("reserved_for") for one in result.record["evidence"]]
        proofs = [one for one in result.record["evidence"] if one["signal"] == "words" and one.get("reserved_for")]
        assert {one["confidence"] for one in proofs} <= {0.8, 0.5}
        assert all("insertion" in one["excerpt"] for one in proofs)


def test_the_object_of_a_ticked_market_names_who_works_and_not_whom_it_serves(notices: Notices) -> None:
    """Pupils with a handicap are accompanied by people of structures of insertion."""
    found = notices.ask(q="115900-2018", per_page=10)
    assert found.total == 6 and {tuple(one.record["reserved_for"]) for one in found.results} == {("SIAE",)}


def test_a_ticked_market_of_which_nothing_is_written_names_nobody(notices: Notices) -> None:
    found = notices.ask(q="528848-2021", reserved_for="unknown", per_page=10)
    assert found.total == 6
    assert all(one.reasons[0].text.startswith("réservé — type non précisé") for one in found.results)


def test_an_article_in_the_text_wins_over_the_training_trap(notices: Notices) -> None:
    lots = [one for one in notices.records("ted") if one.number == "546568-2020"]
    assert len(lots) == 5 and all(one.cpv[0] == "80000000" for one in lots)
    assert notices.ask(q="546568-2020", reserved_for="SIAE").total == 5


def test_only_the_lot_the_text_names_is_reserved(notices: Notices) -> None:
    found = notices.ask(q="497881-2021", provision="reserved")
    assert [one.id for one in found.results] == ["ted-497881-2021-lot-6"]
    assert found.results[0].record["reserved_for"] == ["EA_ESAT", "SIAE"]
    others = [one for one in notices.records("ted") if one.number == "497881-2021" and one.lot != "6"]
    assert len(others) == 5 and not [one for one in others if one.evidence]


# --- eForms examples


def test_a_workshop_code_does_not_say_which_structures() -> None:
    coded = [
        one
        for one in example_records()
        if any(told.value == "res-ws" and told.provision == "reserved" for told in one.evidence)
    ]
    assert {one.form for one in coded} == {"eforms_12", "eforms_9"}
    for one in coded:
        assert families_of(one.evidence) == ()


def test_codes_differ_from_lot_to_lot_and_other_lists_are_not_read() -> None:
    lots = [one for one in example_records() if one.source_id.startswith("14549263-b47b-4e59-96a1-2d0d13e19343")]
    values = [{told.value for told in one.evidence if told.signal == "notice_code"} for one in lots]
    assert values == [
        {"res-pub-ser", "reserved-execution", "acc-all", "clim-mitig"},
        {"reserved-execution", "acc-all", "clim-mitig"},
    ]


# --- leads on a past day


def test_notices_open_on_a_past_day_are_leads_and_no_other(notices: Notices) -> None:
    found = notices.leads(territory="FR", lead="open_notice", as_of="2026-08-20")
    assert [one.id for one in found.leads] == ["boamp-26-81222-lot-1", "boamp-26-81510"]
    assert notices.leads(territory="FR", lead="open_notice", as_of="2026-08-18").total == 0
    assert [str(one.due) for one in found.leads] == ["2026-09-30", "2026-09-22"]


def test_a_lead_says_where_how_much_and_until_when(notices: Notices) -> None:
    found = notices.leads(trade="nettoyage-locaux", kind="EI", territory="departement:18", as_of="2026-08-20")
    reasons = {one.code: one.text for one in found.leads[0].reasons}
    assert reasons["place"] == "lieu d'exécution : Cher"
    assert reasons["open"] == "réponse attendue avant le 30\N{NO-BREAK SPACE}septembre 2026"
    assert "168" in reasons["amount"] and reasons["sector"] == "dans vos métiers"


def test_a_reserved_lot_comes_before_its_sister_lots_for_who_may_answer(notices: Notices) -> None:
    found = notices.leads(trade="traiteur", kind="ESAT", territory="region:75", lead="open_notice", as_of="2021-10-05")
    (lead,) = found.leads  # one consultation, one lead: the reserved lot gives it its place
    assert lead.id == "ted-497881-2021-lot-6" and len(lead.lots) == 5 and found.total == 1


def test_a_project_said_national_is_a_lead_where_its_title_says(notices: Notices) -> None:
    for territory, ids in (("departement:06", ["approch-64516"]), ("departement:35", []), ("FR", ["approch-64516"])):
        found = notices.leads(territory=territory, lead="planned_project", as_of="2026-08-20")
        assert [one.id for one in found.leads] == ids
    record = found.leads[0].record
    assert record["places"] == ["commune:06083"] and "place_from_title" in record["issues"]
    assert "lu dans l'intitulé" in str(found.leads[0].reasons)
    assert record["wanted_inclusive"] and record["buyer"]["siren"] == "110014016"
    assert (record["amount_min"], record["amount_max"], record["months"]) == (1e6, 5e6, 24)
    assert notices.leads(territory="FR", lead="planned_project", as_of="2027-01-10").total == 0
