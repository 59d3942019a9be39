"""What a refused import says: in French words, with the source to name instead when the file is another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.run import import_files
from tests.shared_data import shared_data
from vivier.errors import ImportRefused
from vivier.french import read_and_kept
from vivier.settings import Settings


def refused(source: str, file: Path, tmp_path: Path) -> str:
    with pytest.raises(ImportRefused) as error:
        import_files(source, [file], Settings(home=tmp_path / "home"))
    return f"{error.value}"


def test_a_bulletin_given_as_contracts_is_told_where_it_belongs(tmp_path: Path) -> None:
    bulletin = next(iter(sorted(shared_data("contracts").glob("boamp/*.json"))))
    assert "vivier import boamp FICHIER" in refused("decp", bulletin, tmp_path)


def test_a_cut_file_says_so_in_words_and_with_a_spaced_percentage(tmp_path: Path) -> None:
    whole = next(iter(sorted(shared_data("contracts").glob("ted-r209/*.xml")))).read_bytes()
    cut = tmp_path / "coupe.xml"
    cut.write_bytes(whole[:6000])
    said = refused("ted", cut, tmp_path)
    assert "1 ligne mise de côté sur 1 (1 × fichier coupé : la suite manque)" in said
    assert "5\N{NO-BREAK SPACE}%" in said and "file_cut" not in said


@pytest.mark.parametrize(
    ("seen", "kept", "text"),
    [(1, 1, "1 ligne lue, 1 gardée"), (0, 0, "0 ligne lue, 0 gardée"), (955, 950, "955 lignes lues, 950 gardées")],
)
def test_rows_read_and_kept_agree_with_their_number(seen: int, kept: int, text: str) -> None:
    assert read_and_kept(seen, kept) == text
