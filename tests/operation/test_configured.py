"""What does not go together in the settings, and what they name that does not answer: one sentence for each."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from tests.ports import free_port
from vivier.operation.configured import settings_checks
from vivier.settings import Settings

READ = ("réglages", True, "lus")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this machine."""
    for name in os.environ:
        if name.startswith("VIVIER_"):
            monkeypatch.delenv(name)


def told(home: Path, **more: object) -> list[tuple[str, bool, str]]:
    settings = Settings.model_validate({"home": home, "rate": 0, **more})
    return [(check.name, check.ok, check.text) for check in settings_checks(settings)]


def test_a_shared_counter_answers_or_nobody_is_counted_and_without_a_limit_it_is_not_asked(tmp_path: Path) -> None:
    counter = f"redis://127.0.0.1:{free_port()}"
    away = ("limites", False, "VIVIER_RATE_STORE ne répond pas : personne n'est compté")
    assert told(tmp_path, rate=60, rate_store=counter) == [READ, away]
    assert told(tmp_path, rate_store=counter) == told(tmp_path, rate=60) == [READ]
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                while sent := connection.recv(4_096):
                    connection.sendall(b"+PONG\r\n" if b"PING" in sent else b"+OK\r\n" * sent.count(b"*"))

        threading.Thread(target=answer, daemon=True).start()
        found = told(tmp_path, rate=60, rate_store=f"redis://127.0.0.1:{listening.getsockname()[1]}")
    assert found == [READ, ("limites", True, "le compteur partagé répond")]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"public_url": "https://vivier.example"},
            "VIVIER_PUBLIC_URL annonce un mandataire que VIVIER_TRUSTED_PROXIES ne nomme pas : tous ses lecteurs comptent pour un seul",
        ),
        ({"public_url": "https://vivier.example", "trusted_proxies": "10.0.0.1"}, None),
        ({"trusted_proxies": "10.0.0.1"}, None),
        (
            {"mail_from": "a@exemple.example"},
            "le courriel est réglé à moitié : il manque VIVIER_SMTP_URL, VIVIER_MAIL_KEY, VIVIER_PUBLIC_URL",
        ),
        (
            {"mail_key": "A" * 43 + "="},
            "le courriel est réglé à moitié : il manque VIVIER_SMTP_URL, VIVIER_MAIL_FROM, VIVIER_PUBLIC_URL",
        ),
        (
            {"smtp_url": "smtp://127.0.0.1:25"},
            "le courriel est réglé à moitié : il manque VIVIER_MAIL_FROM, VIVIER_MAIL_KEY, VIVIER_PUBLIC_URL",
        ),
        ({"opensearch_user": "a"}, "VIVIER_OPENSEARCH_USER et VIVIER_OPENSEARCH_PASSWORD vont ensemble"),
        ({"opensearch_password": "a"}, "VIVIER_OPENSEARCH_USER et VIVIER_OPENSEARCH_PASSWORD vont ensemble"),
        ({"opensearch_user": "a", "opensearch_password": "b"}, None),
    ],
)
def test_settings_that_do_not_go_together_are_told(
    tmp_path: Path, settings: dict[str, str], sentence: str | None
) -> None:
    assert told(tmp_path, **settings) == [READ, *([] if sentence is None else [("réglages", False, sentence)])]


def test_a_variable_that_does_not_exist_is_told_with_the_one_that_it_resembles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVIER_ZZZ", "1")
    monkeypatch.setenv("VIVIER_AAA", "1")
    unread = "lus, mais sans effet, car ces réglages n'existent pas ou plus : VIVIER_AAA, VIVIER_ZZZ"
    assert told(tmp_path) == [("réglages", True, unread)]
    monkeypatch.setenv("VIVIER_WORKRS", "1")
    wrong = "VIVIER_WORKRS n'existe pas : vouliez-vous dire VIVIER_WORKERS ?"
    assert told(tmp_path) == [("réglages", False, wrong)]
