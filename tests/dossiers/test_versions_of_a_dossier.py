"""Versions of an authored dossier: what each adds, what it keeps, what a structure that opposed leaves of it, what a replay says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.search_api.conftest import serve_corpus
from vivier.desk.dossier import FORMAT, digest, verified
from vivier.desk.read.asked import Settings as Asked
from vivier.desk.read.programme import Row
from vivier.dossiers.blank import WORD, blanked, ids_of, is_copy, opposed_in, without
from vivier.dossiers.compose import compose_lot
from vivier.dossiers.contacts import MOST_CONTACTS, Change, Contact
from vivier.dossiers.issue import FIRST_DRAW, REFRESHED, changed, issue, read, stored
from vivier.dossiers.listing import drawn, seeds_of
from vivier.dossiers.question import question_for
from vivier.dossiers.registry import Registry
from vivier.dossiers.replay import _ids, _summary, _versions
from vivier.errors import InvalidRequest, NotFound
from vivier.given.database import Database
from vivier.given.shelf import DatabaseShelf
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

DAY = date(2026, 11, 24)
OWN, MERGED, SISTER, OTHER = "90000000100017", "90000001900019", "90000000100025", "90000002700012"


def lot(line: int, *ids: str, seed: str = "s") -> dict[str, Any]:
    found = [{"rank": rank, "id": id_, "name": f"Atelier {id_}"} for rank, id_ in enumerate(ids, 1)]
    return {"understood": {"line": line}, "studied": True, "contacts": {"seed": seed, "structures": found}}


COMPOSED: dict[str, Any] = {
    "format": FORMAT,
    "title": "Parcs",
    "as_of": "2026-11-24",
    "question": {"as_of": "2026-11-24"},
    "lots": [lot(1, "a", "b", "c"), lot(2, "d", seed="t"), {"understood": {"line": 3}, "studied": False}],
    "questionnaire": ["Quand ?", "Combien ?"],
}
CALL = Contact(date=DAY, structure="b", channel="phone", role=" responsable   commercial ", answer=" Oui. ")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[DatabaseShelf]:
    database = Database(f"sqlite:///{tmp_path}/given.sqlite")
    yield DatabaseShelf(database, "dossier", 365, 9)
    database.close()


def test_each_version_names_the_former_and_keeps_what_it_does_not_change(shelf: DatabaseShelf) -> None:
    first = issue(COMPOSED, shelf, DAY)
    second = changed(first, Change(contacts=(CALL,)), shelf, DAY)
    third = changed(second, Change(redraw="  liste   transmise "), shelf, DAY)
    again = {**COMPOSED, "lots": [lot(1, "a", "b", "c", seed="new"), lot(4, "e", seed="new")]}
    made: list[Any] = [first, second, third, issue(again, shelf, DAY, third)]
    for body in made:
        assert verified(body) and body["kept_until"] == "2027-11-24" and body["created_at"].endswith("+00:00")
        assert read(body["dossier_id"], shelf, DAY) == body
        assert shelf.read(body["dossier_id"], DAY) == stored(body)
    assert (made[0]["supersedes"], made[0]["supersedes_sha256"], made[0]["contact_log"]) == (None, None, [])
    for before, after in pairwise(made):
        assert (after["supersedes"], after["supersedes_sha256"]) == (before["dossier_id"], before["sha256"])
    told = {"date": "2026-11-24", "structure": "b", "name": "Atelier b", "channel": "phone", "channel_fr": "téléphone"}
    log = [{**told, "questions": 2, "role": "responsable commercial", "answer": "Oui."}]
    assert [body["contact_log"] for body in made[1:]] == [log] * 3
    assert [draw["reason"] for draw in made[3]["draws"]] == [FIRST_DRAW, "liste transmise", REFRESHED]
    assert made[1]["draws"] == made[0]["draws"] and made[1]["lots"] == made[0]["lots"] == COMPOSED["lots"]
    seed = made[2]["question"]["seed"]
    assert len(seed) == 16 and made[2]["question"] == {"as_of": "2026-11-24", "seed": seed}
    seeds = [draw["seeds"] for draw in made[3]["draws"]]
    assert seeds == [{"1": "s", "2": "t"}, {"1": seed, "2": seed}, {"1": seed, "4": "new"}]
    assert made[2]["lots"] == drawn(COMPOSED["lots"], {1: seed, 2: seed})
    assert made[3]["lots"][0] == made[2]["lots"][0] and seeds_of(made[3]["lots"]) == {1: seed, 4: "new"}


def test_a_log_that_is_full_takes_no_other_contact(shelf: DatabaseShelf) -> None:
    former: Any = issue(COMPOSED, shelf, DAY)
    almost: Any = changed({**former, "contact_log": [{}] * (MOST_CONTACTS - 1)}, Change(contacts=(CALL,)), shelf, DAY)
    assert len(almost["contact_log"]) == MOST_CONTACTS
    with pytest.raises(InvalidRequest, match="1000 échanges au plus"):
        changed(almost, Change(contacts=(CALL,)), shelf, DAY)


def entry(rank: int, id_: str, siret: str | None, **more: Any) -> dict[str, Any]:
    return {"rank": rank, "id": id_, "name": f"Atelier {id_.upper()}", "siret": siret, **more}


WHOLE: dict[str, Any] = {
    "question": {"as_of": "2026-11-24", "answers": [{"line": 1, "structure": "a"}, {"line": 1, "structure": "b"}]},
    "contact_log": [{"structure": "a", "answer": "Oui"}, {"structure": "b", "answer": "Avec Atelier A"}],
    "lots": [
        {
            "understood": {"line": 1, "text": "Comme Atelier A"},
            "contacts": {
                "structures": [
                    entry(1, "a", OWN, sirets=[MERGED]),
                    entry(2, "b", OTHER, sirets=[], sites=[OTHER, MERGED, 5]),
                    entry(3, "c", None),
                ]
            },
            "excluded": [entry(4, "a", OWN, reason="zone", reason_fr="loin")],
            "holders": [
                {"name": "ATELIER", "siret": SISTER, "siren": "900000019"},
                {"name": "ATELIER", "siret": SISTER, "siren": "900000001"},
            ],
            "first": {"text": "Atelier A, puis Atelier B", "siret": OTHER},
        }
    ],
}
WHOLE["sha256"] = digest(WHOLE)


def test_who_opposed_is_taken_out_of_every_part_and_counted() -> None:
    gone = {"opposed": True, "word": WORD}
    found: Any = without(WHOLE, frozenset({MERGED}))
    assert verified(found) and found.pop("sha256") != WHOLE["sha256"]
    assert found == {
        "question": {"as_of": "2026-11-24", "answers": [gone, {"line": 1, "structure": "b"}]},
        "contact_log": [gone, {"structure": "b", "answer": f"Avec [{WORD}]"}],
        "blanked": {"structures": 1, "reason": WORD, "issued_sha256": WHOLE["sha256"]},
        "lots": [
            {
                "understood": {"line": 1, "text": "Comme Atelier A"},
                "contacts": {
                    "structures": [
                        {**gone, "rank": 1},
                        entry(2, "b", OTHER, sirets=[], sites=[OTHER, WORD, 5]),
                        entry(3, "c", None),
                    ]
                },
                "excluded": [{**gone, "rank": 4, "reason": "zone", "reason_fr": "loin"}],
                "holders": [gone, {"name": "ATELIER", "siret": SISTER, "siren": "900000001"}],
                "first": {"text": f"[{WORD}], puis Atelier B", "siret": OTHER},
            }
        ],
    }
    assert without(WHOLE, frozenset()) == WHOLE
    assert without({**WHOLE, "question": {"title": "Atelier A"}}, frozenset({MERGED}))["question"] == {
        "title": "Atelier A"
    }
    assert ids_of(WHOLE, frozenset({MERGED})) == {"a"} and ids_of(WHOLE, frozenset({OTHER, SISTER})) == {"b"}


def test_a_copy_is_the_dossier_before_and_after_each_opposition(tmp_path: Path) -> None:
    opposition = Opposition(Settings.model_validate({"home": tmp_path, "opposition_salt": "un sel assez long"}))
    copies: list[Any] = [blanked(WHOLE, opposition)]
    for siret, seen in ((MERGED, {MERGED}), (OTHER, {MERGED, OTHER}), ("90000003500015", {MERGED, OTHER})):
        opposition.add(siret)
        assert opposed_in(WHOLE, opposition) == seen
        copies.append(blanked(WHOLE, opposition))
    assert copies[0] == WHOLE and copies[1]["blanked"]["structures"] == 1 and copies[2] == copies[3] != copies[1]
    assert all(is_copy(copy, WHOLE, opposition) for copy in copies)
    forged = {**copies[2], "title": "Autre"}
    assert not is_copy(forged, WHOLE, opposition)
    assert not is_copy({**forged, "sha256": digest(forged)}, WHOLE, opposition)
    assert not is_copy({**copies[2], "sha256": "0" * 64}, WHOLE, opposition)


ALIKE: dict[str, Any] = {
    "same_list": True,
    "same_data": True,
    "same_methods": True,
    "as_of": {"was": "2026-11-24", "now": "2026-11-24"},
    "totals": {"added": 0, "removed": 0, "changed": 0, "unchanged": 7, "opposed": 0},
}
SAME = "Même liste, dans le même ordre."


@pytest.mark.parametrize(
    ("changes", "totals", "sentences"),
    [
        ({}, {}, [SAME, "Mêmes données."]),
        ({}, {"changed": 1}, ["La liste a changé : 0 ajoutée, 0 retirée, 1 modifiée, 7 sans changement.", None]),
        (
            {"same_list": False},
            {"added": 2, "removed": 1},
            ["La liste a changé : 2 ajoutées, 1 retirée, 0 modifiée, 7 sans changement.", None],
        ),
        (
            {"same_list": False},
            {"opposed": 1},
            [
                "Même liste, moins les structures retirées depuis à leur demande.",
                "1 inscription retirée depuis à la demande des structures : comptées, plus nommées.",
                None,
            ],
        ),
        (
            {"same_list": False},
            {"opposed": 2, "removed": 1},
            [
                "La liste a changé : 0 ajoutée, 1 retirée, 0 modifiée, 7 sans changement.",
                "2 inscriptions retirées depuis à la demande des structures : comptées, plus nommées.",
                None,
            ],
        ),
        ({"same_data": False}, {}, [SAME, "Les données ne sont plus celles du dossier : voir ci-dessous."]),
        (
            {"same_methods": False, "as_of": {"was": "2026-11-24", "now": "2027-01-02"}},
            {},
            [
                SAME,
                None,
                "Les méthodes ou leurs paramètres ont changé depuis : une différence peut en venir.",
                "Comparé au 02/01/2027, et non au 24/11/2026 : des agréments ont pu commencer ou finir.",
            ],
        ),
    ],
)
def test_a_replay_is_told_by_its_conclusion_then_by_what_may_explain_it(
    changes: dict[str, Any], totals: dict[str, int], sentences: list[str | None]
) -> None:
    told = list(_summary({**ALIKE, **changes, "totals": {**ALIKE["totals"], **totals}}))
    assert [text.replace("\u00a0", " ") for text in told] == [text or "Mêmes données." for text in sentences]


def test_a_method_of_another_version_is_named_and_a_list_is_compared_by_its_ids_in_order() -> None:
    changes = list(_versions({"a": "1", "b": "1", "c": "1"}, {"b": "2", "c": "1", "d": "1"}))
    assert [(each["method"], each["was"], each["now"]) for each in changes] == [
        ("a", "1", None),
        ("b", "1", "2"),
        ("d", None, "1"),
    ]
    assert _ids([lot(1, "b", "a"), {"studied": False}]) == [["b", "a"], []]


def test_a_registry_makes_again_changes_compares_and_replays_what_it_issued(
    tmp_path: Path, shelf: DatabaseShelf, lexicon: Lexicon
) -> None:
    settings = Settings.model_validate({"home": tmp_path, "opposition_salt": "un sel assez long"})
    registry = Registry(shelf, Opposition(settings))
    question = question_for(Asked(title="Parcs"), [Row(1, {"text": "zzyzx"})], DAY)
    later = date(2026, 12, 1)
    with closing(serve_corpus(settings.generations, lexicon)) as engine:
        snapshot = Snapshot(engine)
        first = registry.issue(question, snapshot, lexicon, DAY)
        made: Any = deepcopy(first)
        id_: str = made["dossier_id"]
        second = registry.by("client").change(id_, Change(refresh=True), snapshot, lexicon, later)
        third = registry.change(id_, Change(redraw="encore"), snapshot, lexicon, later)
        fourth = registry.issue(question, snapshot, lexicon, later, former=id_)
        found = registry.replay(id_, snapshot, lexicon, later)
        dated = registry.replay(id_, snapshot, lexicon, later, data="same", as_of=later)
        with pytest.raises(NotFound, match="ligne 2"):
            compose_lot(question, 2, snapshot, lexicon)
        (alone,) = made["lots"]
        assert alone.pop("conclusion")["decision"] and compose_lot(question, 1, snapshot, lexicon) == alone
    assert [each["supersedes"] for each in (first, second, third, fourth)] == [None, id_, id_, id_]
    assert [each["as_of"] for each in (first, second, third)] == ["2026-11-24", "2026-12-01", "2026-11-24"]
    assert registry.read(id_, DAY) == first and registry.keep(first, DAY)["dossier_id"] != id_
    assert found["same_data"] and found["same_methods"] and found["same_analysis"] and found["same_list"]
    assert found["summary"] == [SAME, "Mêmes données."] and found["dossier_id"] == id_ and found["lots"][0]["line"] == 1
    assert dated["as_of"] == {"was": "2026-11-24", "now": "2026-12-01"} and not dated["same_analysis"]
    assert registry.compared(first, DAY) == "same"
    assert registry.compared({**first, "title": "Autre"}, DAY) == "other"
    assert registry.compared({**first, "dossier_id": "0" * 40}, DAY) == "unknown"
    assert registry.compared(first, date(2027, 11, 24)) == "same"
    assert registry.compared(first, date(2027, 11, 25)) == "purged"
