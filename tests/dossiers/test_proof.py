"""``docs/check_dossier.py``: the figures of a dossier are recomputed offline by a program that knows nothing of ours."""

from __future__ import annotations

import copy
import math
import random
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dossiers.conftest import LOT, House
from tests.house.walk import ROOT
from vivier.desk.dossier import canonical, digest

CHECKER = ROOT / "docs" / "check_dossier.py"
LOTS = [
    {**LOT, "amount": "entre 200 000 et 280 000"},
    {"text": "nettoyage des locaux", "place": "Ille-et-Vilaine", "amount": 90_000, "months": 36, "taken_over": "20 %"},
    {"text": "élagage", "place": "Rennes"},
    {"text": "zzyzx"},
]


@pytest.fixture(scope="module")
def checker() -> dict[str, Any]:
    return runpy.run_path(str(CHECKER))


def run(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The program alone: no package of ours, nor of anybody, can be imported."""
    command = [sys.executable, "-I", "-S", str(CHECKER), str(path), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_more_than_a_hundred_figures_of_a_dossier_are_recomputed_offline(house: House, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    file.write_bytes(orjson.dumps(house.read(house.issue(lots=LOTS))))
    done = run(file)
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(done.stdout.split()[0]) > 150 and done.stdout.strip().endswith("0 differ.")
    letters = {line[1] for line in run(file, "--list").stdout.splitlines() if line.startswith("(")}
    assert letters == set("acdej")


@pytest.mark.slow
def test_each_figure_changed_is_seen_even_when_the_file_is_sealed_again(
    house: House, checker: dict[str, Any], tmp_path: Path
) -> None:
    body = house.read(house.issue(lots=LOTS[:1]))
    changes = [
        (("hours", "central", "insertion_hours"), 7),
        (("hours", "by_effort", 1, "high"), 7),
        (("articles", 0, "candidates"), 7_000),
        (("annual_amount",), 7.0),
        (("proof", "odds", "rows", 0, 0), 0.123),
    ]
    for path, new in changes:
        forged = copy.deepcopy(body)
        node: Any = forged["lots"][0]
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = new
        forged["sha256"] = digest(forged)
        wrong = [each for each in checker["figures"](forged) if not checker["agree"](each[2], each[3])]
        assert len(wrong) >= 2, path  # the figure, and the hash of the analysis


def test_what_is_no_dossier_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"format": "vivier-dossier-2"}', "utf8")
    assert run(file).returncode == 2 and "vivier-dossier-3" in run(file).stderr
    assert run(tmp_path / "absent.json").returncode == 2


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(), _JSON, max_size=4))
def test_the_canonical_text_is_that_of_the_service(body: dict[str, Any]) -> None:
    """Every number and every letter: the hash of another program is that of ours."""
    found = runpy.run_path(str(CHECKER))["written"]({name: value for name, value in body.items() if name != "sha256"})
    assert found.encode("utf-8", "surrogatepass") == canonical(body)


@given(
    hours=st.integers(0, 4_000),
    half=st.sampled_from([0.5, 0.4999999999, 0.0]),
    decimals=st.integers(0, 4),
)
def test_a_product_that_ends_in_half_a_unit_agrees_whichever_way_it_was_rounded(
    checker: dict[str, Any], hours: int, half: float, decimals: int
) -> None:
    unrounded = (hours + half) / 10**decimals
    rounded = checker["Rounded"](unrounded, decimals)
    for written in (round(unrounded, decimals), math.floor(unrounded * 10**decimals + 0.5) / 10**decimals):
        assert checker["agree"](written, rounded), (written, unrounded)
    assert not checker["agree"]((hours + 2) / 10**decimals, rounded)


def test_the_figure_that_accused_a_genuine_dossier_agrees(checker: dict[str, Any]) -> None:
    assert checker["agree"](163, checker["Rounded"](150_000 * 0.65 / 30 * 0.05, 0))


@pytest.mark.long
def test_a_thousand_genuine_lots_raise_no_alarm(house: House, checker: dict[str, Any]) -> None:
    drawn, checked = random.Random(53), 0
    for _ in range(20):
        lots = [
            {
                **LOTS[0],
                "amount": drawn.randrange(8_000, 900_000, 500),
                "months": drawn.choice((6, 12, 18, 24, 36, 48)),
            }
            for _ in range(50)
        ]
        body = house.read(house.issue(lots=lots))
        checked += len(lots)
        wrong = [each for each in checker["figures"](body) if not checker["agree"](each[2], each[3])]
        assert wrong == [], wrong[:3]
    assert checked == 1_000
