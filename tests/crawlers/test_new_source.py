"""``vivier new-source``: what it writes is green at once, nothing in it comes from the file, bad input is refused in words."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.scaffold.layout import is_contact, read_layout
from crawlers.scaffold.text import TO_FILL, _literal
from crawlers.scaffold.write import new_source
from tests.crawlers.bad_inputs import zipped
from tests.crawlers.samples import ROOT
from tests.search_api.pages.html import plain
from tests.shared_data import shared_data
from vivier.cli.scaffolding import new_source as type_new_source
from vivier.cli.scaffolding import say_written
from vivier.errors import ImportRefused, VivierError
from vivier.model import Record

SIMPLE = "SIRET;Raison sociale;Ville\n;Menuiserie Réelle;NANTES\n"
ODD = (
    'N° SIRET;"Raison ""sociale""";Adresse;Code postal;Ville;Site web;E-mail;Tél.;Nom du dirigeant;'
    "\"L'activité, en clair\";Date d'effet;Métiers;;\n"
    "73282932000074;Menuiserie Réelle;12 rue Vraie;44000;NANTES;https://reelle.fr;a@b.fr;0240000000;Durand;bois;2026;Menuiserie;;\n"
)
"""A list as a spreadsheet saves it: quotation marks, a comma in a name, empty columns at the end."""

GIVEN = ("--name", 'Raison "sociale"')
SAID = """12 colonnes, séparateur point-virgule, cp1252.
  SIRET = « N° SIRET »
  NAME = « Raison "sociale" »
  ADDRESS = « Adresse »
  POST_CODE = « Code postal »
  TOWN = « Ville »
  WEBSITE = « Site web »
  TRADES = « Métiers », coupée aux « ; » et « | » seulement (_offers)
  Contacts, jamais lus : « E-mail », « Tél. », « Nom du dirigeant »
  Ignorées par leur nom : « L'activité, en clair », « Date d'effet »
Écrit : ROOT/crawlers/sources/odd.py
Écrit : ROOT/tests/fixtures/sources/odd/sample.csv
Écrit : ROOT/tests/fixtures/sources/odd/expected.jsonl
Écrit : ROOT/tests/fixtures/sources/odd/checks.json
Écrit : ROOT/tests/crawlers/test_source_odd.py
Ensuite : 1. remplacez chaque « À COMPLÉTER » de ROOT/crawlers/sources/odd.py ;
2. python -m scripts.build_expected odd && python -m scripts.build_docs ;
3. python -m pytest tests/crawlers -k odd ;
4. vivier import odd FICHIER.
"""
"""What the verb says of that list, written in the repository ROOT."""


def written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A working copy with no source."""
    for folder in ("crawlers/sources", "tests/fixtures/sources", "tests/crawlers"):
        (tmp_path / "copy" / folder).mkdir(parents=True)
    return tmp_path / "copy"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(SIMPLE, encoding="utf8")
    return path


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real working copy in which « odd » was written by the command, from a file in cp1252."""
    folder = tmp_path_factory.mktemp("working") / "copy"
    shutil.copytree(ROOT / "crawlers", folder / "crawlers")
    for name in ("crawlers", "opensearch_node", "fixtures/sources"):
        shutil.copytree(ROOT / "tests" / name, folder / "tests" / name)
    for name in ("tests/conftest.py", "tests/built.py", "tests/shared_data.py", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    for name in ("vivier", "mappings"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "list.csv").write_bytes(ODD.encode("cp1252"))
    done = run(folder, "-c", "from vivier.cli import main; main()", "new-source", "odd", "list.csv", *GIVEN)
    assert done.returncode == 0, done.stderr
    assert plain(done.stdout) == SAID.replace("ROOT", str(folder.resolve()))
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.slow
def test_the_tests_of_a_new_source_are_green_at_once(copy: Path) -> None:
    files = ("test_crawl_samples.py", "test_bad_input.py", "test_source_odd.py")
    done = run(copy, "-m", "pytest", "-q", "-k", "odd", *(f"tests/crawlers/{name}" for name in files))
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout and "skipped" not in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [("check",), ("format", "--check")])
def test_what_is_written_pleases_ruff(copy: Path, words: tuple[str, ...]) -> None:
    done = run(copy, "-m", "ruff", *words, "crawlers/sources/odd.py", "tests/crawlers/test_source_odd.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_trades_in_words_become_offers_and_an_unknown_one_is_doubted(copy: Path) -> None:
    lines = (copy / "tests" / "fixtures" / "sources" / "odd" / "expected.jsonl").read_text(encoding="utf8").splitlines()
    records = [Record.model_validate_json(line) for line in lines]
    assert [offer.trade for offer in records[1].offers] == ["blanchisserie", "repassage"]
    assert [offer.trade for offer in records[-1].offers] == [None] and "trade_unrecognised" in records[-1].issues


@pytest.mark.slow
def test_an_id_taken_by_what_was_written_before_is_refused_in_one_line(copy: Path) -> None:
    done = run(copy, "-c", "from vivier.cli import main; main()", "new-source", "odd", "list.csv", *GIVEN)
    assert done.returncode == 1
    assert (
        plain(done.stderr)
        == "Erreur : La source « odd » existe déjà (« vivier sources » les nomme) : prenez un autre nom.\n"
    )


@pytest.mark.slow
def test_every_column_is_named_once(copy: Path) -> None:
    layout = read_layout(copy / "list.csv", {"name": 'Raison "sociale"'})
    named = (*layout.roles.values(), *layout.contact, *layout.ignored)
    assert sorted(named) == sorted(layout.header)
    assert len(layout.header) == 12
    assert layout.fallback == "cp1252"


@pytest.mark.slow
def test_the_card_says_what_only_a_person_can_fill_in(root: Path, file: Path) -> None:
    new_source("simple", file, {}, root)
    text = (root / "crawlers" / "sources" / "simple.py").read_text(encoding="utf8")
    for name in ("title", "producer", "dataset", "licence", "homepage", "covers", "limits"):
        assert f'    {name}="{TO_FILL} : ' in text
    assert text.startswith(f'"""{TO_FILL}')


def test_the_verb_names_each_column_each_file_written_and_what_comes_next(
    root: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_bytes(ODD.encode("cp1252"))
    say_written("odd", new_source("odd", odd, {"name": 'Raison "sociale"'}, root))
    assert plain(capsys.readouterr().out) == SAID.replace("ROOT", str(root.resolve()))
    say_written("simple", new_source("simple", file, {}, root))
    told = plain(capsys.readouterr().out)
    assert "UTF-8" in told and "Contacts" not in told and "Ignorées" not in told


def test_the_verb_writes_in_the_repository_that_it_is_typed_in_and_in_no_other(
    root: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "crawlers")
    type_new_source("simple", file)
    assert (root / "crawlers/sources/simple.py").is_file() and not (ROOT / "crawlers/sources/simple.py").exists()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VivierError, match="dans une copie de travail du dépôt"):
        type_new_source("other", file)
    assert not (ROOT / "crawlers/sources/other.py").exists()


def test_the_verb_takes_the_columns_that_are_given(file: Path) -> None:
    file.write_text("Numéro;Ville\n")
    with pytest.raises(ImportRefused, match="aucune colonne n'est le SIRET"):
        type_new_source("simple", file)
    with pytest.raises(ImportRefused, match="aucune colonne n'est le nom"):
        type_new_source("simple", file, siret="Numéro")
    with pytest.raises(ImportRefused, match="Absente"):
        type_new_source("simple", file, siret="Numéro", name="Absente")


@pytest.mark.slow
def test_a_sample_has_right_rows_each_refusal_and_an_accent(root: Path, file: Path) -> None:
    new_source("simple", file, {}, root)
    folder = root / "tests" / "fixtures" / "sources" / "simple"
    checks = (folder / "checks.json").read_text(encoding="utf8")
    assert '"set_aside": {"name_missing": 1, "siret_invalid": 2, "siret_scientific": 1}' in checks
    assert '"skipped": {"duplicate": 1}' in checks
    assert len((folder / "expected.jsonl").read_text(encoding="utf8").splitlines()) == 6
    assert not (folder / "sample.csv").read_text(encoding="utf8").isascii()


@pytest.mark.slow
def test_two_sources_invent_different_sirens(root: Path, file: Path) -> None:
    sirens = []
    for source_id in ("first", "other"):
        new_source(source_id, file, {}, root)
        with (root / "tests" / "fixtures" / "sources" / source_id / "sample.csv").open(encoding="utf8") as sample:
            sirens.append({row["SIRET"].replace(" ", "")[:9] for row in csv.DictReader(sample, delimiter=";")} - {""})
    assert sirens[0] & sirens[1] == {"9.9991E+1"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("geiq_2019_11.csv", {"name": "GEIQ"}),
        ("siae_asp_2019_07.csv", {}),
        ("siae_marche_2020.csv", {}),
        ("esat_liste_officielle_brut.csv", {"name": "ET-Raison sociale"}),
    ],
)
def test_nothing_of_a_real_list_is_copied(root: Path, name: str, given: dict[str, str]) -> None:
    path = shared_data("suppliers", name)
    layout = new_source("real", path, given, root).layout
    telling = [layout.roles[role] for role in ("siret", "name", "address", "website") if role in layout.roles]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=layout.delimiter))
    cells = {row[column] for row in rows for column in (*telling, *layout.contact)} - {"", None}
    with (root / "tests" / "fixtures" / "sources" / "real" / "sample.csv").open(encoding="utf8", newline="") as sample:
        invented = {cell for row in csv.DictReader(sample, delimiter=layout.delimiter) for cell in row.values()}
    assert cells & invented == set()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "est vide"),
        (b" \n\n", "est vide"),
        (b"\x89PNG\r\n\0\0", "octets nuls"),
        (bytes(range(1, 256)) * 40, "n'est pas en UTF-8 ni en cp1252"),
        (b"%PDF-1.7\n", "un document PDF"),
        (b"<!DOCTYPE html><table>", "une page web"),
        (zipped(**{"[Content_Types].xml": b"<", "xl/workbook.xml": b"<"}), "un classeur Excel"),
        (b"SIRET/Nom/Ville\n1/2/3\n", "séparateur inconnu.*« SIRET/Nom/Ville »"),
        (b"SIRET\n99910030800017\n", "séparateur inconnu"),
        (
            b"Nom;Ville;SIREN\n",
            "aucune colonne n'est le SIRET.*« Nom », « Ville », « SIREN ».*au seul SIREN.*add-a-source",
        ),
        (b"Nom;Ville\n", "aucune colonne n'est le SIRET.*« --siret COLONNE ».*trouvés : « Nom », « Ville »\\.$"),
        (b"Liste des EI;2026\nSIRET;Nom\n", "La première ligne doit être celle des noms de colonnes"),
        (
            b"Siret du site;Siret du groupe;Nom\n",
            "plusieurs colonnes peuvent être le SIRET : « Siret du site », « Siret",
        ),
        (b"SIRET;Ville\n", "aucune colonne n'est le nom de la structure.*« --name COLONNE »"),
        (b"SIRET;Nom;Raison sociale\n", "plusieurs colonnes peuvent être le nom de la structure : « Nom », « Raison"),
        (b"SIRET;Nom;Nom\n", "colonne en double : Nom"),
        (b"SIRET;;Nom\n", "la colonne 2 n'a pas de nom"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words_and_nothing_is_written(
    root: Path, file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(ImportRefused, match=words):
        new_source("simple", file, {}, root)
    assert written(root) == []


def test_a_file_that_is_not_there_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"absent\.csv » n'existe pas"):
        new_source("simple", tmp_path / "absent.csv", {}, root)


@pytest.mark.parametrize(
    "source_id", ["", "a", "Geiq", "9a", "_a", "éa", "a-b", "../a", "class", "a b", "a" * 41, "a\n"]
)
def test_what_is_no_identifier_is_refused_in_words(root: Path, file: Path, source_id: str) -> None:
    with pytest.raises(VivierError, match="n'est pas un identifiant de source"):
        new_source(source_id, file, {}, root)
    assert written(root) == []


@pytest.mark.parametrize("source_id", ["geiq", "list", "sirene"])
def test_the_name_of_a_source_or_of_a_register_is_taken(root: Path, file: Path, source_id: str) -> None:
    with pytest.raises(VivierError, match=f"La source « {source_id} » existe déjà"):
        new_source(source_id, file, {}, root)


def test_what_remains_of_a_source_is_never_written_over(root: Path, file: Path) -> None:
    (root / "tests" / "fixtures" / "sources" / "simple").mkdir()
    with pytest.raises(VivierError, match=r"tests/fixtures/sources/simple » existe déjà"):
        new_source("simple", file, {}, root)


def test_outside_a_working_copy_nothing_is_written(tmp_path: Path, file: Path) -> None:
    with pytest.raises(VivierError, match="dans une copie de travail du dépôt"):
        new_source("simple", file, {}, tmp_path / "elsewhere")


def test_a_column_given_for_a_role_is_used_or_refused_by_name(file: Path) -> None:
    file.write_text("Numéro;Nom;Structure\n", encoding="utf8")
    layout = read_layout(file, {"siret": "Numéro", "name": "Structure"})
    assert dict(layout.roles) == {"siret": "Numéro", "name": "Structure"}
    assert layout.ignored == ("Nom",)
    with pytest.raises(
        ImportRefused, match=r"n'a pas de colonne « Num »\. Colonnes : « Numéro », « Nom », « Structure »"
    ):
        read_layout(file, {"siret": "Num"})


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("SIRET;Raison sociale, adresse, ville\n1;a\n", ";"),
        ('SIRET,"Raison sociale; ville; pays"\n1,a\n', ","),
        ("SIRET\tNom\n", "\t"),
        ("SIRET|Nom\n", "|"),
        ('SIRET;Nom\n1;"a, b, c, d"\n', ";"),
    ],
)
def test_the_delimiter_is_the_one_the_rows_agree_with(file: Path, header: str, delimiter: str) -> None:
    file.write_text(header, encoding="utf8")
    assert read_layout(file, {}).delimiter == delimiter


@pytest.mark.parametrize(
    "name", ["Email", "E-mail", "Adresse mail", "ET-Téléphone 1", "TEL", "Nom du contact", "Prénom", "Gérant", "FAX"]
)
def test_a_person_or_a_way_to_reach_one_is_a_contact(name: str) -> None:
    assert is_contact(name)


@pytest.mark.parametrize("name", ["Raison sociale", "Adresse", "Site web", "Hôtel", "Télétravail", "Commune"])
def test_other_columns_are_no_contact(name: str) -> None:
    assert not is_contact(name)


@pytest.mark.slow
@given(st.text())
def test_any_name_of_a_column_is_written_so_that_python_reads_it_back(name: str) -> None:
    assert eval(_literal(name)) == name
