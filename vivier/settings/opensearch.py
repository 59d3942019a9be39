"""Settings of OpenSearch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from vivier.settings.home import InHome


def _hosts(text: str) -> str:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if not hosts or not all(host.startswith(("http://", "https://")) for host in hosts):
        raise PydanticCustomError(
            "hosts", "Un ou plusieurs hôtes séparés par des virgules sont attendus, par exemple http://127.0.0.1:9200."
        )
    return text


def _file(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise PydanticCustomError("file", "Un fichier lisible est attendu : il n'y en a pas à cet endroit.")
    return path


_NAMED = r"[a-z]+="
_COUNT = r"[1-9]\d?"
_COPIES = r"\d(-(\d|all))?"
"""Parts of the settings that give a number, or one by collection."""


class OfOpenSearch(InHome):
    """How OpenSearch is reached, and the indexes that it keeps."""

    opensearch_url: Annotated[
        str, AfterValidator(_hosts), Field(description="one or more hosts, separated by commas")
    ] = "http://127.0.0.1:9200"
    opensearch_prefix: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", description="beginning of the index names")
    ] = "vivier"
    opensearch_user: Annotated[str | None, Field(description="user of OpenSearch")] = None
    opensearch_password: Annotated[SecretStr | None, Field(description="password of this user")] = None
    opensearch_ca: Annotated[
        Path | None,
        AfterValidator(_file),
        Field(description="file (PEM) of the authorities that sign the certificates of the nodes"),
    ] = None
    opensearch_certificate: Annotated[
        Path | None,
        AfterValidator(_file),
        Field(description="file (PEM) of the certificate that Vivier shows to OpenSearch, and of its key"),
    ] = None
    opensearch_shards: Annotated[
        str,
        Field(
            pattern=rf"^({_COUNT}|{_NAMED}{_COUNT}(,{_NAMED}{_COUNT})*)$",
            description="shards of an index; or by collection, « contracts=3,suppliers=1 »",
        ),
    ] = "1"
    opensearch_replicas: Annotated[
        str,
        Field(
            pattern=rf"^({_COPIES}|{_NAMED}{_COPIES}(,{_NAMED}{_COPIES})*)$",
            description="replicas of an index, a number or a range that follows the nodes; or by collection",
        ),
    ] = "0-1"

    @property
    def opensearch_hosts(self) -> list[str]:
        return [host.strip() for host in self.opensearch_url.split(",") if host.strip()]
