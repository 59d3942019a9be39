"""The command line as a user meets it: real processes, a house of its own, the samples of the sources."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from crawlers.registry import sources
from tests.cli import typed
from tests.cli.typed import Done, run
from tests.demo_home import demo_of_today
from tests.house.walk import ROOT
from tests.search_api.pages.html import plain
from vivier.cli.command import app
from vivier.runs.context import CARDS

SAMPLES = ROOT / "tests" / "fixtures" / "sources"
LISTS = tuple(sorted(sources()))
Vivier = Callable[..., Done]


def started(home: Path, *words: str) -> Done:
    """The same as a shell starts it: everything is imported and loaded again."""
    environment = {**os.environ, "VIVIER_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from vivier.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    return Done(done.args, done.returncode, plain(done.stdout), plain(done.stderr))


def sample(source: str) -> list[str]:
    return [str(path) for path in sorted((SAMPLES / source).glob("sample*"))]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A house where every source was imported and indexed."""
    folder = tmp_path_factory.mktemp("cli") / "home"
    for source in LISTS:
        done = run(folder, "import", source, *sample(source))
        assert done.returncode == 0, done.stderr
    done = run(folder, "index")
    assert done.returncode == 0, done.stderr
    yield folder


@pytest.fixture
def vivier(home: Path) -> Vivier:
    """The command in a process of its own, on the filled house."""

    def call(*words: str, **settings: str) -> Done:
        return run(home, *words, **settings)

    return call


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Vivier:
    """The command in this process, on a house where the demonstration is in service: fifty more processes would cost a minute."""
    return partial(typed.inside, demo_of_today(tmp_path_factory.mktemp("small")))


def assert_refused(done: Done, code: int, *needed: str) -> None:
    """The exit code, one readable message that says what is needed, nothing of our entrails."""
    assert done.returncode == code, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in needed:
        assert word in done.stderr


def ids(done: Done) -> list[str]:
    return re.findall(r"\bv[a-z2-7]{12}\b", done.stdout)


@pytest.mark.slow
def test_an_import_tells_what_it_read_kept_and_set_aside_in_french(tmp_path: Path) -> None:
    done = started(tmp_path, "import", "esat", *sample("esat"))
    assert done.returncode == 0
    assert "4 lignes lues, 3 gardées" in done.stdout
    assert "1 × numéro FINESS invalide" in done.stdout
    assert done.stderr == ""


def test_an_index_is_searched_and_explained(inside: Vivier) -> None:
    found = inside("search", "espaces verts", "kind=ESAT", "territory=FR")
    assert found.returncode == 0, found.stderr
    assert "fournisseur" in found.stdout
    first = ids(found)[0]
    told = inside("explain", first, "espaces verts", "kind=ESAT", "territory=FR")
    assert told.returncode == 0, told.stderr
    assert "répond." in told.stdout
    assert "Points pour « territoire servi »" in told.stdout
    assert "Raison : " in told.stdout
    assert _points(told)[0] == sum(_points(told)[1:]) > 0


def _points(told: Done) -> list[int]:
    """The whole score, then its parts."""
    return [int(points) for points in re.findall(r"^Points[^:]* : (\d+)", told.stdout, re.MULTILINE)]


def test_a_search_without_a_place_lists_who_answers_and_nobody_beyond(inside: Vivier) -> None:
    done = inside("search", "kind=ESAT")
    assert done.returncode == 0, done.stderr
    assert len(ids(done)) > 5


def test_a_supplier_that_does_not_answer_is_told_which_condition_fails(inside: Vivier) -> None:
    one = ids(inside("search", "kind=EA"))[0]
    told = inside("explain", one, "kind=GEIQ")
    assert told.returncode == 0, told.stderr
    assert "ne répond pas" in told.stdout
    assert re.search(r"Type de structure\s*│\s*non", told.stdout)


def test_every_id_found_is_whole_when_the_answer_is_piped(inside: Vivier) -> None:
    found = inside("search")
    assert found.returncode == 0, found.stderr
    total = int(re.search(r"(\d+) fournisseurs", found.stdout)[1])  # type: ignore[index]
    assert len(set(ids(found))) == min(total, 20) > 5


@pytest.mark.slow
def test_generations_are_listed_and_one_is_put_back_in_service(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    assert_refused(run(copy, "rollback"), 1, "Aucune génération antérieure", "--collection suppliers")
    assert run(copy, "index").returncode == 0
    listed = run(copy, "generations")
    names = re.findall(r"suppliers-\d+", listed.stdout)
    assert len(names) == 2
    back = run(copy, "rollback")
    assert back.returncode == 0
    assert names[1] in back.stdout
    live = next(line for line in run(copy, "generations").stdout.splitlines() if "oui" in line)
    assert names[1] in live


@pytest.mark.slow
def test_sources_tell_what_was_read_of_each(vivier: Vivier) -> None:
    done = vivier("sources")
    assert done.returncode == 0
    for source in LISTS:
        line = re.search(rf"│ {source}\s*│.*", done.stdout)
        assert line is not None, source
        assert "jamais" not in line[0], source


def test_a_source_never_read_is_listed_as_such(inside: Vivier, tmp_path: Path) -> None:
    done = inside("sources", VIVIER_HOME=str(tmp_path))
    assert done.returncode == 0
    assert done.stdout.count("jamais") == len(sources()) + len(CARDS)


@pytest.mark.slow
def test_the_doctor_of_a_filled_house_only_asks_to_read_old_lists_again(vivier: Vivier) -> None:
    done = vivier("doctor")
    old = [line for line in done.stdout.splitlines() if line.startswith("ancien")]
    assert old, "the samples are months old"
    assert [line for line in old if not re.search(": (à relire|.*à renouveler)", line)] == []
    assert "à corriger" not in done.stdout and done.returncode == 0


def test_the_doctor_says_what_to_do_first_in_an_empty_house(inside: Vivier, tmp_path: Path) -> None:
    done = inside("doctor", VIVIER_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "vivier import SOURCE FICHIER" in done.stdout
    assert "vivier index" in done.stdout


def test_the_doctor_names_a_misspelt_variable(inside: Vivier) -> None:
    done = inside("doctor", VIVIER_ENGIN="opensearch")
    assert done.returncode == 1
    assert "VIVIER_ENGINE" in done.stdout


def test_the_doctor_names_a_setting_that_no_longer_exists(inside: Vivier) -> None:
    done = inside("doctor", VIVIER_TRACE_SHARE="0.5")
    assert "sans effet, car ces réglages n'existent pas ou plus : VIVIER_TRACE_SHARE" in " ".join(done.stdout.split())


@pytest.mark.slow
def test_the_doctor_answers_when_a_run_in_force_is_damaged(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    run_in_force = copy / "records" / "esat" / (copy / "records" / "esat" / "current").read_text()
    (run_in_force / "statistics.json").write_text('{"source"')
    done = run(copy, "doctor")
    assert done.returncode == 1
    assert "importez de nouveau la source « esat »" in done.stdout
    assert_refused(run(copy, "index"), 1, "importez de nouveau la source « esat »")


@pytest.mark.slow
def test_a_record_cut_in_the_middle_is_set_aside_without_its_content_and_the_others_are_in_service(
    home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    records = next((copy / "records" / "siae").glob("*/records.jsonl"))
    records.write_bytes(records.read_bytes()[:-30])
    done = run(copy, "index")
    assert done.returncode == 0, done.stderr
    assert (
        "1 × ligne illisible dans les données lues : importez de nouveau la source (dont siae, ligne 3)" in done.stdout
    )
    told = done.stderr.strip().splitlines()
    assert len(told) == 1 and "siae, ligne 3" in told[0] and "{" not in told[0]
    assert ids(run(copy, "search", "kind=ESAT"))


@pytest.mark.slow
def test_the_demo_is_built_beside_and_touches_nothing_else(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    done = run(copy, "demo", "--no-serve", "--count", "40")
    assert done.returncode == 0, done.stderr
    assert "fournisseurs en service" in done.stdout
    assert f"vivier search --home {copy / 'demo'}" in " ".join(done.stdout.split())
    assert len(re.findall(r"suppliers-\d+", run(copy, "generations").stdout)) == 1
    assert re.search(r"│ demo\s", run(copy, "sources").stdout) is None


@pytest.mark.parametrize(
    ("words", "code", "needed"),
    [
        (("import", "esta", "file.csv"), 1, ("« esta »", "« esat »")),
        (("import", "esat", "absent.csv"), 1, ("introuvable", "absent.csv")),
        (("import", "esat", str(SAMPLES / "siae" / "sample.csv")), 1, ("ET-SIRET", "vivier import siae")),
        (("import", "list", str(SAMPLES)), 1, ("introuvable",)),
        (("crawl", "esat"), 1, ("vivier import esat FICHIER",)),
        (("crawl", "nothing"), 1, ("Sources connues",)),
        (("search", "kin=ESAT"), 2, ("« kin »", "« kind »")),
        (("search", "kind=ESTA"), 2, ("« ESTA »", "« ESAT »")),
        (("search", "territory=35"), 2, ("departement:35",)),
        (("search", "territory=departement:99999"), 2, ("departement:99999",)),
        (("search", "near=48.85,2.35", "radius_km=10"), 2, ("longitude vient d'abord",)),
        (("search", "near=-1.68,48.11", "radius_km=nan"), 2, ("radius_km",)),
        (("search", "page=0"), 2, ("« page » doit être au moins 1",)),
        (("explain", "v000000000000"), 1, ("v000000000000",)),
        (("explain",), 2, ("il manque « supplier »",)),
        (("rollback", "[red]nothing"), 1, ("« [red]nothing »",)),
        (("serve", "--port", "0"), 2, ("--port", "au moins 1")),
        (("serve", "--prt", "8000"), 2, ("« --prt »", "« --port »")),
        (("search", "--limit"), 2, ("« --limit »",)),
        (("generations", "one", "two"), 2, ("argument de trop « one two »",)),
        (("indexe",), 2, ("commande inconnue « indexe »",)),
        (("import", "esat"), 2, ("il manque « files »",)),
    ],
)
def test_a_wrong_command_gets_one_french_message_and_its_exit_code(
    inside: Vivier, words: tuple[str, ...], code: int, needed: tuple[str, ...]
) -> None:
    assert_refused(inside(*words), code, *needed)


@pytest.mark.slow
def test_a_wrong_command_says_so_from_a_process_too(vivier: Vivier) -> None:
    assert_refused(vivier("search", "kin=ESAT"), 2, "« kind »")
    assert_refused(vivier("indexe"), 2, "« index »")


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({"VIVIER_ENGINE": "lucene"}, ("VIVIER_ENGINE", "embedded", "opensearch", "lucene")),
        ({"VIVIER_OPENSEARCH_URL": "localhost"}, ("VIVIER_OPENSEARCH_URL", "http://127.0.0.1:9200")),
        ({"VIVIER_PUBLIC_URL": "vivier.example.org"}, ("VIVIER_PUBLIC_URL", "https://vivier.example.org")),
        ({"VIVIER_PUBLIC_URL": "https://x.example?a=1"}, ("VIVIER_PUBLIC_URL", "sans paramètre")),
        ({"VIVIER_TILES_URL": "https://x.example/{z}/{x}.png"}, ("VIVIER_TILES_URL", "{z}, {x} et {y}")),
        ({"VIVIER_TILES_URL": "https://x.example;a/{z}/{x}/{y}"}, ("VIVIER_TILES_URL", "{z}, {x} et {y}")),
        ({"VIVIER_TILES_URL": "https://x.example/{z}/{x}/{y}"}, ("VIVIER_TILES_URL", "créditer")),
        ({"VIVIER_METRICS_TOKEN": "court"}, ("VIVIER_METRICS_TOKEN", "32 signes")),
        ({"VIVIER_RATE": "-1"}, ("VIVIER_RATE", "au moins 0")),
        ({"VIVIER_TRUSTED_PROXIES": "proxy.local"}, ("VIVIER_TRUSTED_PROXIES", "adresses IP", "10.0.0.0/8")),
        ({"VIVIER_RATE_STORE": "bogus://x"}, ("VIVIER_RATE_STORE", "redis://")),
        ({"VIVIER_GIVEN_URL": "garbage"}, ("VIVIER_GIVEN_URL", "sqlite:////")),
        ({"VIVIER_OPENSEARCH_PREFIX": "_all"}, ("VIVIER_OPENSEARCH_PREFIX", "_all")),
    ],
)
def test_a_wrong_setting_is_named(inside: Vivier, settings: dict[str, str], needed: tuple[str, ...]) -> None:
    assert_refused(inside("generations", **settings), 2, *needed)


def test_an_empty_variable_is_as_good_as_none(inside: Vivier) -> None:
    assert inside("generations", VIVIER_ENGINE="").returncode == 0


def test_an_engine_that_is_away_is_said(inside: Vivier) -> None:
    away = {"VIVIER_ENGINE": "opensearch", "VIVIER_OPENSEARCH_URL": "http://127.0.0.1:1"}
    assert_refused(inside("search", "esat", **away), 1, "OpenSearch ne répond pas", "VIVIER_OPENSEARCH_URL")
    assert_refused(inside("index", **away), 1, "OpenSearch ne répond pas")


@pytest.mark.parametrize("words", [("search", "esat"), ("explain", "v000000000000"), ("rollback",)])
def test_without_an_index_the_way_to_make_one_is_told(inside: Vivier, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert_refused(inside(*words, VIVIER_HOME=str(tmp_path)), 1, "vivier index", "vivier demo", "--home")


def test_an_index_of_nothing_is_refused(inside: Vivier, tmp_path: Path) -> None:
    assert_refused(inside("index", VIVIER_HOME=str(tmp_path)), 1, "vivier import")


def test_a_home_that_cannot_be_one_is_said(inside: Vivier, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    assert_refused(inside("import", "esat", *sample("esat"), VIVIER_HOME=str(taken)), 1, str(taken))
    told = inside("doctor", VIVIER_HOME=str(taken))
    assert told.returncode == 1
    assert "est un fichier : changez VIVIER_HOME" in told.stdout


def test_a_port_in_use_is_said_before_anything_is_served(inside: Vivier) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert_refused(inside("serve", "--port", port), 1, f"127.0.0.1:{port}", "port déjà pris", "--port")


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    done = typed.inside(tmp_path)
    assert done.returncode == 2
    assert "Usage: vivier" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", [command.name or command.callback.__name__ for command in app.registered_commands])
def test_every_verb_has_its_help(verb: str, inside: Vivier) -> None:
    done = inside(verb, "--help")
    assert done.returncode == 0
    assert f"vivier {verb}" in done.stdout
