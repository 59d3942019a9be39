"""What an operator is told of the given database and of the mail, of a database that this version cannot write too."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.given.conftest import empty_home
from tests.mail.conftest import KEY, PUBLIC
from vivier.check import Check
from vivier.given.check import LEAST_FREE, disk_check, format_check, given_checks
from vivier.given.migrate import FORMAT
from vivier.mail.check import letters_checks, mail_checks
from vivier.settings import Settings

NOW = 1_700_000_000.0


def settings_of(home: Path, **more: Any) -> Settings:
    own = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "Vivier <v@exemple.example>", "mail_key": KEY}
    return Settings.model_validate(
        {"home": home, "public_url": PUBLIC, "opposition_salt": "un sel assez long", **own, **more}
    )


def of_format(home: Path, number: int, least: int) -> Settings:
    """A home whose database says that it is of another format."""
    with sqlite3.connect(empty_home(home) / "given.sqlite") as connection:
        connection.execute("UPDATE given_format SET number = ?, least = ?", (number, least))
    return settings_of(home)


def told(checks: Any) -> list[tuple[str, bool, str]]:
    return [(check.name, check.ok, check.text) for check in checks]


def test_a_database_up_to_date_is_well_and_counts_its_dossiers(tmp_path: Path) -> None:
    assert told(given_checks(settings_of(tmp_path / "none")))[0] == ("base", True, "rien n'a encore été donné")
    settings = settings_of(empty_home(tmp_path))
    base, dossiers, disk = told(given_checks(settings))
    assert base == ("base", True, f"répond, à jour (format {FORMAT})") and list(format_check(settings)) == []
    assert dossiers == ("dossiers", True, "0 dossier, 0 étude") and disk[0] == "disque" and "Go libres" in disk[2]
    relay = next(iter(told(check for check in mail_checks(settings, NOW) if check.name == "relais")))
    assert relay[:2] == ("relais", False) and relay[2].startswith("127.0.0.1:9 ne répond pas")
    assert told(letters_checks(settings, NOW)) == [("messages", True, "aucun n'attend")]
    assert told(letters_checks(settings_of(tmp_path, smtp_url=None), NOW)) == []
    assert told(letters_checks(settings_of(tmp_path / "none"), NOW)) == []
    wrong = settings_of(tmp_path, mail_from="personne")
    assert [check[:2] for check in told(letters_checks(wrong, NOW))] == [("messages", False)]
    assert [check[:2] for check in told(mail_checks(wrong, NOW))] == [("courriel", False)]


def test_a_database_of_a_later_version_is_served_or_refused_in_a_sentence(tmp_path: Path) -> None:
    served = of_format(tmp_path / "served", FORMAT + 1, FORMAT)
    (later,) = told(format_check(served))
    assert later[:2] == ("base", False) and f"plus récente de Vivier (format {FORMAT + 1})" in later[2]
    refused = of_format(tmp_path / "refused", FORMAT + 2, FORMAT + 1)
    (base,) = told(format_check(refused))
    assert base[:2] == ("base", False) and "plus récente de Vivier" in base[2]
    assert next(check[:2] for check in told(given_checks(refused))) == ("base", False)
    assert told(letters_checks(refused, NOW)) == []  # said of the database, once
    found = told(mail_checks(refused, NOW))
    assert [check[:2] for check in found] == [("courriel", True), ("relais", False)]
    assert found[0][2] == f"Vivier <v@exemple.example>, liens vers {PUBLIC}"


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(tmp_path / "a" / "b")
    for free, ok in ((LEAST_FREE, True), (LEAST_FREE - 1, False)):
        monkeypatch.setattr("vivier.given.check.shutil.disk_usage", lambda _, free=free: type("U", (), {"free": free}))
        check = disk_check(settings)
        low = "1 Go libres : moins que n'en prend une construction"
        assert check == Check("disque", ok, "1 Go libres" if ok else low)
        assert check.command == (None if ok else "vivier purge")
