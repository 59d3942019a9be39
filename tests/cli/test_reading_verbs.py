"""Verbs that read the index and change nothing: what they print is what the index, the file or the page says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.cli.typed import told
from tests.demo_home import demo_of_today
from tests.search_api.pages.html import plain

Told = Callable[..., str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_of_today(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def vivier(home: Path) -> Told:
    return partial(told, home)


@pytest.fixture(scope="module")
def esats(vivier: Told, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The ESAT of the demonstration, as their export gives them."""
    file = tmp_path_factory.mktemp("export") / "esats.jsonl"
    count = re.match(r"(\d+) fournisseurs dans ", vivier("export", "jsonl", str(file), "kind=ESAT"))
    rows = [json.loads(line) for line in file.read_text(encoding="utf8").splitlines()]
    assert count is not None and len(rows) == int(count[1]) > 10
    return rows


def test_a_search_and_an_explanation_read_the_words_typed(vivier: Told, esats: list[dict[str, str]]) -> None:
    printed = vivier("search", "kind=ESAT")
    assert f"{len(esats)} fournisseurs" in printed and vivier("search").count(f"{len(esats)} fournisseurs") == 0
    first = esats[0]["id"]
    assert f"({first}) : répond." in plain(vivier("explain", first, "kind=ESAT"))
    assert f"({first}) : ne répond pas." in plain(vivier("explain", first, "kind=EITI"))
    assert "Fournisseur inconnu : « personne »." in plain(vivier("explain", "personne", code=1))


@pytest.mark.parametrize(
    ("need", "needed"),
    [
        ("Rennes", ("[commune:35238]", "Recherche : vivier search territory=commune:35238")),
        ("35", ("Ille-et-Vilaine (département 35) [departement:35]",)),
        ("zzyzx", ("« zzyzx » : ce mot n'est pas compris.", "Aucun métier reconnu")),
        ("nettoyage de bureaux", ("nettoyage-locaux",)),
    ],
)
def test_a_need_is_read_aloud_and_leads_to_its_search(vivier: Told, need: str, needed: tuple[str, ...]) -> None:
    printed = vivier("resolve", need)
    assert all(words in printed for words in needed), printed
    assert ("Recherche : " in printed) == (need != "zzyzx")


def test_pairs_to_look_at_are_counted_with_their_files(vivier: Told) -> None:
    assert re.match(r"\d+ paires? à relire dans .*pairs\.csv ; décisions : .*decisions\.csv\.", vivier("pairs"))
