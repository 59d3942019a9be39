"""Lines that verbs print of what seldom comes: a lesson withdrawn, a buyer to call, a file that is misread, a socket that is held."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.exceptions import TyperException

from tests.cli.typed import told
from tests.search_api.pages.html import plain
from vivier.belief.learnt import Lesson
from vivier.cli.contracts.terminal_reverse import _contact, show_ways_out
from vivier.cli.given.reviewing import _lesson_cells, _readings
from vivier.cli.terminal import held_socket, listen, show_pairs, usage
from vivier.cli.terminal_tables import _show_words, show_groups
from vivier.contracts.calls import Call
from vivier.given.lessons import Taught
from vivier.given.readings import Corrected, Counted
from vivier.lexicon import Lexicon
from vivier.mail.letter import Letter
from vivier.mail.office import office_of
from vivier.runs.audit import last_notes
from vivier.search.relax import Relaxation
from vivier.settings import Settings
from vivier.suppliers.explain import Alternative, Explanation, WordRead
from vivier.suppliers.find import AnswerGroup
from vivier.suppliers.result import SupplierResult

DAY = date(2026, 11, 24)
Printed = Callable[[], str]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """What was printed since, cells of tables apart by one bar."""

    def read() -> str:
        out, err = capsys.readouterr()
        rows = (
            " | ".join(part.strip() for part in line.strip("│").split("│")) if "│" in line else line
            for line in (out + err).splitlines()
        )
        return plain("\n".join(rows)).replace("\xa0", " ").replace("\u202f", " ")

    return read


LESSON = Lesson("1", ("EI", "ACI"), "35", ("nettoyage-locaux", "blanchisserie"), 1, 0, 7, silent=True)
TAUGHT = Taught("a", DAY, "Lavoir", "oui", LESSON, withdrawn=False)
KNOWN = ("Lavoir", "EI, ACI", "35", "Nettoyage de locaux, Blanchisserie", "oui")


@pytest.mark.parametrize(
    ("taught", "cells"),
    [
        (TAUGHT, (*KNOWN, "n° 7", "oui")),
        (Taught("a", DAY, "Lavoir", "oui", LESSON, withdrawn=True), (*KNOWN, "n° 7", "retirée")),
        (Taught("a", DAY, "Lavoir", "non", None, withdrawn=False), ("Lavoir", "", "", "", "non", "", "non")),
    ],
)
def test_an_answer_has_what_it_teaches(taught: Taught, cells: tuple[str, ...], lexicon: Lexicon) -> None:
    names = [lexicon.trades.get(code).name for code in LESSON.trades]
    expected = tuple(", ".join(names) if cell == KNOWN[3] else cell for cell in cells)
    assert _lesson_cells(taught, lexicon) == expected


def test_an_answer_of_nobody_known_teaches_of_itself_alone(lexicon: Lexicon) -> None:
    own = Lesson("1", ("EI",), None, ("blanchisserie",), 1, 0, None, silent=False)
    cells = _lesson_cells(Taught("a", DAY, "Lavoir", "oui", own, withdrawn=False), lexicon)
    assert (cells[2], *cells[5:]) == ("", "inconnu", "d'elle seule")


def test_corrections_are_listed_and_those_of_words_are_written_as_cases(tmp_path: Path, printed: Printed) -> None:
    known = Corrected(("linge", "draps"), ("blanchisserie",), ("pressing", "inconnu"))
    every = [Counted(known, 3, DAY), Counted(Corrected((), (), ()), 1, DAY)]
    cases = tmp_path / "cases.jsonl"
    _readings(every, None)
    lines = printed().splitlines()
    assert not cases.exists() and lines[-1] == "2 corrections."
    assert "3 | 24/11/2026 | linge, draps | Blanchisserie" in "\n".join(lines)
    assert "1 | 24/11/2026 |  | aucun | aucun" in "\n".join(lines)
    _readings(every, cases)
    assert printed().endswith(f"1 cas à juger dans {cases}.")
    assert orjson.loads(cases.read_bytes()) == {
        "text": "linge, draps",
        "trades": ["pressing", "inconnu"],
        "times": 3,
    }
    assert cases.read_bytes().endswith(b"\n")


@pytest.mark.parametrize(
    ("total", "changes", "line"),
    [
        (0, [], "Rien, et un seul changement ne suffit pas."),
        (0, [("sans « a »", 2)], "Rien. Un seul changement donnerait :\n  sans « a » : 2 marchés"),
        (1, [("sans « a »", 2)], ""),
    ],
)
def test_an_empty_list_alone_says_what_would_fill_it(
    total: int, changes: list[tuple[str, int]], line: str, printed: Printed
) -> None:
    show_ways_out(total, [Relaxation(("a",), text, None, count) for text, count in changes], "marché", "marchés")
    assert printed() == line


def test_a_buyer_to_call_has_its_contact_with_the_notice_that_publishes_it() -> None:
    contact: Any = {"mailbox": "achats@exemple.example", "website": "https://exemple.example"}
    source: Any = {"dataset": "BOAMP", "producer": "DILA", "licence": "Licence Ouverte"}
    whole = ["achats@exemple.example", "https://exemple.example", "(BOAMP, DILA, Licence Ouverte, sans date)"]
    assert [*_contact(Call(contact=contact, source=source))] == whole
    assert [*_contact(Call(contact=contact, source=source | {"updated_at": "2026-11-01"}))][2:] == [
        "(BOAMP, DILA, Licence Ouverte, 2026-11-01)"
    ]
    for call in (None, Call(contact=contact), Call(source=source)):
        assert [*_contact(call)] == []


def test_a_word_has_its_forms_and_where_they_are_found(printed: Printed) -> None:
    found = Alternative(("espace", "vert"), "vos mots", 12, ("nom", "métier"))
    other = Alternative(("jardin",), "synonyme", 3, ())
    _show_words(Explanation("Lac", True, 20, 12, (WordRead("espaces verts", (found, other)),), (), ()))
    text = printed()
    assert "espaces verts | espace vert | vos mots | 12 | nom, métier" in " ".join(text.split(" " * 2))
    assert "jardin" in text and "non trouvé" in text and text.count("non trouvé") == 1


def test_pairs_to_read_again_are_shown_with_their_two_ends_and_no_table_is_for_none(printed: Printed) -> None:
    show_pairs([])
    assert printed() == ""
    ends = {"texte_gauche": "Lavoir A", "gauche": "x:1", "texte_droite": "Lavoir B", "droite": "x:2"}
    show_pairs([{"score": "0.8712", "motif": "même nom", "explication": "à Rennes", **ends}])
    lines = [[cell.strip() for cell in line.split("|")] for line in printed().splitlines()]
    assert ["0,87", "même nom", "Lavoir A", "Lavoir B"] in lines and ["", "à Rennes", "x:1", "x:2"] in lines


def test_a_command_that_is_written_badly_is_told_in_french(tmp_path: Path) -> None:
    assert usage(TyperException("Trop")) == "commande mal écrite (Trop). « vivier --help » dit ce qui est attendu."
    assert told(tmp_path, code=2)
    for words, line in (
        (("serchh",), "Usage : commande inconnue « serchh »."),
        (
            ("search", "--nope"),
            "Usage : option inconnue « --nope ». Vouliez-vous dire « --home » ? « vivier search --help » dit ce qui est attendu.",
        ),
        (("serve", "--port", "0"), "« --port »"),
        (("rollback", "a", "b"), "argument de trop « b »."),
        (("crawl",), "il manque "),
    ):
        assert line in told(tmp_path, *words, code=2), words


@contextmanager
def third_descriptor(socket_: socket.socket) -> Iterator[None]:
    """This socket in the place where systemd puts the one that it holds."""
    try:
        before: int | None = os.dup(3)
    except OSError:
        before = None
    os.dup2(socket_.fileno(), 3)
    try:
        yield
    finally:
        if before is not None:
            os.dup2(before, 3)
            os.close(before)
        else:
            with closing(socket.socket(fileno=3)):
                pass


def test_the_socket_that_systemd_holds_is_served_and_is_for_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "1")
    with socket.create_server(("127.0.0.1", 0)) as opened, third_descriptor(opened):
        os.set_inheritable(3, True)
        served = listen("127.0.0.1", 9)
        assert served.fileno() == 3 and served.getsockname() == opened.getsockname() and not served.get_inheritable()
        served.detach()
        again = held_socket()
        assert again is not None
        again.detach()


def test_a_setting_without_a_value_is_refused(tmp_path: Path) -> None:
    refused = told(tmp_path, "consult", "p.csv", "place=Rennes", "buyer", code=2)
    assert "« buyer » : écrivez « réglage=valeur », par exemple buyer=État." in plain(refused)


MAILED = {
    "VIVIER_SMTP_URL": "smtp://127.0.0.1:9",
    "VIVIER_MAIL_FROM": "Vivier <vivier@exemple.example>",
    "VIVIER_MAIL_KEY": "A" * 43 + "=",
    "VIVIER_PUBLIC_URL": "https://vivier.example",
}


def test_a_subscription_that_nobody_confirmed_is_deleted_and_told(tmp_path: Path) -> None:
    names = {name.removeprefix("VIVIER_").lower(): value for name, value in MAILED.items()}
    office = office_of(Settings.model_validate({"home": tmp_path, **names}))
    assert office is not None
    nothing = told(tmp_path, "notify", **MAILED)
    assert "0 abonnement regardé, dont 0 sans nouveauté ; 0 message écrit." in plain(nothing)
    assert "Messages : aucun." in plain(nothing) and "effacés" not in nothing

    def letter(token: str, followed: Any) -> Letter:
        return office.letters.confirm(token, followed, "https://vivier.example/x", 0.0)

    office.subscriptions.ask("a@exemple.example", "contracts", "q=tonte", "Tonte", "daily", date(2026, 1, 1), letter)
    office.subscriptions.database.close()
    line = (
        "Abonnements effacés : 1 non confirmés ou d'un an passé, 0 refusés par leur destinataire ou dont la recherche"
    )
    assert line in plain(told(tmp_path, "notify", **MAILED))


def test_mail_that_cannot_be_is_told(tmp_path: Path) -> None:
    for contact in ({}, {"VIVIER_OPERATOR_CONTACT": "https://exemple.example"}):
        refused = plain(told(tmp_path, "mail", "report", code=1, **MAILED, **contact))
        assert "VIVIER_OPERATOR_CONTACT n'est pas une adresse électronique : personne à qui écrire." in refused
    assert "Donnez des fichiers, un dossier Maildir" in plain(told(tmp_path, "mail", "bounces", code=1, **MAILED))


def test_groups_after_the_first_have_their_title_their_suppliers_and_the_way_to_all_of_them(printed: Printed) -> None:
    def supplier(id_: str, away: float | None, **address: Any) -> SupplierResult:
        return SupplierResult(id_, {"name": {"value": f"Atelier {id_}"}, **address}, away, (), 0)  # type: ignore[typeddict-item]

    town = {"address": {"value": {"town": "Rennes"}}}
    near, here, nowhere = supplier("a", 12.3, **town), supplier("b", 0.0, **town), supplier("c", None)
    exact = AnswerGroup("exact", "Non", 9, "Trois répondent.", (near,))
    whole = AnswerGroup("near_trade", "Proches", 3, "À côté.", (near, here, nowhere))
    more = AnswerGroup("farther", "Loin", 1, "Plus loin.")
    show_groups([exact, whole, more])
    assert printed().splitlines() == [
        "Trois répondent.",
        "",
        "Proches. À côté.",
        "  Atelier a, Rennes, à 12,3 km (a)",
        "  Atelier b, Rennes (b)",
        "  Atelier c, lieu non publié (c)",
        "",
        "Loin. Plus loin.",
        "  Tous : ajoutez group=farther.",
    ]


def test_an_opposition_is_noted_once_and_an_upgrade_of_nothing_begins_no_database(tmp_path: Path) -> None:
    salt = {"VIVIER_OPPOSITION_SALT": "un sel assez long pour servir"}
    assert "ajouté à la liste" in told(tmp_path, "oppose", "99910010000018", **salt)
    assert "y était déjà" in told(tmp_path, "oppose", "99910010000018", **salt)
    (line,) = last_notes(Settings(home=tmp_path), 9)
    assert (line["verb"], line["added"], line["listed"]) == ("oppose", 1, 1)
    told(tmp_path, "upgrade")
    assert not [*tmp_path.glob("*.sqlite*")]
