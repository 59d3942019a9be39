"""OpenSearch as operators keep it: behind TLS, a user, certificates, with shards and replicas of their choice."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import subprocess
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import remove_all
from tests.engine.crash import answer_of, publish, whole
from vivier.engine.opensearch.access import access_of, layout_of
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.errors import EngineUnavailable, InvalidRequest
from vivier.settings import Settings

pytestmark = pytest.mark.slow


def openssl(*arguments: str, cwd: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, the certificate that it gives to a node and the one that it gives to Vivier."""
    folder = tmp_path_factory.mktemp("certificates")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        cwd=folder,
    )
    for name in ("node", "vivier"):
        openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            f"/CN={name}",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            cwd=folder,
        )
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-out", f"{name}.pem")
        openssl("x509", "-req", "-in", f"{name}.csr", *signed, cwd=folder)
    return folder


class Gate:
    """What a proxy in front of a node does: TLS, a certificate asked of the client, and nothing passes without the right user."""

    def __init__(self, certificates: Path, url: str, right: bytes | None) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificates / "node.pem", certificates / "node.key")
        self._tls.load_verify_locations(certificates / "ca.pem")
        self._tls.verify_mode = ssl.CERT_REQUIRED
        self._node = ("127.0.0.1", int(url.rpartition(":")[2]))
        self._right = right
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._pass, args=self._listening.accept()[:1], daemon=True).start()

    def _pass(self, raw: socket.socket) -> None:
        with contextlib.suppress(OSError), self._tls.wrap_socket(raw, server_side=True) as client:
            first = client.recv(65_536)
            if self._right is not None and self._right not in first:
                client.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(self._node) as node:
                node.sendall(first)
                back = threading.Thread(target=_relay, args=(node, client), daemon=True)
                back.start()
                _relay(client, node)
                back.join()


def _relay(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while some := source.recv(65_536):
            target.sendall(some)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def gate(certificates: Path, opensearch_url: str) -> Iterator[Gate]:
    right = b"Basic " + base64.b64encode("vivier:clé secrète".encode())
    with contextlib.closing(Gate(certificates, opensearch_url, right)) as own:
        yield own


@pytest.fixture
def settings(certificates: Path, gate: Gate, tmp_path: Path, opensearch_url: str) -> Iterator[Settings]:
    password = tmp_path / "password"
    password.write_text("clé secrète\n", encoding="utf8")
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    yield Settings(
        home=tmp_path,
        opensearch_url=gate.url,
        opensearch_prefix=prefix,
        opensearch_user="vivier",
        opensearch_password_file=password,
        opensearch_ca=certificates / "ca.pem",
        opensearch_certificate=certificates / "vivier.pem",
        opensearch_key=certificates / "vivier.key",
    )
    remove_all(opensearch_url, prefix)


def store_of(settings: Settings) -> OpenSearchStore:
    return OpenSearchStore(
        settings.opensearch_hosts, settings.opensearch_prefix, access_of(settings), layout_of(settings)
    )


def refusal(settings: Settings) -> str:
    with contextlib.closing(store_of(settings)) as engine, pytest.raises(EngineUnavailable) as told:
        engine.generations("suppliers")
    return str(told.value)


def test_a_generation_is_built_and_read_behind_tls_a_user_and_certificates(settings: Settings) -> None:
    with contextlib.closing(store_of(settings)) as engine:
        publish(engine, 1)
        assert answer_of(engine) == whole(1)


def test_a_wrong_password_is_told_as_such(settings: Settings) -> None:
    assert settings.opensearch_password_file is not None
    settings.opensearch_password_file.write_text("autre")
    assert "VIVIER_OPENSEARCH_USER" in refusal(settings)


def test_an_authority_that_is_not_known_is_told_as_such(settings: Settings) -> None:
    assert "VIVIER_OPENSEARCH_CA" in refusal(settings.model_copy(update={"opensearch_ca": None}))


def test_without_a_certificate_of_ours_nothing_is_answered(settings: Settings) -> None:
    assert refusal(settings.model_copy(update={"opensearch_certificate": None, "opensearch_key": None}))


def test_the_password_is_shown_nowhere(settings: Settings) -> None:
    assert "secrète" not in f"{access_of(settings)!r} {settings!r}"


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"opensearch_user": "vivier"}, "VIVIER_OPENSEARCH_USER"),
        ({"opensearch_password": "a"}, "VIVIER_OPENSEARCH_USER"),
        ({"opensearch_user": "a", "opensearch_password_file": "/nowhere"}, "VIVIER_OPENSEARCH_PASSWORD_FILE"),
        ({"opensearch_ca": "/nowhere"}, "VIVIER_OPENSEARCH_CA"),
        ({"opensearch_key": "/nowhere"}, "VIVIER_OPENSEARCH_KEY"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(given: dict[str, Any], variable: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest) as told:
        access_of(Settings(home=tmp_path, **given))
    assert [error.field for error in told.value.errors] == [variable]


def test_a_collection_that_does_not_exist_has_no_shards(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="contracts"):
        layout_of(Settings(home=tmp_path, opensearch_shards="contrats=2"))


def test_shards_and_replicas_are_those_of_the_settings_and_answers_the_same(
    opensearch_url: str, tmp_path: Path
) -> None:
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    settings = Settings(
        home=tmp_path,
        opensearch_url=opensearch_url,
        opensearch_prefix=prefix,
        opensearch_shards="suppliers=3,contracts=2",
        opensearch_replicas="suppliers=1,contracts=0-all",
    )
    with contextlib.closing(store_of(settings)) as engine:
        name = publish(engine, 1)
        assert answer_of(engine) == whole(1)
    with urllib.request.urlopen(f"{opensearch_url}/{prefix}-{name}/_settings", timeout=10) as answer:
        (found,) = (index["settings"]["index"] for index in json.load(answer).values())
    remove_all(opensearch_url, prefix)
    given = {name: found[name] for name in ("number_of_shards", "number_of_replicas", "refresh_interval")}
    assert given == {"number_of_shards": "3", "number_of_replicas": "1", "refresh_interval": "30s"}
