"""The calls of docs/operate-opensearch.md copy generations to a repository of a real node, and bring them back after a loss."""

from __future__ import annotations

import contextlib
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.compare import serve
from tests.engine.conftest import remove_all
from tests.engine.crash import answer_of, publish, vocabulary, whole
from tests.engine.village import doc
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import NothingIndexed

pytestmark = pytest.mark.slow
PAGE = Path("docs/operate-opensearch.md").read_text(encoding="utf8")


@pytest.fixture
def prefix(opensearch_url: str) -> Iterator[str]:
    """Names indices and the repository."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    remove_all(opensearch_url, name)
    subprocess.run(["curl", "-fsS", "-X", "DELETE", f"{opensearch_url}/_snapshot/{name}"], check=True)


def call(block: str, node: str, prefix: str) -> str:
    """Runs a block of the page, with our node, and our prefix for that of the page."""
    done = subprocess.run(
        ["sh", "-ec", block.replace("vivier", prefix)], env={"NODE": node}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_in_service_comes_back_whole_after_a_loss(opensearch_url: str, prefix: str) -> None:
    copy, bring_back = re.findall(r"```sh\n(.*?)```", PAGE.partition("## Copies elsewhere")[2], re.DOTALL)
    with contextlib.closing(OpenSearchStore([opensearch_url], prefix)) as engine:
        publish(engine, 1)
        live = publish(engine, 2)
        serve(engine, [doc("c", text_name=["Marché"])], collection="buyers")
        assert '"state":"SUCCESS"' in call(copy, opensearch_url, prefix)
        remove_all(opensearch_url, prefix)
    with contextlib.closing(OpenSearchStore([opensearch_url], prefix)) as engine:
        with pytest.raises(NothingIndexed):
            engine.live("suppliers")
        call(bring_back, opensearch_url, prefix)
        assert answer_of(engine) == whole(2)
        assert engine.live("suppliers").name == live and engine.live("buyers").documents == 1
        assert engine.open("suppliers").vocabulary() == vocabulary(2)
