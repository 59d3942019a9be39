"""The client of OpenSearch and the wall around it: the only file that imports opensearch-py.

The nodes that answer, while one of them does not.

The others notice a stopped node after half a minute. Until then, a node that answers may choose a copy of a shard on the stopped one, and wait.
A search that is not answered soon is therefore asked again with the nodes that answer as preferred ones, and so are those that come after,
until every node answers.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import orjson
from opensearchpy import OpenSearch, Transport, Urllib3HttpConnection
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout, NotFoundError, OpenSearchException, SSLError, TransportError
from opensearchpy.serializer import JSONSerializer
from urllib3.exceptions import ProtocolError

from vivier.engine.opensearch.access import ANYBODY, Access
from vivier.errors import EngineAway, EngineUnavailable, NotFound

PREFERRED: Final = "_prefer_nodes:"
_FRESH: Final = 0.3
"""Seconds that what was seen serves those who ask at the same moment."""
_AGAIN: Final = 2.0
"""Seconds between two looks at the nodes while one of them does not answer."""


class Member(Protocol):
    """A node as the client sees it."""

    def present(self) -> str | None:
        """The id of the node, empty when the node does not say it; ``None`` when it does not answer in time."""
        ...


class Company:
    """What is known of the nodes. ``missing`` is told each node that does not answer."""

    def __init__(self, members: Sequence[Member], missing: Callable[[Member], None]) -> None:
        self.preference: str | None = None
        """The preference that searches take; ``None`` while every node answers."""
        self._members, self._missing = members, missing
        self._alone = threading.Lock()
        self._looked_at, self._anybody, self._watched_by, self._closed = 0.0, True, 0, False

    def look(self) -> bool:
        """Asks every node at once whether it is there. Returns whether one is."""
        with self._alone:
            if time.monotonic() - self._looked_at > _FRESH:
                self._look()
            if self.preference is not None and self._watched_by != os.getpid():
                self._watched_by = os.getpid()  # a thread stays in the process that began it
                threading.Thread(target=self._watch, name="vivier-nodes", daemon=True).start()
            return self._anybody

    def _look(self) -> None:
        with ThreadPoolExecutor(len(self._members)) as threads:
            found = list(threads.map(lambda member: member.present(), self._members))
        for member, id_ in zip(self._members, found, strict=True):
            if id_ is None:
                self._missing(member)
        ids = [id_ for id_ in found if id_]
        self._anybody = any(id_ is not None for id_ in found)
        self.preference = PREFERRED + ",".join(ids) if ids and None in found else None
        self._looked_at = time.monotonic()

    def close(self) -> None:
        """Nobody asks any more."""
        self._closed = True

    def _watch(self) -> None:
        """Looks again until every node answers, or none."""
        while not self._closed:
            time.sleep(_AGAIN)
            with self._alone:
                self._look()
                if self.preference is None:
                    self._watched_by = 0
                    return


FAILURES: Final = 2
"""Failures in a row that open the breaker."""
CLOSED_AGAIN: Final = 3.0
"""Seconds after which one request is let through, to see whether somebody answers again."""


class Breaker:
    """Open after ``failures`` in a row: requests are then refused, but for one every ``seconds``. An answer closes it."""

    def __init__(self, failures: int = FAILURES, seconds: float = CLOSED_AGAIN) -> None:
        self._most, self._seconds = failures, seconds
        self._failures, self._tried_at = 0, 0.0
        self._alone = Lock()

    def refuses(self) -> bool:
        """Whether a request is to be refused. The one that is let through holds the others back for as long again."""
        with self._alone:
            now = time.monotonic()
            if self._failures < self._most:
                return False
            if now - self._tried_at < self._seconds:
                return True
            self._tried_at = now
            return False

    def failed(self) -> None:
        """A request got no answer."""
        with self._alone:
            self._failures += 1
            self._tried_at = time.monotonic()

    def answered(self) -> None:
        """A request got an answer, be it a refusal."""
        self._failures = 0


logging.getLogger("opensearch").setLevel(
    logging.CRITICAL
)  # it writes a traceback for each look at a node that is away; we tell our own errors

Client = OpenSearch

_SOON: Final = 0.55
"""Share of the patience that a search has before its node is asked whether it is there."""
_SOON_AMONG: Final = 0.45
"""The same when other nodes may answer in its place."""
_SEEN: Final = 0.3
"""Share of the patience that the node has to say so."""
_SEARCHES: Final = ("/_search", "/_msearch")
ANSWER_SECONDS = 10
"""Seconds that a search has on a node that is there."""
MOMENTARY: Final = (429, 502, 503, 504)
"""Statuses that may pass by themselves."""
_WHO: Final[dict[int | str, str]] = {
    401: "Vérifiez VIVIER_OPENSEARCH_USER et son mot de passe.",
    403: "L'utilisateur n'a pas ce droit : voir docs/operate-opensearch.md, « Rights ».",
}
_TLS: Final = {
    "mismatch": "Le certificat du moteur OpenSearch est celui d'un autre nom : écrivez dans VIVIER_OPENSEARCH_URL un nom qu'il porte.",
    "doesn't match": "Le certificat du moteur OpenSearch est celui d'un autre nom : écrivez dans VIVIER_OPENSEARCH_URL un nom qu'il porte.",
    "expired": "Le certificat du moteur OpenSearch a expiré : renouvelez-le.",
    "CERTIFICATE_VERIFY_FAILED": "L'autorité qui signe le certificat du moteur OpenSearch n'est pas connue : donnez son fichier dans VIVIER_OPENSEARCH_CA.",
    "WRONG_VERSION_NUMBER": "Le moteur OpenSearch répond sans TLS : écrivez http:// dans VIVIER_OPENSEARCH_URL, ou réglez TLS sur les nœuds.",
}
"""What OpenSSL says of a server, and what there is to do, the first that fits."""
_OURS: Final = "Le moteur OpenSearch refuse notre certificat (voir VIVIER_OPENSEARCH_CERTIFICATE)."
_AWAY: Final = "Le moteur OpenSearch ne répond pas (voir VIVIER_OPENSEARCH_URL)."
_CLOSED: Final = "Le moteur OpenSearch ferme la connexion sans répondre (s'il attend https, écrivez https:// dans VIVIER_OPENSEARCH_URL)."


_FULL: Final = (
    "Un disque d'OpenSearch est plein : ses index n'acceptent plus rien, les recherches continuent. Libérez de la place ou "
    "ajoutez un nœud, puis relancez (docs/operate-opensearch.md, « A full disk »)."
)
_OF_A_FULL_DISK: Final = ("disk usage exceeded", "read-only-allow-delete", "create-index blocked")
"""What OpenSearch says beyond its flood stage of the disk: with 429 or 403, as of a moment or of a right."""
_NOBODY: Final = {"authorization": ""}


class _Orjson(JSONSerializer):
    """The serializer of opensearch-py, made faster by orjson. Text and bytes are sent as they are."""

    def loads(self, s: str) -> Any:
        return orjson.loads(s)

    def dumps(self, data: Any) -> Any:
        return data if isinstance(data, str | bytes) else orjson.dumps(data).decode()


class SlowSearch(Exception):
    """A node among several did not answer a search soon: it is stopped, or it waits for another one, or the search is long."""


class _NodeConnection(Urllib3HttpConnection):
    """The connections to one node. A request that is not answered soon is asked again with time, if the node answers anything at all; else
    the node is set aside until it does. A slow search is thus told from a stopped node; among several nodes, whoever asks looks first which of
    them answer (:class:`SlowSearch`). Requests that say their time have it."""

    _aside = False

    def __init__(self, *args: Any, patience: float, several: bool, **options: Any) -> None:
        """``patience``: seconds after which a node that answers nothing is set aside; ``several``: other nodes may answer in its place."""
        super().__init__(*args, **options)
        self._soon, self._seen = (_SOON_AMONG if several else _SOON) * patience, _SEEN * patience
        self._several = several

    def perform_request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        if options.get("timeout") is not None:
            return super().perform_request(method, url, *args, **options)
        if self._aside:
            self._see()
        try:
            return super().perform_request(method, url, *args, **{**options, "timeout": self._soon})
        except ConnectionTimeout:
            if self._several and url.endswith(_SEARCHES):
                raise SlowSearch from None
            self._see()
        return super().perform_request(method, url, *args, **{**options, "timeout": ANSWER_SECONDS})

    def present(self) -> str | None:
        """The id of the node, empty when it does not say it; ``None`` when it answers nothing."""
        try:
            request = "GET", "/_nodes/_local", {"filter_path": "nodes.*.name"}
            _, _, answer = super().perform_request(*request, timeout=self._seen)
        except Unreachable:
            self._aside = True
            return None
        except TransportError:
            return ""
        self._aside = False
        return str(next(iter(orjson.loads(answer)["nodes"])))

    def _see(self) -> None:
        """Raises ``ConnectionTimeout`` when the node answers nothing. Nobody is said to ask: a node that has a password to check takes
        longer than that the first time, and each time that it is wrong (bcrypt)."""
        self._aside = True
        try:
            super().perform_request("GET", "/", timeout=self._seen, headers=_NOBODY)
        except Unreachable as error:
            raise ConnectionTimeout("TIMEOUT", str(error), error) from error
        except TransportError:
            pass  # an answer, even if it is a refusal
        self._aside = False


class _Guarded(Transport):
    """Refuses searches at once while no node answers."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._breaker = Breaker()
        nodes: list[Any] = self.seed_connections
        forget: Any = self.mark_dead
        self.company = Company(nodes, forget)

    def look_around(self) -> None:
        """Looks which nodes answer; those that do are preferred by the searches to come. Raises ``ConnectionError`` when none does."""
        if not self.company.look():
            self._breaker.failed()
            raise Unreachable("N/A", "no node answers", None)

    def close(self) -> Any:
        self.company.close()
        return super().close()

    def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        patient = timeout is not None or "request_timeout" in (params or {})
        if not patient and self._breaker.refuses():
            raise Unreachable("N/A", "no node answered lately", None)
        try:
            answer = super().perform_request(method, url, params, body, timeout, ignore, headers)
        except SSLError:
            raise  # somebody is there, and says so at once: what is wrong is told each time
        except Unreachable:
            self._breaker.failed()
            raise
        except TransportError:
            self._breaker.answered()
            raise
        self._breaker.answered()
        return answer


@contextmanager
def wall() -> Iterator[None]:
    """Turns the errors of opensearch-py into those of the port: ``EngineUnavailable`` (``EngineAway`` when it may pass) and ``NotFound``."""
    try:
        yield
    except SSLError as error:
        raise EngineUnavailable(_of_tls(error)) from error
    except Unreachable as error:
        raise EngineAway(_CLOSED if isinstance(error.info, ProtocolError) else _AWAY) from error
    except NotFoundError as error:
        raise NotFound("Cette génération n'existe pas ou plus dans OpenSearch.") from error
    except TransportError as error:
        raise full_disk(str(error.info)) or refusal(error.status_code) from error
    except OpenSearchException as error:
        raise EngineUnavailable("Le moteur OpenSearch a répondu de façon illisible.") from error


def _of_tls(error: SSLError) -> str:
    reason = str(error.info)
    return next((sentence for mark, sentence in _TLS.items() if mark in reason), _OURS)


def full_disk(reason: str) -> EngineUnavailable | None:
    """What a refusal is told as when a full disk is its reason, else ``None``. It does not pass by itself."""
    return EngineUnavailable(_FULL) if any(mark in reason for mark in _OF_A_FULL_DISK) else None


def refusal(status: int | str) -> EngineUnavailable:
    """What an answer of this status is told as."""
    sentence = f"Le moteur OpenSearch a refusé la demande (code {status})."
    if status in MOMENTARY:
        return EngineAway(sentence)
    return EngineUnavailable(f"{sentence} {_WHO.get(status, '')}".rstrip())


def connect(hosts: list[str], access: Access = ANYBODY) -> Client:
    """A client of these hosts. It sends no request yet. A node that does not answer is set aside for ten seconds, then longer and longer."""
    return OpenSearch(
        hosts,
        transport_class=_Guarded,
        connection_class=_NodeConnection,
        serializer=_Orjson(),
        headers=_signed(access),
        ca_certs=_text(access.authorities),
        client_cert=_text(access.certificate),
        max_retries=max(1, len(hosts) - 1),
        retry_on_timeout=len(hosts) > 1,  # of another node; the same one would make the user wait twice as long
        retry_on_status=MOMENTARY,
        dead_timeout=10,
        pool_maxsize=32,
        patience=access.patience,
        several=len(hosts) > 1,
        timeout=ANSWER_SECONDS,
    )


def _signed(access: Access) -> dict[str, str]:
    """The header that says who asks (RFC 7617, in UTF-8: the client would write an accent in another way)."""
    if access.user is None:
        return {}
    return {"authorization": "Basic " + b64encode(f"{access.user}:{access.password}".encode()).decode()}


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
