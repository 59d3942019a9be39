"""Copies of generations in a repository of the cluster, and their return. The repository is registered by who runs the cluster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from vivier.engine.opensearch.building import words_index
from vivier.engine.opensearch.client import Client, wall
from vivier.engine.opensearch.sending import BUILD_SECONDS
from vivier.errors import BuildRefused, NotFound

_COPY_SECONDS: Final = 3_600


class Snapshots:
    """The snapshots of one prefix, in one repository. Their names begin with the prefix and end with their time."""

    def __init__(self, client: Client, repository: str, prefix: str) -> None:
        self._client, self._repository, self._prefix = client, repository, prefix

    def take(self, indices: Iterable[str]) -> str:
        """Copies indices, and their words. Returns the name of the snapshot once it is whole."""
        self._look()
        name = f"{self._prefix}-{datetime.now(UTC):%Y%m%d%H%M%S}"
        body = {"indices": _both(indices), "include_global_state": False, "partial": False}
        with wall():
            made = self._client.snapshot.create(
                repository=self._repository,
                snapshot=name,
                body=body,
                params={"wait_for_completion": "true"},
                request_timeout=_COPY_SECONDS,
            )["snapshot"]
        if made["state"] != "SUCCESS":
            raise BuildRefused(f"La copie « {name} » n'est pas complète ({made['state']}) : recommencez-la.")
        return name

    def restore(self, name: str | None, there: Iterable[str]) -> list[str]:
        """Brings back a snapshot, the newest without ``name``: the indices that it holds and that are not ``there``. Returns the indices
        of generations that it holds."""
        known = {snapshot["snapshot"]: snapshot for snapshot in self._known()}
        wanted = known.get(name or max(known, default=""))
        if wanted is None:
            have = ", ".join(sorted(known, reverse=True)[:5]) or "aucune"
            raise NotFound(
                f"Le dépôt « {self._repository} » n'a pas {f'la copie « {name} »' if name else 'de copie'} (il y a : {have})."
            )
        missing = sorted({*wanted["indices"]} - {*there})
        if missing:
            self._bring_back(wanted["snapshot"], missing)
        return [index for index in wanted["indices"] if index.startswith(f"{self._prefix}-")]

    def _bring_back(self, name: str, indices: list[str]) -> None:
        body = {"indices": ",".join(indices), "include_global_state": False, "include_aliases": False}
        with wall():
            shards = self._client.snapshot.restore(
                repository=self._repository,
                snapshot=name,
                body=body,
                params={"wait_for_completion": "true"},
                request_timeout=_COPY_SECONDS,
            )["snapshot"]["shards"]
        if shards["failed"]:
            raise BuildRefused(
                f"La copie « {name} » n'est pas revenue entière ({shards['failed']} fragments) : recommencez."
            )

    def _known(self) -> list[dict[str, Any]]:
        self._look()
        with wall():
            found = self._client.snapshot.get(
                repository=self._repository, snapshot="_all", request_timeout=BUILD_SECONDS
            )["snapshots"]
        return [
            snapshot for snapshot in found if snapshot["state"] == "SUCCESS" and self._is_ours(snapshot["snapshot"])
        ]

    def _is_ours(self, name: str) -> bool:
        """Whether the name is this prefix and a time: another prefix may begin as this one does."""
        return name.removeprefix(f"{self._prefix}-").isdigit()

    def _look(self) -> None:
        """Raises ``NotFound`` when the repository is not registered."""
        try:
            with wall():
                self._client.snapshot.get_repository(repository=self._repository, request_timeout=BUILD_SECONDS)
        except NotFound:
            raise NotFound(
                f"Le dépôt de copies « {self._repository} » n'existe pas dans OpenSearch : enregistrez-le "
                f"(PUT _snapshot/{self._repository}), ou nommez-en un autre par « --repository »."
            ) from None


def _both(indices: Iterable[str]) -> str:
    return ",".join(name for index in indices for name in (index, words_index(index)))
