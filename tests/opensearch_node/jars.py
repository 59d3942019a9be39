"""What a test node is made of: a JDK, the jars of the server, the compiled launcher.

Everything fetched or built lies outside the work tree, in ``$XDG_CACHE_HOME`` (else ``~/.cache``) under
``vivier/opensearch-node/<version>``. Deleting that folder is always safe: the next run fetches it again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"
SECURED = HERE / "secured.xml"
"""The jars of a node that has the security plugin: those of ``POM`` in another version, and more."""
LAUNCHER = HERE / "NodeLauncher.java"

#: OpenSearch 3 is compiled for Java 21.
JAVA_MINIMUM = 21
JVM_FOLDER = Path("/usr/lib/jvm")
FETCH_SECONDS = 600


class NodeUnavailableError(RuntimeError):
    """This machine cannot have a node: no JDK, no Maven, or no way to the jars. The message says what to install."""


def opensearch_version(pom: Path = POM) -> str:
    """The version of the server, as its file states it."""
    return ET.parse(pom).getroot().findtext(".//{*}opensearch.version", "")


def cache_folder(pom: Path = POM) -> Path:
    """Where jars and classes are kept, shared by all work trees of one user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "vivier" / "opensearch-node" / opensearch_version(pom)


def find_jdk() -> Path:
    """The home of a JDK able to compile and run the node: the first good one of the environment, else the newest."""
    named = [Path(os.environ[name]) for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    installed = sorted(_installed_jdks(), key=_jdk_version, reverse=True)
    for home in [*named, *installed]:
        if _jdk_version(home) >= JAVA_MINIMUM:
            return home
    raise NodeUnavailableError(
        f"JDK {JAVA_MINIMUM} ou plus récent introuvable : installez-en un (Debian 13 : apt install "
        f"openjdk-21-jdk-headless) ou indiquez-le dans OPENSEARCH_JAVA_HOME"
    )


def _installed_jdks() -> Iterator[Path]:
    return (home for home in JVM_FOLDER.glob("*") if (home / "bin" / "javac").is_file())


def _jdk_version(home: Path) -> int:
    """The feature version a JDK states in its own ``release`` file; 0 for what is not a JDK."""
    release = home / "release"
    if not (home / "bin" / "javac").is_file() or not release.is_file():
        return 0
    stated = re.search(r'JAVA_VERSION="(\d+)', release.read_text())
    return int(stated.group(1)) if stated else 0


def fetch_jars(pom: Path = POM) -> Path:
    """The folder of the jars, fetched with Maven when the cache lacks them (about 70 MB, 110 with security)."""

    def fetch_into(folder: Path) -> None:
        _copy_dependencies(pom, folder)
        for archive in folder.glob("*.zip"):
            _unpack(archive, folder)

    return _cached(pom, f"jars-{_digest(*{POM, pom})}", fetch_into)


def compile_launcher(jdk: Path, jars: Path, pom: Path = POM) -> Path:
    """The folder of the launcher's classes, compiled when its source or the jars changed."""

    def compile_into(folder: Path) -> None:
        _run([str(jdk / "bin" / "javac"), "-d", str(folder), "-cp", f"{jars}/*", str(LAUNCHER)], "javac a échoué")

    return _cached(pom, f"classes-{_digest(*{POM, pom}, LAUNCHER)}-{_jdk_version(jdk)}", compile_into)


def _copy_dependencies(pom: Path, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NodeUnavailableError("Maven introuvable : installez-le (Debian : apt install maven)")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    _run([maven, "-q", "-B", "-f", str(pom), *goal], "Maven n'a pas pu apporter les jars d'OpenSearch")


def _unpack(archive: Path, folder: Path) -> None:
    """The jars of a plugin that the server lacks: two versions of one library on one class path clash."""
    have = {_library(jar.name) for jar in folder.glob("*.jar")}
    with zipfile.ZipFile(archive) as plugin:
        for name in plugin.namelist():
            if name.endswith(".jar") and "/" not in name and _library(name) not in have:
                plugin.extract(name, folder)
    archive.unlink()


def _library(jar: str) -> str:
    """« netty-codec » for « netty-codec-4.2.7.Final.jar »."""
    return re.sub(r"-\d.*", "", jar)


def _run(command: list[str], failure: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NodeUnavailableError(f"{failure} en {FETCH_SECONDS} s") from error
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise NodeUnavailableError(f"{failure} : {lines[0] if lines else f'code {done.returncode}'}")


def _cached(pom: Path, name: str, build: Callable[[Path], None]) -> Path:
    """A folder of the cache, built beside and renamed: a run cut short, or two at once, leave no half folder."""
    folder = cache_folder(pom) / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=folder.parent))
    try:
        build(draft)
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():  # not the other run finishing first
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:12]
