"""What a person decides of pairs of records, and the pairs listed for a decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.decisions import read_decisions
from indexer.doubts import explained, read_doubts, write_doubts
from indexer.merge import merge
from tests.indexer.records import ACI_SIRET, record
from vivier.errors import InvalidRequest

HEADER = "gauche,droite,decision,motif,date\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "decisions.csv"
    path.write_text(text, encoding="utf8")
    return path


def test_a_file_forces_and_forbids(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "list:a,siae:1,fusionner,vu,2026-11-24\nlist:b,siae:1,Séparer,vu,2026-11-24\n")
    assert read_decisions(path) == {frozenset({"list:a", "siae:1"}): True, frozenset({"list:b", "siae:1"}): False}


def test_a_spreadsheet_of_semicolons_is_read_too(tmp_path: Path) -> None:
    text = HEADER.replace(",", ";") + "list:a;siae:1;fusionner;vu, revu;2026-11-24\n;;;;\n"
    assert read_decisions(written(tmp_path, text)) == {frozenset({"list:a", "siae:1"}): True}


def test_no_file_decides_nothing(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "decisions.csv") == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("list,siae:1,fusionner,vu,2026-11-24", "clé"),
        ("siae:1,siae:1,fusionner,vu,2026-11-24", "la même"),
        ("list:a,siae:1,peut-être,vu,2026-11-24", "séparer"),
        ("list:a,siae:1,fusionner,,2026-11-24", "motif"),
        ("list:a,siae:1,fusionner,vu,24/11/2026", "AAAA-MM-JJ"),
    ],
)
def test_a_line_in_doubt_is_refused_with_its_number(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_decisions(written(tmp_path, HEADER + line + "\n"))
    (error,) = refused.value.errors
    assert error.field.endswith("ligne 2")
    assert fault in error.message


def test_a_pair_decided_both_ways_is_refused(tmp_path: Path) -> None:
    lines = "list:a,siae:1,fusionner,vu,2026-11-24\nsiae:1,list:a,séparer,vu,2026-11-25\n"
    with pytest.raises(InvalidRequest, match="séparés sur une autre"):
        read_decisions(written(tmp_path, HEADER + lines))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="motif, date"):
        read_decisions(written(tmp_path, "gauche,droite,decision\nlist:a,siae:1,fusionner\n"))


def test_pairs_are_listed_with_their_texts_and_their_explanation(tmp_path: Path) -> None:
    merged = merge(
        [
            record("siae", "1", "Tremplin", siret=ACI_SIRET, line="3 rue du Lac"),
            record("list", "a", "=Tremplin", line="120 chemin des Vignes"),
        ]
    )
    write_doubts(tmp_path / "identity" / "pairs.csv", merged.doubtful)
    (row,) = read_doubts(tmp_path / "identity" / "pairs.csv")
    assert (row["gauche"], row["droite"]) == ("list:a", "siae:1")
    assert row["texte_droite"] == "Tremplin, 3 rue du Lac, Grenoble"
    assert row["texte_gauche"].startswith("'=")
    assert row["explication"].startswith("nom 1 ; adresse 0")


def test_an_explanation_says_what_is_not_known() -> None:
    parts = {"name": 0.9, "address": None, "place": 1.0, "kind": 0.11, "same_siren": 1.0}
    assert explained(parts) == "nom 0,9 ; adresse inconnue ; lieu 1 ; types −0,11 ; même SIREN"


def test_a_decided_pair_is_no_longer_listed() -> None:
    records = [record("siae", "1", "Tremplin", siret=ACI_SIRET), record("list", "a", "Tremplin", line="9 rue Basse")]
    assert len(merge(records).doubtful) == 1
    assert merge(records, {frozenset({"siae:1", "list:a"}): False}).doubtful == []
