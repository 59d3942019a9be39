"""The client of OpenSearch and the wall around it: the only file that imports opensearch-py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError
from opensearchpy.serializer import JSONSerializer

from vivier.errors import EngineUnavailable, NotFound

Client = OpenSearch

_ANSWER_SECONDS = 10


class _Orjson(JSONSerializer):
    """The serializer of opensearch-py, made faster by orjson. Text and bytes are sent as they are."""

    def loads(self, s: str) -> Any:
        return orjson.loads(s)

    def dumps(self, data: Any) -> Any:
        return data if isinstance(data, str | bytes) else orjson.dumps(data).decode()


@contextmanager
def wall() -> Iterator[None]:
    """Turns the errors of opensearch-py into those of the port: ``EngineUnavailable`` and ``NotFound``."""
    try:
        yield
    except Unreachable as error:
        raise EngineUnavailable("Le moteur OpenSearch ne répond pas (voir VIVIER_OPENSEARCH_URL).") from error
    except NotFoundError as error:
        raise NotFound("Cette génération n'existe pas ou plus dans OpenSearch.") from error
    except TransportError as error:
        raise EngineUnavailable(f"Le moteur OpenSearch a refusé la demande (code {error.status_code}).") from error
    except OpenSearchException as error:
        raise EngineUnavailable("Le moteur OpenSearch a répondu de façon illisible.") from error


def connect(hosts: list[str]) -> Client:
    """A client of these hosts. It sends no request yet."""
    return OpenSearch(
        hosts,
        serializer=_Orjson(),
        max_retries=2,
        retry_on_timeout=False,  # with retries, a slow node would make the user wait three times as long
        retry_on_status=(429, 502, 503, 504),
        timeout=_ANSWER_SECONDS,
    )
