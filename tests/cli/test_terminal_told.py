"""What the terminal says of errors, files and sockets, and the exit code that goes with it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
import typer

from tests.cli.typed import told
from tests.search_api.pages.html import plain
from vivier.check import Check
from vivier.cli.desk.studies import _hours, _show
from vivier.cli.terminal import by_count, held_socket, listen, pairs, run, say, show_checks, warn
from vivier.errors import FieldError, InvalidRequest, NotFound, VivierError


def failing(error: BaseException) -> typer.Typer:
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        (NotFound("Rien ici."), 1, "Erreur : Rien ici."),
        (OSError(28, "No space left on device"), 1, "Erreur : "),
        (ModuleNotFoundError("psycopg", name="psycopg.rows"), 1, "pip install 'vivier[postgresql]'."),
        (InvalidRequest((FieldError("query", "x", "Mal dit."),)), 2, "Erreur : Mal dit."),
        (InvalidRequest((FieldError("kind", "x", "Mal dit."),)), 2, "kind : Mal dit."),
        (typer.Exit(7), 7, ""),
        (KeyboardInterrupt(), 130, "Interrompu. La génération en service n'a pas changé."),
    ],
)
def test_an_error_is_one_french_line_and_an_exit_code(
    error: BaseException, code: int, printed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["vivier"])
    assert run(failing(error)).code == code
    assert printed in plain(capsys.readouterr().err)


def test_a_library_of_ours_that_is_missing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["vivier"])
    with pytest.raises(ModuleNotFoundError):
        run(failing(ModuleNotFoundError("orjson", name="orjson")))


def test_reasons_are_told_by_number_and_words_are_told_from_parameters() -> None:
    assert by_count({"a": 1, "b": 3}, {"b": "bien"}) == "3 × bien ; 1 × a"
    assert pairs(["esat", "kind=ESAT", "lyon"]) == [("kind", "ESAT"), ("q", "esat lyon")]
    assert pairs(["a=b=c"], "need") == [("a", "b=c")] and pairs(["a"], "need") == [("need", "a")]


def test_checks_are_lines_and_only_a_broken_one_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    good, old, bad = Check("a", True, "x"), Check("b", False, "y", old=True), Check("c", False, "z")
    show_checks(iter((good, old)))
    with pytest.raises(typer.Exit) as ended:
        show_checks(iter((bad, good)))
    assert ended.value.exit_code == 1
    lines = plain(capsys.readouterr().out).splitlines()
    assert lines == ["ok         a : x", "ancien     b : y", "à corriger c : z", "ok         a : x"]


def test_a_service_listens_where_it_is_told_or_on_the_socket_of_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    with listen("127.0.0.1", 0) as one:
        assert one.family == socket.AF_INET
        with pytest.raises(VivierError, match="Donnez un autre « --port » ou « --host »"):
            listen("127.0.0.1", one.getsockname()[1])
    for pid, count in ((os.getpid() + 1, "1"), (os.getpid(), "x")):
        monkeypatch.setenv("LISTEN_PID", str(pid))
        monkeypatch.setenv("LISTEN_FDS", count)
        assert held_socket() is None
    monkeypatch.setenv("LISTEN_FDS", "2")
    with pytest.raises(VivierError, match="systemd donne 2 prises"):
        listen("127.0.0.1", 0)


def test_assistants_are_not_served_on_every_address_without_a_known_one(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::"):
        refused = told(tmp_path, "mcp", "--port", "8471", "--host", host, code=1)
        assert f"« --host {host} » écoute sur toutes les adresses" in refused


def test_an_import_says_what_it_read_kept_and_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_text(
        "Nom;SIRET;Ville;Code postal\nAtelier;99910010000018;Rennes;35000\n;;Rennes;35000\n", encoding="utf8"
    )
    printed = told(tmp_path, "import", "list", str(file))
    assert printed.splitlines()[:2] == [
        "Liste apportée : 2 lignes lues, 1 gardée.",
        "Écartées : 1 × champ obligatoire vide.",
    ]


def test_a_long_line_stays_one_line_and_its_brackets_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    line = "[gras] " + "mot " * 99
    say(line)
    warn(line)
    assert capsys.readouterr() == (f"{line}\n", f"{line}\n")


def test_each_line_of_a_programme_has_its_lever_its_hours_or_its_errors(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {"central": {"insertion_hours": 30}, "low": {"insertion_hours": 20}, "high": {"insertion_hours": 40}}
    understood = {"lot": "A", "line": 1, "text": "t" * 70, "trades": [{"label_fr": "Ménage"}], "territories": []}
    advice = {"article": {"code": "L2113-12"}, "reason": "Parce que.", "lever_fr": "Réserver", "confidence_fr": "haute"}
    duty = {"duty": "social_condition", "state_fr": "due", "text": "Le seuil est passé."}
    whole = {"understood": understood, "advice": advice, "notes": ["Une note."], "duties": [duty, {"duty": "x"}]}
    wrong = {
        **understood,
        "lot": "",
        "line": 7,
        "errors": [{"message": "Montant illisible."}],
        "state_fr": "à corriger",
    }
    lots = [{**whole, "hours": figures}, {"understood": wrong}]
    _show({"lots": lots, "totals": {"ready": 1, "to_correct": 1}, "limits": ["Première limite.", "Seconde."]})
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "t" * 60,
        "L2113-12",
        "confiance haute",
        "Une note.",
        "Condition sociale, due",
        "ligne 7",
        "Montant illisible.",
    ):
        assert words in printed, words
    assert "t" * 61 not in printed and printed.endswith(
        "2 lignes : 1 comprises, 0 à confirmer, 1 à corriger. Première limite."
    )
    assert (
        _hours({"hours": figures}) == "30 h\n(20 à 40)" and _hours({"hours": None}) == "part de main-d'œuvre inconnue"
    )
    assert "2 h pour 100" in " ".join(_hours({"hours": {"central": None, "per_100k": 2.0}}).split())
