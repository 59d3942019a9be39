"""What each setting takes and refuses, value by value, and what the house reads of it."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from vivier.settings import Operator, Settings, Tiles, misspelt_variables, unread_variables
from vivier.settings.home import default_home
from vivier.settings.secret_files import SecretFiles
from vivier.settings.serving import BOUNDS

KEY = "A" * 43 + "="
MAP = "https://c.example:8443/{z}/{x}/{y}.png"
TAKEN: dict[str, tuple[object, ...]] = {
    "given_url": ("sqlite:////srv/given.sqlite", "postgresql+psycopg://hote/base"),
    "backup_key": (KEY, f"{KEY}, {KEY}\n"),
    "review_token": ("x" * 22, None),
    "opensearch_url": ("http://a:9200", "https://a, http://b,"),
    "opensearch_ca": (__file__, None),
    "public_url": ("https://vivier.example.org/", "http://h", None),
    "operator_name": ("Ville d'Auray", None),
    "tiles_url": (f"{MAP} C", f"{MAP} {'c' * 200} ", None),
    "metrics_token": ("t" * 32, None),
    "trusted_proxies": ("127.0.0.1,10.0.0.0/8", None),
    "rate_store": ("memory://", "redis://h:6379", "redis+unix:///s", "rediss://h"),
}
REFUSED: dict[str, tuple[object, ...]] = {
    "given_url": ("mysql://hote/base", "srv/given.sqlite", "postgres://h/b"),
    "backup_key": ("A" * 44, f"{KEY},{KEY[1:]}", ","),
    "review_token": ("x" * 21, '{"issuer": "https://fournisseur.example"}'),
    "opensearch_url": (" , ", "a:9200", "http://a,ftp://b"),
    "opensearch_ca": ("/nonexistent", "/"),
    "public_url": ("ftp://h", "https://", "https://h/?a=b", "https://h/#a", "https://u@h", "h"),
    "operator_name": ("<b>", "a\nb", "x" * 201),
    "tiles_url": (
        MAP,
        f"{MAP}  ",
        f"{MAP} {'c' * 201}",
        "https://c.example/{z}/{x}/{y}/{s}.png C",
        "https://c.example/{z}/{x}.png C",
        "https://c.example/{z}/{x}/{x}.png C",
        "ftp://c.example/{z}/{x}/{y}.png C",
        "https://u@c.example/{z}/{x}/{y}.png C",
    ),
    "metrics_token": ("t" * 31,),
    "trusted_proxies": ("proxy.local", "127.0.0.1,10.0.0.1/8"),
    "rate_store": ("bogus://", "memcached://h"),
}


def settings(**given: Any) -> Settings:
    return Settings.model_validate({"home": "/srv/vivier", **given})


@pytest.mark.parametrize("name", TAKEN)
def test_a_setting_takes_what_can_be_used_and_refuses_the_rest(name: str) -> None:
    for value in TAKEN[name]:
        assert value is None or getattr(settings(**{name: value}), name) not in (None, "")
    for value in REFUSED[name]:
        with pytest.raises(ValidationError) as refused:
            settings(**{name: value})
        assert [error["loc"] for error in refused.value.errors()] == [(name,)], value


def test_what_is_read_of_settings() -> None:
    given = settings(
        crawl_off=" siae, ,esat", opensearch_url="https://a, http://b,", public_url="https://h/", tiles_url=f"{MAP}  C ",
        trusted_proxies="127.0.0.1, 10.0.0.0/8", backup_key=f"{KEY}\n {KEY}", operator_name="Auray", size="region",
        opensearch_ca=__file__, given_url="postgresql://h/b",
    )  # fmt: skip
    assert given.sources_off == {"siae", "esat"} and given.opensearch_hosts == ["https://a", "http://b"]
    assert given.public_url == "https://h" and given.tiles == Tiles(MAP, "C") and given.bounds == BOUNDS["region"]
    assert Tiles(MAP, "C").origin == "https://c.example:8443"
    assert given.proxies == (ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8"))
    assert given.backup_key == SecretStr(f"{KEY},{KEY}") and given.operator == Operator("Auray")
    assert given.opensearch_ca == Path(__file__) and given.given_address == "postgresql://h/b"
    bare = settings()
    assert (bare.sources_off, bare.proxies, bare.tiles, bare.review_token) == (frozenset(), (), None, None)
    assert bare.given_address == "sqlite:////srv/vivier/given.sqlite"


def test_a_home_has_one_place_for_each_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {
        **{name: name for name in ("records", "context", "backups", "raw", "generations")},
        "ids": "identity/ids.jsonl",
        "decisions": "identity/decisions.csv",
        "doubts": "identity/pairs.csv",
    }
    given = settings()
    assert {name: str(getattr(given, name).relative_to("/srv/vivier")) for name in places} == places
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert default_home() == Path("/srv/data/vivier")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_home() == Path.home() / ".local/share/vivier"


def test_variables_that_are_no_setting_are_told_with_the_one_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIVIER_SIZES", "VIVIER_QWERTY", "VIVIER_SIZE"):
        monkeypatch.setenv(name, "town")
    assert {"VIVIER_SIZES", "VIVIER_QWERTY"} <= unread_variables() and "VIVIER_SIZE" not in unread_variables()
    assert misspelt_variables()["VIVIER_SIZES"] == "VIVIER_SIZE" and "VIVIER_QWERTY" not in misspelt_variables()


def test_a_secret_without_a_file_is_read_of_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, field = SecretFiles(Settings), Settings.model_fields["mail_key"]
    monkeypatch.delenv("VIVIER_MAIL_KEY_FILE", raising=False)
    assert read.get_field_value(field, "mail_key") == (None, "mail_key", False) and read() == {}
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="ascii")
    monkeypatch.setenv("VIVIER_MAIL_KEY_FILE", str(tmp_path / "key"))
    assert read.get_field_value(field, "mail_key") == (KEY, "mail_key", False) and read() == {"mail_key": KEY}
