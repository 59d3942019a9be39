"""Every code of doubt that a contract can carry has its French words, in one table."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.walk import ROOT
from vivier.runs.doubts import DOUBTS
from vivier.runs.issues import doubt_text

ROLES = ("buyer", "holder", "subcontractor")
_WRITTEN = re.compile(
    r"(?:doubts\.append\(|issues=\(|quality\.append\(|intake\.issues\[|Placed\([^()]*\(|yield |None, \(?|else |return value, )\"([a-z]+(?:_[a-z]+)+)\""
)
_NOT_CODES = {"decp_tabular"}


def _codes() -> set[str]:
    """The codes written in the rooms that make contracts."""
    folders = (ROOT / "crawlers" / "contracts", ROOT / "indexer" / "contracts")
    files = [path for folder in folders for path in folder.glob("*.py")] + [ROOT / "vivier" / "contracts" / "places.py"]
    found = {code for path in files for code in _WRITTEN.findall(Path(path).read_text(encoding="utf8"))}
    text = (ROOT / "crawlers" / "contracts" / "organisations.py").read_text(encoding="utf8")
    endings = re.findall(r'f"\{role\}(_[a-z_]+)"', text)
    return (found - _NOT_CODES) | {f"{role}{ending}" for role in ROLES for ending in endings}


def test_every_code_of_the_readers_and_of_the_indexer_has_its_words() -> None:
    codes = _codes()
    assert len(codes) > 20
    assert sorted(code for code in codes if code not in DOUBTS) == []


def test_words_are_french_sentences_without_a_code_in_them() -> None:
    for code, words in DOUBTS.items():
        assert code not in words and "_" not in words


def test_a_code_of_an_address_has_the_words_of_addresses() -> None:
    assert doubt_text("town_unknown") == "nom de commune inconnu"
    assert doubt_text("never_seen") == "never_seen"
