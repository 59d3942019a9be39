"""Verdicts are sealed on what is known that day, once, and scored by what becomes of the notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from tests.search_api.conftest import publish
from tests.search_api.pages.corpus import pages_suppliers
from vivier.desk.sealed.register import Line, Register, RegisterDamaged
from vivier.desk.sealed.run import seal
from vivier.desk.sealed.score import offers_of, score
from vivier.engine import open_engine
from vivier.errors import NotFound
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

FIRST, LATER = date(2026, 11, 12), date(2026, 12, 20)
LISTED, OTHER = "73282932000074", "44306184100047"


def notice(number: int, title: str, day: str = "2026-11-10", **more: Any) -> dict[str, Any]:
    place = {"DENOMINATION": "Ville de Roubaix", "CP": "59100", "VILLE": "Roubaix"}
    body = {"IDENTITE": place, **more.pop("body", {})}
    return {
        "idweb": f"26-{number}",
        "objet": title,
        "nature": "APPEL_OFFRE",
        "etat": "INITIAL",
        "dateparution": day,
        "datelimitereponse": "2026-12-05T11:00:00+00:00",
        "code_departement": ["59"],
        "donnees": json.dumps(body),
        **more,
    }


def award(number: int, of: int, siret: str, offers: int) -> dict[str, Any]:
    decision = {
        "RENSEIGNEMENT": {"NB_OFFRE_RECU": offers},
        "TITULAIRE": {"DENOMINATION": "X", "CODE_IDENT_NATIONAL": siret},
    }
    settled: dict[str, Any] = {"nature": "ATTRIBUTION", "datelimitereponse": None, "annonce_lie": [f"26-{of}"]}
    body = {"OBJET": {"OBJET_COMPLET": "Attribution"}, "ATTRIBUTION": {"DECISION": decision}}
    return notice(number, "Attribution", "2026-12-15", body=body, **settled)


NOTICES = [
    notice(1, "Entretien des espaces verts réservé aux ESAT et EA (article L2113-12)"),
    notice(2, "Entretien des espaces verts du cimetière"),
    notice(3, "Assurance de la flotte automobile"),
    notice(4, "Tonte des stades", "2026-10-01"),
    notice(5, "Entretien des pelouses", "2026-11-20"),
    notice(6, "Entretien des espaces verts, marché réservé aux ESAT"),
    award(21, 1, LISTED, 3),
    award(22, 2, OTHER, 1),
    {**notice(23, "Annulation", "2026-12-16"), "nature": "ANNULATION", "etat": "ANNULATION", "annonce_lie": ["26-6"]},
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Snapshot]:
    settings = Settings(home=tmp_path_factory.mktemp("sealed"))
    path = settings.home / "records.json"
    path.write_text(json.dumps({"total_count": len(NOTICES), "results": NOTICES}), encoding="utf8")
    import_files("boamp", [path], settings)
    with closing(open_engine(settings)) as engine:
        gardens, *others = pages_suppliers(lexicon)
        numbered = gardens.model_copy(update={"identifiers": (*gardens.identifiers, LISTED[:9])})
        publish(engine, [numbered, *others], lexicon)  # type: ignore[arg-type]
        publish_notices(engine, settings, lexicon)
        yield Snapshot(engine)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register.jsonl")


def of(register: Register, kind: str) -> dict[str, Line]:
    return {line["notice"]: line for line in register.lines() if line["kind"] == kind}


@pytest.mark.slow
def test_the_open_and_recent_notices_of_a_day_are_sealed_once(
    register: Register, snapshot: Snapshot, lexicon: Lexicon
) -> None:
    made = seal(register, snapshot, lexicon, FIRST)
    assert set(of(register, "verdict")) == {f"boamp-26-{n}" for n in (1, 2, 3, 6)}  # 4 is old, 5 is of a later day
    again = seal(register, snapshot, lexicon, FIRST)
    assert (made.verdicts, made.outcomes, again.verdicts, again.head) == (4, 0, 0, made.head)
    assert register.check().altered == ()


@pytest.mark.slow
def test_a_verdict_says_what_the_desk_says_and_by_which_version(
    register: Register, snapshot: Snapshot, lexicon: Lexicon
) -> None:
    seal(register, snapshot, lexicon, FIRST)
    reserved, green, insured = (of(register, "verdict")[f"boamp-26-{n}"] for n in (1, 2, 3))
    assert (reserved["reserved"], reserved["reserved_for"], reserved["article"]) == (True, ["EA_ESAT"], "L2113-12")
    assert green["reserved"] is False and green["trades"] == ["entretien-espaces-verts"]
    assert 0 <= green["two_offers"] <= green["two_able"] <= 1 and green["likely"] >= 0
    assert insured["state"] == "outside" and "lever" not in insured
    for line in (reserved, insured):
        assert line["day"] == "2026-11-12" and line["code"] and set(line["generations"]) == {"suppliers", "notices"}


@pytest.mark.slow
def test_more_notices_than_one_run_studies_wait_for_the_next(
    register: Register, snapshot: Snapshot, lexicon: Lexicon
) -> None:
    first = seal(register, snapshot, lexicon, FIRST, most=3)
    second = seal(register, snapshot, lexicon, FIRST, most=3)
    assert (first.verdicts, first.left, second.verdicts, second.left) == (3, 1, 1, 0)


@pytest.mark.slow
def test_what_became_of_a_notice_is_added_once_and_its_verdict_stays(
    register: Register, snapshot: Snapshot, lexicon: Lexicon
) -> None:
    seal(register, snapshot, lexicon, FIRST)
    before = of(register, "verdict")
    assert seal(register, snapshot, lexicon, date(2026, 12, 14)).outcomes == 0
    assert seal(register, snapshot, lexicon, LATER).outcomes == 3
    assert seal(register, snapshot, lexicon, LATER).outcomes == 0
    ends = of(register, "outcome")
    told = {key: (line["status"], line["offers"], line["winners"], line["listed"]) for key, line in ends.items()}
    assert told == {
        "boamp-26-1": ("awarded", 3, 1, 1),
        "boamp-26-2": ("awarded", 1, 1, 0),
        "boamp-26-6": ("cancelled", None, None, None),
    }
    assert {key: of(register, "verdict")[key] for key in before} == before


def test_nothing_is_sealed_after_an_altered_line(register: Register, snapshot: Snapshot, lexicon: Lexicon) -> None:
    seal(register, snapshot, lexicon, FIRST)
    register.path.write_bytes(register.path.read_bytes().replace(b'"reserved":true', b'"reserved":false', 1))
    with pytest.raises(RegisterDamaged, match="changée depuis son scellé"):
        seal(register, snapshot, lexicon, LATER)


def test_without_notices_there_is_nothing_to_seal(tmp_path: Path, register: Register, lexicon: Lexicon) -> None:
    with closing(open_engine(Settings(home=tmp_path))) as engine, pytest.raises(NotFound):
        seal(register, Snapshot(engine), lexicon, FIRST)
    assert register.mark == (0, 0)


@pytest.mark.slow
def test_the_score_counts_what_is_known_only(register: Register, snapshot: Snapshot, lexicon: Lexicon) -> None:
    seal(register, snapshot, lexicon, FIRST)
    seal(register, snapshot, lexicon, LATER)
    found = score(register.lines())
    assert (found["sealed"], found["studied"], found["settled"], found["cancelled"]) == (4, 3, 3, 1)
    assert (found["reserved"]["n"], found["reserved_settled"], found["unfruitful"]) == (2, 2, 1)
    assert (found["winners_known"], found["listed"]) == (2, 1)
    assert (found["offers"]["n"], found["offers"]["two"]) == (1, 1)  # of the two reserved, one tells its offers
    assert [(month["month"], month["sealed"], month["reserved"], month["settled"]) for month in found["months"]] == [
        ("2026-11", 4, 2, 3)
    ]


def test_a_second_verdict_on_one_notice_replaces_nothing() -> None:
    first = {
        "kind": "verdict",
        "notice": "n",
        "day": "2026-11-12",
        "reserved": True,
        "lever": "none",
        "two_offers": 0.1,
    }
    end = {"kind": "outcome", "notice": "n", "status": "awarded", "offers": 2, "winners": None, "listed": None}
    found = score([first, {**first, "lever": "reserve", "two_offers": 0.9}, end, {**end, "offers": 0}])
    assert found["reserved"] == {"n": 1, "possible": 0} and found["offers"]["brier"] == pytest.approx(0.81)


def test_calibration_and_brier_are_those_of_the_chances() -> None:
    found = offers_of([(0.9, 3), (0.9, 2), (0.9, 1), (0.1, 0)])
    assert (found["brier"], found["base"]) == (0.21, 0.25)
    assert [(row["n"], row["mean"], row["came"]) for row in found["calibration"] if row["n"]] == [
        (1, 0.1, 0.0),
        (3, 0.9, 0.6667),
    ]
    assert offers_of([])["brier"] is None
