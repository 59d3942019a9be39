"""What is given to run Vivier in containers: nothing published that should not be, everything bounded and pinned."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.house.walk import ROOT
from vivier.settings import Settings, variables

COMPOSES: dict[str, dict[str, Any]] = {
    name: yaml.safe_load((ROOT / name).read_text(encoding="utf8"))
    for name in ("docker-compose.yml", "deploy/opensearch-three-nodes.yml")
}
ALL = [(file, name) for file, compose in COMPOSES.items() for name in compose["services"]]
NODES = [(file, name) for file, name in ALL if name.startswith("opensearch")]
VIVIERS = [(file, name) for file, name in ALL if name == "vivier"]
_OPERATOR = ("OPERATOR_NAME", "OPERATOR_ADDRESS", "OPERATOR_CONTACT", "OPERATOR_DIRECTOR", "OPERATOR_HOST")
_SECRETS = ("BACKUP_KEY", "OPPOSITION_SALT", "SMTP_URL", "MAIL_FROM", "MAIL_KEY")
OWN = [f"VIVIER_{name}" for name in (*_OPERATOR, *_SECRETS)]
"""Settings that an operator alone knows."""
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf8")


def service(of: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSES[of[0]]["services"][of[1]]
    return found


@pytest.mark.parametrize(("file", "nodes"), list(zip(COMPOSES, (1, 3), strict=True)))
def test_there_is_one_service_and_as_many_nodes_as_the_file_says(file: str, nodes: int) -> None:
    assert [name for _, name in VIVIERS] == ["vivier"] * 2
    assert sum(of[0] == file for of in NODES) == nodes


@pytest.mark.parametrize("of", NODES)
def test_opensearch_is_never_published(of: tuple[str, str]) -> None:
    assert "ports" not in service(of)
    assert service(of)["networks"] == ["engine"]
    assert COMPOSES[of[0]]["networks"]["engine"] == {"internal": True}


@pytest.mark.parametrize("of", VIVIERS)
def test_vivier_listens_on_this_machine_only(of: tuple[str, str]) -> None:
    assert service(of)["ports"]
    for port in service(of)["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:\d+:8000", port)


@pytest.mark.parametrize("of", ALL)
def test_no_service_is_privileged_or_on_the_network_of_the_host(of: tuple[str, str]) -> None:
    assert not {"privileged", "network_mode", "pid", "cap_add", "devices"} & service(of).keys()


@pytest.mark.parametrize("of", VIVIERS)
def test_the_service_writes_nowhere_but_in_its_volume_and_may_do_nothing_else(of: tuple[str, str]) -> None:
    assert service(of)["read_only"] is True
    assert service(of)["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("of", ALL)
def test_every_service_has_a_health_check_and_starts_again(of: tuple[str, str]) -> None:
    check = service(of)["healthcheck"]
    assert check.keys() >= {"test", "interval", "timeout", "retries"}
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert service(of)["restart"] == "unless-stopped"


@pytest.mark.parametrize("of", VIVIERS)
def test_the_service_waits_for_healthy_nodes_and_knows_them_all(of: tuple[str, str]) -> None:
    nodes = [name for file, name in NODES if file == of[0]]
    beside = [name for file, name in ALL if file == of[0] and name == "postgres"]
    assert service(of)["depends_on"] == {name: {"condition": "service_healthy"} for name in (*nodes, *beside)}
    assert service(of)["environment"]["VIVIER_OPENSEARCH_URL"] == ",".join(f"http://{name}:9200" for name in nodes)


@pytest.mark.parametrize("of", ALL)
def test_every_service_has_a_memory_limit(of: tuple[str, str]) -> None:
    assert re.fullmatch(r"\d+[mg]", service(of)["mem_limit"])


@pytest.mark.parametrize("of", NODES)
def test_the_heap_of_opensearch_is_half_of_its_memory_and_its_files_are_many(of: tuple[str, str]) -> None:
    least, most = re.findall(r"-Xm[sx](\d+)g", service(of)["environment"]["OPENSEARCH_JAVA_OPTS"])
    assert least == most
    assert int(service(of)["mem_limit"][:-1]) >= 2 * int(most)
    assert service(of)["ulimits"]["nofile"] == {"soft": 65536, "hard": 65536}
    assert service(of)["ulimits"]["memlock"] == {"soft": -1, "hard": -1}


@pytest.mark.parametrize("file", COMPOSES)
def test_every_volume_used_is_declared_and_every_declared_one_is_used(file: str) -> None:
    volumes = [volume for of in ALL if of[0] == file for volume in service(of)["volumes"]]
    used = {volume.split(":")[0] for volume in volumes if not volume.startswith("./")}
    assert used == set(COMPOSES[file]["volumes"])


@pytest.mark.parametrize("of", ALL)
def test_what_is_written_goes_to_a_volume(of: tuple[str, str]) -> None:
    if of in NODES:
        assert f"{of[1]}:/usr/share/opensearch/data" in service(of)["volumes"]
    elif of[1] == "postgres":
        assert service(of)["volumes"] == ["postgres:/var/lib/postgresql/data"]
    elif of[1] == "proxy":
        assert "certificates:/data" in service(of)["volumes"]
    else:
        assert service(of)["environment"]["VIVIER_HOME"] == "/data"
        assert "vivier:/data" in service(of)["volumes"]


def test_three_nodes_know_one_another_share_copies_and_may_lose_one() -> None:
    three = [of for of in NODES if of[0] == "deploy/opensearch-three-nodes.yml"]
    names = ",".join(name for _, name in three)
    for of in three:
        environment = service(of)["environment"]
        assert environment["node.name"] == of[1] and "discovery.type" not in environment
        assert environment["discovery.seed_hosts"] == environment["cluster.initial_cluster_manager_nodes"] == names
        for side in ("follower", "leader"):  # docs/operate-opensearch.md, « A node that stops »
            assert environment[f"cluster.fault_detection.{side}_check.timeout"] == "1s"
        assert f"snapshots:{environment['path.repo']}" in service(of)["volumes"]
    given = service(("deploy/opensearch-three-nodes.yml", "vivier"))["environment"]
    assert given["VIVIER_OPENSEARCH_REPLICAS"] == "1"


def test_images_are_pinned_to_a_version() -> None:
    images = [service(of)["image"] for of in ALL if of not in VIVIERS]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert images
    for image in images:
        assert re.search(r":\d+\.\d+", image), image


def test_the_proxy_alone_is_published_and_no_secret_is_written_in_the_file() -> None:
    compose = COMPOSES["docker-compose.yml"]
    assert compose["services"]["proxy"]["ports"] == ["80:80", "443:443"]
    assert compose["services"]["postgres"]["networks"] == ["database"] and compose["networks"]["database"]["internal"]
    assert "ports" not in compose["services"]["postgres"]
    for name, one in compose["services"].items():
        assert set(one.get("secrets", ())) <= compose["secrets"].keys()
        for variable, value in one.get("environment", {}).items():
            secret = re.search("PASS|TOKEN|KEY", variable)
            assert secret is None or str(value).startswith("/run/secrets/"), (name, variable)
    assert "secrets/" in (ROOT / ".gitignore").read_text("utf8").split()
    assert "secrets" in (ROOT / ".dockerignore").read_text("utf8").split()


@pytest.mark.parametrize("of", VIVIERS)
def test_the_settings_given_to_the_service_exist(of: tuple[str, str]) -> None:
    known = {*variables()}
    given = service(of)["environment"]
    assert set(given) - {"PGPASSFILE"} <= known
    plain = {name: value for name, value in given.items() if name.startswith("VIVIER_") and not name.endswith("_FILE")}
    Settings.model_validate({name.removeprefix("VIVIER_").lower(): value for name, value in plain.items()})


@pytest.mark.parametrize("of", VIVIERS)
def test_who_runs_the_service_writes_keys_mail_and_names_in_one_file_beside(of: tuple[str, str]) -> None:
    """An exported variable reaches no container: each setting of a person is read from ``vivier.env``."""
    (given,) = service(of)["env_file"]
    assert given["required"] is False and (ROOT / of[0]).parent.joinpath(given["path"]).resolve() == ROOT / "vivier.env"
    assert not {*OWN} & service(of)["environment"].keys()
    for ignored in (".gitignore", ".dockerignore"):
        assert "vivier.env" in (ROOT / ignored).read_text("utf8").replace("/vivier", "vivier").split()


def test_the_file_to_fill_in_names_settings_that_exist_and_those_that_an_operator_is_told_to_set() -> None:
    named = re.findall(r"^#(VIVIER_\w+)=", (ROOT / "deploy/vivier.env").read_text("utf8"), re.MULTILINE)
    assert set(named) <= {*variables()} and {*OWN} <= set(named)


def test_three_nodes_trust_the_proxy_of_their_machine_and_say_what_they_lack() -> None:
    text = (ROOT / "deploy/opensearch-three-nodes.yml").read_text("utf8")
    compose = COMPOSES["deploy/opensearch-three-nodes.yml"]
    trusted = compose["services"]["vivier"]["environment"]["VIVIER_TRUSTED_PROXIES"]
    assert compose["networks"]["front"]["ipam"]["config"] == [{"subnet": trusted}]
    head = text[: text.index("x-node")]
    assert (
        all(lacking in head for lacking in ("proxy", "PostgreSQL", "/revue")) and "postgres" not in compose["services"]
    )


@pytest.mark.parametrize("of", NODES)
def test_the_compose_file_runs_the_opensearch_that_is_tested(of: tuple[str, str]) -> None:
    tested = re.search(r"<opensearch\.version>([\d.]+)<", (ROOT / "tests/opensearch_node/pom.xml").read_text("utf8"))
    assert tested is not None
    assert service(of)["image"] == f"opensearchproject/opensearch:{tested[1]}"


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
