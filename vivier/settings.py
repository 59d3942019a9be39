"""Settings, read once from the environment (prefix ``VIVIER_``) and passed to the functions that need them. No other code reads
the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import fuzz, process


def default_home() -> Path:
    """``$XDG_DATA_HOME/vivier``, by default ``~/.local/share/vivier``."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vivier"


def _hosts(text: str) -> str:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if not hosts or not all(host.startswith(("http://", "https://")) for host in hosts):
        raise PydanticCustomError(
            "hosts", "Un ou plusieurs hôtes séparés par des virgules sont attendus, par exemple http://127.0.0.1:9200."
        )
    return text


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise PydanticCustomError(
            "address", "Une adresse est attendue, sans paramètre, par exemple https://vivier.example.org."
        )
    return url.rstrip("/")


_NAMED = r"[a-z]+="
_COUNT = r"[1-9]\d?"
_COPIES = r"\d(-(\d|all))?"
"""Parts of the settings that give a number, or one by collection."""


@dataclass(frozen=True)
class Operator:
    """Who runs a service, for its legal pages. What is not set is ``None``, and the pages say so."""

    name: str | None = None
    address: str | None = None
    contact: str | None = None
    director: str | None = None
    host: str | None = None


NOBODY = Operator()
"""A service whose operator is not set."""


@dataclass(frozen=True)
class Tiles:
    """A server of map images: the template of their addresses, and whom its terms ask to credit."""

    url: str
    attribution: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, for the content policy."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def _tiles(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    known = all(part in url for part in ("{z}", "{x}", "{y}")) and url.count("{") == 3
    is_plain = re.fullmatch(r"[A-Za-z0-9.:-]+", parts.netloc) is not None
    if parts.scheme not in ("http", "https") or not known or not is_plain:
        raise PydanticCustomError(
            "tiles",
            "Une adresse d'images avec {z}, {x} et {y} est attendue, par exemple https://cartes.example.org/{z}/{x}/{y}.png.",
        )
    return url


Contacts = Literal["shown", "hidden"]
"""Whether the mailbox and the number of an organisation are given to readers."""


class Settings(BaseSettings):
    """Where things are and which engine answers. An empty variable is as good as none."""

    model_config = SettingsConfigDict(env_prefix="VIVIER_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Annotated[
        Path,
        AfterValidator(Path.expanduser),
        Field(default_factory=default_home, description="records, raw files and generations"),
    ]
    engine: Annotated[Literal["embedded", "opensearch"], Field(description="the engine that answers")] = "embedded"
    opensearch_url: Annotated[
        str, AfterValidator(_hosts), Field(description="one or more hosts, separated by commas")
    ] = "http://127.0.0.1:9200"
    opensearch_prefix: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", description="beginning of the index names")
    ] = "vivier"
    opensearch_user: Annotated[str | None, Field(description="user of OpenSearch")] = None
    opensearch_password: Annotated[SecretStr | None, Field(description="password of this user")] = None
    opensearch_password_file: Annotated[
        Path | None, Field(description="file that holds the password of this user, alone, instead of the variable")
    ] = None
    opensearch_ca: Annotated[
        Path | None, Field(description="file (PEM) of the authorities that sign the certificates of the nodes")
    ] = None
    opensearch_certificate: Annotated[
        Path | None, Field(description="file (PEM) of the certificate that Vivier shows to OpenSearch")
    ] = None
    opensearch_key: Annotated[Path | None, Field(description="file (PEM) of the key of this certificate")] = None
    opensearch_patience: Annotated[
        float, Field(ge=0.1, le=60, description="seconds after which a node that answers nothing is set aside")
    ] = 1.0
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
    opensearch_filling_replicas: Annotated[
        int, Field(ge=0, le=9, description="replicas of an index while it is filled")
    ] = 0
    opensearch_snapshots: Annotated[
        str,
        Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$", description="repository of the cluster for « vivier snapshot »"),
    ] = "vivier"
    contact_url: Annotated[str, Field(description="given in the crawlers' User-Agent")] = "https://example.org/vivier"
    crawl_off: Annotated[str | None, Field(description="sources never read online, separated by commas")] = None
    mirror_pace: Annotated[
        float, Field(ge=0, le=1, description="share of the delay of a source kept with a mirror on this machine")
    ] = 0.0
    allow_few: Annotated[
        bool, Field(description="accept online readings that keep fewer rows than the source is known to have")
    ] = False
    opposition_salt: Annotated[
        SecretStr | None, Field(min_length=16, description="key of the opposition list's hashes")
    ] = None
    retention_days: Annotated[
        int, Field(ge=1, description="days former runs and raw files are kept before « vivier purge » deletes them")
    ] = 90
    dossiers: Annotated[
        Path | None,
        AfterValidator(lambda path: path and path.expanduser()),
        Field(
            description="folder of the dossiers of former versions, by default « dossiers » in home: they are moved into the given database"
        ),
    ] = None
    dossier_days: Annotated[
        int, Field(ge=1, le=3_650, description="days a dossier is kept, printed in it when it is issued")
    ] = 365
    dossier_most: Annotated[int, Field(ge=1, le=200_000, description="most dossiers kept at a time")] = 10_000
    given_url: Annotated[
        SecretStr | None, Field(description="database of what people give, by default « given.sqlite » in home")
    ] = None
    round_days: Annotated[
        int, Field(ge=1, le=3_650, description="days a sourcing round is kept, told to whoever opens it")
    ] = 180
    round_most: Annotated[int, Field(ge=1, le=200_000, description="most sourcing rounds kept at a time")] = 10_000
    queue_most: Annotated[
        int, Field(ge=1, le=200_000, description="most requests about structures that wait for a decision")
    ] = 5_000
    review_token: Annotated[
        SecretStr | None,
        Field(
            min_length=22,
            description="password of the page « /revue », of 128 random bits at least; none: no such page",
        ),
    ] = None
    smtp_url: Annotated[
        SecretStr | None,
        Field(description="relay of the mail that the service sends, « smtp://user@host:587 » or « smtps://host »"),
    ] = None
    smtp_password_file: Annotated[
        Path | None,
        Field(description="file that holds the password of the relay, alone, instead of the one in the URL"),
    ] = None
    mail_from: Annotated[
        str | None, Field(max_length=200, description="sender of the mail, « Vivier <vivier@example.org> »")
    ] = None
    mail_key: Annotated[
        SecretStr | None,
        Field(
            description="key that seals addresses and letters (« vivier mail key » draws one); several, the newest first"
        ),
    ] = None
    mail_key_file: Annotated[Path | None, Field(description="file that holds these keys, instead of the variable")] = (
        None
    )
    mail_most: Annotated[int, Field(ge=1, le=1_000_000, description="most subscriptions by mail at a time")] = 10_000
    mail_quota: Annotated[
        int, Field(ge=0, le=10_000, description="messages that one buyer may have the service send in a day; 0: none")
    ] = 100
    mail_lease: Annotated[
        float,
        Field(ge=1, le=86_400, description="seconds after which a message whose sender fell silent is sent again"),
    ] = 300
    study_days: Annotated[
        int, Field(ge=1, le=365, description="days the address of a study stays, printed on its page")
    ] = 30
    study_most: Annotated[int, Field(ge=1, le=200_000, description="most studies kept at a time")] = 20_000
    contacts: Annotated[
        Contacts,
        Field(description="hidden: the mailbox and number of organisations are in no page, answer nor export"),
    ] = "shown"
    public_url: Annotated[
        str | None,
        AfterValidator(_address),
        Field(
            description="address readers know the service by, for the links of feeds; by default the one it listens on"
        ),
    ] = None
    operator_name: Annotated[
        str | None, Field(max_length=200, description="who runs this service, told in the legal notice")
    ] = None
    operator_address: Annotated[
        str | None, Field(max_length=300, description="postal address of who runs this service")
    ] = None
    operator_contact: Annotated[
        str | None, Field(max_length=200, description="mailbox or page to write to who runs this service, for readers")
    ] = None
    operator_director: Annotated[
        str | None,
        Field(max_length=200, description="who answers for what is published (« directeur de la publication »)"),
    ] = None
    operator_host: Annotated[
        str | None, Field(max_length=300, description="name and address of who hosts this service")
    ] = None
    tiles_url: Annotated[
        str | None,
        AfterValidator(_tiles),
        Field(description="server of map images under the living map, with {z}, {x} and {y}; none by default"),
    ] = None
    tiles_attribution: Annotated[
        str | None,
        Field(max_length=200, description="credit that the server of map images asks for; required with tiles_url"),
    ] = None
    head_seconds: Annotated[
        float, Field(gt=0, le=3_600, description="seconds a client has to send the head of a request; beyond, 408")
    ] = 20
    body_seconds: Annotated[
        float, Field(gt=0, le=3_600, description="seconds a client has to send a body to begin with; beyond, 408")
    ] = 20
    body_rate: Annotated[
        float, Field(gt=0, description="bytes of a body received that give its sender one second more")
    ] = 1_000
    answer_seconds: Annotated[
        float, Field(gt=0, le=3_600, description="seconds without reading anything of its answer that a client is left")
    ] = 120
    keep_alive_seconds: Annotated[
        int, Field(ge=1, le=3_600, description="seconds a connection is kept between two requests")
    ] = 5
    workers: Annotated[
        int | None,
        Field(ge=1, le=256, description="processes that « vivier serve » answers with; by default one a core"),
    ] = None
    graceful_seconds: Annotated[
        int, Field(ge=1, le=3_600, description="seconds that a stopping process has to end what it answers")
    ] = 30
    searches_most: Annotated[
        int, Field(ge=1, le=10_000, description="most searches in flight in a process; beyond, 503 at once")
    ] = 64
    exports_at_once: Annotated[
        int,
        Field(ge=1, le=1_000, description="exports made at the same time in a process; four times as many may wait"),
    ] = 2
    studies_at_once: Annotated[
        int,
        Field(ge=1, le=1_000, description="studies made at the same time in a process; eight times as many may wait"),
    ] = 2
    rate: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="searches that one client may make in a minute (an export counts for 20, a study for 10); 0: no limit",
        ),
    ] = 600
    rate_store: Annotated[
        SecretStr,
        Field(
            description="where what clients asked is counted, as an address of the library « limits »: memory:// counts in each process apart"
        ),
    ] = SecretStr("memory://")
    trusted_proxies: Annotated[
        str | None,
        Field(
            description="addresses of the proxies in front, separated by commas: they say who asks (X-Forwarded-For)"
        ),
    ] = None
    log: Annotated[
        Literal["plain", "json"],
        Field(description="plain: warnings only; json: a line a request too, without who asks nor what"),
    ] = "plain"
    metrics_port: Annotated[
        int | None,
        Field(ge=1, le=65_535, description="port of 127.0.0.1 where Prometheus reads figures; by default none"),
    ] = None
    trace_url: Annotated[
        str | None,
        Field(
            pattern=r"^https?://[^\s?#]+$",
            description="address where a collector of OpenTelemetry takes traces (OTLP over HTTP), as http://127.0.0.1:4318/v1/traces; by default none are made",
        ),
    ] = None
    trace_share: Annotated[float, Field(ge=0, le=1, description="share of the traces begun here that are sent")] = 1.0
    emplois_token: Annotated[
        SecretStr | None,
        Field(description="key of the service API of les-emplois, which « vivier crawl emplois » then reads"),
    ] = None
    marche_token: Annotated[
        SecretStr | None, Field(description="key of the API of the Marché de l'inclusion, for « vivier crawl marche »")
    ] = None

    @model_validator(mode="after")
    def _credited_tiles(self) -> Settings:
        if self.tiles_url is not None and self.tiles_attribution is None:
            raise PydanticCustomError(
                "tiles_attribution", "VIVIER_TILES_URL demande VIVIER_TILES_ATTRIBUTION : qui faut-il créditer ?"
            )
        return self

    @property
    def tiles(self) -> Tiles | None:
        """The server of map images, when there is one."""
        if self.tiles_url is None or self.tiles_attribution is None:
            return None
        return Tiles(self.tiles_url, self.tiles_attribution)

    @property
    def records(self) -> Path:
        """Records and statistics, one folder per source and run."""
        return self.home / "records"

    @property
    def ids(self) -> Path:
        """The ids given so far. Keep this file: published addresses depend on it."""
        return self.home / "identity" / "ids.jsonl"

    @property
    def decisions(self) -> Path:
        """The decisions of a person on pairs of records."""
        return self.home / "identity" / "decisions.csv"

    @property
    def doubts(self) -> Path:
        """The pairs of records to review, written at each build."""
        return self.home / "identity" / "pairs.csv"

    @property
    def context(self) -> Path:
        """Data of registers about suppliers, one folder per context and run."""
        return self.home / "context"

    @property
    def raw(self) -> Path:
        """Raw files as received, one folder per source and run."""
        return self.home / "raw"

    @property
    def generations(self) -> Path:
        """Generations of the embedded engine."""
        return self.home / "generations"

    @property
    def operator(self) -> Operator:
        """Who runs the service."""
        values = {field.name: getattr(self, f"operator_{field.name}") for field in fields(Operator)}
        return Operator(**values)

    @property
    def dossiers_folder(self) -> Path:
        """Folder where former versions kept dossiers."""
        return self.dossiers or self.home / "dossiers"

    @property
    def given_address(self) -> str:
        """The database of what people give, as a URL of SQLAlchemy."""
        own = self.given_url
        return f"sqlite:///{self.home / 'given.sqlite'}" if own is None else own.get_secret_value()

    @property
    def sources_off(self) -> frozenset[str]:
        """The sources of ``crawl_off``."""
        return frozenset(name.strip() for name in (self.crawl_off or "").split(",") if name.strip())

    @property
    def opensearch_hosts(self) -> list[str]:
        """The hosts of ``opensearch_url``."""
        return [host.strip() for host in self.opensearch_url.split(",") if host.strip()]


_ALIKE = 90
"""Similarity (0–100) from which an unknown variable is taken for a misspelt setting."""


def misspelt_variables() -> dict[str, str]:
    """Variables of the environment that look like a setting and are none, each with the setting probably meant."""
    known = [f"VIVIER_{name.upper()}" for name in Settings.model_fields]
    others = [name for name in os.environ if name.startswith("VIVIER") and name not in known]
    found = ((name, process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)) for name in others)
    return {name: near[0] for name, near in found if near is not None}
