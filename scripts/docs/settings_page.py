"""``docs/generated/settings.md``: every setting by product, with its meaning and default, read from the classes that declare them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole
from search_api.products import PRODUCTS
from vivier.settings import Settings

_INTRODUCTION = """A process reads its settings from the environment, once, when it starts. An empty variable is as good as none.
`vivier doctor` names a variable that looks misspelt, or that nothing reads. A secret may be in a file that holds it
alone: `VIVIER_MAIL_KEY_FILE` names that of `VIVIER_MAIL_KEY`. `--home` on any command stands for `VIVIER_HOME`.
What they change is in [run](../operate.md), [OpenSearch](../operate-opensearch.md), [mail](../operate-mail.md) and
[privacy](../operate-privacy.md)."""

_DEFAULTS: Final = {
    "home": code("~/.local/share/vivier"),
    "opensearch_ca": "those of Python",
    "given_url": "a file of SQLite in the home",
    "public_url": "the one it listens on",
    "workers": "one a core",
}
"""What holds when a setting without a value of its own is not set."""


def _default(name: str, info: FieldInfo) -> str:
    value = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
    if name in _DEFAULTS:
        return _DEFAULTS[name]
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else code(value) if isinstance(value, str) else str(value)


def _rows(names: list[str]) -> Iterator[tuple[str, ...]]:
    for name in names:
        info = Settings.model_fields[name]
        yield code(f"VIVIER_{name.upper()}"), info.description or "", _default(name, info)


def _sections() -> Iterator[str]:
    """A section a product that has settings, and in it a table a class of settings."""
    for product in PRODUCTS:
        if product.settings:
            yield f"## Settings of {product.name}"
        for kind in product.settings:
            own = inspect.get_annotations(kind)
            yield f"### {(kind.__doc__ or '').partition('.')[0]}"
            yield table(
                ("setting", "meaning", "default"), _rows([name for name in own if name in Settings.model_fields])
            )


def page() -> str:
    """The whole page."""
    return whole("Settings", _INTRODUCTION, *_sections())
