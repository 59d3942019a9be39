"""Settings: few enough to be read, and secrets that a file may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from vivier.errors import InvalidRequest
from vivier.settings import Settings, misspelt_variables, variables

MOST = 40
"""A setting is one when two operators would set it differently. The others are constants, or options of a verb."""


def test_there_are_at_most_forty_settings() -> None:
    assert len(Settings.model_fields) <= MOST


def test_a_file_may_hold_any_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("smtps://relais.example:465\n", encoding="utf8")
    monkeypatch.setenv("VIVIER_SMTP_URL_FILE", str(file))
    url = Settings().smtp_url
    assert url is not None and url.get_secret_value() == "smtps://relais.example:465"
    assert "VIVIER_OPENSEARCH_PASSWORD_FILE" in variables() and misspelt_variables() == {}


@pytest.mark.parametrize("content", [None, " \n", "\xff"])
def test_a_file_without_secret_is_refused_by_the_name_of_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content, encoding="latin-1")
    monkeypatch.setenv("VIVIER_MAIL_KEY_FILE", str(file))
    with pytest.raises(InvalidRequest, match="vide ou illisible") as refused:
        Settings()
    assert [error.field for error in refused.value.errors] == ["VIVIER_MAIL_KEY_FILE"]


def test_a_secret_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("un", encoding="utf8")
    monkeypatch.setenv("VIVIER_MAIL_KEY_FILE", str(file))
    monkeypatch.setenv("VIVIER_MAIL_KEY", "deux")
    with pytest.raises(InvalidRequest, match="deux fois"):
        Settings()
