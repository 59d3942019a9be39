"""What names a client: one address however it is written, a hash that every process makes alike, nobody for a trusted proxy."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.requests import Request

from search_api.app import create_app
from search_api.bodies import LARGEST
from search_api.clients import client_of, key_of
from search_api.rates import client_key
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.privacy.networks import network_of
from vivier.settings import Settings

PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.9", ("203.0.113.9",)),
        ("::ffff:203.0.113.9", ("203.0.113.9",)),
        ("2001:db8:1:2::9", ("2001:db8:1::/48", "2001:db8:1:2::/64")),
        ("2001:db8:1:2:ffff::1", ("2001:db8:1::/48", "2001:db8:1:2::/64")),
        ("127.0.0.1", ()),
        ("::ffff:127.0.0.1", ()),
        ("10.1.2.3", ()),
        ("127.0.0.2", ("127.0.0.2",)),
        ("testclient", ()),
    ],
)
def test_a_client_is_one_address_however_it_is_written(address: str, client: tuple[str, ...]) -> None:
    assert client_of(address, PROXIES) == client


def test_this_machine_is_a_client_unless_it_is_a_trusted_proxy() -> None:
    assert client_of("127.0.0.1", ()) == ("127.0.0.1",) and client_of("::1", ())


def test_the_key_of_the_hashes_is_drawn_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    home, twin = Settings(home=tmp_path / "home"), tmp_path / "twin"
    key = key_of(home)
    kept = tmp_path / "home" / "clients.key"
    assert key_of(home) == key == kept.read_bytes() and kept.stat().st_mode & 0o777 == 0o600
    kept.parent.rename(twin)
    assert key_of(home) != key == key_of(Settings(home=twin))  # the same public settings, another draw
    (twin / "clients.key").write_bytes(key[:5])  # cut by a full disk
    assert key_of(Settings(home=twin)) != key
    assert key_of(None) != key_of(None)


def test_hosts_that_share_the_salt_of_oppositions_make_the_same_hash(tmp_path: Path) -> None:
    def salted(home: str, salt: str) -> bytes:
        return key_of(Settings.model_validate({"home": tmp_path / home, "opposition_salt": salt}))

    salt = "un sel assez long pour servir"
    assert salted("one", salt) == salted("two", salt) != salted("two", "un autre sel assez long")
    assert not (tmp_path / "one").exists()


@pytest.mark.slow
def test_routes_know_a_hash_and_never_the_address(engine: EmbeddedStore, lexicon: Lexicon, tmp_path: Path) -> None:
    seen: list[str] = []
    app = create_app(engine, lexicon, settings=Settings(home=tmp_path))

    @app.get("/seen")
    def see(request: Request) -> None:
        seen.append(client_key(request))

    for host in ("203.0.113.9", "203.0.113.9", "203.0.113.10", "2001:db8:1:2::9", "2001:db8:1:3::9"):
        TestClient(app, client=(host, 50_000)).get("/seen")
    assert seen[0] == seen[1] != seen[2] and {len(each) for each in seen} == {24, 49}
    assert network_of(seen[0]) == seen[0] and seen[3] != seen[4] and network_of(seen[3]) == network_of(seen[4])


@pytest.mark.slow
def test_wrong_passwords_of_a_network_make_all_its_clients_wait(
    engine: EmbeddedStore, lexicon: Lexicon, tmp_path: Path
) -> None:
    app = create_app(
        engine, lexicon, settings=Settings(home=tmp_path), review_token=SecretStr("un mot de passe assez long")
    )

    def status(address: str) -> int:
        return TestClient(app, client=(address, 50_000)).get("/revue", auth=("", "faux")).status_code

    assert [status(f"2001:db8:1:{number}::9") for number in range(7)] == [401] * 5 + [429] * 2
    assert status("2001:db8:2::9") == 401


def test_a_body_larger_than_any_route_reads_is_refused_before_it_takes_a_place(
    engine: EmbeddedStore, lexicon: Lexicon, tmp_path: Path
) -> None:
    client = TestClient(create_app(engine, lexicon, settings=Settings(home=tmp_path)))
    answer = client.post("/v1/needs/batch", content=b"x" * (LARGEST + 1), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 413 and "8 Mo" in answer.json()["detail"]
