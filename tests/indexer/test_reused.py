"""A build takes from the generation in service what has not changed: the generation is the one that a build from nothing gives."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from indexer.demo import write_demo, write_demo_labelled
from indexer.made_by import hash_of
from indexer.promotion import rollback
from indexer.publish import Published, publish
from tests.demo_home import demo_home
from vivier.engine import open_engine
from vivier.engine.embedded.building import COLUMNS
from vivier.engine.embedded.container import Container
from vivier.engine.embedded.former import ANALYSED
from vivier.engine.embedded.sums import write_sums
from vivier.engine.embedded.words import Words
from vivier.lexicon import load_lexicon
from vivier.privacy.opposition import Opposition
from vivier.runs.ledger import IndexStep
from vivier.runs.records import current_run
from vivier.search.operators import Phrase, Text
from vivier.settings import Settings
from vivier.text.reader import text_analyzers

SOURCES = ["demo", "demo_labels"]
Row = dict[str, Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The home of the demonstration, with a salt for its opposition list."""
    return demo_home(tmp_path / "home").model_copy(update={"opposition_salt": SecretStr("sel-d-essai-assez-long")})


def published(settings: Settings) -> Published:
    with closing(open_engine(settings)) as engine:
        return publish(engine, settings, load_lexicon(), sources=SOURCES, accept_drops=True, skip_judged=True)


def from_nothing(settings: Settings, home: Path) -> tuple[Settings, Published]:
    """The build of the same records in a home without a generation."""
    shutil.copytree(settings.home, home, ignore=shutil.ignore_patterns("generations"), symlinks=True)
    alone = settings.model_copy(update={"home": home})
    return alone, published(alone)


def folder_of(settings: Settings, done: Published) -> Path:
    return settings.generations / "suppliers" / done.generation.name


def live(settings: Settings) -> Path:
    root = settings.generations / "suppliers"
    return root / (root / "live").read_text(encoding="utf8")


def content(folder: Path) -> dict[str, object]:
    """All that a generation answers with: its columns, its lines, its figures, and the rows of its words."""
    columns = Container(folder / COLUMNS)
    found: dict[str, object] = {name: columns.array(name).tobytes() for name in columns.names()}
    found |= {name: (folder / name).read_bytes() for name in ("records.jsonl", ANALYSED)}
    described = orjson.loads((folder / "generation.json").read_bytes())
    found |= {"meta": described["meta"], "documents": described["documents"], "made_by": described["made_by"]}
    words = Words(folder / "words", described["documents"])
    for token in list(orjson.loads(columns.octets("vocabulary")))[::7]:
        for field in text_analyzers("suppliers"):
            rows, points = words.search(Text(((Phrase(field, (token,), 1),),)))
            found[f"{field}:{token}"] = rows.tobytes(), points.tobytes()
    return found


def records(folder: Path) -> dict[str, bytes]:
    lines = (folder / "records.jsonl").read_bytes().splitlines()
    return {orjson.loads(line)["id"]: line for line in lines}


def rewrite(settings: Settings, source: str, change: Callable[[list[Row]], list[Row]]) -> None:
    """Changes the records of a source in force."""
    path = current_run(settings.records, source) / "records.jsonl"
    rows = change([orjson.loads(line) for line in path.read_bytes().splitlines()])
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))


def drawn(dice: random.Random) -> Callable[[list[Row]], list[Row]]:
    """Some records go, some come, some change: a name, a presentation, a seat, the end of an offer, the day when they were read."""

    def change(rows: list[Row]) -> list[Row]:
        changed = [row for row in rows if dice.random() > 0.02]
        for row in dice.sample(changed, 12):
            match dice.choice(("name", "description", "address", "ended", "read", "trade")):
                case "name":
                    row["name"] += " du Bocage"
                case "description":
                    row["description"] = f"Entretien des espaces verts et peinture, équipe {dice.randrange(99)}"
                case "address":
                    row["address"] = dice.choice(rows)["address"]
                case "ended":
                    row["offers"] = [offer | {"valid_until": "2024-01-31"} for offer in row.get("offers") or ()]
                case "read":
                    row["provenance"]["fetched_at"] = "2026-11-27T08:00:00Z"
                case "trade":
                    row["offers"] = dice.choice(rows).get("offers") or []
        for number, row in enumerate(dice.sample(rows, 6)):
            numbers = dict.fromkeys(("siren", "siret", "finess"))
            changed.append(row | numbers | {"source_id": f"new-{number}", "name": f"Nouvel atelier {number}"})
        return changed

    return change


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_what_has_not_changed_is_taken_again_and_the_generation_is_that_of_a_build_from_nothing(
    settings: Settings, tmp_path: Path, seed: int
) -> None:
    dice, before = random.Random(seed), records(live(settings))
    for turn in range(2):  # what was taken once is taken again
        rewrite(settings, "demo", drawn(dice))
        rewrite(settings, "demo_labels", lambda rows: dice.sample(rows, len(rows) - 3))
        rewrite(settings, "demo_marches", lambda rows: dice.sample(rows, len(rows) - 20))
        alone, whole = from_nothing(settings, tmp_path / f"alone-{turn}")
        done = published(settings)
        after = records(folder_of(settings, done))
        assert content(folder_of(settings, done)) == content(folder_of(alone, whole))
        assert whole.again == 0
        assert done.again == sum(before.get(id_) == line for id_, line in after.items())
        assert 0.3 * len(after) < done.again < len(after), "some are taken again and some are made"
        before = after


@pytest.mark.slow
def test_a_supplier_that_opposes_leaves_no_trace_and_the_others_are_taken_again(settings: Settings) -> None:
    gone = next(row for row in map(orjson.loads, records(live(settings)).values()) if row.get("siret"))
    Opposition(settings).add(gone["siret"]["value"])
    done = published(settings)
    assert done.again == done.generation.documents
    for path in folder_of(settings, done).rglob("*"):
        if path.is_file():
            written = path.read_bytes()
            assert gone["siret"]["value"].encode() not in written, path.name
            assert gone["id"].encode() not in written, path.name


def test_a_report_says_how_many_suppliers_had_not_changed() -> None:
    step = IndexStep(state="done", generation="suppliers-2", documents=1000, again=950)
    assert step.text().endswith(" Fiches reprises sans changement : 950 ; fiches faites : 50.")
    assert IndexStep(state="done", generation="suppliers-1", documents=1000).text().endswith("(suppliers-1).")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of forty suppliers: a damage is as much of a few as of many, and each is built again."""
    small = Settings(home=tmp_path_factory.mktemp("small"))
    write_demo(small, 40)
    write_demo_labelled(small, 20)
    published(small)
    return small


@pytest.mark.slow
@pytest.mark.parametrize("damage", [flipped, truncated, Path.unlink])
@pytest.mark.parametrize("name", [COLUMNS, "records.jsonl", ANALYSED, "generation.json", "sums.json", "../live"])
def test_nothing_is_taken_from_a_damaged_generation_and_the_build_goes_on(
    small_home: Settings, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    settings = Settings(home=shutil.copytree(small_home.home, tmp_path / "home", symlinks=True))
    damage(live(settings) / name)
    done = published(settings)
    assert done.again == 0
    assert content(folder_of(settings, done)) == content(live(small_home))


@pytest.mark.slow
def test_nothing_is_taken_from_what_other_code_or_tables_made(settings: Settings) -> None:
    described = orjson.loads((live(settings) / "generation.json").read_bytes())
    (live(settings) / "generation.json").write_bytes(orjson.dumps(described | {"made_by": "another"}))
    write_sums(live(settings), frozenset())
    assert published(settings).again == 0


def test_a_table_or_a_library_that_changes_changes_what_makes_documents(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "trades.csv").write_text("code\n", encoding="utf8")
    began = (tmp_path / "tables").stat().st_mtime + 60
    before = hash_of([tmp_path], ["numpy 2.0"], began)
    assert hash_of([tmp_path], ["numpy 2.1"], began) != before
    (tmp_path / "tables" / "trades.pyc").write_bytes(b"compiled")
    assert hash_of([tmp_path], ["numpy 2.0"], began) == before
    (tmp_path / "tables" / "trades.csv").write_text("code\nnew\n", encoding="utf8")
    assert hash_of([tmp_path], ["numpy 2.0"], began) != before


def test_code_written_after_a_process_began_is_not_what_made_its_documents(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("", encoding="utf8")
    began = (tmp_path / "code.py").stat().st_mtime - 60
    assert hash_of([tmp_path], (), began) != hash_of([tmp_path], (), began)


@pytest.mark.slow
def test_a_build_takes_from_the_generation_put_back_in_service_and_the_others_can_go(settings: Settings) -> None:
    first = live(settings)
    rewrite(settings, "demo", drawn(random.Random(9)))
    second = published(settings)
    expected = content(folder_of(settings, second))
    with closing(open_engine(settings)) as engine:
        rollback(engine, "suppliers", first.name)
        engine.remove("suppliers", second.generation.name)
        third = published(settings)
        engine.remove("suppliers", first.name)
    assert third.again == second.again > 0
    assert content(folder_of(settings, third)) == expected
