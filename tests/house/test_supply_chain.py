"""``make audit`` never takes silence for an all-clear."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scripts import notice
from scripts.audit import LOCKED, main
from tests.house.walk import ROOT

pytestmark = pytest.mark.slow


def tool(bin_: Path, name: str, answer: str) -> None:
    """A program that gives an answer, as the tools of that name do in these cases."""
    (bin_ / name).write_text(f"#!/bin/sh\ncat <<'EOF'\n{answer}\nEOF\n")
    (bin_ / name).chmod(0o755)


def audited(folder: Path, *, secrets: object, dependencies: str) -> int:
    tool(folder, "detect-secrets", json.dumps({"results": secrets}))
    tool(folder, "pip-audit", dependencies)
    return main(folder)


def test_dependencies_that_nobody_knows_are_told_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skipped = {"dependencies": [{"name": "numpy", "skip_reason": "Dependency not found on PyPI"}]}
    assert audited(tmp_path, secrets={}, dependencies=json.dumps(skipped)) == 0
    shown = capsys.readouterr()
    assert "0 dépendances comparées" in shown.out
    assert shown.err.count("NON VÉRIFIÉ") == len(LOCKED)


def test_a_service_that_does_not_answer_is_told_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(tmp_path, secrets={}, dependencies="ConnectionError") == 0
    assert capsys.readouterr().err.count("NON VÉRIFIÉ") == len(LOCKED)


def test_a_known_vulnerability_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = {"dependencies": [{"name": "jinja2", "version": "2.10", "vulns": [{"id": "PYSEC-2019-217"}]}]}
    assert audited(tmp_path, secrets={}, dependencies=json.dumps(known)) == 1
    assert "jinja2 2.10, PYSEC-2019-217" in capsys.readouterr().out


def test_a_secret_is_a_failure_that_names_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = {"a.py": [{"line_number": 3, "type": "AWS Access Key", "hashed_secret": "ab12"}]}
    assert audited(tmp_path, secrets=secret, dependencies='{"dependencies": []}') == 1
    assert "a.py:3 AWS Access Key ab12" in capsys.readouterr().out


def test_the_notice_of_an_image_names_the_licence_of_all_that_it_distributes() -> None:
    packages = {package.name.lower().replace("_", "-").replace(".", "-"): package for package in notice.installed()}
    locked = (ROOT / "requirements/image.txt").read_text("utf8")
    named = set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE)) & packages.keys()  # others are for other systems
    assert len(named) > 100
    written = "\n".join(notice.lines([packages[name] for name in sorted(named)]))
    for name in named:
        assert notice.licence(packages[name]) or notice.texts(packages[name]), name
        assert f"{packages[name].name} {packages[name].version}" in written
