"""The hooks run before a commit: local commands of the virtual environment, which exist."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import yaml

from tests.house.walk import ROOT

REPOSITORIES: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf8"))[
    "repos"
]
HOOKS: list[dict[str, Any]] = [hook for repository in REPOSITORIES for hook in repository["hooks"]]


def test_every_hook_is_local_and_needs_no_network() -> None:
    assert {repository["repo"] for repository in REPOSITORIES} == {"local"}
    assert {hook["language"] for hook in HOOKS} == {"system"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_program_that_is_there(hook: dict[str, Any]) -> None:
    """``make lint`` and the tests of ``docs/`` run what the hooks run."""
    words = shlex.split(hook["entry"])
    if not (ROOT / ".venv").exists():
        pytest.skip("hooks use the tools of .venv, and there is none here")
    assert (ROOT / words[0]).is_file(), words[0]
