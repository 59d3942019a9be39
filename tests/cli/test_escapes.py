"""What a file or a request holds never commands the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.typed import run
from vivier.cli import terminal

HOSTILE = "Atelier\x1b[2J\x1b]0;titre\x07 des\x9b31m Lilas\u202e\r\x00"
SHOWN = "Atelier[2J]0;titre des31m Lilas"


@pytest.mark.parametrize("colours", [True, False])
def test_a_text_loses_its_control_characters_and_keeps_its_words(
    monkeypatch: pytest.MonkeyPatch, colours: bool
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(terminal, "out", terminal._Console(file=stream, force_terminal=colours, width=200))
    terminal.say(HOSTILE)
    table = terminal.Table("nom")
    terminal.add_row(table, HOSTILE)
    terminal.out.print(table)
    written = stream.getvalue()
    assert written.count(SHOWN) == 2
    assert "\x1b[2J" not in written and "\x9b" not in written and "\u202e" not in written and "\r" not in written


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("rollback", HOSTILE.replace("\x00", "")), ("import", "\x1b[31m", "/nowhere"), ("\x1b[31mrouge",)]
)
def test_what_is_typed_comes_back_without_commands(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.returncode != 0
    assert "\x1b" not in done.stderr + done.stdout
