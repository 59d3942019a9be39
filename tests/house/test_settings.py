"""Settings: few enough to be read, and secrets that a file may hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from vivier.cli.options import unknown_sources
from vivier.cli.terminal import settings_of
from vivier.errors import InvalidRequest
from vivier.operation.configured import settings_checks
from vivier.settings import Settings, misspelt_variables, variables

MOST = 41
"""A setting is one when two operators would set it differently. The others are constants, or options of a verb."""


def test_there_are_at_most_forty_one_settings() -> None:
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


BAD = {
    "GIVEN_URL": "garbage",
    "RATE_STORE": "bogus://",
    "TRUSTED_PROXIES": "proxy.local",
    "CONTACT_URL": "nope",
    "OPERATOR_CONTACT": "<script>",
    "MAIL_KEY": "abc",
    "BACKUP_KEY": "abc",
    "OPPOSITION_SALT": "short",
    "REVIEW_TOKEN": "short",
    "SIZE": "planet",
    "OPENSEARCH_CA": "/nonexistent",
    "OPENSEARCH_CERTIFICATE": "/nonexistent",
    "OPENSEARCH_URL": "nope",
    "PUBLIC_URL": "nope",
    "TRACE_URL": "nope",
    "METRICS_PORT": "99999",
    "WORKERS": "0",
    "LOG": "xml",
    "TILES_URL": "nope",
}


@pytest.mark.parametrize(("name", "value"), BAD.items())
def test_a_value_that_cannot_be_used_is_refused_at_the_start_in_one_sentence_without_the_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"VIVIER_{name}", value)
    with pytest.raises(InvalidRequest) as refused:
        settings_of()
    (error,) = refused.value.errors
    assert error.field == f"VIVIER_{name}" and "valeur" not in error.message.removesuffix("valeur admise")
    if name in ("GIVEN_URL", "MAIL_KEY", "BACKUP_KEY"):
        assert value not in error.message


def test_settings_that_do_not_go_together_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, opensearch_user="vivier", public_url="https://vivier.example", smtp_url=SecretStr("smtp://x")
    )
    found = [check.text for check in settings_checks(settings) if not check.ok]
    assert len(found) == 3 and "OPENSEARCH_PASSWORD" in found[2] and "VIVIER_MAIL_FROM" in found[1]
    unknown = settings.model_copy(update={"crawl_off": "nosuchsource, website"})
    assert ["nosuchsource" in check.text for check in unknown_sources(unknown)] == [True]


def test_a_secret_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("un", encoding="utf8")
    monkeypatch.setenv("VIVIER_MAIL_KEY_FILE", str(file))
    monkeypatch.setenv("VIVIER_MAIL_KEY", "deux")
    with pytest.raises(InvalidRequest, match="deux fois"):
        Settings()


def test_a_setting_whose_library_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"rate_store": "redis://127.0.0.1:6379"}
    Settings.model_validate(given)
    monkeypatch.setitem(sys.modules, "redis", None)
    Settings.model_validate({"rate_store": "memory://"})
    with pytest.raises(ValueError, match="pip install"):
        Settings.model_validate(given)


def test_the_json_of_a_former_sign_on_is_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_on = json.dumps({"issuer": "https://id.example", "client_id": "vivier-fictif"})
    monkeypatch.setenv("VIVIER_REVIEW_TOKEN", sign_on)
    with pytest.raises(InvalidRequest, match="operate-sign-on") as refused:
        settings_of(tmp_path)
    assert "vivier-fictif" not in str(refused.value)


def test_mail_that_is_set_by_half_is_told(tmp_path: Path) -> None:
    bare = Settings(home=tmp_path)
    half = "le courriel est réglé à moitié"
    for given in ({"smtp_url": SecretStr("smtp://a")}, {"mail_from": "a@b.example"}, {"mail_key": SecretStr("k")}):
        assert any(half in check.text for check in settings_checks(bare.model_copy(update=given)))
    page = bare.model_copy(update={"public_url": "https://a.example"})
    assert not any(half in check.text for check in (*settings_checks(bare), *settings_checks(page)))
