"""A release of two small generations: what its folder holds, what another machine takes, and why one is refused."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import SecretStr

from crawlers.run import import_files
from indexer import release as releases
from indexer.current import lasting_failures, up_to_date
from indexer.release import MANIFEST, SIGNATURE, ReleaseRefused, new_key, publish_release, pull_release
from tests.crawlers.contract_files import marche, text
from tests.crawlers.sites import supplier_list
from vivier.belief.learnt import NOTHING_RECEIVED, Received, Tally
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.runs.failures import note_failure
from vivier.runs.records import current_run, read_statistics
from vivier.search.formats import FORMAT
from vivier.search.operators import Collection, Search
from vivier.search.port import Generation
from vivier.settings import Settings

SIRET = "99910010000018"
SALT = SecretStr("the salt of these tests")
READ = {
    "source": {"id": "list", "producer": "P", "dataset": "D", "licence": "L", "more": "x"},
    "updated_at": "2026-11-01",
}


def indexed(settings: Settings, collection: Collection, *ids: str, **meta: Any) -> str:
    engine = EmbeddedStore(settings.generations)
    building = engine.build(collection)
    building.add({"id": id_, "tie": n, "record": {"id": id_, "identifiers": [SIRET]}} for n, id_ in enumerate(ids))
    name = engine.promote(collection, building.finish(meta).name).name
    engine.close()
    return name


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("release") / "home", opposition_salt=SALT)
    indexed(settings, "suppliers", "a", "b", sources=[READ])
    indexed(settings, "contracts", "c", sources=[READ, READ | {"source": {"id": "decp"}, "updated_at": None}])
    return settings


@pytest.fixture(scope="module")
def key(home: Settings) -> Path:
    path = home.home.parent / "key.pem"
    assert new_key(path) == path.with_name("key.pem.pub") and path.stat().st_mode & 0o777 == 0o600
    return path


@pytest.fixture(scope="module")
def out(home: Settings, key: Path) -> Path:
    folder, steps = home.home.parent / "out", list[tuple[str, int, int]]()
    sbom = home.home.parent / "bom.json"
    sbom.write_text("{}")
    made = publish_release(home, folder, key, sbom, lambda *step: steps.append(step))
    assert [(part.collection, part.documents) for part in made.parts] == [("suppliers", 2), ("contracts", 1)]
    assert made.sbom == hashlib.sha256(b"{}").hexdigest() and (folder / "sbom.json").read_text() == "{}"
    assert made.sources == (
        {"id": "list", "producer": "P", "dataset": "D", "licence": "L", "updated_at": "2026-11-01"},
        {"id": "decp", "producer": None, "dataset": None, "licence": None, "updated_at": None},
    )
    assert steps[0][1] == 1
    for collection in ("suppliers", "contracts"):
        counted = [(done, of) for named, done, of in steps if named == collection]
        assert [done for done, _ in counted] == list(range(1, counted[0][1] + 1))
    for part in made.parts:
        archive = (folder / part.archive).read_bytes()
        assert (part.bytes, part.sha256) == (len(archive), hashlib.sha256(archive).hexdigest())
    return folder


def test_a_release_is_taken_once_verified_and_its_archives_are_made_once(
    home: Settings, key: Path, out: Path, tmp_path: Path
) -> None:
    steps: list[tuple[str, int, int]] = []
    other = Settings(home=tmp_path / "other")
    taken, live = pull_release(other, str(out), key.with_name("key.pem.pub"), lambda *step: steps.append(step))
    assert [generation.name for generation in live] == [part.generation for part in taken.parts]
    assert steps == [(part.collection, part.bytes, part.bytes) for part in taken.parts]
    engine = EmbeddedStore(other.generations)
    assert [hit.id for hit in engine.open("suppliers").search(Search()).hits] == ["a", "b"]
    engine.close()
    steps.clear()
    assert pull_release(other, str(out), key.with_name("key.pem.pub"), lambda *step: steps.append(step))[0] == taken
    again = publish_release(home, out, key, progress=lambda *step: steps.append(step))
    assert steps == [] and again.parts == taken.parts and again.sbom is None


def test_what_cannot_be_published_says_why(home: Settings, key: Path, tmp_path: Path) -> None:
    away, public = home.model_copy(update={"engine": "opensearch"}), key.with_name("key.pem.pub")
    with pytest.raises(ReleaseRefused, match="embarqué"):
        publish_release(away, tmp_path, key)
    with pytest.raises(ReleaseRefused, match="embarqué"):
        pull_release(away, str(tmp_path), public)
    with pytest.raises(ReleaseRefused, match="existe déjà"):
        new_key(key)
    (tmp_path / "half.pub").touch()
    with pytest.raises(ReleaseRefused, match="existe déjà"):
        new_key(tmp_path / "half")
    with pytest.raises(NotFound):
        publish_release(Settings(home=tmp_path / "empty"), tmp_path / "out", key)


def test_structures_that_opposed_since_the_build_are_not_published(home: Settings, key: Path, tmp_path: Path) -> None:
    settings = home.model_copy(update={"home": tmp_path / "home"})
    settings.home.mkdir()
    settings.generations.symlink_to(home.generations)
    Opposition(settings).add("99910030800017")
    assert publish_release(settings, tmp_path / "out", key).parts
    Opposition(settings).add(SIRET)
    with pytest.raises(ReleaseRefused, match=r"^2 structures se sont opposées depuis la construction"):
        publish_release(settings, tmp_path / "other", key)


def signed(folder: Path, key: Path, content: dict[str, Any]) -> None:
    raw = json.dumps(content).encode()
    private: Any = load_pem_private_key(key.read_bytes(), None)
    (folder / MANIFEST).write_bytes(raw)
    (folder / SIGNATURE).write_bytes(b64encode(private.sign(raw)))


def archived(path: Path, name: str, kind: bytes) -> None:
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, 3 if kind == tarfile.REGTYPE else 0
        archive.addfile(member, io.BytesIO(b"bad") if kind == tarfile.REGTYPE else None)


def manifest_of(change: Callable[[dict[str, Any]], object]) -> Callable[[Path, Path], None]:
    def damage(folder: Path, key: Path) -> None:
        content = json.loads((folder / MANIFEST).read_bytes())
        change(content)
        signed(folder, key, content)

    return damage


def archive_of(name: str, kind: bytes) -> Callable[[Path, Path], None]:
    def damage(folder: Path, key: Path) -> None:
        content = json.loads((folder / MANIFEST).read_bytes())
        part = content["parts"][0]
        archived(folder / part["archive"], name.format(part["generation"]), kind)
        raw = (folder / part["archive"]).read_bytes()
        part.update(bytes=len(raw), sha256=hashlib.sha256(raw).hexdigest())
        signed(folder, key, content)

    return damage


def longer(folder: Path, _: Path) -> None:
    archive = next(folder.glob("suppliers-*"))
    archive.write_bytes(archive.read_bytes() + b"x")


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (longer, "n'est pas celle qui a été signée"),
        (lambda folder, _: (folder / SIGNATURE).write_text("!"), "La signature n'est pas celle de cette clé"),
        (lambda folder, _: (folder / MANIFEST).write_text("{}"), "La signature n'est pas celle de cette clé"),
        (manifest_of(lambda content: content.update(format=2)), r"au format 2, .* \(il lit 1\)"),
        (manifest_of(lambda content: content["parts"].append(content["parts"][0])), "deux fois la même collection"),
        (manifest_of(lambda content: content["parts"][0].update(sha256="0" * 64)), "n'est pas celle qui a été signée"),
        (manifest_of(lambda content: content["parts"][0].update(bytes=0)), "est illisible"),
        (archive_of("../out.txt", tarfile.REGTYPE), "n'est pas de la génération"),
        (archive_of("{}/../../out.txt", tarfile.REGTYPE), "n'est pas de la génération"),
        (archive_of("{}/link", tarfile.SYMTYPE), "n'est pas de la génération"),
        (archive_of("{}/file", tarfile.REGTYPE), "Version refusée, rien n'a changé"),
        (lambda folder, _: (folder / MANIFEST).unlink(), "« release.json » ne se lit pas à .* : No such file"),
        (lambda folder, _: next(folder.glob("contracts-*")).unlink(), "« contracts-.* » ne se lit pas à "),
    ],
)
def test_what_is_not_as_signed_is_refused_and_nothing_stays(
    out: Path, key: Path, tmp_path: Path, damage: Callable[[Path, Path], None], text: str
) -> None:
    folder, other = tmp_path / "copy", Settings(home=tmp_path / "other")
    folder.mkdir()
    for file in out.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    damage(folder, key)
    with pytest.raises(ReleaseRefused, match=text):
        pull_release(other, str(folder), key.with_name("key.pem.pub"))
    assert [path for path in other.generations.rglob("*") if path.is_file() and path.name != "lock"] == []


@pytest.mark.parametrize(("size", "is_refused"), [(4_000_000, False), (4_000_001, True)])
def test_a_manifest_has_four_million_bytes_at_most(tmp_path: Path, size: int, is_refused: bool) -> None:
    (tmp_path / MANIFEST).write_bytes(b"x" * size)
    if is_refused:
        with pytest.raises(ReleaseRefused, match="dépasse 4000000 octets"):
            releases._small(str(tmp_path), MANIFEST)
    else:
        assert len(releases._small(str(tmp_path), MANIFEST)) == size


def test_a_key_of_another_kind_or_a_wrong_address_is_named(home: Settings, key: Path, tmp_path: Path) -> None:
    rsa = generate_private_key(65537, 1024)
    private, public = tmp_path / "rsa.pem", tmp_path / "rsa.pub"
    private.write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for path, why in (
        (private, "n'est pas une clé privée Ed25519"),
        (tmp_path / "none", "clé privée .* ne se lit pas"),
    ):
        with pytest.raises(ReleaseRefused, match=why):
            publish_release(home, tmp_path / "x", path)
    for path, why in ((public, "n'est pas une clé publique Ed25519"), (key, "clé publique .* ne se lit pas")):
        with pytest.raises(ReleaseRefused, match=why):
            pull_release(home, str(tmp_path), path)
    with pytest.raises(ReleaseRefused, match=r"une adresse http\(s\) ou un dossier est attendu"):
        pull_release(home, "ftp://a.example", key.with_name("key.pem.pub"))
    with pytest.raises(ReleaseRefused, match=r"« release.json » ne se lit pas à http://127.0.0.1:9/ : .*refused"):
        pull_release(home, "http://127.0.0.1:9/", key.with_name("key.pem.pub"))


def contracts_file(folder: Path) -> Path:
    path = folder / "marches.json"
    path.write_text(text(marche()), encoding="utf8")
    return path


def test_a_generation_is_up_to_date_when_it_is_of_the_runs_the_failures_and_the_answers_of_now(
    tmp_path: Path, lexicon: Lexicon
) -> None:
    settings = Settings(home=tmp_path / "home")
    import_files("list", [supplier_list(tmp_path, {"Atelier": (SIRET, "")})], settings)
    run = read_statistics(current_run(settings.records, "list"))
    source = {"source": {"id": "list"}, "run": run.run}
    live: dict[str, Generation] = {}

    class Shelf:
        """A store that has these generations in service."""

        def live(self, collection: Collection) -> Generation:
            if collection not in live:
                raise NotFound("rien")
            return live[collection]

    def current(**more: Any) -> bool:
        engine: Any = Shelf()
        found = up_to_date(engine, settings, lexicon, **more)
        assert found in (None, live.get("suppliers"))
        return found is not None

    def made(format: int = FORMAT, collection: Collection = "suppliers", **meta: Any) -> bool:
        live[collection] = Generation("suppliers-1", collection, True, 1, run.started_at, meta, format)
        return current()

    other = Received(replies={"ESAT": Tally(1.0, 0.0)})
    assert not current() and not made() and made(sources=[source])
    assert current(others=("contracts",)) and not current(received=other)
    assert not made(sources=[{**source, "run": "other"}]) and not made(format=FORMAT - 1, sources=[source])
    assert made(sources=[source], received=NOTHING_RECEIVED.digest)
    assert not made(sources=[source], received=other.digest) and current(received=other)
    made(sources=[source])
    note_failure(settings.records, run.source, "en panne", run.started_at)
    assert not current() and len(lasting_failures(settings)) == 1 and lasting_failures(settings, "contracts") == []
    assert made(sources=[source], failures=lasting_failures(settings))
    import_files("decp", [contracts_file(tmp_path)], settings)
    bought = {"source": {"id": "decp"}, "run": read_statistics(current_run(settings.records, "decp")).run}
    assert current() and not current(others=("contracts",))
    made(collection="contracts", sources=[bought])
    assert current(others=("contracts",))
    made(collection="contracts", sources=[bought], failures=lasting_failures(settings))
    assert not current(others=("contracts",))
