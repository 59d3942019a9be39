"""What data.gouv.fr answers: the pages of its catalogue, and its robots.txt as read on 17 August 2026."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

HOST = "www.data.gouv.fr"
FILES = "static.data.gouv.fr"
ROBOTS = b"User-agent: *\nDisallow: /admin\nDisallow: /api/1/datasets/r/\nDisallow: /resources\n"


def sha1(body: bytes) -> str:
    """The checksum that the catalogue gives of a file it keeps."""
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()


def listed(title: str, url: str, body: bytes | None = None, id_: str = "") -> dict[str, object]:
    """A resource as the catalogue lists it. ``body``: the file, when data.gouv.fr keeps it and knows its checksum."""
    checksum = None if body is None else {"type": "sha1", "value": sha1(body)}
    latest = f"https://{HOST}/api/1/datasets/r/{id_}"
    return {"id": id_, "title": title, "url": url, "latest": latest, "checksum": checksum, "filetype": "file"}


def resource(id_: str, title: str, body: bytes, url: str | None = None) -> dict[str, bytes]:
    """Pages of a resource: what the catalogue says of it, and its file, at ``url`` on another host or kept by data.gouv.fr."""
    address = url or f"https://{FILES}/resources/invente/{title}"
    described = {"resource": listed(title, address, None if url else body, id_), "dataset_id": "0" * 24}
    return {
        f"{HOST}/api/2/datasets/resources/{id_}/": json.dumps(described).encode(),
        address.removeprefix("https://"): body,
    }


def dataset(name: str, files: Mapping[str, bytes], others: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Pages of a dataset: its list of resources, the files, and ``others`` that are listed and never asked."""
    kept = {title: f"https://{FILES}/resources/{name}/{title}" for title in (*files, *others)}
    resources = [listed(title, url, files.get(title)) for title, url in kept.items()]
    catalogue = {f"{HOST}/api/1/datasets/{name}/": json.dumps({"resources": resources}).encode()}
    return catalogue | {kept[title].removeprefix("https://"): body for title, body in files.items()}
