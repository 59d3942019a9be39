"""The service as ``docker-compose.yml`` runs it: behind Caddy with the file of the repository, its figures read from another container."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.walk import ROOT
from tests.ports import free_port
from tests.search_api.serving.server import PATIENCE, Serving, serving, until

pytestmark = pytest.mark.slow
FORGED = "203.0.113.9"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    settings = {"VIVIER_TRUSTED_PROXIES": "127.0.0.0/8", "VIVIER_PUBLIC_URL": "https://localhost", "VIVIER_LOG": "json"}
    with serving(tmp_path_factory.mktemp("home"), **settings) as started:
        yield started


@pytest.fixture(scope="module")
def proxy(server: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of HTTPS; the authority of the proxy is its own."""
    if shutil.which("caddy") is None:
        pytest.skip("NO CADDY: the proxy of docker-compose.yml was NOT run (apt-get install caddy)")
    port, folder = free_port(), tmp_path_factory.mktemp("caddy")
    environment = os.environ | {
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PUBLIC_HOST": f"localhost:{port}",
        "HTTP_PORT": str(free_port()),
        "UPSTREAM": f"127.0.0.1:{server.port}",
    }
    command = ["caddy", "run", "--config", str(ROOT / "deploy/caddy/Caddyfile"), "--adapter", "caddyfile"]
    with (folder / "log").open("w") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as caddy:
        try:
            until(lambda: _authority(folder).is_file() and _listens(port))
            os.environ["SSL_CERT_FILE"] = str(_authority(folder))
            yield port
        finally:
            os.environ.pop("SSL_CERT_FILE", None)
            caddy.kill()


def _authority(folder: Path) -> Path:
    return folder / "caddy/pki/authorities/local/root.crt"


def _listens(port: int) -> bool:
    try:
        ask(port, "/health", context=ssl._create_unverified_context())
    except OSError:
        return False
    return True


def ask(
    port: int, path: str, *, body: bytes | None = None, context: ssl.SSLContext | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """What is answered over TLS; the certificate of the proxy is checked unless a ``context`` is given."""
    trusted = context or ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    connection = http.client.HTTPSConnection("localhost", port, timeout=30, context=trusted)
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    read = answer.status, answer.headers, answer.read()
    connection.close()
    return read


def test_pages_come_over_tls_with_our_headers_and_no_name_of_a_server(proxy: int) -> None:
    status, headers, _ = ask(proxy, "/health")
    assert status == 200 and "server" not in headers
    status, headers, body = ask(proxy, "/aide", Accept="text/html")
    assert status == 200 and b"<h1" in body and "default-src" in headers["content-security-policy"]


def test_the_service_knows_who_asks_by_the_proxy_and_not_by_what_the_client_says(proxy: int, server: Serving) -> None:
    """The first address of a forged list is not believed: a client cannot take another's share."""
    ask(proxy, "/health", **{"X-Forwarded-For": FORGED, "Forwarded": f"for={FORGED}"})
    status, _, body = ask(proxy, "/ready", **{"X-Forwarded-For": FORGED})
    assert status in (200, 503) and FORGED not in body.decode()
    assert FORGED not in server.log.read_text(encoding="utf8")
    assert "forwarded" not in json.dumps(json.loads(body).get("warnings", [])).lower()


def test_figures_stay_inside_and_a_body_too_large_is_refused_in_our_words(proxy: int) -> None:
    assert ask(proxy, "/metrics")[0] == 404
    status, headers, body = ask(proxy, "/v1/rounds", body=b"x" * 5_000_000, **{"Content-Type": "application/json"})
    assert (status, headers["content-type"]) == (413, "application/problem+json") and b"trop lourd" in body


@pytest.mark.parametrize("workers", ["1", "2"])
def test_figures_are_read_from_elsewhere_by_who_has_their_token(tmp_path: Path, workers: str) -> None:
    port, token = free_port(), "f" * 32
    settings = {"VIVIER_WORKERS": workers, "VIVIER_METRICS_PORT": str(port), "VIVIER_METRICS_TOKEN": token}
    with serving(tmp_path, **settings) as server:
        until(lambda: _accepts(port))
        while_it_starts = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        while_it_starts.request("GET", "/health")  # the figures answer before the service does
        assert while_it_starts.getresponse().status == 200
        while_it_starts.close()
        for given, status in ((None, 401), (f"Bearer {token[1:]}", 401), (token, 401), (f"Bearer {token}", 200)):
            connection = http.client.HTTPConnection("127.0.0.2", port, timeout=30)
            connection.request("GET", "/metrics", headers={} if given is None else {"Authorization": given})
            answer = connection.getresponse()
            assert (answer.status, b"vivier_" in answer.read()) == (status, status == 200)
            connection.close()


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.2", port), 5).close()
    except OSError:
        return False
    return True
