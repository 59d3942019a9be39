"""The verbs of the command: what each is called, and its function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Verbs = Mapping[str, Callable[..., Any]]
