"""OpenSearch as operators keep it, with its security plugin: TLS, users, the role of docs/operate-opensearch.md, certificates, shards, replicas."""

from __future__ import annotations

import contextlib
import json
import re
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import yaml
from pydantic import SecretStr

from tests.conftest import SKIP_MARK
from tests.engine.compare import COLLECTION, build
from tests.engine.conftest import remove_all
from tests.engine.crash import answer_of, documents, publish, vocabulary, whole
from tests.opensearch_node.jars import NodeUnavailableError
from tests.opensearch_node.node import Node, opensearch_node
from tests.opensearch_node.secured import PASSWORD, Security
from tests.world.certificates import Authority
from vivier.engine.opensearch.access import access_of, layout_of
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable, InvalidRequest
from vivier.search.operators import All, Search
from vivier.settings import Settings

USER = "vivier"


def documented_role() -> dict[str, Any]:
    """The role that the documentation gives, by its name."""
    text = (Path(__file__).parents[2] / "docs" / "operate-opensearch.md").read_text("utf8")
    (role,) = re.findall(r"```yaml\n(vivier:\n.*?)```", text, re.DOTALL)
    return dict(yaml.safe_load(role))


@pytest.fixture(scope="module")
def security(tmp_path_factory: pytest.TempPathFactory) -> Security:
    """The user of the documented role, and one who has no right at all."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    return Security(authority, {**documented_role(), "nobody": {}})


@pytest.fixture(scope="module")
def secured(security: Security) -> Iterator[Node]:
    """A node with the security plugin."""
    try:
        with opensearch_node(heap="384m", kind=security.kind()) as node:
            yield node
    except NodeUnavailableError as reason:
        pytest.skip(f"{SKIP_MARK} : {reason}")


@pytest.fixture
def settings(security: Security, secured: Node, tmp_path: Path) -> Iterator[Settings]:
    """Those of the documented role. The indices are removed by who runs the cluster."""
    yield Settings(
        home=tmp_path,
        opensearch_url=secured.url,
        opensearch_user=USER,
        opensearch_password=SecretStr(PASSWORD),
        opensearch_ca=security.authority.file,
    )
    lose_indices(security, secured)


def lose_indices(security: Security, secured: Node) -> None:
    security.door.ask(f"{secured.url}/vivier-*,words-vivier-*", "DELETE")


def store_of(settings: Settings) -> OpenSearchStore:
    """To check a password takes the plugin a good part of a second, much more on a busy machine."""
    access = replace(access_of(settings), patience=5.0)
    return OpenSearchStore(settings.opensearch_hosts, settings.opensearch_prefix, access, layout_of(settings))


def refusal(settings: Settings, **changed: Any) -> str:
    """What is told of a first request."""
    store = store_of(settings.model_copy(update=changed))
    with contextlib.closing(store) as engine, pytest.raises(EngineUnavailable) as told:
        engine.live(COLLECTION)
    return str(told.value)


def of_a_certificate(file: Path) -> dict[str, Any]:
    """The settings of who shows a certificate and has no password."""
    by_password = {"opensearch_user": None, "opensearch_password": None}
    return {**by_password, "opensearch_certificate": file}


@pytest.mark.slow
def test_the_documented_role_builds_searches_goes_back_and_removes(settings: Settings) -> None:
    with contextlib.closing(store_of(settings)) as engine:
        assert "Aucun index" in engine.ready()[0]
        former = publish(engine, 1)
        latest = publish(engine, 2)
        assert answer_of(engine) == whole(2)
        assert engine.ready() == []
        engine.promote(COLLECTION, former)
        assert answer_of(engine) == whole(1)
        engine.remove(COLLECTION, latest)
        assert [one.name for one in engine.generations(COLLECTION)] == [former]


@pytest.mark.slow
def test_the_documented_role_reads_in_every_way(settings: Settings) -> None:
    with contextlib.closing(store_of(settings)) as engine:
        publish(engine, 1)
        reader = engine.open(COLLECTION)
        ids = {document["id"] for document in documents(1)}
        assert {hit.id for hit in reader.scan(All())} == ids
        assert {hit.id for hit in reader.stream(Search(limit=500))} == ids
        assert reader.get(["1-7"]) == {"1-7": {"mark": 1}}
        assert len(reader.members(All(), "networks", ("mark-1",))["mark-1"]) == len(ids)
        assert reader.group(All(), "networks", ())
        assert reader.vocabulary() == vocabulary(1)


@pytest.mark.slow
def test_the_documented_role_removes_what_a_killed_build_left(settings: Settings) -> None:
    with contextlib.closing(store_of(settings)) as engine:
        left = engine.build(COLLECTION)
        left.add(documents(1))
        left.search_ready()
        left.abandon()
        build(engine, documents(2), {"mark": 2})
        assert [one.meta for one in engine.generations(COLLECTION)] == [{"mark": 2}]


SHAPE = {"settings": {"number_of_shards": 1, "number_of_replicas": 0}}
TAKEN = {"actions": [{"add": {"index": "another", "alias": "vivier-suppliers"}}]}
NOT_ALLOWED = [
    ("PUT", "another-2", SHAPE),
    ("GET", "another/_search", None),
    ("GET", "_search", None),
    ("DELETE", "another", None),
    ("PUT", "another/_doc/1", {"id": "1"}),
    ("POST", "_aliases", TAKEN),
    ("GET", "_cluster/settings", None),
    ("PUT", "_cluster/settings", {"transient": {"cluster.routing.allocation.enable": "none"}}),
    ("PUT", "_snapshot/elsewhere", {"type": "fs", "settings": {"location": "elsewhere"}}),
    ("DELETE", "_snapshot/kept/a", None),
    ("PUT", "_snapshot/kept/b", None),
    ("GET", "_plugins/_security/api/internalusers", None),
    ("GET", "_nodes/stats", None),
]


@pytest.mark.slow
def test_the_documented_role_allows_nothing_else(settings: Settings, security: Security, secured: Node) -> None:
    security.door.ask(f"{secured.url}/another", "PUT", SHAPE)
    door = security.door_of(USER)
    for method, path, body in NOT_ALLOWED:
        with pytest.raises(HTTPError) as told:
            door.ask(f"{secured.url}/{path}", method, body)
        assert told.value.code == 403, (method, path)


def test_the_documented_role_reads_the_id_of_a_node(settings: Settings, security: Security, secured: Node) -> None:
    """By which a search prefers the nodes that answer, while another one does not."""
    described = security.door_of(USER).ask(f"{secured.url}/_nodes/_local?filter_path=nodes.*.name")
    assert len(described["nodes"]) == 1


@pytest.mark.slow
def test_a_certificate_that_names_the_user_is_as_good_as_the_password(settings: Settings, security: Security) -> None:
    shown = of_a_certificate(security.authority.certificate(USER))
    with contextlib.closing(store_of(settings.model_copy(update=shown))) as engine:
        publish(engine, 1)
        assert answer_of(engine) == whole(1)


@pytest.mark.slow
def test_a_wrong_password_is_told_as_such(settings: Settings) -> None:
    assert "VIVIER_OPENSEARCH_USER" in refusal(settings, opensearch_password=SecretStr("autre"))


@pytest.mark.slow
def test_who_has_no_right_is_told_where_the_role_is(settings: Settings) -> None:
    assert "docs/operate-opensearch.md" in refusal(settings, opensearch_user="nobody")


@pytest.mark.slow
def test_an_authority_that_is_not_known_is_told_as_such(settings: Settings) -> None:
    assert "VIVIER_OPENSEARCH_CA" in refusal(settings, opensearch_ca=None)


def test_a_host_that_the_certificate_does_not_name_is_told_as_such(settings: Settings) -> None:
    assert "autre nom" in refusal(settings, opensearch_url=settings.opensearch_url.replace("127.0.0.1", "localhost"))


@pytest.mark.slow
def test_a_certificate_that_the_node_does_not_know_is_told_as_such(settings: Settings, tmp_path: Path) -> None:
    stranger = Authority(tmp_path).certificate(USER)
    assert "VIVIER_OPENSEARCH_CERTIFICATE" in refusal(settings, **of_a_certificate(stranger))


def test_http_where_https_is_spoken_is_told_as_such(settings: Settings) -> None:
    assert "https" in refusal(settings, opensearch_url=settings.opensearch_url.replace("https", "http"))


def test_https_where_http_is_spoken_is_told_as_such(settings: Settings, opensearch_url: str) -> None:
    assert "http://" in refusal(settings, opensearch_url=opensearch_url.replace("http", "https"))


def test_the_password_is_shown_nowhere(settings: Settings) -> None:
    assert PASSWORD not in f"{access_of(settings)!r} {settings!r}"


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"opensearch_user": "vivier"}, "VIVIER_OPENSEARCH_USER"),
        ({"opensearch_password": "a"}, "VIVIER_OPENSEARCH_USER"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(given: dict[str, Any], variable: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest) as told:
        access_of(Settings(home=tmp_path, **given))
    assert [error.field for error in told.value.errors] == [variable]


def test_a_collection_that_does_not_exist_has_no_shards(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="contracts"):
        layout_of(Settings(home=tmp_path, opensearch_shards="contrats=2"))


def test_shards_are_given_for_all_collections_or_for_those_named(tmp_path: Path) -> None:
    named = layout_of(Settings(home=tmp_path, opensearch_shards="suppliers=3,contracts=2", opensearch_replicas="1"))
    shards = [named.filled(collection)["number_of_shards"] for collection in ("suppliers", "contracts", "notices")]
    assert shards == [3, 2, 1] and named.filled("notices")["number_of_replicas"] == 1
    assert layout_of(Settings(home=tmp_path, opensearch_shards="4")).filled("notices")["number_of_shards"] == 4


def test_shards_and_replicas_are_those_of_the_settings_and_answers_the_same(
    opensearch_url: str, tmp_path: Path
) -> None:
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    settings = Settings(
        home=tmp_path,
        opensearch_url=opensearch_url,
        opensearch_prefix=prefix,
        opensearch_shards="suppliers=3,contracts=2",
        opensearch_replicas="suppliers=1,contracts=0-all",
    )
    with contextlib.closing(store_of(settings)) as engine:
        name = publish(engine, 1)
        assert answer_of(engine) == whole(1)
    with urllib.request.urlopen(f"{opensearch_url}/{prefix}-{name}/_settings", timeout=10) as answer:
        (found,) = (index["settings"]["index"] for index in json.load(answer).values())
    remove_all(opensearch_url, prefix)
    given = {name: found[name] for name in ("number_of_shards", "number_of_replicas", "refresh_interval")}
    assert given == {"number_of_shards": "3", "number_of_replicas": "1", "refresh_interval": "30s"}
