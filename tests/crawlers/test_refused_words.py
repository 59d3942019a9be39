"""What a refused import says: in French words, with the source to name instead when the file is another's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.contracts.json_records import JsonRecords
from crawlers.run import import_files
from tests.crawlers.samples import SAMPLES
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


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 2000])
@pytest.mark.parametrize("source", ["boamp", "approch"])
@pytest.mark.parametrize("envelope", ["list", "results"])
def test_notices_and_projects_given_as_contracts_are_refused_before_they_are_read(
    source: str, envelope: str, rows: int, tmp_path: Path
) -> None:
    name = {"boamp": "sample-1.json", "approch": "sample.json"}[source]
    document = json.loads((SAMPLES / source / name).read_text(encoding="utf8"))
    record = (document["results"] if isinstance(document, dict) else document)[0]
    file = tmp_path / "export.json"
    file.write_text(json.dumps([record] * rows if envelope == "list" else {"results": [record] * rows}))
    message = refused("decp", file, tmp_path)
    assert "n'est pas un fichier de données essentielles" in message and "mise de côté" not in message
    assert f"vivier import {source} FICHIER" in message


def test_a_list_that_tells_an_object_and_no_contract_is_refused_by_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "subventions.json"
    file.write_text(json.dumps([{"nomAttribuant": "Ville", "objet": "Aide", "montant": 10, "nature": "aide"}] * 3))
    assert "trouvé : nomAttribuant, objet, montant, nature." in refused("decp", file, tmp_path)


@pytest.mark.parametrize("left", ["acheteur", "lieuExecution", "dureeMois", "dateNotification", "offresRecues"])
def test_a_contract_with_an_object_and_one_name_of_contracts_is_never_taken_for_another_list(left: str) -> None:
    records = JsonRecords(iter([json.dumps([{"objet": "Entretien", left: "1"}])]))
    assert len(list(records)) == 1 and records.recognised


def test_a_cut_file_says_so_in_words_and_with_a_spaced_percentage(tmp_path: Path) -> None:
    whole = next(iter(sorted(shared_data("contracts").glob("ted-r209/*.xml")))).read_bytes()
    cut = tmp_path / "coupe.xml"
    cut.write_bytes(whole[:6000])
    message = refused("ted", cut, tmp_path)
    assert "1 ligne mise de côté sur 1 (1 × fichier coupé : la suite manque)" in message
    assert "5\N{NO-BREAK SPACE}%" in message and "file_cut" not in message


@pytest.mark.parametrize(
    ("seen", "kept", "text"),
    [(1, 1, "1 ligne lue, 1 gardée"), (0, 0, "0 ligne lue, 0 gardée"), (955, 950, "955 lignes lues, 950 gardées")],
)
def test_rows_read_and_kept_agree_with_their_number(seen: int, kept: int, text: str) -> None:
    assert read_and_kept(seen, kept) == text
