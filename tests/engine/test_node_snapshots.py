"""Copies of generations in a repository of a real node, and their return after the indices are gone."""

from __future__ import annotations

import contextlib
import json
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.typed import run
from tests.engine.compare import serve
from tests.engine.conftest import remove_all
from tests.engine.crash import answer_of, documents, publish, vocabulary, whole
from tests.engine.village import doc
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import NotFound, NothingIndexed

pytestmark = pytest.mark.slow


def ask(url: str, path: str, method: str = "GET", body: object = None) -> dict:
    given = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/{path}", given, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture
def repository(opensearch_url: str) -> Iterator[str]:
    """A repository on the disk of the node, as who runs the cluster registers it."""
    name = f"copies-{uuid.uuid4().hex[:8]}"
    ask(opensearch_url, f"_snapshot/{name}", "PUT", {"type": "fs", "settings": {"location": name}})
    yield name
    ask(opensearch_url, f"_snapshot/{name}", "DELETE")


@pytest.fixture
def prefix(opensearch_url: str) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    remove_all(opensearch_url, name)


@pytest.fixture
def engine(opensearch_url: str, prefix: str) -> Iterator[OpenSearchStore]:
    with contextlib.closing(OpenSearchStore([opensearch_url], prefix)) as store:
        yield store


def test_what_is_in_service_comes_back_whole_after_a_loss(
    engine: OpenSearchStore, repository: str, opensearch_url: str, prefix: str
) -> None:
    publish(engine, 1)
    live = publish(engine, 2)
    serve(engine, [doc("c", text_name=["Marché"])], collection="buyers")
    engine.copy(repository)
    remove_all(opensearch_url, prefix)
    engine = OpenSearchStore([opensearch_url], prefix)
    with pytest.raises(NothingIndexed):
        engine.live("suppliers")
    assert {generation.collection for generation in engine.bring_back(repository)} == {"suppliers", "buyers"}
    assert answer_of(engine) == whole(2)
    assert engine.open("suppliers").vocabulary() == vocabulary(2)
    assert [generation.name for generation in engine.generations("suppliers")] == [live]


def test_a_copy_whose_indices_are_still_there_is_put_back_in_service(engine: OpenSearchStore, repository: str) -> None:
    publish(engine, 1)
    copied = engine.copy(repository)
    publish(engine, 2)
    engine.bring_back(repository, copied)
    assert answer_of(engine) == whole(1)


def test_a_copy_or_a_repository_that_does_not_exist_is_told(engine: OpenSearchStore, repository: str) -> None:
    publish(engine, 1)
    with pytest.raises(NotFound, match="PUT _snapshot/nowhere"):
        engine.copy("nowhere")
    with pytest.raises(NotFound, match="il y a : aucune"):
        engine.bring_back(repository)


def test_the_copies_of_a_prefix_that_begins_alike_are_not_taken(
    engine: OpenSearchStore, repository: str, opensearch_url: str, prefix: str
) -> None:
    with contextlib.closing(OpenSearchStore([opensearch_url], f"{prefix}-demo")) as other:
        serve(other, documents(1))
        other.copy(repository)
    with pytest.raises(NotFound):
        engine.bring_back(repository)


def test_the_verbs_copy_and_bring_back_and_note_it(
    engine: OpenSearchStore, repository: str, opensearch_url: str, prefix: str, tmp_path: Path
) -> None:
    publish(engine, 1)
    given = {
        "VIVIER_ENGINE": "opensearch",
        "VIVIER_OPENSEARCH_URL": opensearch_url,
        "VIVIER_OPENSEARCH_PREFIX": prefix,
    }
    done = run(tmp_path, "snapshot", "--repository", repository, **given)
    assert done.returncode == 0 and repository in done.stdout, done.stderr
    remove_all(opensearch_url, prefix)
    back = run(tmp_path, "restore-index", "--repository", repository, **given)
    assert back.returncode == 0 and "En service : suppliers-" in back.stdout, back.stderr
    lines = (tmp_path / "audit.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["verb"] for line in lines] == ["snapshot", "restore-index"]


def test_the_embedded_engine_says_which_folder_to_copy(tmp_path: Path) -> None:
    done = run(tmp_path, "snapshot")
    assert done.returncode == 1 and str(tmp_path / "generations") in done.stderr
