"""The wheel: built from the repository, installed in a folder of its own, run from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import site
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.house.walk import ROOT

pytestmark = pytest.mark.slow
ROOMS = ("vivier", "mappings", "crawlers", "indexer", "search_api")
BESIDE = ("pyproject.toml", "README.md", "LICENSE", "NOTICE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, so that nothing is left beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / "src" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy(ROOT / name, folder / "src" / name)
    options = ("--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check", "-w", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(folder / "src")], check=True, timeout=300)
    (made,) = folder.glob("vivier-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    options = ("--no-deps", "--quiet", "--disable-pip-version-check", "--target", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True, timeout=300)
    return folder


def run(installed: Path, home: Path, *words: str, without: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """``vivier`` of that folder, with the libraries of this environment and without its working copy (``-S`` reads no ``.pth``).
    ``without``: libraries that are as if they were not installed."""
    absent = f"sys.modules.update(dict.fromkeys({without!r}))"
    code = f"import sys; sys.path.append({site.getsitepackages()[0]!r}); {absent}; from vivier.cli import main; main()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VIVIER_", "PYTHON"))}
    environment |= {"PYTHONPATH": str(installed), "VIVIER_HOME": str(home)}
    command = [sys.executable, "-S", "-c", code, *words]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_the_wheel_holds_the_product_alone_and_its_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == set(ROOMS)
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names if ".dist-info/" in name}


def test_every_table_and_template_is_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    beside = [
        path.relative_to(ROOT).as_posix()
        for room in ("mappings", "search_api")
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    ]
    assert [name for name in beside if name not in held] == []


def test_what_is_installed_builds_an_index_and_searches_it_outside_the_repository(
    installed: Path, tmp_path: Path
) -> None:
    built = run(installed, tmp_path, "demo", "--count", "200", "--contracts", "60", "--no-serve")
    assert built.returncode == 0, built.stderr
    found = run(installed, tmp_path, "search", "--home", str(tmp_path / "demo"), "atelier")
    assert found.returncode == 0 and "fournisseur" in found.stdout, found.stderr
    real = run(installed, tmp_path, "demo", "--real", "--no-serve")
    assert real.returncode == 1 and "make demo-real" in real.stderr, "real files stand beside the package, never in it"
    doctor = run(installed, tmp_path, "doctor", "--home", str(tmp_path / "demo"))
    assert "métiers" in doctor.stdout


def test_a_host_that_only_serves_needs_no_library_of_the_crawlers(installed: Path, tmp_path: Path) -> None:
    absent = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["crawl"])
    names = tuple(re.split(r"[>\[]", requirement)[0] for requirement in absent)
    built = run(installed, tmp_path, "demo", "--count", "50", "--contracts", "20", "--no-serve", without=names)
    assert built.returncode == 0, built.stderr
    home = ("--home", str(tmp_path / "demo"))
    assert run(installed, tmp_path, "search", *home, "atelier", without=names).returncode == 0
    imports = (
        "import search_api.server, sys; print([name for name in sys.modules if name.startswith(('scrapy', 'twisted'))])"
    )
    environment = os.environ | {"PYTHONPATH": str(installed)}
    loaded = subprocess.run(
        [sys.executable, "-c", imports], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert loaded.stdout.strip() == "[]", loaded.stderr
    refused = run(installed, tmp_path, "import", "list", "x.csv", without=names)
    assert refused.returncode == 1 and "pip install 'vivier[crawl]'" in refused.stderr
