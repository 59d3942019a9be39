"""The files given to run Vivier: what they name exists, whether figure, setting, verb or section."""

from __future__ import annotations

import json
import re
import tomllib
from configparser import ConfigParser
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from search_api.metrics import COUNTED, Looked
from tests.engine.crash import publish
from tests.house.walk import ROOT
from vivier.cli.command import VERBS
from vivier.engine.embedded.store import EmbeddedStore
from vivier.operation.checks import LastStates
from vivier.operation.checks import figures as of_home
from vivier.settings import Settings, variables

DEPLOY = ROOT / "deploy"
RULES: list[dict[str, Any]] = yaml.safe_load((DEPLOY / "prometheus/vivier.rules.yml").read_text("utf8"))["groups"][0][
    "rules"
]
BOARD: dict[str, Any] = json.loads((DEPLOY / "grafana/vivier.json").read_text("utf8"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in BOARD["panels"] for target in panel["targets"]
]
_PARTS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all the figures that are served."""
    store = EmbeddedStore(tmp_path_factory.mktemp("figures"))
    publish(store, 1)
    counted = [family for figure in COUNTED for family in figure.describe()]
    home = Settings(home=tmp_path_factory.mktemp("home"))
    looked = list(Looked(store, (), partial(of_home, home, LastStates(home))).collect())
    store.close()
    return {family.name + part for family in (*counted, *looked) for part in _PARTS[family.type]}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_figure_that_is_read_is_served(expression: str, figures: set[str]) -> None:
    named = set(re.findall(r"\bvivier_\w+", expression))
    assert named <= figures
    assert named or expression.startswith("up{")


def test_every_figure_that_is_served_is_on_the_dashboard(figures: set[str]) -> None:
    shown = " ".join(EXPRESSIONS)
    families = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in figures}
    assert [name for name in families if name not in shown] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_grave_it_is_and_which_section_to_read(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    page, section = re.fullmatch(r"(docs/\w+\.md), « (.+) »", rule["annotations"]["runbook"]).groups()  # type: ignore[union-attr]
    assert f"\n## {section}\n" in (ROOT / page).read_text(encoding="utf8")


def test_panels_do_not_cover_one_another() -> None:
    covered = [
        (x, y)
        for panel in BOARD["panels"]
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(covered) == len(set(covered))


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text(encoding="utf8"))
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_verbs_and_settings_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf8")
    known = {*variables()}
    assert set(re.findall(r"VIVIER_[A-Z_]+", text)) <= known
    assert {
        words.split()[0] for words in re.findall(r"^Exec\w+=/opt/vivier/bin/vivier (.+)$", text, re.MULTILINE)
    } <= set(VERBS)
    assert unit(path).sections()


def test_the_service_takes_the_socket_that_systemd_holds_and_has_no_right_to_spare() -> None:
    own = unit(DEPLOY / "systemd/vivier.service")
    assert own["Unit"]["Requires"] == "vivier.socket"
    assert own["Service"]["CapabilityBoundingSet"] == "" and own["Service"]["NoNewPrivileges"] == "true"
    assert own["Service"]["ReadWritePaths"] == "/var/lib/vivier" and own["Service"]["User"] == "vivier"
    assert unit(DEPLOY / "systemd/vivier.socket")["Socket"]["ListenStream"].startswith("127.0.0.1:")


def test_a_build_that_takes_too_much_memory_does_not_stop_what_serves() -> None:
    assert unit(DEPLOY / "systemd/vivier.service")["Service"]["OOMPolicy"] == "continue"


def test_what_is_installed_by_hash_has_each_part_that_a_setting_asks_for() -> None:
    (file,) = re.findall(r"--require-hashes -r (\S+)", (DEPLOY / "README.md").read_text("utf8"))
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / file).read_text("utf8"), re.MULTILINE))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["optional-dependencies"]
    wanted = [name for extra in ("crawl", "mcp", "postgresql", "redis") for name in extras[extra]]
    assert {re.split(r"[\[<>=]", name)[0] for name in wanted} <= pinned
