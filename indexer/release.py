"""A signed release: the generations in service in a folder that any web server can serve, and how another machine takes them.

``release.json`` names each archive with its size and SHA-256, the code and formats that made it, its sources with their licences, and a software
bill of materials if one is given; ``release.sig`` is its Ed25519 signature. An archive is believed only by the signed hash. A release
is taken whole or not at all: nothing is promoted before every generation was verified and opened.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import Field, ValidationError

from indexer.promotion import promote
from vivier.durable import unfinished, write_whole
from vivier.engine import open_engine
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import NotFound, VivierError
from vivier.french import plural
from vivier.model.base import Model
from vivier.privacy.opposition import Opposition
from vivier.search.operators import COLLECTIONS, All, Collection
from vivier.search.port import Generation, Store
from vivier.settings import Settings

FORMAT: Final = 1
MANIFEST: Final = "release.json"
SIGNATURE: Final = "release.sig"
MOST_BYTES: Final = 200_000_000_000
"""Bytes of an archive, at most: it is also bounded by what the manifest announces."""
_LARGEST_MANIFEST: Final = 4_000_000
_SECONDS: Final = 30.0
_STEP: Final = 1 << 20
Progress = Callable[[str, int, int], None]


class ReleaseRefused(VivierError):
    """A release that cannot be made, or must not be taken. Nothing was changed."""


class Part(Model):
    """One generation of a release."""

    collection: Collection
    generation: str = Field(pattern=r"^[a-z]+-\d{14,26}$")
    archive: str = Field(pattern=r"^[a-z]+-\d{14,26}\.tar\.gz$")
    bytes: int = Field(ge=1, le=MOST_BYTES)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    documents: int = Field(ge=0)


class Release(Model):
    """What a release holds. ``sources``: producer, licence and date of the data by source; ``sbom``: SHA-256 of the bill of materials beside it."""

    format: int
    made: datetime
    code: str
    parts: tuple[Part, ...] = Field(min_length=1, max_length=len(COLLECTIONS))
    sources: tuple[dict[str, str | None], ...]
    sbom: str | None = None


def new_key(path: Path) -> Path:
    """Writes a new private key, readable by its owner only, and beside it the public one, which is returned. Raises ``ReleaseRefused`` for a
    file that exists."""
    public = path.with_name(f"{path.name}.pub")
    if path.exists() or public.exists():
        raise ReleaseRefused(f"« {path} » existe déjà : une clé ne se remplace pas.")
    key = Ed25519PrivateKey.generate()
    write_whole(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    write_whole(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def publish_release(
    settings: Settings,
    folder: Path,
    key: Path,
    sbom: Path | None = None,
    progress: Progress = lambda step, done, of: None,
) -> Release:
    """Writes the generations in service in a folder, signed; those already there are kept. The manifest comes last, and points at whole archives
    only. Raises ``NotFound`` when nothing is indexed, ``ReleaseRefused`` when a structure opposed since the index was built."""
    signing = _private(key)
    if settings.engine != "embedded":
        raise ReleaseRefused("Une version se publie depuis le moteur embarqué : ses fichiers sont l'index.")
    folder.mkdir(parents=True, exist_ok=True)
    with closing(open_engine(settings)) as engine:
        live = list(_live(engine))
        _refuse_opposed(settings)
        parts = [_archived(generation, settings, folder, progress) for generation in live]
    if sbom is not None:
        shutil.copyfile(sbom, folder / "sbom.json")
    made = Release(
        format=FORMAT,
        made=datetime.now(UTC),
        code=version("vivier"),
        parts=tuple(parts),
        sources=tuple(_sources(live)),
        sbom=None if sbom is None else _sha256(folder / "sbom.json"),
    )
    content = made.model_dump_json().encode()
    write_whole(folder / SIGNATURE, b64encode(signing.sign(content)))
    write_whole(folder / MANIFEST, content)
    return made


def pull_release(
    settings: Settings, url: str, key: Path, progress: Progress = lambda step, done, of: None
) -> tuple[Release, list[Generation]]:
    """Takes the release of an address (``https://…``, or a folder), verifies it and puts it in service. Generations already here are not read
    again. Raises ``ReleaseRefused``: nothing then changed."""
    public = _public(key)
    if settings.engine != "embedded":
        raise ReleaseRefused("Une version se prend avec le moteur embarqué : ses fichiers sont l'index.")
    release = _verified(url, public)
    with closing(open_engine(settings)) as engine:
        taken = [
            part for part in release.parts if not (settings.generations / part.collection / part.generation).is_dir()
        ]
        try:
            for part in taken:
                _take(part, url, settings, progress)
            found = [engine.open(part.collection, part.generation).generation for part in release.parts]
        except (VivierError, OSError) as error:
            for part in taken:
                shutil.rmtree(settings.generations / part.collection / part.generation, ignore_errors=True)
            raise ReleaseRefused(f"Version refusée, rien n'a changé : {error}") from error
        return release, [promote(engine, generation) for generation in found]


def _live(engine: Store) -> Iterator[Generation]:
    for collection in COLLECTIONS:
        try:
            yield engine.live(collection)
        except NotFound:
            if collection == "suppliers":
                raise


def _refuse_opposed(settings: Settings) -> None:
    """A build leaves out who opposed before it; whoever did since is only withheld from answers, and would be in the files."""
    opposition = Opposition(settings)
    if not opposition.hashes:
        return
    with closing(EmbeddedStore(settings.generations)) as engine:
        scanned = engine.open("suppliers").scan(All())
        opposed = sum(bool(opposition.among(hit.record["identifiers"])) for hit in scanned)
    if opposed:
        since = plural(opposed, "structure s’est opposée", "structures se sont opposées")
        raise ReleaseRefused(f"{since} depuis la construction : lancez « vivier index » d'abord.")


def _archived(generation: Generation, settings: Settings, folder: Path, progress: Progress) -> Part:
    """The archive of a generation, made unless it is there: its name never means anything else."""
    path, root = folder / f"{generation.name}.tar.gz", settings.generations / generation.collection
    if not path.exists():
        files = sorted(file for file in (root / generation.name).rglob("*") if file.is_file())
        with unfinished(folder, ".release-") as beside:
            with tarfile.open(beside / path.name, "w:gz", compresslevel=1) as archive:
                for done, file in enumerate(files, 1):
                    archive.add(file, str(file.relative_to(root)))
                    progress(generation.collection, done, len(files))
            (beside / path.name).rename(path)
    return Part(
        collection=generation.collection,
        generation=generation.name,
        archive=path.name,
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        documents=generation.documents,
    )


def _sources(live: list[Generation]) -> Iterator[dict[str, str | None]]:
    """Producer, dataset, licence and date of the data of each source, once."""
    seen: set[str] = set()
    for read in (each for generation in live for each in generation.meta.get("sources", ())):
        source = read["source"]
        if source["id"] not in seen:
            seen.add(source["id"])
            named = {name: source.get(name) for name in ("id", "producer", "dataset", "licence")}
            yield {**named, "updated_at": read.get("updated_at")}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verified(url: str, public: Ed25519PublicKey) -> Release:
    """The release of an address, signed by the key. Raises ``ReleaseRefused``."""
    content, signature = _small(url, MANIFEST), _small(url, SIGNATURE)
    try:
        public.verify(b64decode(signature, validate=True), content)
    except (InvalidSignature, NotBase64):
        raise ReleaseRefused("La signature n'est pas celle de cette clé : la version est refusée.") from None
    try:
        release = Release.model_validate_json(content)
    except ValidationError as error:
        raise ReleaseRefused(f"« {MANIFEST} » est illisible : {error.errors()[0]['msg']}.") from error
    if release.format != FORMAT:
        raise ReleaseRefused(
            f"Cette version est au format {release.format}, que ce programme ne lit pas (il lit {FORMAT})."
        )
    if len({part.collection for part in release.parts}) < len(release.parts):
        raise ReleaseRefused(f"« {MANIFEST} » donne deux fois la même collection.")
    return release


def _small(url: str, name: str) -> bytes:
    with _opened(url, name) as file:
        content = file.read(_LARGEST_MANIFEST + 1)
    if len(content) > _LARGEST_MANIFEST:
        raise ReleaseRefused(f"« {name} » dépasse {_LARGEST_MANIFEST} octets.")
    return content


@contextmanager
def _opened(url: str, name: str) -> Iterator[IO[bytes]]:
    """A file of a release, over HTTP or in a folder. Raises ``ReleaseRefused`` naming the address."""
    scheme = urlsplit(url).scheme
    try:
        if scheme in ("http", "https"):
            with urlopen(f"{url.rstrip('/')}/{name}", timeout=_SECONDS) as answer:
                yield answer
        elif scheme == "":
            with (Path(url) / name).open("rb") as file:
                yield file
        else:
            raise ReleaseRefused(f"« {url} » : une adresse http(s) ou un dossier est attendu.")
    except (URLError, OSError) as error:
        why = error.reason if isinstance(error, URLError) else error.strerror or error
        raise ReleaseRefused(f"« {name} » ne se lit pas à {url} : {why}.") from error


def _take(part: Part, url: str, settings: Settings, progress: Progress) -> None:
    """Reads one archive, whole and as signed, then puts its folder beside the generations. Raises ``ReleaseRefused``."""
    root = settings.generations / part.collection
    root.mkdir(parents=True, exist_ok=True)
    with unfinished(root, ".release-") as beside:
        path = beside / part.archive
        _downloaded(part, url, path, progress)
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                inside, content = PurePosixPath(member.name), archive.extractfile(member) if member.isfile() else None
                if content is None or inside.parts[:1] != (part.generation,) or ".." in inside.parts:
                    raise ReleaseRefused(
                        f"« {part.archive} » contient « {member.name} », qui n'est pas de la génération."
                    )
                file = beside / inside
                file.parent.mkdir(parents=True, exist_ok=True)
                with content, file.open("wb") as written:
                    shutil.copyfileobj(content, written)
        (beside / part.generation).rename(root / part.generation)


def _downloaded(part: Part, url: str, path: Path, progress: Progress) -> None:
    digest, size = hashlib.sha256(), 0
    with _opened(url, part.archive) as source, path.open("wb") as file:
        while chunk := source.read(_STEP):
            size += len(chunk)
            if size > part.bytes:
                break
            digest.update(chunk)
            file.write(chunk)
            progress(part.collection, size, part.bytes)
    if size != part.bytes or digest.hexdigest() != part.sha256:
        raise ReleaseRefused(f"« {part.archive} » n'est pas celle qui a été signée.")


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseRefused(
            f"La clé privée « {path} » ne se lit pas : un fichier PEM sans mot de passe est attendu."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseRefused(f"« {path} » n'est pas une clé privée Ed25519 : « vivier publish --new-key ».")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ReleaseRefused(
            f"La clé publique « {path} » ne se lit pas : le fichier « .pub » de qui publie est attendu."
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ReleaseRefused(f"« {path} » n'est pas une clé publique Ed25519 (le fichier « .pub »).")
    return key
