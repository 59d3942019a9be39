"""A node with the security plugin: TLS, users, roles. Everything in it is fictitious and made for one run of the tests."""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.opensearch_node.jars import SECURED
from tests.opensearch_node.node import ALONE, HOST, Door, Kind
from tests.world.certificates import Authority

PASSWORD: Final = "clé secrète"
"""The password of every user."""
_HASH: Final = "$2y$12$MBP/fYUWJB3qcZSzvKf/6eqELv9hFklzZE0fMXeFwNQAj1m23rzHq"
"""The same as « opensearch-security/tools/hash.sh » writes it."""
_KEEPER: Final = "keeper"
_WHO: Final = {
    "certificate": {
        "http_enabled": True,
        "order": 0,
        "http_authenticator": {"type": "clientcert", "challenge": False, "config": {"username_attribute": "cn"}},
        "authentication_backend": {"type": "noop"},
    },
    "password": {
        "http_enabled": True,
        "order": 1,
        "http_authenticator": {"type": "basic", "challenge": True},
        "authentication_backend": {"type": "intern"},
    },
}
"""How a user is known: the certificate first, as who asks for a password ends the search."""


@dataclass(frozen=True)
class Security:
    """Who may do what. ``roles``: as roles.yml has them, each given to the user of the same name. A certificate of ``authority`` is as good
    as the password of the user that it names."""

    authority: Authority
    roles: Mapping[str, Any] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        """How who runs the cluster speaks to it: every right."""
        return self.door_of(_KEEPER)

    def door_of(self, user: str) -> Door:
        signed = b64encode(f"{user}:{PASSWORD}".encode()).decode()
        return Door(ssl.create_default_context(cafile=self.authority.file), {"Authorization": f"Basic {signed}"})

    def kind(self) -> Kind:
        """A node alone, so secured."""
        layers = {**_tls("transport"), **_tls("http"), "plugins.security.ssl.http.enabled": True}
        settings = {
            **ALONE,
            **layers,
            "plugins.security.ssl.http.clientauth_mode": "OPTIONAL",
            "plugins.security.ssl.transport.enforce_hostname_verification": False,
            "plugins.security.nodes_dn": ["CN=node"],
            "plugins.security.allow_default_init_securityindex": True,
        }
        return Kind(settings, SECURED, ("org.opensearch.security.OpenSearchSecurityPlugin",), self._furnish, self.door)

    def _furnish(self, config: Path) -> None:
        (config / "authority.pem").write_bytes(self.authority.file.read_bytes())
        (config / "node.pem").write_bytes(self.authority.certificate("node", [HOST]).read_bytes())
        folder = config / "opensearch-security"
        folder.mkdir()
        users = {name: {"hash": _HASH} for name in (_KEEPER, *self.roles)}
        mapping = {"all_access": {"users": [_KEEPER]}, **{name: {"users": [name]} for name in self.roles}}
        anybody = {"http": {"anonymous_auth_enabled": False}, "authc": _WHO}
        _write(folder, "config", "config", {"config": {"dynamic": anybody}})
        _write(folder, "internal_users", "internalusers", users)
        _write(folder, "roles", "roles", self.roles)
        _write(folder, "roles_mapping", "rolesmapping", mapping)
        for name, kind in (("action_groups", "actiongroups"), ("tenants", "tenants"), ("nodes_dn", "nodesdn")):
            _write(folder, name, kind, {})


def _tls(layer: str) -> dict[str, str]:
    """Files of a layer, from the folder of the configuration. One file holds the key and the certificate."""
    begin = f"plugins.security.ssl.{layer}"
    return {
        f"{begin}.pemcert_filepath": "node.pem",
        f"{begin}.pemkey_filepath": "node.pem",
        f"{begin}.pemtrustedcas_filepath": "authority.pem",
    }


def _write(folder: Path, name: str, kind: str, content: Mapping[str, Any]) -> None:
    """JSON is YAML, and never says « the same as above », which the plugin does not read."""
    meta = {"_meta": {"type": kind, "config_version": 2}}
    (folder / f"{name}.yml").write_text(json.dumps({**meta, **content}), "utf8")
