"""A registry of issued dossiers: what it issues, reads and compares, and what a structure that opposed leaves of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.search_api.conftest import serve_corpus
from vivier.desk.dossier import FORMAT, digest, verified
from vivier.desk.read.asked import Settings as Asked
from vivier.desk.read.programme import Row
from vivier.dossiers.blank import WORD, blanked, ids_of, is_copy, opposed_in, without
from vivier.dossiers.compose import compose, compose_lot
from vivier.dossiers.issue import FIRST_DRAW, issue, read, stored
from vivier.dossiers.question import question_for
from vivier.dossiers.registry import Registry
from vivier.errors import NotFound
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


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[DatabaseShelf]:
    database = Database(f"sqlite:///{tmp_path}/given.sqlite")
    yield DatabaseShelf(database, "dossier", 365, 9)
    database.close()


def test_an_issued_dossier_is_read_as_it_was_stored_with_its_first_draw(shelf: DatabaseShelf) -> None:
    made: Any = issue(COMPOSED, shelf, DAY)
    assert verified(made) and made["kept_until"] == "2027-11-24" and made["created_at"].endswith("+00:00")
    assert read(made["dossier_id"], shelf, DAY) == made and shelf.read(made["dossier_id"], DAY) == stored(made)
    assert made["lots"] == COMPOSED["lots"] and made["contact_log"] == [] and made["supersedes"] is None
    assert [(draw["reason"], draw["seeds"]) for draw in made["draws"]] == [(FIRST_DRAW, {"1": "s", "2": "t"})]


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


def test_a_registry_issues_reads_and_compares(tmp_path: Path, shelf: DatabaseShelf, lexicon: Lexicon) -> None:
    settings = Settings.model_validate({"home": tmp_path, "opposition_salt": "un sel assez long"})
    registry = Registry(shelf, Opposition(settings))
    question = question_for(Asked(title="Parcs"), [Row(1, {"text": "zzyzx"})], DAY)
    with closing(serve_corpus(settings.generations, lexicon)) as engine:
        snapshot = Snapshot(engine)
        first: Any = registry.issue(question, snapshot, lexicon, DAY)
        with pytest.raises(NotFound, match="ligne 2"):
            compose_lot(question, 2, snapshot, lexicon)
        (alone,) = compose(question, snapshot, lexicon)["lots"]
        assert alone.pop("conclusion")["decision"] and compose_lot(question, 1, snapshot, lexicon) == alone
    assert registry.read(first["dossier_id"], DAY) == first
    assert registry.by("client").keep(first, DAY)["dossier_id"] != first["dossier_id"]
    assert registry.compared(first, DAY) == "same"
    assert registry.compared({**first, "title": "Autre"}, DAY) == "other"
    assert registry.compared({**first, "dossier_id": "0" * 40}, DAY) == "unknown"
    assert registry.compared(first, date(2027, 11, 24)) == "same"
    assert registry.compared(first, date(2027, 11, 25)) == "purged"
