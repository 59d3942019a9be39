"""What is put in service, back in service or parted, and what the doctor says of it: generations of a shelf, no index built."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from crawlers.run import import_files
from indexer import doctor
from indexer.promotion import KEPT_GENERATIONS, parted, promote, rollback
from tests.crawlers.sites import supplier_list
from vivier.check import Check
from vivier.errors import NotFound
from vivier.privacy.opposition import Opposition
from vivier.runs.audit import note
from vivier.search.operators import Collection
from vivier.search.port import Generation
from vivier.settings import Settings

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SIRET = "99910010000018"


class Shelf:
    """A store of generations without documents. ``unread``: those that cannot be opened."""

    def __init__(self, *names: str, **meta: dict[str, str]) -> None:
        self.made = [
            Generation(name, name.split("-")[0], False, 3, NOW, meta.get(name.replace("-", "_"), {}))  # type: ignore[arg-type]
            for name in names
        ]
        self.served: dict[str, str] = {}
        self.damage: dict[str, list[str]] = {}
        self.unread: set[str] = set()

    def generations(self, collection: Collection) -> list[Generation]:
        found = [item for item in self.made if item.collection == collection]
        return sorted(found, key=lambda item: item.name, reverse=True)

    def promote(self, collection: Collection, name: str) -> Generation:
        self.served[collection] = name
        self.made = [
            Generation(item.name, item.collection, item.name in self.served.values(), item.documents, NOW, item.meta)
            for item in self.made
        ]
        return self.live(collection)

    def live(self, collection: Collection) -> Generation:
        found = [item for item in self.generations(collection) if item.name == self.served.get(collection)]
        if not found:
            raise NotFound("rien")
        return found[0]

    def remove(self, collection: Collection, name: str) -> None:
        self.made = [item for item in self.made if item.name != name]

    def open(self, collection: Collection, name: str) -> None:
        if name in self.unread:
            raise NotFound(name)

    def damaged(self, collection: Collection, name: str) -> list[str]:
        return self.damage.get(name, [])


def shelf(*names: str, live: tuple[str, ...] = (), **meta: dict[str, str]) -> Any:
    made = Shelf(*names, **meta)
    for name in live:
        made.promote(name.split("-")[0], name)  # type: ignore[arg-type]
    return made


def names(engine: Any, collection: Collection) -> list[str]:
    return [item.name for item in engine.generations(collection)]


def test_three_generations_stay_and_the_one_in_service_whatever_its_age() -> None:
    engine = shelf(*(f"suppliers-{n}" for n in range(6)), live=("suppliers-0",))
    made = promote(engine, engine.generations("suppliers")[0])
    assert (made.name, made.live, KEPT_GENERATIONS) == ("suppliers-5", True, 3)
    assert names(engine, "suppliers") == ["suppliers-5", "suppliers-4", "suppliers-3"]
    old = shelf(*(f"suppliers-{n}" for n in range(5)))
    promote(old, old.generations("suppliers")[-1])
    assert names(old, "suppliers") == ["suppliers-4", "suppliers-3", "suppliers-2", "suppliers-0"]


def test_a_rollback_goes_to_the_newest_one_before_or_to_the_one_named() -> None:
    engine = shelf("suppliers-1", "suppliers-2", "suppliers-3", "suppliers-4", live=("suppliers-3",))
    assert [item.name for item in rollback(engine, "suppliers")] == ["suppliers-2"]
    assert [item.name for item in rollback(engine, "suppliers", "suppliers-4")] == ["suppliers-4"]
    with pytest.raises(NotFound, match="« suppliers-9 »"):
        rollback(engine, "suppliers", "suppliers-9")
    first = shelf("suppliers-1", live=("suppliers-1",))
    with pytest.raises(NotFound, match="Aucune génération antérieure"):
        rollback(first, "suppliers")
    engine.unread.add("suppliers-3")
    with pytest.raises(NotFound):
        rollback(engine, "suppliers")
    assert engine.live("suppliers").name == "suppliers-4"


TWINS: dict[str, dict[str, str]] = {
    f"{one}_{n}": {other: f"{other}-{n}"}
    for n in (1, 2, 3)
    for one, other in (("contracts", "buyers"), ("buyers", "contracts"))
}
BOTH = tuple(f"{collection}-{n}" for n in (1, 2, 3) for collection in ("contracts", "buyers"))


def test_contracts_and_buyers_go_back_together_and_are_joined_again_when_a_stop_parted_them() -> None:
    engine = shelf(*BOTH, live=("contracts-3", "buyers-3"), **TWINS)
    assert parted(engine) is None
    assert [item.name for item in rollback(engine, "buyers")] == ["buyers-2", "contracts-2"]
    apart = shelf(*BOTH, live=("contracts-3", "buyers-2"), **TWINS)
    found = parted(apart)
    assert found is not None and [item.name for item in found] == ["contracts-3", "buyers-2"]
    assert [item.name for item in rollback(apart, "contracts")] == ["contracts-2", "buyers-2"] and parted(apart) is None
    other = shelf(*BOTH, live=("contracts-2", "buyers-3"), **TWINS)
    assert [item.name for item in rollback(other, "contracts")] == ["contracts-2", "buyers-2"]
    lost = shelf("contracts-1", "contracts-2", live=("contracts-2",), **TWINS)
    assert parted(lost) is None
    with pytest.raises(NotFound, match="« buyers-1 », construite avec « contracts-1 », n'existe plus"):
        rollback(lost, "contracts")
    unnamed = shelf("contracts-1", "contracts-2", "buyers-1", live=("contracts-2", "buyers-1"))
    assert parted(unnamed) is None and [item.name for item in rollback(unnamed, "contracts")] == ["contracts-1"]


def test_the_doctor_says_what_is_in_service_damaged_parted_or_to_be_built(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    engine = shelf("suppliers-1", live=("suppliers-1",))
    [sound] = doctor._index(engine, settings, "suppliers")
    assert sound.ok and sound.text == "3, suppliers-1" and sound.name.startswith("index ")
    engine.damage["suppliers-1"] = ["columns abîmé", "words abîmé"]
    [damaged] = doctor._index(engine, settings, "suppliers")
    assert not damaged.ok and damaged.text == (
        "3, suppliers-1 ; columns abîmé ; words abîmé : « vivier rollback », ou « vivier index »"
    )
    nothing = shelf()
    assert list(doctor._index(nothing, settings, "suppliers")) == []
    import_files("list", [supplier_list(tmp_path, {"Lac": (SIRET, "")})], settings, now=NOW)
    [unbuilt] = doctor._index(nothing, settings, "suppliers")
    assert not unbuilt.ok and unbuilt.text == "une source est lue, rien n'est en service : « vivier index »"
    assert list(doctor._index(nothing, settings, "buyers")) == []
    apart = shelf(*BOTH, live=("contracts-3", "buyers-2"), **TWINS)
    [twin] = doctor._twins(apart)
    assert not twin.ok and twin.text == "buyers-2 n'est pas de la même construction : « vivier rollback contracts-3 »"
    assert list(doctor._twins(shelf(*BOTH, live=("contracts-3", "buyers-3"), **TWINS))) == []


def test_the_doctor_reads_the_folder_the_list_of_opposition_and_the_last_decisions(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home" / "below", opposition_salt=SecretStr("the salt of these tests"))
    assert doctor._folder(settings) == Check("dossier", True, str(settings.home))
    (tmp_path / "home").write_text("x")
    assert doctor._folder(settings) == Check(
        "dossier", False, f"{tmp_path / 'home'} est un fichier : changez VIVIER_HOME"
    )
    (tmp_path / "home").unlink()
    assert list(doctor._opposition(settings)) == [] and doctor._audit(settings).text == "aucune notée"
    Opposition(settings).add(SIRET)
    assert list(doctor._opposition(settings)) == [Check("opposition", True, "1 SIRET sur la liste")]
    [unread] = doctor._opposition(settings.model_copy(update={"opposition_salt": None}))
    assert not unread.ok and "VIVIER_OPPOSITION_SALT" in unread.text
    for number in range(4):
        note(settings, f"verb{number}", counted=number, who="")
    said = doctor._audit(settings)
    assert said.ok and [part.split(" ", 2)[2] for part in said.text.split(" ; ")] == [
        "verb1 (counted 1)",
        "verb2 (counted 2)",
        "verb3 (counted 3)",
    ]


def test_the_doctor_says_which_identities_are_given_and_what_cannot_be_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert doctor._identity(settings).text == "0 identifiants donnés, 0 décision, 0 paire à relire (« vivier pairs »)"
    settings.ids.parent.mkdir(parents=True, exist_ok=True)
    settings.ids.write_text('{"id": "v1", "keys": ["a", "b"], "former": []}\n')
    assert doctor._identity(settings).text.startswith("1 identifiants donnés")
    settings.ids.write_text("{\n")
    broken = doctor._identity(settings)
    assert not broken.ok and "ligne 1 : illisible" in broken.text
    settings.decisions.parent.mkdir(parents=True, exist_ok=True)
    settings.decisions.write_text("gauche,droite,decision\na,b,peut-être\n")
    wrong = doctor._identity(settings)
    assert not wrong.ok and settings.decisions.name in wrong.text
