"""The doctor asks whether clients can be told apart and counted."""

from __future__ import annotations

from pathlib import Path

from indexer.doctor import diagnose
from vivier.settings import Settings


def checks(tmp_path: Path, **more: str) -> dict[str, bool]:
    settings = Settings.model_validate({"home": tmp_path, **more})
    found = [check for check in diagnose(settings) if "VIVIER_TRUSTED_PROXIES" in check.text or check.name == "limites"]
    return {check.name: check.ok for check in found}


def test_a_public_address_without_a_named_proxy_is_to_correct(tmp_path: Path) -> None:
    public = {"public_url": "https://vivier.example.org"}
    assert checks(tmp_path, **public) == {"réglages": False}
    assert checks(tmp_path, **public, trusted_proxies="127.0.0.1") == checks(tmp_path) == {}


def test_a_store_that_does_not_answer_is_to_correct(tmp_path: Path) -> None:
    assert checks(tmp_path, rate_store="redis://127.0.0.1:1") == {"limites": False}
    assert checks(tmp_path, rate_store="redis://127.0.0.1:1", rate="0") == {}
