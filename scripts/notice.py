"""Writes what an image distributes: ``python scripts/notice.py > NOTICE.image``. Runs on the standard library, in the environment of the image.

Each installed package: its name, version, licence and address, then the texts of its licences, as the package brings them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePath
from typing import Final

_TEXTS: Final = ("licen", "copying", "notice", "authors")
_CLASSIFIER: Final = "License :: "
_LONGEST: Final = 60
"""Signs of a licence's name: some packages write the whole text in that field."""


def licence(package: Distribution) -> str:
    """The licence that a package declares: its SPDX expression, else its classifiers, else its free field; empty when it says nothing."""
    meta = package.metadata
    classified = [
        each.rsplit(" :: ", 1)[-1] for each in meta.get_all("Classifier") or () if each.startswith(_CLASSIFIER)
    ]
    classified = [each for each in classified if each != "OSI Approved"]
    free = _field(package, "License").strip().splitlines()[:1]
    named = [each for each in free if len(each) <= _LONGEST]
    return _field(package, "License-Expression") or ", ".join(classified) or "".join(named)


def _field(package: Distribution, name: str) -> str:
    """The first value of a field; empty when there is none."""
    return next(iter(package.metadata.get_all(name) or ()), "")


def texts(package: Distribution) -> list[str]:
    """The texts of licences and notices that a package brings."""
    files = package.files or ()
    named = [file for file in files if PurePath(file).name.lower().startswith(_TEXTS) and not str(file).endswith(".py")]
    places = [Path(str(file.locate())) for file in named]
    return [place.read_text(encoding="utf8", errors="replace").strip() for place in places if place.is_file()]


def lines(packages: list[Distribution]) -> Iterator[str]:
    """The notice. Raises ``ValueError`` naming the packages that neither declare a licence nor bring its text."""
    mute = [package.name for package in packages if not licence(package) and not texts(package)]
    if mute:
        raise ValueError(f"no licence known: {', '.join(mute)}")
    yield f"This image distributes {len(packages)} Python packages beside Vivier (whose NOTICE is in its own package).\n"
    for package in packages:
        address = _field(package, "Home-page") or _field(package, "Project-URL")
        declared = licence(package) or "licence below"
        yield f"{package.name} {package.version} — {declared} — {address.rpartition(', ')[2]}".rstrip(" —")
    for package in packages:
        for text in dict.fromkeys(texts(package)):
            yield f"\n{'=' * 20} {package.name} {package.version} {'=' * 20}\n{text}"


def installed() -> list[Distribution]:
    """The packages of this environment, by name; those that only build it are there too, for the image has them."""
    named = {package.name.lower(): package for package in distributions() if package.name.lower() != "vivier"}
    return [named[name] for name in sorted(named)]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf8")  # type: ignore[union-attr]
    print("\n".join(lines(installed())))
