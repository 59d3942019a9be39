"""Finds files of data.gouv.fr in its catalogue, by title or by identifier: addresses change and are never written in the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """A file of a dataset. ``sha1`` is the catalogue's checksum, when it gives one."""

    title: str
    url: str
    day: str
    sha1: str | None


def fitting(dataset: Mapping[str, Any], pattern: str) -> list[Resource]:
    """The resources whose title fits ``pattern``, oldest first (its group: ``YYYYMMDD``, ``YYYYMM``, dashes or not).

    A monthly file counts as older than any daily file of its month.
    """
    listed = dataset.get("resources")
    found = (
        [_resource(item, pattern) for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    )
    return sorted(
        (resource for resource in found if resource is not None),
        key=lambda resource: resource.day.replace("-", "").ljust(8, "0"),
    )


RESOURCE = "https://www.data.gouv.fr/api/2/datasets/resources/{id}/"
"""Address of what the catalogue says of a resource (``{resource, dataset_id}``)."""


def described(page: Mapping[str, Any]) -> Resource | None:
    """The resource that an answer of :data:`RESOURCE` describes; ``None`` when it gives no address."""
    resource = page.get("resource")
    return _resource(resource, "(.*)") if isinstance(resource, Mapping) else None


def _resource(item: Mapping[str, Any], pattern: str) -> Resource | None:
    title, url = str(item.get("title") or ""), str(item.get("url") or "")
    fits = re.fullmatch(pattern, title, re.DOTALL)
    if fits is None or not url:
        return None
    return Resource(title, url, fits[1], _sha1(item.get("checksum")))


def _sha1(checksum: object) -> str | None:
    if not isinstance(checksum, Mapping) or str(checksum.get("type")).lower() != "sha1":
        return None
    return str(checksum.get("value") or "") or None
