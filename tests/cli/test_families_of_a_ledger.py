"""A ledger shows its twenty largest families, and a bound that nobody knows as a dash."""

from __future__ import annotations

from typing import Any

import pytest

from tests.search_api.pages.html import plain
from vivier.cli.desk.ledger import _show


def test_twenty_families_are_shown_and_an_unknown_bound_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    share: dict[str, float | None] = {"least": 0.25, "most": None}
    rows = [{"name": f"F{n:02}", "amount": 10, "inclusive": share, "labelled": share} for n in range(1, 22)]
    body: Any = {"summary": ["Bilan."], "families": rows, "limits": ["Limite."]}
    one = {"id": "a", "name": "Serre", "town": None, "group_fr": "Sûre"}
    body["alternatives"] = [{"family": "F01", "said": "dit", "structures": [one, one | {"town": "Lille"}]}]
    _show(body)
    out = plain(capsys.readouterr().out)
    assert "Bilan." in out and "F20" in out and "F21" not in out
    assert "a Serre, lieu non publié (sûre)" in out and "a Serre, Lille (sûre)" in out and "Limite." in out
    (line,) = (line for line in out.splitlines() if "F01" in line and "%" in line)
    assert line.replace("\u00a0", " ").count("25 %") == 2 and line.count("–") == 1
