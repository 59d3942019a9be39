"""Small worlds made of the samples of two sources, and how an asked path is read."""

from __future__ import annotations

import gzip
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

from tests.crawlers.samples import SAMPLES
from tests.world import World


def emplois_world() -> World:
    """Two pages for Ille-et-Vilaine, nothing elsewhere. The pages link to the real host, as recorded."""
    pages = {
        f"/api/v1/siaes/?departement=35&page_size=100{suffix}": (SAMPLES / "emplois" / name).read_bytes()
        for suffix, name in (("", "sample-page1.json"), ("&page=2", "sample-page2.json"))
    }
    return World(pages=pages)


def finess_world() -> World:
    """Two datasets with several resources each; the files are gzip and linked on another host, as in the catalogue."""
    world = World()
    for nature in ("structures", "activites"):
        body = gzip.compress((SAMPLES / "finess" / f"sample-{nature}.json").read_bytes(), mtime=0)
        newest = f"finess-{nature}-journalier-20260905.json.gz"
        world.pages[f"/resources/{newest}"] = body
        titles = (
            f"finess-{nature}-mensuel-202609.json.gz",
            newest,
            f"finess-{nature}-journalier-20260904.json.gz",
            "notice.pdf",
        )
        resources = [{"title": title, "url": f"https://static.data.gouv.fr/resources/{title}"} for title in titles]
        resources[1]["checksum"] = {"type": "sha1", "value": hashlib.sha1(body, usedforsecurity=False).hexdigest()}  # type: ignore[assignment]
        world.pages[f"/api/1/datasets/finess-{nature}-1/"] = json.dumps({"resources": resources}).encode()
    return world


def query_of(path: str) -> dict[str, list[str]]:
    """The query of an asked path."""
    return parse_qs(urlsplit(path).query)
