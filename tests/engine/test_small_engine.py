"""The embedded engine on a handful of documents: a module that answers in its place, common words, what is withheld, what a crash left."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr

from tests.engine.compare import serve
from tests.engine.village import VILLAGE, doc
from vivier.engine.embedded import sums as sizes
from vivier.engine.embedded import words
from vivier.engine.embedded.building import alone, remove_leftovers
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.embedded.sums import check_opened, damaged, write_sums
from vivier.engine.embedded.words import Words, WordsWriter
from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition
from vivier.search.operators import EVERY, Facet, Phrase, Search, Text
from vivier.settings import Settings


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(tmp_path_factory.mktemp("village"))
    serve(made, VILLAGE)
    yield made
    made.close()


TEXTS = ["pont jardin", "pont", "jardin pont", "jardin route", "pont pont jardin", "", "route"]


@pytest.mark.parametrize("many", [0, 2, 100])
def test_common_words_are_found_as_rare_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(words, "_MANY", many)
    writer = WordsWriter(tmp_path / "words", ("text_a", "text_b"))
    writer.add(0, [{"text_a": [text], "text_b": ["pont"] if row in (1, 6) else []} for row, text in enumerate(TEXTS)])
    writer.save()
    found = Words(tmp_path / "words", len(TEXTS))
    pont, jardin = Phrase("text_a", ("pont",), 4), Phrase("text_a", ("jardin",), 3)
    both, other = Phrase("text_a", ("pont", "jardin"), 9), Phrase("text_b", ("pont",), 6)
    unknown = Phrase("text_new", ("pont",), 5)
    expected: list[tuple[Text, dict[int, int]]] = [
        (Text(()), dict.fromkeys(range(7), 0)),
        (Text(((pont,),)), dict.fromkeys((0, 1, 2, 4), 4)),
        (Text(((pont, other),)), {0: 4, 1: 6, 2: 4, 4: 4, 6: 6}),
        (Text(((jardin,), (pont, both))), {0: 12, 2: 7, 4: 12}),
        (Text(((both,),)), {0: 9, 4: 9}),
        (Text(((other,), (pont,))), {1: 10}),
        (Text(((pont,), ())), {}),
        (Text(((unknown, jardin),)), {0: 3, 2: 3, 3: 3, 4: 3}),
        (Text(((unknown,),)), {}),
        (Text(((jardin,), (pont,), (other,)), least=2), {0: 7, 1: 10, 2: 7, 4: 7}),
        (Text(((Phrase("text_a", ("rien",), 1),),)), {}),
    ]
    for text, points in expected * 2:
        rows, worth = found.search(text)
        assert dict(zip(rows.tolist(), worth.tolist(), strict=True)) == points, text


A, B = "99910010000018", "99910030800017"
NAMED = [
    doc(name, identifiers=[siret], text_name=[f"Atelier {name}"], networks=[name])
    | {"record": {"id": name, "identifiers": [siret], "mailbox": {"value": "x@y.fr"}, "name": {"value": name}}}
    for name, siret in (("a", A), ("b", B))
]


@pytest.fixture
def opposition(tmp_path: Path) -> Opposition:
    return Opposition(Settings(home=tmp_path / "home", opposition_salt=SecretStr("salt of these tests")))


def test_a_structure_that_opposes_leaves_every_answer_at_once(tmp_path: Path, opposition: Opposition) -> None:
    inner = EmbeddedStore(tmp_path / "generations")
    serve(inner, NAMED)
    store = WithheldStore(inner, opposition)
    assert (
        store.open("suppliers").generation == store.live("suppliers") and "opposed" not in store.live("suppliers").meta
    )
    assert len(store.open("suppliers").get(["a", "b"])) == 2
    opposition.add(A)
    first = store.live("suppliers").meta["opposed"]
    reader = store.open("suppliers")
    assert reader.generation.meta["opposed"] == first == opposition.version
    searched = Search(facets=(Facet("n", "networks", EVERY),), counts=(("all", EVERY),))
    answer = reader.search(searched)
    assert (answer.total, [hit.id for hit in answer.hits], answer.counts) == (1, ["b"], {"all": 1})
    assert dict(answer.facets["n"].values) == {"b": 1}
    assert list(reader.get(["a", "b"])) == ["b"] and [hit.id for hit in reader.scan(EVERY)] == ["b"]
    assert [hit.id for hit in reader.stream(Search())] == ["b"]
    assert list(reader.group(EVERY, "networks", ()).values) == ["b"]
    assert dict(reader.members(EVERY, "networks", ("a", "b"))) == {"a": (), "b": ("b",)}
    assert reader.vocabulary().documents == 2 and store.ready() == [] and store.warnings() == []
    assert store.damaged("suppliers", reader.generation.name) == []
    opposition.add(B)
    assert store.live("suppliers").meta["opposed"] != first and store.open("suppliers").search(Search()).total == 0
    store.close()


def test_contacts_are_hidden_from_every_record_when_the_operator_says_so(
    tmp_path: Path, opposition: Opposition
) -> None:
    inner = EmbeddedStore(tmp_path / "generations")
    others = [{"field": "phone", "value": 1}, {"field": "name", "value": "x"}]
    buyer = {"buyer_contact": {"mailbox": "m", "name": "n"}}
    records = [NAMED[0], NAMED[1] | {"record": {"id": "b", "others": others, **buyer}}, doc("plain", networks=["c"])]
    serve(inner, records)
    store = WithheldStore(inner, opposition, "hidden")
    reader = store.open("suppliers")
    assert reader.generation.meta["contacts"] == "hidden" and store.live("suppliers") == reader.generation
    shown = {
        "a": {"id": "a", "identifiers": [A], "name": {"value": "a"}},
        "b": {"id": "b", "others": others[1:], "buyer_contact": {"name": "n"}},
        "plain": {"id": "plain", "name": "plain"},
    }
    assert reader.get(["a", "b", "plain"]) == shown
    for hits in (reader.search(Search()).hits, reader.scan(EVERY), reader.stream(Search())):
        assert {hit.id: hit.record for hit in hits} == shown
    assert {hit.id for hit in reader.scan(EVERY, records=False)} == {*shown}
    assert {*reader.group(EVERY, "networks", ()).values} == {"a", "b", "c"} and reader.vocabulary().documents == 3
    assert WithheldStore(inner, opposition).open("suppliers").get(["a"])["a"]["mailbox"]
    store.close()


def test_what_a_crash_left_is_removed_and_what_a_builder_holds_is_not(tmp_path: Path) -> None:
    for name in (".gone", ".building"):
        (tmp_path / name).mkdir()
    (tmp_path / "live.1.tmp").write_text("x")
    (tmp_path / "live").write_text("suppliers-1")
    (tmp_path / ".finished-lock").mkdir()
    (tmp_path / ".finished-lock" / "lock").touch()
    with alone(tmp_path / ".building"):
        remove_leftovers(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} >= {".building", "live"}
        assert not {path.name for path in tmp_path.iterdir()} & {".gone", "live.1.tmp"}
    remove_leftovers(tmp_path)
    assert not (tmp_path / ".building").exists()


def test_files_are_what_was_written_or_the_first_that_is_not_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").mkdir()
    for name, body in (("a", b"aa"), ("below/b", b"bbb"), ("lock", b"")):
        (tmp_path / name).write_bytes(body)
    assert not check_opened(tmp_path) and list(damaged(tmp_path)) == [], "a former generation has no sums"
    write_sums(tmp_path, frozenset(("lock",)))
    sums = orjson.loads((tmp_path / "sums.json").read_bytes())
    assert sums == {name: [len(body), zlib.crc32(body)] for name, body in (("a", b"aa"), ("below/b", b"bbb"))}
    for large, remains in ((4, False), (3, True)):
        monkeypatch.setattr(sizes, "_LARGE", large)
        assert check_opened(tmp_path) is remains and list(damaged(tmp_path)) == []
    (tmp_path / "below" / "b").write_bytes(b"bxb")
    assert check_opened(tmp_path) is True, "a large file is verified later"
    assert list(damaged(tmp_path)) == ["le fichier « below/b » est abîmé"]
    (tmp_path / "a").write_bytes(b"ax")
    (tmp_path / "below" / "b").write_bytes(b"b")
    said = ["le fichier « a » est abîmé", "le fichier « below/b » a 1 octets au lieu de 3"]
    assert list(damaged(tmp_path)) == said
    (tmp_path / "below" / "b").unlink()
    assert list(damaged(tmp_path)) == [said[0], "le fichier « below/b » manque"]
    with pytest.raises(ValueError, match="« a » est abîmé"):
        check_opened(tmp_path)
    monkeypatch.setattr(sizes, "_STEP", 1)
    (tmp_path / "a").write_bytes(b"aa")
    assert list(damaged(tmp_path)) == ["le fichier « below/b » manque"]
