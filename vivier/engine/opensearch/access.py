"""How the settings say to reach OpenSearch, and how its indices are laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vivier.engine.opensearch.dsl import Json
from vivier.errors import FieldError, InvalidRequest
from vivier.search.operators import COLLECTIONS, Collection
from vivier.settings import Settings

_BEGIN: Final = "VIVIER_OPENSEARCH_"
PATIENCE: Final = 1.0
"""Seconds after which a node that answers nothing is set aside."""


@dataclass(frozen=True)
class Access:
    """Who asks, and which authorities and certificates make the connection. ``password`` is never shown. ``patience``: seconds after
    which a node that answers nothing is set aside."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    authorities: Path | None = None
    certificate: Path | None = None
    patience: float = 5.5


ANYBODY: Final = Access()
"""A cluster that asks nobody who they are."""


@dataclass(frozen=True)
class Layout:
    """Shards and replicas of the indices of a collection. ``replicas``: a number, or a range that follows the number of nodes (« 0-1 »).
    An index that always has replicas has one while it is filled."""

    shards: Mapping[Collection, int] = field(default_factory=dict)
    replicas: Mapping[Collection, str] = field(default_factory=dict)

    def filled(self, collection: Collection) -> Json:
        """Settings while an index is filled. No one searches it: it is refreshed once, when it is whole, and then copied."""
        return {
            "number_of_shards": self.shards.get(collection, 1),
            "number_of_replicas": min(1, int(self.replicas.get(collection, "0-1").partition("-")[0])),
            "refresh_interval": "-1",
        }

    def served(self, collection: Collection) -> Json:
        """Settings once an index is whole."""
        return {**self.copies(collection), "refresh_interval": "30s"}

    def copies(self, collection: Collection) -> Json:
        """The replicas of an index that is served."""
        replicas = self.replicas.get(collection, "0-1")
        if "-" in replicas:
            return {"auto_expand_replicas": replicas}
        return {"auto_expand_replicas": "false", "number_of_replicas": int(replicas)}


ONE_SHARD: Final = Layout()
"""One shard an index, and a replica when there is a second node."""


def access_of(settings: Settings) -> Access:
    """The access that the settings give. Raises ``InvalidRequest`` naming the variable to correct."""
    password = settings.opensearch_password
    if (settings.opensearch_user is None) != (password is None):
        raise _wrong("USER", "Donnez un utilisateur et son mot de passe, ou aucun des deux.")
    return Access(
        settings.opensearch_user,
        None if password is None else password.get_secret_value(),
        _readable("CA", settings.opensearch_ca),
        _readable("CERTIFICATE", settings.opensearch_certificate),
        PATIENCE,
    )


def layout_of(settings: Settings) -> Layout:
    """The layout that the settings give. Raises ``InvalidRequest`` naming the variable to correct."""
    shards = _by_collection("SHARDS", settings.opensearch_shards)
    return Layout(
        {collection: int(count) for collection, count in shards.items()},
        _by_collection("REPLICAS", settings.opensearch_replicas),
    )


def _readable(name: str, file: Path | None) -> Path | None:
    if file is not None and not file.is_file():
        raise _wrong(name, f"Il n'y a pas de fichier {file} : donnez le chemin d'un fichier PEM.")
    return file


def _by_collection(variable: str, text: str) -> dict[Collection, str]:
    """« 1 » for every collection, or « suppliers=1,contracts=3 » for those named."""
    named = [part.strip().rpartition("=") for part in text.split(",")]
    found: dict[Collection, str] = {}
    for collection, equals, value in named:
        if equals and collection not in COLLECTIONS:
            raise _wrong(variable, f"Contenu inconnu : « {collection} », attendu l'un de : {', '.join(COLLECTIONS)}.")
        found |= {name: value for name in COLLECTIONS if not equals or name == collection}
    return found


def _wrong(name: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldError(_BEGIN + name, "invalid_setting", message),))
