"""What the database keeps of hours of insertion, of corrections and of what answers teach: each bound, each neighbour left as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.given.conftest import empty_home
from vivier.contracts.leads_query import LeadsQuery
from vivier.errors import InvalidRequest, NotFound
from vivier.given.database import Database
from vivier.given.declared import _give_back, _replace
from vivier.given.follow_up import FollowUpFull, FollowUpGone, NewLot, Reported
from vivier.given.follow_ups import DAYS, MOST_LOTS, FollowUps, link_token
from vivier.given.hours_told import hours_text, kept_body
from vivier.given.inviting import links_csv, links_to_give
from vivier.given.lead_questions import answer_question, week_of, with_answer
from vivier.given.quotas import QuotaSpent, forget_quotas, share, spend, spent, take
from vivier.given.readings import Corrected, Counted, counted, forget, keep
from vivier.given.round import AnswerTaken
from vivier.given.tables import LEAD_QUESTIONS, QUOTAS
from vivier.lexicon import Lexicon

TODAY = date(2026, 11, 24)
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))
LOT = NewLot("Nettoyage", "R-1", "Ville", "commune:35238", 250.0, SEPTEMBER, 4, ("Alpha", "Bêta"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{empty_home(tmp_path)}/given.sqlite")) as made:
        yield made


@pytest.fixture
def kept(database: Database) -> FollowUps:
    return FollowUps(database)


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_hours_are_told_by_each_company_for_its_own_months(kept: FollowUps) -> None:
    id_ = kept.open(TODAY)
    assert kept.add(id_, replace(LOT, reported={(2, SEPTEMBER): 7.0}, shares={(1, "minima"): 3.0}), TODAY) == 1
    assert kept.add(id_, replace(LOT, object="Autre", companies=("Gamma",)), TODAY) == 2

    def tell(rank: int, hours: dict[date, float | None], by: Any = "structure", lot: int = 1) -> None:
        found = kept.by_link(link_token(id_, lot, rank), TODAY)
        assert found is not None
        kept.tell(*found, hours, by, TODAY)

    tell(1, {SEPTEMBER: 20.5, OCTOBER: 0.0})
    tell(1, {SEPTEMBER: 30.0}, lot=2)
    tell(2, {OCTOBER: 4.0}, "facilitator")
    (alpha, beta), (gamma,) = (lot.companies for lot in kept.read(id_, TODAY).lots)
    assert alpha.reported == {
        SEPTEMBER: Reported(20.5, TODAY, "structure"),
        OCTOBER: Reported(0.0, TODAY, "structure"),
    }
    assert beta.reported == {
        SEPTEMBER: Reported(7.0, TODAY, "facilitator"),
        OCTOBER: Reported(4.0, TODAY, "facilitator"),
    }
    assert gamma.reported == {SEPTEMBER: Reported(30.0, TODAY, "structure")}
    assert kept.read(id_, TODAY).lots[0].shares == {(1, "minima"): 3.0}
    tell(1, {SEPTEMBER: None, NOVEMBER: 20_000.0})
    assert [*kept.read(id_, TODAY).lots[0].companies[0].reported] == [OCTOBER, NOVEMBER]
    for hours, words in (
        ({DECEMBER: 1.0}, "décembre 2026 n'a pas commencé"),
        ({date(2027, 1, 1): 1.0}, "janvier 2027 n'est pas un mois de ce lot"),
        ({SEPTEMBER: -1.0}, "septembre 2026 attend de 0 à 20"),
        ({SEPTEMBER: 20_001.0}, "septembre 2026 attend de 0 à 20"),
    ):
        with pytest.raises(InvalidRequest, match=words):
            tell(1, hours)
    tell(1, {DECEMBER: None})
    with pytest.raises(AnswerTaken, match="« Alpha » a dit elle-même octobre 2026"):
        tell(1, {SEPTEMBER: 1.0, OCTOBER: 1.0}, "facilitator")
    assert kept.by_link("x", TODAY) is kept.by_link(link_token(id_, 3, 1), TODAY) is None
    assert kept.withdraw(kept.read(id_, TODAY), 1) and not kept.withdraw(kept.read(id_, TODAY), 1)
    assert [lot.number for lot in kept.read(id_, TODAY).lots] == [2] and kept.by_link(
        link_token(id_, 1, 1), TODAY
    ) is None
    assert kept.add(id_, LOT, TODAY) == 3, "a number is never used again"
    assert kept.read(id_, TODAY).lot(3) is not None and kept.read(id_, TODAY).lot(1) is None


def test_a_file_read_again_replaces_its_lots_but_what_companies_told(kept: FollowUps) -> None:
    id_ = kept.open(TODAY)
    kept.add(id_, replace(LOT, reported={(2, SEPTEMBER): 7.0}, shares={(1, "minima"): 3.0}), TODAY)
    found = kept.by_link(link_token(id_, 1, 1), TODAY)
    assert found is not None
    kept.tell(*found, {SEPTEMBER: 20.0}, "structure", TODAY)
    again = replace(
        LOT,
        hours=300.0,
        months=24,
        companies=("Gamma", "Alpha"),
        reported={(1, OCTOBER): 5.0, (2, SEPTEMBER): 99.0, (2, OCTOBER): 6.0},
        shares={(2, "minima"): 4.0},
    )
    other = replace(LOT, reference="R-2")
    assert kept.add_all(id_, [again, other], TODAY) == (1, 1) and kept.add_all(id_, [other], TODAY) == (0, 1)
    read = kept.read(id_, TODAY)
    first = read.lots[0]
    assert (first.hours, first.months, first.shares, len(read.lots)) == (300.0, 24, {(2, "minima"): 4.0}, 2)
    assert [
        (each.rank, each.name, {month.month: given.hours for month, given in each.reported.items()})
        for each in first.companies
    ] == [
        (1, "Alpha", {9: 20.0, 10: 6.0}),
        (2, "Bêta", {}),
        (3, "Gamma", {10: 5.0}),
    ]
    assert read.kept_until == date(2028, 9, 1) + timedelta(days=DAYS)
    assert kept.by_link(link_token(id_, 1, 3), TODAY) is not None
    with pytest.raises(InvalidRequest, match="décembre 2026"):
        kept.add_all(id_, [replace(LOT, reference="R-3"), replace(other, reported={(1, DECEMBER): 1.0})], TODAY)
    assert len(kept.read(id_, TODAY).lots) == 2


def test_a_follow_up_takes_sixty_lots_and_goes_a_year_after_its_last_month(
    kept: FollowUps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vivier.given.follow_ups.MOST_LOTS", 2)
    assert MOST_LOTS == 60
    id_, empty = kept.open(TODAY, "client"), kept.open(TODAY)
    assert kept.add_all(id_, [LOT, replace(LOT, reference="b")], TODAY) == (2, 0)
    for full in (
        lambda: kept.add(id_, replace(LOT, reference="c"), TODAY),
        lambda: kept.add_all(id_, [replace(LOT, reference="c")], TODAY),
    ):
        with pytest.raises(FollowUpFull, match="2 lots au plus"):
            full()
    last = date(2027, 1, 1) + timedelta(days=DAYS)
    assert (kept.read(id_, last).kept_until, kept.read(empty, TODAY).kept_until) == (last, later(DAYS))
    with pytest.raises(FollowUpGone):
        kept.read(id_, last + timedelta(days=1))
    assert [kept.purge(later(DAYS)), kept.purge(later(DAYS + 1), dry_run=True), kept.purge(later(DAYS + 1))] == [
        0,
        1,
        1,
    ]
    assert kept.purge(last) == 0
    kept.delete(id_, TODAY)
    with pytest.raises(FollowUpGone):
        kept.read(id_, TODAY)
    for unknown in ("0" * 40, "x"):
        with pytest.raises(NotFound):
            kept.read(unknown, TODAY)


def test_hours_are_summed_by_lot_buyer_and_basin_and_the_unknown_is_said(kept: FollowUps, lexicon: Lexicon) -> None:
    id_ = kept.open(TODAY)
    kept.add(
        id_,
        replace(
            LOT, reported={(1, SEPTEMBER): 20.5, (1, OCTOBER): 0.5}, shares={(2, "minima"): 3.0, (1, "hired"): 1.0}
        ),
        TODAY,
    )
    kept.add(
        id_, replace(LOT, buyer="", basin="", hours=None, companies=("Gamma",), reported={(1, SEPTEMBER): 1.0}), TODAY
    )
    kept.add(
        id_,
        replace(
            LOT,
            hours=10.0,
            months=2,
            reference="R-3",
            companies=("Delta",),
            reported={(1, SEPTEMBER): 4.0, (1, OCTOBER): 5.0},
        ),
        TODAY,
    )
    kept.add(
        id_,
        replace(
            LOT,
            hours=2.0,
            reference="R-4",
            companies=("Zêta",),
            reported={(1, SEPTEMBER): 2.0, (1, OCTOBER): 1.0, (1, NOVEMBER): 1.0},
        ),
        TODAY,
    )
    kept.add(id_, replace(LOT, reference="R-5", start=DECEMBER), TODAY)
    body = kept_body(kept.read(id_, TODAY), id_, lexicon, TODAY)

    def plain(text: str) -> str:
        return re.sub("[\u00a0\u202f]", " ", text)

    assert [plain(lot["text"]) for lot in body["lots"]] == [
        "21 heures dites sur 250 heures dues : reste 229 heures au plus. 2 mois passés sans réponse, chaque entreprise comptée : leurs "
        "heures sont inconnues.",
        "1 heure dite ; les heures dues ne sont pas fixées. 1 mois passé sans réponse : ses heures sont inconnues.",
        "9 heures dites sur 10 heures dues : reste 1 heure. Le marché est fini.",
        "4 heures dites sur 2 heures dues : l'engagement est tenu.",
        "Aucune heure dite encore.",
    ]
    figures = [(lot["lot"], lot["due"], lot["done"], lot["left"], lot["unknown"]) for lot in body["lots"]]
    assert figures == [
        (1, 250, 21, 229, 2),
        (2, None, 1, None, 1),
        (3, 10, 9, 1, 0),
        (4, 2, 4, 0, 0),
        (5, 250, None, 250, 0),
    ]
    rennes = "Rennes"
    assert body["buyers"] == [
        {"name": "Ville", "lots": 4, "due": 512, "done": 34, "unknown": 2},
        {"name": "acheteur non précisé", "lots": 1, "due": None, "done": 1, "unknown": 1},
    ]
    assert [(each["name"], each["lots"]) for each in body["basins"]] == [(rennes, 4), ("bassin non précisé", 1)]
    first = body["lots"][0]
    assert (first["basin"], first["companies"][0]["done"], first["companies"][1]["done"]) == (rennes, 21, None)
    assert first["companies"][0]["link"] == f"/r/{link_token(id_, 1, 1)}" and first["companies"][0]["rank"] == 1
    months = first["companies"][0]["months"]
    assert months[0] == {
        "month": "2026-09",
        "month_fr": "septembre 2026",
        "begun": True,
        "hours": 20.5,
        "given_on": "2026-11-24",
        "by_fr": "noté par le facilitateur",
    }
    assert [each["begun"] for each in months] == [True, True, True, False] and months[2]["hours"] is None
    assert [(each["quarter"], each["hours"]) for each in first["shares"]] == [(1, 1), (2, 3)]
    assert (body["opened_on"], body["as_of"]) == ("2026-11-24", "2026-11-24")
    assert [plain(hours_text(hours)) for hours in (0, 1.9, 2, 1_234.5)] == [
        "0 heure",
        "1,9 heure",
        "2 heures",
        "1 234,5 heures",
    ]


def test_what_one_client_does_in_a_day_is_counted_apart_and_forgotten(database: Database) -> None:
    with database.transaction() as connection:
        assert [spend(connection, "a", "x", TODAY, 3, 2), spend(connection, "a", "x", TODAY, 3, 2)] == [True, False]
        assert spend(connection, "a", "x", TODAY, 3) and not spend(connection, "a", "x", TODAY, 3)
        assert spent(connection, "a", "x", TODAY) == 3 and not spend(connection, "b", "x", TODAY, 3, 4)
        others = (("b", "x", TODAY), ("a", "y", TODAY), ("a", "x", later(1)))
        assert [spent(connection, *each) for each in others] == [0, 0, 0]
        assert all(spend(connection, *each, 1) for each in others)
        take(connection, "", "x", TODAY, 0)
        with pytest.raises(QuotaSpent, match=r"3 demandes de cette sorte"):
            take(connection, "a", "x", TODAY, 3)
        forget_quotas(connection, later(1))
        assert len(connection.execute(select(QUOTAS)).all()) == 4
        forget_quotas(connection, later(2))
        assert [row.day for row in connection.execute(select(QUOTAS))] == [later(1)]
    assert [share(20_000, 30, 10), share(100, 30, 10), share(610, 30, 10)] == [333, 10, 10]


def test_a_correction_is_counted_and_forgotten_a_year_after_it_was_last_sent(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Corrected(("tonte", "gazon"), ("a",), ("b", "c")), Corrected((), ("a",), ("d",))
    for correction, day in ((one, 0), (other, 0), (one, 5)):
        keep(database, correction, later(day), "client")
    assert counted(database) == [Counted(one, 2, later(5)), Counted(other, 1, TODAY)]
    monkeypatch.setattr("vivier.given.readings.MOST", 2)
    keep(database, replace(other, chosen=("e",)), TODAY, "")
    keep(database, other, TODAY, "")
    assert [each.times for each in counted(database)] == [2, 2], "a new one is not kept"
    for day, left in ((365, 2), (366, 1), (370, 1), (371, 0)):
        with database.transaction() as connection:
            forget(connection, later(day))
        assert len(counted(database)) == left


def test_the_question_of_a_week_is_answered_in_its_week(database: Database) -> None:
    monday = date(2026, 11, 23)
    assert [week_of(day) for day in (monday, date(2026, 11, 29), date(2026, 11, 30))] == [
        monday,
        monday,
        date(2026, 11, 30),
    ]
    common = {"trade": "tonte", "text": "Tondez-vous ?", "given_on": monday, "kept_until": later(5), "kinds": "EI"}
    with database.transaction() as connection:
        for structure in ("s1", "s2"):
            row = {**common, "structure": structure, "week": monday, "siret": "1", "silent": False, "teaches": True}
            connection.execute(insert(LEAD_QUESTIONS).values(row))
    found = answer_question(database, "s1", "tonte", "yes", TODAY, "ff")
    assert (found.structure, found.week, found.answer, found.text) == ("s1", monday, "yes", "Tondez-vous ?")

    def rows() -> dict[str, tuple[Any, ...]]:
        with database.transaction() as connection:
            every = connection.execute(select(LEAD_QUESTIONS)).all()
        return {row.structure: (row.answer, row.given_on, row.kept_until, row.opener) for row in every}

    assert rows() == {"s1": ("yes", TODAY, later(180), 255), "s2": (None, monday, later(5), None)}
    answer_question(database, "s1", "tonte", "later", later(1))
    assert rows()["s1"] == ("later", later(1), later(29), None)
    for structure, trade, day in (("s3", "tonte", 0), ("s1", "x", 0), ("s1", "tonte", 7)):
        with pytest.raises(NotFound):
            answer_question(database, structure, trade, "no", later(day))
    query = LeadsQuery(trade=("traiteur",), also_trade=("a", "b"), not_trade=("b", "c"))
    assert [
        (made.also_trade, made.not_trade)
        for made in (with_answer(query, "b", reply) for reply in ("yes", "no", "later"))
    ] == [  # type: ignore[arg-type]
        (("a", "b"), ("c",)),
        (("a",), ("c", "b")),
        (("a", "b"), ("b", "c")),
    ]


def test_what_a_structure_says_replaces_a_value_that_another_source_gives_back() -> None:
    said, listed = {"source_id": "declared"}, {"source_id": "list"}
    made: dict[str, Any] = {"phone": {"value": "01", "provenance": listed}, "others": [{"field": "name", "value": "A"}]}
    _replace(made, "phone", "02", said)  # type: ignore[arg-type]
    assert made["phone"] == {"value": "02", "provenance": said}
    assert made["others"] == [{"field": "name", "value": "A"}, {"field": "phone", "value": "01", "provenance": listed}]
    _replace(made, "phone", "02", said)  # type: ignore[arg-type]
    _replace(made, "website", "w", said)  # type: ignore[arg-type]
    assert len(made["others"]) == 2 and made["website"] == {"value": "w", "provenance": said}
    _give_back(made, "phone")
    _give_back(made, "website")
    assert made == {"phone": {"value": "01", "provenance": listed}, "others": [{"field": "name", "value": "A"}]}


def test_a_run_that_was_killed_gives_the_same_links_and_another_list_gives_others(tmp_path: Path) -> None:
    beside, names = tmp_path / "links.csv", {"90000000100017": "=Éclat", "90000001900019": "Serre"}
    tokens = links_to_give(beside, names, "https://v.example", TODAY, 30)
    assert [len(token) for token in tokens.values()] == [40, 40] and tokens.keys() == names.keys()
    first, second = tokens.values()
    assert beside.read_bytes().decode("utf-8-sig").split("\r\n") == [
        '"SIRET";"Structure";"Lien personnel";"Sert jusqu\'au"',
        f'"90000000100017";"\'=Éclat";"https://v.example/i/{first}";"24/12/2026"',
        f'"90000001900019";"Serre";"https://v.example/i/{second}";"24/12/2026"',
        "",
    ]
    assert (
        beside.stat().st_mode & 0o777 == 0o600
        and links_csv(tokens, names, "https://v.example", TODAY, 30) == beside.read_bytes()
    )
    assert links_to_give(beside, names, "https://v.example", TODAY, 30) == tokens
    for again in ((names, TODAY, 31), (names, later(2), 30), ({**names, "90000002700012": "C"}, TODAY, 30)):
        other = links_to_give(beside, again[0], "https://v.example", *again[1:])
        assert not {*other.values()} & {*tokens.values()} and other.keys() == again[0].keys()
        tokens = other
