"""A signed release: taken whole on another machine, and refused when anything is not as signed; nothing then changes."""

from __future__ import annotations

import io
import json
import tarfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from indexer.release import MANIFEST, SIGNATURE, ReleaseRefused, new_key, publish_release, pull_release
from tests.demo_home import demo_home
from vivier.engine import open_engine
from vivier.privacy.opposition import Opposition
from vivier.search.operators import COLLECTIONS, Search
from vivier.settings import Settings

pytestmark = pytest.mark.slow


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, served by a real server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path, Path]:
    """A home, its release and the private key."""
    folder = tmp_path_factory.mktemp("release")
    home, key = demo_home(folder / "home"), folder / "key.pem"
    new_key(key)
    publish_release(home, folder / "out", key)
    return home, folder / "out", key


def names(settings: Settings) -> dict[str, str]:
    with closing(open_engine(settings)) as engine:
        return {collection: engine.live(collection).name for collection in COLLECTIONS}


def test_another_machine_takes_it_over_http_and_answers_the_same(
    made: tuple[Settings, Path, Path], tmp_path: Path
) -> None:
    home, out, key = made
    other = Settings(home=tmp_path / "other")
    with served(out) as url:
        release, live = pull_release(other, url, key.with_name("key.pem.pub"))
        assert {each.name for each in live} == set(names(home).values()) == set(names(other).values())
        again, _ = pull_release(other, url, key.with_name("key.pem.pub"))
    assert again == release and release.sources[0]["licence"]
    with closing(open_engine(home)) as one, closing(open_engine(other)) as two:
        for collection in COLLECTIONS:
            first, second = (engine.open(collection).search(Search(limit=50)) for engine in (one, two))
            assert (first.total, first.hits) == (second.total, second.hits)


def signed_again(out: Path, key: Path, change: Callable[[dict[str, object]], None]) -> None:
    """The manifest changed and signed by the true key: what a publisher may do wrong."""
    content = json.loads((out / MANIFEST).read_bytes())
    change(content)
    raw = json.dumps(content).encode()
    private = load_pem_private_key(key.read_bytes(), None)
    (out / MANIFEST).write_bytes(raw)
    (out / SIGNATURE).write_bytes(b64encode(private.sign(raw)))  # type: ignore[union-attr, call-arg]


def copied(out: Path, folder: Path) -> Path:
    folder.mkdir()
    for file in out.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def escaping(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("../../out.txt")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"bad"))


def first_part(content: dict[str, object]) -> dict[str, object]:
    parts = content["parts"]
    assert isinstance(parts, list)
    found = parts[0]
    assert isinstance(found, dict)
    return found


def test_whatever_is_not_as_signed_is_refused_and_nothing_changes(
    made: tuple[Settings, Path, Path], tmp_path: Path
) -> None:
    _, out, key = made
    public, stranger = key.with_name("key.pem.pub"), tmp_path / "stranger.pem"
    new_key(stranger)
    archive = next(out.glob("suppliers-*.tar.gz")).name

    def resize(content: dict[str, object]) -> None:
        first_part(content)["bytes"] = 10

    def climb(content: dict[str, object]) -> None:
        first_part(content)["generation"] = "../../etc"

    def escape(folder: Path) -> None:
        import hashlib

        escaping(folder / archive)
        raw = (folder / archive).read_bytes()

        def follow(content: dict[str, object]) -> None:
            first_part(content).update(bytes=len(raw), sha256=hashlib.sha256(raw).hexdigest())

        signed_again(folder, key, follow)

    cases: dict[str, tuple[Callable[[Path], object], str]] = {
        "flipped": (lambda folder: flip(folder / archive), "n'est pas celle qui a été signée"),
        "cut": (lambda folder: (folder / archive).write_bytes(b""), "n'est pas celle qui a été signée"),
        "manifest": (lambda folder: flip(folder / MANIFEST), "signature"),
        "signature": (lambda folder: (folder / SIGNATURE).write_text("!"), "signature"),
        "missing": (lambda folder: (folder / archive).unlink(), "ne se lit pas"),
        "size": (lambda folder: signed_again(folder, key, resize), "n'est pas celle qui a été signée"),
        "climb": (lambda folder: signed_again(folder, key, climb), "illisible"),
        "future": (lambda folder: signed_again(folder, key, lambda content: content.update(format=2)), "format 2"),
        "escape": (escape, "n'est pas de la génération"),
    }
    other = Settings(home=tmp_path / "other")
    for name, (damage, message) in cases.items():
        folder = copied(out, tmp_path / name)
        damage(folder)
        with pytest.raises(ReleaseRefused, match=message):
            pull_release(other, str(folder), public)
        left = [path for path in other.generations.rglob("*") if path.is_file() and path.name != "lock"]
        assert not left, (name, left)
    with pytest.raises(ReleaseRefused, match="signature"):
        pull_release(other, str(out), stranger.with_name("stranger.pem.pub"))
    with pytest.raises(ReleaseRefused, match="http"):
        pull_release(other, "ftp://example.org/x", public)
    assert not (tmp_path / "out.txt").exists()


def test_a_key_is_never_replaced_and_a_wrong_file_is_named(tmp_path: Path, made: tuple[Settings, Path, Path]) -> None:
    home, _, key = made
    with pytest.raises(ReleaseRefused, match="existe déjà"):
        new_key(key)
    assert key.stat().st_mode & 0o077 == 0
    with pytest.raises(ReleaseRefused, match=r"n.est pas une clé publique|ne se lit pas"):
        pull_release(Settings(home=tmp_path), str(tmp_path), key)
    with pytest.raises(ReleaseRefused, match="ne se lit pas"):
        publish_release(home, tmp_path / "out", tmp_path / "none.pem")


def test_what_opposed_since_the_index_was_built_is_not_published(tmp_path: Path) -> None:
    home, key = demo_home(tmp_path / "home"), tmp_path / "key.pem"
    home = home.model_copy(update={"opposition_salt": SecretStr("a salt of a test, long enough")})
    new_key(key)
    with closing(open_engine(home)) as engine:
        records = (hit.record for hit in engine.open("suppliers").search(Search(limit=50)).hits)
        siret = next(record["siret"]["value"] for record in records if "siret" in record)
    Opposition(home).add(siret)
    with pytest.raises(ReleaseRefused, match="opposée"):
        publish_release(home, tmp_path / "out", key)
    assert not list((tmp_path / "out").iterdir())
