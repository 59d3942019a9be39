"""What is given to run Vivier in containers: nothing published that should not be, everything bounded and pinned."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.house.walk import ROOT
from vivier.settings import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf8")


def test_there_is_one_engine_and_one_service() -> None:
    assert set(SERVICES) == {"opensearch", "vivier"}


def test_opensearch_is_never_published() -> None:
    engine = SERVICES["opensearch"]
    assert "ports" not in engine
    assert engine["networks"] == ["engine"]
    assert COMPOSE["networks"]["engine"] == {"internal": True}


def test_vivier_listens_on_this_machine_only() -> None:
    assert SERVICES["vivier"]["ports"]
    for port in SERVICES["vivier"]["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:\d+:8000", port)


def test_no_service_is_privileged_or_on_the_network_of_the_host() -> None:
    for name, service in SERVICES.items():
        assert not {"privileged", "network_mode", "pid", "cap_add", "devices"} & service.keys(), name
    assert SERVICES["vivier"]["read_only"] is True
    assert SERVICES["vivier"]["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_and_starts_again(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check.keys() >= {"test", "interval", "timeout", "retries"}
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_the_service_waits_for_a_healthy_engine() -> None:
    assert SERVICES["vivier"]["depends_on"] == {"opensearch": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_memory_limit(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])


def test_the_heap_of_opensearch_is_half_of_its_memory() -> None:
    heap = re.findall(r"-Xm[sx](\d+)g", SERVICES["opensearch"]["environment"]["OPENSEARCH_JAVA_OPTS"])
    assert heap == ["1", "1"]
    assert int(SERVICES["opensearch"]["mem_limit"][:-1]) >= 2 * int(heap[0])


def test_every_volume_used_is_declared_and_every_declared_one_is_used() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert used == set(COMPOSE["volumes"])


def test_what_is_written_goes_to_a_volume() -> None:
    assert SERVICES["vivier"]["environment"]["VIVIER_HOME"] == "/data"
    assert "vivier:/data" in SERVICES["vivier"]["volumes"]
    assert "opensearch:/usr/share/opensearch/data" in SERVICES["opensearch"]["volumes"]


def test_images_are_pinned_to_a_version() -> None:
    images = [service["image"] for service in SERVICES.values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert images
    for image in images:
        assert re.search(r":\d+\.\d+", image), image


def test_the_settings_given_to_the_service_exist() -> None:
    known = {f"VIVIER_{name.upper()}" for name in Settings.model_fields}
    given = SERVICES["vivier"]["environment"]
    assert set(given) <= known
    Settings.model_validate({name.removeprefix("VIVIER_").lower(): value for name, value in given.items()})


def test_the_compose_file_runs_the_opensearch_that_is_tested() -> None:
    tested = re.search(r"<opensearch\.version>([\d.]+)<", (ROOT / "tests/opensearch_node/pom.xml").read_text("utf8"))
    assert tested is not None
    assert SERVICES["opensearch"]["image"] == f"opensearchproject/opensearch:{tested[1]}"


def test_the_image_runs_as_somebody_who_is_not_root() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    assert re.search(r"useradd --system --uid [1-9]\d+ .*\bvivier\b", last)
    user, command = last.index("\nUSER vivier\n"), last.index("\nCMD ")
    assert user < command


def test_the_image_installs_locked_and_hashed_dependencies_only() -> None:
    installs = re.findall(r"pip install ([^&\n]+)", DOCKERFILE)
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-deps" in install, install


def test_nothing_of_the_repository_but_the_product_enters_the_image() -> None:
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf8").split())
    assert {".git", ".venv", "tests", "benchmarks"} <= left_out
