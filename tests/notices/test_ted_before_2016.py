"""TED's forms of 2009 to 2016 (R2.0.7, R2.0.8), of which no file was at hand: read by the structure that public readers tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.run import import_files
from tests.crawlers.samples import NOW
from tests.notices.test_shapes import SHAPES, aims, at, boxes, taken
from vivier.contracts.provisions import WORKSHOPS
from vivier.model import Notice
from vivier.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def told(settings: Settings) -> dict[str, Notice]:
    return taken(settings, *sorted(SHAPES.glob("ted-r208-*.xml")), source="ted")[1]


def written(settings: Settings, tmp_path: Path, name: str, *changes: tuple[str, str]) -> dict[str, Notice]:
    """One of the notices, some of its text replaced."""
    text = (SHAPES / f"ted-r208-{name}.xml").read_text(encoding="utf8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "notice.xml"
    path.write_text(text, encoding="utf8")
    return taken(settings, path, source="ted")[1]


def test_a_call_is_read_lot_by_lot_in_french(told: dict[str, Notice]) -> None:
    first, second = told["950001-2013-lot-1"], told["950001-2013-lot-2"]
    assert (first.form, first.nature, first.title) == (
        "ted_f02",
        "call",
        "Entretien des espaces verts — Lot 1 : Jardins",
    )
    assert (first.cpv, first.amount_min, first.amount_max) == (("77311000",), 10000.0, 40000.0)
    assert (second.cpv, second.months, second.amount_max) == (("98371111",), 12, None)
    assert (first.months, first.nuts, first.category, first.procedure) == (48, ("FR523",), "services", "ouvert")


def test_its_deadline_is_of_paris_and_its_buyer_has_its_number(told: dict[str, Notice]) -> None:
    one = told["950001-2013-lot-1"]
    assert (one.deadline, one.buyer.siret) == (at(2013, 7, 2, 10, 0), "99935001000016")
    assert one.buyer_place is not None and (one.buyer_place.post_code, one.buyer_place.town) == ("35000", "Rennes")


def test_its_criteria_and_its_conditions_tell_insertion(told: dict[str, Notice]) -> None:
    one = told["950001-2013-lot-1"]
    assert next((c.name, c.weight) for c in one.criteria) == ("Prix", 60.0)
    assert one.conditions == "Clause sociale d'insertion : 500 heures."
    assert {"clause", "criterion"} <= aims(one)


@pytest.mark.slow
def test_the_box_of_sheltered_workshops_is_read_and_a_profession_is_not(
    settings: Settings, tmp_path: Path, told: dict[str, Notice]
) -> None:
    assert boxes(told["950001-2013-lot-1"]) == {("reserved", "RESTRICTED_TO_SHELTERED_WORKSHOPS")}
    assert ("EA_ESAT",) in [one.reserved_for for one in told["950001-2013-lot-2"].evidence]
    empty = "<RESERVED_CONTRACTS><RESTRICTED_TO_SHELTERED_WORKSHOPS/></RESERVED_CONTRACTS>"
    plain = written(settings, tmp_path, "contract", (empty, "<RESERVED_CONTRACTS/>"))
    assert "reserved" not in aims(plain["950001-2013-lot-1"])


def test_a_prior_information_has_its_box_straight_under_its_conditions(told: dict[str, Notice]) -> None:
    one = told["950003-2013"]
    assert (one.nature, one.title, one.description) == (
        "prior_information",
        "Ménage des bureaux",
        "Nettoyage quotidien.",
    )
    assert boxes(one) == {("reserved", "RESTRICTED_TO_FRAMEWORK")}
    assert {value for _, value in boxes(one)} <= WORKSHOPS


def test_an_award_names_who_holds_each_lot_for_the_value_agreed(told: dict[str, Notice]) -> None:
    first, second = told["950002-2013-lot-1"], told["950002-2013-lot-2"]
    assert (first.nature, first.follows, first.offers, first.amount_max) == ("award", ("950001-2013",), 3, 41500.5)
    assert [one.name for one in first.winners] == ["Jardins fictifs SARL"]
    assert [one.name for one in second.winners] == ["Entreprise adaptée fictive"]
    assert first.procedure == "sans_publicite" and [c.name for c in first.criteria] == ["Prix"]


def test_an_award_without_lots_is_one_notice_with_the_total_as_printed(settings: Settings, tmp_path: Path) -> None:
    one = written(
        settings,
        tmp_path,
        "award",
        ("<LOT_NUMBER>1</LOT_NUMBER>", ""),
        ("<LOT_NUMBER>2</LOT_NUMBER>", ""),
        ("<CONTRACT_VALUE_INFORMATION>", "<UNREAD>"),
        ("</CONTRACT_VALUE_INFORMATION>", "</UNREAD>"),
    )["950002-2013"]
    assert len(one.winners) == 2 and one.amount_max == 61500.5


def test_a_defence_call_gives_its_first_and_last_day(told: dict[str, Notice]) -> None:
    one = told["950004-2013"]
    assert (one.form, one.nature, one.procedure) == ("ted_f17", "call", "restreint")
    assert (str(one.starts), str(one.ends), one.evidence) == ("2013-09-01", "2015-08-31", ())


def test_the_coded_day_is_the_deadline_when_the_form_has_none(settings: Settings, tmp_path: Path) -> None:
    told = written(settings, tmp_path, "contract", ("<YEAR>2013</YEAR><TIME>", "<YEAR/><TIME>"))
    assert told["950001-2013-lot-1"].deadline == at(2013, 7, 1, 9, 0)


def test_a_name_written_without_its_own_element_is_read(settings: Settings, tmp_path: Path) -> None:
    told = written(
        settings,
        tmp_path,
        "prior",
        (
            "<OFFICIALNAME>Ville fictive de Vilaine</OFFICIALNAME><NATIONALID>SIRET : 999 350 010 00016</NATIONALID>",
            "Ville de V.",
        ),
    )
    assert told["950003-2013"].buyer.name == "Ville de V."


def test_nothing_of_anybody_is_kept(told: dict[str, Notice]) -> None:
    text = "".join(one.model_dump_json() for one in told.values())
    assert not any(word in text for word in ("PERSONNE", "TELEPHONE", "COURRIEL", "FICTIVE"))


@pytest.mark.slow
def test_the_forms_are_named_by_what_they_are(settings: Settings, tmp_path: Path) -> None:
    text = (SHAPES / "ted-r208-prior.xml").read_text(encoding="utf8").replace('"0"', '"9"').replace('FORM="1" ', "")
    natures = {
        "CONTRACT_UTILITIES": "call",
        "CONTRACT_AWARD_UTILITIES": "award",
        "PERIODIC_INDICATIVE_UTILITIES": "prior_information",
        "RESULT_DESIGN_CONTEST": "award",
        "VOLUNTARY_EX_ANTE_TRANSPARENCY_NOTICE": "intention",
        "ADDITIONAL_INFORMATION_CORRIGENDUM": "correction",
        "QUALIFICATION_SYSTEM_UTILITIES": "call",
    }
    for position, name in enumerate(natures):
        form = text.replace("<PRIOR_INFORMATION ", f"<{name} ").replace("</PRIOR_INFORMATION>", f"</{name}>")
        (tmp_path / f"{position}.xml").write_text(form.replace("950003-2013", f"95100{position}-2013"), encoding="utf8")
    files = sorted(tmp_path.glob("*.xml"))
    import_files("ted", files, settings, now=NOW)
    told = taken(settings, *files, source="ted")[1]
    assert [told[f"95100{position}-2013"].nature for position in range(len(natures))] == list(natures.values())


@pytest.mark.parametrize(
    ("named", "winners"), [("", ["SARL fictive"] * 2), ("<LOT_NO>2</LOT_NO>", ["", "SARL fictive"])]
)
def test_the_only_award_of_a_later_form_is_of_every_lot_unless_it_names_one(
    settings: Settings, tmp_path: Path, named: str, winners: list[str]
) -> None:
    lots = "".join(
        f'<OBJECT_DESCR ITEM="{n}"><LOT_NO>{n}</LOT_NO><TITLE><P>Lot {n}</P></TITLE><VAL_OBJECT>{n}000</VAL_OBJECT></OBJECT_DESCR>'
        for n in (1, 2)
    )
    holder = "<ADDRESS_CONTRACTOR><OFFICIALNAME>SARL fictive</OFFICIALNAME></ADDRESS_CONTRACTOR>"
    award = f"<AWARD_CONTRACT>{named}<AWARDED_CONTRACT>{holder}<VAL_TOTAL>9000</VAL_TOTAL></AWARDED_CONTRACT></AWARD_CONTRACT>"
    object_ = f"<OBJECT_CONTRACT><TITLE><P>Repas</P></TITLE><LOT_DIVISION/>{lots}</OBJECT_CONTRACT>"
    path = tmp_path / "notice.xml"
    path.write_text(
        f'<TED_EXPORT DOC_ID="960001-2020"><FORM_SECTION><F03_2014 LG="FR" FORM="F03">{object_}{award}</F03_2014></FORM_SECTION></TED_EXPORT>',
        encoding="utf8",
    )
    told = [one for _, one in sorted(taken(settings, path, source="ted")[1].items())]
    assert ["".join(w.name or "" for w in one.winners) for one in told] == winners
    assert told[0].amount_max == 1000.0 and told[1].amount_max == (9000.0 if named else 2000.0)
